"""A store and pages of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.render.folded import Folded
from tests.unit.render.press import Press
from tests.unit.render.searched import Searched


@pytest.fixture
def folded(tmp_path: Path) -> Iterator[Folded]:
    """Give an empty store with its log."""
    made = Folded(tmp_path / "store")
    yield made
    made.store.close()


@pytest.fixture
def press(folded: Folded) -> Iterator[Press]:
    """Give the pages over that store."""
    made = Press(folded)
    yield made
    made.close()


@pytest.fixture
def searched(folded: Folded) -> Iterator[Searched]:
    """Give the search over that store."""
    made = Searched(folded)
    yield made
    made.search.close()
