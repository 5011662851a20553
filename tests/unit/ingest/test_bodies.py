"""Bodies of every format become blocks: what each markup means, and that no letter changes."""

import json
import time
from typing import Any, Final

import pytest

from services.ingest.core.bodies import Format, read_body
from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN
from services.ingest.core.faults import TooLargeError
from shared import wire
from shared.events import ArticlePublished
from tests.builders import arrival, as_json, sent_article
from tests.unit.ingest.accepting import accept

PICTURE = '<img src="https://p.example/1.jpg" alt="柜台" width="1200" height="800">'


def blocks(body: str, written_in: Format = "html") -> list[Any]:
    """Read a body and give its blocks as they lie in the log."""
    return [json.loads(wire.encode(block)) for block in read_body(body, written_in)]


def p(text: str, *marks: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "paragraph", "text": text} | ({"marks": list(marks)} if marks else {})


def strong(start: int, end: int) -> dict[str, Any]:
    return {"kind": "strong", "start": start, "end": end}


def picture(caption: str = "") -> dict[str, Any]:
    shown = {"url": "https://p.example/1.jpg", "caption": caption, "alt": "柜台", "credit": ""}
    return {"kind": "picture", "picture": shown | {"width": 1200, "height": 800}}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>一</p><div>二<div>三</div>四</div>五", [p("一"), p("二"), p("三"), p("四"), p("五")]),
        ("一<br>二<br/><br />三</ br>四", [p("一"), p("二"), p("三四")]),
        ("<p>没有<p>关上<hr>的", [p("没有"), p("关上"), p("的")]),
        ("<p>a\n  b\t c </p>", [p("a b c")]),
        ("<p>　　缩进&nbsp;&amp;&lt;&#x201C;</p>", [p("　　缩进\xa0&<“")]),
        ("<p>中文\n换行，\n「引」 空格\nlatin\nwords</p>", [p("中文换行，「引」 空格 latin words")]),
        ("<p>到访,\n首日</p><p>한국\n어</p>", [p("到访,首日"), p("한국 어")]),
        ("<p>caf&#101;&#769;</p>", [p("café")]),
        ("<p>&nbsp;</p><p> </p>有", [p("有")]),
        ("<p>a<span>b</span><font color=red>c</font><u>d</u></p>", [p("abcd")]),
        ("<script>x</script><style>y</style><p>有<!-- z --></p><form>f<input></form>", [p("有")]),
        ("<pre>a  b\n\n  c</pre>", [p("a  b"), p("  c")]),
    ],
)
def test_html_becomes_paragraphs_whose_text_is_what_a_browser_shows(html: str, expected: list[Any]) -> None:
    assert blocks(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("a<b>b</b><strong>c</strong>", [p("abc", strong(1, 2), strong(2, 3))]),
        ("<p>x<b> y </b>z</p>", [p("x y z", strong(2, 3))]),
        ("<b>一<strong>二</strong>三</b>四", [p("一二三四", strong(0, 3))]),
        ("<b>一<br>二</b>", [p("一", strong(0, 1)), p("二", strong(0, 1))]),
        ("<p><b>没有关上<p>下一段", [p("没有关上", strong(0, 4)), p("下一段")]),
        ("<p>😀<b>é</b></p>", [p("😀é", strong(1, 2))]),
        ("<b></b>空<i> </i>", [p("空")]),
        (
            '<a href="mailto:a@b.example">信</a>',
            [p("信", {"kind": "link", "start": 0, "end": 1, "url": "mailto:a@b.example"})],
        ),
        (
            '<a href="//a.example/x y"><b>连</b><em>接</em></a>',
            [
                p(
                    "连接",
                    {"kind": "link", "start": 0, "end": 2, "url": "https://a.example/x%20y"},
                    strong(0, 1),
                    {"kind": "emphasis", "start": 1, "end": 2},
                )
            ],
        ),
        ('<a href="javascript:alert(1)">不</a><a href="/x">连</a><a name="y">接</a>', [p("不连接")]),
    ],
)
def test_marks_stand_beside_the_text_and_lead_only_to_whole_addresses(html: str, expected: list[Any]) -> None:
    assert blocks(html) == expected


def code(start: int, end: int) -> dict[str, Any]:
    return {"kind": "code", "start": start, "end": end}


def kept(text: str, *spans: list[int], **more: Any) -> dict[str, Any]:
    return {"kind": "paragraph", "text": text, "as_is": list(spans)} | more


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            '<p>用<code>发</code>和<span translate="no"> 后<b>里</b></span>头<span>发</span></p>',
            [kept("用发和 后里头发", [1, 2], [4, 6], marks=[code(1, 2), strong(5, 6)])],
        ),
        (
            '<p>甲<i translate="no">乙<code>丙</code>丁</i></p>',
            [kept("甲乙丙丁", [1, 4], marks=[{"kind": "emphasis", "start": 1, "end": 4}, code(2, 3)])],
        ),
        (
            '<div translate="no"><p>甲</p>乙<br>丙</div><p>丁</p>',
            [kept("甲", [0, 1]), kept("乙", [0, 1]), kept("丙", [0, 1]), p("丁")],
        ),
        (
            "<pre><code>甲\n乙</code></pre>丙",
            [kept("甲", [0, 1], marks=[code(0, 1)]), kept("乙", [0, 1], marks=[code(0, 1)]), p("丙")],
        ),
        ('<p translate="yes">甲<code></code><br translate="no">乙</p>', [p("甲"), p("乙")]),
        ('<p translate="no">甲<p>乙</code></span>', [kept("甲", [0, 1]), p("乙")]),
        (
            "<ul><li>甲<li><div>乙<code>丙</code></div><div><code>丁</code></div></ul>",
            [
                {
                    "kind": "list",
                    "ordered": False,
                    "items": [
                        {"text": "甲"},
                        {
                            "text": "乙丙\n丁",
                            "marks": [code(1, 2), code(3, 4)],
                            "as_is": [[1, 2], [3, 4]],
                        },
                    ],
                }
            ],
        ),
    ],
)
def test_code_and_what_is_not_to_be_translated_stays_in_its_script(html: str, expected: list[Any]) -> None:
    assert blocks(html) == expected


def test_code_in_markdown_stays_in_its_script() -> None:
    found = blocks('用`发展`，<span translate="no">后</span>。\n\n    发\n', "markdown")
    assert found == [
        kept("用发展，后。", [1, 3], [4, 5], marks=[code(1, 3)]),
        kept("发", [0, 1], marks=[code(0, 1)]),
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<h1>一</h1><h2>二<br>行</h2><h3>三</h3><h6>六</h6><h2> </h2>文",
            [
                {"kind": "heading", "text": "一", "level": 2},
                {"kind": "heading", "text": "二 行", "level": 2},
                {"kind": "heading", "text": "三", "level": 3},
                {"kind": "heading", "text": "六", "level": 4},
                p("文"),
            ],
        ),
        (
            "<blockquote>一<p>二</p><ul><li>三</ul><blockquote>四</blockquote>五</blockquote>六",
            [{"kind": "quote", "paragraphs": [{"text": one} for one in "一二三四五"]}, p("六")],
        ),
        (
            "<ol><li>甲<ul><li>甲一</li><li>甲二</li></ul>甲尾</li><li><p>乙</p><p>乙二</p></li></ol>",
            [
                {"kind": "list", "ordered": True, "items": [{"text": "甲"}]},
                {"kind": "list", "ordered": False, "items": [{"text": "甲一"}, {"text": "甲二"}]},
                p("甲尾"),
                {"kind": "list", "ordered": True, "items": [{"text": "乙\n乙二"}], "start": 2},
            ],
        ),
        (
            "<table><caption>表</caption><thead><tr><th>国<th colspan=2>数</thead>"
            "<tr><td rowspan=2>甲<td>1<td><b>2</b><tr><td>3<br>4<td>5</table>",
            [
                {
                    "kind": "table",
                    "caption": "表",
                    "head": [{"text": "国"}, {"text": "数"}, {"text": ""}],
                    "rows": [
                        [{"text": "甲"}, {"text": "1"}, {"text": "2", "marks": [strong(0, 1)]}],
                        [{"text": ""}, {"text": "3\n4"}, {"text": "5"}],
                    ],
                }
            ],
        ),
        (
            "<table><tr><th>甲</th><td>1</td></tr><tr><th>乙</th><td>2</td></tr></table>",
            [
                {
                    "kind": "table",
                    "caption": "",
                    "head": [],
                    "rows": [[{"text": "甲"}, {"text": "1"}], [{"text": "乙"}, {"text": "2"}]],
                }
            ],
        ),
        ("<table><tr><td><p>排</p><p>版</p></td></tr></table>", [p("排"), p("版")]),
        (
            "<table><tr><td>外<table><tr><td>内<td>里</table><td>边</table>",
            [
                {
                    "kind": "table",
                    "caption": "",
                    "head": [],
                    "rows": [[{"text": "外\n内\n里"}, {"text": "边"}]],
                }
            ],
        ),
    ],
)
def test_headings_quotes_lists_and_tables_are_blocks_and_keep_every_text(
    html: str, expected: list[Any]
) -> None:
    assert blocks(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            f"<figure>{PICTURE}<figcaption>柚木<b>柜台</b></figcaption></figure>文",
            [picture("柚木柜台"), p("文")],
        ),
        (f"<figure><figcaption>先<br>写</figcaption>{PICTURE}</figure>文", [picture("先 写"), p("文")]),
        (f"<p>前{PICTURE}后</p>", [p("前"), picture(), p("后")]),
        (
            f"<ul><li>甲{PICTURE}</li><li>乙</li></ul>",
            [{"kind": "list", "ordered": False, "items": [{"text": "甲"}, {"text": "乙"}]}, picture()],
        ),
        ('<img src="data:image/png;base64,x"><img src="/a.jpg"><img src="file:///a">文', [p("文")]),
        ('<figure><img src="/a.jpg"><figcaption>图说</figcaption></figure>文', [p("图说"), p("文")]),
        ('<img src="https://count.example/x" width=1 height=1>文', [p("文")]),
        (
            "<figure><table><tr><td>1<td>2</table><figcaption>表一</figcaption></figure>",
            [{"kind": "table", "caption": "表一", "head": [], "rows": [[{"text": "1"}, {"text": "2"}]]}],
        ),
    ],
)
def test_pictures_stand_between_paragraphs_with_their_captions(html: str, expected: list[Any]) -> None:
    assert blocks(html) == expected


@pytest.mark.parametrize(
    ("html", "url", "text"),
    [
        ('<iframe src="https://v.example/1" title="视频"/>', "https://v.example/1", "视频"),
        ('<iframe src="//v.example/1"><!-- <p>x</iframe>', "https://v.example/1", ""),
        ('<video><source src="https://v.example/a.mp4">不能播放</video>', "https://v.example/a.mp4", ""),
        ('<object data="x"><embed src="https://v.example/e"></object>', "https://v.example/e", ""),
        ('<embed src="https://v.example/e">', "https://v.example/e", ""),
        (
            '<blockquote class="twitter-tweet"><p>推文 <a href="https://t.example/x">t</a></p>— A '
            '<a href="https://twitter.com/a/1">日期</a></blockquote><script async src="//x"></script>',
            "https://twitter.com/a/1",
            "推文 t — A 日期",
        ),
        (
            '<figure><iframe src="https://v.example/1"></iframe><figcaption>短片</figcaption></figure>',
            "https://v.example/1",
            "短片",
        ),
    ],
)
def test_an_embed_is_reduced_to_a_link(html: str, url: str, text: str) -> None:
    assert blocks(html + "<p>后</p>") == [{"kind": "embed", "url": url, "text": text}, p("后")]


def test_an_embed_that_leads_nowhere_is_left_out() -> None:
    assert blocks('<iframe src="about:blank"></iframe><video></video>文') == [p("文")]


def test_nitf_and_namespaces_are_read_as_what_they_mean() -> None:
    body = (
        '<nitf><body><body.head><hedline><hl1>题</hl1></hedline></body.head><body.content xmlns:x="x">'
        "<block><x:p>甲<x:b>乙</x:b></x:p><p/><p>丙</p></block><ul/><title/>丁</body.content></body></nitf>"
    )
    assert blocks(body) == [
        {"kind": "heading", "text": "题", "level": 2},
        p("甲乙", strong(1, 2)),
        p("丙"),
        p("丁"),
    ]


MARKDOWN = """\
# 标题

　　第一段**粗**字
续行 and
more [链](https://a.example)\\
新段 a*b* <b>c</b>

> 引

- 甲
  1. 甲一

![柜台](https://p.example/1.jpg "图说 <1>")

| 国 | 数 |
|----|---:|
| 甲 | 1  |

<div>裸<script>x</script></div>
"""


def test_markdown_is_commonmark_with_tables_and_chinese_lines_join_without_a_space() -> None:
    shown = {"url": "https://p.example/1.jpg", "caption": "图说 <1>", "alt": "柜台", "credit": ""}
    assert blocks(MARKDOWN, "markdown") == [
        {"kind": "heading", "text": "标题", "level": 2},
        p(
            "　　第一段粗字续行 and more 链",
            strong(5, 6),
            {"kind": "link", "start": 19, "end": 20, "url": "https://a.example"},
        ),
        p("新段 ab c", {"kind": "emphasis", "start": 4, "end": 5}, strong(6, 7)),
        {"kind": "quote", "paragraphs": [{"text": "引"}]},
        {"kind": "list", "ordered": False, "items": [{"text": "甲"}]},
        {"kind": "list", "ordered": True, "items": [{"text": "甲一"}]},
        {"kind": "picture", "picture": shown},
        {
            "kind": "table",
            "caption": "",
            "head": [{"text": "国"}, {"text": "数"}],
            "rows": [[{"text": "甲"}, {"text": "1"}]],
        },
        p("裸"),
    ]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("他说**“你好”**之后", p("他说“你好”之后", strong(2, 6))),
        ("据**“你好”**2026年", p("据“你好”2026年", strong(1, 5))),
        ("这**——**x", p("这——x", strong(1, 3))),
        ("**注意：**后文", p("注意：后文", strong(0, 3))),
        ("这是**《书名》**的", p("这是《书名》的", strong(2, 6))),
        ("2 * 3 * 4 与 snake_case_name", p("2 * 3 * 4 与 snake_case_name")),
        ("\\*不\\*是", p("*不*是")),
    ],
)
def test_emphasis_in_markdown_may_begin_and_end_at_chinese_punctuation(
    markdown: str, expected: dict[str, Any]
) -> None:
    assert blocks(markdown, "markdown") == [expected]


@pytest.mark.parametrize(
    ("body", "written_in", "says"),
    [
        ("<p>&nbsp;</p><script>x</script>", "html", "no text that could be shown once it is read as html"),
        (PICTURE + '<iframe src="https://v.example/1"></iframe>', "html", "no text that could be shown"),
        ("[a]: https://a.example", "markdown", "no text that could be shown once it is read as markdown"),
        ("<p>x</p>" * 5_001, "html", "5,001 paragraphs"),
        ("<i>x</i>" * 10_001, "html", "20,002 tags"),
        ("<p>a&#7;</p>", "html", r"control character U\+0007"),
    ],
)
def test_a_body_that_cannot_stand_says_why(body: str, written_in: Format, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_body(body, written_in)


LONG: Final = "https://a.example/" + "x" * 1_900
TABLE: Final = "<table><tr>" + "<td colspan=50 rowspan=50>x" * 8 + "<tr><td>y" * 49 + "</table>"


@pytest.mark.parametrize(
    ("body", "written_in", "says"),
    [
        ("x\n" * 5_001, "plain", "has 5,001 paragraphs or more, at most 5,000 are possible"),
        ("<p>x</p>" * 5_001, "html", "5,001 paragraphs"),
        ("<blockquote><pre>" + "x\n" * 20_001, "html", "20,001 lines"),
        ("<i>x</i>" * 10_001, "html", "20,002 tags"),
        (TABLE * 25, "html", "20,001 table cells"),
        (f"<table>{'<tr>' + '<td>x' * 40}" * 500, "html", "21,000 tags"),
        (f"[a]: {LONG}\n\n" + "[a]\n" * 1_700, "markdown", "repeats 3,260,600 bytes"),
        (f"[a]: https://a.example/{'x' * 7000}\n\n" + "[a]" * 1_700, "markdown", "repeats 11,930,600 bytes"),
        ("**a** " * 20_001, "markdown", "40,004 tags"),
        (
            "|".join("a" * 250) + "\n" + "|".join("-" * 250) + ("\n" + "|".join("a" * 250)) * 250,
            "markdown",
            "tags",
        ),
        ("- " * 100 + "a\n" + "b\n" * 100_000, "markdown", "100,001 lines, and one with 200 characters"),
        ("> " * 400_000 + "a", "markdown", "characters of HTML"),
        ("<p " + " ".join(f"a{n}" for n in range(1_001)) + ">x", "html", "1,001 attributes"),
    ],
)
def test_a_body_that_asks_for_too_much_is_refused_before_it_costs_anything(
    body: str, written_in: Format, says: str
) -> None:
    began = time.process_time()
    with pytest.raises(TooLargeError, match=says):
        read_body(body, written_in)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("body", "written_in"),
    [
        ("<p>河城旧邮局改建的图书馆周日开放。</p>" * 5_000, "html"),
        ("<table>" + ("<tr>" + "<td>x" * 8) * 2_000 + "</table>", "html"),
        ("|".join("a" * 10) + "\n" + "|".join("-" * 10) + ("\n" + "|".join("a" * 10)) * 800, "markdown"),
        (
            "".join(
                f"<h3>{n}</h3><p>河城<b>渡轮</b><a href=//a.example/{n}>停航</a></p>" for n in range(1_500)
            ),
            "html",
        ),
        (f'<img src="data:image/png;base64,{"x/" * 300_000}"><p>x', "html"),
        (
            "".join(f"[{n}]: https://a.example/{n}\n" for n in range(2_000))
            + "".join(f"[{n}]" for n in range(2_000)),
            "markdown",
        ),
        ("河城\n" * 5_000, "plain"),
    ],
)
def test_long_liveblogs_and_tables_of_results_pass(body: str, written_in: Format) -> None:
    assert read_body(body, written_in)


def published(**sent: Any) -> ArticlePublished:
    outcome = accept(as_json(sent_article(format="html", **sent)), UNKNOWN, arrival())
    assert isinstance(outcome, Accepted), outcome
    (article,) = outcome.articles
    assert isinstance(article, ArticlePublished)
    return article


def test_a_picture_that_the_text_begins_with_is_the_articles_unless_it_brings_one() -> None:
    body = f'{PICTURE}<p>文</p><img src="https://p.example/2.jpg">'
    moved = published(body=body)
    assert [shown.alt for shown in moved.pictures] == ["柜台"]
    assert [block.kind for block in moved.blocks] == ["paragraph", "picture"]
    kept = published(body=body, picture={"url": "https://p.example/lead.jpg"})
    assert [shown.url for shown in kept.pictures] == ["https://p.example/lead.jpg"]
    assert [block.kind for block in kept.blocks] == ["picture", "paragraph", "picture"]


def test_the_dateline_is_found_in_the_first_paragraph_behind_a_heading() -> None:
    found = published(body="<h2>题</h2><p>(河城15日讯)<b>河城</b></p>").dateline
    assert found is not None
    assert found.places == ("河城",)
