"""What must become of the messages, worked out in plain Python by the words of the design.

Nothing here is taken from ingest's core. In an id's own partition its messages are decided one after the
other as the log has them; only what was sent there from another partition keeps the time of its first
arrival. A repeat, a crash, a clock or a second owner changes nothing.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from shared.topics import INGEST, PARTITIONS
from tests.unit.ingest.simulation.logs import Logs, Record
from tests.unit.ingest.simulation.story import Said

Place = tuple[int, int]
Arrived = tuple[int, int, int]
LATEST: Final[Arrived] = (2**62, 0, 0)


class Outcome(NamedTuple):
    """What becomes of a message: `what` is accepted, refused, repeat, set aside, or away (sent home)."""

    what: str
    said: Said
    arrived: Arrived
    statuses: tuple[int, ...] = ()


@dataclass(frozen=True)
class Article:
    """What stands of an article."""

    order: tuple[int, Arrived] | None = None
    mark: Arrived | None = None
    withdrawn: bool = False
    title: str = ""
    requests: dict[str, str] = field(default_factory=dict)
    """Accepted requests by key."""
    newest: Arrived = (0, 0, 0)
    """Behind everything that was accepted."""

    def verdict(self, said: Said, arrived: Arrived, name: str) -> str | int:
        """Say `accepted`, `repeat`, or the status of a refusal."""
        if (key := key_of(name)) in self.requests:
            return "repeat" if self.requests[key] == name else 409
        order, marked = (said.revision, arrived), self.mark is not None and arrived <= self.mark
        match said.kind:
            case "publish":
                stale = marked or (self.order is not None and order < self.order)
                return 409 if self.withdrawn or stale else 413 if said.large else "accepted"
            case "withdraw":
                return 409 if marked else "accepted"
            case "reinstate":
                return 409 if marked or not self.withdrawn else "accepted"
            case "void":
                return "accepted"
            case _:
                return 409 if self.order is None else "accepted"

    def after(self, said: Said, here: Arrived, arrived: Arrived, name: str) -> "Article":
        """Give what stands once a message is accepted."""
        requests = self.requests | ({key: name} if (key := key_of(name)) else {})
        told = replace(self, requests=requests, newest=max(self.newest, here))
        match said.kind:
            case "publish":
                return replace(told, order=(said.revision, arrived), title=said.title)
            case "withdraw":
                return replace(told, order=None, mark=arrived, withdrawn=True, title="")
            case "reinstate":
                return replace(told, mark=arrived, withdrawn=False)
            case _:
                return told


def key_of(name: str) -> str:
    """Give the Idempotency-Key's part of a request's name; "" if it has none."""
    return name.rpartition("-")[0] if name.startswith("idem-") else ""


class Model:
    """The outcome of every record of ingest.v1, and what stands of every article."""

    def __init__(self, logs: Logs, said: dict[bytes | None, Said], home: Callable[[str], int]) -> None:
        self._logs = logs.of(INGEST.name)
        self._said, self._home = said, home
        self._read = [0] * len(self._logs)
        self._accepted: set[tuple[str, Arrived]] = set()
        self.outcomes: dict[Place, Outcome] = {}
        self.history: dict[str, list[Article]] = {}
        """All that has ever stood of an article, the newest last."""

    def article(self, name: str) -> Article:
        """Give what stands of an article."""
        return self.states(name)[-1]

    def states(self, name: str) -> list[Article]:
        """Give all that has ever stood of an article."""
        return self.history.setdefault(name, [Article()])

    def catch_up(self, set_aside: Container[Place] = ()) -> None:
        """Read on to the end; what was set aside counts as not sent."""
        for n, log in enumerate(self._logs):
            for record in log.ever[self._read[n] :]:
                place = n, record.offset
                self.outcomes[place] = (
                    Outcome("set aside", self._said[record.value], place_in_time(record))
                    if place in set_aside
                    else self._decide(record)
                )
            self._read[n] = log.end

    def _decide(self, record: Record) -> Outcome:
        said, here, stamped = self._said[record.value], place_in_time(record), stamp_of(record)
        name = (first(record, "ce_requestid") or b"").decode(errors="replace")
        if said.refused:
            return Outcome("refused", said, here, (said.refused,))
        if self._home(said.article) != record.partition:
            return Outcome("away", said, stamped or here)
        identity = said.article, stamped or here
        if identity in self._accepted:
            return Outcome("repeat", said, identity[1])
        article = self.article(said.article)
        if here <= article.newest:
            # in its own partition a message is behind all others, whatever the broker's clock says
            here = article.newest[0] + 1, *here[1:]
        arrived = here if stamped is None else min(stamped, here)
        verdict = article.verdict(said, arrived, name)
        if isinstance(verdict, int):
            return Outcome("refused", said, arrived, (409, 413) if said.large else (verdict,))
        if verdict == "accepted":
            self._accepted.add(identity)
            self.states(said.article).append(article.after(said, here, arrived, name))
        return Outcome(verdict, said, arrived)


def first(record: Record, name: str) -> bytes | None:
    """Give the first value of a header, whatever the case of its name."""
    return next((v for n, v in record.headers if n.lower() == name and v is not None), None)


def place_in_time(record: Record) -> Arrived:
    """Give when and where a record was appended."""
    return record.timestamp, record.partition, record.offset


def stamp_of(record: Record) -> Arrived | None:
    """Give where a record says that it first arrived, if that can be."""
    said = (first(record, "ce_arrived") or b"").split(b"/")
    if len(said) != 3 or not all(part.isdigit() for part in said):
        return None
    at, partition, offset = map(int, said)
    return (at, partition, offset) if at < 2**47 and partition < PARTITIONS else None
