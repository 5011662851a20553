"""The blocks of a body as a reader gets them: every letter in its order, every tag nested right."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from services.render.core.articles.stories import story_of, texts_of
from services.render.core.pages.marked import marked
from shared.blocks import (
    Block,
    Embed,
    Heading,
    Items,
    Mark,
    Paragraph,
    Picture,
    PictureBlock,
    Quote,
    Table,
    Text,
)
from shared.events import Dateline
from tests.builders import published
from tests.unit.render.pages.test_fragments import HOSTILE, PIECES, SECTIONS, TODAY, read
from tests.unit.render.reading import Reading

LINK = Mark(kind="link", start=2, end=4, url="https://a.example/?a=1&b=2")
STRONG = Mark(kind="strong", start=3, end=6)
SHOWN = Picture(url="https://p.example/1.svg", caption="柜台。(图:资料)", width=600, height=400)


def body(*blocks: Block, dateline: Dateline | None = None) -> str:
    """Give the HTML of a body alone."""
    top = PIECES.article_top(published(blocks=blocks, dateline=dateline), SECTIONS, TODAY).decode()
    return top.partition('<div class="text">\n')[2].partition("</div>\n</article>")[0]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ((), "一二三四五六"),
        ((STRONG,), "一二三<strong>四五六</strong>"),
        ((Mark(kind="emphasis", start=1, end=2),), "一<em>二</em>三四五六"),
        ((LINK,), '一二<a href="https://a.example/?a=1&amp;b=2">三四</a>五六'),
        (
            (LINK, Mark(kind="strong", start=2, end=4)),
            '一二<a href="https://a.example/?a=1&amp;b=2"><strong>三四</strong></a>五六',
        ),
        (
            (LINK, STRONG),
            '一二<a href="https://a.example/?a=1&amp;b=2">三<strong>四</strong></a><strong>五六</strong>',
        ),
        (
            (Mark(kind="strong", start=4, end=99), Mark(kind="strong", start=7, end=9)),
            "一二三四<strong>五六</strong>",
        ),
        ((Mark(kind="emphasis", start=0, end=6),), "一二三四五六"),
    ],
)
def test_marks_become_tags_that_nest_right(marks: tuple[Mark, ...], expected: str) -> None:
    assert marked(Text(text="一二三四五六", marks=marks or None)) == expected


def test_the_dateline_is_set_apart_whatever_other_marks_begin_or_end_in_it() -> None:
    text = Text(text="(河城15日讯)河城", marks=(Mark(kind="strong", start=0, end=10),))
    assert marked(text, "(河城15日讯)") == ('<strong><span class="dateline">(河城15日讯)</span>河城</strong>')


MARKS = st.builds(
    Mark,
    kind=st.sampled_from(["link", "strong", "emphasis"]),
    start=st.integers(0, 12),
    end=st.integers(1, 14),
    url=st.just("https://a.example"),
)


@given(st.text('a<&"字 \u3000', max_size=10), st.lists(MARKS, max_size=5), st.integers(0, 10))
def test_any_marks_leave_the_text_as_it_is_and_every_tag_is_closed_by_its_own(
    text: str, marks: list[Mark], filed: int
) -> None:
    html = marked(Text(text=text, marks=tuple(marks)), text[:filed])
    assert re.sub(r"</?(a|strong|em|span)\b[^>]*>", "", html) == escape(text)
    are_open: list[str] = []
    for closing, name in re.findall(r"<(/?)(a|strong|em|span)\b", html):
        if closing:
            assert are_open.pop() == name
        else:
            are_open.append(name)
    assert not are_open


def test_every_kind_of_block_is_shown_in_its_order() -> None:
    html = body(
        Heading(text="小题", level=4),
        Paragraph(text="(河城15日讯)河城"),
        Quote(paragraphs=(Text(text="引一"), Text(text="引二"))),
        Heading(text="再题", level=3),
        Items(items=(Text(text="甲"), Text(text="乙\n丙"))),
        Items(ordered=True, items=(Text(text="一"),)),
        PictureBlock(picture=SHOWN),
        Embed(url="https://www.video.example/1"),
        Embed(url="https://video.example/2", text="短片"),
        Table(
            caption="人次",
            head=(Text(text="日"), Text(text="")),
            rows=((Text(text="周日"), Text(text="9", marks=(Mark(kind="strong", start=0, end=1),))),),
        ),
        Paragraph(text="完"),
        dateline=Dateline(text="(河城15日讯)"),
    )
    assert html.splitlines() == [
        "<h2>小题</h2>",
        '<p><span class="dateline">(河城15日讯)</span>河城</p>',
        "<blockquote>",
        "<p>引一</p>",
        "<p>引二</p>",
        "</blockquote>",
        "<h3>再题</h3>",
        *["<ul>", "<li>甲</li>", "<li>乙", "丙</li>", "</ul>"],
        *["<ol>", "<li>一</li>", "</ol>"],
        '<figure data-tile="地">',
        '<img src="https://p.example/1.svg" alt="" width="600" height="400" loading="lazy">',
        "<figcaption>柜台。(图:资料)</figcaption>",
        "</figure>",
        '<p class="embed"><a href="https://www.video.example/1">video.example</a></p>',
        '<p class="embed"><a href="https://video.example/2">短片</a></p>',
        '<div class="table" role="region" tabindex="0" aria-label="人次">',
        *["<table>", "<caption>人次</caption>"],
        *["<thead>", "<tr>", '<th scope="col">日</th>', "<td></td>", "</tr>", "</thead>"],
        *["<tbody>", "<tr>", "<td>周日</td>", "<td><strong>9</strong></td>", "</tr>", "</tbody>"],
        *["</table>", "</div>"],
        "<p>完</p>",
    ]


def test_a_plain_body_is_paragraphs_and_nothing_else() -> None:
    assert body(Paragraph(text="一"), Paragraph(text="二")) == "<p>一</p>\n<p>二</p>\n"


def test_no_text_of_any_block_can_become_markup() -> None:
    text = Text(text=HOSTILE, marks=(Mark(kind="link", start=0, end=3, url='https://a.example/"><b>'),))
    shown = Picture(url='https://p.example/"><b>', caption=HOSTILE, alt=HOSTILE)
    html = body(
        Paragraph(text=HOSTILE, marks=text.marks),
        Heading(text=HOSTILE),
        Quote(paragraphs=(text,)),
        Items(items=(text,)),
        PictureBlock(picture=shown),
        Embed(url='https://a.example/"><b>', text=HOSTILE),
        Table(caption=HOSTILE, head=(text,), rows=((text,),)),
    )
    tags = {tag for tag, _, _ in Reading(html.encode()).attributes}
    assert tags <= {"a", "img", "div", "th", "p", "figure"}
    assert not re.search(r"<(script|b)\b", html)
    assert "".join(read(html.encode())).count(HOSTILE) == 9


def test_an_excerpt_is_made_of_paragraphs_and_only_without_any_of_the_other_texts() -> None:
    table = Table(head=(Text(text="头"),), rows=((Text(text="格"),),))
    others = (
        Heading(text="题"),
        Quote(paragraphs=(Text(text="引"),)),
        Items(items=(Text(text="项"),)),
        table,
    )
    assert texts_of((*others, Paragraph(text="段"), Paragraph(text="落"))) == ("段", "落")
    assert texts_of((*others, PictureBlock(picture=SHOWN))) == ("题", "引", "项", "头", "格")


def test_a_story_shows_the_lead_picture_else_the_first_of_the_text() -> None:
    blocks = (Paragraph(text="段"), PictureBlock(picture=SHOWN))
    lead = Picture(url="https://p.example/lead.svg")
    assert story_of(published(blocks=blocks)).picture == SHOWN
    assert story_of(published(blocks=blocks, pictures=(lead,))).picture == lead
    assert story_of(published()).picture is None
