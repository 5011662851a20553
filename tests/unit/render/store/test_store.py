"""The store is a fold of articles.v1: what stands, in whatever order and batches the log comes."""

import sqlite3
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.render.adapters.log.records import Record
from services.render.adapters.store.fold import apply
from services.render.adapters.store.schema import LAYOUT
from services.render.adapters.store.store import Store
from services.render.core.articles.articles import Changes, Takedown
from services.render.core.articles.cursors import Place, microseconds
from shared.articles import ArticleEvent, Standing, TextErased, fold
from shared.blocks import Paragraph
from shared.events import ArticlePublished
from tests.builders import NOON, published, reinstated, withdrawn
from tests.unit.render.folded import Folded

IDS = ("a", "b", "c")
EVENTS = st.lists(
    st.one_of(
        st.builds(published, st.sampled_from(IDS), second=st.integers(0, 9), revision=st.integers(0, 2)),
        st.builds(withdrawn, st.sampled_from(IDS), second=st.integers(0, 9)),
        st.builds(reinstated, st.sampled_from(IDS), second=st.integers(0, 9)),
        st.builds(TextErased, st.sampled_from(IDS)),
    ),
    max_size=25,
)


def later(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def texts_by_the_rule(events: list[ArticleEvent]) -> dict[str, ArticlePublished]:
    """Fold by the shared rule alone, keeping the texts in a dictionary."""
    standings: dict[str, Standing] = {}
    texts: dict[str, ArticlePublished] = {}
    for event in events:
        before = standings.get(event.id, Standing())
        standings[event.id] = fold(before, event)
        if isinstance(event, ArticlePublished) and before.admits(event.order):
            texts[event.id] = event
        elif standings[event.id].order is None:
            texts.pop(event.id, None)
    return texts


# each example makes files: fewer of them
@settings(max_examples=25)
@given(EVENTS, st.lists(st.integers(1, 25), max_size=25), st.booleans())
def test_what_stands_is_what_the_reading_rule_says_however_the_log_is_cut(
    events: list[ArticleEvent], cuts: list[int], restarts: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole, cut = Folded(Path(folder) / "whole"), Folded(Path(folder) / "cut")
        whole.fold(*events)
        left = list(events)
        for size in [*cuts, len(events)]:
            cut.fold(*left[:size])
            left = left[size:]
            if restarts:
                cut.reopen()
        assert cut.rows() == whole.rows()
        found = {one: whole.store.find(one) for one in IDS}
        stand = {one: text for one, text in found.items() if isinstance(text, ArticlePublished)}
        assert stand == texts_by_the_rule(events)
        whole.store.close()
        cut.store.close()


def test_the_position_is_behind_the_last_record_whatever_it_was(folded: Folded) -> None:
    apply(folded.store.writer, [Record(5, 41, 1000, b"a", b"not JSON", (("ce_type", b"?"),))])
    assert folded.store.positions() == {5: (42, 1000)}
    apply(folded.store.writer, [Record(5, 42, 900, None, None, ())])
    assert folded.store.positions() == {5: (43, 1000)}


def test_a_batch_is_folded_wholly_or_not_at_all(folded: Folded) -> None:
    folded.fold(published("a"))
    before = folded.rows()
    records = [folded.record(published("b")), folded.record(published("c"))]
    broken = [*records, Record("no partition", 0, 0, None, None, ())]  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        apply(folded.store.writer, broken)
    assert folded.rows() == before
    apply(folded.store.writer, records)
    assert folded.store.find("c") is not None


def test_a_text_behind_a_withdrawal_stays_gone_after_a_restart(folded: Folded) -> None:
    folded.fold(published("a", second=1), withdrawn("a", second=2), TextErased("a"))
    folded.reopen()
    folded.fold(published("a", second=1), published("a", second=3))
    assert folded.store.find("a") == Takedown("legal", "", NOON)


def test_a_reinstated_article_is_unknown_until_it_is_published_again(folded: Folded) -> None:
    folded.fold(published("a", second=1), withdrawn("a", second=2), reinstated("a", second=3))
    assert folded.store.find("a") is None
    folded.fold(published("a", second=4))
    assert isinstance(folded.store.find("a"), ArticlePublished)


def test_a_withdrawn_text_is_no_longer_in_the_file(folded: Folded) -> None:
    folded.fold(published("a", second=1, blocks=(Paragraph(text="a word nobody shall find"),)))
    folded.fold(withdrawn("a", second=2))
    folded.store.close()
    assert all(b"nobody shall find" not in path.read_bytes() for path in folded.folder.iterdir())


def test_changes_name_the_section_left_and_the_one_entered(folded: Folded) -> None:
    assert folded.fold(published("a", section="地方")) == Changes(frozenset({"a"}), frozenset({"地方"}))
    moved = folded.fold(published("a", second=1, section="文化"))
    assert moved == Changes(frozenset({"a"}), frozenset({"地方", "文化"}))
    assert folded.fold(published("a", section="体育")) == Changes()
    assert folded.fold(withdrawn("a", second=2)) == Changes(frozenset({"a"}), frozenset({"文化"}))


def test_lists_are_newest_first_and_show_only_what_may_be_shown(folded: Folded) -> None:
    folded.fold(
        published("old", published_at=later(-60)),
        published("new", published_at=later(60)),
        published("same-b"),
        published("same-a"),
        published("embargoed", embargo_until=later(10)),
        published("expired", expires_at=later(0)),
        published("paid", sponsored=True),
        published("delicate", sensitive=True),
        published("elsewhere", section="体育"),
    )
    store = folded.store
    assert store.newest_of_section("地方", NOON, 9) == ["new", "same-b", "same-a", "paid", "delicate", "old"]
    assert store.newest(NOON, 9, hot=True) == ["new", "same-b", "same-a", "elsewhere", "old"]
    assert "embargoed" in store.newest(later(10), 9, hot=True)
    assert list(store.sections(NOON)) == ["体育", "地方"]


def test_a_section_with_nothing_to_show_is_not_there(folded: Folded) -> None:
    folded.fold(published("a", section="文化", embargo_until=later(10)), published("b", series="桥"))
    assert list(folded.store.sections(NOON)) == ["地方"]
    assert list(folded.store.sections(later(10))) == ["地方", "文化"]
    assert folded.store.newest_of_series("桥", NOON, 9) == ["b"]


@settings(max_examples=15)
@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 7))
def test_going_through_an_archive_shows_every_article_once(seconds: list[int], size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        folded = Folded(Path(folder))
        folded.fold(*(published(f"a{n}", published_at=later(s)) for n, s in enumerate(seconds)))
        seen: list[str] = []
        place = Place(2**62, "")
        while page := folded.store.newest_of_section("地方", later(9), size, place):
            seen += page
            place = Place(microseconds(later(seconds[int(page[-1][1:])])), page[-1])
        assert len(seen) == len(seconds)
        assert seen == folded.store.newest_of_section("地方", later(9), 99)
        folded.store.close()


def test_what_time_alone_changes_is_known_in_advance(folded: Folded) -> None:
    folded.fold(published("a", section="体育", embargo_until=later(10)), published("b", expires_at=later(20)))
    store = folded.store
    assert store.next_timed_change(NOON) == later(10)
    assert store.next_timed_change(later(10)) == later(20)
    assert store.next_timed_change(later(20)) is None
    assert store.timed_changes(NOON, later(10)) == Changes(frozenset({"a"}), frozenset({"体育"}))
    assert store.timed_changes(later(10), later(20)) == Changes(frozenset({"b"}), frozenset({"地方"}))


@pytest.mark.parametrize("corrupt", [b"this is no database" * 1000, b""])
def test_a_file_that_is_no_store_is_begun_anew(tmp_path: Path, corrupt: bytes) -> None:
    (tmp_path / "articles.sqlite3").write_bytes(corrupt)
    store = Store(tmp_path)
    assert store.positions() == {}
    store.close()


def test_a_page_torn_inside_the_file_is_noticed_when_it_is_read(folded: Folded) -> None:
    folded.fold(*(published(f"a{n}", title="长" * 200) for n in range(200)))
    folded.store.close()
    path = folded.folder / "articles.sqlite3"
    corrupt = bytearray(path.read_bytes())
    corrupt[8192:] = b"\xff" * (len(corrupt) - 8192)
    path.write_bytes(corrupt)
    store = Store(folded.folder)
    with pytest.raises(sqlite3.DatabaseError):
        store.find("a1")
    assert store.broken
    store.start_over("corrupt")
    assert not store.broken
    assert store.find("a1") is None
    store.close()


def test_a_store_of_another_layout_is_folded_anew(folded: Folded) -> None:
    folded.fold(published("a"))
    folded.store.writer.execute(f"PRAGMA user_version = {LAYOUT + 1}")
    assert folded.reopen().positions() == {}


def test_no_list_reads_more_of_the_store_than_it_shows(folded: Folded) -> None:
    folded.fold(*(published(f"a{n}") for n in range(50)))
    seen: list[str] = []
    folded.store._reader.set_trace_callback(seen.append)
    folded.store.newest(NOON, 7, hot=True)
    folded.store.newest_of_section("地方", NOON, 17)
    folded.store.newest_of_series("桥", NOON, 17)
    folded.store.next_timed_change(NOON)
    folded.store.timed_changes(NOON, later(1))
    assert len(seen) == 5
    for sql in seen:
        plan = [row[3] for row in folded.store.writer.execute(f"EXPLAIN QUERY PLAN {sql}")]
        steps = [step for step in plan if "articles" in step]
        assert steps
        assert all("COVERING INDEX" in step for step in steps), plan
        assert not any("TEMP B-TREE" in step for step in plan), plan


def test_what_changed_is_given_by_the_megabyte(folded: Folded) -> None:
    large = tuple(Paragraph(text="长" * 30_000) for _ in range(4))
    folded.fold(
        *(published(f"a{n}", second=n, blocks=large) for n in range(20)), withdrawn("none", second=30)
    )
    read, at = [], 0
    while changes := folded.store.changes_after(at, 25):
        assert sum(len(change.text or b"") for change in changes) < 1_500_000
        at = changes[-1].number
        read += [change.id for change in changes]
    assert read == [*(f"a{n}" for n in range(20)), "none"]
    assert len(folded.store.changes_after(0, 1)) == 1
