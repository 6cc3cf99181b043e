# SPDX-License-Identifier: MIT
"""The reference page of configs."""
import re

from schema import number_text

HEAD = """<!-- Made by ./dev docs from init/config_schema.c and config_schema_text.c; do not edit. -->
# Configuration

A system is described by an XML document: which components there are, what each of them may use, and who serves whom.
The component `init` reads it. It is checked as a whole before any of it is applied: a mistake anywhere, also in an
element or attribute that nothing here names, changes nothing, and is told with its line, its column and what may have
been meant. `fief check SYSTEM.xml` tells the same without running anything, and more: routes, quota, dead rules.

How requests are routed, what becomes of labels, how quota moves and what a change does to a running system is in
[init/README.md](../../init/README.md) and the manual page fief-config(5). Elements and attributes can be in any order, but
for rules and targets, which are tried from the top.

[fief-config.xsd](fief-config.xsd) says the same for editors and other tools, see [the end of this page](#the-xsd):

    xmllint --noout --schema docs/reference/fief-config.xsd system.xml
"""
KINDS = """## Values

| type | what it is |
|---|---|
| text | any; where it is required, it is not empty |
| name | of a child or a service: 1 to {name_max} bytes, no control characters, no ` -> ` |
| label | of a session, such as `app -> x -> /file`; any text |
| yes or no | `yes`, `true`, `on`, `1`; `no`, `false`, `off`, `0` |
| number | decimal, or hexadecimal behind `0x`; with K, M, G or T it is multiplied by 1024, 1024² and so on |
| size | a number of bytes |
| ms, s | a number of milliseconds, of seconds |
| signed | a number, maybe with a minus |

Between elements there is nothing but blanks and comments.
"""
TAIL = """## The XSD

XSD 1.0 can say which elements and attributes there are, in any order, which values these have, what is required, what may
be there once, and that names of children and aliases differ. To have at most one of an element among others in any order, the
schema takes a detour: an empty element is unique by its content, for others each order is spelled out. It cannot say the
rest, which init and `fief check` do:

- the largest values of numbers, because of their units; names in bytes, and without ` -> `;
- attributes that exclude each other, as `label` and `identity` of a target, and those of which one is needed, as in `<policy>`;
- attributes that limit each other, as `max_ram` and `ram`, and quota that is given both as attribute and by `<resource>`;
- services that are offered twice, and policies for the same labels;
- whether the children exist that routes, policies and aliases lead to;
- what is in the `<config>` of a child, even if that is an init: it depends on the binary.
"""
TYPES = {"bool": "yes or no", "seconds": "s"}


def title(e):
    """Where it is, too, if another element has the same name."""
    text = f"`<{e['name']}>`"
    if e["ambiguous"] and e["parents"]:
        text += " in " + ", ".join(f"`<{p['name']}>`" for p in e["parents"])
    return text


def link(e):
    """As web sites make anchors of headings."""
    slug = re.sub(r"[^a-z0-9 -]", "", title(e).lower()).replace(" ", "-")
    return f"[`<{e['name']}>`](#{slug})"


def limits(a):
    if a["most"]:
        return f", {a['least']} to {number_text(a['most'])}"
    return f", from {a['least']}" if a["least"] else ""


def kind(a):
    if a["words"]:
        return ", ".join(f"`{w}`" for w in a["words"])
    return TYPES.get(a["type"], a["type"]) + limits(a)


def default(a):
    if a["required"]:
        return "required"
    return f"`{a['usual']}`" if a["usual"] else "-"


def attributes(e):
    yield "| attribute | type | default | meaning |"
    yield "|---|---|---|---|"
    for a in e["attrs"]:
        yield f"| `{a['name']}` | {kind(a)} | {default(a)} | {a['text']} |"


def example(e):
    return f"```xml\n{e['system'] or e['example']}\n```"


def place(e):
    if not e["parents"]:
        return "The root of the document."
    often = "at most once" if e["once"] else "any number"
    return f"In {', '.join(map(link, e['parents']))}; {often}."


def contents(e):
    if e["any"]:
        return "Contains anything."
    if not e["elements"]:
        return ""
    return f"Contains {', '.join(map(link, e['elements']))}."


def section(e):
    yield f"## {title(e)}"
    yield f"{place(e)} {contents(e)}".strip()
    yield e["text"]
    if e["attrs"]:
        yield "\n".join(attributes(e))
    yield example(e)


def tree(e, depth=0):
    yield f"{'  ' * depth}- {link(e)}{', at most once' if e['once'] else ''}"
    for child in e["elements"]:
        yield from tree(child, depth + 1)


def page(schema):
    parts = [HEAD, "## Elements", "\n".join(tree(schema.root)),
             KINDS.format(name_max=schema.name_max)]
    for e in schema.elements:
        parts += section(e)
    return "\n\n".join(p.strip("\n") for p in parts + [TAIL]) + "\n"
