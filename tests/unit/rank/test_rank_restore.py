"""Reading a partition back: whatever lies in Redis is what rank wrote, or is recognised as torn."""

import json
import struct
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rank.core import layout, turn
from services.rank.core.clock import DAY_MS, bucket_of, reading_day
from services.rank.core.layout import Write
from services.rank.core.position import PART, NewerLayoutError, Position, decode, encode, newer_layout
from services.rank.core.restore import (
    LONGEST_HISTORY,
    MOST_BUCKETS,
    Sizes,
    Stored,
    TornError,
    check_sizes,
    days_to_read,
    names_of,
    position_of,
    restore,
)
from shared.events import HotPinned
from tests.builders import NOON_MS, published
from tests.unit.rank.logs import (
    ARTICLE_IDS,
    HOME,
    ZONE,
    Appended,
    batch,
    columns,
    event_record,
    plain,
    views_log,
)
from tests.unit.rank.machine import Machine
from tests.unit.rank.simulated import SimulatedStore

A, B = ARTICLE_IDS[:2]
NEXT_DAY = reading_day(bucket_of(NOON_MS + DAY_MS), ZONE)
DEEP = b"[" * 100_000
PIN = HotPinned(article=A, who="w", why="y")


def counted() -> Stored:
    """Give a partition with two articles, three views and a pin."""
    store = SimulatedStore(ZONE)
    machine = Machine(store, PART)
    views = [Appended(0, NOON_MS, columns([(A, 1, NOON_MS), (A, 2, NOON_MS), (B, 1, NOON_MS)]))]
    machine.feed(batch(views, [event_record(0, published(A), A)], [event_record(0, PIN, "")]), NOON_MS)
    return store.read(HOME)


GOOD = counted()
(DAY,) = GOOD.views
((BUCKET, PACKED),) = GOOD.views[DAY].items()
IDS = f"{A}\n{B}\n".encode()


SEEN = layout.seen_key(HOME, DAY)


def position(**changes: object) -> bytes:
    return json.dumps(json.loads(GOOD.position or b"") | changes).encode()


def with_ids(ids: bytes, has: bytes = IDS) -> Stored:
    """Give a partition with other ids, whose position knows of so many bytes of them."""
    return replace(GOOD, position=position(ids={DAY: len(has)}), ids={DAY: ids})


def test_what_was_written_is_read() -> None:
    assert restore(HOME, GOOD).indexes == {A: 0, B: 1}
    assert GOOD.ids == {DAY: IDS}


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
        position(days={DAY: 3, "2026-13-77": 0}, ids={DAY: len(IDS), "2026-13-77": 5}),
        position(gap=2**60),
        position(ids="two"),
        position(ids=2),
        position(ids={DAY: 0}),
        position(ids={DAY: -1}),
        position(ids={"today": 18}),
        position(ids={}),
        position(ids={DAY: 2**50}),
        position(numbered=2),
        position(layout=2),
        position(layout=0),
        position(layout=1),
        position(layout="4"),
        position(layout=True),
        position(part=0),
        position(part=1, days={DAY: 2**50}),
        position(part=1, days={DAY: 2**50}, long={DAY: 1}),
        position(part=1, days={DAY: 2**50}, long={DAY: 0}),
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
        with_ids(b""),
        with_ids(f"{A}\n".encode()),
        with_ids(f"{A}\n{B}".encode()),
        with_ids(f"{A}\n{B} ".encode()),
        with_ids(f"{A}\n{A}\n".encode(), has=IDS.replace(B.encode(), A.encode())),
        with_ids(IDS + b"c\n", has=IDS + b"c\n"),
        with_ids(IDS[:-2] + b"\xff\n"),
        with_ids(b"#desk\n" + IDS[6:], has=b"#desk\n" + IDS[6:]),
        with_ids(b"\n" + IDS, has=b"\n" + IDS),
        with_ids(IDS + b"\n", has=IDS + b"\n"),
        with_ids(b"a" * 65 + b"\nb\n", has=b"a" * 65 + b"\nb\n"),
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
        replace(GOOD, views={DAY: {BUCKET: struct.pack("<II", 0, 3)}}),
        replace(GOOD, seen={DAY: [b"x"]}),
        replace(GOOD, seen={DAY: [bytes(24)]}),
        replace(GOOD, seen_bytes={DAY: [7]}),
        replace(GOOD, seen_bytes={DAY: [16, 8]}),
        replace(GOOD, seen_bytes={DAY: [24, 0]}),
        replace(GOOD, position=position(part=2)),
    ],
    ids=range(33),
)
def test_keys_that_rank_cannot_have_written_are_torn(stored: Stored) -> None:
    with pytest.raises(TornError, match=f"^partition {HOME}: "):
        restore(HOME, stored)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode), st.sampled_from(range(6)))
def test_any_bytes_are_read_or_torn(blob: bytes, where: int) -> None:
    stored = [
        replace(GOOD, position=blob),
        with_ids(blob),
        with_ids(blob, has=blob),
        replace(GOOD, articles={**GOOD.articles, A.encode(): blob}),
        replace(GOOD, views={DAY: {BUCKET: blob}}),
        replace(GOOD, seen={DAY: [blob]}),
    ][where]
    try:
        turn.remember(HOME, stored, ZONE)
        days_to_read(position_of(HOME, stored.position), ZONE)
    except (TornError, NewerLayoutError):
        pass


@pytest.mark.parametrize(
    "sizes",
    [
        Sizes(0, [1], {SEEN: 24}, numbered=1),
        Sizes(LONGEST_HISTORY + 1, [1], {SEEN: 24}),
        Sizes(0, [MOST_BUCKETS + 1], {SEEN: 24}),
        Sizes(0, [1], {SEEN: 1 << 40}),
        Sizes(0, [1], {SEEN: 24, layout.ids_key(HOME, DAY): len(IDS) + 1}),
    ],
)
def test_what_is_too_large_is_torn_before_it_is_read(sizes: Sizes) -> None:
    check_sizes(HOME, GOOD.position, Sizes(100, [1], {SEEN: 24, layout.ids_key(HOME, DAY): len(IDS)}))
    with pytest.raises(TornError):
        check_sizes(HOME, GOOD.position, sizes)


def test_hashes_of_an_earlier_day_that_are_no_longer_there_are_torn() -> None:
    cache = turn.remember(HOME, GOOD, ZONE)
    for blob in (b"", b"x", bytes(24)):
        with pytest.raises(TornError):
            turn.with_days(cache, {DAY: [blob]})


@pytest.mark.parametrize("blob", [position(layout=4), b'{"layout": 99, "next": null}', b' {"layout":4}'])
def test_a_newer_layout_is_not_torn_whatever_else_its_position_says(blob: bytes) -> None:
    with pytest.raises(NewerLayoutError) as newer:
        restore(HOME, replace(GOOD, position=blob))
    assert newer.value.layout in (4, 99)
    with pytest.raises(NewerLayoutError):
        position_of(HOME, blob)
    with pytest.raises(NewerLayoutError):
        check_sizes(HOME, blob, Sizes(100, [1], {SEEN: 24}))


def test_a_newer_layout_is_told_from_the_beginning_of_its_position() -> None:
    assert newer_layout(b'{"layout":4,"next":{"vie') == 4
    assert newer_layout(b' { "layout" : 12}') == 12
    for blob in (GOOD.position or b"", b"", b"garbage", b'{"layout":3,', b'{"next":{},"layout":4}'):
        assert newer_layout(blob) is None


@given(
    part=st.integers(1, 5),
    first=st.integers(0, 20),
    more=st.lists(st.integers(0, 12), max_size=4),
    of_layout_1=st.booleans(),
)
def test_hashes_lie_in_parts_however_they_came(
    part: int, first: int, more: list[int], of_layout_1: bool
) -> None:
    keys = np.arange(first + sum(more), dtype=np.uint64)
    at = Position(days={DAY: first}, part=part)
    if of_layout_1:
        said = json.loads(encode(at))
        for name in ("layout", "part", "long"):
            del said[name]
        said["ids"] = 0
        at = replace(decode(json.dumps(said).encode(), part), numbered=None)
    strings: dict[str, bytes] = {}
    old = layout.seen_key(HOME, DAY)
    if of_layout_1 and first:
        strings[old] = keys[:first].tobytes()
    else:
        _apply(strings, layout.seen_writes(HOME, at, DAY, keys[:first]))
    for n in more:
        begin = at.days[DAY]
        at = at.with_days({DAY: begin + n})
        _apply(strings, layout.seen_writes(HOME, at, DAY, keys[begin : begin + n]))
    assert {name: len(blob) for name, blob in strings.items()} == layout.seen_lengths(HOME, at, DAY)
    assert b"".join(strings.values()) == keys.tobytes()
    most = max(part, first) if of_layout_1 else part
    assert all(len(blob) <= 8 * (most if name == old else part) for name, blob in strings.items())
    assert decode(encode(at)) == at


def _apply(strings: dict[str, bytes], writes: Sequence[Write]) -> None:
    assert len({w.key for w in writes if w.command == "APPEND"}) == sum(w.command == "APPEND" for w in writes)
    for write in writes:
        if write.command == "UNLINK":
            # it is a new part: nothing of ours may be there
            assert write.key not in strings
        else:
            strings[write.key] = strings.get(write.key, b"") + write.arguments[0]


def test_what_a_backup_left_where_a_day_or_a_part_begins_is_deleted() -> None:
    store = SimulatedStore(ZONE)
    machine = Machine(store)
    machine.feed(batch(views_log([plain(A, "anna")])))
    # the newer of two backups, of which single keys were put back
    store.put_back(
        store.dump()
        | {
            f"{{r{HOME}}}:seen:{DAY}:1": b"left over",
            f"{{r{HOME}}}:seen:{NEXT_DAY}": b"left over",
            f"{{r{HOME}}}:ids:{DAY}:1": b"left over",
            f"{{r{HOME}}}:ids:{NEXT_DAY}": b"left over",
            f"{{r{HOME}}}:views:{NEXT_DAY}": {b"1": b"left over"},
        }
    )
    machine.reload()
    readers = ["anna", "bert", "carl", "dora"]
    log = [Appended(1 + n, NOON_MS, plain(A, reader)) for n, reader in enumerate(readers)]
    log += [Appended(9, NOON_MS + DAY_MS, plain(A, "anna", NOON_MS + DAY_MS))]
    reply, _ = machine.feed(batch(log))
    assert reply == "ok"
    machine.reload()
    assert machine.cache.state.position.days == {DAY: 4, NEXT_DAY: 1}
    assert machine.feed(batch([Appended(10, NOON_MS + DAY_MS, plain(A, "carl", NOON_MS))]))[0] == "ok"


@given(part=st.integers(1, 3), some=st.lists(st.lists(st.integers(0, 10**9), max_size=4), max_size=5))
def test_ids_lie_in_parts_however_they_came(part: int, some: list[list[int]]) -> None:
    at = Position(days={DAY: 1}, part=part)
    strings: dict[str, bytes] = {}
    for numbers in some:
        ids = [f"story-{number}" for number in numbers]
        if size := sum(len(i) + 1 for i in ids):
            at = at.with_days(at.days, {DAY: at.ids.get(DAY, 0) + size})
            _apply(strings, layout.ids_writes(HOME, at, DAY, ids))
    assert {name: len(blob) for name, blob in strings.items()} == layout.ids_lengths(HOME, at, DAY)
    assert b"".join(strings.values()) == b"".join(b"story-%d\n" % number for of in some for number in of)
    assert all(len(blob) <= 8 * part for blob in strings.values())
    assert decode(encode(at)) == at


def test_ids_are_read_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.rank.core.restore._PORTION", 20)
    for count in (0, 1, 3, 10):
        names = [f"story-{number}" for number in range(count)]
        blob = "".join(f"{name}\n" for name in names).encode()
        assert names_of(blob) == names
    for wrong in (blob + b"x", blob + b"/\n", blob + b"story-4\n", blob.replace(b"7", b"\n")):
        with pytest.raises(ValueError, match=r"no ids|twice"):
            names_of(wrong)


def test_bests_are_known_by_their_moment_and_their_digest() -> None:
    cache = turn.remember(HOME, GOOD, ZONE)
    _, commands = turn.rank(cache, NOON_MS, NOON_MS, ())
    top = {w.arguments[0]: w.arguments[1] for w in commands if w.command == "HSET"}
    assert layout.is_whole(top)
    assert not layout.is_whole({})
    assert not layout.is_whole({**top, b"all:now": b"[]"})
    assert not layout.is_whole({**top, b"\xff": b"\xff"})
    for moment in (b"", b"noon", b"-1", b"9" * 15, b"9" * 5000, "١٢".encode()):
        assert not layout.is_whole({**top, layout.AS_OF: moment})
