# SPDX-License-Identifier: MIT
"""A system whose configuration changes while it runs."""

import socket
import tempfile
import time

from core_run import CoreRun
from samples import children, sample

SETTLED_S = 0.4
PATIENCE_S = 10


class LiveSystem:
    """Starts with `text`; `names` of the processes that samples are of, in
    the order of their age."""

    def __init__(self, build, text, names, **more):
        self.names = names
        self.config = tempfile.NamedTemporaryFile("w", prefix="property")
        self.write(text)
        self.here, there = socket.socketpair(
            socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.here.settimeout(PATIENCE_S)
        self.run = CoreRun(build, "", "init", self.config.name, self.on_line,
                           control=there, **more)
        there.close()

    def on_line(self, line):
        pass

    def write(self, text):
        self.config.seek(0)
        self.config.truncate()
        self.config.write(text)
        self.config.flush()

    def request(self, text):
        """The lines of the answer."""
        self.here.send(text.encode())
        answer = ""
        while (part := self.here.recv(65536)) != b"\n":
            answer += part.decode()
        return answer.splitlines()

    def reload(self, text):
        self.write(text)
        self.request("reload config")

    def samples(self):
        time.sleep(SETTLED_S)
        pids = [self.run.core.pid] + children(self.run.core.pid)
        return {n: sample(p) for n, p in zip(self.names, pids)}
