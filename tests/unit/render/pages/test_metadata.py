"""What pages tell machines: JSON-LD read back, Open Graph, where feeds and signs are."""

import json
from collections import Counter
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from services.render.core.pages.metadata import embedded
from services.render.core.pages.page import Page
from services.render.core.text.scripts import Script
from shared.blocks import Paragraph, Picture
from shared.events import Dateline
from tests.builders import NOON, published, withdrawn
from tests.unit.render.press import Press

SITE = "http://127.0.0.1:8080"
CLOSES = '</script><script>alert(1)</script><!--<script>"\u2028'
PICTURE = Picture(url="https://p.example/a.jpg", caption="图说", credit="本报", width=1200, height=800)


class Head(HTMLParser):
    """A page's head: its meta values by name, its links, and its JSON-LD."""

    def __init__(self, page: Page | None) -> None:
        super().__init__()
        assert page is not None
        self.meta: list[tuple[str, str]] = []
        self.links: list[dict[str, str]] = []
        self.json_ld: list[Any] = []
        self.scripts: Counter[str] = Counter()
        self._inside = ""
        self.feed(page.body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of what machines read."""
        given = {name: value or "" for name, value in attrs}
        self._inside = ""
        if tag == "meta":
            self.meta.append((given.get("name") or given.get("property", ""), given.get("content", "")))
        elif tag == "link":
            self.links.append(given)
        elif tag == "script":
            self._inside = given.get("type", "text/javascript")
            self.scripts[self._inside] += 1

    def handle_data(self, text: str) -> None:
        """Read JSON-LD."""
        if self._inside == "application/ld+json" and text.strip():
            self.json_ld += json.loads(text)

    def all(self, name: str) -> list[str]:
        """Give all values of a name."""
        return [value for one, value in self.meta if one == name]

    def of_type(self, kind: str) -> dict[str, Any]:
        """Give the one node of a type."""
        (node,) = (node for node in self.json_ld if node["@type"] == kind)
        assert node["@context"] == "https://schema.org"
        assert isinstance(node, dict)
        return node


def article(press: Press, article_id: str = "a", script: Script = "zh-Hans") -> Head:
    return Head(press.in_script[script].article(article_id, press.now))


def whole(**changes: Any) -> Any:
    """Give an article that has everything."""
    fields: dict[str, Any] = {
        "title": "旧邮局改成图书馆",
        "blocks": (Paragraph(text="(河城15日讯)河城旧邮局。"),),
        "dateline": Dateline(text="(河城15日讯)"),
        "pictures": (PICTURE, Picture(url="https://p.example/b.jpg")),
        "byline": "记者 苏明月",
        "tags": ("图书馆", "旧城"),
        "correction": "应为三百人。",
        "modified_at": NOON + timedelta(hours=1),
    }
    return published("a", **(fields | changes))


@pytest.mark.parametrize("script", ["zh-Hans", "zh-Hant"])
def test_an_article_tells_schema_org_all_there_is(press: Press, script: Script) -> None:
    press.fold(whole())
    hant = script == "zh-Hant"
    base = SITE + ("/zh-hant" if hant else "")
    node = article(press, script=script).of_type("NewsArticle")
    logo = node["publisher"].pop("logo")
    assert logo["url"].startswith(f"{SITE}/static/icon-512.")
    assert (logo["@type"], logo["width"], logo["height"]) == ("ImageObject", 512, 512)
    assert node == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": f"{base}/article/a"},
        "url": f"{base}/article/a",
        "headline": "舊郵局改成圖書館" if hant else "旧邮局改成图书馆",
        "description": "(河城15日訊)河城舊郵局。" if hant else "(河城15日讯)河城旧邮局。",
        "datePublished": "2026-11-15T20:00:00+08:00",
        "dateModified": "2026-11-15T21:00:00+08:00",
        "author": {"@type": "Person", "name": "記者 蘇明月" if hant else "记者 苏明月"},
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": "河城日報" if hant else "河城日报",
            "url": f"{SITE}/",
        },
        "articleSection": "地方",
        "inLanguage": script,
        "isAccessibleForFree": True,
        "image": [
            {
                "@type": "ImageObject",
                "url": PICTURE.url,
                "width": 1200,
                "height": 800,
                "caption": "圖說" if hant else "图说",
                "creditText": "本報" if hant else "本报",
            },
            {"@type": "ImageObject", "url": "https://p.example/b.jpg"},
        ],
        "keywords": ["圖書館", "舊城"] if hant else ["图书馆", "旧城"],
        "dateline": "(河城15日訊)" if hant else "(河城15日讯)",
        "correction": {
            "@type": "CorrectionComment",
            "text": "應為三百人。" if hant else "应为三百人。",
            "datePublished": "2026-11-15T21:00:00+08:00",
        },
    }


def test_what_an_article_has_not_is_not_told(press: Press) -> None:
    press.fold(published("a", modified_at=NOON - timedelta(hours=1)), published("b", source="河城通讯社"))
    node = article(press).of_type("NewsArticle")
    assert not {"image", "keywords", "dateline", "correction"} & set(node)
    assert node["author"] == node["publisher"]
    assert node["dateModified"] == node["datePublished"]
    agency = {"@type": "Organization", "name": "河城通讯社"}
    assert article(press, "b").of_type("NewsArticle")["author"] == agency


def test_the_way_to_an_article_is_told(press: Press) -> None:
    press.fold(whole())
    steps = article(press, script="zh-Hant").of_type("BreadcrumbList")["itemListElement"]
    assert [step["position"] for step in steps] == [1, 2, 3]
    assert [step["name"] for step in steps] == ["首頁", "地方", "舊郵局改成圖書館"]
    home = f"{SITE}/zh-hant"
    assert [step.get("item") for step in steps] == [f"{home}/", f"{home}/section/%E5%9C%B0%E6%96%B9", None]


@pytest.mark.parametrize("script", ["zh-Hans", "zh-Hant"])
def test_the_front_page_says_how_to_search(press: Press, script: Script) -> None:
    press.fold(whole())
    base = SITE + ("/zh-hant" if script == "zh-Hant" else "")
    head = Head(press.in_script[script].home(press.now))
    site = head.of_type("WebSite")
    assert (site["url"], site["inLanguage"]) == (f"{base}/", script)
    assert site["potentialAction"]["target"]["urlTemplate"] == f"{base}/search?q={{search_term_string}}"
    assert site["potentialAction"]["query-input"] == "required name=search_term_string"
    about = "河城日報：今天的新聞" if script == "zh-Hant" else "河城日报：今天的新闻"
    assert head.all("description")[0].startswith(about)


def test_no_text_can_end_the_script_it_stands_in(press: Press) -> None:
    press.fold(
        whole(title=CLOSES, byline=CLOSES, tags=(CLOSES,), correction=CLOSES, section="<script>",
              blocks=(Paragraph(text=CLOSES),), dateline=None, source=CLOSES, series=CLOSES)
    )  # fmt: skip
    head = article(press)
    assert head.scripts == {"application/ld+json": 1, "text/javascript": 2}
    assert head.of_type("NewsArticle")["headline"] == CLOSES
    assert "<" not in embedded([{"a": CLOSES}])
    assert embedded([]) == ""


def test_open_graph_tells_an_article(press: Press) -> None:
    press.fold(whole())
    head = article(press)
    told = {
        "og:type": "article",
        "og:title": "旧邮局改成图书馆",
        "og:description": "(河城15日讯)河城旧邮局。",
        "og:url": f"{SITE}/article/a",
        "og:site_name": "河城日报",
        "og:locale": "zh_CN",
        "og:locale:alternate": "zh_TW",
        "og:image": PICTURE.url,
        "og:image:width": "1200",
        "og:image:height": "800",
        "og:image:alt": "图说",
        "article:published_time": "2026-11-15T20:00:00+08:00",
        "article:modified_time": "2026-11-15T21:00:00+08:00",
        "article:section": "地方",
        "twitter:card": "summary_large_image",
        "twitter:image": PICTURE.url,
        "twitter:image:alt": "图说",
        "description": "(河城15日讯)河城旧邮局。",
    }
    assert {name: head.all(name) for name in told} == {name: [value] for name, value in told.items()}
    assert head.all("article:tag") == ["图书馆", "旧城"]
    traditional = article(press, script="zh-Hant")
    assert (traditional.all("og:locale"), traditional.all("og:locale:alternate")) == (["zh_TW"], ["zh_CN"])


def test_a_picture_without_words_is_told_by_the_title(press: Press) -> None:
    press.fold(published("a", title="题目", pictures=(Picture(url="https://p.example/1.jpg"),)))
    head = article(press)
    assert head.all("og:image:alt") == head.all("twitter:image:alt") == ["题目"]


def test_a_page_without_a_picture_shows_the_papers_sign(press: Press) -> None:
    press.fold(published("a"))
    for head in (article(press), Head(press.pages.home(press.now))):
        (picture,) = head.all("og:image")
        assert picture.startswith(f"{SITE}/static/icon-512.")
        assert head.all("og:image:width") == ["512"]
        assert head.all("twitter:card") == ["summary"]


@pytest.mark.parametrize(
    ("language", "locale", "alternate"),
    [
        ("en-GB", ["en_GB"], []),
        ("ms", [], []),
        ("zh-Hant", ["zh_CN"], ["zh_TW"]),
    ],
)
def test_an_article_of_another_language_says_its_own(
    press: Press, language: str, locale: list[str], alternate: list[str]
) -> None:
    press.fold(published("a", language=language))
    head = article(press)
    assert (head.all("og:locale"), head.all("og:locale:alternate")) == (locale, alternate)
    expected = "zh-Hans" if language.startswith("zh") else language
    assert head.of_type("NewsArticle")["inLanguage"] == expected


def test_a_page_leads_to_the_feeds_of_site_and_section(press: Press) -> None:
    press.fold(published("a"), withdrawn("w"))
    of_site = ("河城日報", "/zh-hant/feed.xml")
    of_section = ("地方 - 河城日報", "/zh-hant/section/%E5%9C%B0%E6%96%B9/feed.xml")
    pages = press.in_script["zh-Hant"]
    for page, feeds in (
        (pages.article("a", press.now), [of_site, of_section]),
        (pages.section("地方", None, press.now), [of_section, of_site]),
        (pages.home(press.now), [of_site, ("熱門排行 - 河城日報", "/zh-hant/hot/feed.xml")]),
    ):
        links = [link for link in Head(page).links if link.get("type") == "application/rss+xml"]
        assert [(link["title"], link["href"]) for link in links] == feeds
    for gone in (pages.article("w", press.now), pages.missing(press.now)):
        assert Head(gone).json_ld == []


def test_the_manifest_names_the_paper_and_its_signs(press: Press) -> None:
    expected: dict[Script, tuple[str, str]] = {
        "zh-Hans": ("河城日报", "/"),
        "zh-Hant": ("河城日報", "/zh-hant/"),
    }
    for script, (name, start) in expected.items():
        page = press.feed_routes.fixed(script, "/site.webmanifest")
        assert page is not None
        assert page.media_type == "application/manifest+json"
        manifest = json.loads(page.body)
        assert (manifest["name"], manifest["lang"], manifest["start_url"]) == (name, script, start)
        for icon in manifest["icons"]:
            file = press.static.answer(icon["src"], b"")
            assert file is not None
            # a PNG says its width and height behind its first sixteen bytes
            size = "x".join(str(int.from_bytes(file.body[at : at + 4])) for at in (16, 20))
            assert (icon["sizes"], icon["type"]) == (size, "image/png")
        assert [icon.get("purpose") for icon in manifest["icons"]] == [None, None, "maskable"]


def test_what_was_paid_for_is_told_as_that(press: Press) -> None:
    press.fold(whole(sponsored=True, source="河城银行"), published("b", sponsored=True))
    node = article(press).of_type("AdvertiserContentArticle")
    assert node["sponsor"] == {"@type": "Organization", "name": "河城银行", "description": "赞助内容"}
    assert node["isAccessibleForFree"] is True, "nobody pays to read it"
    assert "dateline" not in node
    assert article(press, "b", "zh-Hant").of_type("AdvertiserContentArticle")["sponsor"] == {
        "@type": "Organization",
        "description": "贊助內容",
    }
    assert article(press).all("og:description") == ["赞助内容：(河城15日讯)河城旧邮局。"]
