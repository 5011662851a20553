"""An edition is a value: it stays what it is, and the next one has all that changed."""

import sqlite3
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from tests.builders import published
from tests.unit.render.press import Press


def test_an_edition_is_given_again_until_it_ends_and_stays_as_it_was(press: Press) -> None:
    press.fold(published("a", section="国际"))
    first = press.edition
    assert press.edition is first
    as_it_was = replace(first)
    press.fold(published("b", section="体育"))
    press.read(now=["a"])
    second = press.edition
    assert (first, first.number, first.sections) == (as_it_was, as_it_was.number, ("国际",))
    assert second.number == first.number + 1
    assert set(second.sections) == {"国际", "体育"}
    assert [item.id for item in second.hot.seven] == ["a", "b"]
    with pytest.raises(FrozenInstanceError):
        first.token = ""  # type: ignore[misc]


def test_a_list_that_says_the_same_begins_no_other_pages(press: Press) -> None:
    press.fold(published("a"))
    press.read(now=["a"])
    first = press.edition
    press.later(seconds=1)
    press.read(now=["a"])
    assert (press.edition.number, press.edition == first) == (first.number, True)
    assert press.edition.as_of != first.as_of


def test_an_edition_that_fails_halfway_is_made_again_with_all_that_changed(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    press.fold(published("a", title="旧标题"))
    before = press.article("a")
    press.fold(published("a", title="新标题", revision=1, second=1), published("b", section="体育", second=2))

    def fail(*_: Any) -> Any:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(press.editions["zh-Hans"], "_hot", fail)
        with pytest.raises(sqlite3.OperationalError):
            press.article("a")
    after = press.article("a")
    assert before is not None
    assert after is not None
    assert "旧标题" in before.body.decode()
    assert "新标题" in after.body.decode()
    assert "体育" in press.edition.sections
