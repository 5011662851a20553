"""What is read out of views.v1, and what is dropped for which reason."""

import json
from collections import Counter
from datetime import datetime

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.rank.core.clock import BUCKET_MS, DAY_MS, bucket_of, reading_day
from services.rank.core.records import (
    LARGEST_ARTICLES,
    LARGEST_BYTES,
    LARGEST_ROWS,
    Skipped,
    of,
    parse,
    quickly,
)
from services.rank.core.views import Reading, read
from shared import wire
from shared.events import Arrival, View, ViewsSeen
from shared.topics import VIEWS
from tests.builders import NOON_MS
from tests.unit.rank.logs import (
    ARTICLE_IDS,
    FOREIGN_ID,
    HOME,
    LIMITS,
    ZONE,
    Appended,
    columns,
    plain,
    views_log,
)

A, B = ARTICLE_IDS[:2]


def reading_of(*values: bytes | None) -> Reading:
    return read(views_log(values), HOME, {}, LIMITS)


def test_both_shapes_are_recognised_by_their_shape() -> None:
    assert isinstance(parse(plain(A, "anna")), View)
    assert isinstance(parse(columns([(A, 1, NOON_MS)])), ViewsSeen)


COLUMN = (
    st.lists(
        st.integers(-1, 2**54)
        | st.just(2**70)
        | st.booleans()
        | st.floats()
        | st.text(max_size=2)
        | st.none(),
        max_size=3,
    )
    | st.none()
)


@given(
    st.fixed_dictionaries(
        {
            "articles": st.lists(st.sampled_from([A, B, "no/id", "", A + "\n", 7]), max_size=3) | st.just(A),
            "article": st.lists(st.integers(-1, 3), max_size=3) | COLUMN,
            "reader": st.lists(st.integers(0, 2**53 - 1), max_size=3) | COLUMN,
            "at": st.lists(st.integers(0, 2**53 - 1), max_size=3) | COLUMN,
            "segment": st.lists(st.integers(0, 2**16 - 1), max_size=3) | COLUMN,
        },
        optional={"via": st.text(max_size=3) | st.integers(), "more": st.floats()},
    )
)
@example({"articles": [A], "article": [0], "reader": [1], "at": [2], "segment": [3], "via": "page"})
@example({"articles": [A], "article": [0], "reader": [1.0], "at": [2], "segment": [3]})
def test_what_is_read_quickly_is_what_the_contract_reads(batch: dict[str, object]) -> None:
    value = json.dumps(batch).encode()
    read_quickly = quickly(value)
    if read_quickly is not None:
        slowly = of(ViewsSeen.model_validate_json(value))
        assert [np.array(one).tolist() for one in read_quickly] == [np.array(o).tolist() for o in slowly]


def test_an_ordinary_batch_is_read_quickly() -> None:
    assert quickly(columns([(A, 1, NOON_MS), (B, 2**53 - 1, NOON_MS)])) is not None


def test_a_reader_called_articles_is_a_reader() -> None:
    assert isinstance(parse(plain(A, "articles")), View)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "empty"),
        (b"", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 100, "not_json"),
        (b"[" * 100_000, "too_large"),
        (b'{"article": ' + b"9" * 5000 + b"}", "not_json"),
        (b"[]", "not_a_view"),
        (b'{"reader": "x"}', "not_a_view"),
        (plain("no/such/id", "anna"), "bad_view"),
        (plain(A, ""), "bad_view"),
        (plain(A, "x" * 129), "bad_view"),
        (b'{"article": "a", "reader": "r", "at": "2026-11-15T12:00:00"}', "bad_view"),
        (b'{"article": "a", "reader": "r", "at": 1e400}', "bad_view"),
        (columns([(A, 1, NOON_MS)], segment=[]), "bad_batch"),
        (columns([(A, 1, NOON_MS)], article=[1]), "bad_batch"),
        (columns([(A, 1, NOON_MS)], article=[-1]), "bad_batch"),
        (columns([(A, 2**53, NOON_MS)]), "bad_batch"),
        (columns([(A, 1, -1)]), "bad_batch"),
        (columns([(A, 1, NOON_MS)], articles=["a b"]), "bad_batch"),
        (columns([(A, 1, NOON_MS)], articles=A), "bad_batch"),
        (b'{"articles": ' + b"[" * 90, "not_json"),
        (columns([(A, 1, NOON_MS)], reader=[float("nan")]), "bad_batch"),
        (columns([(A, 1, NOON_MS)], at=[10**400]), "bad_batch"),
        (columns([(A, 1, NOON_MS)], at=["noon"]), "bad_batch"),
        (columns([(A, 1, 1)] * (LARGEST_ROWS + 1)), "too_large"),
        (columns([(A, 1, NOON_MS)], articles=[A] * (LARGEST_ARTICLES + 1)), "too_large"),
        (columns([(A, 1.0, NOON_MS)], articles=[A] * (LARGEST_ARTICLES + 1)), "too_large"),
        (columns([(A, 1, NOON_MS)], via="x" * LARGEST_BYTES), "too_large"),
        (b"[" + b"{}," * LARGEST_BYTES + b"{}]", "too_large"),
        (b'{"articles": [' + b"[]," * 10_000 + b"[]]}", "too_large"),
        (b'{"x": [' + b"{}," * 10_000 + b"{}]}", "too_large"),
    ],
    ids=lambda given: given if isinstance(given, str) else repr(given)[:40],
)
def test_what_is_no_view_is_dropped_with_its_reason(value: bytes | None, reason: str) -> None:
    reading = reading_of(value, plain(A, "anna"))
    assert reading.skipped == (Skipped(VIEWS.name, reason, 0, 1),)
    assert not reading.dropped
    assert len(reading.rows.at) == 1


@given(
    st.binary(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps)
)
def test_any_bytes_are_read_or_dropped(value: bytes | str) -> None:
    reading = reading_of(value if isinstance(value, bytes) else value.encode(errors="replace"))
    assert len(reading.rows.at) + reading.dropped.total() + len(reading.skipped) == 1


@pytest.mark.parametrize("timestamp", [-1, 2**47, 2**63 - 1])
def test_a_record_of_a_time_that_no_broker_has_is_passed_over(timestamp: int) -> None:
    records = [Appended(0, NOON_MS, plain(A, "anna")), Appended(1, timestamp, plain(B, "anna"))]
    reading = read(records, HOME, {}, LIMITS)
    assert reading.skipped == (Skipped(VIEWS.name, "time", 1, 1),)
    assert len(reading.rows.at) == 1


def test_records_that_cannot_be_used_are_counted_by_reason_and_told_from_the_first() -> None:
    reading = reading_of(b"{", plain(A, "anna"), b"[]", b"}", None)
    assert reading.skipped == (
        Skipped(VIEWS.name, "not_json", 0, 2),
        Skipped(VIEWS.name, "not_a_view", 2, 1),
        Skipped(VIEWS.name, "empty", 4, 1),
    )


def test_rows_with_absurd_times_are_dropped_one_by_one() -> None:
    rows = [(A, 1, NOON_MS), (A, 2, NOON_MS + 60_001), (B, 3, NOON_MS - 600_001), (B, 4, NOON_MS - 600_000)]
    reading = reading_of(columns(rows), plain(A, "late", NOON_MS - DAY_MS), plain(A, "new", NOON_MS + 60_000))
    assert reading.dropped == {"ahead": 1, "late": 2}
    assert reading.rows.reader.tolist()[:2] == [1, 4]


def test_a_view_from_the_future_is_of_its_append_time() -> None:
    reading = reading_of(plain(A, "fast clock", NOON_MS + 30_000))
    assert reading.rows.at.tolist() == [NOON_MS]


def test_rows_of_another_partition_are_forwarded_with_their_first_append_time() -> None:
    value = columns([(A, 1, NOON_MS), (FOREIGN_ID, 2, NOON_MS - 5), (FOREIGN_ID, 3, NOON_MS - 4)])
    reading = read([Appended(7, NOON_MS, value, headers=[("ce_source", b"page")])], HOME, {}, LIMITS)
    assert reading.rows.reader.tolist() == [1]
    (forward,) = reading.forwards
    assert forward.partition == HOME + 1
    assert dict(forward.headers) == {"ce_source": b"page", wire.ARRIVED: f"{NOON_MS}/{HOME}/7".encode()}
    views = parse(forward.value)
    assert isinstance(views, ViewsSeen)
    assert (views.articles, views.reader, views.at) == ([FOREIGN_ID], [2, 3], [NOON_MS - 5, NOON_MS - 4])


def test_a_plain_view_of_another_partition_is_forwarded_as_it_is() -> None:
    reading = reading_of(plain(FOREIGN_ID, "anna"))
    assert len(reading.rows.at) == 0
    view = parse(reading.forwards[0].value)
    assert isinstance(view, View)
    assert (view.article, view.reader) == (FOREIGN_ID, "anna")


def test_a_forwarded_view_is_judged_by_when_it_first_arrived() -> None:
    hours_ago = NOON_MS - 5 * 3_600_000
    arrived = (wire.ARRIVED, wire.write_arrival(Arrival(hours_ago, 5, 1)))
    reading = read([Appended(0, NOON_MS, plain(A, "anna", hours_ago), headers=[arrived])], HOME, {}, LIMITS)
    assert reading.rows.at.tolist() == [hours_ago]
    assert not reading.dropped


@pytest.mark.parametrize(
    "header", [b"", b"x/y/z", b"1/2", None, b"-9" + b"9" * 30 + b"/0/0", b"9" * 30 + b"/0/0"]
)
def test_a_forged_header_stops_nothing(header: bytes | None) -> None:
    record = Appended(0, NOON_MS, plain(A, "anna"), headers=[(wire.ARRIVED, header)])  # type: ignore[list-item]
    reading = read([record], HOME, {}, LIMITS)
    assert len(reading.rows.at) + reading.dropped.total() == 1


def test_what_is_older_than_anything_kept_is_expired() -> None:
    old = NOON_MS - 8 * DAY_MS
    arrived = (wire.ARRIVED, wire.write_arrival(Arrival(old, 5, 1)))
    reading = read([Appended(0, NOON_MS, plain(A, "anna", old), headers=[arrived])], HOME, {}, LIMITS)
    assert reading.dropped == Counter(expired=1)


def test_a_forwarded_batch_is_cut_to_what_kafka_takes() -> None:
    rows = [(FOREIGN_ID, reader, NOON_MS) for reader in range(12_000)]
    forwards = reading_of(columns(rows, via="x" * 50_000)).forwards
    assert [len(parse(f.value).reader) for f in forwards] == [5000, 5000, 2000]  # type: ignore[union-attr]
    assert all(len(f.value) < 500_000 for f in forwards)


@pytest.mark.parametrize(
    ("local", "day"), [("2026-11-15T03:59", "2026-11-14"), ("2026-11-15T04:00", "2026-11-15")]
)
def test_the_reading_day_begins_at_four_in_the_morning(local: str, day: str) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=ZONE)
    bucket = bucket_of(int(moment.timestamp() * 1000))
    assert reading_day(bucket, ZONE) == day
    assert BUCKET_MS * bucket <= moment.timestamp() * 1000 < BUCKET_MS * (bucket + 1)
