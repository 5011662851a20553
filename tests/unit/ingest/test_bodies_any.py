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


def texts(found: Any) -> str:
    """Give all that is to be read in a block, as it lies in the log."""
    if isinstance(found, list):
        return "".join(texts(one) for one in found)
    if not isinstance(found, dict):
        return ""
    inner = (
        found.get(name) for name in ("caption", "text", "picture", "paragraphs", "items", "head", "rows")
    )
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


@given(SCRAPS | st.text(max_size=40), st.sampled_from(["html", "markdown", "plain"]))
def test_any_body_is_read_or_refused_in_words(body: str, written_in: Format) -> None:
    found, refusal = read_or_refused(body, written_in)
    assert found or refusal.startswith(("is ", "has ", "contains "))
    for block in found:
        marks_lie_in_their_texts(block)


def read_or_refused(body: str, written_in: Format) -> tuple[tuple[Block, ...], str]:
    try:
        return read_body(body, written_in), ""
    except ValueError as error:
        return (), str(error)


DEEP: Final = 9_999
MARKUP: Final = set("[]*_`<&!|\\\n")


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * DEEP + "x" + "</div>" * DEEP,
        "<b>" * DEEP + "x" + "</i>" * DEEP,
        "<ul><li>" * DEEP + "x",
        "<span translate=no>" * DEEP + "x",
        "<table><tr><td>" * 6_600 + "x",
        "<blockquote><figure>" * DEEP + "x",
        "<p>" + "".join(f"<b id={n}>" for n in range(DEEP)) + "</p>x" + "<div>y</div>" * 4_000,
        "<tr><td colspan=1000 rowspan=1000>".join(["<table>", *"x" * DEEP]),
        "字\n" * 250_000,
        "<p>" + "河城旧邮局改建的图书馆周日开放。" * 3_900 + "&amp;" * 100_000,
        "<" + "a " * 400_000,
        "<a " + "\" '" * 250_000 + "/>x",
        "<a" + ":a" * 400_000,
        "<" * 1_000_000,
        "<!--" * 250_000,
        "<p>x" + "&" * 100_000,
    ],
    ids=range(16),
)
def test_no_html_takes_longer_than_a_few_seconds(html: str) -> None:
    takes_no_age(html, "html")


@pytest.mark.parametrize(
    "scrap", ["[", "![", "[x][", "*a ", "_a", "a\n", "|a|b|\n|-|-|\n", "> - ", "<a ", "("]
)
def test_no_markdown_takes_longer_than_a_few_seconds(scrap: str) -> None:
    takes_no_age(
        scrap * (90_000 // sum(map(scrap.count, MARKUP)) if set(scrap) & MARKUP else 90_000), "markdown"
    )


def takes_no_age(body: str, written_in: Format) -> None:
    began = time.process_time()
    found, refusal = read_or_refused(body, written_in)
    assert found or refusal.startswith("has ")
    assert time.process_time() - began < 10
