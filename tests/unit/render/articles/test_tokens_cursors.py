"""The two small codes in addresses and bodies: view tokens and places in a section's archive."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.render.core.articles.cursors import Place, microseconds, moment_of, read, write
from services.render.core.views.tokens import SLOT_S, accepts, slot_of, token

KEY = b"key"


@given(st.integers(0, 2**40), st.integers(-2000, 2000))
def test_a_token_counts_in_its_ten_minutes_and_the_ten_on_either_side(made_s: int, later_s: int) -> None:
    apart = abs(slot_of(made_s + later_s) - slot_of(made_s))
    assert accepts(KEY, token(KEY, slot_of(made_s)), made_s + later_s) == (apart <= 1)


@given(st.text())
def test_nothing_else_is_a_token(shown: str) -> None:
    assert not accepts(KEY, shown, 0)


def test_replicas_with_another_key_do_not_agree() -> None:
    assert not accepts(b"other", token(KEY, 5), 5 * SLOT_S)


def test_a_lone_surrogate_is_refused_and_no_error() -> None:
    assert not accepts(KEY, "\ud800", 0)


@given(st.integers(-(2**61), 2**61), st.from_regex(r"\A[A-Za-z0-9._-]{1,64}\Z"))
def test_a_place_survives_its_cursor(us: int, article_id: str) -> None:
    assert read(write(Place(us, article_id))) == Place(us, article_id)


@given(st.text())
def test_any_text_is_a_place_or_none_and_a_place_has_one_cursor(text: str) -> None:
    place = read(text)
    assert place is None or write(place) == text


@pytest.mark.parametrize("text", ["", "a", "é", "MTI", "=", "Lw", "MTIvYQ==", "９９/a"])
def test_what_no_page_wrote_is_no_place(text: str) -> None:
    assert read(text) is None


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1)))  # noqa: DTZ001 - hypothesis
def test_microseconds_are_exact(moment: datetime) -> None:
    assert moment_of(microseconds(moment)) == moment
