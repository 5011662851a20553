"""A replica with a window: old texts are let go, and nothing else changes but where they are."""

import asyncio
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.render.adapters.archive import window as window_module
from services.render.adapters.archive.archive import ArchiveError
from services.render.adapters.archive.window import Evictor, Window
from services.render.adapters.http.page_check import PageCheck
from services.render.adapters.http.sitemaps import INDEX
from services.render.adapters.log.records import Record
from services.render.adapters.store.fold import Evictable, apply, evict
from services.render.core.articles.articles import ArchivedArticle, ArchivedText, Takedown, TextArchivedError
from services.render.core.articles.stories import abridged, story_of
from services.render.core.pages.page import Page
from shared import wire
from shared.articles import article
from shared.blocks import Heading, Mark, Paragraph
from shared.events import ArticlePublished
from tests.builders import NOON, published, withdrawn
from tests.unit.render.folded import Folded
from tests.unit.render.press import Press
from tests.unit.render.searched import Searched, body

SINCE = NOON - timedelta(days=30)
BEFORE = SINCE - timedelta(days=400)


def old(article_id: str = "old", **changes: Any) -> ArticlePublished:
    """Give an article of before the window."""
    return published(article_id, **{"published_at": BEFORE, "modified_at": BEFORE} | changes)


def past(*texts: ArticlePublished) -> Evictable:
    """Give an archive that holds these texts."""
    return Evictable(SINCE, frozenset((one.id, zlib.crc32(wire.encode(one))) for one in texts))


def brought(text: ArticlePublished) -> ArchivedText:
    return ArchivedText(text, zlib.crc32(wire.encode(text)))


def test_a_text_that_was_let_go_is_named_with_what_lists_show_of_it(folded: Folded) -> None:
    text = old(blocks=body("长" * 3000), series="桥", aliases=("/bridge",), tags=("桥",))
    folded.fold(text)
    evict(folded.store.writer, past(text))
    found = folded.store.find("old")
    assert isinstance(found, ArchivedArticle)
    assert found.checksum == zlib.crc32(wire.encode(text))
    assert story_of(found.short) == story_of(text)
    assert len(wire.encode(found.short)) < len(wire.encode(text)) / 4
    assert folded.store.has_evicted()


@given(st.lists(st.text("河城新桥a \n<", min_size=1, max_size=700), min_size=1, max_size=4), st.booleans())
def test_a_story_is_the_same_of_the_whole_text_and_of_what_stays(texts: list[str], struck: bool) -> None:
    gone = (Mark(kind="deleted", start=0, end=min(30, len(texts[0]))),) if struck else None
    first = Paragraph(text=texts[0], marks=gone)
    short = abridged(old(blocks=(Heading(text="题", level=2), first, *body(*texts[1:]))))
    assert abridged(article(wire.encode(short))) == short


def test_only_what_is_past_and_held_as_it_stands_is_let_go(folded: Folded) -> None:
    late = old("late", embargo_until=NOON - timedelta(days=1))
    revised, now = old("revised", revision=1), published("now")
    folded.fold(old("behind"), late, revised, now)
    assert not folded.store.has_evicted()
    evict(folded.store.writer, past(late, old("revised"), now))
    assert not any(
        isinstance(folded.store.find(one), ArchivedArticle) for one in ("behind", "late", "revised", "now")
    )
    evict(folded.store.writer, past(revised))
    assert isinstance(folded.store.find("revised"), ArchivedArticle)
    assert folded.store.has_evicted()


def test_what_an_empty_store_folds_is_what_one_that_lets_go_later_has(
    folded: Folded, tmp_path: object
) -> None:
    texts = [old("a"), old("b", section="体育"), published("c")]
    folded.fold(*texts)
    evict(folded.store.writer, past(*texts))
    new = Folded(folded.folder.parent / "new")
    apply(new.store.writer, folded.log, past(*texts))
    without_changes = "SELECT id, text, checksum, archived FROM articles ORDER BY id"
    rows = [one.store.writer.execute(without_changes).fetchall() for one in (folded, new)]
    assert rows[0] == rows[1]
    assert [archived is not None for *_, archived in rows[0]] == [True, True, False]
    new.store.close()


def test_no_page_but_the_articles_own_changes_when_texts_are_let_go(press: Press) -> None:
    texts = [
        old(f"old-{n}", series="桥", tags=("桥",), second=n, published_at=BEFORE + timedelta(hours=n))
        for n in range(30)
    ]
    press.fold(*texts, published("new", series="桥", tags=("桥",)))
    press.read(now=["old-3", "new"])

    def pages() -> list[bytes | None]:
        press.forget()
        made: list[Page | None] = [pages.home(press.now) for pages in press.in_script.values()]
        own, now = press.pages, press.now
        made += [own.section("地方", None, now), own.series("桥", None, now), own.hot("now", now)]
        made += [own.article("new", now), asyncio.run(press.sitemaps.page(INDEX, "zh-Hans", now))]
        return [None if one is None else one.body for one in made]

    before = pages()
    evict(press.folded.store.writer, past(*texts))
    assert pages() == before
    assert all(before)
    with pytest.raises(TextArchivedError):
        press.article("old-3")
    feed = press.feeds["zh-Hans"].feed("json", None, press.now)
    assert feed is not None
    assert feed.body.decode().count("old-") >= 30, "feeds tell of them by their summaries"


def test_the_page_of_a_text_that_is_brought_is_that_of_the_whole_text(press: Press) -> None:
    text = old(section="國際", blocks=body("长" * 3000), tags=("桥",))
    press.fold(published("first", section="国际", published_at=BEFORE - timedelta(days=1)), text)
    before = press.article("old")
    assert before is not None
    evict(press.folded.store.writer, past(text))
    press.forget()
    other = old(section="國際", revision=1)
    for wrong in (None, brought(other), ArchivedText(text, 0)):
        with pytest.raises(TextArchivedError) as absent:
            press.pages.article("old", press.now, wrong)
    assert (absent.value.id, absent.value.checksum) == ("old", zlib.crc32(wire.encode(text)))
    page = press.pages.article("old", press.now, brought(text))
    assert page is not None
    assert page.body == before.body


def test_a_withdrawal_an_expiry_and_a_former_address_need_no_archive(press: Press) -> None:
    texts = [old("gone", aliases=("/bridge",)), old("over", expires_at=press.now + timedelta(seconds=9))]
    press.fold(*texts)
    evict(press.folded.store.writer, past(*texts))
    assert press.pages.redirect_to([b"/bridge"], press.now) == "/article/gone"
    assert press.folded.store.next_timed_change(press.now) == press.now + timedelta(seconds=9)
    press.later(seconds=10)
    over = press.article("over")
    assert over is not None
    assert over.status == 410
    press.fold(withdrawn("gone", second=2))
    gone = press.article("gone")
    assert gone is not None
    assert gone.status == 410
    assert press.pages.redirect_to([b"/bridge"], press.now) == "/article/gone"
    assert press.folded.store.find("gone") == Takedown("legal", "", NOON)


def test_a_revision_of_what_was_let_go_stands_here_until_the_archive_holds_it(folded: Folded) -> None:
    first, second = old(), old(revision=1, title="改过的")
    folded.fold(first)
    evict(folded.store.writer, past(first))
    folded.fold(second)
    found = folded.store.find("old")
    assert isinstance(found, ArticlePublished)
    assert found.title == "改过的"
    evict(folded.store.writer, past(first))
    assert isinstance(folded.store.find("old"), ArticlePublished)


def test_a_view_of_what_was_let_go_counts(press: Press) -> None:
    text = old()
    press.fold(text)
    evict(press.folded.store.writer, past(text))
    assert press.pages.shows("old", press.now)


def test_a_replica_whose_newest_article_was_let_go_is_ready(press: Press) -> None:
    text = old()
    press.fold(text)
    evict(press.folded.store.writer, past(text))
    assert PageCheck(press.folded.store, press.in_script, lambda: None).complaint() is None


def test_the_search_forgets_what_was_let_go(searched: Searched) -> None:
    text = old(blocks=body("新桥通车"))
    searched.fold(text, published("new", blocks=body("新桥通车")))
    assert set(searched.ids("新桥")) == {"old", "new"}
    evict(searched.folded.store.writer, past(text))
    (told,) = searched.folded.store.changes_after(2, 9)
    assert (told.id, told.text) == ("old", None)
    searched.read_on()
    assert searched.ids("新桥") == ["new"]


def test_what_stays_of_a_text_is_seen_to_be_torn(folded: Folded) -> None:
    text = old()
    folded.fold(text)
    evict(folded.store.writer, past(text))
    folded.store.writer.execute("UPDATE articles SET text = x'00'")
    with pytest.raises(Exception, match="not as it was written"):
        folded.store.find("old")
    assert folded.store.broken


def test_looking_for_what_is_past_reads_nothing_that_was_let_go(folded: Folded) -> None:
    texts = [old(f"old-{n}") for n in range(9)]
    folded.fold(*texts)
    evict(folded.store.writer, past(*texts))
    seen: list[str] = []
    folded.store._reader.set_trace_callback(seen.append)
    assert folded.store.unarchived_before(NOON, window_module._FIRST, 9) == []
    (step,) = [row[3] for row in folded.store.writer.execute(f"EXPLAIN QUERY PLAN {seen[0]}")]
    assert "INDEX whole" in step


class Holding:
    """An archive that holds what a test says, or is away."""

    def __init__(self, *texts: ArticlePublished) -> None:
        self.texts = past(*texts).held
        self.asked: list[int] = []
        self.away = False

    async def held(self, texts: list[tuple[str, int]]) -> frozenset[tuple[str, int]]:
        """Give those of some texts that it holds."""
        self.asked.append(len(texts))
        if self.away:
            raise ArchiveError("away")
        return frozenset(texts) & frozenset(self.texts)


async def test_texts_are_gone_through_some_at_a_time_and_one_that_is_not_held_stops_no_other(
    folded: Folded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_module, "_BATCH", 10)
    texts = [old(f"old-{n:02}", published_at=BEFORE + timedelta(hours=n)) for n in range(25)]
    folded.fold(*texts, published("new", published_at=NOON + timedelta(days=3650)))
    archive = Holding(*texts[1:])
    told: list[None] = []

    async def write(work: Callable[..., None]) -> None:
        work(folded.store.writer)

    window = Window(archive, timedelta(days=3))  # type: ignore[arg-type]
    evictor = Evictor(window, folded.store, write, lambda: told.append(None))
    archive.away = True
    await evictor.evict_past()
    assert not folded.store.has_evicted()
    archive.away = False
    await evictor.evict_past()
    left = folded.store.unarchived_before(NOON + timedelta(days=9999), window_module._FIRST, 99)
    assert [place.id for place, _ in left] == ["old-00", "new"]
    assert archive.asked == [10, 10, 10, 5, 0]
    assert len(told) == 3


async def test_the_window_asks_for_what_records_say_and_for_nothing_else(folded: Folded) -> None:
    text = old()
    records = [folded.record(text), folded.record(withdrawn("old", second=3))]
    records += [Record(0, 0, 0, None, b"x", ()), Record(0, 1, 0, b"old", None, ())]
    archive = Holding(text)
    found = await Window(archive, timedelta(days=3)).past(records)  # type: ignore[arg-type]
    assert found is not None
    assert set(found.held) == set(past(text).held)
