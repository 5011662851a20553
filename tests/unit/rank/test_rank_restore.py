"""Reading a partition back: whatever lies in Redis is what rank wrote, or is recognised as torn."""

import json
import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rank.core import layout, turn
from services.rank.core.restore import (
    LONGEST_HISTORY,
    MOST_BUCKETS,
    Sizes,
    Stored,
    TornError,
    check_sizes,
    days_to_read,
    restore,
)
from shared.events import HotPinned
from tests.builders import NOON_MS, published
from tests.unit.rank.logs import ARTICLE_IDS, HOME, ZONE, Appended, batch, columns, event_record
from tests.unit.rank.machine import Machine
from tests.unit.rank.simulated import SimulatedStore

A, B = ARTICLE_IDS[:2]
DEEP = b"[" * 100_000
PIN = HotPinned(article=A, who="w", why="y")


def counted() -> Stored:
    """Give a partition with two articles, three views and a pin."""
    store = SimulatedStore(ZONE)
    machine = Machine(store)
    views = [Appended(0, NOON_MS, columns([(A, 1, NOON_MS), (A, 2, NOON_MS), (B, 1, NOON_MS)]))]
    machine.feed(batch(views, [event_record(0, published(A), A)], [event_record(0, PIN, "")]), NOON_MS)
    return store.read(HOME)


GOOD = counted()
(DAY,) = GOOD.views
((BUCKET, PACKED),) = GOOD.views[DAY].items()


def position(**changes: object) -> bytes:
    return json.dumps(json.loads(GOOD.position or b"") | changes).encode()


def test_what_was_written_is_read() -> None:
    assert restore(HOME, GOOD).numbers == {A: 0, B: 1}


@pytest.mark.parametrize(
    "blob",
    [
        b"garbage",
        b"\xff\xfe",
        b"5",
        b"[]",
        b"{}",
        DEEP,
        position(next={"views.v1": -1, "articles.v1": 1}),
        position(next={"views.v1": 2**70}),
        position(next={"views.v1": 10**400}),
        position(at={"views.v1": 2**60}),
        position(at={"views.v1": -5}),
        position(days={"today": 3}),
        position(days={DAY: -3}),
        position(days={DAY: 3, "2026-13-77": 0}, ids=7),
        position(gap=2**60),
        position(ids="two"),
        position(voids=[{"offset": 1}]),
        position(voids=[{"offset": 1, "segment": 1, "since_ms": -(10**30), "until_ms": 10**30}]),
    ],
    ids=lambda blob: repr(blob[:40]),
)
def test_a_position_that_rank_cannot_have_written_is_torn(blob: bytes) -> None:
    with pytest.raises(TornError) as torn:
        restore(HOME, replace(GOOD, position=blob))
    assert torn.value.position == blob


@pytest.mark.parametrize(
    "stored",
    [
        replace(GOOD, position=None),
        replace(GOOD, ids={A.encode(): b"0"}),
        replace(GOOD, ids={A.encode(): b"0", B.encode(): b"x"}),
        replace(GOOD, ids={A.encode(): b"0", B.encode(): b"0"}),
        replace(GOOD, ids={A.encode(): b"0", B.encode(): b"7"}),
        replace(GOOD, ids={A.encode(): b"0", b"\xff\xfe": b"1"}),
        replace(GOOD, ids={A.encode(): b"0", b"#desk": b"1"}),
        replace(GOOD, ids={A.encode(): b"0", B.encode(): b"9" * 5000}),
        replace(GOOD, articles={**GOOD.articles, b"#": b"many"}),
        replace(GOOD, articles={**GOOD.articles, b"#desk": b"{"}),
        replace(GOOD, articles={**GOOD.articles, b"#desk": DEEP}),
        replace(GOOD, articles={**GOOD.articles, b"#desk": b'[{"kind":"pinned"}]'}),
        replace(GOOD, articles={**GOOD.articles, b"#voids": b"\x00"}),
        replace(GOOD, articles={**GOOD.articles, A.encode(): b"garbage"}),
        replace(GOOD, articles={**GOOD.articles, A.encode(): b'{"published_ms":' + b"9" * 40 + b"}"}),
        replace(GOOD, views={DAY: {b"noon": PACKED}}),
        replace(GOOD, views={DAY: {b"9" * 30: PACKED}}),
        replace(GOOD, views={DAY: {BUCKET: PACKED[:-1]}}),
        replace(GOOD, views={DAY: {BUCKET: b""}}),
        replace(GOOD, views={DAY: {BUCKET: struct.pack("<IIII", 0, 2, 77, 1)}}),
        replace(GOOD, views={DAY: {BUCKET: struct.pack("<IIII", 1, 2, 0, 1)}}),
        replace(GOOD, views={DAY: {BUCKET: struct.pack("<IIII", 0, 1, 0, 2)}}),
        replace(GOOD, seen={DAY: b"x"}),
        replace(GOOD, seen={DAY: bytes(24)}),
        replace(GOOD, seen_bytes={DAY: 7}),
    ],
    ids=range(25),
)
def test_keys_that_rank_cannot_have_written_are_torn(stored: Stored) -> None:
    with pytest.raises(TornError, match=f"^partition {HOME}: "):
        restore(HOME, stored)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode), st.sampled_from(range(6)))
def test_any_bytes_are_read_or_torn(blob: bytes, where: int) -> None:
    stored = [
        replace(GOOD, position=blob),
        replace(GOOD, ids={A.encode(): b"0", B.encode(): blob}),
        replace(GOOD, ids={A.encode(): b"0", blob: b"1"}),
        replace(GOOD, articles={**GOOD.articles, A.encode(): blob}),
        replace(GOOD, views={DAY: {BUCKET: blob}}),
        replace(GOOD, seen={DAY: blob}),
    ][where]
    try:
        turn.remember(HOME, stored)
        days_to_read(HOME, stored.position, ZONE)
    except TornError:
        pass


@pytest.mark.parametrize(
    "sizes",
    [
        Sizes(3, 0, [1], {DAY: 24}),
        Sizes(2, LONGEST_HISTORY + 1, [1], {DAY: 24}),
        Sizes(2, 0, [MOST_BUCKETS + 1], {DAY: 24}),
        Sizes(2, 0, [1], {DAY: 1 << 40}),
    ],
)
def test_what_is_too_large_is_torn_before_it_is_read(sizes: Sizes) -> None:
    check_sizes(HOME, GOOD.position, Sizes(2, 100, [1], {DAY: 24}))
    with pytest.raises(TornError):
        check_sizes(HOME, GOOD.position, sizes)


def test_hashes_of_an_earlier_day_that_are_no_longer_there_are_torn() -> None:
    cache = turn.remember(HOME, GOOD)
    for blob in (b"", b"x", bytes(24)):
        with pytest.raises(TornError):
            turn.with_days(cache, {DAY: blob})


def test_bests_are_known_by_their_moment_and_their_digest() -> None:
    cache = turn.remember(HOME, GOOD)
    _, commands = turn.rank(cache, NOON_MS, NOON_MS, ())
    top = {w.arguments[0]: w.arguments[1] for w in commands if w.command == "HSET"}
    assert layout.is_whole(top)
    assert not layout.is_whole({})
    assert not layout.is_whole({**top, b"all:now": b"[]"})
    assert not layout.is_whole({**top, b"\xff": b"\xff"})
    for moment in (b"", b"noon", b"-1", b"9" * 15, b"9" * 5000, "١٢".encode()):
        assert not layout.is_whole({**top, layout.AS_OF: moment})
