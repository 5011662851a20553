"""What is read from a dead letter, what goes out again, and who is told of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.dead_letter import (
    Age,
    DeadLetter,
    Place,
    may_be_told,
    page,
    read_letter,
    sent_again,
)
from services.ingest.core.reading import DEFAULTS, Headers
from tests.builders import NOON, NOON_MS, as_json, sent_article

PROBLEM = {"title": "Conflict", "status": 409, "detail": "article harbour-library is withdrawn"}
LAY_AT: Headers = (("remen-topic", b"ingest.v1"), ("remen-partition", b"3"), ("remen-offset", b"41"))


def reason(**more: Any) -> Headers:
    return (("remen-problem", json.dumps(PROBLEM | more).encode()), *LAY_AT)


def letter(
    value: bytes | None = b"{}", headers: Headers = (), offset: int = 17, at_ms: int = NOON_MS, **more: Any
) -> DeadLetter:
    found = read_letter(Age(at_ms, 3, offset), b"a key", value, (*headers, *reason(**more)), DEFAULTS)
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


def test_what_goes_out_again_is_what_came_in_but_for_its_arrival_and_who_waited() -> None:
    own = (("traceparent", b"00-1"), ("x-desk", None), ("X-Desk", b"7"))
    headers = (*own, ("ce_arrived", b"1/2/3"), ("CE_Requestid", b"x"), ("remen-old", b"x"))
    again = letter(b" {} ", headers)
    assert (again.key, again.value) == (b"a key", b" {} ")
    assert sent_again(again) == own


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
    ],
)
def test_what_ingest_did_not_write_is_no_letter(headers: Headers) -> None:
    assert read_letter(Age(NOON_MS, 3, 17), None, b"{}", headers, DEFAULTS) is None


@given(st.binary() | st.none())
def test_any_message_at_all_can_have_been_refused(value: bytes | None) -> None:
    assert letter(value).size == len(value or b"")


@pytest.mark.parametrize(
    ("value", "section"),
    [
        (as_json(sent_article(section="体育", title=None)), "体育"),
        (as_json({"specversion": "1.0", "data": sent_article(section="体育")}), "体育"),
        (as_json(sent_article(section=None)), None),
        (as_json(sent_article(section="体育/足球")), None),
        (as_json(sent_article(section=["体育"])), None),
        (b"{", None),
        (None, None),
    ],
)
def test_the_section_that_a_message_names_is_read_where_it_can_be(value: bytes, section: str | None) -> None:
    assert letter(value).section == section


SPORTS, CITY = as_json(sent_article(section="体育")), as_json(sent_article(section="地方"))
UNNAMED = as_json(sent_article(section=None))


@pytest.mark.parametrize(
    ("value", "article_id", "known_section", "asked_id", "told"),
    [
        (SPORTS, "x", "", None, True),
        (SPORTS, "x", "地方", None, True),
        (CITY, "x", "", None, False),
        (CITY, "x", "", "x", False),
        (CITY, "x", "体育", None, False),
        (UNNAMED, "x", "体育", None, True),
        (UNNAMED, "x", "地方", None, False),
        (UNNAMED, "x", "地方", "x", False),
        (UNNAMED, "x", "", None, False),
        (UNNAMED, "x", "", "x", True),
        (b"{", None, "", None, True),
    ],
)
def test_a_publisher_of_one_section_is_told_of_its_own_faults_and_of_no_others_secrets(
    value: bytes, article_id: str | None, known_section: str, asked_id: str | None, told: bool
) -> None:
    may_write: Callable[[str], bool] = {"体育"}.__contains__
    assert may_be_told(letter(value, id=article_id), may_write, known_section, asked_id) is told


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
    with pytest.raises(ValueError, match="looks like 3-17"):
        Place.read(text)
