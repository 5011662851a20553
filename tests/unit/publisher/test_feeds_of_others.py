"""What a feed says of all its entries, and of those that are there no more."""

from pathlib import Path

import pytest

from publisher.adapters.failures import CommandError
from tests.unit.publisher.doors import atom, imported, markdown, published, rss

TEXT = "<content>港口今天繁忙。</content>"
AT = 'xmlns:at="http://purl.org/atompub/tombstones/1.0"'


def _with(feed: str, own: str) -> str:
    return feed.replace("<entry>", f"{own}<entry>", 1)


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ("<updated>2026-11-01T00:00:00Z</updated>", True),
        ("<updated>2026-11-20T00:00:00Z</updated>", False),
        ("<published>2026-11-02T00:00:00Z</published>", True),
        ("", True),
    ],
)
def test_an_entry_that_the_feed_says_is_deleted_is_not_published(
    tmp_path: Path, changed: str, refused: bool
) -> None:
    gone = f'<at:deleted-entry {AT} ref="tag:r,1" when="2026-11-10T00:00:00Z"/>'
    (found,) = imported(tmp_path, _with(atom(TEXT + changed), gone))
    assert ("is deleted in the same feed" in found.refused) == refused


@pytest.mark.parametrize(
    "gone",
    [
        f'<at:deleted-entry {AT} ref="tag:r,9" when="2026-11-10T00:00:00Z"/>',
        '<x:deleted-entry xmlns:x="http://purl.org/atompub/tombstones/1.0" ref="tag:r,9" when="?"/>',
        f'<at:deleted-entry {AT} ref="tag:r,9" when="2026"><at:comment>误</at:comment></at:deleted-entry>',
        f"<at:deleted-entry {AT} when='2026-11-10T00:00:00Z' ref='tag:r,9'></at:deleted-entry>",
    ],
)  # fmt: skip
def test_another_deleted_entry_is_told_with_the_id_to_withdraw(tmp_path: Path, gone: str) -> None:
    (found,) = imported(tmp_path, _with(atom(TEXT), gone))
    assert found.refused == ""
    assert "tag:r,9 is deleted in the feed; remen withdraw feed-" in found.note("deleted")


def test_a_feed_of_deleted_entries_alone_says_so(tmp_path: Path) -> None:
    gone = f'<at:deleted-entry {AT} ref="a:1" when="2026-11-10T00:00:00Z"/>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{gone}</feed>'
    with pytest.raises(CommandError, match="no entries but 1 that are deleted"):
        imported(tmp_path, feed)


@pytest.mark.parametrize(
    ("own", "inside", "byline"),
    [
        ("<author><name>张三</name><email>z@r.example</email></author>", "", "张三"),
        ("<author><name>张三</name></author><author><name>李四</name></author>", "", "张三、李四"),
        ("<author><name>张三</name></author>", "<author><name>王五</name></author>", "王五"),
        ("<author><name>张三</name></author>", "<source><author><name>赵六</name></author></source>", "赵六"),
        ("<author><uri>https://a.example</uri></author>", "", None),
    ],
)
def test_an_entry_of_atom_has_the_author_of_its_feed(
    tmp_path: Path, own: str, inside: str, byline: str | None
) -> None:
    (found,) = imported(tmp_path, _with(atom(TEXT + inside), own))
    assert (found.refused, found.sent.get("byline")) == ("", byline)
    is_inherited = byline is not None and "王五" not in byline
    assert bool("of the feed" in found.note("field")) == is_inherited


def test_one_of_rss_has_not(tmp_path: Path) -> None:
    (found,) = imported(tmp_path, rss("<description>港口。</description>", "<author>张三</author>"))
    assert "byline" not in found.sent


@pytest.mark.parametrize(
    "date",
    [
        "1970-01-01T00:00:01Z",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Thu, 01 Jan 1970 08:00:00 +0800",
        "1970-01-01",
    ],
)
def test_a_feed_s_date_that_is_a_clock_s_zero_is_told_and_none(tmp_path: Path, date: str) -> None:
    (found,) = imported(tmp_path, atom(f"{TEXT}<published>{date}</published>"))
    assert "published_at" not in found.sent
    assert "zero of a clock" in found.note("date")


@pytest.mark.parametrize(
    ("fields", "byline", "tags"),
    [
        (["author: {name: 张三}", "tags: [{name: 桥}, 交通]"], "张三", ["桥", "交通"]),
        (["authors:", "  zhang: {name: 张三}", "  li: {name: 李四}"], "张三、李四", None),
        (["authors: [{nickname: 张三}]", "tags: [{slug: bridge}]"], "张三", ["bridge"]),
        (["author: {display_name: 张三}", "tags: [{label: 桥, id: 3}]"], "张三", ["桥"]),
    ],
)
def test_names_in_objects_are_read(
    tmp_path: Path, fields: list[str], byline: str, tags: list[str] | None
) -> None:
    found = markdown(tmp_path, *fields)
    assert (found.sent.get("byline"), found.sent.get("tags")) == (byline, tags)


@pytest.mark.parametrize(
    "field", ["author: {id: 7}", "authors: [{id: 7}]", "tags: [{id: 7}]", "category: {id: 7}"]
)
def test_an_object_without_a_name_is_told(tmp_path: Path, field: str) -> None:
    found = markdown(tmp_path, field)
    assert "'id': 7} has no name" in found.note("field")


def test_the_picture_and_the_authors_of_json_ld_are_used_or_told(tmp_path: Path) -> None:
    said = (
        '{"@type": "NewsArticle", "image": [{"url": "https://i.example/1.jpg"}], '
        '"author": [{"@id": "#a"}, "张三"]}'
    )
    page = (
        f'<html><head><script type="application/ld+json">{said}</script></head><body><h1>通车</h1><p>新桥。'
    )
    found = published(tmp_path, "bridge.html", page)
    assert (found.sent["picture"]["url"], found.sent["byline"]) == ("https://i.example/1.jpg", "张三")
    assert "'@id': '#a'} has no name" in found.note("field")


@pytest.mark.parametrize(
    "date",
    [
        "Sat, 17 Jan 1970 23:08:42 Z",
        "1970-01-18T01:46:12Z",
        "1970-01-20 12:00:01 +0800",
        "1970-01-12T13:46:40+00:00",
    ],
)
def test_seconds_that_were_taken_for_thousandths_are_no_date(tmp_path: Path, date: str) -> None:
    (found,) = imported(tmp_path, atom(f"{TEXT}<published>{date}</published>"))
    assert "published_at" not in found.sent
    assert "taken for thousandths" in found.note("date")
    (old,) = imported(tmp_path, atom(f"{TEXT}<published>1970-01-17T08:00:00Z</published>"))
    assert old.sent["published_at"].startswith("1970-01-17")


@pytest.mark.parametrize(
    ("cover", "caption", "told"),
    [
        ("{src: 'https://i.example/1.jpg', title: 码头}", "码头", ""),
        ("{url: 'https://i.example/1.jpg', description: 码头}", "码头", ""),
        (
            "{url: 'https://i.example/1.jpg', caption: 码头, title: 一角}",
            "码头",
            "cover.title '一角' is not used",
        ),
        ("{image: 'https://i.example/1.jpg', photographer: 甲}", None, "cover.photographer '甲' is not used"),
    ],
)
def test_what_an_object_says_of_a_picture_is_used_or_told(
    tmp_path: Path, cover: str, caption: str | None, told: str
) -> None:
    found = markdown(tmp_path, f"cover: {cover}")
    assert found.sent["picture"].get("caption") == caption
    assert told in found.note("field")


@pytest.mark.parametrize("heading", ["新桥<br>今天通车", "新桥<br/>今天通车", "新桥 <BR class='x'> 今天通车"])
def test_a_title_in_two_lines_is_not_one_word(tmp_path: Path, heading: str) -> None:
    assert published(tmp_path, "a.html", f"<h1>{heading}</h1><p>正文。").sent["title"] == "新桥 今天通车"


@pytest.mark.parametrize("other", ["<title>又一题</title>", "<dc:title>又一题</dc:title>"])
def test_a_second_title_is_told_where_it_differs(tmp_path: Path, other: str) -> None:
    (found,) = imported(tmp_path, rss(f"<description>港口。</description>{other}"))
    assert (found.sent["title"], "'又一题' is another one" in found.note("text")) == ("题目", True)
    (same,) = imported(tmp_path, rss("<description>港口。</description><dc:title>题目</dc:title>"))
    assert not same.note("text")


@pytest.mark.parametrize("said", ["restricted", "Restricted Access", "members", "closed access"])
def test_an_entry_whose_access_is_restricted_is_refused(tmp_path: Path, said: str) -> None:
    inside = f"<description>港口。</description><dcterms:accessRights>{said}</dcterms:accessRights>"
    (found,) = imported(tmp_path, rss(inside))
    assert "only what is for all readers" in found.refused
    (free,) = imported(tmp_path, rss(inside.replace(said, "open access")))
    assert not free.refused


def test_keywords_and_publisher_of_json_ld_are_used_and_its_text_told(tmp_path: Path) -> None:
    said = (
        '{"@type": "NewsArticle", "keywords": ["桥", "交通"], "publisher": {"name": "河城报"}, '
        '"articleBody": "另一正文。"}'
    )
    page = (
        f'<html><head><script type="application/ld+json">{said}</script></head><body><h1>通车</h1><p>新桥。'
    )
    found = published(tmp_path, "bridge.html", page)
    assert (found.sent["tags"], found.sent["source"]) == (["桥", "交通"], "河城报")
    assert "articleBody '另一正文。' is not used" in found.note("field")


@pytest.mark.parametrize("own", ['xmlns="http://purl.org/atompub/tombstones/1.0"', ""])
def test_a_deleted_entry_in_whatever_namespace_hides_itself_and_no_other(tmp_path: Path, own: str) -> None:
    gone = f'<deleted-entry {own} ref="tag:r,1" when="2026-11-10T00:00:00Z"/>'
    other = f"<entry><title>另一篇</title><id>tag:r,2</id>{TEXT}</entry></feed>"
    hidden, shown = imported(tmp_path, _with(atom(TEXT), gone).replace("</feed>", other))
    assert "is deleted in the same feed" in hidden.refused
    assert shown.sent["title"] == "另一篇"


def test_an_entry_of_rss_is_deleted_by_the_guid_as_it_is_written(tmp_path: Path) -> None:
    gone = f'<at:deleted-entry {AT} ref="77" when="2026-11-10T00:00:00Z"/>'
    feed = rss("<description>正文。</description>", gone).replace("https://r.example/1", "77")
    (found,) = imported(tmp_path, feed)
    assert "is deleted in the same feed" in found.refused


def test_a_namespace_holds_for_its_element_and_for_no_attribute(tmp_path: Path) -> None:
    other = '<thumb xmlns="http://search.yahoo.com/mrss/" url="https://r.example/2.jpg"><credit>林</credit></thumb>'
    picture = '<content xmlns="http://search.yahoo.com/mrss/" url="https://r.example/1.jpg" medium="image"/>'
    (found,) = imported(tmp_path, rss(other + picture + "<description>正文。</description>"))
    assert found.sent["picture"] == {"url": "https://r.example/1.jpg"}
    assert found.sent["body"] == "正文。"
