"""How an event lies in a Kafka record: CloudEvents 1.0, binary mode, readable UTF-8 JSON.

The event's class is named in the header `ce_type`; `ce_id` names the input that an event came from, so that a
repeat is recognisable. Partitions are Java's murmur2, whatever a publisher's own library would have chosen
(librdkafka's default agrees with it on 8 % of ids only).
"""

import re
import struct
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from pydantic_core import to_json

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
PUBLISHER: Final = "ce_publisher"
"""CloudEvents extension: who sent an input. Ingest writes it; without it, it was the newsroom."""
INPUT: Final = "ce_input"
"""CloudEvents extension on what ingest decided: the input's place in its id's own partition of ingest.v1."""
NOTES: Final = "ce_notes"
"""CloudEvents extension: what became of parts of an input that do not stand as they were sent, as JSON."""

_SEED: Final = 0x9747B28C
_M: Final = 0x5BD1E995
_32_BITS: Final = 0xFFFFFFFF
_ARRIVAL: Final = re.compile(rb"([0-9]{1,15})/([0-9]{1,2})/([0-9]{1,19})")
_LONGEST_REQUEST_ID: Final = 1000
"""Bytes; an Idempotency-Key and all that stands beside it take less."""


@lru_cache(maxsize=1024)
def partition_for(article_id: str) -> int:
    """Give the partition (0–11) of an article in every topic keyed by article id.

    It is asked for again and again while an article is in hand.
    """
    return (murmur2(article_id.encode()) & 0x7FFFFFFF) % PARTITIONS


def murmur2(key: bytes) -> int:
    """Hash a key as Kafka's Java client does: 32 bits.

    Every record that is read costs one; aiokafka's goes byte by byte and takes twice as long.
    """
    words, tail = divmod(len(key), 4)
    hashed = _SEED ^ len(key)
    for word in struct.unpack_from(f"<{words}I", key):
        mixed = word * _M & _32_BITS
        hashed = (hashed * _M & _32_BITS) ^ ((mixed ^ mixed >> 24) * _M & _32_BITS)
    if tail:
        hashed = (hashed ^ int.from_bytes(key[-tail:], "little")) * _M & _32_BITS
    hashed = (hashed ^ hashed >> 13) * _M & _32_BITS
    return hashed ^ hashed >> 15


def encode(event: Part) -> bytes:
    """Write the value of an event, or a part of one: JSON, UTF-8, unescaped."""
    return to_json(event, exclude_none=True)


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
    value = first_values(headers).get(REQUEST_ID, b"")
    return value.decode(errors="replace") if len(value) <= _LONGEST_REQUEST_ID else ""


def write_arrival(arrival: Arrival) -> bytes:
    """Write where an input first arrived, for the header `ce_arrived`."""
    return "/".join(map(str, arrival)).encode()


def read_arrival(value: bytes | None) -> Arrival:
    """Read the header `ce_arrived`; ValueError if it is not three numbers that Kafka can have given."""
    found = _ARRIVAL.fullmatch(value or b"")
    if found is None:
        raise ValueError("is not three numbers")
    at_ms, partition, offset = map(int, found.groups())
    if not (at_ms < 2**47 and partition < PARTITIONS and offset < 2**63):
        raise ValueError("no record can lie there")
    return Arrival(at_ms, partition, offset)
