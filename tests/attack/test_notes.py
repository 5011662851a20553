"""What the desk notes about a withdrawal is for the desk: no page has it, nor any file behind one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN
from services.render.core.pages.page import Page
from shared.events import ArticleWithdrawn
from tests.builders import arrival, as_json, published
from tests.unit.ingest.accepting import accept
from tests.unit.render.folded import Folded
from tests.unit.render.press import Press

NOTE, PUBLIC = "线人是林先生", "应法院要求撤下"


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    press = Press(Folded(tmp_path))
    yield press
    press.close()
    press.folded.store.close()


def withdrawal(**said: str) -> ArticleWithdrawn:
    sent = {"id": "a", "action": "withdraw", "reason": "legal"} | said
    outcome = accept(as_json(sent), UNKNOWN, arrival(5))
    assert isinstance(outcome, Accepted), outcome
    mark = outcome.articles[0]
    assert isinstance(mark, ArticleWithdrawn)
    return mark


def shown(press: Press) -> str:
    page = press.article("a")
    assert isinstance(page, Page)
    assert page.status == 410
    return page.body.decode()


def test_the_note_is_kept_for_the_desk_and_shown_to_nobody(press: Press) -> None:
    mark = withdrawal(note=NOTE)
    assert mark.note == NOTE
    press.fold(published("a"), published("b"))
    press.fold(mark)
    assert NOTE not in shown(press)
    assert NOTE not in str(press.folded.rows())
    files = [path for path in press.folded.folder.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if NOTE.encode() in path.read_bytes()]


def test_the_public_note_is_shown_in_both_scripts(press: Press) -> None:
    press.fold(withdrawal(note=NOTE, public_note=PUBLIC))
    assert PUBLIC in shown(press)
    gone = press.in_script["zh-Hant"].article("a", press.now)
    assert gone is not None
    assert "應法院要求撤下" in gone.body.decode()
