"""Nothing that lies there joins what a reader read; the long form is `python -m tests.attack.privacy`."""

import pytest

from tests.attack.privacy.attempt import Found, attempt

DAYS, READERS, SEED = 14, 120, 1
"""A fortnight, so that the backup is of before what the log still has."""
FEW_DAYS, MORE_READERS = 4, 160
"""In which a fault shows."""


@pytest.fixture(scope="module")
def found() -> Found:
    """Give what came of all attempts on what is written now."""
    return attempt(DAYS, READERS, SEED)


def test_what_is_written_joins_nothing_better_than_chance(found: Found) -> None:
    assert len(found.contents) == 26
    assert all(tried.tries > 50 for tried in found.contents.values())
    assert found.better == []


def test_salts_older_than_two_days_are_gone(found: Found) -> None:
    """Whoever reads the others joins what was read on their days: they are let to render alone."""
    assert len(found.salts) <= 3
    assert 0 < found.salted.tries < found.views / 2
    assert found.salted.right > 0.95 * found.salted.tries


@pytest.mark.parametrize(
    ("planted", "by"),
    [("segment", "the same segment, of a day"), ("order", "the neighbour in a record")],
)
def test_faults_of_before_are_found(planted: str, by: str) -> None:
    found = attempt(FEW_DAYS, MORE_READERS, SEED, planted)
    assert by in found.better
