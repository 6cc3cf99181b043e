#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Changes of a configuration, and commands that look at it, in systems of
several sizes: each from the start of the command to its end, changes also to
the first line of the component that is another one."""
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
import harness  # noqa: E402 pylint: disable=wrong-import-position

FREE = ("free",)
SMALL, LARGE = 3, 1000
PATIENCE_S = 30
REPEAT = 20
QUOTA = ("--ram", "16G", "--caps", "2000000")
HEAD = """<config>
  <parent-provides>
    <service name="LOG"/> <service name="ROM"/> <service name="CPU"/>
    <service name="PD"/>
  </parent-provides>
  <default-route> {rule} <any-service> <parent/> </any-service>
  </default-route>
"""
# Another rule that leads all sessions to where they are.
RULES = ("", '<service name="LOG"> <parent/> </service>')
START = """  <start name="c{n}" version="{version}" ram="512K" caps="40">
    <binary name="bench-up"/>
  </start>
"""
UP = re.compile(r"\[init -> c(\d+)\] up")

PEERS = [harness.peer("fork_exec", FREE)]
STARTS = {"start": (FREE, "component_start")}

# Commands that change nothing.
LOOKS = {
    "why": ("why", "{file}", "c1", "LOG"),
    "check": ("check", *QUOTA, "{file}"),
    "plan": ("plan", "{next}", "{name}"),
    "ps": ("ps", "--name", "{name}"),
}
CHANGES = ("change", "default_route", "apply", "apply_effect")
TARGETS = {
    f"apply_{LARGE}": "<= 20",
    f"why_{LARGE}": "<= 5",
    f"check_{LARGE}": "<= 50",
    f"change_beyond_start_{SMALL}": "<= 1",
}


class System:
    """One of `count` children that runs; it ends with this program."""

    def __init__(self, bench, folder, count):
        self.count, self.folder = count, folder
        self.fief = harness.BUILD + "/tools/fief/fief"
        self.name = f"bench{count}"
        self.file = os.path.join(folder, self.name + ".xml")
        self.next = os.path.join(folder, self.name + "-next.xml")
        self.versions, self.rule, self.seen = [0] * count, 0, {}
        self.news = threading.Condition()
        self.write(self.file)
        self.environment = dict(os.environ, XDG_RUNTIME_DIR=folder)
        program = harness.Program("config", [
            "env", f"XDG_RUNTIME_DIR={folder}", "{fief}", "run", "--name",
            self.name, *QUOTA, self.file], FREE,
            ("up",))
        self.run = bench.start(program, "free")
        threading.Thread(target=self.listen, daemon=True).start()
        self.wait(lambda: len(self.seen) == count)

    def listen(self):
        for line in self.run.stdout:
            match = UP.match(line)
            if match:
                with self.news:
                    self.seen.setdefault(int(match[1]), []).append(
                        time.monotonic())
                    self.news.notify()

    def wait(self, condition):
        with self.news:
            if not self.news.wait_for(condition, PATIENCE_S):
                sys.exit("config: a component did not come up")

    def write(self, path):
        with open(path, "w", encoding="utf-8") as f:
            f.write(HEAD.format(rule=RULES[self.rule]))
            for n, version in enumerate(self.versions):
                f.write(START.format(n=n, version=version))
            f.write("</config>\n")

    def command(self, *words):
        """Milliseconds that it takes."""
        argv = [w.format(file=self.file, next=self.next, name=self.name)
                for w in words]
        begin = time.monotonic()
        done = subprocess.run([self.fief, *argv], env=self.environment,
                              capture_output=True, timeout=PATIENCE_S,
                              check=False)
        took = (time.monotonic() - begin) * 1e3
        if done.returncode not in (0, 1):
            sys.exit(f"config: {argv}: {done.stderr.decode()}")
        return took

    def another(self, n, path):
        """The file has another version of that child; its starts so far."""
        self.versions[n] += 1
        self.write(path)
        return len(self.seen[n])

    def effect(self, n, before, begin):
        self.wait(lambda: len(self.seen[n]) > before)
        return (self.seen[n][before] - begin) * 1e3

    def apply(self, n):
        before, begin = self.another(n, self.next), time.monotonic()
        return self.command("apply", "{next}", "{name}"), self.effect(n, before, begin)

    def change(self, n):
        """Without a command: the request itself, to the first line."""
        before, begin = self.another(n, self.file), time.monotonic()
        self.request("reload")
        return self.effect(n, before, begin)

    def default_route(self):
        """Of all children, none of which it concerns, and of one that is
        another one, so that the end can be seen."""
        self.rule = 1 - self.rule
        return self.change(0)

    def request(self, text):
        path = os.path.join(self.folder, "fief", self.name + ".sock")
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(path)
            s.sendall(text.encode() + b"\n")
            while s.recv(4096):
                pass

    def end(self):
        self.command("stop", "{name}")
        self.run.wait(PATIENCE_S)


def measure(bench, system, program):
    def keep(what, ms):
        bench.keep(program, "free", f"{what}_{system.count} {ms} ms", True)

    turn = bench.round
    system.another(1, system.next)
    system.versions[1] -= 1
    for name, words in LOOKS.items():
        keep(name, system.command(*words))
    command, effect = system.apply(turn % system.count)
    keep("apply", command)
    keep("apply_effect", effect)
    # Several, as of starts; how long one takes depends on what it wakes up.
    took = statistics.median(system.change((turn + i) % system.count)
                             for i in range(REPEAT))
    keep("change", took)
    keep("default_route", system.default_route())
    start = bench.samples.get("component_start@free")
    if start:
        keep("change_beyond_start", took - start[-1]["value"] / 1e3)


def main():
    bench = harness.Bench("config", __doc__)
    program = harness.Program("config", [], FREE, ("up",))
    with tempfile.TemporaryDirectory() as folder:
        systems = [System(bench, folder, n) for n in (SMALL, LARGE)]
        try:
            bench.rounds(PEERS + harness.ours(STARTS), lambda: [
                measure(bench, s, program) for s in systems])
            for name in [f"{w}_{s.count}" for s in systems
                         for w in (*CHANGES, *LOOKS, "change_beyond_start")]:
                bench.row(name + "@free", name + "@free", "ms", None,
                          TARGETS.get(name))
            bench.row("component_start@free", "component_start@free", "us")
            bench.peer_rows()
            bench.finish()
        finally:
            for system in systems:
                system.end()
            bench.close()


if __name__ == "__main__":
    main()
