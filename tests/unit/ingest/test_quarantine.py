"""How a record that ends the process is found, and no other suspected."""

import pytest

from services.ingest.core.dead_letter import Place, read_settlement, settlement
from services.ingest.core.quarantine import CLEAN, OPEN, Caution, caution_from


def test_an_owner_that_stopped_in_good_order_leaves_nothing_to_be_careful_about() -> None:
    assert not caution_from(10, CLEAN, 500).applies_to(10)


@pytest.mark.parametrize("mark", ["", "else", "alone", "alone x 1", "alone 10 １", "alone 10 1 2", "OPEN"])
def test_a_mark_that_another_left_says_nothing(mark: str) -> None:
    assert caution_from(10, mark, 500) == Caution()


def test_after_an_accident_records_are_taken_alone_as_far_as_it_can_have_come() -> None:
    caution = caution_from(10, OPEN, 500)
    assert caution.applies_to(10)
    assert caution.applies_to(509)
    assert not caution.applies_to(510)
    assert not caution.sets_aside(10)


def test_a_record_that_ended_two_processes_alone_is_set_aside_and_none_before() -> None:
    mark = caution_from(10, OPEN, 500).mark(12)
    once = caution_from(12, mark, 500)
    assert not once.sets_aside(12)
    twice = caution_from(12, once.mark(12), 500)
    assert twice.sets_aside(12)
    assert not twice.sets_aside(13)


def test_another_record_that_is_in_hand_at_the_next_accident_is_not_blamed_for_the_first() -> None:
    once = caution_from(12, caution_from(10, OPEN, 500).mark(12), 500)
    other = caution_from(13, once.mark(13), 500)
    assert not other.sets_aside(13)


def test_a_settlement_names_the_letter_that_it_settles() -> None:
    written = settlement(Place(3, 17), "skipped")
    assert written.partition == 3
    assert read_settlement(written.headers) == Place(3, 17)
    assert read_settlement((("remen-settles", b"x"),)) is None
    assert read_settlement((("remen-settles", None),)) is None
