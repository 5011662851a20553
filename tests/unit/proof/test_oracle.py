"""What the oracle of `dev prove` demands, told in single views."""

from zoneinfo import ZoneInfo

import pytest

from tests.builders import NOON_MS
from tests.proof.counted import difference, expected_list
from tests.proof.oracle import BUCKET_MS, Appended, Cell, Oracle, reading_day
from tests.unit.rank.logs import ARTICLE_IDS, FOREIGN_ID, HOME, columns, plain

ZONE = ZoneInfo("Asia/Kuala_Lumpur")
DAY = "2026-11-15"
A, B = ARTICLE_IDS[:2]
ARRIVED = f"{NOON_MS}/{HOME + 1}/7".encode()


def cells(*records: Appended) -> dict[Cell, int]:
    oracle = Oracle(ZONE)
    oracle.read(records)
    return dict(oracle.ledger().cells)


def at_noon(value: bytes, partition: int = HOME, arrived: bytes | None = None) -> Appended:
    return Appended(partition, NOON_MS, value, arrived)


def noon(article: str) -> Cell:
    return Cell(DAY, article, NOON_MS // BUCKET_MS)


def test_one_reader_of_one_article_is_one_view_however_often() -> None:
    twice = columns([(A, 1, NOON_MS), (A, 1, NOON_MS), (A, 2, NOON_MS), (B, 1, NOON_MS)])
    assert cells(at_noon(twice), at_noon(twice)) == {noon(A): 2, noon(B): 1}


def test_a_number_and_a_string_are_two_readers() -> None:
    assert cells(at_noon(columns([(A, 1, NOON_MS)])), at_noon(plain(A, "1")), at_noon(plain(A, "1"))) == {
        noon(A): 2
    }


def test_the_first_in_the_log_gives_the_bucket() -> None:
    later, earlier = columns([(A, 1, NOON_MS)]), columns([(A, 1, NOON_MS - BUCKET_MS)])
    assert cells(at_noon(later), at_noon(earlier)) == {noon(A): 1}


@pytest.mark.parametrize(
    ("off_ms", "counts"), [(60_000, True), (60_001, False), (-600_000, True), (-600_001, False)]
)
def test_a_clock_may_be_a_minute_ahead_and_ten_behind(off_ms: int, counts: bool) -> None:
    found = cells(at_noon(columns([(A, 1, NOON_MS + off_ms)])))
    bucket = (NOON_MS + min(0, off_ms)) // BUCKET_MS
    assert found == ({Cell(DAY, A, bucket): 1} if counts else {})


def test_a_view_astray_is_expected_once_whether_or_not_it_was_handed_on() -> None:
    view = plain(FOREIGN_ID, "mei")
    astray = at_noon(view)
    handed_on = Appended(HOME + 1, NOON_MS + 3_600_000, view, ARRIVED)
    assert cells(astray) == cells(astray, handed_on, handed_on) == {noon(FOREIGN_ID): 1}


def test_the_reading_day_begins_at_four() -> None:
    four = (NOON_MS - 16 * 3_600_000) // BUCKET_MS  # noon in London is 20:00 on the site
    assert reading_day(four, ZONE) == DAY
    assert reading_day(four - 1, ZONE) == "2026-11-14"


def test_every_cell_is_compared() -> None:
    lost, double, where = difference({noon(A): 3, noon(B): 2}, {noon(A): 1, noon("unknown"): 4})
    assert (lost, double) == (4, 4)
    assert len(where) == 3


def test_the_list_has_the_best_of_those_that_may_be_hot() -> None:
    old = Cell(DAY, A, noon(A).bucket - 288)
    demanded = {noon(A): 3, old: 9, noon(B): 3, noon("c"): 9, noon("barred"): 99}
    assert expected_list(demanded, {A, B, "c"}, NOON_MS) == [("c", 9), *sorted([(A, 3), (B, 3)])]
