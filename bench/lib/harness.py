# SPDX-License-Identifier: MIT
"""Runs measuring programs interleaved and compares ours with the peers.

A measuring program takes `NAME place=.. cpus=A,B ms=N count=N` and prints
lines `NAME VALUE UNIT [KEY=VALUE...]`; bench/README.md tells the details.
"""
import argparse
import ctypes
import datetime
import json
import os
import re
import shlex
import signal
import statistics
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("FIEF_BUILD", os.path.join(ROOT, "build/linux"))
CGROUPS = "/sys/fs/cgroup"
LINE = re.compile(r"([\w.]+) (\S+) (\S+)((?: \w+=\S+)*)$")
QUIET = 0.05  # foreign CPU time over elapsed time
NOT_BUILT = "not built"
FAILURES = 3  # after which a program is not run any more


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


class Group:
    """A control group of version 1 for what one program starts, if any."""

    def __init__(self, controller, below=""):
        self.path = os.path.join(CGROUPS, controller,
                                 f"fief-bench-{os.getpid()}",
                                 below).rstrip("/")
        try:
            os.makedirs(self.path, exist_ok=True)
        except OSError:
            self.path = None

    def join(self):
        if self.path:
            with open(self.path + "/cgroup.procs", "w",
                      encoding="utf-8") as f:
                f.write("0")

    def leave(self):
        """Move this script out again."""
        if self.path and os.path.exists(self.path):
            parent = os.path.dirname(self.path)
            with open(parent + "/cgroup.procs", "w", encoding="utf-8") as f:
                f.write("0")

    def number(self, name):
        return int(read(f"{self.path}/{name}")) if self.path else None

    def all(self, name):
        """The lines of a file, here and in all groups below."""
        if self.path:
            for folder, _, _ in os.walk(self.path):
                yield from read(os.path.join(folder, name)).splitlines()

    def remove(self):
        if not self.path or not os.path.exists(self.path):
            return
        end = time.monotonic() + 5
        while time.monotonic() < end:
            try:
                for folder, _, _ in os.walk(self.path, topdown=False):
                    os.rmdir(folder)
                return
            except OSError:
                time.sleep(0.01)


class Machine:
    """What else runs here, and which CPUs to use."""

    def __init__(self):
        self.own = Group("cpuacct")
        self.programs = Group("cpuacct", "programs")
        self.own.join()  # what this script uses is not foreign
        self.cpus = sorted(os.sched_getaffinity(0))[:2]
        if len(self.cpus) < 2:
            self.cpus *= 2

    def stamp(self):
        """Time, CPU time of all and of ours on each CPU, in nanoseconds."""
        name = "/cpuacct.usage_percpu"
        try:
            paths = (CGROUPS + "/cpuacct", self.own.path)
            used, own = ([int(n) for n in read(p + name).split()]
                         for p in paths)
        except (OSError, TypeError):
            return None
        return time.monotonic_ns(), used, own

    def foreign(self, since, place):
        """Share of the time in which others used one of our CPUs, at most.

        Unknown counts as all of the time."""
        now = self.stamp()
        if None in (now, since):
            return 1.0
        elapsed = now[0] - since[0]
        cpus = self.cpus[:1] if place == "same" else self.cpus
        return max((now[1][c] - since[1][c] - now[2][c] + since[2][c])
                   / elapsed for c in cpus)

    def wait_quiet(self, seconds, place):
        """Wait until nothing else runs, for a limited time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            since = self.stamp()
            time.sleep(0.01)
            if self.foreign(since, place) < QUIET:
                return

    def choose(self):
        """Put the CPU first that was used less lately."""
        before = self.stamp()
        time.sleep(0.02)
        after = self.stamp()
        if before and after:
            self.cpus.sort(key=lambda c: after[1][c] - before[1][c])


class Program:
    """Something to measure: `argv` with {place}, {cpus} and so on in it."""

    def __init__(self, name, argv, places, metrics=()):
        self.name, self.argv, self.places = name, argv, places
        self.metrics = metrics  # what it must print, none for a peer
        self.prefix = "" if metrics else "peer."
        self.problem = None  # why it is not, or no longer, run
        self.failures = 0

    def failed(self, problem):
        """One failure may be chance, three are not."""
        self.failures += 1
        print(f"{self.name}: {problem}", file=sys.stderr)
        if self.failures == FAILURES:
            self.problem = problem

    def command(self, **values):
        client, server = values["cpus"]
        if values["place"] == "same":
            server = client
        values.update(root=ROOT, build=BUILD, client_cpu=client,
                      server_cpu=server, group=self.name,
                      fief=BUILD + "/tools/fief/fief",
                      cpus="{},{}".format(*values["cpus"]))
        return [a.format(**values) for a in self.argv]


def peer(name, places, program="peers"):
    argv = [f"{{build}}/bench/peers/{program}", name, "place={place}",
            "cpus={cpus}", "ms={ms}", "count={count}"]
    return Program(name, argv, places)


def ours(groups):
    """Our programs: the commands that the table has for the groups.

    Groups are name: (places, names of what is measured)."""
    commands = {}
    for number, line in enumerate(
            read(os.path.join(ROOT, "bench/ours.table")).splitlines(), 1):
        words = shlex.split(line, comments=True)
        if len(words) == 1:
            sys.exit(f"ours.table:{number}: GROUP COMMAND...")
        if words:
            commands[words[0]] = words[1:]
    programs = []
    for group, (places, metrics) in groups.items():
        programs.append(Program(group, commands.get(group), places,
                                metrics.split()))
        if group not in commands:
            programs[-1].problem = NOT_BUILT
    return programs


class Bench:
    """Runs programs and keeps what they print."""

    def __init__(self, name, describe):
        parser = argparse.ArgumentParser(description=describe)
        parser.add_argument("--rounds", type=int, default=9)
        parser.add_argument("--ms", type=int, default=100,
                            help="length of the timed part of a sample")
        parser.add_argument("--gate", type=float, default=0.3,
                            help="seconds to wait for a quiet machine")
        parser.add_argument("--count", type=int, default=1000,
                            help="components at once")
        parser.add_argument("--only", default="",
                            help="names of programs, separated by commas")
        parser.add_argument("--record", action="store_true",
                            help="write bench/recorded, too")
        self.name, self.options = name, parser.parse_args()
        self.machine = Machine()
        self.memory = Group("memory")
        self.samples = {}
        self.results = []
        self.notes = {}
        self.round = 0

    def close(self):
        self.machine.own.leave()
        self.machine.own.remove()
        self.memory.remove()

    #
    # Running
    #

    def start(self, program, place):
        """Start a program in the control groups; it dies with this one."""
        argv = program.command(place=place, cpus=self.machine.cpus,
                               ms=self.options.ms, count=self.options.count)
        prctl = ctypes.CDLL(None).prctl
        cpu = self.machine.cpus[0]

        def prepare():
            prctl(1, signal.SIGKILL)
            self.machine.programs.join()
            self.memory.join()
            if place == "same":
                os.sched_setaffinity(0, {cpu})

        # Programs are few and single-threaded here, so preexec_fn is safe.
        # pylint: disable-next=subprocess-popen-preexec-fn
        return subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, preexec_fn=prepare,
            start_new_session=True)

    def sample(self, program, place):
        """Run once; lines become samples. A problem ends the program."""
        self.machine.wait_quiet(self.options.gate, place)
        since = self.machine.stamp()
        try:
            process = self.start(program, place)
        except OSError:
            program.problem = NOT_BUILT
            return
        try:
            output, errors = process.communicate(
                timeout=60 + self.options.ms / 20)
        except subprocess.TimeoutExpired:
            kill(process)
            program.failed("deadline missed")
            return
        quiet = self.machine.foreign(since, place) < QUIET
        if process.returncode == 77:
            program.problem = NOT_BUILT
        elif process.returncode:
            program.failed(f"failed with {process.returncode}: "
                           + " ".join(errors.split())[-200:])
        else:
            for line in output.splitlines():
                self.keep(program, place, line, quiet)
            missing = [m for m in program.metrics
                       if f"{m}@{place}" not in self.samples]
            if missing:
                program.failed("did not print " + " ".join(missing))

    def keep(self, program, place, line, quiet):
        match = LINE.match(line)
        if not match:
            print(f"{program.name}: not understood: {line}", file=sys.stderr)
            return
        try:
            sample = {"value": float(match[2]), "unit": match[3],
                      "quiet": quiet}
            for pair in match[4].split():
                key, _, value = pair.partition("=")
                sample[key] = float(value)
        except ValueError:
            print(f"{program.name}: not a number: {line}", file=sys.stderr)
            return
        metric = f"{program.prefix}{match[1]}@{place}"
        self.samples.setdefault(metric, []).append(sample)
        sample["round"] = self.round

    def rounds(self, programs, more=None):
        """Each program once in each round, in an order that changes; then
        what else is measured in it."""
        only = set(filter(None, self.options.only.split(",")))
        if only:
            programs = [p for p in programs if p.name in only]
        for self.round in range(self.options.rounds):
            self.machine.choose()
            shift = self.round % max(1, len(programs))
            for place in ("same", "cross", "pair", "free"):
                for p in programs[shift:] + programs[:shift]:
                    if place in p.places and not p.problem:
                        self.sample(p, place)
            if more:
                more()
            print(f"{self.name}: round {self.round + 1} of "
                  f"{self.options.rounds}", file=sys.stderr)
        self.note(programs)

    def note(self, programs):
        """Remember why something is not measured."""
        self.notes.update((m, p.problem) for p in programs if p.problem
                          for m in p.metrics)

    #
    # Results
    #

    def value(self, metric):
        """Median over the quiet rounds if they are enough, else over all."""
        samples = self.samples.get(metric)
        if not samples:
            return None
        chosen = [s for s in samples if s["quiet"]]
        if len(chosen) < 3:
            chosen = samples
        result = {"unit": samples[0]["unit"],
                  "rounds": len(samples),
                  "quiet_rounds": sum(s["quiet"] for s in samples),
                  "raw": statistics.median(s["value"] for s in samples)}
        for key in ("value", "p10", "p90", "cpu"):
            numbers = [s[key] for s in chosen if key in s]
            if numbers:
                result[key] = statistics.median(numbers)
        numbers = [s["value"] for s in chosen]
        result["low"], result["high"] = min(numbers), max(numbers)
        return result

    def ratio(self, metric, other):
        """Median of the ratios within a round, or None."""
        mine = {s["round"]: s for s in self.samples.get(metric, [])}
        theirs = {s["round"]: s for s in self.samples.get(other, [])}
        pairs = [(mine[r], theirs[r]) for r in mine if r in theirs]
        quiet = [p for p in pairs if p[0]["quiet"] and p[1]["quiet"]]
        if len(quiet) >= 3:
            pairs = quiet
        ratios = [a["value"] / b["value"] for a, b in pairs if b["value"]]
        return statistics.median(ratios) if ratios else None

    def row(self, name, metric, unit, against=None, target=None):
        """One line of results. Without a peer, the target is for the value."""
        found = self.value(metric) or {"value": None, "unit": unit}
        result = dict(name=name, value=found["value"], unit=found["unit"],
                      peer=against, ratio=None, target=target, met=None)
        result.update((k, v) for k, v in found.items() if k not in result)
        if against:
            theirs = self.value(against)
            result["peer_value"] = theirs and theirs["value"]
            result["ratio"] = self.ratio(metric, against)
        if target:
            number = result["ratio"] if against else result["value"]
            result["met"] = holds(number, target)
        if result["value"] is None:
            result["note"] = self.notes.get(metric.split("@")[0],
                                            "not measured")
        elif against and result["ratio"] is None:
            result["note"] = "peer not measured"
        self.results.append(result)

    def peer_rows(self):
        """What the peers took, as rows without a claim."""
        for metric in sorted(self.samples):
            if metric.startswith("peer."):
                self.row(metric, metric, None)

    def finish(self):
        """Print the rows and record them."""
        for result in self.results:
            print(json.dumps(result))
        record = dict(self.conditions(), results=self.results)
        folders = [os.path.join(BUILD, "bench/results")]
        if self.options.record:
            folders.append(os.path.join(ROOT, "bench/recorded"))
        for folder in folders:
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, self.name + ".json"), "w",
                      encoding="utf-8") as f:
                f.write(json.dumps(record, indent=1) + "\n")
        self.close()

    def conditions(self):
        info = read("/proc/cpuinfo")
        model = re.search(r"model name\s*:\s*(.*)", info)
        guest = "hypervisor" in info
        return {"date": datetime.date.today().isoformat(),
                "cpu": model[1] if model else "unknown",
                "cpus": len(os.sched_getaffinity(0)),
                "virtual": guest,
                "linux": ".".join(os.uname().release.split(".")[:2]),
                "rounds": self.options.rounds, "ms": self.options.ms}


def kill(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def holds(number, target):
    """Whether a claim such as "<= 0.65" holds for a number."""
    sign, limit = target.split()
    if number is None:
        return False
    limit = float(limit)
    return number <= limit if sign == "<=" else number >= limit


class Held:
    """A program that keeps many processes until its input is closed."""

    def __init__(self, bench, program):
        self.bench, self.process = bench, None
        self.ready = None
        try:
            began = time.monotonic()
            self.process = bench.start(program, "free")
        except OSError:
            program.problem = NOT_BUILT
            return
        timer = threading.Timer(120, kill, [self.process])
        timer.start()
        for line in self.process.stdout:
            words = line.split()
            if words[:1] == ["ready"] and len(words) == 2:
                self.ready = int(words[1])
                self.seconds = time.monotonic() - began
                break
            bench.keep(program, "free", line.strip(), False)
        timer.cancel()

    def pids(self):
        if self.bench.memory.path:
            found = self.bench.memory.all("cgroup.procs")
            return sorted({int(p) for p in found})
        return descendants(self.process.pid)

    def pss(self):
        """KiB of all processes together."""
        total = 0
        for pid in self.pids():
            try:
                text = read(f"/proc/{pid}/smaps_rollup")
            except OSError:
                continue
            match = re.search(r"^Pss:\s+(\d+)", text, re.M)
            total += int(match[1]) if match else 0
        return total

    def kernel(self):
        """KiB of kernel memory, None if unknown."""
        used = self.bench.memory.number("memory.kmem.usage_in_bytes")
        return None if used is None else used / 1024

    def charge(self):
        """KiB charged, without cached files; None if unknown."""
        if not self.bench.memory.path:
            return None
        stat = dict(line.split() for line in read(
            self.bench.memory.path + "/memory.stat").splitlines())
        files = int(stat["total_cache"]) - int(stat.get("total_shmem", 0))
        used = self.bench.memory.number("memory.usage_in_bytes")
        return (used - files) / 1024

    def switches(self):
        """How often all threads were switched away from: wake-ups, nearly."""
        total = 0
        for pid in self.pids():
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    text = read(f"/proc/{pid}/task/{task}/status")
                    total += sum(int(n) for n in re.findall(
                        r"voluntary_ctxt_switches:\s+(\d+)", text))
            except OSError:
                continue
        return total

    def release(self):
        if self.process:
            self.process.stdin.close()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                pass
            kill(self.process)
            self.process.stdout.close()
            self.process.stderr.close()


def descendants(pid):
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = read(f"/proc/{entry}/stat")
            except OSError:
                continue
            parent = int(stat.rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry))
    found, queue = [], [pid]
    while queue:
        found.append(queue.pop())
        queue += children.get(found[-1], [])
    return found
