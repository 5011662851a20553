"""A dead letter: what was refused, why, where it lay, and what of it is told to whom.

It is named by its place in ingest.v1.dead, `3-17` for offset 17 of partition 3: a letter never moves, and a
message that is refused twice is two letters.
"""

import heapq
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from services.ingest.core.faults import Rejection
from services.ingest.core.field_types import section_name
from services.ingest.core.reading import Defaults, Headers, read_native
from shared.wire import ARRIVED, REQUEST_ID

PROBLEM: Final = "remen-problem"
REFUSED_AT: Final = ("remen-topic", "remen-partition", "remen-offset")
_OURS: Final = "remen-"


class Place(NamedTuple):
    """Where a letter lies in ingest.v1.dead."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}-{self.offset}"

    @classmethod
    def read(cls, text: str) -> "Place":
        """Read `3-17`; ValueError says what a place looks like."""
        if not re.fullmatch(r"[0-9]{1,4}-[0-9]{1,18}", text):
            raise ValueError(f"{text!r} is no place of a dead letter; one looks like 3-17")
        return cls(*map(int, text.split("-")))


class Age(NamedTuple):
    """When and where a letter was written: their order, and the cursor of a page."""

    at_ms: int
    partition: int
    offset: int

    def __str__(self) -> str:
        return "-".join(map(str, self))

    @classmethod
    def read(cls, cursor: str) -> "Age":
        """Read a cursor that matches `CURSOR`."""
        return cls(*map(int, cursor.split("-")))


CURSOR: Final = r"^[0-9]{1,15}-[0-9]{1,4}-[0-9]{1,18}$"


class Refusal(BaseModel):
    """What is told of a dead letter: never its text."""

    place: str
    at: datetime
    id: str | None
    problem: dict[str, Any]
    topic: str
    partition: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A refused message as it was sent, with the reason; `refused_at` is where it lay when it was refused."""

    age: Age
    problem: dict[str, Any]
    refused_at: tuple[str, int, int]
    section: str | None
    """That the message names, if that can be read."""
    size: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def place(self) -> Place:
        """The name of the letter."""
        return Place(self.age.partition, self.age.offset)

    @property
    def id(self) -> str | None:
        """The article that the message is about, if it says so."""
        named = self.problem.get("id")
        return named if isinstance(named, str) else None

    def told(self) -> Refusal:
        """Give what is told of it."""
        topic, partition, offset = self.refused_at
        return Refusal(
            place=str(self.place),
            at=datetime.fromtimestamp(self.age.at_ms / 1000, UTC),
            id=self.id,
            problem=self.problem,
            topic=topic,
            partition=partition,
            offset=offset,
            size=self.size,
        )

    def without_text(self) -> "DeadLetter":
        """Keep only what is told of it."""
        return replace(self, key=None, value=None, headers=())


def read_letter(
    age: Age, key: bytes | None, value: bytes | None, headers: Headers, defaults: Defaults
) -> DeadLetter | None:
    """Read a record of ingest.v1.dead; None if ingest did not write it."""
    # The last of a name is ours: the publisher's own headers, whatever they are called, come before.
    ours = {name: content or b"" for name, content in headers if name.startswith(_OURS)}
    try:
        problem = json.loads(ours[PROBLEM])
        topic, partition, offset = (ours[name].decode() for name in REFUSED_AT)
        refused_at = (topic, int(partition), int(offset))
    except (KeyError, ValueError):
        return None
    if not isinstance(problem, dict):
        return None
    sent = tuple((name, content) for name, content in headers if not name.startswith(_OURS))
    section = _section_of(value, defaults)
    return DeadLetter(age, problem, refused_at, section, len(value or b""), key, value, sent)


def _section_of(value: bytes | None, defaults: Defaults) -> str | None:
    native = read_native(value, defaults)
    named = None if isinstance(native, Rejection) else native.sent.get("section")
    try:
        return section_name(named) if isinstance(named, str) else None
    except ValueError:
        return None


def sent_again(letter: DeadLetter) -> Headers:
    """Give the headers of a new arrival: as sent, but for where it arrived and who waited for it then."""
    replaced = {ARRIVED, REQUEST_ID}
    return tuple((name, content) for name, content in letter.headers if name.lower() not in replaced)


def may_be_told(
    letter: DeadLetter, may_write: Callable[[str], bool], known_section: str, asked_id: str | None
) -> bool:
    """Tell whether a publisher who may write some sections may be told of a refusal.

    It is told of messages that name a section of its own, and where a message names none, of those about an
    article that stands in one (`known_section`, "" if the article is not known). A message that names neither
    section nor article has nothing that could be given away. One that names only an article nobody knows may
    be another's secret by its id alone: it is told to those who know the id and ask for it.
    """
    section = letter.section or known_section
    if section:
        return may_write(section)
    return letter.id is None or letter.id == asked_id


def page(
    letters: Iterable[DeadLetter], limit: int, before: Age | None
) -> tuple[list[DeadLetter], Age | None]:
    """Give the newest letters older than `before`, newest first, and where the next page begins, if any."""
    older = (letter for letter in letters if before is None or letter.age < before)
    found = heapq.nlargest(limit + 1, older, key=lambda letter: letter.age)
    return found[:limit], found[limit - 1].age if len(found) > limit else None
