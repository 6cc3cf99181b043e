# SPDX-License-Identifier: MIT
"""The state report of the first component: kept by core, read by commands."""
import json
import os
import re
import socket

from case import DEADLINE, IDLE, SYSTEM, wait_for
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
        """With the wish its session goes, and what that cost is back."""
        def limit():
            return self.instances()[0]["components"][0]["ram"]["limit"]

        self.system(idle("a"))
        self.there("a")
        before = limit()
        self.assertEqual(self.ask(), "unwanted\n\n")
        self.done("apply", self.next(REPORT + idle("a")))
        wait_for(lambda: "report 1 " in self.ask(), "init reports")
        self.assertIn('<child name="a"', self.ask())
        self.assertLess(limit(), before)
        self.done("apply", self.next(idle("a")))
        self.assertEqual(self.ask(), "unwanted\n\n")
        wait_for(lambda: limit() == before, "the donation is back")

    def test_labels_as_they_were_asked_for(self):
        relabel = ('<route> <service name="LOG" label="x"> '
                   '<parent label="y"/> </service> '
                   "<any-service> <parent/> </any-service> </route>")
        self.system(REPORT + child("a", relabel, config='do="log" label="x"'))
        got = wait_for(lambda: re.search(r'<session service="LOG" label="y"'
                                         '([^>]*)>', self.ask()), "it is told")
        self.assertIn('asked="x"', got[1])
        self.assertEqual(self.ask().count("asked="), 1)


class States(LiveCase):
    """What commands make of it."""
    CHILDREN = (idle("a") + child("b", config='do="crash"')
                + child("c", binary="nix")
                + child("d", config='do="session" service="Nix" label="x" '
                        'then="stay"')
                + child("e", '<restart delay_ms="60000"/>',
                        config='do="exit" code="7"')
                + inner_init("sub", idle("x")))
    REASON = {"b": "crashed", "c": "no-binary", "d": "no-route",
              "e": "restarting"}

    def reported(self):
        code, out, _ = self.fief("state", "--json")
        return {} if code else {
            c["attributes"]["name"]: c["attributes"].get("reason")
            for c in json.loads(out)["state"]["content"]}

    def settled(self, report=REPORT):
        self.system(report + self.CHILDREN)
        self.there("a", "sub -> x")
        if report:
            wait_for(lambda: {k: v for k, v in self.reported().items() if v}
                     == self.REASON, "all have their reasons")
        else:
            wait_for(lambda: len([1 for e in self.done("events").splitlines()
                                  if re.search(" (deny|restart|crash|incompl"
                                               "ete) ", e)]) == 4,
                     "all has happened")

    # ---- state ----

    def test_state(self):
        self.settled()
        out = self.done("state")
        self.assertRegex(out, r"(?s)^<state>\n.*</state>\n$")
        self.assertEqual(out, self.done("state", "init"))
        for name in "c", "init -> c":
            self.assertRegex(self.done("state", name),
                             '^<child name="c" .*state="incomplete"')
        got = json.loads(self.done("state", "a", "--json"))
        self.assertEqual(sorted(got), ["age_ms", "component", "number",
                                       "system", "version"])
        node = got["component"]
        self.assertEqual((node["element"], node["attributes"]["state"]),
                         ("child", "running"))
        self.assertEqual(
            {s["attributes"]["service"] for n in node["content"]
             if n["element"] == "requested" for s in n["content"]},
            {"PD", "CPU", "LOG", "ROM"})

    def test_state_mistakes(self):
        self.refused(127, "no system is running", "state")
        self.settled()
        self.refused(127, '"subb"; did you mean "init -> sub"', "state",
                     "subb")
        self.refused(127, "tells of its own children only; `fief why \"sub "
                     '-> x"`', "state", "sub -> x")
        self.refused(2, 'unexpected argument "b"; a system', "state", "a", "b")
        self.refused(127, 'no system named "nix"', "state", "--name", "nix")
        self.assertEqual(self.fief("state", "--name", "system")[0], 0)

    def test_one_that_is_too_new(self):
        self.system(REPORT + idle("a"))
        wait_for(self.reported, "init reports")
        self.done("apply", self.next('<report delay_ms="1000000"/>'
                                     + idle("a") + idle("z")))
        self.refused(127, 'the state report does not tell of "init -> z"',
                     "state", "z")

    def test_no_report(self):
        self.settled(report="")
        self.refused(127, 'of system "system" has no <report>: insert '
                     '<report requested="yes"', "state")
        # What it says helps.
        line = re.search("<report r.*?/>", self.fief("state")[2])[0]
        self.done("apply", self.next(line + self.CHILDREN), "--timeout", "0")
        self.assertIn("<state>", self.done("state"))

    def test_not_yet(self):
        self.system('<report delay_ms="1000000"/>' + idle("a"))
        self.refused(127, "no state report has come from system", "state")
        self.done("stop")
        self.start(config='<config do="report" bytes="0"/>',
                   ready="report: success")
        self.refused(127, "no state report has come from system", "state")
        self.assertEqual(self.fief("why", "init")[1].splitlines()[0],
                         "init is running, and nothing is known that it "
                         "waits for or was denied [running]")

    def test_no_xml(self):
        self.start(config='<config do="report" bytes="3"/>',
                   ready="report: success")
        self.assertEqual(self.fief("state"), (0, "xxx\n", ""))
        self.refused(125, "state report .* cannot be read: 1:1: ", "state",
                     "--json")
        self.assertEqual(self.fief("ps")[0], 0)

    def test_without_a_configuration(self):
        self.start("--rom", "config=" + self.file("c.xml", IDLE),
                   config=None)
        self.refused(127, "no state report has come", "state")

    # ---- ps ----

    def test_ps(self):
        self.settled()
        found = {c["label"]: c for c in self.instances()[0]["components"]}
        for name, reason in self.REASON.items():
            self.assertEqual(found[f"init -> {name}"]["reason"], reason)
        self.assertEqual({n: found[f"init -> {n}"]["state"] for n in "abcd"},
                         {"a": "running", "b": "ended", "c": "incomplete",
                          "d": "running"})
        self.assertEqual(found["init -> b"]["code"], 139)
        self.assertNotIn("code", found["init -> c"])
        self.assertEqual(found["init -> a"]["init_state"], "running")
        self.assertNotIn("init_state", found["init -> sub -> x"])
        self.assertRegex(self.done("ps"), r"(?m)^incomplete +0 .* init -> c$")
        self.assertRegex(self.done("tree"), r"(?m)^ended 139 +0 .*─ b$")

    # ---- why ----

    SAID = {
        "a": r"init -> a is running, and nothing is known .* \[running\]",
        "b": r"init -> b crashed: page fault .* \[ended, crashed\]",
        "c": r'init -> c stays incomplete: its binary, ROM module "nix", .* '
             r"\[incomplete, no-binary\]",
        "d": r'init -> d has no route to service "Nix" \(label "x"\) .*'
             r"\[running, no-route\]",
        "e": r"init -> e starts again in 30000 ms .* \[ended, restarting\]",
        "sub -> x": r"init -> sub -> x is running, .*",
    }

    def test_why(self):
        self.settled()
        for name, said in self.SAID.items():
            self.assertRegex(self.done("why", name).splitlines()[0] + " ",
                             f"^{said}")
        out = self.done("why", "init -> b")
        self.assertIn("\n  [init -> b] about to crash\n", out)
        self.assertRegex(out, r'\n  \[core\] "init -> b" backtrace: ')
        self.assertNotIn("idle", out)
        got = json.loads(self.done("why", "c", "--json"))
        self.assertEqual((got["component"], got["reason"], got["state"]),
                         ("init -> c", "no-binary", "incomplete"))
        self.assertEqual(got["log"][0]["label"], "init")
        self.assertLess(len(self.done("why", "init").splitlines()), 8)

    def test_labels_in_any_spelling(self):
        self.settled()
        for label in "sub/x", "sub->x", "init/sub/x":
            self.assertEqual(self.done("why", label),
                             self.done("why", "sub -> x"))
            self.assertEqual(self.done("log", "--component", label),
                             "[init -> sub -> x] idle\n")
            self.assertIn("start", self.done("events", "--component", label))
        self.assertIn('name="c"', self.done("state", "init/c"))

    def test_why_within_what_does_not_run(self):
        self.system(idle("a") + inner_init("sub", idle("x")).replace(
            'name="init"', 'name="nix"'))
        self.there("a")
        self.refused(127, 'no component "sub/x"', "why", "sub/x")
        self.done("apply", "--force", self.next(
            idle("a") + inner_init("sub", idle("x")).replace(
                "<start ", "<start caps='3' ", 1).replace('caps="2000"', "")),
                  code=1)
        self.assertEqual(self.done("why", "sub/x"), "init -> sub -> x does not "
                         "run, because init -> sub does not [not running]\n")

    def test_why_without_a_report(self):
        """By what happened."""
        self.settled(report="")
        for name, said in (
                ("a", self.SAID["a"]),
                ("b", r"init -> b crashed with signal 11 \[ended\]"),
                ("c", r"init -> c stays incomplete: .*nix.* \[incomplete\]"),
                ("d", r'init -> d has no route to service "Nix" .* \[running\]'),
                ("e", r"init -> e starts again in .* \[restarting\]")):
            self.assertRegex(self.done("why", name).splitlines()[0],
                             f"^{said}")
        got = json.loads(self.done("why", "c", "--json"))
        self.assertEqual(got["state"], "incomplete")
        self.assertNotIn("reason", got)
        self.done("restart", "e", "--quiet")
        self.done("stop", "--component", "a", "--quiet")
        self.refused(127, 'no component "a"', "why", "a")

    def test_why_shows_what_reports_tell_of_crashes(self):
        """Whatever is in there: elements that this version does not know."""
        text = ('<state><child name="a" state="ended" reason="crashed" '
                'why="no name in front"><crash thread="1"><frame ip="0x1"/>'
                "</crash></child></state>")
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(
            '"', "&quot;")
        self.start(config=f'<config do="report" fill="{escaped}" '
                   f'bytes="{len(text)}"/>', ready="report: success")
        self.assertEqual(self.fief("ps")[1].count("init -> a"), 1)
        out = self.done("why", "a")
        self.assertRegex(out, r'(?s)^init -> a: no name in front \[ended, cras'
                         r'hed\]\n<crash thread="1">\n\t<frame ip="0x1"/>\n')
        got = json.loads(self.done("why", "a", "--json"))
        self.assertEqual(got["crashes"][0]["content"][0]["attributes"],
                         {"ip": "0x1"})

    def test_why_mistakes(self):
        self.refused(2, "expected are SYSTEM.xml, COMPONENT and SERVICE, or a "
                     "COMPONENT", "why")
        self.refused(2, "expected are SYSTEM.xml", "why", "s.xml", "a")
        self.refused(2, "--name is for a COMPONENT alone", "why", "s.xml",
                     "a", "b", "--name", "x")
        self.refused(127, "no system is running", "why", "a")


def dummy(name, config="", inner="", **attrs):
    """A component that opens sessions, and keeps them."""
    return child(name, f"{inner}<config>{config}</config>",
                 binary="test-dummy", ram="2M", caps="200", **attrs)


def server(name, handover="no", **attrs):
    return dummy(name, '<provide service="Dummy"/>', "<provides><service "
                 f'name="Dummy" handover="{handover}"/></provides>', **attrs)


def to(target, more=""):
    """A route that leads Dummy there."""
    rule = f'<service name="Dummy"{more}>{target}</service>' if target else ""
    return f"<route>{rule}<any-service><parent/></any-service></route>"


class ExactPlans(LiveCase):
    """With the sessions in the report, a plan tells what apply then does."""
    A, B = '<child name="a"/>', '<child name="b"/>'
    OPEN = '<session service="Dummy" label="x"/>'
    MOVES = '<session service="Dummy" label="x" movable="yes"/>'

    def has(self, *clients):
        """They have their sessions, and the report says so."""
        def told():
            code, out, _ = self.fief("state")
            return not code and all(
                re.search(f'service="Dummy" label="{c}.* state="OK"', out)
                for c in clients)
        wait_for(told, f"{clients} have sessions")

    def plan(self, children, report=REPORT):
        code, out, err = self.fief("plan", self.next(report + children),
                                   "--json")
        self.assertEqual((code, err), (1, ""))
        plan = json.loads(out)
        return plan, sorted((c["action"], c["component"].partition(" -> ")[2],
                             c["certain"]) for c in plan["changes"])

    def exact(self, children, want, text):
        """The plan is that, says that, and is what happens."""
        plan, got = self.plan(children)
        self.assertEqual(got, sorted((a, c, True) for a, c in want))
        self.assertNotIn("guess", plan)
        self.assertRegex("\n".join(c["reason"] for c in plan["changes"]),
                         text)
        before = {n: p for n, (_, p) in self.components().items()}
        self.done("apply", "next.xml")
        after = {n: p for n, (s, p) in self.components().items()
                 if s == "running"}
        goes = {c for a, c in want if a in ("restart", "end", "stop")}
        self.assertEqual({n for n in before if before[n] != after.get(n)},
                         goes)
        self.assertEqual(set(before) - set(after),
                         {c for a, c in want if a in ("end", "stop")})

    def test_moves(self):
        ab = server("a") + server("b")
        self.system(REPORT + ab + dummy("c", self.OPEN, to(self.A))
                    + dummy("d", "", to(self.A)))
        self.has("c")
        self.exact(ab + dummy("c", self.OPEN, to(self.B))
                   + dummy("d", "", to(self.B)),
                   [("close", "c"), ("restart", "c")],
                   r'session "Dummy" \(label "x"\) of a moves to b \(label '
                   r'"c -> x"\)')

    def test_no_route_any_more(self):
        ab = server("a") + server("b")
        self.system(REPORT + ab + dummy("c", self.OPEN, to(self.A))
                    + dummy("d", "", to(self.A)))
        self.has("c")
        self.exact(ab + dummy("c", self.OPEN, to("")) + dummy("d", "", to("")),
                   [("close", "c"), ("end", "c")],
                   r'(?s)"Dummy" \(label "x"\) of a has no route.*stays incom')

    def test_it_can_move(self):
        ab = server("a", "yes") + server("b", "yes")
        self.system(REPORT + ab + dummy("c", self.MOVES, to(self.A)))
        self.has("c")
        self.exact(ab + dummy("c", self.MOVES, to(self.B)), [("route", "c")],
                   "of a moves to b .* and it goes on")
        self.has("c")
        self.exact(server("a", "yes") + server("b", "yes", version="2")
                   + dummy("c", self.MOVES, to(self.A)),
                   [("restart", "b"), ("close", "c"), ("restart", "c")],
                   "of b moves to a")

    def test_a_server_goes(self):
        """Those who have a session of it go as well, and theirs with them."""
        relay = dummy("a2", '<provide service="Other"/>' + self.OPEN,
                      '<provides><service name="Other"/></provides>'
                      + to(self.A))
        use = ('<route><service name="Other"><child name="a2"/></service>'
               "<any-service><parent/></any-service></route>")
        last = dummy("c", '<session service="Other" label="x"/>', use)
        rest = dummy("d", "", use) + relay + last
        self.system(REPORT + server("a") + rest)
        self.has("a2")
        wait_for(lambda: 'service="Other" label="c' in self.fief("state")[1],
                 "and so does the last one")
        self.exact(server("a", version="2") + rest,
                   [("restart", "a"), ("close", "a2"), ("restart", "a2"),
                    ("close", "c"), ("restart", "c")], "ends with its server")

    def test_labels_that_routes_make(self):
        a = server("a")
        z = dummy("c", self.OPEN, to('<child name="a" label="z"/>',
                                     ' label="x"'))
        self.system(REPORT + a + z)
        wait_for(lambda: 'asked="x"' in self.fief("state")[1], "it is told")
        self.assertEqual(self.plan(a + z + idle("n"))[1],
                         [("start", "n", True)])
        self.exact(a + dummy("c", self.OPEN, to(
            '<child name="a" label="y"/>', ' label="x"')),
                   [("close", "c"), ("restart", "c")],
                   r'\(label "x"\) of a moves to a \(label "y"\)')

    def test_an_inline_config_goes(self):
        self.system(REPORT + idle("a") + idle("b"))
        self.there("a", "b")
        self.assertEqual(self.plan(child("a") + idle("b"))[1],
                         [("close", "a", True), ("restart", "a", True)])

    def test_guesses(self):
        timer = server("a")
        rest = timer + dummy("c", self.OPEN, to(self.A))
        other = timer + dummy("c", self.OPEN, to(""))
        self.system(rest)
        self.there("a", "c")
        plan, got = self.plan(other, report="")
        self.assertEqual(got, [("close", "c", False)])
        self.assertIn("no <report requested=", plan["guess"])
        self.assertIn("1 that depend on open sessions.\nWhat may happen is "
                      "guessed: no <report", self.done("plan", "next.xml",
                                                       code=1))

    def test_guesses_within(self):
        rest = server("a") + dummy("c", self.OPEN, to(self.A))
        self.system(REPORT + inner_init("sub", rest))
        self.there("sub -> a", "sub -> c")
        plan, got = self.plan(inner_init("sub", server("a") + dummy(
            "c", self.OPEN, to(""))))
        self.assertEqual(got, [("close", "sub -> c", False),
                               ("config", "sub", True)])
        self.assertIn("inits within", plan["guess"])

    def test_a_report_that_is_too_old(self):
        """It is waited for, but not for long."""
        ab = server("a") + server("b")
        self.system(REPORT + ab + dummy("c", "", to(self.A)))
        wait_for(lambda: not self.fief("state")[0], "there is one")
        self.done("apply", self.next(REPORT + ab + dummy(
            "c", self.OPEN, to(self.A), version="2")))
        self.assertIn(("restart", "c", True), self.plan(
            ab + dummy("c", self.OPEN, to(self.B), version="2"))[1])
        late = '<report requested="yes" delay_ms="1000000"/>'
        self.done("apply", self.next(late + ab + dummy(
            "c", self.OPEN, to(self.A), version="2")))
        plan, got = self.plan(ab + dummy("c", self.OPEN, to(self.B),
                                         version="2"), report=late)
        self.assertEqual(got, [("close", "c", False)])
        self.assertIn("since the last change", plan["guess"])
