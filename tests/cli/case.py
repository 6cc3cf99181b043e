# SPDX-License-Identifier: MIT
"""What tests of the command line share: `fief` in a folder of its own, with a
deadline. All that it prints is remembered in `SEEN`."""
import json
import os
import re
import selectors
import signal
import subprocess
import tempfile
import time
import unittest

FIEF = ["fief"]     # the program; set by main
SEEN = []           # all output of all commands
DEADLINE = 20
IDLE = '<config do="idle"/>'
SYSTEM = """<config>
  <parent-provides>
    <service name="LOG"/> <service name="ROM"/> <service name="CPU"/>
    <service name="PD"/>
  </parent-provides>
  <default-route> <any-service> <parent/> </any-service> </default-route>
  %s
</config>
"""


def wait_for(condition, what, seconds=DEADLINE):
    """Poll until the condition holds; the last value is returned."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"not within {seconds} s: {what}")


def alive(pid):
    """Does the process run? A zombie does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
            return f.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def children(parent):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8") as f:
                    if int(f.read().rpartition(")")[2].split()[1]) == parent:
                        found.append(int(name))
            except OSError:
                continue
    return found


def closed(pid):
    """Let the child close this descriptor's number before it starts."""
    return lambda: os.close(pid)


class Started:
    """A `fief run` in the background."""

    def __init__(self, case, args, **popen):
        self.child = subprocess.Popen(
            [FIEF[0], *args], stdin=subprocess.DEVNULL, env=case.env,
            cwd=case.folder, stderr=subprocess.PIPE,
            stdout=popen.pop("stdout", subprocess.PIPE), **popen)
        self.lines = []
        case.addCleanup(self.end)

    def end(self):
        if self.child.poll() is None:
            self.child.kill()
        for stream in (self.child.stdout, self.child.stderr):
            if stream:
                stream.close()
        self.child.wait(DEADLINE)

    def line(self, pattern):
        """The first further line of output that matches."""
        end = time.monotonic() + DEADLINE
        data = b""
        with selectors.DefaultSelector() as s:
            s.register(self.child.stdout, selectors.EVENT_READ)
            while s.select(max(0, end - time.monotonic())):
                byte = os.read(self.child.stdout.fileno(), 1)
                if not byte:
                    break
                data += byte
                if byte == b"\n":
                    SEEN.append(data)
                    text = data.decode()
                    self.lines.append(text)
                    data = b""
                    if re.search(pattern, text):
                        return text
        raise AssertionError(f"no line {pattern} in {self.lines}")

    def wait(self):
        out, err = self.child.communicate(timeout=DEADLINE)
        SEEN.extend((out or b"", err))
        return self.child.returncode, (out or b"").decode(), err.decode()


class Case(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="fief-cli-")
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith("FIEF_")}
        self.env.update(XDG_RUNTIME_DIR=self.folder, LC_ALL="C", COLUMNS="80")

    def file(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as f:
            f.write(text)
        return name

    def fief(self, *args, text=None, program=None, **more):
        """Exit code, standard output and error of a command."""
        env = {**self.env, **more.pop("env", {})}
        done = subprocess.run(
            [program or FIEF[0], *args], input=(text or "").encode(), env=env,
            cwd=self.folder, timeout=DEADLINE, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        SEEN.extend((done.stdout, done.stderr))
        return (done.returncode, done.stdout.decode(),
                done.stderr.decode())

    def refused(self, code, pattern, *args, **more):
        got, out, err = self.fief(*args, **more)
        self.assertRegex(err, pattern)
        self.assertEqual((got, out), (code, ""))

    def start(self, *args, config=IDLE, ready="idle", **popen):
        name = [self.file("system.xml", config)] if config else []
        s = Started(self, ["run", "--init", "cli-probe", *args, *name],
                    **popen)
        if ready:
            s.line(ready)
        return s

    def instances(self):
        code, out, err = self.fief("ps", "--json")
        self.assertEqual((code, err), (0, ""))
        listing = json.loads(out)
        self.assertEqual(listing["version"], 1)
        return listing["instances"]

    def processes(self, instance):
        core = instance["core_pid"]
        found = {core, *children(core),
                 *(c["pid"] for c in instance["components"])}
        self.assertGreaterEqual(len(found), 3)  # core, zygote, component
        return found
