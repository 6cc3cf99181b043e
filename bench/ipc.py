#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Calls, rings, signals, sessions, dataspaces and bulk data, beside peers."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "lib"))
import harness  # noqa: E402 pylint: disable=wrong-import-position

ALL = ("same", "cross", "free")
SAME = ("same",)

PEERS = [
    harness.peer("line", ("cross",)),
    harness.peer("futex", ALL),
    harness.peer("eventfd", ALL),
    harness.peer("pipe", ALL),
    harness.peer("seqpacket", ALL),
    harness.peer("seqpacket_epoll", ALL),
    harness.peer("base_linux", ALL),
    harness.peer("sdbus", ALL, "peer_sdbus"),
    harness.peer("capnp", ALL, "peer_capnp"),
    harness.peer("grpc", ALL, "peer_grpc"),
    harness.peer("memfd", SAME),
    harness.peer("memfd_touch", SAME),
    harness.peer("bulk_pipe", ALL),
    harness.peer("bulk_unix", ALL),
]

# Where a command of ours.table runs and what it measures; see README.md.
GROUPS = {
    "call": (ALL, "null_call core_call object_call cap_back_call "
                  "delegate_call new_channel_call"),
    "ring": (ALL, "ring_1 ring_8 ring_32 ring_128"),
    "signal": (ALL, "signal_pingpong"),
    "session": (SAME, "session_cycle"),
    "dataspace": (SAME, "dataspace_cycle"),
    "bulk": (ALL, "stream_64k inplace_64k"),
    "scale": (SAME, "channels_hot_10 channels_hot_10000 channels_random_10 "
                    "channels_random_10000 channel_bytes cap_bytes"),
    "hog": (("same", "free"), "call_alone call_hog"),
    "flood": (SAME, "call_unflooded call_flooded"),
    "siege": (("same", "pair", "free"), "call_unbesieged call_besieged"),
    "reports": (("pair", "free"), "call_unreported call_reported"),
    "exits": (("pair", "free"), "call_beside_exits"),
    "idle": (("free",), "idle_wakeups idle_transition_cpu"),
    "kill": (("free",), "kill_release_100 kill_release_10000"),
}

# Name of the row and of our measurement; unit; compared to; target.
ROWS = [
    ("null_call@same", "us", "peer.seqpacket_epoll@same", "<= 0.65"),
    ("null_call@same", "us", "peer.futex@same", "<= 1.3"),
    ("null_call@cross", "us", "peer.line@cross", "<= 2"),
    ("null_call@cross", "us", "peer.seqpacket_epoll@cross", None),
    ("null_call@free", "us", "peer.seqpacket_epoll@free", None),
    ("null_call@same", "us", "peer.capnp@same", "<= 0.2"),
    ("null_call@same", "us", "peer.sdbus@same", "<= 0.143"),
    ("null_call@same", "us", "peer.grpc@same", "<= 0.111"),
    ("null_call@same", "us", "peer.base_linux@same", "<= 0.303"),
    ("ring_32@same", "us", "null_call@same", "<= 0.05"),
    ("ring_128@same", "us", "peer.capnp_128@same", "<= 0.01"),
    ("core_call@same", "us", "null_call@same", None),
    ("object_call@same", "us", "null_call@same", "<= 1.1"),
    ("cap_back_call@same", "us", "null_call@same", "<= 1.1"),
    ("delegate_call@same", "us", "null_call@same", "<= 2.5"),
    ("new_channel_call@same", "us", "null_call@same", "<= 12"),
    ("channels_hot_10000@same", "us", "channels_hot_10@same", "<= 1.05"),
    ("channels_random_10000@same", "us", "channels_random_10@same",
     "<= 1.5"),
    ("channel_bytes@same", "B", None, "<= 8192"),
    ("cap_bytes@same", "B", None, "<= 32"),
    ("call_hog@same", "us", "call_alone@same", "<= 1.3"),
    ("call_flooded@same", "us", "call_unflooded@same", "<= 1.3"),
    ("call_besieged@pair", "us", "call_unbesieged@pair", "<= 1.3"),
    ("call_reported@pair", "us", "call_unreported@pair", "<= 1.3"),
    ("call_beside_exits@pair", "us", "call_unbesieged@pair", "<= 1.3"),
    ("call_hog@free", "us", "call_alone@free", None),
    ("call_besieged@free", "us", "call_hog@free", "<= 1.3"),
    ("call_reported@free", "us", "call_hog@free", "<= 1.3"),
    ("call_beside_exits@free", "us", "call_hog@free", "<= 1.3"),
    ("call_besieged@same", "us", "call_unbesieged@same", None),
    ("idle_wakeups@free", "1/s", None, "<= 0"),
    ("idle_transition_cpu@free", "us", None, "<= 50"),
    ("kill_release_100@free", "ms", None, "<= 1"),
    ("kill_release_10000@free", "ms", None, "<= 40"),
    ("stream_64k@same", "GB/s", "peer.bulk_pipe@same", ">= 2"),
    ("inplace_64k@same", "GB/s", "peer.bulk_pipe@same", ">= 2.5"),
    ("stream_64k@same", "GB/s", "peer.bulk_unix@same", None),
    ("stream_64k@cross", "GB/s", "peer.bulk_unix@cross", None),
    ("signal_pingpong@same", "us", "peer.futex@same", "<= 2"),
    ("session_cycle@same", "us", "peer.futex@same", "<= 15"),
    ("dataspace_cycle@same", "us", "peer.memfd@same", "<= 3"),
]


def main():
    bench = harness.Bench("ipc", __doc__)
    try:
        bench.rounds(PEERS + harness.ours(GROUPS))
        for metric, unit, against, target in ROWS:
            bench.row(metric, metric, unit, against, target)
        bench.peer_rows()
        bench.finish()
    finally:
        bench.close()


if __name__ == "__main__":
    main()
