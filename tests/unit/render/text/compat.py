"""What a style sheet and a script use, and since when browsers know it.

`compat.tsv` is the part of MDN's browser-compat-data (CC0) that we use: a line for everything used, with the
first version of Chrome, Safari and Firefox; 0 is as old as what it stands in. After a change:

    npm pack @mdn/browser-compat-data    # and unpack it
    python -m tests.unit.render.text.compat package/data.json
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import tinycss2

from tests.unit.render.press import SERVICE

OLDEST: Final = (79.0, 13.0, 78.0)
"""Chrome, Safari, Firefox."""
TABLE: Final = Path(__file__).with_name("compat.tsv")
SHEET: Final = (SERVICE / "static" / "remen.css").read_text()
SCRIPTS: Final = sorted((SERVICE / "static").glob("*.js"))
_BROWSERS: Final = ("chrome", "safari", "firefox")
_NEVER: Final = 999.0


@dataclass(frozen=True, slots=True)
class Declaration:
    """A line of a style sheet: where it stands, what it sets, and what that takes of a browser."""

    rule: str
    name: str
    words: frozenset[str]
    has_variable: bool
    guards: frozenset[str]
    """What the conditions around it ask for."""


def declarations(sheet: str) -> Iterator[Declaration]:
    """Give every declaration of a sheet in its order."""
    rules = tinycss2.parse_stylesheet(sheet, True, True)
    found = list(_of_rules(rules, frozenset()))
    flexible = {one.rule for one in found if "display:flex" in one.words}
    boxes = frozenset(",".join(flexible).split(","))
    for one in found:
        is_gap = one.name == "gap" and not boxes.isdisjoint(one.rule.split(","))
        yield replace(one, words=one.words | {"gap:flex_context"}) if is_gap else one


def selectors(sheet: str) -> list[tuple[str, frozenset[str]]]:
    """Give every rule's selectors and the pseudo-classes and -elements in them."""
    return [
        (rule, frozenset(f"selector {name}" for name in re.findall(r"::?([a-z-]+)", rule)))
        for rule in dict.fromkeys(one.rule for one in declarations(sheet))
    ]


def conditions(sheet: str) -> frozenset[str]:
    """Give the rules that begin with @, and what the @media ask for."""
    rules = tinycss2.parse_stylesheet(sheet, True, True)
    found = set()
    for rule in rules:
        if rule.type == "at-rule":
            found.add(f"@{rule.at_keyword}")
            if rule.at_keyword == "media":
                asked = re.findall(r"\(([a-z-]+)", tinycss2.serialize(rule.prelude))
                found |= {f"@media {re.sub('^(min|max)-', '', name)}" for name in asked}
    return frozenset(found)


def parser() -> Any:
    """Give the parser of scripts; its tables take 120 MB, and not every worker needs them."""
    return import_module("esprima")


def names_in(script: str) -> frozenset[str]:
    """Give the names of everything that a script asks of an object."""
    found: set[str] = set()

    def look(node: Any, _: Any) -> None:
        if node.type == "MemberExpression" and not node.computed:
            found.add(f"api {node.property.name}")

    parser().parseScript(script, delegate=look)
    return frozenset(found)


def used() -> frozenset[str]:
    """Give all that our sheet and script use."""
    of_sheet = [one.words for one in declarations(SHEET)] + [words for _, words in selectors(SHEET)]
    of_scripts = [names_in(path.read_text()) for path in SCRIPTS]
    return frozenset().union(*of_sheet, conditions(SHEET), *of_scripts)


def table() -> dict[str, tuple[float, ...]]:
    """Give what is known: since when each browser has it."""
    lines = (line.split("\t") for line in TABLE.read_text().splitlines())
    return {what: tuple(float(version) for version in since) for what, *since in lines}


def is_newer(since: Sequence[float]) -> bool:
    """Tell whether one of the oldest browsers is without it."""
    return any(first > oldest for first, oldest in zip(since, OLDEST, strict=True))


def _of_rules(rules: Sequence[Any], guards: frozenset[str]) -> Iterator[Declaration]:
    for rule in rules:
        if rule.type == "at-rule" and rule.content and rule.at_keyword in ("media", "supports", "page"):
            asked = tinycss2.serialize(rule.prelude).strip()
            inner = guards
            if rule.at_keyword == "supports" and not asked.startswith("not"):
                condition = tinycss2.parse_one_declaration(asked.strip("()"))
                inner = guards | _declaration("", condition, guards).words
            if rule.at_keyword == "page":
                yield from _of_block("@page", rule.content, guards)
            else:
                yield from _of_rules(tinycss2.parse_rule_list(rule.content, True, True), inner)
        elif rule.type == "qualified-rule":
            yield from _of_block(tinycss2.serialize(rule.prelude).strip(), rule.content, guards)


def _of_block(rule: str, content: Sequence[Any], guards: frozenset[str]) -> Iterator[Declaration]:
    for line in tinycss2.parse_blocks_contents(content, True, True):
        yield _declaration(rule, line, guards)


def _declaration(rule: str, line: Any, guards: frozenset[str]) -> Declaration:
    words, has_variable = {line.name}, False
    for token in _flat(line.value):
        if token.type == "ident" and not token.value.startswith("--"):
            words.add(f"{line.name}:{token.lower_value}")
        elif token.type == "function":
            words.add(f"{token.lower_name}()")
            has_variable |= token.lower_name == "var"
            if token.lower_name == "counter":
                words |= {f"list-style-type:{style}" for style in _idents(token.arguments)[1:]}
        elif token.type == "string" and line.name == "list-style":
            words.add("list-style:string")
        elif line.name == "content" and token.type == "literal":
            words.add("content:alt_text")
    if line.name == "text-decoration" and len([one for one in line.value if one.type != "whitespace"]) > 1:
        words.add("text-decoration:includes_color-and-style")
    if line.name.startswith("--"):
        words = set()
    return Declaration(rule, line.name, frozenset(words), has_variable, guards)


def _flat(tokens: Sequence[Any]) -> Iterator[Any]:
    for token in tokens:
        yield token
        if token.type == "function" and token.lower_name not in ("attr", "counter"):
            yield from _flat(token.arguments)


def _idents(tokens: Sequence[Any]) -> list[str]:
    return [token.lower_value for token in tokens if token.type == "ident"]


def _first(support: Any) -> float:
    """Give the first version that has it by its own name and without a switch, if only in the main."""
    entries = support if isinstance(support, list) else [support]
    versions = [
        str(entry["version_added"]).lstrip("≤")
        for entry in entries
        if not entry.keys() & {"prefix", "alternative_name", "flags"}
        and ("version_removed" not in entry or entry.get("partial_implementation"))
    ]
    return min((float(one) for one in versions if re.fullmatch(r"[\d.]+", one)), default=_NEVER)


def _since(node: Any) -> tuple[float, ...]:
    return tuple(_first(node["__compat"]["support"][browser]) for browser in _BROWSERS)


def _known(data: Any, what: str) -> tuple[float, ...]:
    """Look up what is used; what the data do not tell of is as old as what it stands in."""
    css = data["css"]
    kind, _, name = what.rpartition(" ")
    parts: list[Any]
    if kind == "api":
        interfaces = [data["api"], *data["api"].values(), *data["javascript"]["builtins"].values()]
        parts = [one.get(name) for one in interfaces]
    elif kind == "selector":
        parts = [css["selectors"].get(name)]
    elif kind == "@media":
        parts = [css["at-rules"]["media"].get(name)]
    elif what.startswith("@"):
        parts = [css["at-rules"].get(what[1:])]
    elif what.endswith("()"):
        parts = [css["types"].get(what[:-2])]
    else:
        parts = _of_property(css["properties"], *what.split(":"))
    found = [_since(one) for one in parts if one and "__compat" in one]
    return min(found, default=(0.0, 0.0, 0.0))


def _of_property(properties: Any, name: str, value: str = "") -> list[Any]:
    """Give what is told of a property; of a value that a shorthand passes on, of its longhands."""
    own = properties.get(name, {})
    if not value:
        return [own]
    passed_on = [longhand.get(value) for key, longhand in properties.items() if key.startswith(f"{name}-")]
    return [own[value]] if value in own else passed_on


if __name__ == "__main__":
    compat = json.loads(Path(sys.argv[1]).read_text())
    lines = ["\t".join([what, *map("{:g}".format, _known(compat, what))]) for what in sorted(used())]
    TABLE.write_text("\n".join(lines) + "\n")
