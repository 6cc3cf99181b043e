# SPDX-License-Identifier: MIT
"""Changes of single components: restart, stop, start, set."""
import json

from case import SYSTEM
from live import LiveCase, idle, inner_init
from systems import child


class Components(LiveCase):
    def origins(self):
        out = self.fief("rollback", "--list", "--json")[1]
        return [c["origin"] for c in json.loads(out)["configurations"]]

    def text(self):
        number = json.loads(self.fief("rollback", "--list", "--json")[1])[
            "configurations"][-1]["number"]
        return self.fief("rollback", "--show", str(number))[1]

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
