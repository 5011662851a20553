"""The words of an item while it is read: ninjs's fields, where each stood, and what is told of the rest."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element

from services.ingest.core.notes import Notes

_SPACE: Final = re.compile(r"[ \t\r\n]+")

_BETWEEN: Final = {
    "byttl": (", ", " "),
    **dict.fromkeys(("p", "br", "block", "li", "td", "th", "hl1", "hl2", "name"), (" ", " ")),
}
"""What stands around an element where lines are joined, so that no two words become one."""


@dataclass(slots=True)
class Words:
    """What an item says, in ninjs's words."""

    sent: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    """Where the value of a ninjs field stood, by its pointer."""
    notes: Notes = field(default_factory=Notes)

    def put(self, name: str, value: Any, place: str) -> None:
        """Take a value where there is one; where it should stand is known in any case."""
        self.places.setdefault(f"/{name}", place)
        if value and name not in self.sent:
            self.sent[name] = value
            self.places[f"/{name}"] = place

    def set_aside(self, place: str, kind: str, detail: str) -> None:
        """Note that a part is not used."""
        self.notes.add(place, "set aside", kind, detail)

    def set_aside_others(self, parent: Element | None, known: frozenset[str]) -> None:
        """Note every element that nobody knows and that says something."""
        for one in parent if parent is not None else ():
            if one.tag not in known and (line_of(one) or one.attrib):
                said = line_of(one) or " ".join(one.attrib.values())
                self.set_aside(f"{one.tag}", "field", f"{one.tag} ({said[:60]}) is not a field of an article")


def named(text: str) -> frozenset[str]:
    """Give the words of a text, say the elements that are read."""
    return frozenset(text.split())


def line_of(element: Element | None) -> str:
    """Give all the text of an element as one line; an empty one if there is none."""
    if element is None:
        return ""
    pieces: list[str] = []
    _collect(element, pieces)
    return _SPACE.sub(" ", "".join(pieces)).strip(" ")


def _collect(element: Element, pieces: list[str]) -> None:
    pieces.append(element.text or "")
    for child in element:
        before, behind = _BETWEEN.get(child.tag, ("", ""))
        pieces.append(before)
        _collect(child, pieces)
        pieces += (behind, child.tail or "")


def names_in(elements: Iterable[Element | None]) -> list[str]:
    """Give the lines of elements that have one, each once."""
    return list(dict.fromkeys(filter(None, map(line_of, elements))))
