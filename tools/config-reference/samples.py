# SPDX-License-Identifier: MIT
"""Configs made from the tables: right ones, and each with one mistake."""
import random

ORDERS = 12     # at random, of the children of one element
WRONG = {"name": "", "word": "a", "bool": "perhaps", "number": "many",
         "size": "1 M", "ms": "5s", "seconds": "1.5", "signed": "+1"}


def value(a, number=0):
    """One that the attribute may have; another one for another number."""
    if a["words"]:
        return a["words"][0]
    return f"a{number}" if a["type"] in ("text", "label", "name") else "1"


def tag(e, content="", number=0, **attrs):
    """With all that is required, unless it is given as None."""
    have = {a["name"]: value(a, number) for a in e["attrs"] if a["required"]}
    have.update(attrs)
    text = "".join(f' {k}="{v}"' for k, v in have.items() if v is not None)
    return f"<{e['name']}{text}>{content}</{e['name']}>"


def within(e, content):
    """Where the element may be first."""
    while e["parents"]:
        e = e["parents"][0]
        content = tag(e, content)
    return content


def shuffled(e, twice, chance):
    """The element with all that may be inside it, in any order, those that
    may be there more than once or are in `twice` two times."""
    inside = []
    for c in e["elements"]:
        for _ in range(2 if c in twice or not c["once"] else 1):
            inside.append(tag(c, number=len(inside)))
    chance.shuffle(inside)
    return within(e, tag(e, "\n ".join(inside)))


def right(schema):
    chance = random.Random(1)
    for e in schema.elements:
        yield e["place"], within(e, tag(e))
        yield f"example of {e['place']}", within(e, e["example"])
        for a in e["attrs"]:
            yield (f"{a['name']} of {e['place']}",
                   within(e, tag(e, **{a["name"]: value(a)})))
        for _ in range(ORDERS if e["elements"] else 0):
            yield f"contents of {e['place']}", shuffled(e, [], chance)


def wrong_values(e, a):
    if a["type"] in WRONG:
        yield WRONG[a["type"]]
    if a["least"]:
        yield from ("0", "0x00")
    if a["required"] and a["type"] == "text":
        yield ""


def wrong_attributes(e):
    for a in e["attrs"]:
        name = a["name"]
        yield f"misspelled {name}", tag(e, **{f"{name}Q": value(a)})
        for bad in wrong_values(e, a):
            yield f'{name}="{bad}"', tag(e, **{name: bad})
        if a["required"]:
            yield f"no {name}", tag(e, **{name: None})
        if a["unique"]:
            yield f"two of a {name}", tag(e) + tag(e)


def wrong(schema):
    chance = random.Random(2)
    for e in schema.elements:
        place = e["place"]
        yield f"misspelled {place}", within(e, f"<{e['name']}Q/>")
        for what, text in wrong_attributes(e):
            yield f"{what} of {place}", within(e, text)
        if not e["any"]:
            yield f"unknown in {place}", within(e, tag(e, "<what/>"))
            yield f"text in {place}", within(e, tag(e, "what"))
        for c in e["elements"]:
            for _ in range(ORDERS if c["once"] else 0):
                yield f"two {c['place']}", shuffled(e, [c], chance)
