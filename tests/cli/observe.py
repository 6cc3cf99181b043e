# SPDX-License-Identifier: MIT
"""What a running system tells: log, events, top."""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

from case import DEADLINE, FIEF, SEEN, wait_for
from live import LiveCase, idle, inner_init
from systems import child


class Observers(LiveCase):
    def popen(self, *args, **more):
        p = subprocess.Popen([FIEF[0], *args], env=self.env, cwd=self.folder,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             **more)
        self.addCleanup(p.communicate)
        self.addCleanup(p.kill)
        return p

    def lines(self, *args):
        return self.done(*args).splitlines()

    def nested(self):
        self.system(idle("a") + inner_init("sub", idle("x")))
        self.there("a", "sub -> x")
        wait_for(lambda: len(self.lines("log")) == 2, "both say so")

    # ---- log ----

    def test_log(self):
        self.nested()
        self.assertEqual(sorted(self.lines("log")),
                         ["[init -> a] idle", "[init -> sub -> x] idle"])
        for label in "sub", "init -> sub", "sub -> x":
            self.assertEqual(self.lines("log", "--component", label),
                             ["[init -> sub -> x] idle"])
        self.assertEqual(self.lines("log", "--component", "sub", "--alone"),
                         [])
        self.done("restart", "a", "--quiet")
        wait_for(lambda: len(self.lines("log")) == 4, "it says so again")
        self.assertEqual(self.lines("log", "-n", "1", "--component", "a"),
                         ["[init -> a] idle"])
        self.assertEqual(len(self.lines("log", "-n", "3")), 3)
        one = json.loads(self.lines("log", "--json", "-n1")[0])
        self.assertEqual(sorted(one), ["label", "text", "time"])
        self.refused(127, '"sbu"; did you mean "sub"', "log", "--component",
                     "sbu")
        self.refused(127, 'no component "zzzzzzz"', "log", "--component",
                     "zzzzzzz")
        for value in ("0", "x", "-1", ""):
            self.refused(2, "--lines is", "log", f"--lines={value}")
        self.refused(2, "one NAME at a time", "log", "a", "b")
        self.refused(127, "no system named", "log", "nix")

    def test_log_is_safe(self):
        self.system(idle("a") + child("b", config='do="nasty"'))
        wait_for(lambda: len(self.lines("log")) >= 3, "they say so")
        self.assertIn('[init -> b] escape \\x1b[31m bell \\x07 quote " '
                      "backslash \\ tab \t end", self.lines("log"))
        texts = [json.loads(line)["text"]
                 for line in self.lines("log", "--json")]
        self.assertIn('escape \033[31m bell \a quote " backslash \\ tab \t '
                      "end", texts)

    def test_follow(self):
        s = self.system(idle("a"))
        self.there("a")
        p = self.popen("log", "-f")
        self.assertEqual(p.stdout.readline(), b"[init -> a] idle\n")
        for _ in range(3):
            self.done("restart", "a", "--quiet")
            self.assertEqual({p.stdout.readline() for _ in range(2)}, {
                b"[init -> a] idle\n", b"[init] config applied\n"})
        self.done("stop")           # and so it ends, too
        self.assertEqual(p.wait(DEADLINE), 0)
        self.assertEqual(p.stderr.read(), b"")
        s.wait()

    def test_follow_is_interrupted(self):
        self.system(idle("a"))
        self.there("a")
        p = self.popen("log", "-f")
        p.stdout.readline()
        p.send_signal(signal.SIGINT)
        self.assertEqual(p.wait(DEADLINE), -signal.SIGINT)
        p = self.popen("events", "-f")
        p.stdout.readline()
        p.stdout.close()
        self.done("restart", "a", "--quiet")
        self.assertIn(p.wait(DEADLINE), (-signal.SIGPIPE, 141))
        self.assertEqual(self.fief("ps")[0], 0)

    def test_flood(self):
        """What came faster than it was read is counted, not hidden."""
        self.system(child("a", config='do="flood" lines="60000"')
                    + idle("z"))
        p = self.popen("log", "-f")
        p.stdout.readline()
        p.send_signal(signal.SIGSTOP)
        wait_for(lambda: "flood ends" in self.lines("log", "-n1")[0],
                 "the flood is over")
        kept = len(self.lines("log"))
        self.assertLessEqual(kept, 10000)
        self.assertGreater(kept, 5000)
        p.send_signal(signal.SIGCONT)
        seen = 1
        for line in iter(p.stdout.readline, b""):
            seen += 1
            if b"flood ends" in line:
                break
        p.terminate()
        err = p.communicate()[1]
        SEEN.append(err)
        self.assertIn(b"records are missing: they came faster", err)
        self.assertLess(seen, 60000)

    # ---- events ----

    def events(self, *args):
        return [json.loads(line)
                for line in self.lines("events", "--json", *args)]

    def of(self, name, *args):
        return [(e["event"], e.get("code")) for e in self.events(*args)
                if e.get("component") == f"init -> {name}"]

    def test_events(self):
        restart = '<restart delay_ms="10" limit="1"/>'
        self.system(
            idle("a") + child("b", config='do="exit" code="7"')
            + child("c", restart, config='do="crash"')
            + child("d", binary="nix")
            + child("e", config='do="session" service="Nix" label="x"'))
        wait_for(lambda: ("give-up", None) in self.of("c"), "c is given up")
        wait_for(lambda: ("deny", None) in self.of("e"), "e is denied")
        self.assertEqual(self.of("a"), [("start", None)])
        self.assertEqual(set(self.of("b")), {("start", None), ("exit", 7),
                                             ("stop", None)})
        self.assertEqual([k for k, _ in self.of("c")],
                         ["start", "crash", "restart", "start", "crash",
                          "give-up"])
        self.assertEqual(self.of("d"), [("incomplete", None)])
        numbers = [e["number"] for e in self.events()]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        self.done("restart", "a", "--quiet")
        self.assertEqual(self.events("--type", "apply")[0]["text"],
                         "restart of a")
        text = self.done("events", "--component", "b")
        self.assertRegex(text, r"(?m)^\S+Z exit +init -> b: 7$")
        self.assertNotIn("init -> a", text)
        self.fief("apply", self.file("next.xml", "<config><strat/></config>"))
        pid = self.components()["a"][1]
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: ("kill", 9) in self.of("a"), "its end is told")

    def test_events_mistakes(self):
        self.refused(2, 'event "strat"; did you mean "start"', "events",
                     "--type", "strat")
        self.refused(2, 'event "zzzzzz"; --help', "events", "--type", "zzzzzz")
        self.refused(2, "one NAME at a time", "events", "a", "b")
        self.refused(127, "no system is running", "events", "-f")

    def test_no_component_writes_events(self):
        """Not by its label, and not by what it says."""
        self.system(idle("a") + child("b", config='do="forge"'))
        wait_for(lambda: ("exit", 0) in self.of("b"), "b has ended")
        self.assertEqual({e.get("component") for e in self.events()},
                         {"init", "init -> a", "init -> b"})

    # ---- top ----

    def test_top_for_pipes(self):
        self.nested()
        lines = self.lines("top")
        self.assertRegex(lines[0], "^ *%CPU +TIME +RAM +CAPS +STATE +COMPON")
        self.assertEqual(len(lines), 1 + 4)
        self.assertRegex(lines[1], r"^ +[\d.]+ +[\d.]+ +\S+/\S+ +\d+/\d+ +"
                         "running +init")
        rounds = [json.loads(line) for line in self.lines(
            "top", "--json", "-n", "2", "-d", "0.05", "--sort", "name")]
        self.assertEqual(len(rounds), 2)
        labels = [c["component"] for c in rounds[1]["components"]]
        self.assertEqual(labels, sorted(labels))
        used = [c["ram"]["used"] for c in json.loads(self.lines(
            "top", "--json", "-n1", "--sort=ram")[0])["components"]]
        self.assertEqual(used, sorted(used, reverse=True))
        caps = [c["caps"]["used"] for c in json.loads(self.lines(
            "top", "--json", "-n1", "--sort=caps")[0])["components"]]
        self.assertEqual(caps, sorted(caps, reverse=True))
        self.assertEqual(len(self.lines("top", "--batch", "-n", "2", "-d",
                                        "0.05")), 11)

    def test_top_mistakes(self):
        for value in ("", "x", "0", "-1", "99999999"):
            self.refused(2, "--delay is", "top", f"--delay={value}")
        for value in ("", "x", "0", "-1"):
            self.refused(2, "--rounds is", "top", f"--rounds={value}")
        self.refused(2, "--sort is .*cpu, ram, caps or name", "top",
                     "--sort=x")
        self.refused(2, "one NAME at a time", "top", "a", "b")
        self.refused(127, "no system is running", "top")

    def test_top_ends(self):
        self.system(idle("a"))
        self.there("a")
        p = self.popen("top", "--batch", "-d", "0.05")
        p.stdout.readline()
        p.stdout.close()
        self.assertIn(p.wait(DEADLINE), (-signal.SIGPIPE, 141))
        p = self.popen("top", "--batch", "-d", "0.05")
        p.stdout.readline()
        self.done("stop")
        self.assertEqual(p.wait(DEADLINE), 127)

    def screen(self, keys, env=None, size=(24, 80)):
        """What the live view writes until it ends, and its exit code."""
        try:
            main, side = pty.openpty()
        except OSError as error:
            self.skipTest(f"no terminals here: {error}")
        fcntl.ioctl(side, termios.TIOCSWINSZ,
                    struct.pack("HHHH", *size, 0, 0))
        p = subprocess.Popen([FIEF[0], "top", "-d", "0.1"], stdin=side,
                             stdout=side, stderr=side,
                             env={**self.env, "TERM": "xterm",
                                  "COLUMNS": str(size[1]), **(env or {})})
        os.close(side)
        out = b""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            if not select.select([main], [], [], DEADLINE)[0]:
                break
            try:
                piece = os.read(main, 65536)
            except OSError:
                break
            out += piece
            if keys == "stop" and b"init" in out:
                p.send_signal(signal.SIGINT)
            elif keys and (b"init" in out or (out and size[0] < 4)):
                os.write(main, keys[:1])
                keys = keys[1:]
        os.close(main)
        SEEN.append(out)
        return p.wait(DEADLINE), out.decode(errors="replace")

    def test_top_on_a_terminal(self):
        self.nested()
        code, out = self.screen(b"cmpnq")
        self.assertEqual(code, 0)
        self.assertIn("4 components", out)
        self.assertIn("%CPU", out)
        self.assertIn("CAPS", out)
        self.assertIn("init -> a", out)
        self.assertEqual(self.screen("stop")[0], 130)
        # In few columns there is less, and the end of long labels.
        code, out = self.screen(b"q", size=(20, 40))
        self.assertEqual(code, 0)
        self.assertIn("%CPU    RAM COMPONENT", out)
        self.assertIn("init -> sub -> x", out)
        self.assertNotIn("CAPS", out)
        self.assertEqual(self.screen(b"q", size=(3, 10))[0], 0)
        code, out = self.screen(b"q", size=(50, 400))
        self.assertIn("CAPS", out)
        code, out = self.screen(b"", env={"TERM": "no-such-terminal"})
        self.assertEqual(code, 125)
        self.assertIn("this terminal cannot show it; try --batch", out)
