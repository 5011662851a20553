"""A ninjs item whatever its version: its fields by name, each with the place where it stood.

1.x and 2.x write `versioncreated` where 3.x writes `versionCreated`, so names are compared without case. What
1.x has as an object of named entries (renditions, associations) is later a list of entries with a `name`;
both are read alike. A null is an absent field.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from services.ingest.core.characters import is_blank
from services.ingest.core.faults import pointer

# White space with a line break or a tab in it; plain spaces, U+3000 too, stay as sent. Without the bound a
# text of nothing but spaces would be searched anew from each of them.
_BREAKS: Final = re.compile(r" {0,9}[\t-\r\x85\u2028\u2029][ \t-\r\x85\u2028\u2029]*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_TOO_LARGE: Final = 2**53


@dataclass(frozen=True, slots=True)
class Found:
    """A value and the JSON pointer to it."""

    value: Any
    pointer: str


@dataclass(frozen=True, slots=True)
class Item:
    """An item, or any object inside one: fields by their name in small letters."""

    fields: dict[str, Found]

    def find(self, *names: str) -> Found | None:
        """Give the first of these fields that is there."""
        return next((self.fields[name] for name in names if name in self.fields), None)

    def text(self, *names: str, longest: int | None = None) -> str:
        """Give the first of these fields that is a visible text, as one line; else an empty one."""
        texts = (tidy(self.fields[name].value) for name in names if name in self.fields)
        return next((text for text in texts if text and (longest is None or len(text) <= longest)), "")

    def said(self, *names: str) -> Found | None:
        """Give the same with its place."""
        there = (self.fields[name] for name in names if name in self.fields)
        return next((Found(text, found.pointer) for found in there if (text := tidy(found.value))), None)

    def number(self, name: str) -> int | None:
        """Give a field as a whole number from 0; None if it is not one."""
        found = self.find(name)
        return whole(found.value) if found else None

    def entries(self, name: str) -> Iterator[tuple[str, "Item"]]:
        """Give the objects that a list, or an object of named entries, holds; each with its name."""
        if found := self.find(name):
            yield from _entries(found, "")


def field_name(name: str) -> str:
    """Give the one name that a field has in all versions."""
    small = name.lower()
    return "embargoed" if small == "embargoeduntil" else small


def item_of(found: Found) -> Item:
    """Read an object's fields; a bare text stands for the object's name and value."""
    if isinstance(found.value, dict):
        present = ((name, value) for name, value in found.value.items() if value is not None)
        return Item({field_name(name): Found(v, found.pointer + pointer((name,))) for name, v in present})
    return Item({"name": found, "value": found} if isinstance(found.value, str) else {})


def _entries(found: Found, name: str) -> Iterator[tuple[str, Item]]:
    match found.value:
        case list() as entries:
            for index, entry in enumerate(entries):
                item = item_of(Found(entry, f"{found.pointer}/{index}"))
                yield item.text("name") or name, item
        case dict() as named if any(isinstance(value, dict | list) for value in named.values()):
            for key, value in named.items():
                entry = Found(value, found.pointer + pointer((key,)))
                if isinstance(value, list):
                    yield from _entries(entry, key)
                elif isinstance(value, dict):
                    yield key, item_of(entry)
        case dict() | str():
            yield name, item_of(found)


def one_line(text: str) -> str:
    """Replace line breaks, and the white space about them, by one space."""
    return _BREAKS.sub(" ", text).strip(" ")


def tidy(value: Any) -> str:
    """Give a text as one line that every model takes; an empty one where no text is visible."""
    text = _CONTROL.sub("", one_line(value)) if isinstance(value, str) else ""
    return "" if is_blank(text) else text.strip(" ")


def whole(value: Any) -> int | None:
    """Give what is written as a whole number from 0 (3, 3.0, "3"); else None."""
    if isinstance(value, str):
        value = int(value) if re.fullmatch(r"[0-9]{1,16}", value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < _TOO_LARGE and value == int(value) else None
