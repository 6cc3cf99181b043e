# SPDX-License-Identifier: MIT
"""What processes hold, seen from outside."""

import os

PAGE = os.sysconf("SC_PAGE_SIZE")
GROWTH = 128 << 10  # of anonymous memory: the allocator's own noise


def children(pid):
    """Oldest first."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(child) for child in f.read().split()]


def sample(pid):
    with open(f"/proc/{pid}/maps", encoding="ascii") as f:
        maps = sum(1 for _ in f)
    with open(f"/proc/{pid}/statm", encoding="ascii") as f:
        field = f.read().split()
    return {"descriptors": len(os.listdir(f"/proc/{pid}/fd")), "mappings": maps,
            "memory": (int(field[1]) - int(field[2])) * PAGE}


def grown(first, last, slack=0, pages=0):
    """Samples by name: what there is more of. `pages`: of channels, which
    stay mapped for the next one, so many may be used at once."""
    for name, a in first.items():
        b = last.get(name)
        if not b:
            yield f"{name} is gone"
            continue
        for what in ("descriptors", "mappings"):
            more = slack + (pages if what == "mappings" else 0)
            if b[what] > a[what] + more:
                yield f"{name}: {a[what]} -> {b[what]} {what}"
        if b["memory"] > a["memory"] + GROWTH:
            yield f"{name}: {a['memory']} -> {b['memory']} bytes"


def show(lives, samples):
    print(f"after {lives} lives: " + "; ".join(
        f"{name} {s['descriptors']} fds {s['mappings']} maps "
        f"{s['memory'] >> 10} KiB" for name, s in samples.items()), flush=True)
