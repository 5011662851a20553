"""What ingest writes, as Kafka records: the events of an accepted input, and an input on its way home.

A record says by its headers which input it came from: that is how a repeat is recognised, and how whoever
waits for the outcome is told.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from services.ingest.core import notes
from services.ingest.core.arrivals import brought
from services.ingest.core.decide import Accepted, DeskEvent
from services.ingest.core.editions import FOREIGN, Origin
from services.ingest.core.idempotency import REMEMBERED, key_of
from services.ingest.core.notes import Note
from services.ingest.core.reading import Headers
from shared import wire
from shared.articles import MARK_SUFFIX, ArticleEvent, TextErased
from shared.events import Arrival, ArticlePublished
from shared.topics import ARTICLES, DESK, INGEST, Topic

INPUT: Final = wire.INPUT
REQUESTS: Final = "ce_requests"
"""CloudEvents extension on outputs: the newest requests with an Idempotency-Key that the article accepted."""
ARRIVALS: Final = "ce_arrivals"
"""CloudEvents extension on outputs: where the article's newest inputs first arrived that were sent home."""

_SOURCE: Final = "/remen/ingest"
_PASSED_ON: Final = (wire.TRACEPARENT, wire.REQUEST_ID, wire.PUBLISHER)
_KAFKA_DEFAULT_BYTES: Final = 1_048_588
_RECORD_BYTES: Final = 1024
"""What Kafka adds to a record and to the batch that it is alone in, at most."""
_HEADER_BYTES: Final = 10


class Output(NamedTuple):
    """A record to be written."""

    topic: Topic
    partition: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]

    def size(self) -> int:
        """Give the bytes that it takes in Kafka, at most."""
        headers = sum(len(name) * 4 + len(content or b"") + _HEADER_BYTES for name, content in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers + _RECORD_BYTES

    def fits(self) -> bool:
        """Tell whether its topic takes a record of this size, however badly it compresses."""
        return self.size() <= int(self.topic.config.get("max.message.bytes", _KAFKA_DEFAULT_BYTES))


def of_accepted(
    outcome: Accepted,
    origin: Origin,
    position: Arrival,
    headers: Mapping[str, bytes],
    noted: tuple[Note, ...] = (),
) -> tuple[Output, ...]:
    """Write the events of an accepted input that lies at this position, in their order.

    Some of its `headers`, by their names in small letters, are passed on.
    """
    named = wire.event_id(INGEST.name, position.partition, position.offset)
    passed_on = [(INPUT, wire.write_arrival(position))]
    passed_on += [(name, headers[name]) for name in _PASSED_ON if name in headers]
    if origin.arrived is not None:
        passed_on.append((wire.ARRIVED, wire.write_arrival(origin.arrived)))
    if outcome.desk is not None:
        return (_of_desk(outcome.desk, named, position, passed_on),)
    if origin.requests:
        passed_on.append((REQUESTS, ",".join(origin.requests).encode()))
    if origin.sent_home:
        passed_on.append((ARRIVALS, b",".join(map(wire.write_arrival, origin.sent_home))))
    if noted:
        passed_on.append((wire.NOTES, notes.write(noted)))
    return tuple(of_article(event, named, passed_on) for event in outcome.articles)


def origin_of(headers: Headers, partition: int) -> Origin:
    """Read which input a record of this partition came from; ValueError if ingest cannot have written it."""
    found = wire.first_values(headers)
    if INPUT not in found:
        return FOREIGN
    position = wire.read_arrival(found[INPUT])
    if position.partition != partition:
        raise ValueError(f"{INPUT} names partition {position.partition} in partition {partition}")
    arrived = wire.read_arrival(found[wire.ARRIVED]) if wire.ARRIVED in found else None
    requests = found.get(REQUESTS, found.get(wire.REQUEST_ID, b"")).decode(errors="replace").split(",")
    arrivals = found[ARRIVALS].split(b",") if ARRIVALS in found else []
    return Origin(
        position,
        arrived,
        tuple(filter(key_of, requests))[-REMEMBERED:],
        tuple(map(wire.read_arrival, arrivals)) or tuple(filter(None, [arrived])),
    )


def of_article(event: ArticleEvent, origin: str, passed_on: list[tuple[str, bytes]]) -> Output:
    """Write one event of articles.v1; `origin` names what it came from."""
    home = wire.partition_for(event.id)
    if isinstance(event, TextErased):
        return Output(ARTICLES, home, event.id.encode(), None, (("ce_id", origin.encode()), *passed_on))
    published = isinstance(event, ArticlePublished)
    at = event.modified_at if isinstance(event, ArticlePublished) else _when(event.arrival)
    headers = wire.event_headers(event, source=_SOURCE, event_id=origin, at=at, passed_on=passed_on)
    key = event.id if published else event.id + MARK_SUFFIX
    return Output(ARTICLES, home, key.encode(), wire.encode(event), tuple(headers))


def sent_home(article_id: str, arrived: Arrival, value: bytes | None, headers: Headers) -> Output:
    """Write an input again, keyed and into the partition of its id, saying where it first arrived."""
    kept = [(name, content) for name, content in headers if name.lower() != wire.ARRIVED]
    stamped = (*kept, (wire.ARRIVED, wire.write_arrival(arrived)))
    return Output(INGEST, wire.partition_for(article_id), article_id.encode(), value, stamped)


def brought_home(
    publisher: str, position: Arrival, key: bytes | None, value: bytes | None, headers: Headers
) -> Output:
    """Write a record of a publisher's own topic into ingest.v1, saying whose it is and where it arrived.

    What the record itself says of either counts for nothing.
    """
    ours = (
        (wire.PUBLISHER, publisher.encode()),
        (wire.ARRIVED, wire.write_arrival(brought(publisher, position))),
    )
    kept = [header for header in headers if header[0].lower() not in dict(ours)]
    # a record with neither key nor value is possible in Kafka, but not with this client
    content = b"" if key is None and value is None else value
    return Output(INGEST, position.partition, key, content, (*kept, *ours))


def submitted(article_id: str, value: bytes, headers: Headers) -> Output:
    """Write an input that came over HTTP."""
    return Output(INGEST, wire.partition_for(article_id), article_id.encode(), value, tuple(headers))


def _of_desk(event: DeskEvent, origin: str, position: Arrival, passed_on: list[tuple[str, bytes]]) -> Output:
    at = _when(position)
    headers = wire.event_headers(event, source=_SOURCE, event_id=origin, at=at, passed_on=passed_on)
    return Output(DESK, 0, None, wire.encode(event), tuple(headers))


def _when(arrival: Arrival) -> datetime:
    return datetime.fromtimestamp(arrival.at_ms / 1000, UTC)
