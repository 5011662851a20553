"""What is read from a dead letter, and who is told of it."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.dead_letter import (
    DIGEST,
    Age,
    DeadLetter,
    Place,
    may_be_told,
    of,
    page,
    read_letter,
)
from services.ingest.core.editions import UNKNOWN, Edition, advance
from services.ingest.core.faults import Fault, Rejection, invalid
from services.ingest.core.reading import Headers
from services.ingest.core.rights import Publisher
from shared.wire import REQUEST_ID, request_id
from tests.builders import NOON, NOON_MS, arrival, as_json, published, sent_article

PROBLEM = {"title": "Conflict", "status": 409, "detail": "article harbour-library is withdrawn"}
SPORTS = Publisher("sports", ("体育",))
OURS = advance(UNKNOWN, published(section="体育"))
THEIRS = advance(UNKNOWN, published(section="地方"))
THEIR_SECRET = advance(UNKNOWN, published(section="地方", embargo_until=NOON + timedelta(hours=1)))
LAY_AT: Headers = (("remen-topic", b"ingest.v1"), ("remen-partition", b"3"), ("remen-offset", b"41"))


def reason(**more: Any) -> Headers:
    return (("remen-problem", json.dumps(PROBLEM | more).encode()), *LAY_AT)


def letter(
    value: bytes | None = b"{}", headers: Headers = (), offset: int = 17, at_ms: int = NOON_MS, **more: Any
) -> DeadLetter:
    found = read_letter(Age(at_ms, 3, offset), b"a key", value, (*headers, *reason(**more)))
    assert found is not None
    return found


def test_a_letter_tells_why_and_where_but_never_what() -> None:
    value = as_json(sent_article(title="谁也不该读到"))
    told = letter(value, id="harbour-library").told()
    assert told.model_dump() == {
        "place": "3-17",
        "at": NOON,
        "id": "harbour-library",
        "problem": PROBLEM | {"id": "harbour-library"},
        "topic": "ingest.v1",
        "partition": 3,
        "offset": 41,
        "size": len(value),
    }


def test_a_letter_holds_what_came_in_and_nothing_that_bears_our_name() -> None:
    own = (("traceparent", b"00-1"), ("x-desk", None), ("ce_arrived", b"1/2/3"))
    kept = letter(b" {} ", (*own, ("remen-old", b"x")))
    assert (kept.key, kept.value, kept.headers) == (b"a key", b" {} ", own)


def test_a_publisher_cannot_speak_for_ingest() -> None:
    forged = (("remen-problem", b'{"detail": "all is well"}'), ("remen-topic", b"elsewhere"))
    assert letter(headers=forged).problem == PROBLEM
    assert letter(headers=forged).refused_at == ("ingest.v1", 3, 41)


@pytest.mark.parametrize(
    "headers",
    [
        (),
        LAY_AT,
        (("remen-problem", b"{"), *LAY_AT),
        (("remen-problem", b"[]"), *LAY_AT),
        (*reason(), ("remen-offset", b"x")),
        (*reason(), ("remen-offset", None)),
        (*reason(), ("remen-topic", b"\xff")),
        (("remen-problem", b"[" * 90_000), *LAY_AT),
        (*reason(), ("remen-offset", "４１".encode())),
        (*reason(), ("remen-offset", b"9" * 5_000)),
        (*reason(), ("remen-size", b"-1")),
        (*reason(), ("remen-section", b"\xff")),
    ],
)
def test_what_ingest_did_not_write_is_no_letter(headers: Headers) -> None:
    assert read_letter(Age(NOON_MS, 3, 17), None, b"{}", headers) is None


def refused(value: bytes | None, key: bytes | None = None, headers: Headers = ()) -> DeadLetter:
    """Give the letter of a refused record, as it is read back."""
    rejection = Rejection(
        422, "/title: is required", (Fault("/title", "is required"),), "harbour-library", "体育"
    )
    written = of(rejection, arrival(partition=3, offset=41), key, value, headers)
    assert written.fits()
    found = read_letter(Age(NOON_MS, 3, 17), written.key, written.value, written.headers)
    assert found is not None
    assert found.refused_at == ("ingest.v1", 3, 41)
    assert found.problem == rejection.problem()
    assert found.section == "体育"
    return found


def test_a_refused_message_is_kept_as_it_was_sent() -> None:
    headers: Headers = (("x-desk", None), ("X-Desk", b"\xff"), ("traceparent", b"00-1"))
    kept = refused(b"\xff{", b"a key", headers)
    assert (kept.key, kept.value, kept.headers, kept.size, kept.is_whole) == (
        b"a key",
        b"\xff{",
        headers,
        2,
        True,
    )
    assert refused(None, None).value == b""


@pytest.mark.parametrize(
    ("value", "key", "headers"),
    [
        (b"x" * 6_000_000, b"a key", ()),
        (b"x" * 1000, b"k" * 5_000_000, ()),
        (b"x" * 1000, None, (("x-notes", b"n" * 5_000_000),)),
        (b"x" * 3_000_000, b"k" * 900_000, (("x-notes", b"n" * 900_000),)),
    ],
)
def test_a_message_too_large_to_be_kept_is_told_with_its_size_digest_and_beginning(
    value: bytes, key: bytes | None, headers: Headers
) -> None:
    waits = ((REQUEST_ID, b"7f3c"), *headers)
    written = of(invalid([], None), arrival(partition=3, offset=41), key, value, waits)
    assert request_id(written.headers) == "7f3c"
    assert dict(written.headers)[DIGEST] == sha256(value).hexdigest().encode()
    kept = refused(value, key, headers)
    assert (kept.size, kept.is_whole) == (len(value), False)
    assert kept.value is not None
    assert value.startswith(kept.value)
    assert 0 < len(kept.value) <= 1000


@given(st.binary() | st.none())
def test_any_message_at_all_can_have_been_refused(value: bytes | None) -> None:
    assert letter(value).size == len(value or b"")


@pytest.mark.parametrize(
    ("section", "article_id", "known", "asked_id", "told"),
    [
        ("体育", "x", UNKNOWN, None, True),
        ("体育", "x", OURS, None, True),
        ("體育", "x", OURS, None, True),
        ("體育", "x", UNKNOWN, None, True),
        ("体育", "x", THEIRS, None, True),
        ("体育", "x", THEIR_SECRET, None, False),
        ("体育", "x", THEIR_SECRET, "x", False),
        ("地方", "x", UNKNOWN, None, False),
        ("地方", "x", UNKNOWN, "x", False),
        ("地方", "x", OURS, None, False),
        ("", "x", OURS, None, True),
        ("", "x", THEIRS, None, False),
        ("", "x", THEIRS, "x", False),
        ("", "x", THEIR_SECRET, "x", False),
        ("", "x", UNKNOWN, None, False),
        ("", "x", UNKNOWN, "x", True),
        ("", None, UNKNOWN, None, True),
    ],
)
def test_a_publisher_of_one_section_is_told_of_its_own_faults_and_of_no_others_secrets(
    section: str, article_id: str | None, known: Edition, asked_id: str | None, told: bool
) -> None:
    refused = replace(letter(id=article_id), section=section or None)
    assert may_be_told(refused, SPORTS, known, asked_id, NOON) is told
    assert may_be_told(replace(refused, publisher="sports"), SPORTS, known, None, NOON), "its own"
    assert may_be_told(refused, Publisher("desk", ("财经",), desk=True), known, None, NOON)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30)), unique_by=lambda one: one[1], max_size=12),
    st.integers(1, 5),
)
def test_the_pages_together_are_all_letters_newest_first(ages: list[tuple[int, int]], limit: int) -> None:
    letters = [letter(at_ms=NOON_MS + second, offset=offset) for second, offset in ages]
    read: list[DeadLetter] = []
    before: Age | None = None
    while True:
        found, before = page(letters, limit, before)
        assert len(found) <= limit
        read += found
        if before is None:
            break
        assert Age.read(str(before)) == before
    assert [one.age for one in read] == sorted((one.age for one in letters), reverse=True)


@pytest.mark.parametrize("text", ["", "3", "3-", "-3-17", "3-17-2", "３-17", "a-b", "3-17\n", "3/17"])
def test_a_place_looks_like_partition_and_offset(text: str) -> None:
    assert Place.read("3-17") == (3, 17)
    assert str(Place(3, 17)) == "3-17"
    with pytest.raises(ValueError, match="write it like 3-17"):
        Place.read(text)
