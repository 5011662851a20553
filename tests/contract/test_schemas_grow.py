"""A schema of an event only grows: what a release promised of a class holds in every later version.

A class gets new fields, which may be absent, and new kinds of blocks and marks, which a reader leaves out.
All else is another class: a field that goes, is asked for, means or admits something else would be read
wrongly, or not at all, by the version beside it.
"""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dev.contracts.promises import FOLDER, promises

Schema = dict[str, Any]

TODAY: dict[str, Schema] = promises()["schemas"]
RELEASED = {path.stem: json.loads(path.read_text())["schemas"] for path in FOLDER.glob("*.json")}
WORDS = ("description", "title", "examples", "$schema")
"""What says nothing of a value."""


def broken(old: Any, new: Any, at: str = "") -> Iterator[str]:
    """Name what a schema no longer promises, or asks for all of a sudden."""
    if isinstance(old, dict) and isinstance(new, dict):
        is_map = at.endswith(("/properties", "/$defs"))
        words = [name for name in old.keys() | new.keys() if is_map or name not in WORDS]
        for name in sorted(words):
            if name in old and name in new:
                yield from broken(old[name], new[name], f"{at}/{name}")
            elif not (is_map and name in new) and not (name == "$defs" and name in new):
                yield f"{at}/{name}"
    elif at.endswith(("/oneOf", "/Mark/properties/kind/enum")):
        if any(one not in new for one in old):
            yield at
    elif at.endswith("/required"):
        if sorted(old) != sorted(new):
            yield at
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from broken(before, after, f"{at}/{number}")
    elif old != new:
        yield at


@pytest.mark.parametrize("version", RELEASED)
def test_what_a_release_promised_of_its_events_holds(version: str) -> None:
    found = {name: list(broken(schema, TODAY.get(name, {}))) for name, schema in RELEASED[version].items()}
    assert not {name: faults for name, faults in found.items() if faults}


def changed(change: Callable[[Schema], object]) -> list[str]:
    new = copy.deepcopy(TODAY["ArticlePublished"])
    change(new)
    return list(broken(TODAY["ArticlePublished"], new))


GROWS: dict[str, Callable[[Schema], object]] = {
    "a field": lambda new: new["properties"].update(mood={"type": "string", "default": ""}),
    "a kind of block": lambda new: (
        new["$defs"].update(Quiz={"type": "object"}),
        new["properties"]["blocks"]["items"]["oneOf"].append({"$ref": "#/$defs/Quiz"}),
    ),
    "a kind of mark": lambda new: new["$defs"]["Mark"]["properties"]["kind"]["enum"].append("glow"),
    "a word of explanation": lambda new: new.update(description="Said better."),
}
BREAKS: dict[str, tuple[Callable[[Schema], object], str]] = {
    "a field goes": (lambda new: new["properties"].pop("byline"), "/properties/byline"),
    "a field of a part goes": (
        lambda new: new["$defs"]["Picture"]["properties"].pop("alt"),
        "/$defs/Picture/properties/alt",
    ),
    "a field is asked for": (lambda new: new["required"].append("byline"), "/required"),
    "a field may be absent": (lambda new: new["required"].remove("section"), "/required"),
    "a type is another": (
        lambda new: new["properties"]["sponsored"].update(type="string"),
        "/properties/sponsored/type",
    ),
    "a default is another": (
        lambda new: new["properties"]["language"].update(default="zh-Hant"),
        "/properties/language/default",
    ),
    "a bound is wider": (
        lambda new: new["properties"]["title"].update(maxLength=400),
        "/properties/title/maxLength",
    ),
    "a bound is new": (lambda new: new["properties"]["tags"].update(maxItems=3), "/properties/tags/maxItems"),
    "a kind of block goes": (
        lambda new: new["properties"]["blocks"]["items"]["oneOf"].pop(),
        "/properties/blocks/items/oneOf",
    ),
    "other fields are forbidden": (
        lambda new: new.update(additionalProperties=False),
        "/additionalProperties",
    ),
}


@pytest.mark.parametrize("change", GROWS.values(), ids=GROWS)
def test_it_may_get(change: Callable[[Schema], object]) -> None:
    assert changed(change) == []


@pytest.mark.parametrize(("change", "at"), BREAKS.values(), ids=BREAKS)
def test_it_is_told_that(change: Callable[[Schema], object], at: str) -> None:
    assert changed(change) == [at]


def test_it_is_told_that_a_class_is_gone() -> None:
    assert list(broken(TODAY["View"], {})) == ["/properties", "/required", "/type"]
