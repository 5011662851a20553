"""What Markdown's dialects write beyond CommonMark is read, or left out with a note; in code it stays."""

import pytest

from tests.unit.ingest.reading_bodies import noted, pictures, read, texts

URL = "https://i.example/p.jpg"


@pytest.mark.parametrize(
    ("written", "shown", "comment"),
    [
        ("文\n\n%% 给编辑：核实 %%\n\n后", ["文", "后"], "%% 给编辑：核实 %%"),
        ("文%%核实%%后", ["文后"], "%%核实%%"),
        ("文\n\n%%\n核实\n再发\n%%\n\n后", ["文", "后"], "%%\n核实\n再发\n%%"),
        ("- 项 %%核实%%\n\n文", ["文"], "%%核实%%"),
    ],
)
def test_a_comment_of_the_writers_is_not_for_readers(written: str, shown: list[str], comment: str) -> None:
    assert texts(written, "markdown") == shown
    assert list(noted(read(written, "markdown")[1], "shortcode")) == [comment]


@pytest.mark.parametrize(
    ("written", "shown", "told"),
    [
        (":::tip 提示\n内容\n:::\n\n文", ["提示", "内容", "文"], ":::tip"),
        ("::: {.note}\n\n内容\n\n:::\n\n文", ["内容", "文"], "::: {.note}"),
        (":::warning\n内容\n:::\n\n文", ["内容", "文"], ":::warning"),
        ("[TOC]\n\n文", ["文"], "[TOC]"),
        ("@[toc]\n\n文", ["文"], "@[toc]"),
        ("[[_TOC_]]\n\n文", ["文"], "[[_TOC_]]"),
    ],
)
def test_the_frame_of_a_box_and_the_place_of_contents_are_told(
    written: str, shown: list[str], told: str
) -> None:
    assert texts(written, "markdown") == shown
    assert told in noted(read(written, "markdown")[1], "shortcode")


def test_the_mark_of_an_alert_is_no_text_of_the_quote() -> None:
    found, notes = read("> [!NOTE]\n> 提示\n\n文", "markdown")
    assert found[0]["paragraphs"] == [{"text": "提示"}]
    assert list(noted(notes, "shortcode")) == ["[!NOTE]"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [("见[[新桥]]。", "见新桥。"), ("见[[bridge|新桥]]。", "见新桥。"),
     ("见[[新桥#今天|今天]]。", "见今天。"),
     ("[[A]]与[[B|乙]]", "A与乙")],
)  # fmt: skip
def test_a_link_by_name_is_its_text(written: str, shown: str) -> None:
    assert texts(written, "markdown") == [shown]


@pytest.mark.parametrize(
    "text", ["引[[1]]文", "增长 5%%，又 6%%。", "[[ -f x ]] 文", "a:::b 文", "100%% 完成", "甲 :: 乙"]
)
def test_signs_that_mean_something_else_stay(text: str) -> None:
    assert texts(text, "markdown") == [text]


def test_in_code_all_of_it_stays() -> None:
    code = ":::tip 题\n%%x%%\n[[a]]\n[TOC]"
    assert texts(f"```\n{code}\n```\n\n文", "markdown") == [*code.split("\n"), "文"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (f"![x]({URL} =300x200)", (URL, "")),
        (f"![x]({URL} =300x)", (URL, "")),
        (f'![x]({URL} =50x50 "题")', (URL, "题")),
        ("![x](https://i.example/新 桥.jpg)", ("https://i.example/%E6%96%B0%20%E6%A1%A5.jpg", "")),
        ('![x](https://i.example/a b.png "题")', ("https://i.example/a%20b.png", "题")),
    ],
)
def test_a_picture_with_a_size_or_spaces_in_its_address_is_one(written: str, shown: tuple[str, str]) -> None:
    assert pictures(f"文\n\n{written}", "markdown") == [shown]


@pytest.mark.parametrize(
    "below", ["<center>码头一角</center>", "<small>码头一角</small>", "<center>码头<b>一角</b></center>"]
)
def test_a_line_set_small_or_in_the_middle_below_a_picture_is_its_caption(below: str) -> None:
    body = f"文\n\n![x]({URL})\n{below}\n\n后"
    assert pictures(body, "markdown") == [(URL, "码头一角")]
    assert texts(body, "markdown") == ["文", "后"]
