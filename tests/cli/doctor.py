# SPDX-License-Identifier: MIT
"""fief doctor: what it finds on a host that is fine, and on ones that are
not."""
import json
import os
import resource
import shutil

from case import FIEF, Case, wait_for


def limited(which, limit):
    return lambda: resource.setrlimit(which, (limit, limit))


class Doctor(Case):
    def findings(self, code=0, **more):
        got, out, err = self.fief("doctor", "--json", **more)
        self.assertEqual(got, code, out + err)
        found = json.loads(out)
        self.assertEqual(found["version"], 1)
        for one in found["checks"]:
            # Whatever is wrong has a word on what to do.
            self.assertEqual("help" in one, one["level"] != "ok", one)
        return {c["check"]: (c["level"], c["text"]) for c in found["checks"]}

    def test_all_is_well(self):
        found = self.findings()
        for name in ("kernel", "seccomp", "memfd", "pidfd", "images",
                     "runtime folder", "start", "proc"):
            self.assertEqual(found[name][0], "ok", found)
        self.assertRegex(found["namespaces"][1], "are not needed")
        out = self.fief("doctor")[1]
        self.assertRegex(out, r"(?m)^ok +kernel: Linux \d")
        self.assertRegex(out, r"(?m)^0 failures, \d+ warnings$")
        self.refused(2, 'unexpected argument "x"', "doctor", "x")

    def test_limits(self):
        found = self.findings(preexec_fn=limited(resource.RLIMIT_NOFILE, 200))
        self.assertEqual(found["open files"][0], "warning")
        found = self.findings(1, preexec_fn=limited(resource.RLIMIT_NOFILE,
                                                    30))
        self.assertEqual(found["open files"][0], "failure")
        self.assertEqual(found["start"], (
            "failure", "a system that only says hello ended with 125"))
        found = self.findings(preexec_fn=limited(resource.RLIMIT_AS,
                                                 1 << 40))
        self.assertEqual(found["address space"][0], "warning")

    def test_what_was_left(self):
        s = self.start()
        self.assertIn("1 systems run, 0 that", self.findings()[
            "runtime folder"][1])
        s.child.kill()
        s.child.wait(20)
        level, text = wait_for(
            lambda: self.findings()["runtime folder"], "it looks")
        self.assertEqual(level, "warning")
        self.assertIn("0 systems run, 1 that were killed left files", text)
        self.fief("ps")         # as it says
        self.assertEqual(self.findings()["runtime folder"][0], "ok")
        os.chmod(os.path.join(self.folder, "fief"), 0o755)
        self.assertEqual(self.findings(1)["runtime folder"][0], "failure")

    def test_parts(self):
        build = os.path.dirname(os.path.dirname(os.path.dirname(FIEF[0])))
        parts = os.path.join(self.folder, "parts")
        os.makedirs(os.path.join(parts, "rom"))
        for part, name in (("core/core", "core"), ("kernel/linux/kif", "kif"),
                           ("rom/hello", "rom/hello"),
                           ("rom/timer", "rom/timer")):
            if not os.path.exists(os.path.join(build, part)):
                self.skipTest("not a build folder")
            shutil.copy(os.path.join(build, part), os.path.join(parts, name))
        env = {"FIEF_LIBEXEC": parts}
        found = self.findings(env=env)
        self.assertEqual(found["start"][0], "ok")
        self.assertIn("2 component images", found["images"][1])
        timer = os.path.join(parts, "rom", "timer")
        os.truncate(timer, os.path.getsize(timer) // 3)
        level, text = self.findings(1, env=env)["image"]
        self.assertEqual(level, "failure")
        self.assertRegex(text, "timer\": cut off$")
        self.file("parts/rom/timer", "text")
        self.assertRegex(self.findings(1, env=env)["image"][1],
                         "no component image$")
        os.remove(timer)
        os.remove(os.path.join(parts, "rom", "hello"))
        self.assertRegex(self.findings(1, env=env)["images"][1],
                         "no component images in")
        os.truncate(os.path.join(parts, "core"), 100)
        self.assertRegex(self.findings(1, env=env)["image"][1], "core\":")
        self.assertEqual(self.findings(1, env={"FIEF_LIBEXEC": "/"})["parts"],
                         ("failure", "core and kif are not there"))
