"""Whatever others have written into log, Redis or file: every page that can be made is made."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import ResponseError

from services.render.adapters.hot_list_reader import HotListReader
from services.render.adapters.http import page_check
from services.render.adapters.http.page_check import PageCheck
from services.render.adapters.http.sitemaps import INDEX, NEWS_NAME
from services.render.adapters.log.records import Record
from services.render.adapters.store.fold import apply
from services.render.adapters.store.schema import LAYOUT
from services.render.adapters.store.sqlite_file import is_corrupt, is_invalid
from services.render.adapters.store.store import Store
from services.render.adapters.views.salts import _take
from services.render.core.articles.stories import Story
from services.render.core.pages.hot_section import HotLists
from services.render.core.pages.templates import Templates
from services.render.core.text.script_converter import ScriptConverter
from shared import wire
from shared.articles import read
from shared.events import LISTS, ArticlePublished, HotEntry, HotListChanged, ListName
from tests import poison
from tests.builders import NOON, NOON_MS, published, withdrawn
from tests.unit.render.folded import Folded
from tests.unit.render.http.test_web import Render
from tests.unit.render.press import Press

SECTION = "/section/%E5%9C%B0%E6%96%B9"
PATHS = ("/", SECTION, "/hot", "/search?q=河城", "/feed.xml", f"{SECTION}/feed.atom", "/feed.json",
         "/sitemap.xml", "/news-sitemap.xml", "/hot.json")  # fmt: skip


@pytest.fixture
async def render(press: Press) -> AsyncIterator[Render]:
    press.fold(published("a"), published("b", second=1), published("c", second=2))
    made = Render(press)
    async with made.client:
        yield made


async def test_every_page_is_made_of_a_store_into_which_all_foreign_records_were_folded(
    render: Render,
) -> None:
    press = render.press
    records = list(poison.articles())
    changes = apply(
        press.folded.store.writer,
        [Record(r.partition, n, NOON_MS, r.key, r.value, r.read_headers) for n, r in enumerate(records)],
    )
    press.forget(changes)
    press.read(now=["a", *changes.ids])
    press.index_all()
    understood = [read(r.key, r.value, r.read_headers, r.partition) for r in records]
    taken = {event.id for event in understood if isinstance(event, ArticlePublished)}
    assert taken, "some are right, however odd"
    for prefix, paths in (("", PATHS), ("/zh-hant", [path for path in PATHS if path != "/sitemap.xml"])):
        for path in paths:
            answer = await render.get(prefix + path)
            assert answer.status_code == 200, path
            assert "javascript:" not in answer.text
        for article_id in {"a", "b", "c"} | taken:
            assert (await render.get(f"{prefix}/article/{article_id}")).status_code == 200, article_id


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no card be made of article b, and nothing of its title in another script."""
    card, article = Templates.card, ScriptConverter.article

    def no_card(templates: Templates, story: Story, today: date) -> bytes:
        if story.id == "b":
            raise KeyError("a template's mistake")
        return card(templates, story, today)

    def no_article(converter: ScriptConverter, found: ArticlePublished) -> ArticlePublished:
        if found.id == "b":
            raise KeyError("a dictionary's mistake")
        return article(converter, found)

    monkeypatch.setattr(Templates, "card", no_card)
    monkeypatch.setattr(ScriptConverter, "article", no_article)


@pytest.mark.usefixtures("failing")
async def test_an_article_of_which_no_piece_can_be_made_is_in_no_list_and_its_page_says_so(
    render: Render,
) -> None:
    render.press.index_all()
    for path in PATHS:
        answer = await render.get(path)
        assert answer.status_code == 200, path
        if path not in ("/sitemap.xml", "/news-sitemap.xml", "/hot"):
            assert "/article/a" in answer.text, path
        assert "/article/b" not in answer.text, path
    page = await render.get("/article/b")
    assert (page.status_code, page.headers["content-type"]) == (500, "application/problem+json")
    assert page.headers["cache-control"] == "no-store"
    assert (await render.get("/article/a")).status_code == 200


@pytest.mark.usefixtures("failing")
async def test_an_article_that_is_published_anew_is_tried_anew(
    render: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "/article/b" not in (await render.get(SECTION)).text
    monkeypatch.undo()
    assert "/article/b" not in (await render.get(SECTION)).text
    render.press.fold(published("b", second=9))
    assert "/article/b" in (await render.get(SECTION)).text


class Clock:
    """A monotonic clock that is set by hand."""

    now_s = 100.0

    def monotonic(self) -> float:
        """Give the time in seconds."""
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(page_check, "time", clock)
    return clock


def test_a_replica_that_can_make_no_page_is_not_ready(
    press: Press, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    press.fold(published("a"))
    check = PageCheck(press.folded.store, press.in_script, lambda: None)
    assert check.complaint() is None

    def fail(*_: Any) -> Any:
        raise ValueError("no such page")

    monkeypatch.setattr(press.editions["zh-Hans"], "at", fail)
    assert check.complaint() is None, "asked once a second"
    clock.now_s += 1
    assert "front page cannot be made" in str(check.complaint())
    monkeypatch.undo()
    monkeypatch.setattr(page_check, "time", clock)
    clock.now_s += 1
    assert check.complaint() is None


def test_one_article_that_cannot_be_shown_does_not_make_a_replica_unready(
    press: Press, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    press.fold(published("b", second=1), published("a"))
    top = Templates.article_top

    def no_top(templates: Templates, article: ArticlePublished, *more: Any) -> bytes:
        if article.id == "b":
            raise KeyError("a template's mistake")
        return top(templates, article, *more)

    monkeypatch.setattr(Templates, "article_top", no_top)
    check = PageCheck(press.folded.store, press.in_script, lambda: None)
    assert check.complaint() is None
    press.fold(withdrawn("a", second=9))
    clock.now_s += 1
    assert "no article's page can be made" in str(check.complaint())


def document(name: ListName = "now", *ids: str, **changes: Any) -> bytes:
    entries = tuple(HotEntry(id=one, score=1) for one in ids)
    made = HotListChanged(scope="all", list=name, as_of=datetime.now(UTC), entries=entries)
    return wire.encode(made.model_copy(update=changes))


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"null",
        b"{}",
        # its own name would tell the time, and every worker of pytest must know it by the same
        pytest.param(document(as_of=datetime.now(UTC) + timedelta(hours=2)), id="ahead"),
        document(as_of=datetime(9999, 12, 31, 23, 59, tzinfo=UTC)),
        document().replace(b'"entries":[', b'"entries":[{"id":"../x","score":1}'),
        document().replace(b'"entries":[', b'"entries":[{"id":"a","score":1.5}'),
        document().replace(b'"entries":[', b'"entries":[{"id":"a","score":1e999}'),
        document("now", *(f"a{n}" for n in range(100_000))),
        ResponseError("WRONGTYPE"),
    ],
)
def test_a_hot_list_that_cannot_be_read_says_nothing(wrong: bytes) -> None:
    seen: list[HotLists] = []
    lists = HotListReader("redis://127.0.0.1:1", lambda _scope, now_are: seen.append(now_are), tuple)
    lists._apply(["all"], [document("now", "a"), document("24h", "b"), b""])
    lists._apply(["all"], [wrong, document("24h", "c"), wrong])
    assert [[one.id for one in seen[-1][name].entries] for name in LISTS[:2]] == [["a"], ["c"]]
    lists._apply(["all"], [document("now", "d"), wrong, wrong])
    assert [one.id for one in seen[-1]["now"].entries] == ["d"]


def test_the_lists_of_sections_are_read_in_turn_and_are_empty_where_nobody_reads() -> None:
    seen: dict[str, HotLists] = {}
    names = [f"s{n}" for n in range(7)]
    lists = HotListReader(
        "redis://127.0.0.1:1", lambda scope, now_are: seen.update({scope: now_are}), lambda: names
    )
    turns = [lists._next_sections() for _ in range(3)]
    assert turns == [[f"section:s{n}" for n in part] for part in (range(5), (5, 6), range(5))]
    of_all = [document("now", "a"), document("24h", "b"), document("3d", "c")]
    lists._apply(["all", "section:s1"], [*of_all, document("now", "a", scope="section:s1"), b"", b""])
    assert [one.id for one in seen["section:s1"]["now"].entries] == ["a"]
    assert seen["section:s1"]["24h"].entries == ()
    assert seen["section:s1"]["24h"].as_of == seen["all"]["24h"].as_of
    # Redis was emptied: that says nothing of anybody
    lists._apply(["all", "section:s1"], [b""] * 6)
    assert [one.id for one in seen["section:s1"]["now"].entries] == ["a"]
    lists._apply(["all", "section:s1"], [*of_all, b"", b"", b""])
    assert seen["section:s1"]["now"].entries == ()
    names.remove("s1")
    lists._next_sections()
    assert seen["section:s1"] == {}


def test_an_entry_that_is_there_twice_is_shown_once(press: Press) -> None:
    press.fold(published("a"))
    press.read(now=["a", "a", "none", "a"])
    assert press.pages.hot("now", press.now).body.count(b'"/article/a"') <= 2
    assert press.edition.charts["now"].ids == ("a", "none")


def test_a_salt_is_kept_in_bounds_whatever_days_there_are() -> None:
    kept: dict[date, bytes] = {}
    wrong = [one for one in poison.everything() if one.topic == "salts.v1"]
    assert not [one.name for one in wrong if _take(kept, one.value) and one.value != poison.SALT]
    assert len(kept) <= 1


GARBAGE = ("'x'", "x'ff00ff'", "-1", "1", "9223372036854775807", "''", "NULL", "'[[[[]]]]'",
           "'[[1,[1,2,\"x\"]],null,false]'", "zeroblob(3000000)")  # fmt: skip
COLUMNS = [
    (table, column)
    for table, columns in {
        "positions": ("partition", "next_offset", "newest_ms"),
        "standings": ("id", "standing", "reason", "public_note", "withdrawn_us", "change"),
        "origin": ("name",),
        "topics": ("topic", "published_us", "id"),
        "articles": (
            *("id", "section", "series", "published_us", "embargo_us", "expires_us", "may_be_hot"),
            *("modified_us", "text", "checksum"),
        ),
    }.items()
    for column in columns
]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_garbage_in_a_column_is_shown_as_it_is_or_makes_the_store_begin_anew(
    tmp_path: Path, table: str, column: str
) -> None:
    for number, garbage in enumerate(GARBAGE):
        folded = Folded(tmp_path / str(number))
        folded.fold(published("a"), published("b"), withdrawn("b", second=3))
        with closing(sqlite3.connect(folded.folder / "articles.sqlite3", isolation_level=None)) as other:
            # what the tables' own rules refuse is refused to others as well; here they are told not to look
            other.execute("PRAGMA ignore_check_constraints = ON")
            with suppress(sqlite3.Error):
                other.execute(f"UPDATE OR REPLACE {table} SET {column} = {garbage}")  # noqa: S608
        press, spoilt = Press(folded), []
        asked: list[Callable[[], object]] = [
            *(partial(pages.home, NOON) for pages in press.in_script.values()),
            *(partial(press.pages.article, one, NOON) for one in "ab"),
            partial(press.pages.section, "地方", None, NOON),
            partial(press.feeds["zh-Hans"].feed, "atom", None, NOON),
            *(partial(press.sitemaps._make, one, "zh-Hans", NOON) for one in (INDEX, NEWS_NAME)),
            *(folded.store.positions, folded.store.last_change, folded.store.origin),
            partial(folded.store.changes_after, 0, 10),
            partial(apply, folded.store.writer, [folded.record(published("a", second=5))]),
        ]
        for ask in asked:
            try:
                ask()
            except sqlite3.Error as error:
                spoilt.append(error)
        assert all(is_corrupt(error) or is_invalid(error) for error in spoilt), (garbage, spoilt)
        press.close()
        folded.store.close()


def test_a_file_with_other_tables_under_our_number_is_begun_anew(tmp_path: Path) -> None:
    for number in (0, LAYOUT):
        folder = tmp_path / str(number)
        folder.mkdir()
        with sqlite3.connect(folder / "articles.sqlite3") as other:
            other.execute("CREATE TABLE articles (x)")
            other.execute(f"PRAGMA user_version = {number}")
        other.close()
        store = Store(folder)
        assert store.newest(NOON, 1, hot=False) == []
        store.close()
