"""How what markup means looks in a browser: numbers of lists, footnotes and the way back, raised figures."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from shared.blocks import (
    Definition,
    Definitions,
    Footnote,
    Footnotes,
    Items,
    Mark,
    Paragraph,
    Text,
)
from shared.limits import Limits
from tests.builders import published
from tests.e2e.conftest import OpenPage
from tests.integration.render.serving import Serving

LINES: Final = "河城旧邮局改建的图书馆周日开放,首日有三百人到访。" * 12
RAISED: Final = tuple(
    Mark(kind=kind, start=start, end=start + 1)
    for start, kind in ((40, "superscript"), (60, "subscript"), (80, "code"), (100, "deleted"))
)
READING: Final = Paragraph(text="诗人郁达夫", marks=(Mark(kind="ruby", start=2, end=5, text="Yù Dáfū"),))


def two(**how: Any) -> Items:
    return Items(ordered=True, items=(Text(text="甲"), Text(text="乙")), **how)


ARTICLE: Final = published(
    "marked",
    blocks=(
        Paragraph(text=LINES),
        Paragraph(text=LINES, marks=RAISED),
        READING,
        Paragraph(text="到访[1]", marks=(Mark(kind="footnote", start=2, end=5, text="a"),)),
        *(two(), two(numbering="A"), two(numbering="i", start=4), two(reversed=True)),
        Items(items=(Text(text="丙"),)),
        Definitions(entries=(Definition(terms=(Text(text="词"),), descriptions=(Text(text=LINES),)),)),
        *(Paragraph(text=LINES) for _ in range(9)),
        Footnotes(notes=(Footnote(name="a", paragraphs=(Text(text="注一"), Text(text="注二"))),)),
    ),
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the article."""
    folder: Path = tmp_path_factory.mktemp("render")
    with Serving(folder, Limits(), ARTICLE) as serving:
        yield f"http://127.0.0.1:{serving.port}/article/marked"


def style(page: Page, selector: str, name: str) -> list[str]:
    found: list[str] = page.locator(selector).evaluate_all(
        f"(found) => found.map((one) => getComputedStyle(one).{name})"
    )
    return found


def test_lists_keep_the_numbers_that_they_say(open_page: OpenPage, address: str) -> None:
    page = open_page(address)
    kinds = ["decimal", "upper-alpha", "lower-roman", "decimal", "disc", "decimal"]
    assert style(page, "article :is(ol, ul)", "listStyleType") == kinds
    # the page's own lists have none
    assert set(style(page, ".ranks, nav ul, .cards ul", "listStyleType")) <= {'""'}


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_mark_moves_a_line_and_nothing_hangs_over(open_page: OpenPage, address: str, width: int) -> None:
    page = open_page(address, width=width)
    plain, with_marks = page.locator("article p").all()[:2]
    assert plain.evaluate("one => one.offsetHeight") == with_marks.evaluate("one => one.offsetHeight")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_letters_of_a_text_are_those_that_were_sent(open_page: OpenPage, address: str) -> None:
    page = open_page(address)
    assert page.locator("article p").nth(1).inner_text() == LINES
    assert page.locator(".notes p").all_inner_texts() == ["注一", "注二"]
    page.locator("rt").evaluate("one => one.remove()")
    assert page.locator("article p").nth(2).inner_text() == READING.text


@pytest.mark.parametrize("dark", [False, True])
def test_a_footnote_is_reached_and_left_by_keyboard(open_page: OpenPage, address: str, dark: bool) -> None:
    page = open_page(address, dark=dark)
    page.get_by_role("link", name="[1]").press("Enter")
    page.wait_for_url("**#fn-1-marked")
    note = page.locator(":target")
    assert note.evaluate("one => one.getBoundingClientRect().top < innerHeight")
    assert style(page, ":target", "backgroundColor") != style(page, "html", "backgroundColor")
    page.get_by_role("link", name="回到正文 1").press("Enter")
    page.wait_for_url("**#fnref-1-marked")
    assert page.locator(":target").inner_text() == "[1]"
