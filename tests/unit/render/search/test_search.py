"""The search over a real file: what stands is found, in its order, and nothing else."""

import asyncio
import sqlite3
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.render.adapters.search import search as search_module
from services.render.adapters.search import search_index
from services.render.adapters.search.search import BusyError, Search
from services.render.core.search.hits import PER_PAGE, RANKED, Results
from services.render.core.search.query import read
from shared.articles import TextErased
from tests.builders import NOON, published, reinstated, withdrawn
from tests.unit.render.searched import Searched, body

HOUR = timedelta(hours=1)


def test_a_word_is_found_in_every_part_of_an_article_and_weighs_by_the_part(searched: Searched) -> None:
    plain: dict[str, Any] = {"title": "别的", "section": "别的", "blocks": body("别的")}
    searched.fold(
        published("in-body", **plain | {"blocks": body("河城有灯塔")}),
        published("in-tags", **plain, tags=("灯塔",)),
        published("in-title", **plain | {"title": "灯塔"}),
        published("nowhere", **plain),
    )
    assert searched.ids("灯塔") == ["in-title", "in-tags", "in-body"]
    assert searched.ids("燈塔") == searched.ids("灯塔")


def test_of_what_fits_alike_the_newer_comes_first(searched: Searched) -> None:
    for name, hours in (("old", 0), ("new", 2), ("middle", 1)):
        searched.fold(published(name, published_at=NOON + hours * HOUR))
    assert searched.ids("邮局") == ["new", "middle", "old"]


def test_what_was_typed_goes_before_its_words_and_these_before_its_pairs(searched: Searched) -> None:
    titles = {
        "none": "首相访客到码头",
        "pairs": "首相访客提问码头",
        "words": "访问码头的首相",
        "phrase": "首相访问码头",
    }
    for hours, (name, title) in enumerate(titles.items()):
        searched.fold(published(name, title=title, published_at=NOON - hours * HOUR, blocks=body("无")))
    assert searched.ids("首相访问码头") == ["phrase", "words", "pairs"]
    assert searched.ids("首相访问码头", order="date") == ["pairs", "words", "phrase"]


def test_pairs_are_asked_for_only_where_the_words_fill_no_page(searched: Searched) -> None:
    searched.fold(published("pairs", title="研究生的使命起源"))
    assert searched.ids("研究生命起源") == ["pairs"]
    searched.fold(*(published(f"a{n}", title="生命起源研究") for n in range(PER_PAGE)))
    assert "pairs" not in searched.ids("研究生命起源")


def test_by_date_the_newest_come_first_to_the_second(searched: Searched) -> None:
    minutes = [7, 3, 59, 0, 61, 30, 119, 2]
    for minute in minutes:
        title = "灯塔" if minute % 2 else "码头"
        searched.fold(
            published(f"a{minute}", title=title, blocks=body("灯塔"), published_at=NOON + HOUR * minute / 60)
        )
    assert searched.ids("灯塔", order="date") == [f"a{minute}" for minute in sorted(minutes, reverse=True)]
    assert searched.ids("灯塔", order="other") == searched.ids("灯塔")


def test_of_a_section_only_its_articles_are_found_in_whichever_script_it_is_named(searched: Searched) -> None:
    searched.fold(
        published("hans", section="国际"),
        published("hant", section="國際", language="zh-Hant"),
        published("title", title="国际邮局", section="地方"),
        published("tag", tags=("国际",), section="国际新闻"),
    )
    for name in ("国际", "國際"):
        assert set(searched.ids("邮局", section=name)) == {"hans", "hant"}
        assert set(searched.ids("邮局", section=name, order="date")) == {"hans", "hant"}
    assert set(searched.ids("邮局", section="")) == {"hans", "hant", "title", "tag"}
    assert searched.ids("邮局", section='") OR ("') == []
    assert searched.ids("首日到访", section="国际新闻") == ["tag"]


def test_an_article_that_moved_is_found_in_its_new_section_alone(searched: Searched) -> None:
    searched.fold(published("a", section="国际"))
    searched.fold(published("a", section="地方", second=1))
    assert (searched.ids("邮局", section="国际"), searched.ids("邮局", section="地方")) == ([], ["a"])


def test_more_articles_of_one_hour_than_it_has_numbers_are_all_found(
    searched: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "_OF_AN_HOUR", 2)
    names = {f"a{n}" for n in range(7)}
    searched.fold(*(published(name, published_at=NOON + n * HOUR / 4) for n, name in enumerate(names)))
    searched.fold(*(published(name, second=1) for name in names))
    assert set(searched.ids("邮局")) == names


def test_pages_follow_one_another_and_the_count_is_of_all(searched: Searched) -> None:
    searched.fold(*(published(f"a{n}", published_at=NOON + n * HOUR) for n in range(45)))
    pages = [searched.find("邮局", page) for page in (1, 2, 3)]
    assert [found.total for found in pages] == [45] * 3
    assert [hit.id for found in pages for hit in found.hits] == [f"a{n}" for n in reversed(range(45))]
    assert searched.find("邮局", 4).hits == ()


def test_a_revision_is_found_by_its_own_words_and_no_longer_by_the_old(searched: Searched) -> None:
    searched.fold(published("a", title="灯塔"))
    searched.fold(published("a", second=1, title="码头"))
    assert (searched.ids("灯塔"), searched.ids("码头")) == ([], ["a"])


def test_what_is_withdrawn_is_found_again_only_when_it_is_published_again(searched: Searched) -> None:
    searched.fold(published("a"))
    searched.fold(withdrawn("a", second=1), TextErased("a"))
    assert searched.ids("邮局") == []
    searched.fold(reinstated("a", second=2))
    assert searched.ids("邮局") == []
    searched.fold(published("a", second=3))
    assert searched.ids("邮局") == ["a"]


def test_an_embargoed_article_is_neither_found_nor_counted_until_its_time(searched: Searched) -> None:
    searched.fold(published("a"), published("b", embargo_until=NOON + HOUR))
    assert searched.ids("邮局") == ["a"]
    assert set(searched.ids("邮局", now=NOON + HOUR)) == {"a", "b"}


def test_an_expired_article_is_neither_found_nor_counted_and_leaves_the_index(searched: Searched) -> None:
    searched.fold(published("a", expires_at=NOON + HOUR), published("b", expires_at=NOON))
    assert searched.ids("邮局") == ["a"]
    assert searched.ids("邮局", now=NOON + HOUR) == []
    assert searched.index.expire(NOON + HOUR)
    assert not searched.index.expire(NOON + HOUR)
    assert searched.ids("邮局") == []


def test_a_hit_shows_the_place_as_sent(searched: Searched) -> None:
    searched.fold(published("a", language="zh-Hant", blocks=body("開頭。", "河城的臺灣燈塔。")))
    (hit,) = searched.find("台湾灯塔").hits
    assert hit.snippet == "河城的臺灣燈塔。"


def test_more_searches_than_can_be_answered_are_refused(
    searched: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "_WAITING", 0)
    searched.fold(published("a"))

    async def three_at_once() -> list[Results | BaseException]:
        asked = (searched.search.find(read("邮局"), 1, NOON) for _ in range(3))
        return await asyncio.gather(*asked, return_exceptions=True)

    outcomes = asyncio.run(three_at_once())
    assert [isinstance(one, BusyError) for one in outcomes] == [False, False, True]


@pytest.mark.parametrize("looks", [0, 1, 2])
def test_a_search_without_time_is_told_to_come_again(
    searched: Searched, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    searched.fold(published("a"))
    in_time = iter([False] * looks)
    monkeypatch.setattr(search_module, "_STEPS", 1)
    monkeypatch.setattr(search_module, "_is_over", lambda _: next(in_time, True))
    with pytest.raises(BusyError):
        searched.find("邮局")
    monkeypatch.undo()
    assert searched.ids("邮局") == ["a"]


def test_a_search_that_does_not_count_all_says_how_much_there_is_at_least(
    searched: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched.fold(*(published(f"a{n:04}", published_at=NOON + n * HOUR) for n in range(RANKED + 5)))
    whole = searched.find("邮局")
    assert (whole.total, whole.at_least) == (RANKED + 5, False)
    count = Search._count

    def late(
        search: Search, connection: sqlite3.Connection, expression: str, now: datetime
    ) -> tuple[int, bool]:
        connection.set_progress_handler(lambda: True, 1)
        return count(search, connection, expression, now)

    monkeypatch.setattr(Search, "_count", late)
    cut = searched.find("邮局")
    assert (cut.total, cut.at_least) == (RANKED, True)
    assert cut.hits == whole.hits
    monkeypatch.undo()
    monkeypatch.setattr(search_module, "_MOST", RANKED + 2)
    most = searched.find("邮局")
    assert (most.total, most.at_least) == (RANKED + 2, True)


def test_what_asks_for_nothing_finds_nothing(searched: Searched) -> None:
    searched.fold(published("a"))
    assert searched.find(" ?! ") == Results()
