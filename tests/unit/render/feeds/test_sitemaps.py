"""Sitemaps by the rules of sitemaps.org and of Google's news: what stands in them, and what never does."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.render.core.articles.visibility import visible
from services.render.core.feeds import sitemaps
from services.render.core.feeds.feeds import MEDIA_TYPES
from services.render.core.feeds.sitemaps import SitemapEntry, SitemapFile, file_named, files_of, robots, span
from services.render.core.pages.page import Page
from services.render.core.text.scripts import PREFIX, Script
from tests.builders import NOON, published, withdrawn
from tests.unit.render.folded import Folded
from tests.unit.render.press import Press

SITE = "http://127.0.0.1:8080"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
SECOND = timedelta(seconds=1)


async def ask(press: Press, name: str, script: Script = "zh-Hans") -> Page:
    found = await press.feed_routes.page(script, f"/{name}", {}, press.now)
    assert found is not None
    assert (found.status, found.media_type) == (200, "application/xml; charset=utf-8")
    return found


async def urls(press: Press, name: str) -> dict[str, datetime | None]:
    """Give the addresses in a file with their last change, having checked what the format asks."""
    root = ET.fromstring((await ask(press, name)).body)  # noqa: S314 - our own
    assert root.tag == f"{SITEMAP}urlset"
    assert 0 < len(root) <= 50_000
    found: dict[str, datetime | None] = {}
    for url in root:
        tags = [child.tag for child in url]
        assert url.tag == f"{SITEMAP}url"
        assert tags[0] == f"{SITEMAP}loc"
        assert tags[-2:] == [f"{XHTML}link"] * 2
        loc = url.findtext(f"{SITEMAP}loc")
        assert loc is not None
        assert loc not in found
        alternates = {link.get("hreflang"): link.get("href") for link in url.iter(f"{XHTML}link")}
        plain = loc.replace(f"{SITE}/zh-hant/", f"{SITE}/")
        assert alternates == {"zh-Hans": plain, "zh-Hant": plain.replace(SITE, f"{SITE}/zh-hant")}
        assert loc.isascii()
        changed = url.findtext(f"{SITEMAP}lastmod")
        found[loc] = None if changed is None else datetime.fromisoformat(changed)
    return found


async def index(press: Press) -> dict[str, datetime | None]:
    """Give the names of all files with the last change in each."""
    root = ET.fromstring((await ask(press, "sitemap.xml")).body)  # noqa: S314 - our own
    assert root.tag == f"{SITEMAP}sitemapindex"
    assert {one.tag for one in root} == {f"{SITEMAP}sitemap"}
    found = {}
    for one in root:
        loc = one.findtext(f"{SITEMAP}loc") or ""
        assert loc.startswith(f"{SITE}/sitemap-")
        changed = one.findtext(f"{SITEMAP}lastmod")
        found[loc.removeprefix(f"{SITE}/")] = None if changed is None else datetime.fromisoformat(changed)
    return found


async def everything(press: Press) -> set[str]:
    """Give the paths of all pages in all files."""
    found: set[str] = set()
    for name in await index(press):
        found |= {unquote(urlsplit(loc).path) for loc in await urls(press, name)}
    return found


async def news(press: Press, script: Script = "zh-Hans") -> list[tuple[str, ...]]:
    """Give address, publication, language, date and title of the news, having checked the names."""
    root = ET.fromstring((await ask(press, "news-sitemap.xml", script)).body)  # noqa: S314 - our own
    assert root.tag == f"{SITEMAP}urlset"
    assert len(root) <= 1000
    found = []
    for url in root:
        assert [child.tag for child in url] == [f"{SITEMAP}loc", f"{NEWS}news"]
        (_, entry) = url
        assert [child.tag for child in entry] == [
            f"{NEWS}publication",
            f"{NEWS}publication_date",
            f"{NEWS}title",
        ]
        assert [child.tag for child in entry[0]] == [f"{NEWS}name", f"{NEWS}language"]
        texts = (url[0], entry[0][0], entry[0][1], entry[1], entry[2])
        found.append(tuple(one.text or "" for one in texts))
    return found


def both(*paths: str) -> set[str]:
    return {before + path for path in paths for before in ("", "/zh-hant")}


async def test_the_files_hold_every_page_in_both_scripts(press: Press) -> None:
    press.fold(
        published("a", section="a&b<'", series="旧城"),
        published("b", published_at=NOON - timedelta(days=400), modified_at=NOON - timedelta(days=3)),
        published("c", published_at=datetime(1969, 12, 31, 23, 59, tzinfo=UTC)),
    )
    files = await index(press)
    assert list(files) == [
        "sitemap-pages-1.xml",
        "sitemap-2026-11-15-1.xml",
        "sitemap-2025-10-11-1.xml",
        "sitemap-1969-12-31-1.xml",
    ]
    assert files["sitemap-2025-10-11-1.xml"] == NOON - timedelta(days=3)
    assert await everything(press) == both(
        "/", "/section/a&b<'", "/section/地方", "/series/旧城", "/article/a", "/article/b", "/article/c"
    )
    lists = await urls(press, "sitemap-pages-1.xml")
    assert lists[f"{SITE}/"] == lists[f"{SITE}/zh-hant/series/%E6%97%A7%E5%9F%8E"] == NOON
    assert lists[f"{SITE}/section/%E5%9C%B0%E6%96%B9"] == NOON - timedelta(days=400)


async def test_a_busy_day_has_several_files_cut_in_the_order_of_publication(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("core.feeds", "adapters.http"):
        monkeypatch.setattr(f"services.render.{module}.sitemaps.PAGES_IN_FILE", 3)
    press.fold(*(published(f"a{n}", published_at=NOON + n * SECOND) for n in range(7)))
    days = [name for name in await index(press) if "2026" in name]
    assert days == [f"sitemap-2026-11-15-{n}.xml" for n in (1, 2, 3)]
    first = await ask(press, days[0])
    assert {f"{SITE}/article/a{n}" for n in range(3)} < set(await urls(press, days[0]))
    assert {f"{SITE}/article/a6"} < set(await urls(press, days[2]))
    press.fold(published("a9", published_at=NOON + 9 * SECOND))
    assert (await ask(press, days[0])).tag == first.tag


async def test_an_empty_site_has_its_front_page_alone(press: Press) -> None:
    assert await everything(press) == both("/")
    assert await news(press) == []


@pytest.mark.parametrize(
    "name",
    ["sitemap-2026-11-15-2.xml", "sitemap-2026-11-16-1.xml", "sitemap-pages-2.xml", "sitemap-pages-0.xml",
     "sitemap-2026-02-30-1.xml", "sitemap-2026-11-15-01.xml", "sitemap-pages-1.xmlx", "sitemap-x-1.xml"],
)  # fmt: skip
async def test_what_is_no_file_is_not_there(press: Press, name: str) -> None:
    press.fold(published("a"))
    assert await press.feed_routes.page("zh-Hans", f"/{name}", {}, press.now) is None


async def test_files_are_at_the_root_alone_and_the_news_in_each_script(press: Press) -> None:
    press.fold(published("a"))
    assert await press.feed_routes.page("zh-Hant", "/sitemap.xml", {}, press.now) is None
    assert await press.feed_routes.page("zh-Hans", "/section/sitemap.xml", {}, press.now) is None
    assert await press.feed_routes.page("zh-Hant", "/news-sitemap.xml", {}, press.now) is not None


@given(st.dates(), st.integers(1, 999_999))
def test_a_files_name_says_which_it_is(day: date, number: int) -> None:
    for file in (SitemapFile(day, number), SitemapFile(None, number)):
        assert file_named(file.name) == file


@given(st.integers(0, 10**7))
def test_files_are_as_many_as_their_pages_need(pages: int) -> None:
    files = files_of(None, pages)
    assert [file.number for file in files] == list(range(1, len(files) + 1))
    assert len(files) * sitemaps.PAGES_IN_FILE >= pages
    assert not files or (len(files) - 1) * sitemaps.PAGES_IN_FILE < pages
    assert 2 * sitemaps.PAGES_IN_FILE <= 50_000


def test_days_follow_one_another() -> None:
    day = date(1969, 12, 31)
    assert span(day)[1] == span(day + timedelta(days=1))[0] == 0
    assert span(date.max)[1] > span(date.max)[0] > 0 > span(date.min)[0]


async def test_a_file_of_the_longest_addresses_is_far_below_fifty_megabytes() -> None:
    pages = [SitemapEntry("/article/" + "x" * 64, NOON)] * sitemaps.PAGES_IN_FILE
    assert len(sitemaps.urlset("https://" + "x" * 200, pages)) < 10_000_000


async def test_the_news_are_those_of_two_days_named_as_google_says(press: Press) -> None:
    press.fold(
        published("a", title="旧邮局 <改成> 图书馆 & ]]>\x0b"),
        published("old", published_at=NOON - timedelta(days=2) - SECOND),
        published("edge", published_at=NOON - timedelta(days=2)),
        published("en", language="en-GB", title="Library", published_at=NOON - SECOND),
        published("paid", sponsored=True),
    )
    first, second, third = await news(press)
    name = "河城日报"
    assert first == (
        f"{SITE}/article/a", name, "zh-cn", "2026-11-15T12:00:00+00:00", "旧邮局 <改成> 图书馆 & ]]>"
    )  # fmt: skip
    assert (second[0], second[2], second[4]) == (f"{SITE}/article/en", "en", "Library")
    assert third[0] == f"{SITE}/article/edge"
    traditional = await news(press, "zh-Hant")
    assert f"{SITE}/zh-hant/article/en" not in [one[0] for one in traditional]
    assert traditional[0][:3] == (f"{SITE}/zh-hant/article/a", "河城日報", "zh-tw")
    assert traditional[0][4] == "舊郵局 <改成> 圖書館 & ]]>"
    press.later(seconds=1)
    assert [one[0] for one in await news(press)] == [f"{SITE}/article/a", f"{SITE}/article/en"]


async def test_an_article_in_another_language_stands_once_and_alone(press: Press) -> None:
    press.fold(published("en", language="en"), published("a", language="zh-HK"))
    body = (await ask(press, "sitemap-2026-11-15-1.xml")).body.decode()
    changed = f"<lastmod>{NOON.isoformat()}</lastmod>"
    assert f"<url><loc>{SITE}/article/en</loc>{changed}</url>\n" in body
    assert "/zh-hant/article/en" not in body
    assert body.count("/zh-hant/article/a<") == 1


async def test_the_news_are_a_thousand_at_most(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sitemaps.NEWS == 1000
    monkeypatch.setattr(sitemaps, "NEWS", 2)
    press.fold(*(published(f"a{n}", published_at=NOON - n * SECOND) for n in range(3)))
    assert [one[0] for one in await news(press)] == [f"{SITE}/article/a0", f"{SITE}/article/a1"]


async def test_dates_at_the_ends_of_the_calendar_break_nothing(press: Press) -> None:
    first, last = (datetime(year, month, day, tzinfo=UTC) for year, month, day in ((1, 1, 2), (9999, 12, 30)))
    press.fold(published("first", published_at=first), published("last", published_at=last))
    assert {"sitemap-9999-12-30-1.xml", "sitemap-0001-01-02-1.xml"} < set(await index(press))
    assert both("/article/first", "/article/last") < await everything(press)
    assert [one[0] for one in await news(press)] == [f"{SITE}/article/last"]
    for form in MEDIA_TYPES:
        assert press.feeds["zh-Hans"].feed(form, None, press.now) is not None


TIMES = st.one_of(st.none(), st.integers(-2, 2))


# each example makes files: fewer of them
@settings(max_examples=15)
@given(st.lists(st.tuples(TIMES, TIMES, st.booleans()), max_size=8), st.integers(0, 3))
async def test_what_may_not_be_shown_is_in_nothing_that_machines_read(
    tmp_path_factory: pytest.TempPathFactory, articles: list[tuple[int | None, int | None, bool]], later: int
) -> None:
    def at(seconds: int | None) -> datetime | None:
        return None if seconds is None else NOON + seconds * SECOND

    folded = Folded(tmp_path_factory.mktemp("store"))
    press = Press(folded)
    made = [
        published(
            f"a{n}", section=f"栏{n}", series=f"系列{n}", embargo_until=at(embargo), expires_at=at(expires)
        )
        for n, (embargo, expires, _) in enumerate(articles)
    ]
    press.fold(*made)
    await everything(press)
    press.fold(*(withdrawn(f"a{n}", second=9) for n, (_, _, gone) in enumerate(articles) if gone))
    for _ in range(2):
        shown = {
            n for n, (article, (_, _, gone)) in enumerate(zip(made, articles, strict=True))
            if visible(article, press.now) and not gone
        }  # fmt: skip
        paths = [path for n in shown for path in (f"/article/a{n}", f"/section/栏{n}", f"/series/系列{n}")]
        assert await everything(press) == both("/", *paths)
        for script, before in PREFIX.items():
            named = {one[0] for one in await news(press, script)}
            assert named == {f"{SITE}{before}/article/a{n}" for n in shown}
            for form in MEDIA_TYPES:
                page = press.feeds[script].feed(form, None, press.now)
                assert page is not None
                assert {n for n in range(len(made)) if f"/article/a{n}" in page.body.decode()} == shown
                for n in range(len(made)):
                    assert (press.feeds[script].feed(form, f"栏{n}", press.now) is not None) == (n in shown)
        press.later(seconds=later)
    folded.store.close()


async def test_a_sitemap_is_the_same_page_until_the_store_or_the_clock_changes_something(
    press: Press,
) -> None:
    press.fold(published("a"), published("later", embargo_until=NOON + SECOND))
    name = "sitemap-2026-11-15-1.xml"
    first = await ask(press, name)
    press.read(now=["a"])
    assert await ask(press, name) is first
    press.later(seconds=1)
    second = await ask(press, name)
    assert (second is first, b"/article/later" in second.body) == (False, True)
    press.fold(withdrawn("later", second=2))
    assert (await ask(press, name)).tag == first.tag
    press.folded.store.start_over("another log")
    assert await press.feed_routes.page("zh-Hans", f"/{name}", {}, press.now) is None


def test_robots_are_told_where_the_sitemaps_are_and_what_not_to_ask() -> None:
    lines = robots("https://news.example").decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert {line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")} == {
        "/views", "/v.gif", "/hot.json", "/search", "/zh-hant/hot.json", "/zh-hant/search",
    }  # fmt: skip
    assert [line.removeprefix("Sitemap: ") for line in lines if line.startswith("Sitemap: ")] == [
        "https://news.example/sitemap.xml",
        "https://news.example/news-sitemap.xml",
        "https://news.example/zh-hant/news-sitemap.xml",
    ]
