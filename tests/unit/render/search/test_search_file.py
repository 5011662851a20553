"""The search's file follows the store through restarts, failures and damage, and keeps nothing withdrawn."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.render.adapters.cancelling import cancel_all
from services.render.adapters.search import search_index, search_indexer
from services.render.adapters.search.search import BusyError
from services.render.adapters.search.search_index import SearchIndex
from services.render.adapters.search.search_indexer import SearchIndexer
from services.render.core.search.query import read
from shared.events import ArticlePublished
from tests.builders import NOON, published, withdrawn
from tests.unit.render.searched import Searched, body

LETTERS = "abcdef"


def test_filling_goes_on_where_a_stopped_process_left_it(searched: Searched) -> None:
    searched.folded.fold(*(published(f"a{n}") for n in range(5)))
    searched.read_on(limit=2)
    assert len(searched.ids("邮局")) == 2
    searched.reopen()
    searched.folded.fold(withdrawn("a0", second=1), published("a1", second=1, title="码头"))
    searched.read_on()
    assert set(searched.ids("邮局")) == {f"a{n}" for n in range(1, 5)}
    assert searched.ids("码头") == ["a1"]


def test_a_batch_that_fails_leaves_nothing_behind(
    searched: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched.folded.fold(published("a"), published("b"))

    def full(_index: SearchIndex, article: ArticlePublished) -> None:
        if article.id == "b":
            raise sqlite3.OperationalError("database or disk is full")
        add(_index, article)

    add = SearchIndex._add
    monkeypatch.setattr(SearchIndex, "_add", full)
    with pytest.raises(sqlite3.OperationalError):
        searched.read_on()
    assert searched.ids("邮局") == []
    monkeypatch.undo()
    searched.read_on()
    assert set(searched.ids("邮局")) == {"a", "b"}


@pytest.mark.parametrize("what", ["torn", "another layout", "another store", "ahead of its store"])
def test_a_file_that_is_not_this_stores_index_is_filled_anew(
    searched: Searched, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    searched.fold(published("a", title="灯塔"), published("b", title="灯塔"))
    if what == "torn":
        searched.index.close()
        searched.index.path.write_bytes(b"x" * 9000)
    elif what == "another layout":
        monkeypatch.setattr(search_index, "LAYOUT", -1)
    elif what == "another store":
        searched.folded.store.start_over("tests")
        searched.folded.fold(published("a", title="灯塔"), published("b", title="码头"))
    else:
        # as after a crash of the machine that took the store's last commit
        searched.folded.store.writer.execute("DELETE FROM standings WHERE id = 'b'")
        searched.folded.store.writer.execute("DELETE FROM articles WHERE id = 'b'")
    searched.reopen()
    searched.read_on()
    assert set(searched.ids("灯塔")) == ({"a"} if "store" in what else {"a", "b"})


def test_no_letter_of_a_withdrawn_text_stays_in_the_file(searched: Searched) -> None:
    for n in range(6):  # so that there are segments to merge
        searched.fold(published(f"a{n}", blocks=body(f"zzsecret{LETTERS[n]} ordinary")))
    searched.fold(withdrawn("a3", second=1))
    steps = 0
    while searched.index.erase():
        steps += 1
        assert steps < 100
    assert steps > 0
    assert not searched.index.erase()
    searched.index.close()
    files = b"".join(path.read_bytes() for path in searched.folded.folder.glob("search.sqlite3*"))
    # FTS5 writes of a term only what differs from the one before, so the last letter is what tells
    terms = sqlite3.connect(searched.index.path)
    terms.execute("CREATE VIRTUAL TABLE temp.kept USING fts5vocab (main, terms, row)")
    kept = {row[0] for row in terms.execute("SELECT term FROM kept")}
    terms.close()
    assert "zzsecretc" in kept
    assert "zzsecretd" not in kept
    assert b"zzsecret" in files


@asynccontextmanager
async def following(searched: Searched) -> AsyncIterator[SearchIndexer]:
    feed = SearchIndexer(searched.folded.store, searched.index)
    task = asyncio.create_task(feed.run())
    try:
        yield feed
    finally:
        await cancel_all([task])


async def eventually(searched: Searched, asked: str, ids: set[str], deadline_s: float = 5.0) -> None:
    until = time.monotonic() + deadline_s
    found = None
    while time.monotonic() < until:
        try:
            found = {hit.id for hit in (await searched.search.find(read(asked), 1, NOON)).hits}
        except BusyError:
            found = None
        if found == ids:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"{asked} finds {found}")


async def test_what_the_fold_commits_is_found_and_what_it_takes_away_is_not(searched: Searched) -> None:
    async with following(searched) as feed:
        searched.folded.fold(*(published(f"a{n}") for n in range(60)))
        feed.changed()
        searched.folded.fold(*(withdrawn(f"a{n}", second=1) for n in range(58)))
        feed.changed()
        await eventually(searched, "邮局", {"a58", "a59"})
        searched.folded.fold(withdrawn("a58", second=2))
        feed.changed()
        await eventually(searched, "邮局", {"a59"}, deadline_s=2.0)
        for _ in range(500):
            if searched.index.unread == 0:
                break
            await asyncio.sleep(0.01)
        assert searched.index.unread == 0


async def test_an_index_that_is_torn_while_it_is_used_is_filled_anew(
    searched: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_indexer, "_PAUSE_S", 0.01)
    async with following(searched) as feed:
        searched.folded.fold(*(published(f"a{n}", blocks=body("灯塔" * 500)) for n in range(20)))
        feed.changed()
        await eventually(searched, "灯塔", {f"a{n}" for n in range(20)})
        with searched.index.path.open("r+b") as file:
            file.write(b"\xff" * searched.index.path.stat().st_size)
        searched.folded.fold(published("b", title="灯塔"), *(withdrawn(f"a{n}", second=1) for n in range(20)))
        feed.changed()
        await eventually(searched, "灯塔", {"b"})
