"""Every part of an entry is used, or it is told what became of it."""

from pathlib import Path

import pytest

from tests.unit.publisher.doors import atom, imported, rss

TEXT = "<description>港口今天繁忙。</description>"


@pytest.mark.parametrize(
    ("media", "picture"),
    [
        (
            '<media:content width="1" url="https://i.example/p.jpg?w=1"/>'
            '<media:content width="460" url="https://i.example/p.jpg?w=460"/><media:credit>丙摄</media:credit>',
            {
                "url": "https://i.example/p.jpg?w=460", "width": 460, "credit": "丙摄",
                "renditions": [{"url": "https://i.example/p.jpg?w=1", "width": 1}],
            },
        ),
        (
            '<media:group><media:content url="/a.jpg" width="3" height="2"><media:credit>甲'
            '</media:credit></media:content><media:content url="/b.jpg" width="9" height="6">'
            "<media:credit>乙</media:credit><media:title>码头</media:title></media:content></media:group>",
            {"url": "https://r.example/b.jpg", "width": 9, "height": 6, "caption": "码头", "credit": "乙"},
        ),
        (
            '<media:group><media:title>港口</media:title><media:content url="https://i.example/v.mp4" '
            'type="video/mp4"/><media:thumbnail url="https://i.example/t.jpg"/></media:group>',
            {"url": "https://i.example/t.jpg", "caption": "港口"},
        ),
        (
            '<enclosure url="https://i.example/e.png" type="image/png" length="1"/>'
            '<media:thumbnail url="https://i.example/t.jpg"/>',
            {"url": "https://i.example/e.png"},
        ),
        ('<enclosure url="https://i.example/e.PNG"/>', {"url": "https://i.example/e.PNG"}),
        ('<enclosure url="https://i.example/e.mp3" type="audio/mpeg"/>', None),
        ('<media:content url="https://i.example/embed/1"/>', None),
        ('<itunes:image href="https://i.example/cover.jpg"/>', None),
    ],
)  # fmt: skip
def test_the_picture_is_the_largest_with_its_own_credit_and_caption(
    tmp_path: Path, media: str, picture: dict[str, object] | None
) -> None:
    (found,) = imported(tmp_path, rss(TEXT + media))
    assert (found.refused, found.sent.get("picture")) == ("", picture)
    assert picture is not None or found.notes


def test_a_second_picture_and_a_credit_without_one_are_told(tmp_path: Path) -> None:
    two = '<media:content url="https://i.example/a.jpg"/><media:content url="https://i.example/b.jpg"/>'
    (found,) = imported(tmp_path, rss(TEXT + two))
    assert "https://i.example/b.jpg is not the article's picture" in found.note("picture")
    (found,) = imported(tmp_path, rss(TEXT + "<media:credit>丙摄</media:credit>"))
    assert found.note("element") == "media:credit: media:credit '丙摄' is not used"


@pytest.mark.parametrize(
    ("inside", "body"),
    [
        ("<description>短。</description><content:encoded>长的全文。</content:encoded>", "长的全文。"),
        ("<content:encoded>全文第一段。</content:encoded><description>全文第一段，第二段。</description>",
         "全文第一段，第二段。"),
        ("<description>简介。</description><media:content medium='image' url='https://n.example/a.jpg'/>"
         "<media:description>图为新航站楼，比全文还要长得多的说明。</media:description>"
         "<content:encoded>&lt;p&gt;全文。&lt;/p&gt;</content:encoded>", "<p>全文。</p>"),
        ("<itunes:summary>节目说明很长很长很长。</itunes:summary><description>短。</description>",
         "节目说明很长很长很长。"),
        ("<description>第一行。\n第二行 A &amp;amp; B。</description>", "第一行。\n第二行 A & B。"),
        ("<description>一 &lt;b&gt;粗&lt;/b&gt;\n\n二</description>", "<p>一 <b>粗</b></p><p>二</p>"),
        ("<description><![CDATA[<p>甲</p>]]><![CDATA[<p>乙</p>]]></description>", "<p>甲</p><p>乙</p>"),
        ("<description>甲 <b>乙</b> &amp; 丙</description>", "甲 <b>乙</b> &amp; 丙"),
    ],
)  # fmt: skip
def test_the_text_is_the_longest_and_never_a_pictures(tmp_path: Path, inside: str, body: str) -> None:
    (found,) = imported(tmp_path, rss(inside))
    assert (found.refused, found.sent["body"]) == ("", body)


@pytest.mark.parametrize(
    ("content", "body", "written_in"),
    [
        ("<content>a &lt; b</content>", "a < b", "plain"),
        ('<content type="html">&lt;p&gt;甲&lt;/p&gt;</content>', "<p>甲</p>", "html"),
        ('<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>甲<br/>乙</p></div></content>',
         "<p>甲<br/>乙</p>", "html"),
        ('<content type="text/markdown">**甲**</content>', "**甲**", "markdown"),
        ('<content type="text/html" mode="base64">PHA+5LmZPC9wPg==</content>', "<p>乙</p>", "html"),
        ('<content type="image/png">aGVsbG8=</content><summary>摘要</summary>', "摘要", "plain"),
        ("<summary>短</summary><content type='html'>更长的文</content>", "更长的文", "html"),
    ],
)  # fmt: skip
def test_atom_says_what_a_text_is_written_in(
    tmp_path: Path, content: str, body: str, written_in: str
) -> None:
    (found,) = imported(tmp_path, atom(content))
    assert (found.refused, found.sent["body"], found.sent["format"]) == ("", body, written_in)


def test_another_text_is_told_with_its_letters_unless_the_body_has_them(tmp_path: Path) -> None:
    (found,) = imported(
        tmp_path, rss("<description>另一句。</description><content:encoded>全文在此。</content:encoded>")
    )
    assert found.note("text") == "description: description is another text, of 3 letters"
    (found,) = imported(
        tmp_path, rss("<description>全文。</description><content:encoded>全文，在此。</content:encoded>")
    )
    assert found.note("text") == ""


@pytest.mark.parametrize(
    ("inside", "byline"),
    [
        ("<dc:creator>甲</dc:creator><dc:creator>乙</dc:creator>", "甲、乙"),
        ("<author>lin@r.example (林)</author><dc:creator>林</dc:creator>", "林"),
        (
            "<author><name>Lin</name></author><author><name>Tan</name><email>t@r.example</email></author>",
            "Lin, Tan",
        ),
        ("<itunes:author>台</itunes:author>", "台"),
    ],
)
def test_all_authors_are_named(tmp_path: Path, inside: str, byline: str) -> None:
    (found,) = imported(tmp_path, rss(TEXT + inside))
    assert found.sent["byline"] == byline


@pytest.mark.parametrize(
    ("said", "text", "language"),
    [
        ("en", "河城政府今天说这个问题还没有结果，记者将会继续关注。", "zh-Hans"),
        ("en-us", "河城政府今天說這個問題還沒有結果，記者將會繼續關注。", "zh-Hant"),
        ("zh-CN", "河城政府今天說這個問題還沒有結果，記者將會繼續關注。", "zh-Hant"),
        ("zh-TW", "河城政府今天说这个问题还没有结果，记者将会继续关注。", "zh-Hans"),
        ("zh_TW", "天下大同", "zh-TW"),
        ("en", "天下大同人人平安", "zh"),
        ("en", "The mayor of 河城 said so today.", "en"),
        ("zh", "橋が開通すると市は発表した。", "ja"),
        ("zh", "새로운 다리가 개통된다고 시가 발표했다.", "ko"),
        ("ja", "日本政府発表", "ja"),
    ],
)
def test_the_language_is_that_of_the_letters(tmp_path: Path, said: str, text: str, language: str) -> None:
    channel = f"<language>{said}</language>"
    entry = rss(f"<description>{text}</description>", channel).replace("题目", "一")
    (found,) = imported(tmp_path, entry)
    assert found.sent["language"] == language
    assert bool(found.note("language")) == (language != said.replace("_", "-"))


@pytest.mark.parametrize(
    ("inside", "base"),
    [
        (TEXT, "https://r.example/1"),
        (f"<link>https://r.example/story</link>{TEXT}", "https://r.example/story"),
        ('<guid isPermaLink="false">x:1</guid><description xml:base="https://b.example/d/">文在此</description>',
         "https://b.example/d/"),
    ],
)  # fmt: skip
def test_relative_addresses_are_read_against_the_base_the_entry_or_the_feed(
    tmp_path: Path, inside: str, base: str
) -> None:
    assert imported(tmp_path, rss(inside))[0].sent["base"] == base


def test_an_entry_that_is_there_twice_is_told_and_sent_once(tmp_path: Path) -> None:
    item = "<item><title>题</title><guid>x:1</guid><description>文。</description></item>"
    first, second = imported(tmp_path, f"<rss><channel><title>报</title>{item}{item}</channel></rss>")
    assert first.refused == ""
    assert second.refused == "has the guid or link of entry 1, 'x:1'; give each its own"


def test_what_nobody_knows_is_told_by_its_name(tmp_path: Path) -> None:
    more = "<x:mood xmlns:x='urn:x' deep='1'>好</x:mood><slash:comments>3</slash:comments><x:empty/>"
    (found,) = imported(tmp_path, rss(TEXT + more))
    assert "x:mood '好' is not used" in found.note("element")
    assert "slash:comments '3' is not used" in found.note("element")


def test_a_text_that_is_mojibake_is_refused(tmp_path: Path) -> None:
    (found,) = imported(tmp_path, rss("<description>ä½\xa0å¥½ï¼\x8cä¸\x96ç\x95\x8c</description>"))
    assert "is UTF-8 that was read as Latin-1" in found.refused


def test_a_section_of_xml_that_was_escaped_with_its_text_is_text(tmp_path: Path) -> None:
    (found,) = imported(tmp_path, rss("<description>&lt;![CDATA[港口繁忙。]]&gt;</description>"))
    assert found.sent["body"] == "港口繁忙。"


@pytest.mark.parametrize("name", ["yandex:full-text", "turbo:content", "fulltext"])
def test_the_whole_text_may_be_called_so(tmp_path: Path, name: str) -> None:
    whole = f"<{name}><![CDATA[<p>港口今天繁忙，船多。</p>]]></{name}>"
    (found,) = imported(tmp_path, rss(f"<description>港口。</description>{whole}"))
    assert found.sent["body"] == "<p>港口今天繁忙，船多。</p>"


@pytest.mark.parametrize(
    "picture",
    [
        "<image><url>https://i.e/a.jpg</url></image>",
        "<image>https://i.e/a.jpg</image>",
        "<fullimage>https://i.e/a.jpg</fullimage>",
    ],
)
def test_a_picture_in_an_element_of_its_own_is_one_where_nothing_better_is(
    tmp_path: Path, picture: str
) -> None:
    (found,) = imported(tmp_path, rss(f"<description>港口。</description>{picture}"))
    assert found.sent["picture"]["url"] == "https://i.e/a.jpg"
    better = '<media:content url="https://i.e/b.jpg" medium="image"/>'
    (found,) = imported(tmp_path, rss(f"<description>港口。</description>{picture}{better}"))
    assert found.sent["picture"]["url"] == "https://i.e/b.jpg"
    assert "https://i.e/a.jpg is not the article's picture" in found.note("picture")
