# SPDX-License-Identifier: MIT
"""The processes of a system whose driver rests now and then."""

import re
import threading

from samples import children, grown, sample

SETTLED_S = 0.25  # of the 0.4 s that the driver rests
READY = 2         # processes that core has made ahead; the youngest


class Watch:
    """Takes a sample of each process whenever the driver rests."""

    def __init__(self, names):
        self.names, self.samples, self.books = names, [], []
        self.problems, self.run, self.timers = [], None, []

    def on_line(self, line):
        if match := re.search(r"\| rest (\d+)", line):
            self.timers.append(
                threading.Timer(SETTLED_S, self.take, (int(match[1]),)))
            self.timers[-1].start()
        elif match := re.search(r"\| books (.*)", line):
            self.books.append(match[1])

    def take(self, lives):
        core = self.run.core.pid
        try:
            pids = [core] + children(core)
            if len(pids) != len(self.names) + READY:
                self.problems.append(f"{len(pids)} processes at rest")
            self.samples.append(
                (lives, {n: sample(p) for n, p in zip(self.names, pids)}))
        except OSError as error:
            self.problems.append(f"a process is gone: {error}")

    def judge(self, books=True, pages=0):
        """`books`: they must be the same each time. `pages`: see grown."""
        for timer in self.timers:
            timer.join()
        yield from self.problems
        if len(self.samples) < 4 or len(self.samples) != len(self.books):
            yield f"{len(self.samples)} samples, {len(self.books)} books"
            return
        for before, after in zip(self.books, self.books[1:]):
            if books and before != after:
                yield f"books: {before}, then {after}"
        yield from grown(self.samples[0][1], self.samples[-1][1],
                         pages=pages)
