# SPDX-License-Identifier: MIT
"""The reference pages of file systems, and the XSD of trees."""
import json
import os
import subprocess
import types
import xml.etree.ElementTree as ET

import xsd

MADE = "<!-- Made by ./dev docs from the schemas in vfs/plugin; do not edit. -->"
TYPES = {"bool": "yes or no", "name": "name of a file"}
NAME_MAX = 255
NOTE = (" Made by ./dev docs from the schemas in vfs/plugin; do not edit. "
        "What it cannot say: docs/reference/vfs.md. ")
INDEX = """# Trees of files

What can be in the node `<vfs>` of a component's configuration, and in each `<dir>` of it. What is found where, if several of these have the same names, is in
[vfs/README.md](../../vfs/README.md). A mistake in any node changes nothing, and is told with its line, its column and what may have been meant.

```xml
<vfs>
  <dir name="dev"> <null/> <log/> </dir>
  <ram/>
</vfs>
```

| node | |
|---|---|
| `<dir name="...">` | a directory, with any of these in it; `name` is one name, without a slash |
"""
TAIL = """
[fief-vfs.xsd](fief-vfs.xsd) says the same for editors and other tools. It cannot say how many bytes a name has, how large numbers may be, what is in the nodes that
a file system takes for its own, and what plugins there are.

## Others

A component that loads plugins, as the server `vfs` does, takes a node of another name for the file system in the ROM module `vfs_NAME.so`. What can be in it, the plugin says: mistakes in it are
told as in all others. How one is written is in [vfs/so/README.md](../../vfs/so/README.md).

## As data

The same can be said as a mount table, `struct VfsMountTable` of `session/mount_table.capnp`: for who composes trees by program, and hands one to a component when it is created. It is a ROM
module, and servers of files take it by its name:

```xml
<vfs rom="mounts"/>
```

The tree follows the module. The tool `mount-table` makes a table of a document `<vfs>`, and back; `vfs/mount_table.h` is for programs.
"""


def load(dump):
    text = subprocess.run([dump], check=True, stdout=subprocess.PIPE,
                          text=True).stdout
    return json.loads(text)


# ---- pages ----

def usage(t):
    given = "".join(f' {a["name"]}="..."' for a in t["attrs"] if a["required"])
    if t["content"]:
        return f"<{t['name']}{given}>...</{t['name']}>"
    return f"<{t['name']}{given}/>"


def default(a):
    if a["required"]:
        return "required"
    return f"`{a['usual']}`" if a["usual"] else "-"


def contents(t):
    if t["any"]:
        return "Nodes of any kind can be in it."
    if t["children"]:
        names = ", ".join(f"`<{c}>`" for c in t["children"])
        return f"In it, at most once each: {names}."
    return "Its text is what it has." if t["content"] else "It is empty."


def page(t, readme):
    lines = [MADE, f"# `<{t['name']}>`", "",
             f"{t['text'][0].upper()}{t['text'][1:]}.", "",
             f"    {usage(t)}", ""]
    if t["attrs"]:
        lines += ["| attribute | type | default | meaning |", "|---|---|---|---|"]
        lines += [f"| `{a['name']}` | {TYPES.get(a['type'], a['type'])} | "
                  f"{default(a)} | {a['text']} |" for a in t["attrs"]]
        lines.append("")
    lines.append(contents(t))
    if readme:
        lines += ["", f"More of it: [vfs/plugin/{t['name']}]"
                  f"(../../../vfs/plugin/{t['name']}/README.md)."]
    return "\n".join(lines) + "\n"


def index(all_types):
    rows = "".join(f"| [`<{t['name']}>`](vfs/{t['name']}.md) | {t['text']} |\n"
                   for t in all_types)
    return f"{MADE}\n{INDEX}{rows}{TAIL}"


# ---- XSD ----

def node_type(top, t):
    made = xsd.add(top, "complexType", name=t["name"])
    xsd.document_it(made, t["text"])
    if t["content"]:
        made.set("mixed", "true")
    if t["any"] or t["children"]:
        inner = xsd.add(made, "choice", **xsd.MANY)
        if t["any"]:
            xsd.add(inner, "any", processContents="skip")
        for c in t["children"]:
            xsd.add(inner, "element", name=c)
    xsd.attributes(made, {"attrs": [
        dict(a, words=None, least=0, type="file" if a["type"] == "name"
             else a["type"]) for a in t["attrs"]]})


def document(all_types):
    ET.register_namespace("xs", xsd.XS)
    top = ET.Element(f"{{{xsd.XS}}}schema")
    top.append(ET.Comment(NOTE))
    xsd.add(top, "element", name="vfs", type="tree")
    nodes = xsd.add(xsd.add(top, "group", name="nodes"), "choice")
    xsd.add(nodes, "element", name="dir", type="dir")
    for t in all_types:
        xsd.add(nodes, "element", name=t["name"], type=t["name"])
        node_type(top, t)
    for name in ("tree", "dir"):
        made = xsd.add(top, "complexType", name=name)
        xsd.add(made, "group", ref="nodes", **xsd.MANY)
        if name == "dir":
            xsd.add(made, "attribute", name="name", type="file",
                    use="required")
        else:
            xsd.add(made, "attribute", name="rom", type="some-text")
    xsd.value_types(top, types.SimpleNamespace(name_max=NAME_MAX))
    xsd.simple(top, [("pattern", r"[^/.][^/]*|\.[^/.][^/]*|\.\.[^/]+"),
                     ("maxLength", NAME_MAX)], name="file")
    ET.indent(top)
    return ET.tostring(top, encoding="unicode") + "\n"


def files(dump, folder):
    """Texts by path below docs/reference, which `folder` is."""
    all_types = load(dump)
    plugins = os.path.join(folder, "../../vfs/plugin")
    made = {f"vfs/{t['name']}.md": page(t, os.path.exists(
        os.path.join(plugins, t["name"], "README.md"))) for t in all_types}
    made["vfs.md"] = index(all_types)
    made["fief-vfs.xsd"] = document(all_types)
    return made
