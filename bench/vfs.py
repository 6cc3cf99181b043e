#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files of a tree in memory and of a server, beside a tmpfs and a pipe."""
import os
import sys

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


def main():
    bench = harness.Bench("vfs", __doc__)
    try:
        bench.rounds([harness.peer("tmpfs", SAME),
                      harness.peer("bulk_pipe", SAME)] + harness.ours(GROUPS))
        for metric, target in ROWS:
            peer = "peer." + metric.removeprefix("server_")
            bench.row(metric, metric, "us", peer, target)
        for metric, target in RATES:
            bench.row(metric, metric, "GB/s", "peer.bulk_pipe@same", target)
        bench.peer_rows()
        bench.finish()
    finally:
        bench.close()


if __name__ == "__main__":
    main()
