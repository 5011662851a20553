"""Signs of dialects mean what they say, what stays is told, and what is not for readers does not stay."""

import pytest

from services.ingest.core.bodies import Format
from tests.unit.ingest.reading_bodies import blocks, marked, noted, read, texts


@pytest.mark.parametrize(
    ("written", "text", "marks"),
    [
        ("水价==不涨==，邮费++涨一成++。", "水价不涨，邮费涨一成。", [("inserted", "涨一成")]),
        ("（==x=1==）", "（x=1）", []),
        ("面积 30 m^2^，H~2~O", "面积 30 m2，H2O", [("superscript", "2"), ("subscript", "2")]),
        ("见报告^[3]^。", "见报告[3]。", [("superscript", "[3]")]),
        ("共{--三--}{++五++}人", "共三五人", [("deleted", "三"), ("inserted", "五")]),
        ("共{~~三~>五~~}人", "共三五人", [("deleted", "三"), ("inserted", "五")]),
        ("{==共五人==}{>>问过警方了吗？<<}。", "共五人。", []),
        (
            '共[三]{.deletion author="林"}[五]{.insertion author="林"}人',
            "共三五人",
            [("deleted", "三"), ("inserted", "五")],
        ),
        ('[问过了吗]{.comment-start id="0" author="林"}五人[]{.comment-end id="0"}受伤', "五人受伤", []),
        ("[重点]{.underline}与[小号]{.smallcaps}", "重点与小号", []),
    ],
)
def test_a_sign_is_the_mark_that_it_means(written: str, text: str, marks: list[tuple[str, str]]) -> None:
    (found,) = blocks(written, "markdown")
    assert found["text"] == text
    assert marked(found) == marks


@pytest.mark.parametrize(
    "text",
    [
        "C++、C++11 与 Notepad++",
        "a == b，c == d",
        "若 x==1 且 y==2",
        "哈哈^o^ 真好^o^",
        "5~10~20 元",
        "i++ 和 ++i",
    ],
)
def test_beside_letters_and_digits_they_are_text(text: str) -> None:
    assert texts(text, "markdown") == [text]


def test_in_code_they_stay() -> None:
    code = "==a== ++b++ {++c++} x^2^ [d]{.mark} {% comment %}e{% endcomment %}"
    assert texts(f"`{code}`与\n\n```\n*[e]: f\n{code}\n```", "markdown") == [f"{code}与", "*[e]: f", code]


def test_an_abbreviation_says_what_it_means() -> None:
    written = "WTO 和 AWTO 开会，`WTO` 也是。\n\n*[WTO]: 世界贸易组织 & 其他\n*[UN]: 没有人用"
    first, other = blocks(written, "markdown")
    assert first["text"] == "WTO 和 AWTO 开会，WTO 也是。"
    assert [mark for mark in marked(first) if mark[0] == "abbreviation"] == [
        ("abbreviation", "WTO", "世界贸易组织 & 其他")
    ]
    assert other["text"] == "*[UN]: 没有人用"


def test_a_term_and_what_is_said_of_it_are_definitions() -> None:
    assert blocks("旧桥\n: 建于民国\n: 拆于今年", "markdown") == [
        {
            "kind": "definitions",
            "entries": [
                {"terms": [{"text": "旧桥"}], "descriptions": [{"text": "建于民国"}, {"text": "拆于今年"}]}
            ],
        }
    ]


@pytest.mark.parametrize(
    ("written", "shown", "told"),
    [
        (
            '前\n\n!!! note "须知"\n    自带水\n\n    再来\n\n后',
            ["前", "须知", "自带水", "再来", "后"],
            "!!! note",
        ),
        ("??? tip\n    自带水\n\n后", ["自带水", "后"], "??? tip"),
        ('=== "水路"\n\n    坐船\n\n=== "陆路"\n\n    坐车', ["水路", "坐船", "陆路", "坐车"], "==="),
        ('!!! a\n    外\n    !!! b "内"\n        里\n    外二', ["外", "内", "里", "外二"], "!!! a"),
    ],
)
def test_an_indented_box_is_its_title_and_its_text(written: str, shown: list[str], told: str) -> None:
    assert texts(written, "markdown") == shown
    assert any(said.startswith(told) for said in noted(read(written, "markdown")[1], "shortcode"))


def test_emoji_by_name_are_letters_and_times_are_not() -> None:
    assert texts("今晚:smile:八点，10:30:45 见", "markdown") == ["今晚😄八点，10:30:45 见"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [("文\n\n{.lead}", ["文"]), ("文字 {.lead #a}", ["文字"]), ("用`ls`{.bash}", ["用ls"])],
)
def test_classes_are_told_and_left_out(written: str, shown: list[str]) -> None:
    assert texts(written, "markdown") == shown
    assert list(noted(read(written, "markdown")[1], "shortcode"))


@pytest.mark.parametrize(
    "sign",
    ["{{ page.title }}", "{{ site.title | upcase }}", "${name}", "{% if x", "[@li2019]", "[^9]", "^^新^^"],
)
@pytest.mark.parametrize("written_in", ["markdown", "html"])
def test_what_a_program_would_have_filled_in_stays_and_is_told(sign: str, written_in: Format) -> None:
    body = f"前{sign}后" if written_in == "markdown" else f"<p>前{sign}后</p>"
    found, notes = read(body, written_in)
    assert [block["text"] for block in found] == [f"前{sign}后"]
    told = list(noted(notes, "sign"))
    assert told == ([] if sign == "{% if x" else [f"{sign} stays as it is written"])


def test_in_code_it_is_not_told() -> None:
    assert not list(noted(read("用 `{{ page.title }}`", "markdown")[1], "sign"))


def test_a_program_in_a_text_is_told() -> None:
    assert list(noted(read("<p>前<?php echo $x; ?>后</p>")[1], "element")) == [
        "a program is not run: echo $x;"
    ]


@pytest.mark.parametrize(
    "comment",
    [
        "{% comment %}问过了吗{% endcomment %}",
        "{%- comment -%}\n问过了吗\n{%- endcomment -%}",
        "{{/* 问过了吗 */}}",
        "{{< comment >}}问过了吗{{< /comment >}}",
        "{{!-- 问过了吗 --}}",
        "{# 问过了吗 #}",
    ],
)
@pytest.mark.parametrize("written_in", ["markdown", "html"])
def test_a_comment_of_a_template_is_for_no_reader(comment: str, written_in: Format) -> None:
    body = f"前{comment}后" if written_in == "markdown" else f"<p>前{comment}后</p>"
    found, notes = read(body, written_in)
    assert [block["text"] for block in found] == ["前后"]
    assert list(noted(notes, "shortcode")) == [comment]


def test_a_command_that_is_to_be_shown_is() -> None:
    assert texts('写 {{</* figure src="a" */>}} 即可', "markdown") == ['写 {{< figure src="a" >}} 即可']


@pytest.mark.parametrize(
    "gate",
    [
        "[membership level='1']密[/membership]",
        "[private]密[/private]",
        "[um_loggedin]密[/um_loggedin]",
        "[ihc-hide-content ihc_mb_type='show']密[/ihc-hide-content]",
        "{{< members-only >}}密{{< /members-only >}}",
        "{% vip %}密{% endvip %}",
        "<!--members-only-->密",
        "<!-- wp:jetpack/premium-content/subscriber-view -->密<!-- /wp:x -->",
        '<!--kg-gated-block:begin nonMember:false memberSegment:"status:free"-->密',
    ],
)
@pytest.mark.parametrize("written_in", ["markdown", "html"])
def test_what_only_members_may_read_is_refused(gate: str, written_in: Format) -> None:
    with pytest.raises(ValueError, match="not everybody may read"):
        blocks(f"前{gate}" if written_in == "markdown" else f"<p>前</p>{gate}", written_in)


@pytest.mark.parametrize("text", ["[private] 是一个词", "[hide]", "会员 [vip] 来了"])
def test_a_word_in_brackets_is_no_gate(text: str) -> None:
    assert texts(text, "markdown") == [text]


@pytest.mark.parametrize("written_in", ["markdown", "html"])
def test_a_block_that_wordpress_hides_is_told_and_left_out(written_in: Format) -> None:
    hidden = '{"layout":{"type":"flex"},"metadata":{"name":"x","blockVisibility":false}}'
    body = (
        f"<p>前</p>\n\n<!-- wp:group {hidden} -->\n<div><!-- wp:group -->\n<p>密</p>\n<!-- /wp:group -->"
        "</div>\n<!-- /wp:group -->\n\n<!-- wp:paragraph -->\n<p>后</p>\n<!-- /wp:paragraph -->"
    )
    assert texts(body, written_in) == ["前", "后"]
    assert list(noted(read(body, written_in)[1], "hidden")) == ["group: a block that WordPress hides: 密"]


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("1. 市府公报。", "市府公报。"),
        ("[1] 市府公报。", "市府公报。"),
        ("①市府公报。", "市府公报。"),
        ("注1：市府公报。", "市府公报。"),
        ("<sup>1</sup> 市府<b>公报</b>。", "市府公报。"),
        ("1 市府公报。", "1 市府公报。"),
        ("2. 市府公报。", "2. 市府公报。"),
        ("1.5 倍。", "1.5 倍。"),
        ("1:1 战平。", "1:1 战平。"),
        ("1.", "1."),
    ],
)
def test_a_footnote_that_writes_its_own_number_has_it_once(note: str, shown: str) -> None:
    html = f'<p>文<a href="#n" id="r">1</a>。</p><p id="n">{note}<a href="#r">↩</a></p>'
    (paragraph,) = blocks(html)[-1]["notes"][0]["paragraphs"]
    assert paragraph["text"] == shown
    if "<b>" in note:
        assert marked(paragraph) == [("strong", "公报")]
