"""Whatever HTML or Markdown comes, it is read or refused, no visible letter is lost, and it takes no age."""

import json
import time
import unicodedata
from itertools import chain
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.ingest.core.bodies import Format, read_body
from services.ingest.core.bodies.budget import MOST
from shared import wire
from shared.blocks import Block

WORDS = st.text("字a，b。 \n\u3000“é😀", min_size=1, max_size=8)
INLINE: Final = (
    "b",
    "strong",
    "i",
    "em",
    "span",
    "font",
    "u",
    "code",
    "sup",
    'a href="https://a.example"',
    'i translate="no"',
)
BLOCK: Final = (
    "p",
    "div",
    "section",
    "h2",
    "h5",
    "blockquote",
    "figcaption",
    "figure",
    "pre",
    "center",
    "dl",
)
UNSEEN: Final = ("<script>if (a<b) x</script>", "<!-- x -->", "<style>x</style>", "<br>", "<hr/>")
PICTURE: Final = '<img src="https://p.example/1.jpg">'

Tree = tuple[str, str]
"""HTML and the text that is seen of it."""


def escaped(text: str) -> Tree:
    return text.replace("&", "&amp;").replace("<", "&lt;"), text


def together(parts: list[Tree]) -> Tree:
    return "".join(html for html, _ in parts), "".join(seen for _, seen in parts)


def inside(tag: str, inner: Tree) -> Tree:
    return f"<{tag}>{inner[0]}</{tag.split()[0]}>", inner[1]


def in_all(tags: tuple[str, ...], inner: Tree) -> Tree:
    for tag in tags:
        inner = inside(tag, inner)
    return inner


TEXT = WORDS.map(escaped) | st.sampled_from(UNSEEN).map(lambda html: (html, ""))
PHRASE = st.recursive(
    TEXT,
    lambda inner: st.builds(inside, st.sampled_from(INLINE), st.lists(inner, max_size=3).map(together)),
    max_leaves=6,
)
FLOW = st.recursive(
    PHRASE | st.just((PICTURE, "")),
    lambda inner: (
        st.lists(inner, max_size=3)
        .map(together)
        .flatmap(
            lambda content: (
                st.sampled_from(BLOCK).map(lambda tag: inside(tag, content))
                | st.sampled_from(
                    [("li", "ul"), ("li", "ol"), ("td", "tr", "table"), ("caption", "table")]
                ).map(lambda tags: in_all(tags, content))
            )
        )
    ),
    max_leaves=12,
)


TEXTS: Final = (
    *("caption", "text", "picture", "paragraphs", "items", "head", "rows", "entries", "terms"),
    *("descriptions", "notes"),
)


def texts(found: Any) -> str:
    """Give all that is to be read in a block, as it lies in the log."""
    if isinstance(found, list):
        return "".join(texts(one) for one in found)
    if not isinstance(found, dict):
        return ""
    inner = (found.get(name) for name in TEXTS)
    return "".join(one if isinstance(one, str) else texts(one) for one in inner)


def letters(text: str) -> list[str]:
    # sorted: captions go with their picture, wherever they stood
    return sorted("".join(unicodedata.normalize("NFC", text).split()))


@given(st.lists(FLOW, min_size=1, max_size=4).map(together))
@example(
    (f"<figure><p>甲</p><blockquote>乙{PICTURE}</blockquote><figcaption>丙</figcaption></figure>", "甲乙丙")
)
@example(("<pre><b>\n甲\n</b></pre>", "甲"))
def test_all_that_is_seen_of_html_is_in_the_blocks_and_nothing_else(tree: Tree) -> None:
    html, seen = tree
    if not letters(seen):
        seen += "有"
        html += "<p>有</p>"
    found = read_body(html, "html")
    assert letters(texts([json.loads(wire.encode(block)) for block in found])) == letters(seen)
    for block in found:
        marks_lie_in_their_texts(block)


def marks_lie_in_their_texts(block: Block) -> None:
    def walk(found: Any) -> None:
        if isinstance(found, list):
            for one in found:
                walk(one)
        elif isinstance(found, dict):
            for mark in found.get("marks", []):
                assert 0 <= mark["start"] < mark["end"] <= len(found["text"])
            spans = found.get("as_is", [])
            assert all(start < end <= len(found["text"]) for start, end in spans)
            assert [0, *chain(*spans)] == sorted([0, *chain(*spans)])
            for one in found.values():
                walk(one)

    walk(json.loads(wire.encode(block)))
    assert type(block).model_validate_json(wire.encode(block)) == block


SCRAPS = st.lists(
    st.sampled_from(
        [
            *"<>/=\"'&;!-[]()*_`#|\n\\ a字",
            *("<p>", "</p", "<b", "</ br>", "<table><td", "</table>", "<![CDATA[", "<!--", "<?x", "<script>"),
            *(
                "<iframe src=",
                "<svg><p>",
                "<a href=//x>",
                "<x:y/>",
                "<li/>",
                "&#0;",
                "&#xD800;",
                "<h1",
                "<math>",
            ),
            *("<figure>", "<figcaption>", "<blockquote class=tweet>", "<pre>\n", "<select>"),
            *("<code>", "<span translate=no>", "</span>", "<p translate=no>"),
        ]
    ),
    max_size=25,
).map("".join)


DEEP: Final = 9_500
"""Tags of which each may be closed, too."""
LONG: Final = 250_000
"""Enough for what grows with the square to take minutes; `bench growth` goes to the limit."""
REPEATED = st.builds(lambda scrap, times: scrap * times, st.text(max_size=6) | SCRAPS, st.integers(1, 400))


@given(
    st.lists(SCRAPS | REPEATED | st.text(max_size=40), min_size=1, max_size=3).map("".join),
    st.sampled_from(["html", "markdown", "plain"]),
)
def test_any_body_is_read_within_the_budget_or_refused_in_words(body: str, written_in: Format) -> None:
    found, refusal = read_or_refused(body, written_in)
    assert found or refusal.startswith(("is ", "has ", "contains ", "becomes ", "repeats "))
    in_log = [json.loads(wire.encode(block)) for block in found]
    stays_within_the_budget(in_log)
    for block in found:
        marks_lie_in_their_texts(block)


def stays_within_the_budget(in_log: list[Any]) -> None:
    assert len(in_log) <= MOST["paragraphs"]
    assert sum(map(cells, in_log)) <= MOST["table cells"]
    assert marks(in_log) <= MOST["links and emphases"]
    assert len(json.dumps(in_log, ensure_ascii=False).encode()) <= 4_000_000


def cells(block: dict[str, Any]) -> int:
    return sum(map(len, [block.get("head", []), *block.get("rows", [])]))


def marks(found: Any) -> int:
    if isinstance(found, list):
        return sum(map(marks, found))
    if not isinstance(found, dict):
        return 0
    return len(found.get("marks", [])) + sum(map(marks, found.values()))


@given(st.text(alphabet="a字，。“é😀 *_`[]()!<>&#|-+.:~\\\n\u3000", min_size=1, max_size=60))
def test_no_letter_of_markdown_is_lost(body: str) -> None:
    found, _ = read_or_refused(body, "markdown")
    seen = letters(texts([json.loads(wire.encode(block)) for block in found]))
    for letter in "字é😀":
        # what is no text: where a link leads, a definition's address, and what stands in a tag or a comment
        if not set("<[`~") & set(body):
            assert seen.count(letter) == letters(body).count(letter)


def read_or_refused(body: str, written_in: Format) -> tuple[tuple[Block, ...], str]:
    try:
        return read_body(body, written_in), ""
    except ValueError as error:
        return (), str(error)


@pytest.mark.parametrize(
    "html",
    [
        *("<div>", "<ul><li>", "<table><tr><td>", "<blockquote><figure>", "<figure>", "<dl><dd>", "<pre>"),
        *("<div></p>", "<span></x>", "<b>", "<b>x</i>", "<span translate=no>", "<h2><div>", "<a href=//x>"),
        *("<tr><td colspan=50 rowspan=50>x", "<tr><td>x", "<li>x", "<p>x", "<figcaption>x", "x<br>"),
        *("<img src=//a.example>", "<iframe src=//a.example></iframe>", "<object>", "<svg><p>", "<select>"),
        *("<!--", "<", "<!", "<a ", "<a b='", "<a b=\"<a c='", "<x/y=", "<x:p/>", "<a" + ":a" * 9, "</"),
        *(
            "&",
            "&a",
            "&not",
            "&#769;",
            "&#1",
            "字\n",
            "a\n",
            " ",
            "\t",
            "<span> </span>",
            "<script>",
            "<td>x",
            *("<ol><li>x", "<dl><dt>x", "<ruby>x<rt>y", "<q>x", "<del>x", "<p hidden>x", "<abbr title=x>x"),
            *("<a href=#x id=x>1</a>", "<div id=x><a href=#x>1</a>", "<li id=y><a href=#y>1</a>"),
            *("<noscript><img src=x></noscript>", "<img srcset='a 1w,b 2w'>", "<picture><source srcset=x>"),
            *(
                "[caption a=b]",
                "[a b='",
                "[a]x[/a]",
                "{{< x >}}",
                "{{<",
                "{% x",
                "{{ x }}",
                "x\n\n",
                "<pre>[a b=c]",
            ),
            *("<div class=wp-caption>x", "<figure><blockquote><figure>x", "<form>x", "<foo>", "<math>"),
        ),
    ],
)
@pytest.mark.parametrize("beginning", ["", "<table>", "<blockquote><pre>"])
def test_no_html_takes_long(beginning: str, html: str) -> None:
    for size in (DEEP * len(html), LONG):
        takes_no_age((beginning + html * (size // len(html)))[:LONG], "html")


@pytest.mark.parametrize(
    "html",
    [
        "<p " + " ".join(f"a{n}" for n in range(140_000)) + ">x",
        ("<p " + " ".join(f"a{n}" for n in range(999)) + ">x") * 200,
        "<p>" + "".join(f"<b id={n}>" for n in range(DEEP)) + "</p>x" + "<div>y</div>" * 4_000,
        "<p>" + "".join(f"<font id={n}>" for n in range(DEEP)) + "</p>x" + "<p>y" * 4_000,
        "&#" + "1" * 900_000 + ";x",
        "<p>" + "河城旧邮局改建的图书馆周日开放。" * 3_900 + "&amp;" * 100_000,
        "<a " + "\" '" * 250_000 + "/>x",
    ],
    ids=range(7),
)
def test_no_odd_html_takes_long(html: str) -> None:
    takes_no_age(html, "html")


@pytest.mark.parametrize(
    "scrap",
    [
        *(
            "[",
            "![",
            "[x][",
            "[]",
            "[ (](",
            "*a ",
            "_a",
            "*a_ ",
            "**x [a*b**c*](d)",
            "a**b",
            "`",
            "\\",
            "a\n",
        ),
        *(
            "|a|b\n|-|-\n",
            "a|b\n-|-\n\n",
            "|",
            "a|",
            "> - ",
            ">",
            "- ",
            "*\t",
            "1. ",
            "- a\n",
            "<a ",
            "<",
            "<!--",
            "<?",
            "(",
        ),
        *("[a](<b", "[a](b", '[a](b "', "<a@b.", "<https:", "&", "&a", "[a]: b\n", "[a]", "a  \n", "#", "字"),
        *("\u3000", "~~~\n", "    a\n", "=\n", "*字*", "**“", "![a](b 'c')", "<div>\n\n", "a\n-\n", "\t"),
        *(
            "[^1]",
            "[^1]: a\n\n",
            "^[a",
            "^[a]",
            "~~",
            "~",
            "$",
            "$$",
            "$a_b$",
            "\\(",
            "\\[x",
            "- [ ] a\n",
            "[a]:",
        ),
        *(
            "{{< x >}}",
            "{% x",
            "[a b=c]",
            "[a]x[/a]",
            "{: a}",
            "{#a}\n",
            "{",
            "[记者]: 您\n",
            "[/a]",
            "`{% a %}`",
        ),
    ],
)
@pytest.mark.parametrize(
    "beginning", ["", "> " * 9 + "a\n", "[a]: https://a.example/" + "x" * 2_000 + "\n\n"]
)
def test_no_markdown_takes_long(beginning: str, scrap: str) -> None:
    takes_no_age((beginning + scrap * (LONG // len(scrap)))[:LONG], "markdown")


@pytest.mark.parametrize(
    "body",
    [
        "".join("e" + "`" * n for n in range(1_400)),
        "[" * 490_000 + "a" + "]" * 490_000,
        "*a **a " * 70_000 + "b** b* " * 70_000,
        "".join("  " * n + "* a\n" for n in range(900)),
        "".join(">" * n + "a\n" for n in range(1, 1_400)),
        "- " * 100 + "a\n" + "b\n" * 24_000,
        "- " * 10 + "a\n" + "b\n" * 490_000,
        "".join("  " * n + "- a\n" for n in range(100)) + "b\n" * 480_000,
        "*\t" * 490_000 + "a\n" * 10,
        "|" * 330_000 + "\n" + "|-" * 330_000,
        "a|" * 150_000 + "\n" + "-|" * 150_000 + "\n" + "a\n" * 190_000,
        "[a](https://x/" + "\u3000" * 300_000 + ")",
        "[" + "ß" * 490_000 + "]: b",
        "".join(f"[{n}]: b\n" for n in range(50_000)) + "".join(f"[{n}]" for n in range(50_000)),
    ],
    ids=range(14),
)
def test_no_odd_markdown_takes_long(body: str) -> None:
    takes_no_age(body, "markdown")


def takes_no_age(body: str, written_in: Format) -> None:
    began = time.process_time()
    found, refusal = read_or_refused(body, written_in)
    assert found or refusal.startswith(("has ", "contains ", "becomes ", "repeats ", "is empty"))
    # half a second here; machines differ
    assert time.process_time() - began < 2
