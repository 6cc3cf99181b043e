#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Start of components, many at once, their memory and their idleness."""
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
import harness  # noqa: E402 pylint: disable=wrong-import-position

BOTH = ("same", "free")
FREE = ("free",)
SETTLE_SECONDS = 2
IDLE_SECONDS = 5

PEERS = [
    harness.peer("fork_exec", BOTH),
    harness.peer("vfork_exec", BOTH),
    harness.peer("posix_spawn", BOTH),
    harness.peer("start_rate", FREE),
]
GROUPS = {
    "start": (BOTH, "component_start start_first100 start_last100"),
    "start_rate": (FREE, "start_rate"),
}
MANY = {
    "many": (FREE, "running up_time start_all idle_memory idle_charge "
                   "idle_wakeups_all"),
}

ROWS = [
    ("component_start@free", "us", "peer.fork_exec@free", "<= 0.5"),
    ("component_start@same", "us", "peer.fork_exec@same", None),
    ("component_start@free", "us", "peer.posix_spawn@free", None),
    ("start_rate@free", "1/s", "peer.start_rate@free", ">= 1.28"),
    ("start_all@free", "1/s", "peer.start_rate@free", ">= 1.3"),
    ("start_last100@free", "us", "start_first100@free", "<= 1.25"),
    ("running@free", "", None, ">= 1000"),
    ("up_time@free", "ms", "peer.up_time@free", None),
    ("idle_memory@free", "KiB", None, "<= 260"),
    ("idle_memory@free", "KiB", "peer.idle_memory@free", None),
    ("idle_charge@free", "KiB", "peer.idle_charge@free", None),
    ("idle_wakeups_all@free", "1/s", None, "<= 0"),
]


def hold(bench, program):
    """Many components at once: how many, their memory, their wake-ups."""
    if program.problem:
        return
    held = harness.Held(bench, program)
    try:
        if not held.ready:
            program.problem = program.problem or "did not print ready"
            return
        time.sleep(SETTLE_SECONDS)
        since = bench.machine.programs.number("cpuacct.usage")
        before = held.switches()
        time.sleep(IDLE_SECONDS)
        wakeups = (held.switches() - before) / IDLE_SECONDS
        cpu = bench.machine.programs.number("cpuacct.usage")
        pss, kernel, charge = held.pss(), held.kernel(), held.charge()
        lines = [f"running {held.ready} components",
                 f"up_time {held.seconds * 1000} ms",
                 f"start_all {held.ready / held.seconds} 1/s",
                 f"idle_pss {pss / held.ready} KiB",
                 f"idle_memory {(pss + (kernel or 0)) / held.ready} KiB",
                 f"idle_wakeups_all {wakeups} 1/s"]
        if kernel is not None:
            lines.append(f"idle_kernel {kernel / held.ready} KiB")
            lines.append(f"idle_charge {charge / held.ready} KiB")
        if since is not None:
            lines.append(f"idle_cpu {(cpu - since) / 1e3 / IDLE_SECONDS} "
                         "us/s")
        for line in lines:
            bench.keep(program, "free", line, True)
    finally:
        held.release()


def main():
    bench = harness.Bench("start", __doc__)
    try:
        bench.rounds(PEERS + harness.ours(GROUPS))
        for program in [harness.peer("sleepers", FREE)] \
                + harness.ours(MANY):
            hold(bench, program)
            bench.note([program])
        for metric, unit, against, target in ROWS:
            bench.row(metric, metric, unit, against, target)
        bench.peer_rows()
        bench.finish()
    finally:
        bench.close()


if __name__ == "__main__":
    main()
