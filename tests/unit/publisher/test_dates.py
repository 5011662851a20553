"""Dates are read for sure, or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.core.dates import read_date
from tests.unit.publisher.doors import ZONE, atom, imported, markdown, published, rss

TEXT = "<description>正文在此。</description>"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-28T18:30:00+08:00", "2026-11-28T10:30:00"),
        ("2026-11-28T18:30:00.123456789Z", "2026-11-28T18:30:00"),
        ("20261128T183000Z", "2026-11-28T18:30:00"),
        ("Sat, 28 Nov 2026 18:30:00 +0800", "2026-11-28T10:30:00"),
        ("28 Nov 26 10:30 GMT", "2026-11-28T10:30:00"),
        ("Thu, 01 Jan 2004 19:48:21 EST", "2004-01-02T00:48:21"),
        ("2026年11月28日 18:30", "2026-11-28T10:30:00"),
        ("2026年11月28日（星期六）下午6时30分", "2026-11-28T10:30:00"),
        ("2026/11/28 18:30", "2026-11-28T10:30:00"),
        ("2026-11-28 上午12:05", "2026-11-27T16:05:00"),
        ("Nov 28, 2026", "2026-11-27T16:00:00"),
        ("November 28th, 2026 at 6:30 p.m.", "2026-11-28T10:30:00"),
        ("Sat Nov 28 18:30:00 UTC 2026", "2026-11-28T18:30:00"),
        ("2026-11-28T18:30:00 GMT+0800 (China Standard Time)", "2026-11-28T10:30:00"),
        ("28/11/2026 18:30", "2026-11-28T10:30:00"),
        ("2026-11-28T24:00:00Z", "2026-11-29T00:00:00"),
        ("1795861800", "2026-11-28T10:30:00"),
        ("1795861800000", "2026-11-28T10:30:00"),
        ("20261128183000", "2026-11-28T10:30:00"),
        ("202611281830", "2026-11-28T10:30:00"),
        ("Sat Nov 28 2026 18:30:00 GMT+0800 (中国标准时间)", "2026-11-28T10:30:00"),
        ("Saturday, November 28, 2026 - 18:30", "2026-11-28T10:30:00"),
        ("2026-11-28 18:30:00 +0800 CST", "2026-11-28T10:30:00"),
        ("2026-11-28 10:30:00 +0000 UTC", "2026-11-28T10:30:00"),
        ("2026-11-28 18:30 (UTC+8)", "2026-11-28T10:30:00"),
        ("2026-11-28 18:30 Asia/Shanghai", "2026-11-28T10:30:00"),
        ("2026-11-28 18:30 [Asia/Shanghai]", "2026-11-28T10:30:00"),
        ("2026-11-28 18:30 北京时间", "2026-11-28T10:30:00"),
        ("28 November 2026 6pm", "2026-11-28T10:00:00"),
        ("2026-11-28 오후 6:30", "2026-11-28T10:30:00"),
        ("Sabtu, 28 Nov 2026 18:30:00 +0800", "2026-11-28T10:30:00"),
        ("5 Mac 2026", "2026-03-04T16:00:00"),
        ("17 Ogos 2026, 8:00 PM", "2026-08-17T12:00:00"),
        ("2026\u201111\u201128", "2026-11-27T16:00:00"),
        ("中華民國115年11月28日 18:30", "2026-11-28T10:30:00"),
        ("二〇二六年十一月二十八日", "2026-11-27T16:00:00"),
    ],
)  # fmt: skip
def test_what_can_be_read_in_one_way_is_read(written: str, moment: str) -> None:
    found = read_date(written, ZONE).moment
    assert found is not None
    assert found.astimezone(UTC) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("03/04/2026", "can be read in two ways"),
        ("28 Nov 2026 10:00 CST", "names a zone CST that can mean several"),
        ("2026-11-28 10:00 IST", "names a zone IST that can mean several"),
        ("2026-11-28 10:00 Asia/Nowhere", "names a zone"),
        ("1899-12-30", "is the zero of a clock"),
        ("1900-01-01T00:00:00Z", "is the zero of a clock"),
        ("二〇二六年十三月一日", "is not a date that the calendar has"),
        ("0000-00-00 00:00:00", "is no date"),
        ("0001-01-01T00:00:00Z", "is no date"),
        ("1970-01-01T00:00:00Z", "is the zero of a clock"),
        ("1970-01-01T08:00:00+08:00", "is the zero of a clock"),
        ("2026-02-30", "is not a date that the calendar has"),
        ("2026-11-28 25:00", "is not a date that the calendar has"),
        ("2026-11-28 晚上12点", "twelve in the evening"),
        ("17643258", "is not a date that the calendar has"),
        ("1995861800", "is not a date"),
        ("二〇二六年", "is not a date that is read"),
        ("9999-12-31T23:59:59-12:00", "is not a date that the calendar has"),
        ("", "is not a date"),
        (None, "is not a date"),
        (5, "is not a date"),
    ],
)
def test_what_cannot_be_read_for_sure_is_told(written: object, says: str) -> None:
    found = read_date(written, ZONE)
    assert found.moment is None
    assert says in found.told


@given(
    st.text() | st.from_regex(r"\d{1,5}[-/.年]\d{1,3}[-/.月]\d{1,3}[ T日]?\d{0,3}:?\d{0,3}[a-zA-Z+-]{0,4}")
)
def test_any_text_is_a_date_or_a_sentence(written: str) -> None:
    found = read_date(written, ZONE)
    assert found.moment is not None or found.told


@pytest.mark.parametrize(
    ("dates", "at"),
    [
        ("<pubDate>Sat, 28 Nov 2026 10:00:00 +0800</pubDate>", "2026-11-28T02:00:00+00:00"),
        ("<dc:date>2024-03-06T08:00:00+08:00</dc:date>", "2024-03-06T00:00:00+00:00"),
        ("<pubDate>2026年11月28日 18:30</pubDate>", "2026-11-28T10:30:00+00:00"),
        ("<pubDate>2026-11-28 18:30:00</pubDate>", "2026-11-28T10:30:00+00:00"),
        ("<pubDate>03/04/2026</pubDate><dc:date>2026-04-03T00:00:00Z</dc:date>", "2026-04-03T00:00:00+00:00"),
        ("<wp:post_date_gmt>2019-03-05 01:00:00</wp:post_date_gmt>", "2019-03-05T01:00:00+00:00"),
        ("<pubDate>Sun, 30 Nov -0001 00:00:00 +0000</pubDate>", None),
        ("<pubDate>0000-00-00 00:00:00</pubDate>", None),
        ("<pubDate>yesterday</pubDate>", None),
    ],
)
def test_an_entry_is_of_the_first_day_that_it_names_for_sure(
    tmp_path: Path, dates: str, at: str | None
) -> None:
    (found,) = imported(tmp_path, rss(dates + TEXT))
    assert (found.refused, found.sent.get("published_at")) == ("", at)
    assert at is not None or "pubdate" in found.note("date")


def test_an_entry_that_was_only_updated_is_of_that_day_however_often_it_is_imported(tmp_path: Path) -> None:
    entry = atom("<updated>2024-03-05T08:00:00+08:00</updated><content>旧桥通车。</content>")
    first, second = imported(tmp_path, entry), imported(tmp_path, entry)
    assert first == second
    assert first[0].sent["published_at"] == "2024-03-05T00:00:00+00:00"
    assert first[0].sent["revision"] == 1709596800


@pytest.mark.parametrize(
    ("lines", "at"),
    [
        (["date: 2023-03-05 08:00:00 +0800"], "2023-03-05T08:00:00+08:00"),
        (["date: 2023-03-05"], "2023-03-05T00:00:00+08:00"),
        (["pubDate: 'Mar 5, 2023'"], "2023-03-05T00:00:00+08:00"),
        (["created: 2023/03/05 08:00"], "2023-03-05T08:00:00+08:00"),
        (["date: 2022-01-01", "publishDate: 2023-03-05T08:00:00Z"], "2023-03-05T08:00:00+00:00"),
        (["published: 2023-03-05"], "2023-03-05T00:00:00+08:00"),
        (["params: {date: 2023-03-05}"], "2023-03-05T00:00:00+08:00"),
        (["date: 20230305"], "2023-03-05T00:00:00+08:00"),
        (["pubDatetime: 2023-03-05T08:00:00Z"], "2023-03-05T08:00:00+00:00"),
        (["发布时间: 2023-03-05 08:00"], "2023-03-05T08:00:00+08:00"),
        (["date: [2023-03-05]"], "2023-03-05T00:00:00+08:00"),
        (["date: 05/03/2023"], None),
        (["date: 0000-00-00"], None),
    ],
)
def test_front_matter_names_its_day_in_many_words(tmp_path: Path, lines: list[str], at: str | None) -> None:
    found = markdown(tmp_path, *lines)
    assert (found.refused, found.sent.get("published_at")) == ("", at)
    assert at is not None or found.note("date")


def test_a_later_change_is_the_revision_unless_it_has_not_come_yet(tmp_path: Path) -> None:
    assert markdown(tmp_path, "lastmod: 2026-11-01T00:00:00Z").sent["revision"] == 1793491200
    assert "revision" not in markdown(tmp_path, "updated: 2027-11-01T00:00:00Z").sent
    assert markdown(tmp_path, "revision: 3", "updated: 2026-11-01").sent["revision"] == 3


def test_a_file_named_by_its_day_is_of_that_day(tmp_path: Path) -> None:
    found = published(tmp_path, "2019-03-05-bridge.md", "# 题\n正文")
    assert found.sent["published_at"] == "2019-03-05T00:00:00+08:00"
    assert "from the file's name" in found.note("date")


@pytest.mark.parametrize(
    ("head", "at"),
    [
        ('<meta property="article:published_time" content="2026-11-28 18:30">', "2026-11-28T18:30:00+08:00"),
        ('<meta name="DC.date" content="2026-11-28">', "2026-11-28T00:00:00+08:00"),
        ('<meta itemprop="datePublished" content="2026-11-28T10:30:00Z">', "2026-11-28T10:30:00Z"),
        ('<time pubdate datetime="2026-11-28T10:30:00Z">28日</time>', "2026-11-28T10:30:00Z"),
        ('<script type="application/ld+json">{"@graph":[{"@type":"Person"},{"@type":["NewsArticle"],'
         '"datePublished":"2026-11-28T10:30:00Z"}]}</script>', "2026-11-28T10:30:00Z"),
        ('<script type="application/ld+json"><!-- {"@graph":[{"@type":"WebPage",'
         '"datePublished":"2020-01-01"},'
         '{"@type":"Article","datePublished":"2026-11-28T10:30:00Z"}]} --></script>', "2026-11-28T10:30:00Z"),
        ('<meta property="og:release_date" content="2026-11-28">', "2026-11-28T00:00:00+08:00"),
        ('<meta name="weibo: article:create_at" content="2026-11-28 18:30:00">', "2026-11-28T18:30:00+08:00"),
        ('<meta name="publish-date" content="2026-11-28">', "2026-11-28T00:00:00+08:00"),
        ('<time class="published">2026-11-28 18:30</time>', "2026-11-28T18:30:00+08:00"),
        ('<time class="updated" datetime="2026-11-29T00:00:00Z">29日</time>'
         '<time datetime="2026-11-28T10:30:00Z">28日</time>', "2026-11-28T10:30:00Z"),
        ('<time itemprop="dateModified" datetime="2026-11-28T10:30:00Z">28日</time>', None),
        ('<meta name="date" content="03/04/2026">', None),
    ],
)  # fmt: skip
def test_a_page_names_its_day_in_many_places(tmp_path: Path, head: str, at: str | None) -> None:
    found = published(
        tmp_path, "a.html", f"<html><head>{head}</head><body><h1>题</h1><p>文。</p></body></html>"
    )
    assert (found.refused, found.sent.get("published_at")) == ("", at)


def test_a_page_says_when_it_was_changed(tmp_path: Path) -> None:
    head = '<meta property="article:modified_time" content="2026-11-01T00:00:00Z">'
    found = published(
        tmp_path, "a.html", f"<html><head>{head}</head><body><h1>题</h1><p>文。</p></body></html>"
    )
    assert found.sent["revision"] == 1793491200
