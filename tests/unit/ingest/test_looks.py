"""Bodies without a format that look like another, dates that are none, and tags that are objects."""

import json
from typing import Any

import pytest

from services.ingest.core.faults import Rejection
from services.ingest.core.reading import DEFAULTS, read
from services.ingest.core.submissions import Publish, Submission
from tests.unit.ingest.reading_bodies import blocks
from tests.unit.ingest.reading_bodies import read as read_body


def _read(**more: Any) -> Submission | Rejection:
    sent = {"id": "bridge", "title": "通车", "section": "地方", "body": "新桥通车。"} | more
    return read(json.dumps(sent).encode(), DEFAULTS)


def _published(**more: Any) -> Publish:
    found = _read(**more)
    assert isinstance(found, Publish), found
    return found


@pytest.mark.parametrize(
    "body",
    [
        "<p>新桥通车。</p>",
        "新桥通车。<br>两岸相连。",
        "<div class='a'>新桥通车。",
        "新桥<strong>今天</strong>通车。",
        '新桥<a href="https://a.example">通车</a>。',
        "前\n<ul><li>一</li></ul>",
        '<img src="https://i.example/1.jpg">新桥',
    ],
)
def test_what_looks_like_html_without_a_format_is_told(body: str) -> None:
    ((place, _, kind, told),) = _published(body=body).notes
    assert (place, kind) == ("/body", "format")
    assert "send format html" in told
    assert not _published(body=body, format="plain").notes
    assert isinstance(_published(body=body, format="html"), Publish)


@pytest.mark.parametrize(
    "body",
    ["a < b 和 c > d", "<新华社>电", "按 <Enter> 键", "I <3 桥", "x<y, y>z", "《<》", "<https://a.example>"],
)
def test_signs_that_are_no_tags_are_text(body: str) -> None:
    assert not _published(body=body).notes


@pytest.mark.parametrize(
    "body",
    ["# 通车\n\n新桥", "新桥**今天**通车", "[新桥](https://a.example)", "![](https://i.example/1.jpg)"],
)
def test_what_looks_like_markdown_without_a_format_is_told(body: str) -> None:
    ((place, _, kind, told),) = _published(body=body).notes
    assert (place, kind) == ("/body", "format")
    assert "send format markdown" in told
    assert not _published(body=body, format="plain").notes


@pytest.mark.parametrize("body", ["#通车# 的话题", "一 ** 二", "新桥（一）", "[1](见注)", "3 * 4 * 5"])
def test_what_only_shares_signs_with_markdown_is_not(body: str) -> None:
    assert not _published(body=body).notes


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("&lt;p&gt;新桥通车。&lt;/p&gt;", "新桥通车。"),
        ("&lt;div&gt;&lt;b&gt;新桥&lt;/b&gt;通车。&lt;/div&gt;", "新桥通车。"),
        ("&#60;p&#62;新桥通车。", "新桥通车。"),
        ("&lt;p&gt;A &amp;amp; B&lt;/p&gt;", "A & B"),
    ],
)
def test_html_that_is_escaped_twice_is_read(html: str, text: str) -> None:
    found, notes = read_body(html)
    assert [block["text"] for block in found] == [text]
    assert [note.kind for note in notes] == ["markup"]


@pytest.mark.parametrize("html", ["a &lt; b", "用 &lt;p&gt; 标签", "<p>用 &lt;p&gt;段&lt;/p&gt; 标签</p>"])
def test_a_text_about_tags_keeps_them(html: str) -> None:
    assert "<" in blocks(html)[0]["text"]


@pytest.mark.parametrize(
    "date",
    [
        "1970-01-01T00:00:00Z", "1970-01-01T08:00:00+08:00", "1970-01-01T00:00:00+08:00", "1970-01-01",
        "1969-12-31T19:00:00-05:00", "1900-01-01T00:00:00Z", "1899-12-30T00:00:00+00:00",
        "0001-01-01T00:00:00Z",
        "0000-00-00 00:00:00", "1970-01-01T00:00:01Z",
    ],
)  # fmt: skip
def test_a_zero_as_the_date_of_publication_is_told_and_no_date(date: str) -> None:
    found = _published(published_at=date)
    assert found.published_at is None
    ((place, did, kind, told),) = found.notes
    assert (place, did, kind) == ("/published_at", "set aside", "date")
    assert "zero of a clock" in told
    item = {"uri": "urn:x:1", "headline": "通车", "body_text": "新桥。", "firstcreated": date}
    agency = read(json.dumps(item).encode(), DEFAULTS)
    assert isinstance(agency, Publish)
    assert [note.pointer for note in agency.notes] == ["/firstcreated"]


@pytest.mark.parametrize("date", ["1970-01-02T00:00:00Z", "1970-01-01T12:30:00Z", "1899-12-30T07:00:00Z"])
def test_old_news_keeps_its_date(date: str) -> None:
    assert _published(published_at=date).published_at is not None


@pytest.mark.parametrize("field", ["embargo_until", "expires_at"])
def test_a_zero_that_keeps_a_text_from_readers_is_not_set_aside(field: str) -> None:
    assert isinstance(_read(**{field: "0001-01-01T00:00:00Z"}), Rejection)


@pytest.mark.parametrize(
    "tags",
    [
        [{"name": "桥"}, {"name": "交通"}],
        ["桥", {"title": "交通", "id": 4}],
        [{"label": "桥"}, {"slug": "交通"}],
        [{"id": 1, "name": "桥", "slug": "bridge"}, "交通"],
    ],
)
def test_tags_that_are_objects_are_read_by_their_names(tags: list[Any]) -> None:
    found = _published(tags=tags)
    assert found.tags == ("桥", "交通")
    assert [(note.pointer, note.did) for note in found.notes] == [("/tags", "changed")]


def test_a_tag_that_nothing_names_is_a_fault() -> None:
    found = _read(tags=["桥", {"id": 4}])
    assert isinstance(found, Rejection)
    assert [fault.pointer for fault in found.faults] == ["/tags/1"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"authors": [{"name": "张三"}]}, "张三"),
        ({"author": {"name": "张三", "id": 4}}, "张三"),
        ({"categories": ["国际", "财经"]}, "财经"),
        ({"meta": {"source": "河城报"}}, "河城报"),
        ({"views": 12}, "12"),
    ],
)
def test_an_unknown_field_is_told_with_what_it_says(more: dict[str, Any], told: str) -> None:
    ((_, did, kind, detail),) = _published(**more).notes
    assert (did, kind, told in detail) == ("set aside", "field", True)


@pytest.mark.parametrize(
    ("more", "place", "told"),
    [
        ({"picture": {"description": "码头"}}, "/picture/description", "description '码头' is not a field"),
        ({"picture": {"title": "码头", "id": 0}}, "/picture/title", "title '码头'"),
        ({"pictures": [{"author": "甲"}]}, "/pictures/0/author", "author '甲'"),
        ({"pictures": [{}, {"meta": {"text": "码头"}}]}, "/pictures/1/meta", "码头"),
    ],
)
def test_an_unknown_field_of_a_picture_is_told(more: dict[str, Any], place: str, told: str) -> None:
    with_urls = {
        name: [one | {"url": "https://i.example/1.jpg"} for one in said]
        if isinstance(said, list)
        else said | {"url": "https://i.example/1.jpg"}
        for name, said in more.items()
    }
    first, *_ = _published(**with_urls).notes
    assert (first.pointer, told in first.detail) == (place, True)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"title": "<b>通车</b>"}, "/title"),
        ({"title": "新桥&amp;旧桥"}, "/title"),
        ({"title": "&#8220;通车&#8221;"}, "/title"),
        ({"picture": {"url": "https://i.example/1.jpg", "caption": "新<br>桥"}}, "/picture/caption"),
        ({"body": "新桥通车。\\n两岸相连。"}, "/body"),
    ],
)
def test_a_line_with_tags_or_references_is_told(more: dict[str, Any], place: str) -> None:
    assert [(note.pointer, note.kind) for note in _published(**more).notes] == [(place, "format")]


@pytest.mark.parametrize("title", ["1 < 2 & 3 > 2", "A&B", "AT&T；R&D", "<新桥>通车", "a<b"])
def test_a_line_with_signs_alone_is_not(title: str) -> None:
    assert not _published(title=title).notes


@pytest.mark.parametrize(
    ("said", "meant"), [("cn", "zh-Hans"), ("TW", "zh-Hant"), ("jp", "ja"), ("zh_CHT", "zh-Hant")]
)
def test_a_country_in_the_place_of_a_language_is_its_language_and_told(said: str, meant: str) -> None:
    found = _published(language=said)
    assert (found.language, [note.kind for note in found.notes]) == (meant, ["language"])


@pytest.mark.parametrize(
    ("field", "value"), [("post_type", "attachment"), ("kind", "comment"), ("type", "wp_template")]
)
def test_what_is_kept_among_posts_and_is_none_is_refused(field: str, value: str) -> None:
    found = _read(**{field: value})
    assert isinstance(found, Rejection)
    assert found.faults[0].pointer == f"/{field}"
