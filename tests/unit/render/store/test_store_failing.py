"""The store when its disk is full, its file is corrupt, or its folder is another's."""

import asyncio
import random
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from services.render.adapters.store import article_log
from services.render.adapters.store.article_log import ArticleLog
from services.render.adapters.store.fold import apply
from services.render.adapters.store.sqlite_file import UnusableError, is_corrupt
from services.render.adapters.store.store import Store
from services.render.core.articles.articles import Changes
from shared.articles import ArticleEvent
from tests.builders import NOON, published
from tests.unit.render.folded import Folded


def fill_disk(folded: Folded) -> None:
    """Let the file grow no more, as on a full disk."""
    (pages,) = folded.store.writer.execute("PRAGMA page_count").fetchone()
    folded.store.writer.execute(f"PRAGMA max_page_count = {pages}")


def free_disk(folded: Folded) -> None:
    folded.store.writer.execute("PRAGMA max_page_count = 1000000")


def large(*ids: str) -> list[ArticleEvent]:
    return [published(one, title="长" * 200, section=f"栏{one}") for one in ids]


def test_on_a_full_disk_a_batch_changes_nothing_and_is_folded_when_there_is_room(folded: Folded) -> None:
    folded.fold(published("a"))
    before = folded.rows()
    fill_disk(folded)
    records = [folded.record(event) for event in large(*(f"b{n}" for n in range(50)))]
    with pytest.raises(sqlite3.OperationalError, match="full") as full:
        apply(folded.store.writer, records)
    assert not is_corrupt(full.value)
    assert folded.rows() == before
    assert folded.store.find("a") is not None
    assert list(folded.store.sections(NOON)) == ["地方"]
    free_disk(folded)
    apply(folded.store.writer, records)
    assert folded.store.find("b49") is not None


async def test_a_full_disk_is_waited_out_and_told(folded: Folded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(article_log, "_PAUSES_S", (0.01, 0.02))
    changed: list[Changes | None] = []
    follower = ArticleLog("nowhere", folded.store, changed.append)
    folded.fold(published("a"))
    fill_disk(folded)
    records = [folded.record(event) for event in large(*(f"b{n}" for n in range(50)))]
    folding = asyncio.create_task(follower._fold(records))
    async with asyncio.timeout(10):
        while follower.unwritable() is None:  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)
    assert "full" in (follower.unwritable() or "")
    assert follower.complaint() is None, "what is there is served"
    assert changed == []
    free_disk(folded)
    async with asyncio.timeout(10):
        await folding
    assert follower.unwritable() is None
    assert len(changed) == 1
    assert folded.store.find("b49") is not None


def test_a_folder_belongs_to_one_process(folded: Folded) -> None:
    with pytest.raises(UnusableError, match="each replica needs one of its own"):
        Store(folded.folder)
    folded.store.start_over("still ours")
    with pytest.raises(UnusableError):
        Store(folded.folder)
    folded.store.close()
    Store(folded.folder).close()


def test_a_folder_in_which_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnusableError, match="file/store cannot be written to"):
        Store(tmp_path / "file" / "store")


@pytest.mark.parametrize("letters", [b"\0\0\0", "别".encode(), b"\xff\xff\xff"])
def test_a_text_that_was_written_over_is_noticed_whatever_stands_there_now(
    folded: Folded, letters: bytes
) -> None:
    folded.fold(published("a", title="旧邮局"))
    folded.store.close()
    path = folded.folder / "articles.sqlite3"
    was = path.read_bytes()
    assert "旧邮局".encode() in was
    path.write_bytes(was.replace("旧".encode(), letters))
    store = Store(folded.folder)
    with pytest.raises(sqlite3.DatabaseError) as corrupt:
        store.find("a")
    assert is_corrupt(corrupt.value)
    assert store.broken
    store.close()


@pytest.mark.parametrize("seed", range(12))
def test_a_file_torn_anywhere_raises_what_is_answered_by_503_and_nothing_else(
    folded: Folded, tmp_path: Path, seed: int
) -> None:
    drawn = random.Random(seed)
    folded.fold(*(published(f"a{n}", title="长" * drawn.randrange(1, 200), series="桥") for n in range(200)))
    more = [folded.record(published(f"a{n}", second=1)) for n in range(0, 200, 7)]
    folded.store.close()
    corrupt = bytearray((folded.folder / "articles.sqlite3").read_bytes())
    start = drawn.randrange(len(corrupt))
    end = start + drawn.choice((20, 500, 5000, 50_000))
    corrupt[start:end] = drawn.choice((b"\0", b"x", b"\xff")) * len(corrupt[start:end])
    if seed % 4 == 0:
        del corrupt[start:]
    (tmp_path / "articles.sqlite3").write_bytes(corrupt)
    store = Store(tmp_path)
    look_ups: list[Callable[[], object]] = [
        *(partial(store.find, f"a{n}") for n in range(200)),
        lambda: store.newest(NOON, 300, hot=True),
        lambda: store.newest_of_section("地方", NOON, 300),
        lambda: store.newest_of_series("桥", NOON, 300),
        lambda: store.changes_after(0, 300),
        store.positions,
    ]
    raised: list[sqlite3.Error] = []
    for look_up in look_ups:
        try:
            look_up()
        except sqlite3.Error as error:
            raised.append(error)
    assert store.broken or not raised
    try:
        apply(store.writer, more)
    except sqlite3.Error as error:
        raised.append(error)
    assert all(map(is_corrupt, raised))
    store.close()
