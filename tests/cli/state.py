# SPDX-License-Identifier: MIT
"""The state report of the first component: kept by core, read by commands."""
import os
import re
import socket

from case import DEADLINE, SYSTEM, wait_for
from live import LiveCase, idle, inner_init
from systems import child

REPORT = '<report requested="yes" provided="yes" delay_ms="10"/>'


class Kept(LiveCase):
    """What core takes, keeps and shows."""

    def ask(self, request="report"):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(DEADLINE)
            s.connect(os.path.join(self.folder, "fief", "system.sock"))
            s.sendall(request.encode() + b"\n")
            answer = b""
            while piece := s.recv(65536):
                answer += piece
        return answer.decode()

    def report(self, said="success", **attrs):
        """What there is after the first component has published that."""
        config = "".join(f' {k}="{v}"' for k, v in attrs.items())
        s = self.start(config=f'<config do="report"{config}/>',
                       ready=f"report: {said}")
        answer = self.ask()
        self.assertEqual(self.fief("stop")[0], 0)
        s.wait()
        return answer

    def text(self, answer):
        head, _, body = answer.partition("\n")
        self.assertRegex(head, r"^report 1 \d+ \d+$")
        body = body[:-2].replace("\n", "")
        text = body.replace("\\\\", "\0").replace("\\n", "\n").replace(
            "\0", "\\")
        self.assertEqual(len(text), int(head.split()[3]))
        return text

    def test_sizes(self):
        """All of a report, in as many pages as it takes."""
        for bytes_, paid in ((1, 4096), (4096, 4096), (10000, 10000),
                             (1 << 20, 1 << 20)):
            got = self.text(self.report(bytes=bytes_, buffer=paid, paid=paid,
                                        fill="ab\\&#10;&#10;"))
            self.assertEqual(got, ("ab\\\n\n" * bytes_)[:bytes_])

    def test_nothing(self):
        self.assertEqual(self.report(bytes=0), "none\n\n")
        self.start()
        self.assertEqual(self.ask(), "none\n\n")

    def test_limits(self):
        for said, attrs in (
                ("exceeds the limit", {"bytes": 4097}),
                ("exceeds the limit", {"bytes": 1 << 40}),
                ("a fixed limit was hit", {"buffer": 0}),
                ("a fixed limit was hit", {"buffer": (1 << 20) + 1,
                                           "paid": (1 << 20) + 1}),
                ("donate more", {"buffer": 1 << 20}),
                ("refused by policy", {"label": "other"}),
                ("refused by policy", {"label": ""}),
                ("refused by policy", {"label": "x -> state"})):
            with self.subTest(attrs):
                self.assertEqual(self.report(said=".*" + said, **attrs),
                                 "none\n\n")

    def test_paid_by_the_donation(self):
        """Twice the buffer: what is written, and what is kept."""
        config = '<config do="report" buffer="%d" paid="%d"/>'
        left = {}
        for size in 4096, 1 << 20:
            s = self.start(config=config % (size, size), ready=": success")
            left[size] = self.instances()[0]["components"][0]["ram"]["limit"]
            self.assertEqual(self.fief("stop")[0], 0)
            s.wait()
        self.assertGreaterEqual(left[4096] - left[1 << 20],
                                2 * ((1 << 20) - 4096))
        self.start("--ram", "2M", ready="report: RAM quota exhausted",
                   config=config % (1 << 20, 1 << 20))

    def test_one_at_a_time(self):
        self.assertEqual(self.text(self.report(
            said=".*already in use", bytes=3, then="second")), "xxx")

    def test_it_stays_when_the_session_ends(self):
        self.assertEqual(self.text(self.report(bytes=3, then="close")), "xxx")

    def test_of_init_alone(self):
        """Its children have to find another server."""
        services = SYSTEM.replace('"PD"/>', '"PD"/><service name="Report"/>')
        self.file("system.xml", services % child(
            "a", config='do="report" bytes="3"'))
        got, out, err = self.fief("run", "--until", "a. report:",
                                  "system.xml")
        self.assertIn('core takes no report "init -> a -> state"', out)
        self.assertIn("[init -> a] report: refused by policy", out)
        self.assertEqual((got, err), (0, ""))

    def test_wanted(self):
        self.system(idle("a"))
        self.there("a")
        self.assertEqual(self.ask(), "unwanted\n\n")
        self.done("apply", self.next(REPORT + idle("a")))
        wait_for(lambda: "report 1 " in self.ask(), "init reports")
        self.assertIn('<child name="a"', self.ask())
        self.done("apply", self.next(idle("a")))
        self.assertEqual(self.ask(), "unwanted\n\n")

    def test_labels_as_they_were_asked_for(self):
        relabel = ('<route> <service name="LOG" label="x"> '
                   '<parent label="y"/> </service> '
                   "<any-service> <parent/> </any-service> </route>")
        self.system(REPORT + child("a", relabel, config='do="log" label="x"'))
        got = wait_for(lambda: re.search(r'<session service="LOG" label="y"'
                                         '([^>]*)>', self.ask()), "it is told")
        self.assertIn('asked="x"', got[1])
        self.assertEqual(self.ask().count("asked="), 1)
