"""What holds for every kind of page in both scripts: its HTML is sound, and every link in it leads somewhere.

What a validator, a screen reader or a crawler would find is found here first, without a browser.
"""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import pytest

from shared.blocks import (
    Embed,
    Heading,
    Items,
    Mark,
    Paragraph,
    Picture,
    PictureBlock,
    Quote,
    Rendition,
    Table,
    Text,
)
from shared.events import ArticlePublished, Dateline
from tests.builders import NOON, published, withdrawn
from tests.unit.render.http.test_web import Render
from tests.unit.render.outline import Outline
from tests.unit.render.pages.test_fragments import HOSTILE
from tests.unit.render.press import Press

PREFIXES: Final = {"zh-Hans": "", "zh-Hant": "/zh-hant"}
OFTEN: Final = {"article:tag", "og:locale:alternate"}
"""Of what a page's head says of it, all that may be said more than once."""
ODD_SECTION: Final = 'A&B "x" <i>?#%'

SHOWN: Final = Picture(
    url="https://p.example/1.jpg?a=1&b=2",
    caption="柜台。(图:资料)",
    width=1200,
    height=800,
    renditions=(Rendition(url="https://p.example/600.jpg", width=600),),
)
EVERY_BLOCK: Final = (
    Paragraph(
        text="(河城15日讯)河城。", marks=(Mark(kind="link", start=9, end=11, url="https://a.example/"),)
    ),
    Heading(text="小题", level=3),
    Quote(paragraphs=(Text(text="引文"),)),
    Items(ordered=True, items=(Text(text="甲"), Text(text="乙"))),
    PictureBlock(picture=SHOWN),
    PictureBlock(picture=Picture(url="https://p.example/2.svg")),
    Embed(url="https://video.example/1"),
    Heading(text="再题", level=4),
    Table(caption="人次", head=(Text(text="日"), Text(text="")), rows=((Text(text="周日"), Text(text="9")),)),
    Table(rows=((Text(text="一"),), (Text(text="二"),))),
)

FOUND: Final = [
    *("/", "/section/%E5%9C%B0%E6%96%B9", "/section/A%26B%20%22x%22%20%3Ci%3E%3F%23%25"),
    *("/series/%E6%B2%B3%E5%9F%8E%E7%BA%AA%E4%BA%8B", "/hot", "/hot?list=24h", "/hot?list=3d"),
    *("/search", "/search?q=%E5%9B%BE%E4%B9%A6%E9%A6%86", "/search?q=%22%3Cb%3E", "/search?q=xyz"),
    *("/article/every", "/article/plain", "/article/hant", "/article/en", "/article/odd"),
]  # fmt: skip
NOT_FOUND: Final = {"/article/none": 404, "/nothing": 404, "/article/gone": 410, "/article/over": 410}


def story(article_id: str, **changes: Any) -> ArticlePublished:
    return published(article_id, published_at=NOON - timedelta(minutes=1), **changes)


@pytest.fixture
async def render(press: Press) -> AsyncIterator[Render]:
    """Give a site with an article of every kind, and so many that lists go on."""
    press.fold(
        *(published(f"a{n}", published_at=NOON - timedelta(hours=1 + n)) for n in range(50)),
        story(
            "every",
            title="【河城纪事】 旧邮局改成图书馆",
            series="河城纪事",
            blocks=EVERY_BLOCK,
            dateline=Dateline(text="(河城15日讯)"),
            pictures=(SHOWN, SHOWN, Picture(url="https://p.example/3.svg", caption="另一张")),
            byline="林晓岚",
            source="河城日报",
            tags=("图书馆", "河城"),
            correction="应为1926年。",
        ),
        story("plain"),
        story("hant", title="舊郵局變成圖書館", language="zh-Hant", pictures=(SHOWN,)),
        story("en", title="A library", language="en", blocks=(Paragraph(text="It opens."),)),
        story("odd", title=HOSTILE, section=ODD_SECTION, byline=HOSTILE, tags=(HOSTILE,)),
        story("over", expires_at=NOON),
        story("gone"),
    )
    press.fold(withdrawn("gone", second=1))
    press.index_all()
    read = ["every", "plain", "hant", "en", "odd", "a1", "a2", "a3"]
    press.read(as_of=datetime.now(UTC), now=read, day=read, three=read)
    made = Render(press)
    async with made.client:
        yield made


@pytest.fixture
async def pages(render: Render) -> dict[str, Outline]:
    """Give every kind of page by its address."""
    before = next(
        link.get("href")
        for link in Outline((await render.get(FOUND[1])).text).all("a")
        if "?before=" in link.get("href")
    )
    made = {}
    for prefix in PREFIXES.values():
        for path, status in {**dict.fromkeys([*FOUND, before], 200), **NOT_FOUND}.items():
            page = await render.get(prefix + path)
            assert page.status_code == status, prefix + path
            made[prefix + path] = Outline(page.text)
    return made


async def test_ids_are_unique_and_what_names_one_finds_it(pages: dict[str, Outline]) -> None:
    for path, page in pages.items():
        ids = [element.get("id") for element in page.having("id")]
        assert len(set(ids)) == len(ids), path
        named = [name for at in ("aria-labelledby", "aria-describedby", "for") for name in names(page, at)]
        inside = [link.get("href")[1:] for link in page.all("a") if link.get("href").startswith("#")]
        assert {*named, *inside} <= set(ids), path


def names(page: Outline, attribute: str) -> list[str]:
    return [name for element in page.having(attribute) for name in element.get(attribute).split()]


async def test_a_page_has_one_title_one_main_part_and_an_outline_without_gaps(
    pages: dict[str, Outline],
) -> None:
    for path, page in pages.items():
        levels = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels.count(1) == 1, path
        # the wordmark of a page other than the front page is no heading, so nothing stands before the h1
        assert levels[0] == 1, path
        assert all(deeper <= level + 1 for level, deeper in pairwise(levels)), path
        assert len(page.all("main")) == len(page.all("title")) == 1, path
        assert page.all("title")[0].text.strip(), path


async def test_whatever_can_be_pressed_has_a_name_and_every_picture_says_what_it_shows(
    pages: dict[str, Outline],
) -> None:
    for path, page in pages.items():
        for pressed in page.all("a", "button"):
            assert (pressed.get("aria-label") or pressed.text).strip(), (path, pressed.attributes)
        for picture in page.all("img"):
            assert "alt" in picture.attributes, (path, picture.attributes)
        for part in page.all("nav"):
            assert part.get("aria-label"), path
        labelled = {label.get("for") for label in page.all("label")}
        for field in page.all("input"):
            assert field.get("aria-label") or field.get("id") in labelled, (path, field.attributes)


async def test_a_page_says_its_language_and_that_of_every_other_text(pages: dict[str, Outline]) -> None:
    for path, page in pages.items():
        own = "zh-Hant" if path.startswith("/zh-hant") else "zh-Hans"
        assert page.all("html")[0].get("lang") == own, path
        assert {one.get("lang") for one in page.having("lang")} <= {"zh-Hans", "zh-Hant", "en"}, path
    english = [one for one in pages["/article/en"].having("lang") if one.get("lang") == "en"]
    assert any("It opens." in one.text for one in english)


async def test_nothing_of_a_page_needs_what_its_policy_forbids(pages: dict[str, Outline]) -> None:
    for path, page in pages.items():
        for element in page.elements:
            assert not any(name == "style" or name.startswith("on") for name in element.attributes), path
            assert not element.get("href").startswith("javascript:"), path
        assert not page.all("style"), path
        scripts = [one for one in page.all("script") if one.get("type") != "application/ld+json"]
        assert all(one.get("src") and not one.text for one in scripts), path


async def test_a_page_says_each_thing_of_itself_once_and_its_own_address(
    pages: dict[str, Outline],
) -> None:
    for path, page in pages.items():
        said = Counter(one.get("name") or one.get("property") for one in page.all("meta"))
        assert all(count == 1 for name, count in said.items() if name and name not in OFTEN | {"theme-color"})
        assert page.all("meta")[0].attributes == {"charset": "utf-8"}
        canonical = [one.get("href") for one in page.all("link") if one.get("rel") == "canonical"]
        if found(path):
            # a text in another language is the same in both scripts
            is_foreign = path.endswith("/article/en")
            own = path.removeprefix("/zh-hant") if is_foreign else path
            assert [one.removeprefix("http://127.0.0.1:8080") for one in canonical] == [own]
            assert len(set(alternates(page).values())) == (0 if is_foreign else 2), path
        else:
            assert alternates(page) == {}, path


def found(path: str) -> bool:
    return path.removeprefix("/zh-hant") not in NOT_FOUND


def alternates(page: Outline) -> dict[str, str]:
    return {one.get("hreflang"): one.get("href") for one in page.all("link") if one.get("hreflang")}


async def test_both_scripts_of_a_page_name_each_other_and_are_built_alike(pages: dict[str, Outline]) -> None:
    for path, page in pages.items():
        if path.startswith("/zh-hant"):
            continue
        other = pages[f"/zh-hant{path}"]
        assert alternates(page) == alternates(other)
        assert [element.tag for element in page.elements] == [element.tag for element in other.elements], path


async def test_every_link_leads_to_a_page_in_the_same_script(
    render: Render, pages: dict[str, Outline]
) -> None:
    seen = {
        (
            path,
            urlsplit(urljoin(path, link.get("href")))._replace(fragment="").geturl(),
            link.get("hreflang") or link.get("lang"),
        )
        for path, page in pages.items()
        for link in page.all("a", "link")
        if link.get("href").startswith("/")
    }
    for path, address, language in seen:
        own = "zh-Hant" if path.startswith("/zh-hant") else "zh-Hans"
        if not address.startswith("/static/"):
            in_script = "zh-Hant" if address.startswith("/zh-hant") else "zh-Hans"
            assert in_script == (language or own), (path, address)
    for address in {address for _, address, _ in seen} - {
        f"{p}{n}" for p in PREFIXES.values() for n in NOT_FOUND
    }:
        answer = await render.get(address)
        assert answer.status_code == 200, address
