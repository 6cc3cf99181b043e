# SPDX-License-Identifier: MIT
"""Changes of a running system: plan, apply, rollback, and what goes wrong with
them."""
import json
import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from case import FIEF, SEEN, SYSTEM, Case, Started, wait_for
from systems import child, route

IDLES = 'do="idle"'
# Of a component "b" that waits for itself.
WAITS = ('<provides><service name="LOG"/></provides>'
         '<route><service name="LOG"><child name="b"/></service>'
         "<any-service><parent/></any-service></route>")
PARENT = "<parent/>"


def idle(name, inner="", **attrs):
    return child(name, inner, config=IDLES, **attrs)


def inner_init(name, children):
    """An init with these children."""
    body = (SYSTEM % children).partition("<config>")[2]
    return child(name, "<config>" + body, binary="init", ram="16M",
                 caps="2000")


class LiveCase(Case):
    def system(self, children, *args, name="system.xml"):
        self.file(name, SYSTEM % children)
        with open(os.path.join(self.folder, "log-" + name), "wb") as log:
            s = Started(self, ["run", *args, name], stdout=log)
        wait_for(lambda: any(i["config"] == name for i in self.instances()),
                 "the system is there")
        return s

    def log(self, name="system.xml"):
        with open(os.path.join(self.folder, "log-" + name), "rb") as f:
            return f.read()

    def next(self, children, name="next.xml"):
        return self.file(name, SYSTEM % children)

    def components(self, name=None):
        """State and process of each component below init."""
        return {c["label"].partition("-> ")[2]: (c["state"], c["pid"])
                for i in self.instances() for c in i["components"]
                if "->" in c["label"] and name in (None, i["name"])}

    def there(self, *names):
        wait_for(lambda: all(n in self.components() for n in names),
                 f"{names} run")
        return self.components()

    def done(self, *args, code=0, **more):
        got, out, err = self.fief(*args, **more)
        self.assertEqual(got, code, out + err)
        return out + err

    def changes(self, *args, code):
        """The plan as sorted triples of action, component, certain."""
        got, out, err = self.fief(*args, "--json")
        self.assertEqual((got, err), (code, ""))
        plan = json.loads(out)
        self.assertEqual(plan["version"], 1)
        return sorted((c["action"], c["component"].partition(" -> ")[2],
                       c["certain"]) for c in plan["changes"])


class Plans(LiveCase):
    BASE = idle("a") + idle("b")

    def plan(self, children, *args):
        return self.changes("plan", self.next(children), "system", *args,
                            code=1)

    def test_nothing(self):
        self.system(self.BASE)
        self.assertEqual(self.fief("plan", "system.xml"),
                         (0, "Nothing would change.\n", ""))
        self.assertEqual(self.changes("plan", "system.xml", code=0), [])
        self.assertIn("Nothing", self.done("apply", "system.xml"))

    def test_stop_and_start(self):
        self.system(self.BASE)
        self.there("a", "b")
        self.assertEqual(self.plan(idle("a") + idle("c")),
                         [("start", "c", True), ("stop", "b", True)])
        out = self.done("plan", "next.xml", code=1)
        self.assertIn("stop     init -> b: its <start> is gone\n", out)
        self.assertIn("1 stop, 1 start.", out)

    def test_restart(self):
        self.system(self.BASE)
        self.there("a", "b")
        self.assertEqual(self.plan(idle("a", version="2") + idle("b")),
                         [("restart", "a", True)])
        self.assertEqual(self.plan(child("a", binary="hello", config=IDLES)
                                   + idle("b")), [("restart", "a", True)])
        label = ('<route> <service name="LOG"> <parent label="x"/> </service>'
                 "<any-service> <parent/> </any-service> </route>")
        self.assertEqual(self.plan(idle("a", label) + idle("b")),
                         [("restart", "a", True)])
        self.assertEqual(
            self.plan(idle("a", route(PD=PARENT, CPU=PARENT, ROM=PARENT))
                      + idle("b"), "--force"), [("end", "a", True)])

    def test_a_server_restarts(self):
        server = '<provides><service name="LOG"/></provides>'
        log = ('<route><service name="LOG"><child name="s"/></service>'
               "<any-service><parent/></any-service></route>")
        self.system(idle("s", server) + idle("b"))
        self.there("s", "b")
        # One that has no other log than the server's goes with it.
        chain = idle("s", server, version="2") + idle("b", log)
        self.assertEqual(self.plan(chain), [("restart", "b", True),
                                            ("restart", "s", True)])

    def test_small_changes(self):
        self.system(self.BASE)
        self.there("a", "b")
        self.assertEqual(
            self.plan(idle("a", ram="2M", caps="100") + idle("b")),
            [("quota", "a", True)] * 2)
        self.assertEqual(
            self.plan(child("a", config='do="exit"') + idle("b")),
            [("config", "a", True)])
        self.assertEqual(
            self.plan(idle("a", '<exit propagate="yes"/><restart/>'
                           '<provides><service name="X"/></provides>')
                      + idle("b")), [("other", "a", True)] * 3)
        self.assertEqual(self.plan(child("a") + idle("b")),
                         [("restart", "a", False)])

    def test_sessions_that_may_be_open(self):
        timer = child("timer", "<provides><service name='Timer'/></provides>",
                      binary="timer")
        use = ('<route><service name="Timer"><child name="timer"/></service>'
               "<any-service><parent/></any-service></route>")
        self.system(timer + idle("a", use))
        self.there("timer", "a")
        self.assertEqual(self.plan(idle("a")), [("close", "a", False),
                                                ("stop", "timer", True)])
        self.assertIn("no <report requested=", self.done(
            "plan", "next.xml", code=1))
        again = timer.replace("start ", 'start version="2" ')
        self.assertEqual(self.plan(again + idle("a", use)),
                         [("close", "a", False), ("restart", "timer", True)])
        self.assertEqual(
            self.plan(timer + idle("a", use) + idle("b", use)),
            [("start", "b", True)])
        self.assertEqual(
            self.plan(timer + idle("a", use.replace(
                '<child name="timer"/>', '<child name="timer" label="z"/>'))),
            [("close", "a", False)])

    def test_within(self):
        self.system(inner_init("sub", idle("x")))
        self.there("sub", "sub -> x")
        self.assertEqual(
            self.plan(inner_init("sub", idle("x", ram="2M") + idle("y"))),
            [("config", "sub", True), ("quota", "sub -> x", True),
             ("start", "sub -> y", True)])

    def test_what_ended(self):
        self.system(idle("a") + child("b", config='do="exit" code="3"'))
        wait_for(lambda: b'"b" exited' in self.log(), "b has ended")
        self.there("a")
        self.assertEqual(self.plan(idle("a") + idle("b")),
                         [("start", "b", True)])


class Applies(LiveCase):
    def test_apply(self):
        self.system(idle("a") + idle("b"))
        before = self.there("a", "b")
        self.next(idle("a") + idle("b", version="2") + idle("c"))
        out = self.done("apply", "next.xml")
        after = self.components()      # at once: apply has waited
        self.assertEqual(set(after), {"a", "b", "c"})
        self.assertEqual(after["a"], before["a"])
        self.assertNotEqual(after["b"], before["b"])
        self.assertIn("Configuration 2 is in effect.", out)
        self.assertIn("restart  init -> b: version", out)

    def test_dry_run_and_quiet(self):
        self.system(idle("a"))
        self.there("a")
        self.next(idle("b"))
        self.done("apply", "next.xml", "--dry-run", code=1)
        self.assertEqual(set(self.components()), {"a"})
        self.assertEqual(self.fief("apply", "next.xml", "--quiet"),
                         (0, "", ""))
        self.assertEqual(set(self.components()), {"b"})

    def test_apply_within(self):
        self.system(inner_init("sub", idle("x") + idle("z")))
        self.there("sub -> x", "sub -> z")
        self.next(inner_init("sub", idle("x", version="2") + idle("y")))
        code, out, err = self.fief("apply", "next.xml", "--json")
        self.assertEqual((code, err), (0, ""))
        self.assertEqual((json.loads(out)["applied"],
                          json.loads(out)["failed"]), (2, []))
        self.assertEqual(set(self.components()), {"sub", "sub -> x",
                                                  "sub -> y"})

    def test_mistakes_change_nothing(self):
        self.system(idle("a"))
        before = self.there("a")
        for text, place in (("<config><strat/></config>", ":1:9: .*<strat>"),
                            ("<config", ":1:"), ("<other/>", ":1:1: ")):
            self.refused(120, f"(?s)^next.xml{place}.*nothing was changed",
                         "apply", self.file("next.xml", text))
            self.refused(120, f"^next.xml{place}", "plan", "next.xml")
        self.refused(120, "(?s)next.xml:.*no route.*nothing was changed",
                     "apply", self.next(idle("a", "<route/>")))
        self.refused(127, '"none.xml": No such file', "apply", "none.xml")
        self.refused(120, "standard input:1:9", "apply", "-",
                     text="<config><strat/></config>")
        self.assertEqual(self.components(), before)
        self.assertEqual(len(json.loads(self.fief(
            "rollback", "--list", "--json")[1])["configurations"]), 1)

    def test_quota_sums(self):
        """As `check` does, of what the run has."""
        self.system(idle("a"), "--ram", "4M", "--caps", "400")
        before = self.there("a")
        poor = self.next(idle("a", ram="3M") + idle("b", ram="1M"))
        self.assertEqual(self.fief("check", poor)[0], 0)
        want = self.fief("check", "--ram", "4M", "--caps", "400", poor)
        self.assertEqual(want[0], 120)
        self.assertRegex(want[1], '"b" has .* RAM and .* caps, to start')
        self.refused(120, "to start it needs", "plan", poor)
        code, out, err = self.fief("apply", poor)
        self.assertEqual((code, out), (120, ""))
        self.assertEqual(err, want[1] + "fief: nothing was changed\n")
        self.refused(120, "caps, to start it needs", "apply", self.next(
            idle("a", caps="5")))
        self.assertEqual(self.components(), before)
        self.next(idle("a", ram="3M") + idle("b", ram="1M"))
        self.assertRegex(self.done("apply", poor, "--force", code=1),
                         "init -> b: stays incomplete")
        offer = ("<config><service name='X'><default-policy>"
                 "<child name='y'/></default-policy></service></config>")
        self.refused(120, "(?s)X.*nothing was changed", "apply", self.next(
            child("sub", offer, binary="init", ram="2M", caps="300")))

    def test_force(self):
        self.system(idle("a"))
        self.there("a")
        self.next(idle("a", "<route/>"))
        self.done("apply", "next.xml", "--force")
        self.assertEqual(self.components(), {})

    def test_what_does_not_start(self):
        self.system(idle("a"))
        self.there("a")
        self.next(idle("a") + child("b", binary="nix"))
        self.assertRegex(self.done("apply", "next.xml", code=1),
                         '(?s)effect, except .*init -> b: stays incomplete: '
                         'its binary, ROM module "nix", was not found')
        self.next(idle("a") + child("c", binary="nix"))
        got, out, _ = self.fief("apply", "next.xml", "--json")
        self.assertEqual(got, 1)
        self.assertEqual([f["component"] for f in json.loads(out)["failed"]],
                         ["init -> c"])

    def test_what_takes_too_long(self):
        self.system(idle("a"))
        self.there("a")
        self.next(idle("b", WAITS))
        out = self.done("apply", "next.xml", "--force", "--timeout", "0.3",
                        code=1)
        self.assertRegex(out, "init -> b has not started within the time")
        self.done("apply", self.next(idle("a")), "--timeout", "0")
        for value in ("", "x", "-1", "nan"):
            self.refused(2, "--timeout is", "apply", f"--timeout={value}",
                         "next.xml")

    def test_interrupted(self):
        """The change is made; only the wait for its effect ends."""
        self.system(idle("a"))
        self.there("a")
        self.next(idle("b", WAITS))
        with subprocess.Popen([FIEF[0], "apply", "next.xml", "--force"],
                              env=self.env, cwd=self.folder,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as p:
            self.addCleanup(p.kill)
            wait_for(lambda: b"config applied" in self.log(), "it is applied")
            time.sleep(0.1)
            p.send_signal(signal.SIGINT)
            err = p.communicate(timeout=20)[1]
        SEEN.append(err)
        self.assertEqual(p.returncode, 130, err)
        self.assertIn(b"fief: interrupted: configuration 2 is in force", err)
        self.done("apply", self.next(idle("a")))

    def test_init_refuses(self):
        """It is too poor for a config that is right in itself."""
        self.system(idle("a"), "--ram", "4M", "--caps", "300")
        before = self.there("a")
        many = "".join(child(f"c{n}") for n in range(3000))
        self.refused(120, "init refused it; its log tells why", "apply",
                     self.next(idle("a") + many), "--quiet", "--force")
        self.assertEqual(self.components(), before)
        code, out, err = self.fief("apply", "next.xml")
        self.assertEqual((code, out), (120, ""))
        self.assertEqual(len(err.splitlines()), 22)
        self.assertNotIn("warning", err)
        self.assertRegex(err, r"fief: \d{4} more findings in next.xml; `fief")
        self.assertEqual(self.changes("plan", "system.xml", code=0), [])
        self.done("apply", self.next(idle("b")))
        SEEN.append(self.log())

    def test_which_system(self):
        self.refused(127, "no system is running", "apply",
                     self.next(idle("a")))
        self.refused(2, "no SYSTEM.xml given", "apply")
        self.refused(2, 'unexpected argument "c"', "plan", "a", "b", "c")
        self.system(idle("a"), name="one.xml")
        self.system(idle("b"), name="two.xml")
        self.refused(2, "2 systems are running, name one", "plan", "next.xml")
        self.refused(127, 'did you mean "one"', "plan", "next.xml", "noe")
        self.refused(127, "more than 64 bytes", "plan", "next.xml", "x" * 65)
        # A file that one of them was started from means that one.
        self.next(idle("a") + idle("c"), "one.xml")
        self.assertEqual(self.changes("plan", "one.xml", code=1),
                         [("start", "c", True)])

    def test_not_init(self):
        self.start()
        self.refused(2, "is not init: only `fief reload`", "apply",
                     self.next(idle("a")))

    def test_at_the_start(self):
        """Before init has read its first configuration, or while it does."""
        for step in range(20):
            s = self.system(idle("a"))
            time.sleep(step * 0.0005)
            self.next(idle("b"))
            self.done("apply", "next.xml")
            wait_for(lambda: set(self.components()) == {"b"}, "b runs")
            self.done("stop")
            s.wait()

    def test_two_at_once(self):
        """One after the other, or refused for what the other changed."""
        self.system(idle("a"))
        self.there("a")
        self.next(idle("a") + idle("b"), "b.xml")
        self.next(idle("a") + idle("c"), "c.xml")
        with ThreadPoolExecutor(8) as pool:
            codes = list(pool.map(
                lambda n: self.fief("apply", f"{n}.xml"), "bcbcbcbc"))
        for code, out, err in codes:
            self.assertIn(code, (0, 1, 120), out + err)
            if code == 120:
                self.assertIn("was changed meanwhile, by apply of", err)
        self.assertIn(0, [code for code, _, _ in codes])

    def test_closed_pipe(self):
        self.system(idle("a"))
        self.there("a")
        self.next(idle("a") + idle("b"))
        with subprocess.Popen([FIEF[0], "apply", "next.xml"], env=self.env,
                              cwd=self.folder, stdout=subprocess.PIPE) as p:
            p.stdout.close()
            self.assertIn(p.wait(20), (-signal.SIGPIPE, 141))


class Rollbacks(LiveCase):
    def past(self):
        out = self.fief("rollback", "--list", "--json")[1]
        return [(c["number"], c["same_as"], c["origin"])
                for c in json.loads(out)["configurations"]]

    def test_back_and_further_back(self):
        self.system(idle("a"))
        self.there("a")
        self.done("apply", self.next(idle("b")))
        self.done("apply", self.next(idle("c")))
        out = self.done("rollback")
        self.assertIn("Configuration 4 is in effect.", out)
        self.assertEqual(set(self.components()), {"b"})
        self.done("rollback")
        self.assertEqual(set(self.components()), {"a"})
        self.refused(127, "no configuration before the one in force",
                     "rollback")
        self.done("rollback", "--to", "3")
        self.assertEqual(set(self.components()), {"c"})
        self.assertEqual(self.past(), [
            (1, 1, "fief run"), (2, 2, "apply of next.xml"),
            (3, 3, "apply of next.xml"), (4, 2, "rollback to 2"),
            (5, 1, "rollback to 1"), (6, 3, "rollback to 3")])
        self.done("rollback", "--dry-run", code=1)
        self.assertEqual(set(self.components()), {"c"})
        self.assertRegex(self.done("rollback", "--list"),
                         r"(?m)^ +6\* .* rollback to 3$")
        self.assertEqual(self.fief("rollback", "--show", "1")[1],
                         SYSTEM % idle("a"))

    def test_mistakes(self):
        self.refused(127, "no system is running", "rollback")
        self.system(idle("a"))
        self.refused(127, "there is no configuration 7; .*--list", "rollback",
                     "--to", "7")
        self.refused(125, "there is no such configuration", "rollback",
                     "--show", "9")
        for value in ("0", "x", "-1", ""):
            self.refused(2, "--to is", "rollback", f"--to={value}")
        self.refused(2, "one NAME at a time", "rollback", "a", "b")

    def test_reload_counts(self):
        self.system(idle("a"), "--no-watch")
        self.there("a")
        self.file("system.xml", SYSTEM % idle("b"))
        self.done("reload")
        wait_for(lambda: set(self.components()) == {"b"}, "b runs")
        self.assertEqual(self.past()[1], (2, 2, "reload of system.xml"))
        self.done("rollback")
        self.assertEqual(set(self.components()), {"a"})

    def test_what_is_kept_is_bounded(self):
        self.system(idle("a"))
        self.there("a")
        for n in range(70):
            self.done("apply", self.next(idle("a", caps=str(150 + n))),
                      "--timeout", "0", "--quiet")
        past = self.past()
        self.assertEqual((len(past), past[0][0], past[-1][0]), (64, 8, 71))


class Watches(LiveCase):
    """A file that is saved changes the system."""

    def becomes(self, *names):
        wait_for(lambda: set(self.components()) == set(names),
                 f"{names} run, not {self.components()}")

    def save(self, children):
        self.file("system.xml", SYSTEM % children)

    def path(self, name):
        return os.path.join(self.folder, name)

    def test_written(self):
        self.system(idle("a"))
        self.becomes("a")
        self.save(idle("a") + idle("b"))
        self.becomes("a", "b")
        self.save(idle("b"))
        self.becomes("b")
        self.done("rollback")
        self.becomes("a", "b")
        past = json.loads(self.fief("rollback", "--list", "--json")[1])
        self.assertEqual(past["configurations"][1]["origin"],
                         "system.xml was saved")

    def test_renamed(self):
        """As most editors do it; the file may be gone for a moment."""
        self.system(idle("a"))
        self.becomes("a")
        os.replace(self.path(self.next(idle("b"))), self.path("system.xml"))
        self.becomes("b")
        os.rename(self.path("system.xml"), self.path("system.xml~"))
        time.sleep(0.1)
        self.becomes("b")
        self.save(idle("c"))
        self.becomes("c")

    def test_link(self):
        os.mkdir(self.path("one"))
        os.mkdir(self.path("two"))
        self.file("one/real.xml", SYSTEM % idle("a"))
        self.file("two/real.xml", SYSTEM % idle("b"))
        os.symlink("one/real.xml", self.path("link.xml"))
        with open(self.path("log-link"), "wb") as log:
            Started(self, ["run", "link.xml"], stdout=log)
        self.becomes("a")
        self.file("one/real.xml", SYSTEM % idle("x"))
        self.becomes("x")
        os.symlink("two/real.xml", self.path("next"))
        os.replace(self.path("next"), self.path("link.xml"))
        self.becomes("b")
        self.file("two/real.xml", SYSTEM % idle("y"))
        self.becomes("y")

    def test_broken(self):
        s = self.system(idle("a"))
        self.becomes("a")
        self.file("system.xml", "<config>\n  <strat/>\n</config>\n")
        time.sleep(0.2)
        self.becomes("a")
        os.remove(self.path("system.xml"))
        os.mkfifo(self.path("system.xml"))      # would block who opens it
        time.sleep(0.2)
        os.remove(self.path("system.xml"))
        self.save(idle("b"))
        self.becomes("b")
        self.done("stop")
        code, _, err = s.wait()
        self.assertEqual(code, 0)
        self.assertRegex(err, "system.xml:2:3: .*<strat>.*<start>.\n"
                         "fief: the system goes on as it is\n$")

    def test_init_refuses(self):
        s = self.system(idle("a"), "--ram", "4M", "--caps", "300")
        self.becomes("a")
        self.save("".join(child(f"c{n}") for n in range(3000)))
        wait_for(lambda: b"config not applied" in self.log(), "it is refused")
        self.becomes("a")
        self.done("stop")
        self.assertIn("the change was refused: init refused it",
                      s.wait()[2])

    def test_nothing_new(self):
        """Only another text counts, so that a touch undoes no command."""
        s = self.system(idle("a"))
        self.becomes("a")
        self.done("apply", self.next(idle("b")))
        os.utime(self.path("system.xml"))
        self.save(idle("a"))
        time.sleep(0.2)
        self.becomes("b")
        self.save(idle("c"))
        self.becomes("c")
        self.done("stop")
        self.assertRegex(s.wait()[2], '"system.xml" replaces what was changed '
                         "by others .apply of next.xml.; `fief rollback`")

    def test_no_watch(self):
        self.system(idle("a"), "--no-watch")
        self.becomes("a")
        self.save(idle("b"))
        time.sleep(0.2)
        self.becomes("a")
        self.done("reload")
        self.becomes("b")
