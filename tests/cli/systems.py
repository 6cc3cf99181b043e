# SPDX-License-Identifier: MIT
"""Whole systems: how they end, and what they say about what goes wrong."""
import os
import signal

from case import IDLE, SYSTEM, Case, wait_for

PARENT = "<parent/>"
LAST = '<exit propagate="yes"/>'


def child(name, inner="", binary="cli-probe", **attrs):
    """A <start> node; its config is an attribute `config` of the call."""
    config = attrs.pop("config", None)
    return "<start name=\"%s\"%s> <binary name=\"%s\"/> %s %s </start>\n" % (
        name, "".join(f' {k}="{v}"' for k, v in attrs.items()), binary,
        f"<config {config}/>" if config else "", inner)


def route(**targets):
    """A <route> with one rule for each service."""
    return "<route>%s</route>" % "".join(
        f'<service name="{name}"> {target} </service>'
        for name, target in targets.items())


class Systems(Case):
    def system(self, children, *args):
        self.file("system.xml", SYSTEM % children)
        return self.fief("run", *args, "--timeout", "15", "system.xml")

    def ends(self, code, pattern, children, *args):
        """The system ends by itself with that code after that message."""
        got, out, err = self.system(children, *args)
        self.assertRegex(out + err, pattern)
        self.assertEqual(got, code, out + err)

    def says(self, pattern, children, *args):
        """The message comes while the system runs."""
        got, out, err = self.system(children, "--until", pattern, *args)
        self.assertEqual(got, 0, f"no {pattern} in {out}{err}")

    # ---- exit codes ----

    def test_exit_is_propagated(self):
        for code in (0, 7, 255):
            self.ends(code, f'"a" exited with code {code}', child(
                "a", LAST, config=f'do="exit" code="{code}"'))
        self.ends(139, r'"a" crashed: page fault at 0x8,', child(
            "a", LAST, config='do="crash"'))

    def test_exit_is_propagated_up(self):
        self.ends(7, r"init -> inner\W .*exited with code 7", child(
            "inner", LAST + "<config>" + (SYSTEM % child(
                "a", LAST, config='do="exit" code="7"'))
            .partition("<config>")[2], binary="init", ram="8M", caps="900"))

    def test_nobody_reads_the_report(self):
        inner = "<config><report/>" + SYSTEM.partition("<config>")[2] % ""
        self.says("no session for the state report: refused by policy",
                  child("sub", inner, binary="init", ram="8M", caps="900"))

    def test_kill_is_propagated(self):
        s = self.start("--init", "init", ready=None, config=SYSTEM % child(
            "a", LAST, config='do="idle"'))
        s.line("idle")
        pid = [c["pid"] for c in self.instances()[0]["components"]
               if c["label"].endswith("a")][0]
        os.kill(pid, signal.SIGKILL)
        code, out, _ = s.wait()
        self.assertEqual(code, 137)
        self.assertIn('"a" was killed by signal 9', out)

    def test_quota_of_a_child(self):
        self.ends(118, '"a" has 4K RAM and 200 caps, to start it needs '
                  r"\d+K and \d+", child("a", LAST, ram="4K"))
        self.ends(118, '"a" has 1M RAM and 5 caps, to start it needs', child(
            "a", LAST, caps="5"))

    def test_quota_of_the_system(self):
        children = child("a", LAST)
        self.ends(118, r"(?s)gets \d+K? of 900M RAM.*gets \d+ of 90000 caps",
                  child("greedy", ram="900M", caps="90000") + children)
        self.ends(118, '"init": it needs at least 448K RAM and 8 caps; --ram '
                  "is 4K, --caps 20000", children, "--ram", "4K")
        self.ends(118, "--ram is 262144K, --caps 3", children, "--caps", "3")
        self.ends(118, "cannot start: not enough RAM; of 448K RAM", children,
                  "--ram", "448K")
        self.ends(118, 'ROM "config": not enough caps; of .* and 12 caps',
                  children, "--caps", "12")
        self.ends(118, "(?s)not enough memory for the document.*config not "
                  "applied: not enough caps", children, "--caps", "20")

    def test_denied_route(self):
        self.ends(119, r'"a" has no route to service "CPU" \(label ""\)',
                  child("a", LAST + route(PD=PARENT, LOG=PARENT, ROM=PARENT)))
        self.ends(119, '"a" has no route to service "ROM" .label "cli-probe"',
                  child("a", LAST + route(PD=PARENT, LOG=PARENT, CPU=PARENT)))

    def test_missing_image(self):
        self.ends(127, "(?s)ROM module \"hallo\" for \"init -> a -> hallo\".*"
                  'its binary, ROM module "hallo", was not found.*'
                  r'system.xml:7:3: warning: there is no component image '
                  '"hallo" for "a"; did you mean "hello"',
                  child("a", LAST, binary="hallo"))

    def test_not_an_image(self):
        text = self.file("text", "no image\n" * 1000)
        self.ends(126, '"init -> a" could not start: its binary is not a '
                  "component image", child("a", LAST, binary="text"),
                  "--rom", f"text={text}")

    # ---- sessions ----

    def test_session_is_denied(self):
        ask = 'do="session" service="%s" label="x" ram="%s" caps="2"'
        timer = child("timer", "<provides><service name='Timer'/></provides>",
                      binary="timer")
        one = child("a", LAST + route(Timer='<child name="timer"/>',
                                      PD=PARENT, CPU=PARENT, LOG=PARENT,
                                      ROM=PARENT),
                    config=ask % ("%s", "%s"))
        self.ends(1, r'"a" has no route to service "Nix" \(label "x"\)',
                  timer + one % ("Nix", "8K"))
        self.ends(1, '"a" cannot pay 64M RAM and 2 caps for service "Timer" '
                  r'\(label "a -> x"\): it has \d+K and \d+',
                  timer + one % ("Timer", "64M"))
        self.ends(1, r'"a" has a route, but no provider there, for service '
                  r'"Timer" \(label "x"\)',
                  timer.replace('name="Timer"', 'name="T"').replace(
                      "name='Timer'", "name='T'") + one % ("Timer", "8K"))
        self.ends(1, '"a": "timer", the server of service "Timer" .label '
                  '"a -> x".*does not run', timer.replace(
                      'name="timer">', 'name="timer" ram="4K">')
                  + one % ("Timer", "8K"))
        long = "x" * 159
        self.ends(1, f'label "{long}" of "a" for service "Timer" is too long: '
                  "at most 160 bytes",
                  timer + (one % ("Timer", "8K")).replace(
                      'label="x"', f'label="{long}"'))

    def test_session_of_core_is_too_dear(self):
        """Who lacks what, and how much of it."""
        ask = '<config do="session" service="ROM" label="x" ram="%s" caps="%s"/>'
        for ram, caps, cause in (("8M", "3", "RAM"), ("8K", "30000",
                                                      "capability")):
            self.file("c.xml", ask % (ram, caps))
            code, out, _ = self.fief("run", "--init", "cli-probe", "--ram",
                                     "1M", "c.xml")
            self.assertEqual(code, 1)
            self.assertRegex(out, rf'"init" cannot pay {ram} RAM and {caps} '
                             r'caps for service "ROM" \(label "x"\): it has '
                             r"\d+K and \d+")
            self.assertIn(f"session: {cause} quota exhausted", out)

    def test_ambiguous(self):
        provides = "<provides><service name='Timer'/></provides>"
        self.says('"a" finds several children that provide service "Timer"',
                  child("t1", provides, binary="timer")
                  + child("t2", provides, binary="timer")
                  + child("a", "<route><service name='Timer'><any-child/>"
                          "</service><any-service><parent/></any-service>"
                          "</route>", config='do="session" service="Timer"'))

    def test_announced_by_surprise(self):
        self.says('"timer" announces a service that is not in its <provides>',
                  child("timer", binary="timer"))

    def test_account_from_a_sibling(self):
        self.says('"a" routes PD to "b", expected <parent/>', child(
            "a", "<route><service name='PD'><child name='b'/></service>"
            "<any-service><parent/></any-service></route>")
            + child("b", "<provides><service name='PD'/></provides>"))

    def test_log_from_a_component_that_fails(self):
        self.says('"a" stays incomplete: LOG session: ', child(
            "a", "<route><service name='LOG'><child name='b'/></service>"
            "<any-service><parent/></any-service></route>")
            + child("b", "<provides><service name='LOG'/></provides>",
                    ram="4K"))

    def test_offer_to_core(self):
        self.says('cannot offer service "X": the object does not implement',
                  "<service name='X'/>")

    def test_unknown_service_of_core(self):
        self.file("c.xml", '<config do="session" service="Nix" label="x"/>')
        code, out, _ = self.fief("run", "--init", "cli-probe", "c.xml")
        self.assertEqual(code, 1)
        self.assertIn('core has no service "Nix" (label "x")', out)

    # ---- configs that come later ----

    def test_config_of_a_nested_init(self):
        self.says(r"init -> inner. Error: config:[0-9]+:[0-9]+: unknown element "
                  "<nix>", child("inner", "<config><nix/></config>",
                                 binary="init", ram="8M"))

    def test_reload_of_a_missing_module(self):
        name = self.file("c.xml", IDLE)
        s = self.start("--rom", "config=" + name, config=None)
        os.unlink(os.path.join(self.folder, name))
        self.assertEqual(self.fief("reload", "--rom", "config")[0], 0)
        s.line('ROM module "config": .*; its users keep the old content')

    def test_reload_of_what_was_not_a_file(self):
        s = self.start("--rom", "config=" + self.file("c.xml", IDLE),
                       config=None)
        self.refused(125, "this system has no configuration file", "reload")
        self.assertIsNone(s.child.poll())
        wait_for(self.instances, "it goes on")
