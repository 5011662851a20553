"""Seats: a segment is at most so many readers of an article on one reading day."""

from hypothesis import given
from hypothesis import strategies as st

from services.rank.core.clock import DAY_MS, bucket_of
from services.rank.core.fold import Batch, Rules, State, fold
from services.rank.core.views import read
from shared.events import ViewsSeen
from shared.topics import VIEWS
from tests.builders import NOON_MS
from tests.unit.rank.logs import (
    ARTICLE_IDS,
    FOREIGN_ID,
    HOME,
    LIMITS,
    ZONE,
    Appended,
    batch,
    columns,
    plain,
    views_log,
)

A, B = ARTICLE_IDS[:2]

Row = tuple[str, int, int]
"""Article, reader, segment."""


def seen(rows: list[Row], at_ms: int = NOON_MS) -> bytes:
    """Write a batch of views with their segments."""
    return columns([(name, r, at_ms) for name, r, _ in rows], segment=[segment for _, _, segment in rows])


def views(log: Batch, seats: int) -> int:
    """Count the views that a log earns."""
    return fold(State(HOME), log, Rules(ZONE, LIMITS, seats))[1].views


rows = st.lists(
    st.tuples(st.sampled_from([A, B]), st.integers(0, 2**53 - 1), st.sampled_from([0, 7, 65535])),
    min_size=1,
    max_size=60,
)


@given(rows, st.integers(1, 64))
def test_a_view_is_the_first_of_its_article_segment_and_seat(found: list[Row], seats: int) -> None:
    assert views(batch(views_log([seen(found)])), seats) == len({(a, s, r % seats) for a, r, s in found})


@given(rows)
def test_without_seats_the_segment_decides_nothing(found: list[Row]) -> None:
    assert views(batch(views_log([seen(found)])), 0) == len({(a, r) for a, r, _ in found})


def test_a_thousand_agents_of_a_network_fill_its_seats_and_no_more() -> None:
    crowd = [(A, reader, 7) for reader in range(1000)]
    assert views(batch(views_log([seen(crowd)])), 16) == 16
    assert views(batch(views_log([seen(crowd), seen([(A, 3, 8)])])), 16) == 17


def test_seats_are_free_again_on_the_next_reading_day() -> None:
    crowd = [(A, reader, 7) for reader in range(100)]
    log = [Appended(n, at, seen(crowd, at)) for n, at in enumerate((NOON_MS, NOON_MS + DAY_MS))]
    assert views(batch(log), 16) == 32


def test_a_plain_view_names_no_segment_and_keeps_its_reader() -> None:
    values = [plain(A, f"reader {n}") for n in range(100)]
    assert views(batch(views_log([*values, *values])), 16) == 100


def test_what_is_handed_on_keeps_its_reader_and_segment() -> None:
    """The seat is taken where the view is counted, by the setting that holds there."""
    (record,) = views_log([seen([(FOREIGN_ID, 2**53 - 1, 65535)])])
    (handed_on,) = read([record], HOME, {}, LIMITS, 16).forwards
    batch_sent = ViewsSeen.model_validate_json(handed_on.value)
    assert (batch_sent.reader, batch_sent.segment) == ([2**53 - 1], [65535])


def test_the_seats_are_the_same_after_a_restart() -> None:
    crowd = [(A, reader, 7) for reader in range(1000)]
    rules = Rules(ZONE, LIMITS, 16)
    once, _ = fold(State(HOME), batch(views_log([seen(crowd)])), rules)
    again = Batch({VIEWS.name: 2}, {VIEWS.name: [Appended(1, NOON_MS, seen(crowd))]})
    after, effects = fold(once, again, rules)
    assert effects.repeated == 1000
    assert after.buckets[bucket_of(NOON_MS)].total() == 16
