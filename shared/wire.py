"""How an event lies in a Kafka record: CloudEvents 1.0, binary mode, readable UTF-8 JSON.

The event's class is named in the header `ce_type`; `ce_id` names the input that an event came from, so that a
repeat is recognisable. Partitions are Java's murmur2, whatever a publisher's own library would have chosen
(librdkafka's default agrees with it on 8 % of ids only).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from aiokafka.partitioner import murmur2

from shared.blocks import Part
from shared.events import Arrival, Event
from shared.topics import PARTITIONS

Headers = list[tuple[str, bytes]]

TYPE_PREFIX: Final = "remen."
TRACEPARENT: Final = "traceparent"
REQUEST_ID: Final = "ce_requestid"
"""CloudEvents extension: the HTTP request that an input, and so its outcome, belongs to."""
ARRIVED: Final = "ce_arrived"
"""CloudEvents extension on a record sent back into its id's partition: where it first arrived."""


def partition_for(article_id: str) -> int:
    """Give the partition (0–11) of an article in every topic keyed by article id."""
    return int(murmur2(article_id.encode()) & 0x7FFFFFFF) % PARTITIONS


def encode(event: Part) -> bytes:
    """Write the value of an event, or a part of one: JSON, UTF-8, unescaped."""
    return event.model_dump_json(exclude_none=True).encode()


def type_of(event: Event) -> str:
    """Name an event's class on the wire."""
    return TYPE_PREFIX + type(event).__name__


def event_headers(
    event: Event, *, source: str, event_id: str, at: datetime, passed_on: Iterable[tuple[str, bytes]] = ()
) -> Headers:
    """Write the CloudEvents headers of an event; `passed_on` follows them unchanged."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", event_id.encode()),
        ("ce_source", source.encode()),
        ("ce_type", type_of(event).encode()),
        ("ce_time", at.astimezone(UTC).isoformat().encode()),
        ("content-type", b"application/json"),
        *passed_on,
    ]


def event_id(topic: str, partition: int, offset: int) -> str:
    """Name an event after the input that it came from, so that a repeat is recognisable."""
    return f"{topic}/{partition}/{offset}"


def first_values(headers: Iterable[tuple[str, bytes | None]]) -> Mapping[str, bytes]:
    """Give each header's first value by its lower-case name."""
    values: dict[str, bytes] = {}
    for name, value in headers:
        if value is not None:
            values.setdefault(name.lower(), value)
    return values


def request_id(headers: Iterable[tuple[str, bytes | None]]) -> str:
    """Give the request that a record belongs to; "" if none."""
    return first_values(headers).get(REQUEST_ID, b"").decode(errors="replace")


def write_arrival(arrival: Arrival) -> bytes:
    """Write where an input first arrived, for the header `ce_arrived`."""
    return "/".join(map(str, arrival)).encode()


def read_arrival(value: bytes) -> Arrival:
    """Read the header `ce_arrived`; ValueError if it is not three numbers that Kafka can have given."""
    at, partition, offset = map(int, value.split(b"/"))
    if not (0 <= at < 2**47 and 0 <= partition < PARTITIONS and 0 <= offset < 2**63):
        raise ValueError("no record can lie there")
    return Arrival(at, partition, offset)
