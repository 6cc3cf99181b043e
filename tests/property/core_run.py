# SPDX-License-Identifier: MIT
"""One core with the driver of the property tests, seen from outside."""

import ctypes
import os
import signal
import subprocess
import tempfile
import threading

MB = 1 << 20
PR_SET_PDEATHSIG = 1


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class CoreRun:
    """Runs `plan`; `init` is the ROM module that core starts, `config` the
    file of its config, if it has one. Lines of the log go to `on_line`."""

    def __init__(self, build, plan, init="property-driver", config=None,
                 on_line=None, core="core/core", env=None, control=None,
                 ram=256 * MB, caps=4000):
        self.log, self.on_line = [], on_line
        self.plan = tempfile.NamedTemporaryFile("w", prefix="property")
        self.plan.write(plan + "\n")
        self.plan.flush()
        command = [f"{build}/{core}", "--kif", build + "/kernel/linux/kif",
                   "--init", init, "--rom-dir", build + "/rom",
                   "--rom", "plan=" + self.plan.name,
                   "--ram", str(ram), "--caps", str(caps)]
        if config:
            command += ["--rom", "config=" + config]
        if control:
            command += ["--control-fd", str(control.fileno())]
        out, log = os.pipe()
        self.core = subprocess.Popen(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent, env=env,
            pass_fds=[control.fileno()] if control else [])
        os.close(log)
        self.out = os.fdopen(out, encoding="utf-8", errors="replace")
        self.reader = threading.Thread(target=self.follow, daemon=True)
        self.reader.start()

    def follow(self):
        for line in self.out:
            line = line.rstrip("\n").replace("\x1f", "| ")
            self.log.append(line)
            if self.on_line:
                self.on_line(line)

    def wait(self, seconds):
        """Core's exit code; None: the deadline passed and it was killed."""
        try:
            code = self.core.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
            self.core.kill()
            self.core.wait()
        self.reader.join(3)
        self.plan.close()
        return code

    def find(self, text):
        return [line for line in self.log if text in line]
