# SPDX-License-Identifier: MIT
"""Documents that xmllint has to find valid, or broken, by an XSD."""
import os
import re
import subprocess
import sys

PATIENCE_S = 60


def validate(xsd, files):
    """Which of the files are valid, and what is said of the others."""
    done = subprocess.run(["xmllint", "--noout", "--schema", xsd, *files],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=PATIENCE_S, check=False)
    if re.search("(?m)^WXS schema|failed to compile", done.stdout):
        sys.exit(f"{xsd} is no schema:\n{done.stdout}")
    good = set(re.findall(r"(?m)^(.*) validates$", done.stdout))
    return good, done.stdout


class Checks:
    """Documents, each with whether it has to be valid."""

    def __init__(self, folder):
        self.folder = folder
        self.expected, self.name = {}, {}

    def add(self, path, name, valid):
        self.expected[path], self.name[path] = valid, name

    def add_text(self, name, text, valid):
        path = os.path.join(self.folder, f"{len(self.expected)}.xml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        self.add(path, name, valid)

    def run(self, xsd):
        """How many are not as they have to be."""
        good, said = validate(xsd, list(self.expected))
        bad = [p for p, valid in self.expected.items()
               if valid != (p in good)]
        for path in bad:
            with open(path, encoding="utf-8") as f:
                print(f"{self.name[path]}: found it "
                      f"{'valid' if path in good else 'broken'}:")
                print(f.read())
            print(*[line for line in said.splitlines() if path in line],
                  sep="\n")
        broken = list(self.expected.values()).count(False)
        print(f"{len(self.expected) - broken} valid, {broken} broken, "
              f"{len(bad)} taken for the other")
        return len(bad)
