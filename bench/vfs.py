#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files of a tree in memory and of a server, beside a tmpfs and a pipe."""
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
import harness  # noqa: E402 pylint: disable=wrong-import-position

SAME = ("same",)
NAMES = "open_close stat pread_4k pwrite_4k list_1000"

GROUPS = {
    "files": (SAME, NAMES),
    "server_files": (SAME, " ".join(f"server_{n}" for n in NAMES.split())),
    "server_bulk": (SAME, "server_read_64k server_write_64k server_peek_1m "
                          "server_map_16m"),
}

ROWS = [
    ("open_close@same", "<= 0.3"),
    ("stat@same", "<= 0.3"),
    ("pread_4k@same", "<= 0.4"),
    ("pwrite_4k@same", "<= 0.4"),
    ("list_1000@same", "<= 0.5"),
    ("server_open_close@same", "<= 6"),
    ("server_stat@same", None),
    ("server_pread_4k@same", None),
    ("server_pwrite_4k@same", None),
    ("server_list_1000@same", None),
    ("server_map_16m@same", "<= 1.2"),
]

# Beside a pipe.
RATES = [
    ("server_read_64k@same", ">= 1.5"),
    ("server_write_64k@same", ">= 1.5"),
    ("server_peek_1m@same", ">= 2.5"),
]

# Many clients of one server: how far the one that got least, and the one that got
# most, are from what each should have.
CLIENTS = 100
WARM_S, MEASURE_S, PATIENCE_S = 3, 12, 60
FREE = ("free",)
FAIR = harness.Program("fair", [], FREE, ("fair_least", "fair_most"))
SYSTEM = """<config>
  <parent-provides>
    <service name="LOG"/> <service name="ROM"/> <service name="CPU"/>
    <service name="PD"/>
  </parent-provides>
  <default-route> <service name="File_system"> <child name="files"/> </service>
    <any-service> <parent/> </any-service> </default-route>
  <start name="files" ram="128M" caps="4000">
    <binary name="ram_fs"/> <provides> <service name="File_system"/> </provides>
    <config> <default-policy root="/" writeable="yes"/> </config>
  </start>
"""
CLIENT = """  <start name="c{n}" ram="4M" caps="200"> <binary name="bench-fair"/>
    <config begin="{begin}" end="{end}"> <vfs> <fs/> </vfs> </config>
  </start>
"""
READS = re.compile(r"\[init -> c\d+\] READS (\d+)")


def fairness(bench):
    begin = time.clock_gettime_ns(time.CLOCK_MONOTONIC) + WARM_S * 10**9
    end = begin + MEASURE_S * 10**9
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "system.xml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(SYSTEM)
            for n in range(CLIENTS):
                f.write(CLIENT.format(n=n, begin=begin, end=end))
            f.write("</config>\n")
        program = harness.Program("fair", [
            "env", f"XDG_RUNTIME_DIR={folder}", "{fief}", "run", "--name",
            "fair", "--ram", "4G", "--caps", "200000", path], FREE, ("reads",))
        run = bench.start(program, "free")
        reads = []
        for line in run.stdout:
            match = READS.match(line)
            if match:
                reads.append(int(match[1]))
            if len(reads) == CLIENTS:
                break
        subprocess.run([harness.BUILD + "/tools/fief/fief", "stop", "fair"],
                       env=dict(os.environ, XDG_RUNTIME_DIR=folder),
                       capture_output=True, timeout=PATIENCE_S, check=False)
        run.wait(PATIENCE_S)
    if len(reads) < CLIENTS:
        sys.exit(f"vfs: {len(reads)} of {CLIENTS} clients told")
    mean = statistics.mean(reads)
    bench.keep(FAIR, "free", f"fair_least {min(reads) / mean} x", True)
    bench.keep(FAIR, "free", f"fair_most {max(reads) / mean} x", True)


def main():
    bench = harness.Bench("vfs", __doc__)
    try:
        bench.rounds([harness.peer("tmpfs", SAME),
                      harness.peer("bulk_pipe", SAME)] + harness.ours(GROUPS), lambda: fairness(bench))
        for metric, target in ROWS:
            peer = "peer." + metric.removeprefix("server_")
            bench.row(metric, metric, "us", peer, target)
        for metric, target in RATES:
            bench.row(metric, metric, "GB/s", "peer.bulk_pipe@same", target)
        bench.row("fair_least@free", "fair_least@free", "x", None, ">= 0.9")
        bench.row("fair_most@free", "fair_most@free", "x", None, "<= 1.1")
        bench.peer_rows()
        bench.finish()
    finally:
        bench.close()


if __name__ == "__main__":
    main()
