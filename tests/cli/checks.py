# SPDX-License-Identifier: MIT
"""What is told of a system without running it: `fief check`, `fief why`."""
import json
import time

from case import SYSTEM, Case
from systems import PARENT, child, route

TIMER = "<provides><service name='Timer'/></provides>"
CHILDREN = 1000


def inner(children, provides="", **attrs):
    """An init within, with that system as its config."""
    text = (SYSTEM % children).replace("</parent-provides>",
                                       provides + "</parent-provides>")
    return child("inner", text, binary="init", ram="16M", caps="2000", **attrs)


class Checks(Case):
    def check(self, children, *args):
        self.file("s.xml", SYSTEM % children)
        code, out, err = self.fief("check", *args, "s.xml")
        self.assertEqual(err, "")
        return code, out

    def finds(self, pattern, children, *args, code=120):
        got, out = self.check(children, *args)
        self.assertRegex(out, r"(?m)^s.xml:\d+:\d+: " + pattern)
        self.assertEqual(got, code, out)

    def warns(self, pattern, children, *args):
        self.finds("warning: " + pattern, children, *args, code=0)

    # ---- arguments ----

    def test_arguments(self):
        self.refused(2, "no SYSTEM.xml given", "check")
        self.refused(2, 'not "a" and "b"', "check", "a", "b")
        self.refused(2, "either --who-can or --reach", "check", "a",
                     "--who-can", "x", "--reach", "y")
        self.refused(2, "--ram is", "check", "--ram=0", "a")
        self.refused(127, "No such file", "check", "none.xml")
        self.refused(127, "--rom: .*No such file", "check", "--rom", "a=none",
                     "x")
        self.refused(2, "expected are SYSTEM.xml, COMPONENT and SERVICE",
                     "why", "a", "b")
        self.refused(2, 'unexpected argument "e"', "why", *"abcde")
        self.refused(127, "No such file", "why", "none.xml", "a", "b")

    # ---- findings ----

    def test_clean(self):
        self.assertEqual(self.check(child("timer", TIMER, binary="timer")),
                         (0, ""))
        self.assertEqual(self.check("", "--json"), (0, "[]\n"))

    def test_what_run_refuses(self):
        self.finds("unknown element <rout> in <start>, did you mean <route>",
                   "<start name='a'><rout/></start>")
        self.finds('route to "b", but there is no such child', child(
            "a", route(Timer="<child name='b'/>", LOG=PARENT, ROM=PARENT,
                       CPU=PARENT, PD=PARENT)))
        self.finds('"identity" of <parent> has no effect beside "label"',
                   "<start name='a'><route><any-service><parent label='x' "
                   "identity='y'/></any-service></route></start>")
        self.finds("found </a>", "<b></a>")
        self.warns('there is no component image "hallo" for "a"; did you '
                   'mean "hello"', child("a", binary="hallo"))
        self.finds("unknown element <nix>", child(
            "inner", "<config><nix/></config>", binary="init", ram="8M"))

    def test_unsatisfied_rule(self):
        self.finds('route to service "Timer", but no target of the rule '
                   'provides it; "t" does', child("t", TIMER) + child(
                       "a", route(Timer=PARENT, LOG=PARENT, ROM=PARENT,
                                  CPU=PARENT, PD=PARENT)))
        self.finds('route to service "Timer", but no target of the rule '
                   "provides it", child("a", route(
                       Timer="<local/>", LOG=PARENT, ROM=PARENT, CPU=PARENT,
                       PD=PARENT)))
        # One without targets denies on purpose.
        self.assertEqual(self.check(child("a", "<route><service name='Timer'/>"
                         "<any-service><parent/></any-service></route>")),
                         (0, ""))

    def test_ambiguous(self):
        two = child("t1", TIMER) + child("t2", TIMER)
        rules = ("<route>%s<any-service><parent/><any-child/></any-service>"
                 "</route>")
        self.finds('<any-child/> is ambiguous for service "Timer": "t1" and '
                   '"t2" provide it', two + child("a", rules % "<service name="
                   "'Timer'><any-child/></service>"))
        self.warns('<any-child/> is ambiguous', two + child("a", rules % ""))
        self.assertEqual(self.check(two + child("a", rules % (
            "<service name='Timer'><child name='t2'/></service>"))), (0, ""))

    def test_dead_rules(self):
        rules = "<route>%s<any-service><parent/></any-service></route>"
        timer = child("timer", TIMER)
        target = '%s<child name="timer"/></service>'
        first = target % '<service name="Timer" label_prefix="a">'
        dead = r"the rule is never reached: the one at \d+:\d+ takes all"
        for selector in ('label="ab"', 'label_prefix="ab"'):
            self.warns(dead, timer + child("c", rules % (
                first + target % f'<service name="Timer" {selector}>')))
        for selector in ('label="b"', 'label_prefix="b"', 'label_suffix="a"',
                         'label_last="ab"', ""):
            self.assertEqual(self.check(timer + child("c", rules % (
                first + target % f'<service name="Timer" {selector}>'))),
                (0, ""))
        self.warns(dead, timer + child("c", rules % (
            target % '<service name="Timer" label_suffix="y">'
            + target % '<service name="Timer" label_last="xy">')))
        self.warns(dead, child("c", rules % (
            "<any-service><parent/></any-service>")))
        self.warns(dead, child("c", rules % "".join(
            f"<service name='{s}'><parent/></service>"
            for s in ("LOG", "ROM", "CPU", "RAM"))))
        self.warns("the rule is never reached: no label matches", timer
                   + child("c", rules % (target % '<service name="Timer" '
                                         'label="x" label_last="y">')))
        self.warns("the rule gives nothing: no target", child("c") + child(
            "d", rules % "<any-service><child name='c'/></any-service>"))

    def test_dead_unscoped_rules(self):
        rules = "<route>%s<any-service><parent/></any-service></route>"
        timer = child("timer", TIMER)
        rule = '<service name="Timer" %s><child name="timer"/></service>'
        whole = 'unscoped_label="c -> ab"'
        dead = r"the rule is never reached: the one at \d+:\d+ takes all"
        for first, second in ((whole, whole), ('label_prefix="a"', whole),
                              (whole, 'label="ab"'), ("", whole)):
            self.warns(dead, timer + child("c", rules % (
                rule % first + rule % second)))
        for first, second in (('label_prefix="c"', whole), (whole, ""),
                              (whole, 'label_prefix="a"'),
                              (whole, 'unscoped_label="c -> abc"')):
            self.assertEqual(self.check(timer + child("c", rules % (
                rule % first + rule % second))), (0, ""))
        none = "the rule is never reached: no label matches"
        self.warns(none, timer + child("d", rules % (rule % whole)))
        own = "<route><any-service><parent/></any-service></route>"
        for name, found in (("c", False), ("d", True)):
            self.file("s.xml", (SYSTEM % (
                child("timer", TIMER + own) + child(name))).replace(
                    "<default-route>", "<default-route>" + rule % whole))
            out = self.fief("check", "s.xml")[1]
            self.assertEqual(none in out, found, out)

    def test_alias(self):
        alias = "<alias name='clock' child='%s'/>"
        rules = ("<route><service name='Timer'><child name='clock'/></service>"
                 "<any-service><parent/></any-service></route>")
        system = child("timer", TIMER) + child("a", rules)
        self.assertEqual(self.check(alias % "timer" + system), (0, ""))
        self.assertIn("granted: init -> timer serves it, label \"a -> x\"",
                      self.why("a", "Timer", "x")[1])
        self.finds('alias for "timr", but there is no such child, did you '
                   'mean "timer"', alias % "timr" + system)
        self.finds('alias "a", but a child or another alias has this name',
                   "<alias name='a' child='timer'/>" + system)
        self.finds('route to service "Timer", but no target of the rule '
                   'provides it; "timer" does', alias % "a" + system)

    def test_parent_does_not_give(self):
        more = '<parent-provides> <service name="Nix"/>'
        self.file("s.xml", (SYSTEM % "").replace("<parent-provides>", more))
        self.assertRegex(self.fief("check", "s.xml")[1], "s.xml:2:21: warning:"
                         ' core, the parent, does not provide service "Nix"')
        self.warns('the parent has no route to service "Nix" for "init -> '
                   'inner"', inner("", '<service name="Nix"/>'))

    def test_environment(self):
        self.finds('"a" has no route to service "CPU" .label "".*, which "a" '
                   "needs to start", child("a", route(
                       PD=PARENT, LOG=PARENT, ROM=PARENT)))
        self.finds('"inner" has no route to service "ROM" .label '
                   '"a -> cli-probe".*, which "a" needs', inner(
                       child("a")).replace("<binary name=\"init\"/>",
                       "<binary name=\"init\"/><route><service name='ROM' "
                       "label='init'><parent/></service><any-service>"
                       "<child name='x'/></any-service></route>")
                   + child("x", "<provides><service name='LOG'/></provides>"))
        self.finds('"a" routes PD to "b", expected <parent/>', child(
            "a", "<route><service name='PD'><child name='b'/></service>"
            "<any-service><parent/></any-service></route>")
            + child("b", "<provides><service name='PD'/></provides>"))
        to_b = ("<route><service name='%s'><child name='b'/></service>"
                "<any-service><parent/></any-service></route>")
        b = child("b", "<provides><service name='PD'/><service name='CPU'/>"
                  "</provides><route><any-service><parent/></any-service>"
                  "</route>")
        self.finds('"a" routes PD to "b", expected <parent/>', inner(
            child("a")).replace('<binary name="init"/>',
                                '<binary name="init"/>' + to_b % "PD") + b)
        self.assertEqual(self.check(child("a", to_b % "CPU") + b), (0, ""))
        self.finds('the label of service "ROM", which "a" needs to start, is '
                   "longer than 160", child("a", binary="x" * 159))
        self.file("s.xml", "<config><parent-provides><service name='LOG'/>"
                  "<service name='ROM'/><service name='PD'/><service "
                  "name='CPU'/></parent-provides><start name='inner'>"
                  "<binary name='init'/><route><service name='PD'><parent/>"
                  "</service></route><config/></start></config>")
        self.assertEqual(self.fief("check", "s.xml")[0], 120)

    def test_circle(self):
        rules = ("<provides><service name='LOG'/></provides><route><service "
                 "name='LOG'><child name='%s'/></service><any-service>"
                 "<parent/></any-service></route>")
        self.finds('"b" waits for "c", which waits for "b": none of them can '
                   "start", child("a", rules % "b") + child("b", rules % "c")
                   + child("c", rules % "b"))
        self.finds('"a" waits for "a": none', child("a", rules % "a"))
        both = rules.replace("<any", "<service name='ROM'><child name='%s'/>"
                             "</service><any").replace(
            "'/></provides>", "'/><service name='ROM'/></provides>")
        for first, second in (("x", "a"), ("a", "x")):
            _, out = self.check(child("a", both % ("x", "x"))
                                + child("x", both % (first, second)))
            self.assertRegex(out, '"x" waits for "x": none')
            self.assertRegex(out, '"a" waits for "x", which waits for "a":')
        self.assertEqual(self.check(
            child("a", rules % "b") + child("b", rules % "c") + child(
                "c", "<provides><service name='LOG'/></provides>")), (0, ""))

    def test_quota(self):
        self.warns('"a" gets .* of 900M RAM, no more is available',
                   child("a", ram="900M"))
        self.assertEqual(self.check(child("a", ram="900M"), "--ram", "1G"),
                         (0, ""))
        self.warns('"a" gets .* of 90000 caps, no more are available',
                   child("a", caps="90000"))
        self.finds('"b" has 0 RAM and 200 caps, to start it needs',
                   child("a", ram="900M") + child("b"))
        self.finds('"a" has 4K RAM', inner(child("a", ram="4K")))
        self.warns('"a" gets .* of 32M RAM', inner(child("a", ram="32M")))

    def test_quota_is_what_init_says(self):
        system = child("a", '<exit propagate="yes"/>', ram="400K",
                       config='do="idle"')
        _, found = self.check(system)
        said = self.fief("run", "--timeout", "9", "s.xml")[1]
        text = found.partition(": ")[2].strip()
        self.assertIn("to start it needs", text)
        self.assertIn(text, said)

    def test_json(self):
        self.file("s.xml", SYSTEM % child("a", ram="4K", binary="hallo"))
        code, out, _ = self.fief("check", "--json", "s.xml")
        found = json.loads(out)
        self.assertEqual(code, 120)
        self.assertEqual([f["level"] for f in found], ["error", "warning"])
        self.assertEqual([f["kind"] for f in found], ["quota", "image"])
        self.assertEqual([(f["file"], f["line"], f["column"]) for f in found],
                         [("s.xml", 7, 3)] * 2)

    # ---- who reaches what ----

    WAYS = (child("timer", TIMER) + child(
        "a", "<route><service name='Timer' label_prefix='ok'><child "
        "name='timer'/></service><service name='Timer'/><any-service><parent/>"
        "</any-service></route>") + inner(
            child("b") + child("c", "<route><service name='Timer' label='no'/>"
                               "<any-service><parent/></any-service></route>"),
            "<service name='Timer'/>").replace(
                '<binary name="init"/>', '<binary name="init"/><route><service'
                ' name="Timer" label_prefix="b ->"><child name="timer"/>'
                "</service><service name='Timer' label='c -> x'><child "
                "name='timer'/></service><any-service><parent/></any-service>"
                "</route>"))

    def test_who_can(self):
        def who(what):
            code, out = self.check(self.WAYS, "--who-can", what, "--json")
            self.assertEqual(code, 0)
            return {(w["component"], w["label"]) for w in json.loads(out)}
        self.assertEqual(who("Timer"), {
            ("init -> a", "ok*"), ("init -> inner", "b ->*"),
            ("init -> inner", "c -> x"), ("init -> inner -> b", "*"),
            ("init -> inner -> c", "x")})
        self.assertEqual(who("Timer:ok1"), {("init -> a", "ok1"),
                                            ("init -> inner -> b", "ok1")})
        self.assertEqual(who("Nix"), set())

    LABELS = (child("timer", TIMER) + inner(
        child("a", "<route><service name='Timer'><parent identity='x'/>"
              "</service><any-service><parent/></any-service></route>")
        + child("b", "<route><service name='Timer'><parent "
                "prepend_resource='/b'/></service><any-service><parent/>"
                "</any-service></route>")
        + child("c", "<route><service name='Timer'><parent resource='r'/>"
                "</service><any-service><parent/></any-service></route>"),
        "<service name='Timer'/>").replace(
            '<binary name="init"/>', '<binary name="init"/><route><service '
            'name="Timer" unscoped_label="inner -> x -> go"><child '
            'name="timer" label="t"/></service><service name="Timer" '
            'label="b -> /b/dir"><child name="timer"/></service>'
            '<service name="Timer" label="c -> deep -> r"><child name="timer" '
            'identity="i"/></service><any-service><parent/></any-service>'
            "</route>"))

    def test_rewritten_labels(self):
        """Followed up, in `why` as in what can be reached at all."""
        code, out = self.check(self.LABELS, "--who-can", "Timer", "--json")
        self.assertEqual(code, 0)
        self.assertEqual({(w["component"], w["label"])
                          for w in json.loads(out)
                          if w["component"] != "init -> inner"},
                         {("init -> inner -> a", "go"),
                          ("init -> inner -> b", "/dir"),
                          ("init -> inner -> c", "deep -> r")})
        for who, sent, seen in (("a", "me -> go", "t"),
                                ("b", "/dir", "inner -> b -> /b/dir"),
                                ("c", "deep -> x", "i -> r")):
            code, out = self.why("inner -> " + who, "Timer", sent)
            self.assertIn(f'granted: init -> timer serves it, label "{seen}"',
                          out)
        self.assertIn('<service name="Timer" unscoped_label="inner -> x -> '
                      'go"> decides in init about "inner", label "x -> go"',
                      self.why("inner -> a", "Timer", "go")[1])
        for who, sent in (("a", "no"), ("b", "/x"), ("c", "x")):
            self.assertEqual(self.why("inner -> " + who, "Timer", sent)[0],
                             119)
        edges = json.loads(self.fief("graph", "--json", "s.xml")[1])["edges"]
        for who in "abc":
            self.assertIn({"client": "init -> inner -> " + who,
                           "server": "init -> timer", "services": "Timer"},
                          edges)

    def test_renamed_init(self):
        """An init is known by its ROM module, whatever it is called."""
        text = inner(child("x"), "").replace(
            '<binary name="init"/>', '<binary name="sub"/><route><service '
            'name="ROM" label="sub"><parent resource="init"/></service>'
            '<any-service><parent/></any-service></route>')
        code, out = self.check(text, "--reach", "inner -> x")
        self.assertEqual(code, 0)
        self.assertIn('init -> inner -> x: service "LOG" of core', out)

    def test_reach(self):
        code, out = self.check(self.WAYS, "--reach", "inner -> c")
        self.assertEqual(code, 0)
        self.assertIn('init -> inner -> c: service "Timer" of init -> timer, '
                      'label "x"\n', out)
        self.assertIn('service "LOG" of core, label "*"', out)
        self.file("s.xml", SYSTEM % self.WAYS)
        self.refused(127, 'no component "inner -> x"; did you mean "init -> '
                     'inner -> ', "check", "--reach", "inner -> x", "s.xml")
        self.refused(127, 'no component "qqqqqqqqqq"\n', "check", "--reach",
                     "qqqqqqqqqq", "s.xml")
        self.file("bad.xml", "<config><strat/></config>")
        for args in (("check", "--reach", "a", "bad.xml"),
                     ("why", "bad.xml", "a", "b")):
            code, out, _ = self.fief(*args)
            self.assertEqual(code, 120)
            self.assertIn("bad.xml:1:9: unknown element", out)

    # ---- services that an init offers ----

    def offers(self, policies, more="", provides=TIMER):
        """An init within that offers Timer by these policies."""
        own = "<route><any-service><parent/></any-service></route>"
        text = inner(f"<service name='Timer'>{policies}</service>"
                     + child("timer", TIMER + own) + more)
        return text.replace('<binary name="init"/>',
                            '<binary name="init"/>' + provides)

    OFFERED = ("<policy label_prefix='a ->'><child name='timer' "
               "identity='him'/></policy><policy label_last='no'/>")
    ASKS = child("a", "<route><service name='Timer'><child name='inner' "
                 "prepend_resource='p'/></service><any-service><parent/>"
                 "</any-service></route>")

    def test_offers(self):
        self.assertEqual(self.check(self.offers(self.OFFERED) + self.ASKS),
                         (0, ""))
        self.finds("service \"Timer\" is offered, but the <provides> of "
                   '"init -> inner" does not list it',
                   self.offers(self.OFFERED, provides=""))
        self.finds('"init -> inner" is to provide service "Nix", but its '
                   "config does not offer it", self.offers(
                       self.OFFERED, provides=TIMER.replace(
                           "</", "<service name='Nix'/></")))
        self.finds('the policy leads to "b", which does not provide service '
                   '"Timer"', self.offers("<default-policy><child name='b'/>"
                                          "</default-policy>", child("b")))
        self.finds('policy for "tim", but there is no such child',
                   self.offers("<default-policy><child name='tim'/>"
                               "</default-policy>"))
        self.warns('service "X" is offered to core, the parent, which asks '
                   "for none", "<service name='X'/>")
        self.finds("second <policy> for the same labels", self.offers(
            self.OFFERED + "<policy label_last='no'/>"))
        self.finds('service "Timer" is offered twice', self.offers(
            self.OFFERED, "<service name='Timer'/>"))
        self.finds("<policy> without a label, expected one",
                   self.offers("<policy/>"))

    def test_way_down(self):
        code, out = self.check(self.offers(self.OFFERED) + self.ASKS,
                               "--who-can", "Timer", "--json")
        self.assertEqual(code, 0)
        self.assertIn({"component": "init -> a", "service": "Timer",
                       "label": "*", "server": "init -> inner -> timer"},
                      json.loads(out))
        code, out = self.why("a", "Timer", "x")
        self.assertEqual(code, 0)
        self.assertRegex(out, r'(?m)^  s.xml:\d+:\d+: <service name="Timer"> '
                         'decides in init about "a", label "x"\n'
                         r'  s.xml:\d+:\d+: <policy label_prefix="a ->"> '
                         "decides in init -> inner about what its parent asks "
                         'for, label "a -> px"\n'
                         "granted: init -> inner -> timer serves it, label "
                         '"him -> px"$')
        hops = json.loads(self.why("--json", "a", "Timer", "x")[1])["hops"]
        self.assertEqual([(h["init"], h["client"], h["label"]) for h in hops],
                         [("init", "a", "x"),
                          ("init -> inner", None, "a -> px")])
        edges = json.loads(self.fief("graph", "--json", "s.xml")[1])["edges"]
        self.assertIn({"client": "init -> a",
                       "server": "init -> inner -> timer",
                       "services": "Timer"}, edges)
        self.assertNotIn("init -> inner", [
            e["server"] for e in edges if e["services"] == "Timer"])

    def test_denied_below(self):
        text = self.offers(self.OFFERED.replace("'a ->'", "'b ->'"))
        self.check(text + self.ASKS)
        code, out = self.why("a", "Timer", "x")
        self.assertEqual(code, 119)
        self.assertIn("denied: in init -> inner, no policy lets its parent "
                      'have service "Timer" (label "a -> px")', out)
        self.check(self.offers("<default-policy><child name='b'/>"
                               "</default-policy>", child("b")) + self.ASKS)
        code, out = self.why("a", "Timer")
        self.assertEqual(code, 119)
        self.assertIn('leads to "b", which does not provide it: the request '
                      "waits", out)
        self.assertNotIn("nothing in this system", out)
        log = (self.offers("").replace("Timer", "LOG") + child(
            "a", "<route><service name='LOG'><child name='inner'/></service>"
            "<any-service><parent/></any-service></route>"))
        self.finds('in init -> inner, no policy lets its parent have service '
                   '"LOG" .label "a".*, which "a" needs to start', log)

    # ---- why ----

    def why(self, *args):
        code, out, err = self.fief("why", "s.xml", *args)
        self.assertEqual(err, "")
        return code, out

    def test_why_granted(self):
        self.file("s.xml", SYSTEM % self.WAYS)
        code, out = self.why("init -> inner -> b", "Timer", "t")
        self.assertEqual(code, 0)
        self.assertRegex(out, r'(?s)s.xml:\d+:\d+: <any-service> decides in '
                         r'init -> inner about "b", label "t"\n.*<service name='
                         r'"Timer" label_prefix="b ->"> decides in init about '
                         r'"inner", label "b -> t"\ngranted: init -> timer '
                         r'serves it, label "inner -> b -> t"')
        self.assertIn('granted: core serves it, label "init -> a -> x"',
                      self.why("a", "LOG", "x")[1])
        self.assertIn("granted: init serves it from the <config> of "
                      '"inner"', self.why("inner", "ROM", "config")[1])
        self.assertRegex(self.fief("why", "s.xml", "b", "x")[2],
                         'no component "b"')

    def test_why_denied(self):
        self.file("s.xml", SYSTEM % self.WAYS)
        code, out = self.why("a", "Timer", "no")
        self.assertEqual(code, 119)
        self.assertIn('denied: in init, "a" has a route, but no provider '
                      'there, for service "Timer" (label "no")', out)
        self.assertRegex(out, 'to allow it:\n  s.xml:.*: replace <service '
                         "name='Timer'/> by <service name='Timer'> <child "
                         'name="timer"/> </service>')
        self.assertIn("is longer than 160 bytes",
                      self.why("a", "LOG", "x" * 159)[1])
        self.assertIn("nothing in this system could serve it",
                      self.why("a", "Nix")[1])
        self.file("s.xml", (SYSTEM % child("a")).replace(
            "<parent-provides>", '<parent-provides><service name="Nix"/>'))
        self.assertIn('denied: core has no service "Nix"',
                      self.why("a", "Nix")[1])

    def apply(self, text, edits):
        for e in sorted(edits, key=lambda e: (e["line"], e["column"]),
                        reverse=True):
            lines = text.splitlines(keepends=True)
            line, at = lines[e["line"] - 1], e["column"] - 1
            gone = e.get("instead_of", "")
            self.assertEqual(line[at:at + len(gone)], gone)
            lines[e["line"] - 1] = line[:at] + e["insert"] + line[
                at + len(gone):]
            text = "".join(lines)
        return text

    def test_edit_allows_it(self):
        """What `why` says to insert is inserted; then it is granted."""
        own = "<route>%s<any-service><parent/></any-service></route>"
        timer = child("timer", TIMER)
        two = child("t1", TIMER) + child("t2", TIMER)
        base = SYSTEM
        bare = "<config>%s</config>"
        for system, who, service, label in (
                (base % (timer + child("a")), "a", "Timer", ""),
                (base % (timer + child("a", own % "")), "a", "Timer", "x<&'"),
                (base % (timer + child("a", "<route/>")), "a", "Timer", "x"),
                (bare % (timer + "<start name='a'/>"), "a", "Timer", ""),
                (bare % "<start name='\u00e4'/><start name='a'/>", "a", "LOG",
                 ""),
                (base % child("a", own % "<service name='LOG'/>"), "a", "LOG",
                 "x"),
                (base % (two + child("a", own % (
                    "<service name='Timer'><any-child/></service>"))), "a",
                 "Timer", "x"),
                (base % (timer + inner(child("a", own % ""))), "inner -> a",
                 "Timer", "x"),
                (base % (timer + inner(child("a", "<route/>"),
                                       "<service name='Timer'/>")),
                 "inner -> a", "Timer", ""),
                (base % (self.offers("") + self.ASKS), "a", "Timer", ""),
                (base % (self.offers("<policy label='q'/>") + self.ASKS), "a",
                 "Timer", "x"),
                (base % (self.offers("<policy label_last='pno'/>")
                         + self.ASKS), "a", "Timer", "no"),
                (base % (self.offers("").replace("<service name='Timer'>"
                                                 "</service>", "")
                         + self.ASKS), "a", "Timer", "x"),
                (base % self.WAYS, "inner -> c", "Timer", "no")):
            with self.subTest(system=system, who=who):
                self.file("s.xml", system)
                code, out = self.why("--json", who, service, label)
                answer = json.loads(out)
                self.assertEqual((code, answer["granted"]), (119, False))
                code, text = self.why(who, service, label)
                self.assertRegex(text, r"s.xml:\d+:\d+: (insert|replace) .*")
                self.file("s.xml", self.apply(system, answer["edits"]))
                code, out = self.why(who, service, label)
                self.assertEqual(code, 0, out)

    def test_services_that_nobody_has(self):
        self.file("s.xml", SYSTEM % self.WAYS)
        self.assertEqual(self.fief("check", "--who-can", "Tmier", "s.xml"),
                         (0, "", 'fief: nobody can reach service "Tmier"; did '
                          'you mean "Timer"?\n'))
        self.assertEqual(self.fief("check", "--who-can", "LGO:x", "s.xml")[2],
                         'fief: nobody can reach service "LGO"; did you mean '
                         '"LOG"?\n')
        self.assertEqual(self.fief("check", "--who-can", "zzzzzz", "s.xml"),
                         (0, "", 'fief: nobody can reach service "zzzzzz"\n'))
        self.assertEqual(self.fief("check", "--who-can", "LGO", "--json",
                                   "s.xml"), (0, "[]\n", ""))
        self.assertIn('nothing in this system could serve it; did you mean '
                      '"LOG"?\n', self.why("a", "LGO")[1])
        self.assertIn("nothing in this system could serve it\n",
                      self.why("a", "zzzzzz")[1])

    def test_labels_in_any_spelling(self):
        self.file("s.xml", SYSTEM % self.WAYS)
        want = self.why("inner -> b", "LOG")
        self.assertEqual(want[0], 0)
        for label in "inner/b", "inner->b", "init/inner/b", "init -> inner->b":
            self.assertEqual(self.why(label, "LOG"), want)
        want = self.fief("check", "--reach", "inner -> b", "s.xml")
        self.assertEqual(self.fief("check", "--reach", "init/inner/b",
                                   "s.xml"), want)

    # ---- graph ----

    def test_graph(self):
        self.file("s.xml", SYSTEM % self.WAYS)
        code, out, err = self.fief("graph", "s.xml")
        self.assertEqual((code, err), (0, ""))
        self.assertTrue(out.startswith("digraph system {\n"))
        self.assertTrue(out.endswith("}\n"))
        self.assertIn('  "init -> a" -> "init -> timer" [label="Timer"];\n',
                      out)
        self.assertIn('  "init -> inner -> b" -> "init -> timer" [label="'
                      'Timer"];\n', out)
        self.assertEqual(self.fief("graph", "--dot", "s.xml")[1], out)
        dot = len(out.splitlines()) - 2
        out = self.fief("graph", "--mermaid", "s.xml")[1]
        self.assertRegex(out, r'(?m)^graph LR\n(  n\w+\[".*"\] -->\|".*"\| '
                         r'n\w+\[".*"\]\n)+$')
        self.assertEqual(len(out.splitlines()), dot + 1)
        graph = json.loads(self.fief("graph", "--json", "s.xml")[1])
        self.assertEqual(len(graph["edges"]), dot)
        self.assertIn({"client": "init -> a", "server": "init -> timer",
                       "services": "Timer"}, graph["edges"])
        self.assertEqual(set(graph["components"]), {
            "init -> timer", "init -> a", "init -> inner",
            "init -> inner -> b", "init -> inner -> c"})
        self.refused(2, "no SYSTEM.xml given", "graph")
        self.refused(2, "one configuration at a time", "graph", "a", "b")
        self.refused(127, "No such file", "graph", "none.xml")
        self.file("bad.xml", "<config><strat/></config>")
        self.assertEqual(self.fief("graph", "bad.xml")[0], 120)

    # ---- time ----

    def test_time(self):
        """Generous: bench machines differ; the figures are in the README."""
        self.file("s.xml", SYSTEM % "".join(
            child(f"c{n}", TIMER.replace("Timer", f"S{n}") + (
                "<route><service name='S%d' label_prefix='p'><child "
                "name='c%d'/></service><any-service><parent/><any-child/>"
                "</any-service></route>" % (n // 2, n // 2)), caps="50")
            for n in range(CHILDREN)))
        begin = time.monotonic()
        self.assertEqual(self.fief("check", "--ram", "4G", "--caps", "99999",
                                   "s.xml")[:2], (0, ""))
        middle = time.monotonic()
        self.assertEqual(self.why("c7", "S999")[0], 0)
        self.assertLess(middle - begin, 1)
        self.assertLess(time.monotonic() - middle, 1)
