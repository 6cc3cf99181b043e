# SPDX-License-Identifier: MIT
"""Completion of command lines, and the manual page made from the same table."""
import os
import re
import shutil
import subprocess

from case import DEADLINE, FIEF
from live import LiveCase, idle, inner_init


class Completion(LiveCase):
    def script(self, shell):
        code, out, err = self.fief("completion", shell)
        self.assertEqual((code, err), (0, ""))
        return out

    def commands(self):
        return re.findall(r"^  (\w+) ", self.fief("help")[1], re.M)

    def options(self, command):
        return set(re.findall(r"--([\w-]+)", re.sub(
            r"(?s)^.*?\n\n", "", self.fief(command, "--help")[1], count=1)))

    def bash(self, *words):
        """What bash offers for the last of these words."""
        script = self.file("fief.bash", self.script("bash"))
        quoted = " ".join("'" + w.replace("'", "'\\''") + "'" for w in words)
        done = subprocess.run(
            ["bash", "--norc", "-c",
             f"source ./{script}; complete -p fief >&2\n"
             f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}\n"
             "_fief; printf '%s\\n' \"${COMPREPLY[@]}\""],
            env={**self.env, "PATH": os.path.dirname(FIEF[0]) + ":"
                 + self.env.get("PATH", "/usr/bin:/bin")},
            cwd=self.folder, timeout=DEADLINE, check=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertIn(b"complete -o filenames -F _fief fief", done.stderr)
        return done.stdout.decode().split("\n")[:-1]

    def test_mistakes(self):
        self.refused(2, "for which shell", "completion")
        self.refused(2, '"bsh"; did you mean "bash"', "completion", "bsh")
        self.refused(2, '"powershell" is none of bash', "completion",
                     "powershell")

    def test_bash(self):
        self.assertEqual(self.bash("fief", "re"),
                         [c for c in self.commands() if c.startswith("re")])
        self.assertEqual(sorted(self.bash("fief", "")),
                         sorted(self.commands()))
        self.assertEqual(self.bash("fief", "run", "--no"), ["--no-watch"])
        self.assertIn("--dry-run", self.bash("fief", "apply", "--"))
        self.assertEqual(self.bash("fief", "help", "doc"), ["doctor"])

    def test_bash_knows_what_runs(self):
        self.system(idle("apple") + inner_init("sub", idle("x")))
        self.there("apple", "sub -> x")
        self.assertEqual(self.bash("fief", "restart", "init -> a"),
                         ["init\\ -\\>\\ apple"])
        self.assertEqual(self.bash("fief", "stop", "sy"), ["system"])
        self.assertIn("system.xml", self.bash("fief", "apply", "sys"))
        self.assertEqual(self.bash("fief", "log", "--component",
                                   "init -> sub -"),
                         ["init\\ -\\>\\ sub\\ -\\>\\ x"])

    def test_all_is_offered(self):
        """Each command and each of its options, in all of them."""
        texts = {s: self.script(s) for s in ("bash", "zsh", "fish", "man")}
        for command in self.commands():
            for shell, text in texts.items():
                self.assertRegex(text, rf"\b{command}\b", shell)
            if command in ("help", "version"):
                continue
            for option in self.options(command) - {"help", "usage"}:
                self.assertRegex(texts["bash"], rf"(?m)--{option}\b")
                self.assertIn(f"'*--{option}", texts["zsh"])
                self.assertIn(f"from {command}' -l {option} ", texts["fish"])
                self.assertIn("\\-" + option, texts["man"])

    def test_syntax(self):
        for shell in "bash", "zsh", "fish":
            if not shutil.which(shell):
                continue
            script = self.file("script", self.script(shell))
            done = subprocess.run([shell, "-n", script], cwd=self.folder,
                                  timeout=DEADLINE, check=False,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
            self.assertEqual((done.returncode, done.stdout), (0, b""), shell)

    def test_fish(self):
        """What fish offers, asked for by its own complete."""
        if not shutil.which("fish"):
            self.skipTest("no fish here")
        script = self.file("fief.fish", self.script("fish"))
        done = subprocess.run(
            ["fish", "--no-config", "-c",
             f"source ./{script}; complete -C 'fief ro';"
             "complete -C 'fief run --no-w'"],
            env={**self.env, "HOME": self.folder}, cwd=self.folder,
            timeout=DEADLINE, check=True, stdout=subprocess.PIPE)
        self.assertRegex(done.stdout.decode(),
                         r"(?m)^rollback\t(.*\n)*^--no-watch\t")
