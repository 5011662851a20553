"""A dead letter: what was refused, why, where it lay, and what of it is told to whom.

It is named by its place in ingest.v1.dead, `3-17` for offset 17 of partition 3: a letter never moves, and a
message that is refused twice is two letters.
"""

import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple

from pydantic import BaseModel
from pydantic_core import from_json

from services.ingest.core.editions import UNKNOWN, Edition
from services.ingest.core.faults import Rejection
from services.ingest.core.outputs import Output
from services.ingest.core.quarantine import SET_ASIDE
from services.ingest.core.reading import Headers
from services.ingest.core.rights import Publisher
from shared import problem
from shared.events import Arrival
from shared.topics import DEAD, INGEST
from shared.wire import ARRIVED, PUBLISHER, REQUEST_ID, first_values, request_id

PROBLEM: Final = "remen-problem"
REFUSED_AT: Final = ("remen-topic", "remen-partition", "remen-offset")
SECTION: Final = "remen-section"
SIZE: Final = "remen-size"
DIGEST: Final = "remen-sha256"
"""Of a record that was too large to be kept: its bytes, and their SHA-256 in hexadecimal."""

SETTLES: Final = "remen-settles"
HOW: Final = "remen-how"
"""Of a record that says what became of a letter that was set aside: its place, and replayed or skipped."""

_OURS: Final = "remen-"
_KEPT_BYTES: Final = 1000
_LONGEST_REQUEST_ID: Final = 100
_LONGEST_PUBLISHER: Final = 300
_LONGEST_PROBLEM_BYTES: Final = 64 * 1024
"""What ingest writes is far shorter; a longer one is cut, and so no problem document."""


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
            raise ValueError(f"{text!r} is not the place of a dead letter; write it like 3-17")
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
    publisher: str | None
    """Who sent it; None is the newsroom."""
    size: int
    is_whole: bool
    """Whether key, value and headers are here as they were sent; else the message was too large to be
    kept."""
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

    @property
    def is_set_aside(self) -> bool:
        """Tell whether ingest could not decide, so that an operator must look at it."""
        return self.problem.get("status") == SET_ASIDE

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


def of(
    rejection: Rejection,
    position: Arrival,
    key: bytes | None,
    value: bytes | None,
    headers: Headers,
    topic: str = INGEST.name,
) -> Output:
    """Write the letter of a refused record: the record unchanged, with the reason and where it lay.

    One that is too large to be kept is known by where it lay, its size, its digest and how it begins.
    """
    where = (topic, str(position.partition), str(position.offset))
    reason = [
        (PROBLEM, problem.as_bytes(rejection.problem())),
        *((name, text.encode()) for name, text in zip(REFUSED_AT, where, strict=True)),
        (SECTION, (rejection.section or "").encode()),
    ]
    # a record with neither key nor value is possible in Kafka, but not with this client
    kept = b"" if key is None and value is None else value
    whole = Output(DEAD, position.partition, key, kept, (*headers, *reason))
    if whole.fits():
        return whole
    content = value or b""
    cut = [(SIZE, b"%d" % len(content)), (DIGEST, sha256(content).hexdigest().encode())]
    told = [(REQUEST_ID, request_id(headers)[:_LONGEST_REQUEST_ID].encode())]
    if PUBLISHER in (found := first_values(headers)):
        told.append((PUBLISHER, found[PUBLISHER][:_LONGEST_PUBLISHER]))
    return Output(
        DEAD, position.partition, key and key[:_KEPT_BYTES], content[:_KEPT_BYTES], (*told, *reason, *cut)
    )


def read_letter(
    age: Age, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes | None]]
) -> DeadLetter | None:
    """Read a record of ingest.v1.dead; None if ingest did not write it."""
    # The last of a name is ours: the publisher's own headers, whatever they are called, come before.
    ours = {name: content or b"" for name, content in headers if name.startswith(_OURS)}
    try:
        found = from_json(ours[PROBLEM][:_LONGEST_PROBLEM_BYTES])
        topic, partition, offset = (ours[name].decode() for name in REFUSED_AT)
        refused_at = (topic, _number(partition), _number(offset))
        size = _number(ours[SIZE].decode()) if SIZE in ours else len(value or b"")
        section = ours[SECTION].decode() if SECTION in ours else ""
    except (KeyError, ValueError):
        return None
    if not isinstance(found, dict):
        return None
    sent = tuple((name, content) for name, content in headers if not name.startswith(_OURS))
    by = first_values(sent).get(PUBLISHER)
    return DeadLetter(
        age=age,
        problem=found,
        refused_at=refused_at,
        section=section or None,
        publisher=None if by is None else by.decode(errors="replace"),
        size=size,
        is_whole=SIZE not in ours,
        key=key,
        value=value,
        headers=sent,
    )


def settlement(place: Place, how: Literal["replayed", "skipped"]) -> Output:
    """Write that a letter which was set aside needs no further look."""
    name = str(place).encode()
    return Output(DEAD, place.partition, name, b"", ((SETTLES, name), (HOW, how.encode())))


def read_settlement(headers: Sequence[tuple[str, bytes | None]]) -> Place | None:
    """Read which letter a record settles; None if it settles none."""
    try:
        return Place.read(first_values(headers)[SETTLES].decode())
    except (KeyError, ValueError):
        return None


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
        raise ValueError("not a number that Kafka gives")
    return int(text)


def sent_again(headers: Headers) -> Headers:
    """Give the headers of a new arrival: as sent, but for where it arrived and who waited for it then."""
    return tuple(header for header in headers if header[0].lower() not in {ARRIVED, REQUEST_ID})


def may_be_told(
    letter: DeadLetter, to: Publisher, edition: Edition, asked_id: str | None, now: datetime
) -> bool:
    """Tell whether a publisher may be told of a refusal; `edition` is what is known of the letter's article.

    It is told of its own messages. Of others' it is told only if their article, where one is known, is no
    secret to it: of those that name a section of its own, and where a message names none, of those about an
    article that stands in one. A message that names neither section nor article has nothing that could be
    given away. One that names only an article nobody knows may be another's secret by its id alone: it is
    told to those who know the id and ask for it.
    """
    if to.knows_all or letter.publisher == to.name:
        return True
    if edition != UNKNOWN and to.sees(edition, now) != "all":
        return False
    if section := letter.section or edition.section:
        return to.may_write(section)
    return letter.id is None or letter.id == asked_id


def page(
    letters: Iterable[DeadLetter], limit: int, before: Age | None
) -> tuple[list[DeadLetter], Age | None]:
    """Give the newest letters older than `before`, newest first, and where the next page begins, if any."""
    older = (letter for letter in letters if before is None or letter.age < before)
    found = heapq.nlargest(limit + 1, older, key=lambda letter: letter.age)
    return found[:limit], found[limit - 1].age if len(found) > limit else None
