# SPDX-License-Identifier: MIT
"""The XSD of configs.

Content models of XSD 1.0 have either any order or a limit of how many. What an
init wants is both, so an element that may be there once is unique by its
content if it has none, else the model spells out the orders of these few."""
import xml.etree.ElementTree as ET

XS = "http://www.w3.org/2001/XMLSchema"
MANY = {"minOccurs": "0", "maxOccurs": "unbounded"}
NOTE = ("Made by ./dev docs from init/config_schema.c; do not edit. What it "
        "cannot say: docs/reference/config.md.")
NUMBER = r"(0x[0-9A-Fa-f]+|[0-9]+)[KMGT]?"
POSITIVE = r"(0x0*[1-9A-Fa-f][0-9A-Fa-f]*|0*[1-9][0-9]*)[KMGT]?"
YES_NO = "yes no true false on off 1 0".split()


def add(to, kind, **attrs):
    return ET.SubElement(to, f"{{{XS}}}{kind}",
                         {k.rstrip("_"): v for k, v in attrs.items()})


def simple(to, facets, base="xs:string", **attrs):
    made = add(add(to, "simpleType", **attrs), "restriction", base=base)
    for kind, value in facets:
        add(made, kind, value=str(value))


def document_it(made, text):
    """What editors show."""
    note = add(add(made, "annotation"), "documentation")
    note.text = text.replace("`", "")


def value_types(top, schema):
    simple(top, [("length", 0)], "xs:token", name="nothing")
    simple(top, [("minLength", 1)], name="some-text")
    simple(top, [("minLength", 1), ("maxLength", schema.name_max)],
           name="name")
    simple(top, [("enumeration", w) for w in YES_NO], name="yes-no")
    simple(top, [("pattern", NUMBER)], name="number")
    simple(top, [("pattern", POSITIVE)], name="positive")
    simple(top, [("pattern", "-?" + NUMBER)], name="signed")


def type_of(a):
    if a["type"] in ("text", "label"):
        return "some-text" if a["required"] else "xs:string"
    named = {"name": "name", "bool": "yes-no", "signed": "signed",
             "file": "file"}
    return named.get(a["type"]) or ("positive" if a["least"] else "number")


def attributes(to, e):
    for a in e["attrs"]:
        use = {"use": "required"} if a["required"] else {}
        if not a["words"]:
            use["type"] = type_of(a)
        made = add(to, "attribute", name=a["name"], **use)
        document_it(made, a["text"])
        if a["words"]:
            simple(made, [("enumeration", w) for w in a["words"]])


def type_name(e):
    return e["place"].replace("/", "-")


def empty(e):
    return not e["elements"] and not e["any"]


def unique(to, name, selector, field):
    made = add(to, "unique", name=name)
    add(made, "selector", xpath=selector)
    add(made, "field", xpath=field)


class Orders:
    """The content of one element: any number of `others` in any order, and
    among them at most one of each of `once`."""

    def __init__(self, top, e):
        self.once = [c for c in e["elements"] if c["once"] and not empty(c)]
        self.others = [c for c in e["elements"] if c not in self.once]
        self.group = f"in-{type_name(e)}"
        if self.others:
            made = add(top, "group", name=self.group)
            choice = add(made, "choice")
            for c in self.others:
                declare(choice, c, e)

    def model(self, to, e, left=None):
        left = self.once if left is None else left
        if self.others:
            add(to, "group", ref=self.group, **MANY)
        if not left:
            return
        choice = add(to, "choice", minOccurs="0")
        for c in left:
            rest = add(choice, "sequence")
            declare(rest, c, e)
            self.model(rest, e, [x for x in left if x is not c])


def declare(to, e, where):
    """An element; which of those inside it are unique is said here."""
    made = add(to, "element", name=e["name"], type=type_name(e))
    at = f"{type_name(where)}-" if where else ""
    for c in e["elements"]:
        if c["once"] and empty(c):
            unique(made, f"{at}{e['name']}-one-{c['name']}", c["name"], ".")
    named = [c["name"] for c in e["elements"]
             if any(a["unique"] for a in c["attrs"])]
    if named:
        unique(made, f"{at}{e['name']}-names", "|".join(named), "@name")


def element_type(top, e):
    orders = Orders(top, e) if e["elements"] else None
    made = add(top, "complexType", name=type_name(e))
    document_it(made, e["text"])
    if e["any"]:
        made.set("mixed", "true")
        add(add(made, "sequence"), "any", processContents="skip", **MANY)
        add(made, "anyAttribute", processContents="skip")
    elif orders:
        orders.model(add(made, "sequence"), e)
        attributes(made, e)
    else:
        nothing = add(add(made, "simpleContent"), "extension", base="nothing")
        attributes(nothing, e)


def number_constraints(top):
    """An element that is spelled out in several orders is there several times,
    and its constraints with it, whose names must differ."""
    seen = {}
    for made in top.iter(f"{{{XS}}}unique"):
        name = made.get("name")
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            made.set("name", f"{name}-{seen[name]}")


def document(schema):
    ET.register_namespace("xs", XS)
    top = ET.Element(f"{{{XS}}}schema")
    top.append(ET.Comment(f" {NOTE} "))
    declare(top, schema.root, None)
    for e in schema.elements:
        element_type(top, e)
    value_types(top, schema)
    number_constraints(top)
    ET.indent(top)
    return ET.tostring(top, encoding="unicode") + "\n"
