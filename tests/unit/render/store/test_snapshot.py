"""A replica that begins with a snapshot goes on from its moment; one that is wrong costs nothing."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.render.adapters.store import snapshot
from services.render.adapters.store.fold import apply
from services.render.adapters.store.snapshot import SEARCH, STORE
from services.render.adapters.store.store import Store
from tests.builders import published, withdrawn
from tests.unit.render.folded import Folded
from tests.unit.render.searched import Searched, body


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Searched]:
    """Give a replica that has folded two articles, and its search."""
    searched = Searched(Folded(tmp_path / "other"))
    searched.fold(published("a", blocks=body("新桥通车")), published("b"))
    yield searched
    close(searched)


def close(searched: Searched) -> None:
    searched.search.close()
    searched.folded.store.close()


def begun(tmp_path: Path) -> Store:
    return Store(tmp_path / "new", tmp_path / "snapshot")


def test_a_replica_goes_on_from_the_moment_of_the_snapshot(other: Searched, tmp_path: Path) -> None:
    snapshot.write(other.folded.folder, tmp_path / "snapshot")
    behind = len(other.folded.log)
    other.fold(withdrawn("b", second=9), published("c"))
    new = begun(tmp_path)
    assert sum(offset for offset, _ in new.positions().values()) == behind
    apply(new.writer, other.folded.log[behind:])
    for article_id in "abc":
        assert new.find(article_id) == other.folded.store.find(article_id)
    new.close()


def test_its_search_finds_at_once_what_the_others_found(other: Searched, tmp_path: Path) -> None:
    snapshot.write(other.folded.folder, tmp_path / "snapshot")
    begun(tmp_path).close()
    searched = Searched(Folded(tmp_path / "new"))
    # nothing is read again
    store = searched.folded.store
    assert searched.index.follow(store.origin(), store.last_change()) == store.last_change()
    assert searched.ids("新桥") == ["a"]
    close(searched)


def test_a_snapshot_is_written_over_an_earlier_one(other: Searched, tmp_path: Path) -> None:
    snapshot.write(other.folded.folder, tmp_path / "snapshot")
    other.fold(published("c"))
    snapshot.write(other.folded.folder, tmp_path / "snapshot")
    new = begun(tmp_path)
    assert new.find("c") is not None
    new.close()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["new", "other", "snapshot"]


def test_a_store_that_is_there_is_kept(other: Searched, tmp_path: Path) -> None:
    snapshot.write(other.folded.folder, tmp_path / "snapshot")
    mine = Folded(tmp_path / "new")
    mine.fold(published("mine"))
    mine.store.close()
    store = begun(tmp_path)
    assert (store.find("mine") is not None, store.find("a")) == (True, None)
    store.close()


def test_what_is_no_snapshot_or_a_damaged_one_is_folded_anew(other: Searched, tmp_path: Path) -> None:
    store = begun(tmp_path)
    assert store.positions() == {}
    store.close()
    (tmp_path / "new" / STORE).unlink()
    snapshot.write(other.folded.folder, tmp_path / "snapshot")
    copied = tmp_path / "snapshot" / STORE
    copied.write_bytes(copied.read_bytes()[:5000])
    store = begun(tmp_path)
    assert store.positions() == {}
    store.close()


def test_what_cannot_be_written_leaves_the_earlier_one(other: Searched, tmp_path: Path) -> None:
    snapshot.write(other.folded.folder, tmp_path / "snapshot")
    with pytest.raises(FileNotFoundError, match="RENDER_DATA"):
        snapshot.write(tmp_path / "nowhere", tmp_path / "snapshot")
    torn = tmp_path / "torn"
    torn.mkdir()
    (torn / STORE).write_bytes(b"no database at all" * 99)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        snapshot.write(torn, tmp_path / "snapshot")
    assert sorted(one.name for one in (tmp_path / "snapshot").iterdir()) == [STORE, SEARCH]
    assert not [one for one in tmp_path.iterdir() if one.name.startswith("snapshot.")]
