"""What ingest keeps of every id: it is what was put there, in a seventh of the memory."""

import tracemalloc
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core import byte_table, edition_table
from services.ingest.core.byte_table import ByteTable
from services.ingest.core.edition_table import EditionTable
from services.ingest.core.editions import UNKNOWN, Edition, Origin, advance
from services.ingest.core.idempotency import REMEMBERED, name_request
from shared.articles import Standing
from shared.events import Arrival, Order
from tests.builders import NOON, arrival, published

NUMBERS = st.one_of(st.integers(0, 10), st.integers(0, 2**32 + 5), st.integers(0, 2**63 - 1))
ARRIVALS = st.builds(Arrival, st.integers(0, 2**47 - 1), st.integers(0, 11), NUMBERS)
FOREIGN_ARRIVALS = st.builds(Arrival, st.integers(0, 2**80), st.integers(0, 2**40), st.integers(0, 2**70))
ZONES = st.one_of(
    st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    st.integers(-86_399, 86_399).map(lambda seconds: timezone(timedelta(seconds=seconds))),
)
MOMENTS = st.one_of(st.none(), st.datetimes(timezones=ZONES))
REQUESTS = st.lists(
    st.binary(max_size=3).map(lambda key: name_request("p", key.hex(), key)), max_size=REMEMBERED
)


def editions(arrivals: st.SearchStrategy[Arrival]) -> st.SearchStrategy[Edition]:
    """Draw editions, in some of which the same arrival stands in several places."""
    return st.lists(arrivals, min_size=1, max_size=3).flatmap(
        lambda few: st.builds(
            Edition,
            st.builds(
                Standing,
                st.one_of(st.none(), st.builds(Order, NUMBERS, st.sampled_from(few))),
                st.one_of(st.none(), st.sampled_from(few)),
                st.booleans(),
            ),
            st.one_of(st.none(), st.sampled_from(few)),
            st.one_of(st.none(), st.sampled_from(few)),
            st.lists(st.sampled_from(few), max_size=8).map(tuple),
            st.one_of(st.none(), NUMBERS),
            st.one_of(st.none(), NUMBERS),
            st.sampled_from(["", "地方", "国际", "x" * 20]),
            NUMBERS,
            MOMENTS,
            MOMENTS,
            MOMENTS,
            REQUESTS.map(tuple),
            REQUESTS.map(tuple),
        )
    )


def unpacked(table: EditionTable, article_id: str) -> Edition:
    """Give an edition as it is read from where it is packed."""
    table._recent, table._before = {}, {}
    return table.get(article_id)


@given(st.lists(st.tuples(st.sampled_from("abc"), editions(ARRIVALS | FOREIGN_ARRIVALS)), max_size=8))
def test_what_is_known_of_an_id_is_what_was_put_there_last_in_its_zone_too(
    put: list[tuple[str, Edition]],
) -> None:
    table, plain = EditionTable(), {}
    for article_id, edition in put:
        table[article_id] = plain[article_id] = edition
        assert table.get(article_id) is edition, "it is at hand"
    assert len(table) == len(plain)
    for article_id in "abcd":
        found, expected = unpacked(table, article_id), plain.get(article_id, UNKNOWN)
        assert found == expected
        for one, other in zip(found, expected, strict=True):
            if isinstance(one, datetime) and isinstance(other, datetime):
                assert one.utcoffset() == other.utcoffset()


def test_a_time_is_written_as_the_one_that_was_read() -> None:
    for zone in ("Z", "+00:00", "+08:00", "-03:30"):
        text = published(published_at=f"2026-11-15T18:30:00.000001{zone}")
        table = EditionTable()
        table["a"] = advance(UNKNOWN, text)
        again = text.model_copy(update={"published_at": unpacked(table, "a").published_at})
        assert again.model_dump_json() == text.model_dump_json()


def test_a_usual_article_takes_less_than_eighty_bytes() -> None:
    many = 20_000
    texts = [
        advance(UNKNOWN, published(second=n % 50, published_at=NOON), Origin(arrival(n % 50, offset=n)), n)
        for n in range(100)
    ]
    table = EditionTable()
    tracemalloc.start()
    try:
        for number in range(many):
            table[f"article-{number}"] = texts[number % 100]
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken / many < 80


def test_what_was_kept_whole_gives_way_to_what_can_be_packed() -> None:
    table = EditionTable()
    strange = Edition(decided=Arrival(1, 2**40, 0), published_at=datetime(2026, 1, 1, tzinfo=UTC))
    usual = Edition(section="地方")
    for edition in (strange, usual, strange):
        table["a"] = edition
        assert unpacked(table, "a") == edition
    assert len(table) == 1


def test_however_many_are_asked_for_only_so_many_are_at_hand() -> None:
    table = EditionTable()
    for number in range(5 * edition_table._AT_HAND):
        table[f"article-{number}"] = Edition(revision=number)
        assert table.get("article-0").revision == 0
        assert table.get(f"unknown-{number}") is UNKNOWN
    assert len(table._recent) + len(table._before) <= 2 * edition_table._AT_HAND
    assert len(table) == 5 * edition_table._AT_HAND


@given(st.dictionaries(st.text(min_size=1, max_size=40), st.binary(max_size=60), max_size=200))
def test_bytes_are_found_under_their_own_name_only(values: dict[str, bytes]) -> None:
    table = ByteTable()
    for name, value in values.items():
        table[name] = value[::-1] + b"."
    for name, value in values.items():
        table[name] = value
    assert {name: table.get(name) for name in values} == values
    assert len(table) == len(values)
    assert table.get("-") == values.get("-")


def test_names_with_the_same_hash_and_values_that_look_like_names_are_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(byte_table, "hash", lambda _: 7, raising=False)
    table = ByteTable()
    for number in range(300):
        table[f"{number}"] = f"\x03\x01{number + 1}".encode()
    assert [table.get(f"{number}") for number in range(300)] == [
        f"\x03\x01{number + 1}".encode() for number in range(300)
    ]


def test_no_bucket_grows_with_the_number_of_names() -> None:
    table = ByteTable()
    for number in range(50_000):
        table[f"article-{number}"] = b"0123456789"
    assert max(map(len, table._buckets)) < 50 * 24
