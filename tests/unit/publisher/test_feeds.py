"""What the entries of a feed become, whatever the feed's version."""

import json
import re
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest

from publisher.adapters import feeds, fetching
from publisher.adapters.failures import CommandError
from publisher.core.feed_elements import Element, Feed
from publisher.core.feed_entries import Importing, read_entries
from publisher.core.ids import feed_id, fitting_id
from publisher.core.reading import Reading
from services.ingest.core.faults import Rejection
from services.ingest.core.reading import DEFAULTS, read
from services.ingest.core.submissions import Publish

NIGHT = datetime(2026, 11, 16, tzinfo=UTC)
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"
     xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>河城日报 &amp; 邮报</title><link>https://river.example/</link><language>zh-hans</language>
<item><title>旧邮局 &lt;b&gt;开放&lt;/b&gt; &amp;amp; 展览</title><link>https://river.example/1</link>
<guid isPermaLink="false">river-1</guid><pubDate>Sun, 15 Nov 2026 18:30:00 +0800</pubDate>
<category>一个长得做不成栏目名字的分类一二三四五六七</category><category>地方/河城</category><category>地方</category>
<author>lin@river.example (林记者)</author><description>摘要</description>
<content:encoded><![CDATA[<p>第一段。</p><iframe src="https://v.example/1"></iframe>]]></content:encoded>
<enclosure url="https://river.example/1.mp3" type="audio/mpeg" length="1"/>
<media:content url="https://river.example/1.jpg" medium="image"/>
<media:thumbnail url="https://river.example/small.jpg"/></item>
<item><title>只有题目</title><link>https://river.example/2</link></item>
<item><title>只有摘要</title><link>https://river.example/3</link><description>一句话。</description></item>
<item><title>无地址</title><description>一句话。</description></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title type="html">River &lt;i&gt;Post&lt;/i&gt;</title>
<entry><title>1 &lt; 2</title><id>urn:uuid:6e1c</id><published>2026-11-15T09:00:00Z</published>
<updated>2026-11-15T10:30:00Z</updated><author><name>Lin (AFP)</name><email>lin@river.example</email></author>
<link rel="enclosure" type="image/png" href="https://river.example/1.png"/>
<content type="text">a &lt; b</content></entry></feed>"""


def imported(
    path: Path, content: str, section: str | None = None, name: str | None = None, now: datetime = NIGHT
) -> list[dict[str, Any] | str]:
    """Give the articles of a feed in a file, or why there is none."""
    path.write_text(content)
    importing = Importing(name or feeds.name_of(str(path)), now, section)
    found = feeds.inputs(str(path), feeds.load(str(path)), importing)
    return [one.value.detail if isinstance(one.value, Rejection) else json.loads(one.value) for one in found]


def test_an_entry_of_rss_is_an_article_with_all_that_it_says(tmp_path: Path) -> None:
    first = imported(tmp_path / "feed.xml", RSS)[0]
    assert first == {
        "id": feed_id("feed", "https://river.example/#river-1"),
        "uri": "https://river.example/#river-1",
        "title": "旧邮局 开放 & 展览",
        "section": "地方",
        "format": "html",
        "body": '<p>第一段。</p><iframe src="https://v.example/1"></iframe>',
        "picture": {"url": "https://river.example/1.jpg"},
        "byline": "林记者",
        "base": "https://river.example/1",
        "source": "河城日报 & 邮报",
        "tags": ["一个长得做不成栏目名字的分类一二三四五六七", "地方/河城", "地方"],
        "language": "zh-hans",
        "published_at": "2026-11-15T10:30:00+00:00",
        "revision": 1794738600,
    }
    assert isinstance(read(json.dumps(first).encode(), DEFAULTS), Publish)


def test_an_entry_of_atom_keeps_plain_text_plain_and_its_revision_is_its_update(tmp_path: Path) -> None:
    (entry,) = imported(tmp_path / "feed.atom", ATOM)
    assert isinstance(entry, dict)
    assert entry.pop("id").startswith("feed-")
    assert entry == {
        "uri": "urn:uuid:6e1c",
        "title": "1 < 2",
        "section": "综合",
        "format": "plain",
        "body": "a < b",
        "picture": {"url": "https://river.example/1.png"},
        "byline": "Lin (AFP)",
        "source": "River Post",
        "language": "en",
        "published_at": "2026-11-15T09:00:00+00:00",
        "revision": 1794738600,
    }


def test_entries_that_cannot_be_articles_are_told_one_by_one(tmp_path: Path) -> None:
    _, untold, summary, nowhere = imported(tmp_path / "feed.xml", RSS)
    assert untold == "has no text, neither content nor a summary, so it cannot be an article"
    assert isinstance(summary, dict)
    assert summary["body"] == "一句话。"
    assert str(nowhere).startswith("has neither a guid nor a link")


def test_the_section_of_the_command_line_is_that_of_all_entries(tmp_path: Path) -> None:
    entries = imported(tmp_path / "feed.xml", RSS, "外电")
    assert {entry["section"] for entry in entries if isinstance(entry, dict)} == {"外电"}


def test_the_same_entry_is_the_same_article_whenever_it_is_imported(tmp_path: Path) -> None:
    first = imported(tmp_path / "monday.xml", RSS, name="river")
    assert imported(tmp_path / "tuesday.xml", RSS, name="river") == first


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("https://lin:secret@River.example/feed.xml?cat=5#top", "River.example/feed.xml?cat=5".lower()),
        ("HTTP://river.example:8080/", "river.example:8080/"),
        ("in/river.xml", "river"),
        ("河城.xml", "河城"),
    ],
)
def test_a_feed_has_the_name_of_where_it_lies(source: str, name: str) -> None:
    assert feeds.name_of(source) == name


@pytest.mark.parametrize(
    ("feed", "begins"),
    [
        ("river.example/private/0123?key=secret", "river.example-"),
        ("河城", ""),
        ("River Post", "River-Post-"),
        ("..", ""),
        ("x" * 99, "x" * 31 + "-"),
    ],
)
def test_an_id_begins_with_the_feeds_name_and_tells_no_more_of_its_address(feed: str, begins: str) -> None:
    article_id = feed_id(feed, "urn:x")
    assert re.fullmatch(re.escape(begins) + "[0-9a-f]{32}", article_id)
    assert fitting_id(article_id) == article_id
    assert feed_id(feed, "urn:y") != article_id != feed_id(feed + "/", "urn:x")


@pytest.mark.parametrize("ahead", ["Thu, 01 Jan 9998 00:00:00 GMT", "Sun, 15 Nov 2099 18:30:00 +0800"])
def test_a_time_that_has_not_come_is_no_revision(tmp_path: Path, ahead: str) -> None:
    sent = imported(tmp_path / "feed.xml", RSS.replace("Sun, 15 Nov 2026 18:30:00 +0800", ahead))[0]
    assert isinstance(sent, dict)
    assert "revision" not in sent


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<html><p>no feed</p></html>", "is not a feed"),
        ("", "is not a feed: it is empty"),
        ("no markup", "is not a feed: is no XML"),
        ("<rss version='2.0'><channel><title>x</title></channel></rss>", "has no entries"),
    ],
)
def test_what_is_not_a_feed_is_said(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(CommandError, match=says):
        imported(tmp_path / "feed.xml", content)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("ftp://river.example/feed.xml", "name a file or an address that begins with http"),
        ("none.xml", "cannot be read: No such file"),
    ],
)
def test_a_feed_that_cannot_be_had_is_said(source: str, says: str) -> None:
    with pytest.raises(CommandError, match=says):
        feeds.load(source)


def test_a_feed_is_not_read_beyond_what_a_feed_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LARGEST_FEED_BYTES", 1000)
    with pytest.raises(CommandError, match="is larger than 1,000 bytes"):
        imported(tmp_path / "feed.xml", RSS)


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("林记者 <lin@river.example>", "林记者"),
        ("lin@river.example", ""),
        ("lin@river.example (林 (记者))", "林 (记者)"),
        ("Lin, (lin@river.example), AFP", "Lin, AFP"),
        ("@lin Lin　记者", "@lin Lin　记者"),
    ],
)
def test_an_authors_mailbox_is_not_for_readers(author: str, name: str) -> None:
    entry = [Element(name, inside=escape(text)) for name, text in (("guid", "urn:x"), ("author", author))]
    feed = Feed("rss", [], [[*entry, Element("description", inside="文")]])
    (read,) = read_entries(feed, Importing("feed", NIGHT))
    assert isinstance(read, Reading)
    assert read.sent.get("byline", "") == name
