# SPDX-License-Identifier: MIT
"""Every message that the command line, core and init can write was written in
some test: their formats are looked for in the sources, and each has to match
a line of all the output there was."""
import glob
import os
import re
import unittest

from case import SEEN
from mount import SKIPPED

ROOT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")
SOURCES = ("tools/fief/*.c", "tools/fief/view/*.c",
           "tools/fief/mount/*.c", "core/*.c", "core/linux/*.c", "init/*.c",
           "lib/node/xml*.c")
# Function: which of its arguments is the format.
FORMAT = {"util_error": 0, "argp_error": 1, "node_error_set": 3,
          "fief_error": 0, "fief_warning": 0, "core_log": 0, "dprintf": 1,
          "fprintf": 1, "report": 0,
          "findings_add": 4, "say": 0, "note": 2}
CALL = re.compile(r"\b(" + "|".join(FORMAT) + r")\s*\(")
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
CONVERSION = re.compile(r"%(?:%|[-0#]*(?:\*|\d+)?(?:\.(?:\*|\d+))?"
                        r"(?:hh|h|ll|l|z)?[a-zA-Z])")
ESCAPE = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
FEWEST_LETTERS = 6      # with less of its own, a format is only glue

# A message: why no test of the command line writes it.
UNSEEN = {
    # The host fails us. No input leads there, nor does another's fault.
    "out of memory": "host", "no memory for the configuration": "host",
    "cannot receive signals": "host",
    "cannot hear of the size of terminals": "host",
    "cannot hear of steps of the clock": "host",
    "steps of the clock are not told any more": "host", "cannot start core": "host",
    "cannot find the program's own folder": "host without /proc",
    "not enough memory for the parser": "lib/node/test",
    "no memory to report the crash": "host",
    "crashed (signal %d)": "the same, seen by init",
    "no memory for the config": "init/test/config_test.c",
    "keeps its old config": "init without memory",
    "which it used": "run/reconfig-stuck",
    "stays ended: it was started again": "run/restart-limit",
    "refuses service": "run/report-reasons",
    "does not answer its heartbeats": "run/heartbeat",
    "is less than what the child starts with": "init/test/settings_test.c",
    "what to preserve of": "init/test/settings_test.c",
    "there are more warnings than": "init/test/settings_test.c",
    "runs without its priority": "core without a host that has it",
    "more refused sessions, left out": "tests/hostile/init",
    "more messages, left out": "tests/hostile/init",
    "cannot limit a CPU session": "own mistake",
    "cannot forward service": "init without memory",
    'parent: "%s", the server of service': "init/test/system/offers.xml",
    "cannot offer services: %s": "init without memory",
    "no policy lets the parent have": "run/forward-denied",
    "cannot watch": "host",
    "cannot serve %s": "host",
    "state report, to say so": "a Report server without a page left",
    "is not in the configuration any": "a change at the same moment",
    # We would have made a mistake; tests/property looks for it.
    "books do not balance": "own mistake", "cannot stop": "own mistake",
    "cannot return the fee": "own mistake",
    "cannot free the memory of a config": "own mistake",
    "response to the parent": "own mistake",
    "cannot close a session that nobody has": "own mistake",
    "fief does not read its answers": "own mistake",
    # Takes a component made for it.
    "crashed: %s, number": "tests/hostile",
    "keeps %s RAM and %u caps of closed": "init/test/client.c",
    "more than %d parses at once": "lib/node/test",
    "more messages, left out": "tests/hostile/init/run refused",
    "more refused sessions, left out": "the same, ten seconds later",
    "%s does not end: %s": "own mistake",
    "does not answer the close of": "tests/fuzz/sandbox, after ten seconds",
    "the document has %zu bytes, the limit": "lib/node/test",
}
if os.geteuid():
    UNSEEN["belongs to user"] = "only root can make such a folder"
    UNSEEN["it takes /dev/fuse"] = "only root can take it away"


def arguments(text, at):
    """The arguments of the call whose bracket was opened before `at`."""
    depth, begin = 1, at
    while depth:
        c = text[at]
        if c == '"':
            at = LITERAL.match(text, at).end()
            continue
        if c == "'":
            at = text.index("'", at + 2)
        depth += (c in "([{") - (c in ")]}")
        if not depth or (c == "," and depth == 1):
            yield text[begin:at]
            begin = at + 1
        at += 1


def formats(path):
    """Line and format of each message of a source file."""
    with open(path, encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/", lambda m: re.sub("[^\n]", " ", m[0]),
                      f.read(), flags=re.S)
    for call in CALL.finditer(text):
        place = FORMAT[call[1]]
        found = list(arguments(text, call.end()))
        if len(found) <= place or (call[1] == "fprintf"
                                   and found[0].strip() != "stderr"):
            continue
        literal = "".join(LITERAL.findall(found[place]))
        if literal:
            yield (text.count("\n", 0, call.start()) + 1,
                   re.sub(r"\\(.)", lambda m: ESCAPE.get(m[1], m[0]), literal))


def pattern(text):
    parts = CONVERSION.split(text.strip("\n"))
    return re.compile(".*".join(map(re.escape, parts)).encode())


class Messages(unittest.TestCase):
    """Runs last, and only together with all others."""

    def test_each_was_seen(self):
        seen = b"\n".join(SEEN).replace(b"\r", b"")
        missing, excused = [], set()
        count = 0
        for path in sorted(p for s in SOURCES
                           for p in glob.glob(os.path.join(ROOT, s))):
            for line, text in formats(path):
                own = re.sub("[^a-z]", "", CONVERSION.sub("", text))
                if len(own) < FEWEST_LETTERS:
                    continue
                count += 1
                reasons = [u for u in UNSEEN if u in text]
                if SKIPPED and ("fief/mount/" in path
                                or "whose program is gone" in text):
                    continue  # as those tests said
                if pattern(text).search(seen):
                    continue
                excused.update(reasons)
                if not reasons:
                    missing.append(f"{os.path.relpath(path, ROOT)}:{line}: "
                                   f"{text!r}")
        self.assertEqual(missing, [], "messages without a test")
        self.assertEqual(set(UNSEEN) - excused, set(), "seen after all")
        self.assertGreater(count, 100)
