"""What markup means beside the letters: struck out, raised, read aloud, referred to; what is told of it."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from services.render.core.articles.stories import story_of
from services.render.core.pages.marked import marked
from services.render.core.pages.notes import Notes
from services.render.core.search.hits import searchable_text
from services.render.core.text.script_converter import ScriptConverter
from shared.blocks import (
    Block,
    Definition,
    Definitions,
    Footnote,
    Footnotes,
    Heading,
    Items,
    Mark,
    Paragraph,
    Quote,
    Span,
    Table,
    Text,
)
from tests.builders import published
from tests.unit.render.pages.test_blocks import body
from tests.unit.render.pages.test_fragments import HOSTILE
from tests.unit.render.press import GLOSSARY, Press

HANT = ScriptConverter("zh-Hant", GLOSSARY)


def mark(kind: str, start: int, end: int, text: str | None = None, url: str | None = None) -> Mark:
    return Mark.model_validate({"kind": kind, "start": start, "end": end, "text": text, "url": url})


def note(name: str, *paragraphs: str) -> Footnote:
    return Footnote(name=name, paragraphs=tuple(Text(text=one) for one in paragraphs))


@pytest.mark.parametrize(
    ("kind", "tag"),
    [
        ("deleted", "del"),
        ("inserted", "ins"),
        ("superscript", "sup"),
        ("subscript", "sub"),
        ("code", "code"),
    ],
)
def test_a_plain_mark_is_its_tag(kind: str, tag: str) -> None:
    written = marked(Text(text="死者三人二人", marks=(mark(kind, 2, 4),)))
    assert written == f"死者<{tag}>三人</{tag}>二人"


def test_a_whole_paragraph_that_is_struck_out_is_seen_to_be() -> None:
    assert marked(Text(text="三人", marks=(mark("deleted", 0, 2),))) == "<del>三人</del>"


def test_a_reading_stands_beside_its_text_and_in_brackets_where_there_is_no_ruby() -> None:
    written = marked(Text(text="郁达夫", marks=(mark("ruby", 0, 1, "yù"), mark("ruby", 1, 2, "<b>"))))
    assert written == (
        "<ruby>郁<rp>(</rp><rt>yù</rt><rp>)</rp></ruby>"
        "<ruby>达<rp>(</rp><rt>&lt;b&gt;</rt><rp>)</rp></ruby>夫"
    )


def test_an_abbreviation_says_what_it_stands_for_if_anybody_did() -> None:
    text = Text(text="WHO和GDP", marks=(mark("abbreviation", 0, 3, '世卫"组织'), mark("abbreviation", 4, 7)))
    assert marked(text) == '<abbr title="世卫&#34;组织">WHO</abbr>和<abbr>GDP</abbr>'


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        # what overlaps a reading is cut, the reading never
        (
            (mark("strong", 0, 3), mark("ruby", 2, 5, "r")),
            "<strong>一二</strong><ruby><strong>三</strong>四五<rp>(</rp><rt>r</rt><rp>)</rp></ruby>六",
        ),
        (
            (mark("ruby", 1, 3, "r"), mark("strong", 2, 5)),
            "一<ruby>二<strong>三</strong><rp>(</rp><rt>r</rt><rp>)</rp></ruby><strong>四五</strong>六",
        ),
        # no link in a link
        (
            (mark("link", 0, 4, url="https://a.example"), mark("link", 2, 6, url="https://b.example")),
            '<a href="https://a.example">一二三四</a><a href="https://b.example">五六</a>',
        ),
        (
            (mark("link", 0, 4, url="https://a.example"), mark("link", 1, 3, url="https://b.example")),
            '<a href="https://a.example">一二三四</a>五六',
        ),
        # of two readings that overlap there is one
        (
            (mark("ruby", 0, 3, "r"), mark("ruby", 2, 5, "s")),
            "<ruby>一二三<rp>(</rp><rt>r</rt><rp>)</rp></ruby>四五六",
        ),
        # a sign without its footnote is raised and leads nowhere
        ((mark("footnote", 2, 3, "9"),), "一二<sup>三</sup>四五六"),
        ((mark("superscript", 2, 3), mark("footnote", 2, 3, "9")), "一二<sup>三</sup>四五六"),
        ((mark("footnote", 2, 3, "9"), mark("superscript", 2, 3)), "一二<sup>三</sup>四五六"),
    ],
)
def test_what_cannot_be_cut_or_stand_in_its_like(marks: tuple[Mark, ...], expected: str) -> None:
    assert marked(Text(text="一二三四五六", marks=marks)) == expected


NOTES = (Footnotes(notes=(note("a", "甲注"), note("b", "乙注"))),)


def test_a_reference_is_in_no_link_and_raised_once() -> None:
    text = Text(
        text="一二[1]三",
        marks=(
            mark("link", 0, 6, url="https://a.example"),
            mark("superscript", 2, 5),
            mark("footnote", 2, 5, "b"),
        ),
    )
    assert Notes("x", NOTES, "回").marked(text) == (
        '<a href="https://a.example">一二</a><sup><a href="#fn-2-x" id="fnref-2-x" role="doc-noteref">[1]</a>'
        '</sup><a href="https://a.example">三</a>'
    )


ANY = st.builds(
    mark,
    st.sampled_from(
        ["link", "strong", "deleted", "superscript", "code", "abbreviation", "ruby", "ruby", "footnote"]
    ),
    st.integers(0, 12),
    st.integers(1, 14),
    text=st.sampled_from(["a", "b", "none", None]),
    url=st.just("https://a.example"),
)


class Nesting(HTMLParser):
    """Closes what was opened last, or fails; keeps the letters outside readings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.letters = ""
        self.ids: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open."""
        assert tag not in ("a", "ruby") or tag not in self.open
        self.open.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        """Close."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Read."""
        if not {"rt", "rp"}.intersection(self.open):
            self.letters += data


@given(st.text('a<&"字 ', max_size=12), st.lists(ANY, max_size=7), st.integers(0, 12))
def test_whatever_marks_overlap_every_letter_stands_and_every_tag_is_closed_by_its_own(
    text: str, marks: list[Mark], filed: int
) -> None:
    html = Notes("x", NOTES, "回").marked(Text(text=text, marks=tuple(marks)), text[:filed])
    read = Nesting(str(html))
    assert read.open == []
    assert read.letters == text
    assert len(set(read.ids)) == len(read.ids)


def test_ten_times_the_marks_take_ten_times_the_time() -> None:
    kinds = ["strong", "footnote", "link", "ruby"]

    def seconds(count: int) -> float:
        over = mark("link", 0, 4 * count, url="https://a.example")
        marks = (mark(kinds[n % 4], 4 * n, 4 * n + 3, "a", "https://a.example") for n in range(count))
        text = Text(text="字" * 4 * count, marks=(over, *marks))
        took = []
        for _ in range(3):
            began = time.process_time()
            Notes("x", NOTES, "回").marked(text)
            took.append(time.process_time() - began)
        return min(took)

    # by the square it would be a hundred times
    assert seconds(10_000) < 40 * seconds(1000)


def test_lists_say_how_they_are_numbered() -> None:
    def opened(**how: object) -> str:
        return body(Items.model_validate({"items": (Text(text="甲"),)} | how)).splitlines()[0]

    assert opened(ordered=True) == "<ol>"
    assert opened(ordered=True, start=2026) == '<ol start="2026">'
    assert opened(ordered=True, start=0, numbering="A") == '<ol start="0" type="A">'
    assert opened(ordered=True, start=3, reversed=True, numbering="i") == '<ol start="3" reversed type="i">'
    assert opened(start=3, reversed=True, numbering="i") == "<ul>"
    down = body(Items(ordered=True, reversed=True, items=(Text(text="甲"), Text(text="乙"))))
    assert down.splitlines()[1:3] == ['<li value="2">甲</li>', '<li value="1">乙</li>']


def test_terms_and_what_is_said_of_them() -> None:
    block = Definitions(
        entries=(
            Definition(terms=(Text(text="甲"), Text(text="乙")), descriptions=(Text(text="一"),)),
            Definition(terms=(Text(text="丙", marks=(mark("strong", 0, 1),)),), descriptions=()),
        )
    )
    assert body(block).splitlines() == [
        "<dl>",
        *["<dt>甲</dt>", "<dt>乙</dt>", "<dd>一</dd>"],
        *["<dt><strong>丙</strong></dt>", "</dl>"],
    ]


def referring(text: str, *references: tuple[int, str]) -> Paragraph:
    marks = tuple(mark("footnote", at, at + 1, name) for at, name in references)
    return Paragraph(text=text, marks=marks)


def test_footnotes_are_listed_in_their_order_and_lead_back_to_every_place() -> None:
    html = body(
        referring("开放1。三百人2。", (2, "a"), (7, "b")),
        referring("又1", (1, "a")),
        Footnotes(notes=(note("a", "甲注", "第二段"), note("b", "乙注"), note("c", "没人提到"))),
        Footnotes(notes=(note("a", "同名"),)),
    )
    first, second, *listed = html.splitlines()
    reference = (
        '<sup><a href="#fn-{0}-harbour-library" id="fnref-{0}-harbour-library"'
        ' role="doc-noteref">{0}</a></sup>'
    )
    assert first == f"<p>开放{reference.format(1)}。三百人{reference.format(2)}。</p>"
    assert 'href="#fn-1-harbour-library" id="fnref-1.2-harbour-library"' in second
    link = (
        '<a class="back" href="#fnref-{0}-harbour-library" role="doc-backlink" aria-label="回到正文 {0}"></a>'
    )
    assert listed == [
        '<section class="notes" role="doc-endnotes" aria-label="注释">',
        "<ol>",
        '<li id="fn-1-harbour-library"><p>甲注</p><p>第二段'
        + link.format("1")
        + link.format("1.2")
        + "</p></li>",
        '<li id="fn-2-harbour-library"><p>乙注' + link.format("2") + "</p></li>",
        '<li id="fn-3-harbour-library"><p>没人提到</p></li>',
        *["</ol>", "</section>"],
        '<div class="notes">',
        '<ol start="4">',
        '<li id="fn-4-harbour-library"><p>同名</p></li>',
        *["</ol>", "</div>"],
    ]


def test_no_name_or_reading_of_a_publisher_can_become_markup_or_an_address() -> None:
    html = body(
        Paragraph(
            text="字字字",
            marks=(
                mark("footnote", 0, 1, HOSTILE),
                mark("ruby", 1, 2, HOSTILE),
                mark("abbreviation", 2, 3, HOSTILE),
            ),
        ),
        Definitions(entries=(Definition(terms=(Text(text=HOSTILE),), descriptions=(Text(text=HOSTILE),)),)),
        Footnotes(notes=(note(HOSTILE, HOSTILE),)),
    )
    assert not re.search(r"<(script|b)\b", html)
    assert html.count(str(escape(HOSTILE))) == 5
    assert set(re.findall(r'(?:id|href)="([^"]*)"', html)) == {
        "fn-1-harbour-library",
        "#fn-1-harbour-library",
        "fnref-1-harbour-library",
        "#fnref-1-harbour-library",
    }


STRUCK = Paragraph(text="死者三人二人1。", marks=(mark("deleted", 2, 4), mark("footnote", 6, 7, "a")))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (STRUCK, "死者二人。"),
        (Paragraph(text="一二三", marks=(mark("inserted", 1, 2),)), "一二三"),
        (Paragraph(text="一二三四", marks=(mark("deleted", 0, 2), mark("deleted", 1, 3))), "四"),
        (Paragraph(text="二三", marks=(mark("deleted", 0, 99),)), ""),
        (
            Paragraph(text="102人,10-3", marks=(mark("superscript", 2, 3), mark("superscript", 7, 9))),
            "10²人,10⁻³",
        ),
        (Paragraph(text="CO2", marks=(mark("subscript", 2, 3),)), "CO₂"),
        (Paragraph(text="1st", marks=(mark("superscript", 1, 3),)), "1st"),
        (Paragraph(text="郁达夫", marks=(mark("ruby", 0, 1, "yù"),)), "郁达夫"),
    ],
)
def test_what_is_told_of_a_text_without_its_marks(text: Paragraph, told: str) -> None:
    assert story_of(published(blocks=(text,))).excerpt == told
    assert searchable_text(published(blocks=(text,))).body.partition("\n")[0] == told


OTHERS: tuple[Block, ...] = (
    Heading(text="题三人", marks=(mark("deleted", 1, 3),)),
    Quote(paragraphs=(Text(text="引三人", marks=(mark("deleted", 1, 3),)),)),
    Items(items=(Text(text="项三人", marks=(mark("deleted", 1, 3),)),)),
    Table(rows=((Text(text="格三人", marks=(mark("deleted", 1, 3),)),),)),
    Definitions(
        entries=(
            Definition(
                terms=(Text(text="词"),),
                descriptions=(Text(text="义三人", marks=(mark("deleted", 1, 3),)),),
            ),
        )
    ),
    Footnotes(notes=(Footnote(name="a", paragraphs=(Text(text="注三人", marks=(mark("deleted", 1, 3),)),)),)),
)


def test_nothing_struck_out_is_told_or_found_whatever_block_it_stands_in(press: Press) -> None:
    assert story_of(published(blocks=OTHERS)).excerpt == "题引项格词义注"
    press.fold(published("a", title="甲", blocks=(STRUCK, *OTHERS)))
    press.index_all()
    page = press.article("a")
    assert page is not None
    html = page.body.decode()
    assert html.count("<del>三人</del>") == 7
    head = html.partition("<body")[0]
    assert "死者二人" in head
    assert "三人" not in head
    home = press.pages.home(press.now).body.decode()
    assert "死者二人" in home
    assert "三人" not in home
    for form in ("xml", "atom", "json"):
        feed = press.feeds["zh-Hans"].feed(form, None, press.now)
        assert feed is not None
        assert "死者二人" in feed.body.decode()


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        *[("死者二人", True), ("三人", False), ("死者三人", False), ("词", True), ("注", True), ("yù", True)],
        *[
            ("世卫组织", True),
            ("10²", True),
            ("102", True),
            ("CO2", True),
            ("co₂", True),
            ("m²", True),
            ("m2", True),
        ],
    ],
)
async def test_the_search_finds_what_stands(press: Press, asked: str, is_found: bool) -> None:
    marks = (mark("superscript", 2, 3), mark("subscript", 6, 7), mark("ruby", 8, 9, "yù"))
    more = Paragraph(text="102和CO2、郁WHO,每m²", marks=(*marks, mark("abbreviation", 9, 12, "世卫组织")))
    press.fold(published("a", title="甲", blocks=(STRUCK, more, *OTHERS)))
    press.index_all()
    page = await press.search.page("zh-Hans", asked, "1", press.now)
    assert page is not None
    assert ("没有找到" not in page.body.decode()) == is_found


def test_readings_and_what_abbreviations_stand_for_are_converted_and_code_is_not() -> None:
    sent = Paragraph(
        text="发展头发print发",
        marks=(
            mark("ruby", 0, 2, "发展"),
            mark("abbreviation", 2, 4, "头发"),
            mark("code", 4, 10),
            mark("abbreviation", 4, 10, "头发"),
            mark("footnote", 3, 4, "发"),
        ),
    )
    blocks = (
        sent,
        Definitions(entries=(Definition(terms=(Text(text="头发"),), descriptions=(Text(text="面条"),)),)),
        Footnotes(notes=(note("发", "头发"),)),
    )
    text, terms, notes = HANT.article(published(blocks=blocks)).blocks
    assert isinstance(text, Paragraph)
    assert text.text == "發展頭髮print发"
    assert [one.text for one in text.marks or ()] == ["發展", "頭髮", None, "头发", "发"]
    assert terms == Definitions(
        entries=(Definition(terms=(Text(text="頭髮"),), descriptions=(Text(text="麵條"),)),)
    )
    assert notes == Footnotes(notes=(note("发", "頭髮"),))


def test_code_that_overlaps_what_stands_as_it_is_stays_too() -> None:
    sent = Paragraph(text="头发头发头发", marks=(mark("code", 1, 3),), as_is=(Span(2, 5), Span(4, 5)))
    (text,) = HANT.article(published(blocks=(sent,))).blocks
    assert isinstance(text, Paragraph)
    assert text.text == "頭发头发头發"
    assert text.as_is == (Span(2, 5), Span(4, 5))


def test_in_a_feed_each_entry_has_ids_of_its_own_and_an_arrow_to_be_seen(press: Press) -> None:
    blocks = (referring("开放1", (2, "1")), Footnotes(notes=(note("1", "甲注"),)))
    press.fold(published("a", blocks=blocks), published("b-1", second=1, blocks=blocks))
    for form in ("xml", "atom", "json"):
        feed = press.feeds["zh-Hant"].feed(form, None, press.now)
        assert feed is not None
        told = feed.body.decode().replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">")
        ids = re.findall(r'id=\\?"(fn[^"\\]*)', told)
        assert sorted(ids) == ["fn-1-a", "fn-1-b-1", "fnref-1-a", "fnref-1-b-1"], form
        assert set(re.findall(r'href=\\?"#([^"\\]*)', told)) == set(ids)
        assert told.count(">↑</a>") == 2
        assert "註釋" in told
