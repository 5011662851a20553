"""The search as a reader sees it: what is found, in the reader's script, and never more than may be."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import httpx
import pytest

from services.render.adapters.search.search import BusyError, Search
from services.render.core.pages.words import WORDS
from services.render.core.search.query import Query
from shared.blocks import Paragraph
from tests.builders import published, withdrawn
from tests.unit.render.http.test_web import Render
from tests.unit.render.press import ZONE, Press

HANS, HANT = WORDS["zh-Hans"], WORDS["zh-Hant"]
HOUR = timedelta(hours=1)


class Reader:
    """Someone who looks for something on a site."""

    def __init__(self, press: Press, client: httpx.AsyncClient) -> None:
        self.press = press
        self.client = client

    async def search(self, asked: str, *, page: str = "", prefix: str = "", more: str = "") -> httpx.Response:
        """Ask for a page of the search."""
        more += f"&page={page}" if page else ""
        return await self.client.get(f"{prefix}/search?q={quote(asked, errors='surrogatepass')}{more}")

    async def found(self, asked: str) -> list[str]:
        """Give the ids of what is found, having seen that they are counted."""
        page = (await self.search(asked)).text
        main = page.partition("</form>")[2].partition('<section class="hot"')[0]
        ids = list(dict.fromkeys(re.findall(r'href="/article/([^"]+)"', main)))
        assert (HANS.found.format(count=len(ids)) if ids else HANS.found_none) in main
        return ids


@pytest.fixture
async def reader(press: Press) -> AsyncIterator[Reader]:
    press.now = datetime.now(UTC)
    render = Render(press)
    async with render.client:
        yield Reader(press, render.client)


async def test_without_a_question_there_is_the_form_alone(reader: Reader) -> None:
    for address in ("/search", "/search?q=", "/search?q=%20"):
        page = await reader.client.get(address)
        assert page.status_code == 200
        assert f'<label for="q">{HANS.search_for}</label>' in page.text
        assert 'class="told"' not in page.text
        assert "noindex" not in page.text


async def test_a_page_of_results_is_kept_for_a_second_and_in_no_index(reader: Reader) -> None:
    reader.press.fold(published("a"))
    reader.press.index_all()
    page = await reader.search("邮局")
    assert page.status_code == 200
    assert page.headers["cache-control"] == (await reader.client.get("/")).headers["cache-control"]
    same = await reader.client.get("/search?q=邮局", headers={"if-none-match": page.headers["etag"]})
    assert same.status_code == 304
    assert '<meta name="robots" content="noindex">' in page.text
    assert '<link rel="canonical" href="http://127.0.0.1:8080/search?q=%E9%82%AE%E5%B1%80">' in page.text
    assert 'href="/zh-hant/search?q=%E9%82%AE%E5%B1%80"' in page.text


async def test_hits_are_marked_in_the_readers_script_whatever_was_typed(reader: Reader) -> None:
    reader.press.fold(
        published(
            "hans", title="【台湾】台湾的灯塔", series="台湾", blocks=(Paragraph(text="河城在台湾。"),)
        ),
        published("hant", title="臺灣的燈塔", language="zh-Hant", blocks=(Paragraph(text="河城在臺灣。"),)),
    )
    reader.press.index_all()
    for asked in ("台湾", "臺灣", "台灣"):
        hans = (await reader.search(asked)).text
        assert '<span class="series">【<mark>台湾</mark>】</span><mark>台湾</mark>的灯塔' in hans
        assert hans.count("河城在<mark>台湾</mark>。") == 2
        hant = (await reader.search(asked, prefix="/zh-hant")).text
        assert hant.count("<mark>臺灣</mark>的燈塔") == 2
        assert hant.count("河城在<mark>臺灣</mark>。") == 2
        assert HANT.found.format(count=2) in hant
        assert f'value="{asked}"' in hant


async def test_results_go_on_over_pages_and_end(reader: Reader) -> None:
    reader.press.fold(*(published(f"a{n}") for n in range(45)))
    reader.press.index_all()
    first, second, third = [(await reader.search("邮局", page=page)).text for page in ("", "2", "3")]
    asked = "/search?q=%E9%82%AE%E5%B1%80"
    assert f'rel="next" href="{asked}&amp;page=2"' in first
    assert 'rel="prev"' not in first
    assert f'rel="prev" href="{asked}"' in second
    assert f'rel="prev" href="{asked}&amp;page=2"' in third
    assert 'rel="next"' not in third
    for page in ("4", "51", "0", "-1", "1.5", "x", "9" * 50, "٢"):
        assert (await reader.search("邮局", page=page)).status_code == 404


async def test_a_hit_says_its_section_and_date_with_the_year_where_it_is_not_this_one(
    reader: Reader,
) -> None:
    now = reader.press.now
    old = datetime(2019, 6, 15, 2, 5, tzinfo=UTC)
    reader.press.fold(
        published("new", section="国际", published_at=now),
        published("old", section="国际", published_at=old, title="邮局", language="en"),
    )
    reader.press.index_all()
    page = (await reader.search("邮局")).text
    here = now.astimezone(ZONE)
    time = f'datetime="{here.isoformat(timespec="seconds")}">{here.month}月{here.day}日 {here:%H:%M}</time>'
    assert f'class="from">国际</span><time class="note" {time}' in page
    time = 'datetime="2019-06-15T10:05:00+08:00">2019年6月15日</time>'
    assert f'<time class="note" lang="zh-Hans" {time}' in page


async def test_a_choice_of_section_and_order_stays_from_page_to_page(reader: Reader) -> None:
    reader.press.fold(
        *(published(f"a{n}", section=("国际", "國際")[n % 2]) for n in range(45)),
        *(published(f"b{n}") for n in range(5)),
    )
    reader.press.index_all()
    for name in ("国际", "國際"):
        page = (await reader.search("邮局", more=f"&section={name}&order=date", page="2")).text
        assert HANS.found.format(count=45) in page
        address = f"/search?q={quote('邮局')}&amp;section={quote(name)}&amp;order=date"
        assert f'rel="prev" href="{address}"' in page
        assert f'rel="next" href="{address}&amp;page=3"' in page
        assert f'<link rel="canonical" href="http://127.0.0.1:8080{address}&amp;page=2">' in page
        assert page.count('<option value="国际"') == page.count('<option value="国际" selected>') == 1
        assert '<option value="date" selected>' in page
    hant = (await reader.search("邮局", more="&section=国际", prefix="/zh-hant")).text
    assert '<option value="國際" selected>國際</option>' in hant
    assert f'<option value="">{HANT.all_sections}</option>' in hant


async def test_a_section_that_is_none_finds_nothing_and_is_shown_as_a_text(reader: Reader) -> None:
    reader.press.fold(published("a"))
    reader.press.index_all()
    for name in ('"><b>x', "图" * 7000, "\0", "\ud800", "\u202e"):
        page = await reader.search("邮局", more=f"&section={quote(name, errors='surrogatepass')}")
        assert page.status_code == 200
        assert "<b>x" not in page.text
        assert len(page.content) < 20_000
    assert HANS.found_none in (await reader.search("邮局", more="&section=none")).text


async def test_without_a_question_there_is_nothing_to_choose(reader: Reader) -> None:
    page = await reader.client.get("/search?section=国际&order=date")
    assert "<select" not in page.text
    assert '<link rel="canonical" href="http://127.0.0.1:8080/search">' in page.text


async def test_what_is_withdrawn_is_neither_shown_nor_counted_before_the_index_knows(reader: Reader) -> None:
    reader.press.fold(published("a"), published("b"))
    reader.press.index_all()
    assert set(await reader.found("邮局")) == {"a", "b"}
    reader.press.fold(withdrawn("b", second=1))
    assert await reader.found("邮局") == ["a"]


async def test_what_may_not_be_known_yet_is_neither_shown_nor_counted(reader: Reader) -> None:
    now = reader.press.now
    reader.press.fold(
        published("a"), published("secret", embargo_until=now + HOUR), published("over", expires_at=now)
    )
    reader.press.index_all()
    assert await reader.found("邮局") == ["a"]


async def test_a_reader_is_told_to_come_again_when_there_is_no_time(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object) -> None:
        raise BusyError

    monkeypatch.setattr(Search, "find", busy)
    page = await reader.search("邮局")
    assert (page.status_code, page.headers["retry-after"]) == (503, "1")
    assert page.headers["cache-control"] == "no-store"
    assert HANS.busy in page.text
    assert 'value="邮局"' in page.text


async def test_a_search_without_an_index_is_a_503_and_pages_are_served(reader: Reader) -> None:
    reader.press.fold(published("a"))
    assert (await reader.search("邮局")).status_code == 503
    assert (await reader.client.get("/article/a")).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        '"><script>alert(1)</script>',
        "' OR 1=1 --",
        "\0",
        "图" * 7000,
        "\ud800",
        "👨‍👩‍👧‍👦",
        "a:b* NOT (",
        "&amp;",
    ],
)
async def test_whatever_is_asked_is_answered_and_shown_as_a_text(reader: Reader, asked: str) -> None:
    reader.press.fold(published("a"))
    reader.press.index_all()
    for prefix in ("", "/zh-hant"):
        page = await reader.search(asked, prefix=prefix)
        assert page.status_code == 200
        assert "alert(1)<" not in page.text
        assert len(page.content) < 60_000


async def test_a_reader_is_told_why_results_may_not_be_all(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.press.fold(published("a"))
    reader.press.index_all()
    assert HANS.too_long.format(count=100) in (await reader.search("邮" * 101)).text
    reader.press.index.unread = 4000
    assert HANS.filling.format(count=4000) in (await reader.search("邮局")).text
    find = Search.find

    async def cut(search: Search, query: Query, page: int, now: datetime) -> object:
        found = await find(search, query, page, now)
        return type(found)(found.hits, 3000, at_least=True)

    monkeypatch.setattr(Search, "find", cut)
    page = (await reader.search("邮局")).text
    assert HANS.found_at_least.format(count=3000) in page
    assert HANS.only_newest.format(count=1000) in page
