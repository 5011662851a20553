"""What became of a part of an input that does not stand as it was sent: told, and nothing is refused for it.

A fault keeps an article from readers, a note lets it pass. What is not named in a note was used as it stands.
"""

import json
from collections.abc import Iterable
from typing import Any, Final, Literal, NamedTuple

from pydantic import TypeAdapter, ValidationError

Did = Literal["used", "changed", "set aside"]


class Note(NamedTuple):
    """One thing that was done; `pointer` is its place (a JSON pointer, "" the whole, or the sender's words).

    `kind` is what notes are counted by: one or two words, the same wherever the same is done.
    """

    pointer: str
    did: Did
    kind: str
    detail: str


LARGEST_BYTES: Final = 4_000
"""Of all notes on one input, as JSON; they travel in a header."""
_MOST: Final = 50
_LONGEST: Final = 300
"""Characters of a place, and of a detail."""
_MOST_KEPT: Final = 1_000
"""Different notes on one input that are told apart; no honest one needs them all."""
_NOTES: Final = TypeAdapter(tuple[Note, ...])


class Notes:
    """The notes on one input; of equal ones the first is told, and how many there are."""

    def __init__(self) -> None:
        self._found: dict[tuple[Did, str, str], tuple[str, int]] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, pointer: str, did: Did, kind: str, detail: str) -> None:
        """Take a note."""
        same = did, kind, detail[:_LONGEST]
        first, times = self._found.get(same, (pointer[:_LONGEST], 0))
        if times or len(self._found) < _MOST_KEPT:
            self._found[same] = first, times + 1

    def told(self) -> tuple[Note, ...]:
        """Give what is told, in the order in which it was found."""
        return tuple(
            Note(pointer, did, kind, f"{detail} ({times:,} times)" if times > 1 else detail)
            for (did, kind, detail), (pointer, times) in self._found.items()
        )


def bounded(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Give as many notes as there is room for, and say how many more there are."""
    every, told, room = tuple(notes), list[Note](), LARGEST_BYTES - 100
    for note in every[:_MOST]:
        room -= len(_as_json(note)) + 1
        if room < 0:
            break
        told.append(note)
    if more := len(every) - len(told):
        told.append(Note("", "changed", "more", f"{more:,} more note{'s' if more > 1 else ''}"))
    return tuple(told)


def as_objects(notes: Iterable[Note]) -> list[dict[str, Any]]:
    """Give notes as an answer has them."""
    return [note._asdict() for note in bounded(notes)]


def write(notes: Iterable[Note]) -> bytes:
    """Write notes as a header; at most LARGEST_BYTES."""
    return b"[" + b",".join(map(_as_json, bounded(notes))) + b"]"


def read(header: bytes) -> tuple[Note, ...]:
    """Read what `write` wrote; of anything else nothing."""
    try:
        return _NOTES.validate_json(header) if len(header) <= LARGEST_BYTES else ()
    except ValidationError:
        return ()


def _as_json(note: Note) -> bytes:
    return json.dumps(note._asdict(), ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
