"""Feeds as programs read them: RSS by feedparser, Atom by it too, JSON Feed as JSON; all tell the same."""

import html
import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest

from services.render.core.feeds.entries import image_type
from services.render.core.feeds.feeds import Form
from services.render.core.feeds.xml import as_xml
from services.render.core.pages.page import Page
from services.render.core.text.scripts import SCRIPTS, Script
from shared.blocks import Heading, Items, Mark, Paragraph, Picture, PictureBlock, Table, Text
from tests.builders import NOON, published, withdrawn
from tests.unit.render.press import Press

SITE = "http://127.0.0.1:8080"
FORMS: list[Form] = ["xml", "atom", "json"]
HOSTILE = "]]> & <b>粗</b> \"引\" '号' </title>\x0b\x1f\ufffe"
CLEAN = "]]> & <b>粗</b> \"引\" '号' </title>"
PICTURE = Picture(url="https://p.example/a.JPG?w=1&h=2", caption="图说", width=1200, height=800)


def whole(**changes: Any) -> Any:
    """Give an article that has everything."""
    fields: dict[str, Any] = {
        "title": "旧邮局改成图书馆",
        "blocks": (
            Paragraph(text="第一段有链接。", marks=(Mark(kind="link", start=4, end=6, url="https://l.example/?a=1&b=2"),)),
            Heading(text="小题"),
            Items(items=(Text(text="甲"), Text(text="乙"))),
            PictureBlock(picture=Picture(url="https://p.example/b.png", caption="柜台")),
            Table(head=(Text(text="日"),), rows=((Text(text="周日"),),)),
        ),
        "pictures": (PICTURE,),
        "byline": "记者 苏明月",
        "source": "河城通讯社",
        "tags": ("图书馆", "旧城"),
        "correction": "首日到访人数应为三百。",
        "modified_at": NOON + timedelta(hours=1),
    }  # fmt: skip
    return published(**(fields | changes))


def feed(press: Press, form: Form, section: str | None = None, script: Script = "zh-Hans") -> Page:
    found = press.feeds[script].feed(form, section, press.now)
    assert found is not None
    return found


def ids(page: Page) -> list[str]:
    """Give the ids of a feed's entries."""
    if "json" in page.media_type:
        return [item["id"] for item in json.loads(page.body)["items"]]
    ET.fromstring(page.body)  # noqa: S314 - our own
    parsed = feedparser.parse(page.body)
    assert not parsed.bozo
    return [entry.id for entry in parsed.entries]


def address(article_id: str) -> str:
    return f"{SITE}/article/{article_id}"


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_is_the_newest_fifty_and_a_sections_is_its_own(press: Press, form: Form) -> None:
    minute = timedelta(minutes=1)
    press.fold(*(published(f"a{n}", published_at=NOON - n * minute) for n in range(60)))
    press.fold(*(published(f"s{n}", section="体育", published_at=NOON - n * minute) for n in range(3)))
    assert len(ids(feed(press, form))) == 50
    assert ids(feed(press, form, "体育")) == [address(f"s{n}") for n in range(3)]
    assert ids(feed(press, form, "地方")) == [address(f"a{n}") for n in range(50)]
    assert press.feeds["zh-Hans"].feed(form, "文化", press.now) is None


@pytest.mark.parametrize("form", ["xml", "atom"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_rss_and_atom_tell_all_of_an_article(press: Press, form: Form, script: Script) -> None:
    press.fold(whole(article_id="a"))
    prefix = "" if script == "zh-Hans" else "/zh-hant"
    parsed = feedparser.parse(feed(press, form, "地方", script).body)
    assert parsed.feed.title == "地方 - " + ("河城日报" if script == "zh-Hans" else "河城日報")
    assert parsed.feed.language == script
    assert parsed.feed.link == f"{SITE}{prefix}/section/%E5%9C%B0%E6%96%B9"
    links = {link.rel: link.href for link in parsed.feed.links}
    assert links["self"] == f"{SITE}{prefix}/section/%E5%9C%B0%E6%96%B9/feed.{form}"
    (entry,) = parsed.entries
    assert entry.id == address("a")
    assert entry.link == f"{SITE}{prefix}/article/a"
    assert entry.title == ("旧邮局改成图书馆" if script == "zh-Hans" else "舊郵局改成圖書館")
    assert entry.summary == ("第一段有链接。" if script == "zh-Hans" else "第一段有鏈接。")
    assert entry.published_parsed[:5] == (2026, 11, 15, 12, 0)
    assert entry.updated_parsed[:5] == (2026, 11, 15, 13, 0)
    assert entry.author == ("记者 苏明月" if script == "zh-Hans" else "記者 蘇明月")
    tags = ["地方", "图书馆", "旧城"] if script == "zh-Hans" else ["地方", "圖書館", "舊城"]
    assert [tag.term for tag in entry.tags] == tags


@pytest.mark.parametrize("form", FORMS)
def test_the_whole_text_is_in_the_feed_with_whole_addresses(press: Press, form: Form) -> None:
    press.fold(whole(article_id="a"))
    body = feed(press, form).body
    if form == "json":
        content = json.loads(body)["items"][0]["content_html"]
    else:
        content = (
            feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
            .entries[0]
            .content[0]
            .value
        )
    order = ["首日到访人数应为三百。", "https://p.example/a.JPG?w=1&amp;h=2", "图说", "第一段有", "小题",
             "<li>甲</li>", "https://p.example/b.png", "<td>周日</td>", "河城通讯社"]  # fmt: skip
    places = [content.index(text) for text in order]
    assert places == sorted(places)
    assert '<a href="https://l.example/?a=1&amp;b=2">' in content
    assert content.count('referrerpolicy="no-referrer"') == content.count("<img ") == 2
    assert not [part for part in content.split('"') if part.startswith("/")]


def test_a_json_feed_is_as_its_specification_says(press: Press) -> None:
    press.fold(whole(article_id="a"), published("b", published_at=NOON - timedelta(hours=1), language="en"))
    document = json.loads(feed(press, "json").body)
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert (document["home_page_url"], document["feed_url"]) == (f"{SITE}/", f"{SITE}/feed.json")
    assert document["language"] == "zh-Hans"
    first, second = document["items"]
    assert (first["id"], first["url"], first["image"]) == (address("a"), address("a"), PICTURE.url)
    assert first["authors"] == [{"name": "记者 苏明月"}]
    assert first["tags"] == ["地方", "图书馆", "旧城"]
    assert datetime.fromisoformat(first["date_published"]) == NOON
    assert datetime.fromisoformat(first["date_modified"]) == NOON + timedelta(hours=1)
    assert second["language"] == "en"
    assert not {"authors", "image"} & set(second)


def test_a_picture_is_told_with_its_type_where_the_address_shows_it(press: Press) -> None:
    press.fold(whole(article_id="a"), published("b", pictures=(Picture(url="https://p.example/42"),)))
    entries = {entry.id: entry for entry in feedparser.parse(feed(press, "xml").body).entries}
    media = {"url": PICTURE.url, "medium": "image", "type": "image/jpeg", "width": "1200", "height": "800"}
    assert entries[address("a")].media_content == [media]
    assert entries[address("b")].media_content == [{"url": "https://p.example/42", "medium": "image"}]
    entries = {entry.id: entry for entry in feedparser.parse(feed(press, "atom").body).entries}
    assert [one.href for one in entries[address("a")].enclosures] == [PICTURE.url]
    assert not entries[address("b")].enclosures


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://p.example/a.jpg", "image/jpeg"),
        ("https://p.example/a.JPEG#x", "image/jpeg"),
        ("https://p.example/a.svg?v=2", "image/svg+xml"),
        ("https://p.example/a.webp", "image/webp"),
        ("https://p.example/a.jpgx", None),
        ("https://p.example/a", None),
    ],
)
def test_the_ending_of_an_address_shows_a_pictures_type(url: str, expected: str | None) -> None:
    assert image_type(url) == expected


@pytest.mark.parametrize("form", FORMS)
def test_an_id_outlives_revisions_and_is_one_in_both_scripts(press: Press, form: Form) -> None:
    press.fold(published("a"))
    before = ids(feed(press, form))
    press.fold(
        published("a", second=1, title="改过的标题", section="体育", published_at=NOON + timedelta(days=1))
    )
    assert ids(feed(press, form)) == before == ids(feed(press, form, script="zh-Hant"))
    assert "改过的标题" in feed(press, form).body.decode()


@pytest.mark.parametrize("form", FORMS)
def test_no_text_can_break_a_feed(press: Press, form: Form) -> None:
    press.fold(
        published(
            "a", title=HOSTILE, section="<&>", byline=HOSTILE, tags=(HOSTILE,), source=HOSTILE,
            blocks=(Paragraph(text=HOSTILE),),
            pictures=(Picture(url="https://p.example/?a=1&b=\"'", caption=HOSTILE),),
        )
    )  # fmt: skip
    page = feed(press, form)
    assert ids(page) == [address("a")]
    if form == "json":
        assert json.loads(page.body)["items"][0]["title"] == HOSTILE
        return
    entry = feedparser.parse(page.body, sanitize_html=False).entries[0]
    assert (entry.title, entry.author) == (CLEAN, CLEAN)
    assert "&lt;b&gt;粗&lt;/b&gt;" in entry.content[0].value


def test_a_description_in_rss_reads_as_it_was_sent(press: Press) -> None:
    press.fold(published(blocks=(Paragraph(text="记号 <b> 与 R&D。"),)))
    (description,) = ET.fromstring(feed(press, "xml").body).findall("channel/item/description")  # noqa: S314
    assert description.text is not None
    assert "<" not in description.text, "programs show it as HTML"
    assert html.unescape(description.text) == "记号 <b> 与 R&D。"


def test_what_xml_forbids_is_left_out_and_nothing_else() -> None:
    assert (
        as_xml("a\0\x08\t\n\r\x0b\x0c\x1f \x7f\x85\ud800\ufffd\ufffe\uffff\U0001f3f4b")
        == "a\t\n\r \x7f\x85\ufffd\U0001f3f4b".encode()
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_very_long_text_is_told_by_its_summary(press: Press, form: Form) -> None:
    press.fold(published("a", blocks=tuple(Paragraph(text="长文" * 500) for _ in range(100))))
    body = feed(press, form).body
    assert ids(feed(press, form)) == [address("a")]
    assert len(body) < 4000


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_site_has_a_feed_without_entries(press: Press, form: Form) -> None:
    page = feed(press, form)
    assert ids(page) == []
    if form == "atom":
        assert b"<updated>1970-01-01T00:00:00+00:00</updated>" in page.body


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_is_the_same_page_until_one_of_its_articles_changes(press: Press, form: Form) -> None:
    press.fold(published("a"), published("b", second=1))
    first = feed(press, form)
    press.read(now=["a"])
    press.later(seconds=1)
    assert feed(press, form) is first
    press.fold(published("b", second=2, title="改过的标题"))
    second = feed(press, form)
    assert (second.tag == first.tag, "改过的标题" in second.body.decode()) == (False, True)
    press.fold(withdrawn("b", second=3))
    assert ids(feed(press, form)) == [address("a")]


def test_the_times_of_a_feed_are_those_of_its_newest_change(press: Press) -> None:
    press.fold(
        published(
            "a", published_at=datetime(2026, 11, 15, 1, 0, tzinfo=UTC), modified_at=NOON + timedelta(hours=2)
        ),
        published("b", published_at=NOON + timedelta(hours=1)),
    )
    root = ET.fromstring(feed(press, "xml").body)  # noqa: S314 - our own
    built = root.findtext("channel/lastBuildDate")
    assert built is not None
    assert parsedate_to_datetime(built) == NOON + timedelta(hours=2)


@pytest.mark.parametrize("form", FORMS)
def test_what_was_paid_for_says_so_in_every_form(press: Press, form: Form) -> None:
    press.fold(whole(sponsored=True))
    page = feed(press, form)
    if form == "json":
        (item,) = json.loads(page.body)["items"]
        told = item["tags"][0], item["summary"], item["content_html"]
    else:
        (entry,) = feedparser.parse(page.body).entries
        told = entry.tags[0].term, html.unescape(entry.summary), entry.content[0].value
    assert told[0] == "赞助内容"
    assert told[1].startswith("赞助内容：第一段")
    assert told[2].strip().startswith("<p><strong>赞助内容</strong></p>")
    press.fold(whole(second=1))
    assert "赞助内容" not in feed(press, form).body.decode()
