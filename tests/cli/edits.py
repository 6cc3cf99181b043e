# SPDX-License-Identifier: MIT
"""Changes of single components: restart, stop, start, set."""
import json
import time

from case import SYSTEM, wait_for
from live import LiveCase, idle, inner_init
from systems import child


class Edited(LiveCase):
    def origins(self):
        out = self.fief("rollback", "--list", "--json")[1]
        return [c["origin"] for c in json.loads(out)["configurations"]]

    def text(self):
        number = json.loads(self.fief("rollback", "--list", "--json")[1])[
            "configurations"][-1]["number"]
        return self.fief("rollback", "--show", str(number))[1]


class Components(Edited):
    def quota(self, name):
        return [(c["ram"]["limit"], c["caps"]["limit"])
                for c in self.instances()[0]["components"]
                if c["label"].endswith(name)][0]

    def test_restart(self):
        self.system(idle("a") + idle("b", version="1.2"))
        before = self.there("a", "b")
        self.done("restart", "a", "--dry-run", code=1)
        self.assertEqual(self.components(), before)
        self.assertIn('version "" -> "+1"', self.done("restart", "a"))
        self.done("restart", "init -> b", "system")
        after = self.components()
        self.assertNotEqual(after["a"], before["a"])
        self.assertNotEqual(after["b"], before["b"])
        self.assertIn('version "1.2+1" -> "1.2+2"', self.done("restart", "b"))
        self.assertEqual(self.origins()[1:], [
            "restart of a", "restart of init -> b", "restart of b"])

    def test_restart_of_what_ended(self):
        self.system(idle("a") + child("b", config='do="exit" code="3"'))
        self.there("a")
        self.assertIn("start    init -> b: it does not run", self.done(
            "restart", "b"))

    def test_stop_and_start(self):
        text = SYSTEM % (idle("a") + "  <!-- the second -->\n" + idle("b")
                         + idle("c"))
        self.system(idle("a") + "  <!-- the second -->\n" + idle("b")
                    + idle("c"))
        before = self.there("a", "b", "c")
        self.assertIn("stop     init -> b", self.done("stop", "init -> b"))
        self.assertEqual(set(self.components()), {"a", "c"})
        self.assertNotIn('"b"', self.text())
        self.assertIn("the second", self.text())
        self.done("start", "b")
        # Where it was but for the comment, which stands on its own.
        self.assertEqual(sorted(self.text().split()), sorted(text.split()))
        self.assertRegex(self.text(), '(?s)"a".*"b".*"c"')
        after = self.components()
        self.assertEqual((set(after), after["a"], after["c"]),
                         ({"a", "b", "c"}, before["a"], before["c"]))
        self.done("stop", "--component", "a", "system", "--quiet")
        self.done("stop", "--component", "c")
        self.done("stop", "--component", "b")
        self.assertEqual(self.components(), {})
        self.done("start", "c")
        self.done("rollback", "--to", "1")
        self.assertEqual(set(self.components()), {"a", "b", "c"})
        self.refused(2, '"b" is in the configuration; if it ended, `fief '
                     "restart`", "start", "b")

    def test_stop_is_not_ambiguous(self):
        self.system(idle("a"))
        self.there("a")
        self.refused(127, '(?s)no system named "a".*there is a component "a": '
                     "`fief stop --component a system`", "stop", "a")
        self.refused(2, "--dry-run and --json are for components", "stop",
                     "system", "--dry-run")
        self.refused(2, "either a component or --all", "stop", "--all",
                     "--component", "a")
        self.assertEqual(set(self.components()), {"a"})
        self.assertEqual(self.fief("stop", "system"), (0, "", ""))

    def test_within(self):
        self.system(inner_init("sub", idle("x") + idle("y")))
        before = self.there("sub -> x", "sub -> y")
        for label in ("sub -> x", "init -> sub->x", "sub/x"):
            self.done("restart", label)
        after = self.components()
        self.assertEqual((after["sub"], after["sub -> y"]),
                         (before["sub"], before["sub -> y"]))
        self.assertNotEqual(after["sub -> x"], before["sub -> x"])
        self.done("stop", "sub -> x")
        self.done("stop", "sub->y")
        self.assertEqual(set(self.components()), {"sub"})
        self.done("start", "sub -> y")
        self.done("set", "sub/y", "caps=120")
        self.assertEqual(set(self.components()), {"sub", "sub -> y"})

    def test_set(self):
        by_resource = '<resource name="RAM" quantum="2M"/>'
        self.system(idle("a") + idle("b", by_resource, caps="150"))
        before = self.there("a", "b")
        small = self.quota("a")
        self.done("set", "a", "ram=3M", "caps=300")
        self.assertEqual(self.quota("a"), (small[0] + (2 << 20),
                                           small[1] + 100))
        more = self.quota("b")
        self.done("set", "b", "ram=1M", "caps=140")
        self.assertEqual(self.quota("b"), (more[0] - (1 << 20), more[1] - 10))
        self.assertIn('quantum="1M"', self.text())
        self.assertIn('caps="140"', self.text())
        self.assertEqual(self.components(), before)
        self.done("rollback")
        self.assertEqual(self.quota("b"), more)

    def test_set_mistakes(self):
        self.refused(2, "no COMPONENT given", "set", "ram=1M")
        self.refused(2, "nothing to set", "set", "a")
        self.refused(2, '"rma"; did you mean "ram"', "set", "a", "rma=1")
        self.refused(2, 'setting "colour", only', "set", "a", "colour=1")
        for value in ("", "0", "x", "-1", "99999999T"):
            self.refused(2, "ram is .*expected is a number", "set", "a",
                         f"ram={value}")

    def test_who(self):
        for command in "restart", "start":
            self.refused(2, "no COMPONENT given; `fief ps`", command)
            self.refused(2, 'unexpected argument "c"', command, "a", "b", "c")
            self.refused(127, "no system is running", command, "a")
        self.system(idle("apple"))
        self.there("apple")
        self.refused(127, '"aple"; did you mean "init -> apple"', "restart",
                     "aple")
        self.refused(127, 'no component "zzzzzzz"$', "set", "zzzzzzz",
                     "ram=1M")
        self.refused(127, "no configuration that the system had has", "start",
                     "zzzz")
        self.refused(127, "no system named", "restart", "apple", "nix")
        self.system(idle("b"), name="two.xml")
        self.refused(2, "2 systems are running", "restart", "apple")
        self.done("restart", "apple", "system")

    def test_config_from_elsewhere(self):
        """A component of an init whose config is no part of this one."""
        self.file("inner.xml", SYSTEM % idle("x"))
        route = ('<route><service name="ROM" label="config">'
                 '<parent label="inner"/></service>'
                 "<any-service><parent/></any-service></route>")
        self.system(child("sub", route, binary="init", ram="8M",
                          caps="900"), "--rom", "inner=inner.xml")
        self.there("sub -> x")
        self.refused(127, "not started by the configuration of system "
                     '"system", but by one', "restart", "sub -> x")

    def test_odd_texts(self):
        """Attributes in any quotes and order, names that need escapes."""
        name = "a&amp;'b"
        self.system(
            "<start\n name=\"" + name + "\"\tversion='7' >"
            "<binary name='cli-probe'/><config do='idle'/></start>")
        self.there("a&'b")
        self.done("restart", "a&'b")
        self.assertIn("version='7+1' >", self.text())
        self.done("stop", "--component", "a&'b")
        self.done("start", "a&'b")
        self.assertEqual(set(self.components()), {"a&'b"})


TIMER = child("timer", "<provides><service name='Timer'/></provides>",
              binary="timer")
ASK = 'do="session" service="Timer" label="%s" ram="32K" caps="8"'


class Grants(Edited):
    """What a component may have for a while."""

    def asks(self):
        """Start a component anew that asks for a Timer; what it says."""
        self.gone()     # a change of its <start> has started it, too
        before = self.log().count(b"[init -> a] session:")
        self.done("restart", "a", "--quiet")
        wait_for(lambda: self.log().count(b"[init -> a] session:") > before,
                 "it has asked")
        self.gone()
        return self.log().rpartition(b"[init -> a] session: ")[2].partition(
            b"\n")[0].decode()

    def gone(self):
        """Else a rule that goes would end it, for it has such a session."""
        wait_for(lambda: "a" not in self.components(), "it has ended")

    def granted(self):
        return [(g["id"], g["component"], g["service"], g.get("label"),
                 g["server"]) for g in json.loads(
                     self.done("grants", "--json"))["grants"]]

    def start_system(self, inner=""):
        self.system(TIMER + child("a", inner, config=ASK % "x"))
        self.there("timer")
        wait_for(lambda: b"[init -> a] session:" in self.log(), "it asked")

    def test_grant_and_revoke(self):
        self.start_system()
        denied = self.asks()
        self.assertNotEqual(denied, "ok")
        before = self.text()
        self.done("grant", "a", "Timer", "--to", "timer", "--dry-run", code=1)
        self.assertEqual(self.granted(), [])
        out = self.done("grant", "a", "Timer", "--to", "timer")
        self.assertIn('may now have "Timer" (label "*") of timer', out)
        self.assertEqual(self.granted(), [(1, "a", "Timer", None, "timer")])
        self.assertRegex(self.done("grants"),
                         r"(?m)^ +1  revoked +timer +Timer +a$")
        granted = self.asks()
        self.assertNotEqual(granted, denied)
        self.done("revoke", "1")
        self.assertEqual(self.granted(), [])
        self.assertEqual(self.asks(), denied)
        self.assertNotIn("<route>", self.text())
        self.assertEqual(before.replace("+1", "+3"), self.text())
        self.assertIn("grant 1 of Timer to a", self.origins())

    def test_expiry(self):
        """The instance ends it; nobody else has to be there."""
        self.start_system()
        denied = self.asks()
        self.done("grant", "init -> a", "Timer:x", "--to", "init -> timer",
                  "--for", "1.5s", "--quiet")
        begin = time.monotonic()
        self.assertNotEqual(self.asks(), denied)
        left = json.loads(self.done("grants", "--json"))["grants"][0]
        self.assertLessEqual(left["left_ms"], 1501)
        self.assertIn("Timer:x", self.done("grants"))
        wait_for(lambda: not self.granted(), "its time is over")
        self.assertLess(time.monotonic() - begin, 5)
        wait_for(lambda: "end of grant 1" in self.origins()[-1], "it ended")
        self.assertEqual(self.asks(), denied)
        # A rollback into its time does not bring it back for good.
        number = [i + 1 for i, o in enumerate(self.origins())
                  if o.startswith("grant 1")][0]
        self.done("rollback", "--to", str(number), "--timeout", "0")
        wait_for(lambda: self.origins()[-1].startswith("end of grant 1"),
                 "it is ended again")
        self.assertEqual(self.asks(), denied)

    def test_label_and_own_route(self):
        route = ("<route><service name='Timer'/><any-service><parent/>"
                 "</any-service></route>")
        self.start_system(route)
        denied = self.asks()
        self.done("grant", "a", "Timer:y", "--to", "timer")
        self.assertEqual(self.asks(), denied)
        self.done("grant", "a", "Timer:x", "--to", "timer", "--for", "1h")
        self.assertNotEqual(self.asks(), denied)
        self.assertEqual([g[3] for g in self.granted()], ["y", "x"])
        self.done("revoke", "2")
        self.gone()
        self.done("revoke", "a")
        self.assertEqual((self.granted(), self.asks()), ([], denied))
        self.assertIn("<service name='Timer'/>", self.text())
        self.refused(127, 'no grant "2"; `fief grants`', "revoke", "2")
        self.refused(127, 'no grant "zz"', "revoke", "zz")
        self.done("grant", "a", "Timer", "--to", "timer", "--for", "3h")
        self.assertIn("h", self.done("grants"))
        self.done("grant", "a", "LOG", "--to", "parent", "--for", "200")
        self.assertRegex(self.done("grants"), r"3m\d\ds +parent")
        self.done("revoke", "--all", "system")
        self.assertEqual(self.granted(), [])

    def test_within(self):
        text = TIMER + idle("x")
        self.system(inner_init("sub", text))
        self.there("sub -> x")
        self.done("grant", "sub/x", "Timer", "--to", "timer", "--for", "0.5")
        self.assertEqual([g[1] for g in self.granted()], ["sub/x"])
        wait_for(lambda: "end of grant 1" in self.origins()[-1], "it ended")
        self.assertEqual(self.text(), SYSTEM % inner_init("sub", text))

    def test_gone_meanwhile(self):
        """A configuration without the rule: nothing is left to end."""
        self.system(TIMER + idle("a"))
        self.there("timer", "a")
        self.done("grant", "a", "Timer", "--to", "timer", "--for", "1s")
        self.done("apply", "system.xml")
        self.assertEqual(self.granted(), [])
        self.refused(127, 'no grant "1"', "revoke", "1")
        time.sleep(1.2)
        self.assertEqual(self.origins()[-1], "apply of system.xml")

    def test_mistakes(self):
        self.refused(2, "no COMPONENT given", "grant")
        self.refused(2, "no SERVICE given", "grant", "a")
        self.refused(2, "no --to SERVER given", "grant", "a", "Timer")
        self.refused(2, '":x" is no service', "grant", "a", ":x", "--to", "b")
        self.refused(2, "a label has no tabs", "grant", "a", "T", "--to",
                     "b\tc")
        self.refused(2, 'unexpected argument "d"', "grant", "a", "b", "c",
                     "d", "--to", "e")
        for value in ("", "0", "-1s", "x", "5y", "99999d", "m"):
            self.refused(2, "--for is", "grant", "a", "T", "--to", "b",
                         f"--for={value}")
        self.refused(2, "expected is an ID or a COMPONENT", "revoke")
        self.refused(2, "either an ID or --all", "revoke", "--all", "1", "2")
        self.refused(2, "one NAME at a time", "grants", "a", "b")
        self.refused(127, "no system is running", "grants")
        self.refused(127, "no system is running", "revoke", "--all")
        self.system(TIMER + idle("a"))
        self.there("timer", "a")
        for pattern, component, service, server in (
                ('no component "b"', "b", "Timer", "timer"),
                ('"tmer" beside it; did you mean "timer"', "a", "Timer",
                 "tmer"),
                ('no server "zzzzzzz" beside it; expected', "a", "Timer",
                 "zzzzzzz"),
                ('timer does not provide "Nic"; its <provides>', "a", "Nic",
                 "timer"),
                ('parent of "a" does not provide "Timer"', "a", "Timer",
                 "parent"),
                ("cannot be its own server", "timer", "Timer", "timer")):
            self.refused(127, pattern, "grant", component, service, "--to",
                         server)
        self.done("revoke", "--all")
        # It is another word for what `run` gives to a whole system.
        self.refused(2, "expected is NAME=KIND:PATH", "run", "--grant", "x")
