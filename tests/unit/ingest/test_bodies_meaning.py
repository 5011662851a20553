"""Markup that changes what the words say is not dropped: it is a mark or a block, or the body is refused."""

from typing import Any

import pytest

from services.ingest.core.bodies import Format, read_body
from tests.unit.ingest.reading_bodies import blocks, marked, noted, read, texts


@pytest.mark.parametrize(
    ("body", "written_in", "expected"),
    [
        (
            "<p>伤者<del>五人</del><ins>四人</ins>，门票<s>二十元</s>十五元。</p>",
            "html",
            [("deleted", "五人"), ("inserted", "四人"), ("deleted", "二十元")],
        ),
        ("<strike>旧</strike>新", "html", [("deleted", "旧")]),
        ('<p><span style="text-decoration: line-through">旧</span>新', "html", [("deleted", "旧")]),
        ('<p><u style="TEXT-DECORATION-LINE:underline line-through">旧</u>新', "html", [("deleted", "旧")]),
        (
            '<p><span class=msoDel><del cite="mailto:a" datetime=x>旧</del></span><ins cite=y>新</ins>文',
            "html",
            [("deleted", "旧"), ("inserted", "新")],
        ),
        ("共~~五~~四人，3~5天到6~8天", "markdown", [("deleted", "五")]),
        ("说~~“好”~~不", "markdown", [("deleted", "“好”")]),
        ("x<sup>2</sup>与H<sub>2</sub>O", "html", [("superscript", "2"), ("subscript", "2")]),
        ('10<span style="vertical-align: super">6</span>', "html", [("superscript", "6")]),
        (
            "按<kbd>确定</kbd>见<samp>错</samp><tt>a</tt><code>b</code>",
            "html",
            [("code", "确定"), ("code", "错"), ("code", "a"), ("code", "b")],
        ),
        ('<abbr title="世界卫生组织">世卫</abbr>说', "html", [("abbreviation", "世卫", "世界卫生组织")]),
        ('<acronym title="World">W</acronym>', "html", [("abbreviation", "W", "World")]),
        (
            "去<ruby>重<rp>(</rp><rt>chóng</rt>庆<rt>qìng</rt></ruby>市",
            "html",
            [("ruby", "重", "chóng"), ("ruby", "庆", "qìng")],
        ),
        (
            "<ruby><b>重庆</b><rt>chóngqìng</rt></ruby>",
            "html",
            [("strong", "重庆"), ("ruby", "重庆", "chóngqìng")],
        ),
    ],
)
def test_what_an_element_says_of_its_text_stands_beside_it(
    body: str, written_in: Format, expected: list[Any]
) -> None:
    (found,) = blocks(body, written_in)
    marks = marked(found)
    assert sorted(marks) == sorted(expected)
    starts = [mark["start"] for mark in found["marks"]]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("他说<q>好</q>。", "他说“好”。"),
        ("<q>外<q>内</q>外</q>", "“外‘内’外”"),
        ("<q>“已有”</q>", "“已有”"),
        ("<ruby><rt>音</rt></ruby>", "（音）"),
        ("<p><input type=checkbox checked>甲<input type=checkbox>乙</p>", "☑甲☐乙"),
    ],
)
def test_what_a_browser_writes_of_itself_is_written(html: str, text: str) -> None:
    assert texts(html) == [text]


def test_a_caption_has_no_marks_so_its_letters_say_it() -> None:
    html = (
        "文<figure><img src=https://a.example/1.jpg><figcaption>10<sup>6</sup>米，H<sub>2</sub>O，<del>旧</del>新"
        "</figcaption></figure>"
    )
    found, notes = read(html)
    assert found[1]["picture"]["caption"] == "10⁶米，H₂O，新"
    assert list(noted(notes, "deleted")) == ["struck out in a caption or title: 旧"]


WORD = (
    '<p>税减两成。<a style=\'mso-footnote-id:ftn1\' href="#_ftn1" name="_ftnref1">'
    "<span class=MsoFootnoteReference>1</span></a><o:p></o:p></p>"
    "<div style='mso-element:footnote-list'><hr><div style='mso-element:footnote' id=ftn1>"
    '<p><a href="#_ftnref1" name="_ftn1"><span>[1]</span></a> 见公报。</p></div></div>'
)
HUGO = (
    '<p>税减两成。<sup id="fnref:1"><a href="#fn:1" class="footnote-ref">1</a></sup></p>'
    '<div class="footnotes"><hr><ol><li id="fn:1"><p>见公报。&#160;<a href="#fnref:1">&#x21a9;</a></p></li>'
    "</ol></div>"
)
PANDOC = (
    '<p>税减两成。<a href="#fn1" class="footnote-ref" id="fnref1"><sup>1</sup></a></p>'
    '<section class="footnotes"><hr><ol><li id="fn1"><p>见公报。<a href="#fnref1">↩︎</a></p></li></ol>'
    "</section>"
)
GUTENBERG = (
    '<p>税减两成。<sup data-fn="u-1" class="fn"><a href="#u-1" id="u-1-link">1</a></sup></p>'
    '<ol class="wp-block-footnotes"><li id="u-1">见公报。 <a href="#u-1-link">↩︎</a></li></ol>'
)
ENCYCLOPAEDIA = (
    '<p>税减两成。<sup id="cite_ref-1"><a href="#cite_note-1">1</a></sup></p>'
    '<ol><li id="cite_note-1"><b><a href="#cite_ref-1">^</a></b> <span>见公报。</span></li></ol>'
)
BY_HAND = '<p>税减两成。<sup><a href="#note1">1</a></sup></p><p id="note1">见公报。</p>'
FOOTNOTES: dict[str, tuple[str, Format]] = {
    "markdown": ("税减两成。[^1]\n\n[^1]: 见公报。\n", "markdown"),
    "markdown, Chinese name, no space": ("税减两成。[^注]\n\n[^注]:见公报。\n", "markdown"),
    "markdown, in the line": ("税减两成。^[见公报。]", "markdown"),
    "pandoc": (PANDOC, "html"),
    "hugo": (HUGO, "html"),
    "gutenberg": (GUTENBERG, "html"),
    "word": (WORD, "html"),
    "an encyclopaedia": (ENCYCLOPAEDIA, "html"),
    "by hand, no way back": (BY_HAND, "html"),
}


@pytest.mark.parametrize("name", FOOTNOTES)
def test_a_footnote_is_a_mark_in_the_text_and_a_block_at_its_end(name: str) -> None:
    body, written_in = FOOTNOTES[name]
    assert blocks(body, written_in) == [
        {
            "kind": "paragraph",
            "text": "税减两成。1",
            "marks": [{"kind": "footnote", "start": 5, "end": 6, "text": "1"}],
        },
        {"kind": "footnotes", "notes": [{"name": "1", "paragraphs": [{"text": "见公报。"}]}]},
    ]


@pytest.mark.parametrize(
    ("body", "written_in", "expected"),
    [
        ("甲[^1]\n\n[^2]: 无人提及", "markdown", ["甲[^1]", "[^2]: 无人提及"]),
        (
            '<ul><li id="t"><a href="#s">1</a></li></ul><h2 id="s"><a href="#t">章</a></h2><p>文</p>',
            "html",
            ["文"],
        ),
        (
            '<p><a id="q" href="#a">为什么涨价？</a></p><p id="a">因为。<a href="#q">返回</a></p>',
            "html",
            None,
        ),
        ('<p>甲<a href="#fn1">[1]</a></p>', "html", ["甲[1]"]),
    ],
)
def test_what_is_no_footnote_stays_text(body: str, written_in: Format, expected: list[str] | None) -> None:
    found = blocks(body, written_in)
    assert all(block["kind"] != "footnotes" for block in found)
    assert texts(body, written_in) == (expected or ["为什么涨价？", "因为。返回"])


def test_a_footnote_that_stands_twice_is_not_lost() -> None:
    found = blocks("甲[^1]\n\n[^1]: 一\n\n[^1]: 二", "markdown")
    assert "二" in str(found)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("[记者]: 您好吗？\n[某某]: 好。", ["[记者]: 您好吗？", "[某某]: 好。"]),
        ("[记者]：您好吗？\n\n[某某]：好。", ["[记者]：您好吗？", "[某某]：好。"]),
        ("[记者]:\n您好吗？\n\n[记者]: 再见", ["[记者]:您好吗？", "[记者]: 再见"]),
        ("> [记者]: 问\n\n文", ["文"]),
        ("[增长]: 3.5\n\n[增长]是多少", ["[增长]: 3.5", "[增长]是多少"]),
        ("[官网]: https://a.example", ["[官网]: https://a.example"]),
        ("见[官网]。\n\n[官网]: https://a.example", ["见官网。"]),
    ],
)
def test_an_interview_is_no_definition_of_links(markdown: str, expected: list[str]) -> None:
    assert texts(markdown, "markdown") == expected


def test_an_interview_in_a_quote_or_a_list_is_read_too() -> None:
    assert blocks("> [记者]: 问\n> [某某]: 答\n\n- [甲]: 乙", "markdown") == [
        {"kind": "quote", "paragraphs": [{"text": "[记者]: 问"}, {"text": "[某某]: 答"}]},
        {"kind": "list", "ordered": False, "items": [{"text": "[甲]: 乙"}]},
    ]


def test_a_comment_and_a_left_over_reference_are_told() -> None:
    found, notes = read("文\n\n[//]: # (编辑注：勿发)\n\n[cms]: https://a.example", "markdown")
    assert [block["text"] for block in found] == ["文"]
    assert list(noted(notes, "comment")) == ["[//]: # (编辑注：勿发)"]
    assert "https://a.example" in next(noted(notes, "reference"))


def numbers(body: str, written_in: Format = "html") -> list[tuple[list[str], Any, Any, Any]]:
    return [
        (
            [item["text"] for item in block["items"]],
            block.get("start"),
            block.get("reversed"),
            block.get("numbering"),
        )
        for block in blocks(body, written_in)
        if block["kind"] == "list"
    ]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ol start=2026><li>甲</ol>", [(["甲"], 2026, None, None)]),
        ("<ol start=0 type=a><li>甲<li>乙</ol>", [(["甲", "乙"], 0, None, "a")]),
        ("<ol reversed><li>三<li>二</ol>", [(["三", "二"], None, True, None)]),
        ("<ol reversed start=10 type=I><li>十</ol>", [(["十"], 10, True, "I")]),
        ("<ol><li>甲<li value=7>庚<li>辛</ol>", [(["甲"], None, None, None), (["庚", "辛"], 7, None, None)]),
        ("<ol><li>甲<li><li>丙</ol>", [(["甲"], None, None, None), (["丙"], 3, None, None)]),
        (
            "<ol><li>甲<ul><li>子</ul><li>乙</ol>",
            [(["甲"], None, None, None), (["子"], None, None, None), (["乙"], 2, None, None)],
        ),
        ("<ul><li>甲<ul><li>子</ul><li>乙</ul>", [(["甲", "子", "乙"], None, None, None)]),
        ("<ol start=x><li>甲</ol>", [(["甲"], None, None, None)]),
    ],
)
def test_numbers_stay_what_they_were(html: str, expected: list[Any]) -> None:
    assert numbers(html) == expected


def test_numbers_of_markdown_go_on_behind_a_picture() -> None:
    markdown = "1998. 建桥。\n\n先：\n\n1. 长两公里。\n\n![桥](https://a.example/1.jpg)\n\n2. 花一亿。"
    assert numbers(markdown, "markdown") == [
        (["建桥。"], 1998, None, None),
        (["长两公里。"], None, None, None),
        (["花一亿。"], 2, None, None),
    ]


def test_terms_and_what_is_said_of_them_are_a_block() -> None:
    html = "<dl>前<dt>甲<dt>乙<dd>一<dd><p>二</p><p>三</p><div><dt>丙</dt><dd>四</dd></div></dl>"
    assert blocks(html) == [
        {
            "kind": "definitions",
            "entries": [
                {"terms": [], "descriptions": [{"text": "前"}]},
                {
                    "terms": [{"text": "甲"}, {"text": "乙"}],
                    "descriptions": [{"text": "一"}, {"text": "二\n三"}],
                },
                {"terms": [{"text": "丙"}], "descriptions": [{"text": "四"}]},
            ],
        }
    ]
    assert texts("<dl><p>甲</p>乙</dl>") == ["甲", "乙"]


def test_details_are_shown_open() -> None:
    found, notes = read("<details><summary>问</summary><p>答</p></details>")
    assert [(block["text"], marked(block)) for block in found] == [("问", [("strong", "问")]), ("答", [])]
    assert list(noted(notes, "element")) == ["details: shown open"]


@pytest.mark.parametrize("html", ["<math><mi>x</mi></math>", "<p>式<m:oMath><m:r>x</m:r></m:oMath>"])
def test_a_formula_that_would_become_a_row_of_letters_is_refused(html: str) -> None:
    with pytest.raises(ValueError, match=r"has a formula in MathML.*TeX"):
        read_body(html, "html")


@pytest.mark.parametrize(
    ("body", "written_in", "expected"),
    [
        (r"设 $a_1*b_2*c_3$，$$\frac{a}{b} \\ \{x\}$$ 与 \(x^2\)", "markdown", None),
        ("价从$5涨到$6，**大涨**到$7", "markdown", "价从$5涨到$6，大涨到$7"),
        (r"\[注\]: 好", "markdown", "[注]: 好"),
        (
            "<p>式<span class=katex><span class=katex-mathml><math><mi>E</mi><annotation "
            'encoding="application/x-tex">E=mc^2</annotation></math></span><span class="katex-html">E</span>',
            "html",
            "式$E=mc^2$",
        ),
    ],
)
def test_tex_stays_as_it_is_written(body: str, written_in: Format, expected: str | None) -> None:
    assert texts(body, written_in) == [expected or body]


def test_tasks_have_boxes() -> None:
    assert numbers("- [ ] 甲\n- [x] 乙", "markdown") == [(["☐ 甲", "☑ 乙"], None, None, None)]


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("文<p hidden>藏</p>", "p hidden: 藏"),
        ('文<div style="color:red; DISPLAY : none">藏</div>', "div style=DISPLAY : none: 藏"),
        ("文<span style='mso-hide:all'>藏</span>", "span style=mso-hide:all: 藏"),
        ("文<div style='mso-element:comment-list'>批注</div>", "div style=mso-element:comment-list: 批注"),
        ("文<dialog>藏</dialog>", "dialog that is closed: 藏"),
        *(
            (f"文<{tag}><p>藏</p></{tag}>", f"{tag}: not shown: 藏")
            for tag in ("form", "button", "template", "noscript", "canvas")
        ),
        ("文<svg><text>藏</text></svg>", "svg: not shown: 藏"),
        ("文<textarea>藏</textarea>", "textarea: not shown: 藏"),
        ("文<select><option>藏</select>", "select: not shown: 藏"),
        ("文<input value=藏>", "input: not shown: 藏"),
        ("文<iframe src=https://v.example>藏</iframe>", "iframe: text for browsers that cannot play it: 藏"),
    ],
)
def test_letters_that_are_not_shown_are_told(html: str, told: str) -> None:
    found, notes = read(html)
    assert "藏" not in str(found)
    assert told in [note.detail for note in notes]


@pytest.mark.parametrize("tag", ["canvas", "select", "button", "audio", "noscript", "iframe"])
def test_what_stands_behind_an_element_is_not_told_as_its_own(tag: str) -> None:
    found, notes = read(
        f"<{tag}>藏</{tag}><p>文<img src='https://i.example/p.jpg'></p><video src='https://v.example/v'></video>"
    )
    assert [block["kind"] for block in found] == ["paragraph", "picture", "embed"]
    assert not any("文" in note.detail or "v.example" in note.detail for note in notes)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>按<Enter>键,再按<Ctrl+C>。</p>", "按<Enter>键,再按<Ctrl+C>。"),
        ("<p>联系<news@r.example>投稿</p>", "联系<news@r.example>投稿"),
        ("<p>填<your name here>即可</p>", "填<your name here>即可"),
        ("<p>甲<Enter>乙<b>丙</b></p><p>丁<ENTER></p>", "甲<Enter>乙丙"),
    ],
)
@pytest.mark.parametrize("written_in", ["html", "markdown"])
def test_what_only_looks_like_a_tag_is_text(body: str, text: str, written_in: Format) -> None:
    body = body if written_in == "html" else body.replace("<p>", "").replace("</p>", "\n\n")
    if written_in == "markdown" and "@" in body:
        text = text.replace("<", "").replace(">", "")
    found, notes = read(body, written_in)
    assert found[0]["text"] == text
    assert written_in == "markdown" or list(noted(notes, "element"))


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("票价<span class='ql-strike'>十</span>元", "deleted"),
        ("票价<span class='a line-through'>十</span>元", "deleted"),
        ("票价<span class='text-decoration-line-through'>十</span>元", "deleted"),
        ("票价<span class='strikethrough'>十</span>元", "deleted"),
        (
            "<style>.c5{color:red;text-decoration:line-through}</style>票价<span class='x c5'>十</span>元",
            "deleted",
        ),
        (
            "<style>p{margin:0} .s-1 { vertical-align : super }</style>票价<span class=s-1>十</span>元",
            "superscript",
        ),
    ],
)
def test_a_class_that_strikes_out_does(html: str, kind: str) -> None:
    assert marked(read(f"<p>{html}</p>")[0][0]) == [(kind, "十")]


def test_a_part_that_its_style_makes_a_block_is_a_paragraph() -> None:
    html = "<p><span style='display:block'>甲</span><span style='display: block'>乙</span></p>"
    assert [block["text"] for block in read(html)[0]] == ["甲", "乙"]


def test_the_text_of_wechat_is_shown_though_a_script_makes_it_visible() -> None:
    html = '<div id="js_content" style="visibility: hidden; opacity: 0;"><section><p>文</p></section></div>'
    assert read(html) == ([{"kind": "paragraph", "text": "文"}], ())


def test_an_unknown_element_is_told_and_its_text_stays() -> None:
    found, notes = read("<p>甲<tts-voice>乙</tts-voice></p>")
    assert [block["text"] for block in found] == ["甲乙"]
    assert list(noted(notes, "element")) == ["tts-voice: an unknown element; its text stays"]


def test_a_block_that_only_wordpress_can_fill_is_told() -> None:
    _, notes = read('<p>文</p><!-- wp:latest-posts {"n":3} /--><!-- wp:paragraph --><!--more-->')
    assert [note.detail for note in notes] == [
        'wp:latest-posts {"n":3}: a block that only WordPress can fill'
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("<tr><td>甲<td rowspan=2>免费<tr><td>乙", [["甲", "免费"], ["乙", ""]]),
        ("<tr><td rowspan=3>免费<td>甲<tr><td>乙<tr><td>丙", [["免费", "甲"], ["", "乙"], ["", "丙"]]),
        ("<tr><td colspan=2>甲乙<tr><td>丙<td>丁", [["甲乙", ""], ["丙", "丁"]]),
        ("<tr><td>甲<td colspan=2 rowspan=2>乙<tr><td>丙", [["甲", "乙", ""], ["丙", "", ""]]),
    ],
)
def test_where_a_cell_would_reach_are_empty_ones_and_it_is_told(rows: str, expected: list[list[str]]) -> None:
    (found,), notes = read(f"<table>{rows}</table>")
    assert [[cell["text"] for cell in row] for row in found["rows"]] == expected
    assert list(noted(notes, "element")) == [
        "td over several cells: stands in the first, the others are empty"
    ]
