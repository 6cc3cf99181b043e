# SPDX-License-Identifier: MIT
"""The schema of configs as config-dump writes it."""
import json
import subprocess

UNITS = "KMGT"


class Schema:
    """Elements, each with `elements` inside it and `parents` around it."""

    def __init__(self, dump):
        text = subprocess.run([dump], check=True, stdout=subprocess.PIPE,
                              text=True).stdout
        whole = json.loads(text)
        self.name_max = whole["name_max"]
        self.elements = whole["elements"]
        for e in self.elements:
            e["parents"] = []
        for e in self.elements:
            e["elements"] = [self.elements[i] for i in e["children"]]
            for child in e["elements"]:
                child["parents"].append(e)
        names = [e["name"] for e in self.elements]
        for e in self.elements:
            e["ambiguous"] = names.count(e["name"]) > 1
        self.root = self.elements[0]


def number_text(value):
    """As a user would write it: 256T, 1M, 1000000000."""
    unit = 0
    while unit < len(UNITS) and value and value % 1024 == 0:
        value //= 1024
        unit += 1
    return f"{value}{UNITS[unit - 1] if unit else ''}"
