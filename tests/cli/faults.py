# SPDX-License-Identifier: MIT
"""What happens to people: Ctrl-C at a bad moment, full disks, broken parts,
foreign files where ours should be."""
import ctypes
import fcntl
import os
import pty
import re
import resource
import select
import shutil
import signal
import socket
import subprocess
import threading
import time
import unittest

from case import (DEADLINE, FIEF, IDLE, SEEN, Case, Started, alive, children,
                  wait_for)

PR_SET_CHILD_SUBREAPER = 36
LONG = os.environ.get("FIEF_LONG") == "1"


def part(path):
    """A part of the build that `fief` belongs to."""
    return os.path.join(os.path.dirname(FIEF[0]), "..", "..", path)


class Moments(Case):
    """Whenever it is ended, nothing stays behind."""

    @classmethod
    def setUpClass(cls):
        # What loses its parent becomes our child.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def end_at(self, number, delay):
        name = self.file("system.xml", IDLE)
        s = Started(self, ["run", "--init", "cli-probe", name])
        time.sleep(delay)
        s.child.send_signal(number)
        code, _, err = s.wait()
        self.assertIn(code, (128 + number, -number))
        wait_for(lambda: not [p for p in children(os.getpid()) if alive(p)],
                 f"nothing is left of an end after {delay} s")
        self.assertNotIn("core was killed", err)

    def end_at_any_time(self, number):
        for step in range(60 if LONG else 20):
            self.end_at(number, step * 0.001)

    def test_interrupt(self):
        self.end_at_any_time(signal.SIGINT)

    def test_terminate(self):
        self.end_at_any_time(signal.SIGTERM)

    def test_kill(self):
        self.end_at_any_time(signal.SIGKILL)

    def test_short_lives(self):
        """A component that ends before core knows its process."""
        bad = []

        def some():
            for _ in range(500 if LONG else 25):
                got = self.fief("run", "--init", "hello", "--timeout", "10")
                if got != (0, "[init] hello, world\n", ""):
                    bad.append(got)

        threads = [threading.Thread(target=some) for _ in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(bad, [])

    def test_few_descriptors(self):
        """Whatever cannot be opened: a message or success, never a hang."""
        name = self.file("system.xml", '<config do="exit" code="0"/>')
        for limit in [*range(3, 60), 100, 200]:
            def few(n=limit):
                resource.setrlimit(resource.RLIMIT_NOFILE, (n, n))
            with self.subTest(limit):
                code, _, err = self.fief("run", "--init", "cli-probe",
                                         "--timeout", "8", name,
                                         preexec_fn=few)
                self.assertNotEqual(code, 124)
                if code:
                    self.assertRegex(err, "cannot|no memory|error while load")
        self.assertEqual(code, 0, "the last ones are enough")


    def test_core_with_few_descriptors(self):
        """Fewer than `fief` asks for: core says what it lacks."""
        core = subprocess.run(
            [part("core/core"), "--kif", part("kernel/linux/kif"),
             "--init", "hello", "--rom-dir", part("rom"),
             "--ram", "100000000", "--caps", "1000"],
            capture_output=True, timeout=DEADLINE, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE,
                                                  (14, 14)))
        SEEN.extend((core.stdout, core.stderr))
        self.assertEqual(core.returncode, 125)
        self.assertIn(b"14 files may be open", core.stderr)


    @unittest.skipIf(os.getuid(), "only root can be another user")
    def test_no_more_processes(self):
        """Where the host cannot fork, core does not try without end."""
        uid = 0x5eed0000 + os.getpid()  # of nobody else
        for name in "core/core", "kernel/linux/kif", "rom/cli-probe":
            shutil.copy(part(name), self.folder)
        self.file("system.xml", IDLE)
        os.chmod(self.folder, 0o755)

        def few():
            resource.setrlimit(resource.RLIMIT_NPROC, (4, 4))
            os.setgid(uid)
            os.setuid(uid)
        with subprocess.Popen(
                ["./core", "--kif", "kif", "--init", "cli-probe",
                 "--rom-dir", ".", "--rom", "config=system.xml",
                 "--ram", "100000000", "--caps", "1000"], cwd=self.folder,
                stdout=subprocess.PIPE, preexec_fn=few) as core:
            self.addCleanup(core.kill)
            self.assertIn(b"idle", os.read(core.stdout.fileno(), 100))
            time.sleep(1)
            with open(f"/proc/{core.pid}/stat", encoding="utf-8") as f:
                field = f.read().rpartition(")")[2].split()
            # The zygote, the component, and one more, if the courier,
            # which ends soon, was gone when core tried.
            self.assertIn(len(children(core.pid)), (2, 3))
            core.kill()
        self.assertLess(int(field[11]) + int(field[12]), 20, "CPU time")


class Disks(Case):
    FLOOD = '<config do="flood" lines="20000" then="exit"/>'

    def test_full(self):
        for config in (self.FLOOD, IDLE, '<config do="nasty"/>'):
            with open("/dev/full", "wb") as full:
                s = self.start(config=config, ready=None, stdout=full)
                code, _, err = s.wait()
            self.assertEqual(code, 125)
            self.assertEqual(err, "fief: cannot write the log: No space left "
                             "on device; ending the system\n")

    def test_lines_lost_at_the_end_are_counted(self):
        """The system ends while its reader sleeps."""
        s = self.start(config=self.FLOOD, ready=None)
        s.child.wait(DEADLINE)
        out, err = s.child.communicate(timeout=DEADLINE)
        SEEN.extend((out, err))
        lost = sum(map(int, re.findall(
            rb"(\d+) lines (?:of the log )?(?:are )?lost", out + err)))
        self.assertIn(b"the last", err)
        self.assertGreater(lost, 0)
        # Among those that fief lost may be reports of core about others.
        told = lost + len(re.findall(rb"\] line", out))
        self.assertGreaterEqual(told, 20000)
        self.assertLess(told, 20000 + 20)


class Terminals(Case):
    """With a person in front."""

    def on_terminal(self, *args, keys, when):
        try:
            pid, main = pty.fork()
        except OSError as error:
            self.skipTest(f"no terminals here: {error}")
        if pid == 0:
            os.chdir(self.folder)
            os.execve(FIEF[0], [FIEF[0], *args],
                      {**self.env, "NO_COLOR": "1"})
        out = b""
        try:
            while select.select([main], [], [], DEADLINE)[0]:
                out += os.read(main, 4096)
                if when in out:
                    os.write(main, keys)
                    keys = b""
        except OSError:
            pass            # the other side is closed
        os.close(main)      # hangs up, if it is not
        SEEN.append(out)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), out.decode()

    def test_control_c(self):
        self.file("system.xml", IDLE)
        code, out = self.on_terminal("run", "--init", "cli-probe",
                                     "system.xml", when=b"] idle",
                                     keys=b"\3")
        self.assertEqual(code, 130)
        self.assertIn("stopping; once more kills", out)

    def test_config_by_hand(self):
        code, out = self.on_terminal("run", "--init", "cli-probe", "-",
                                     when=b"Ctrl-D", keys=b'<config do="exit"'
                                     b' code="3"/>\n\4')
        self.assertEqual(code, 3)
        self.assertIn("from the terminal; end it with Ctrl-D", out)


class Parts(Case):
    """Parts of the installation that are broken."""

    def libexec(self, **parts):
        """A folder as FIEF_LIBEXEC, with some parts replaced by a text."""
        for name, path in (("core", "core/core"), ("kif", "kernel/linux/kif")):
            to = self.file(name, parts.get(name, ""))
            if name not in parts:
                shutil.copy(part(path), os.path.join(self.folder, to))
            os.chmod(os.path.join(self.folder, to), 0o755)
        for name in "rom", "tour":
            os.mkdir(os.path.join(self.folder, name))
        if "hello" in parts:
            self.file("rom/hello", parts["hello"])
        else:
            shutil.copy(part("rom/hello"), os.path.join(self.folder, "rom"))
        self.env["FIEF_LIBEXEC"] = self.folder

    def test_core(self):
        self.libexec(core="no program")
        self.refused(125, 'cannot start ".*/core": Exec format', "run",
                     "--init", "hello")

    def test_kif(self):
        self.libexec(kif="no program")
        self.refused(125, '(?s)the kif image .*/kif did not come up.*core: '
                     'cannot start "hello": ', "run", "--init", "hello")

    def test_core_by_hand(self):
        done = subprocess.run([part("core/core"), "--nix"], check=False,
                              stderr=subprocess.PIPE, timeout=DEADLINE)
        SEEN.append(done.stderr)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"core: started by fief, not by hand", done.stderr)

    def test_tour(self):
        self.libexec(hello="\x7fELF, not much else")
        code, out, err = self.fief("tour")
        self.assertEqual(code, 126)
        self.assertIn("could not start: its binary is not a comp", out)
        self.assertIn("this step should have ended with 0, not 126", err)
        os.unlink(os.path.join(self.folder, "rom/hello"))
        code, out, err = self.fief("tour")
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(out.count("(left out: this build has no comp"), 8)


class Foreigners(Case):
    """What is not ours in the folder of control sockets."""

    def setUp(self):
        super().setUp()
        os.mkdir(os.path.join(self.folder, "fief"), 0o700)

    def at(self, name):
        return os.path.join(self.folder, "fief", name)

    def test_lock(self):
        os.mkdir(self.at("a.lock"))
        self.refused(125, 'cannot make ".*/a.lock": ', "run", "--init",
                     "hello", "--name", "a")

    def test_socket(self):
        os.mkdir(self.at("a.sock"))
        self.refused(125, 'cannot listen on ".*/a.sock": ', "run", "--init",
                     "hello", "--name", "a")

    def test_other_answers(self):
        with socket.socket(socket.AF_UNIX) as s:
            lock = os.open(self.at("a.lock"), os.O_CREAT | os.O_RDWR, 0o600)
            self.addCleanup(os.close, lock)
            fcntl.flock(lock, fcntl.LOCK_EX)
            s.bind(self.at("a.sock"))
            s.listen(4)
            s.settimeout(DEADLINE)

            def serve():
                for answer in (b"what is that?\n\n", b"error: a\33[31mb\n"):
                    peer, _ = s.accept()
                    peer.recv(100)
                    peer.sendall(answer)
                    peer.close()
            t = threading.Thread(target=serve)
            t.start()
            got = [self.fief("ps", "--name", "a") for _ in range(2)]
            t.join()
        self.assertEqual([g[:2] for g in got], [(125, "")] * 2)
        self.assertIn("answers what this version of fief does not underst",
                      got[0][2])
        self.assertIn('system "a": a\\x1b[31mb', got[1][2])
