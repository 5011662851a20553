"""Which stories stand under an article: the six, the ten, and what the heading may claim."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.render.core.pages.hot_section import CARDS, SIX, age_of, first_without, next_age_at, seven
from tests.builders import NOON

IDS = st.lists(st.sampled_from([f"a{n}" for n in range(20)]), unique=True, max_size=20)


@dataclass(frozen=True)
class One:
    """A story, as far as lists are made."""

    id: str


def without(ids: Iterable[str], taken: set[str], count: int) -> list[str]:
    return [one.id for one in first_without(map(One, ids), taken, count)]


def six_by_the_contract(
    reading: str, now: list[str], day: list[str], newest: list[str], shown: set[str]
) -> list[str]:
    """Say the rule as CONTRACT.md does, slowly."""
    six: list[str] = []
    for candidate in [*(i for i in now if i in shown), *(i for i in day if i in shown), *newest]:
        if candidate != reading and candidate not in six and len(six) < SIX:
            six.append(candidate)
    return six


@given(IDS, IDS, IDS, IDS, st.sampled_from([f"a{n}" for n in range(20)]))
def test_the_six_are_the_contracts_six(
    now: list[str], day: list[str], stored: list[str], hidden: list[str], reading: str
) -> None:
    shown = set(stored) - set(hidden)
    newest = [one for one in stored if one in shown]
    found = seven(now, day, newest[: SIX + 1], shown.__contains__)
    assert without(found.ids, {reading}, SIX) == six_by_the_contract(reading, now, day, newest, shown)
    assert found.read == any(one in shown for one in (*now, *day))


def test_only_as_many_candidates_are_looked_up_as_are_needed() -> None:
    asked: list[str] = []

    def shows(article_id: str) -> bool:
        asked.append(article_id)
        return True

    seven([f"n{n}" for n in range(100)], [f"d{n}" for n in range(100)], [], shows)
    assert len(asked) == SIX + 1


def test_a_list_nobody_has_read_is_the_newest_and_says_so() -> None:
    found = seven([], [], ["b", "a"], lambda _: True)
    assert (found.ids, found.read) == (("b", "a"), False)


def test_cards_are_the_newest_without_the_article_and_the_six() -> None:
    newest = [f"s{n}" for n in range(CARDS + SIX + 1)]
    taken = {"s0", "s1", "s3", "s5", "s7", "s9", "s11"}
    cards = without(newest, taken, CARDS)
    assert len(cards) == CARDS
    assert not taken & set(cards)
    assert cards == sorted(cards, key=newest.index)


@pytest.mark.parametrize(
    ("seconds", "age"), [(0, "fresh"), (119, "fresh"), (121, "old"), (3599, "old"), (3601, "over")]
)
def test_a_list_says_its_age_after_two_minutes_and_is_replaced_after_sixty(seconds: int, age: str) -> None:
    assert age_of(NOON, NOON + timedelta(seconds=seconds)) == age


def test_a_list_never_read_counts_as_too_old() -> None:
    assert age_of(None, NOON) == "over"
    assert next_age_at(None, NOON) is None


@given(st.integers(-10, 5000), st.integers(0, 5000))
def test_between_two_turns_the_age_does_not_change(age_s: int, later_s: int) -> None:
    now = NOON + timedelta(seconds=age_s)
    turn = next_age_at(NOON, now)
    later = now + timedelta(seconds=later_s)
    if turn is None or later < turn:
        assert age_of(NOON, later) == age_of(NOON, now)
    else:
        assert age_of(NOON, turn) != age_of(NOON, now)
