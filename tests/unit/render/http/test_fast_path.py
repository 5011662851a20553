"""Which addresses are answered without the application."""

from datetime import datetime

import pytest

from services.render.adapters.http.answer import PageAnswers
from services.render.adapters.http.fast_path import FastPath
from services.render.core.pages.page import HTML, Fragment, Page

PAGE = Page(200, HTML, Fragment(b"a page"))


def ask(_now: datetime) -> Page:
    return PAGE


@pytest.mark.parametrize(
    ("route", "remembered", "asked", "answered"),
    [
        ("article", "/article/a", "/article/a", True),
        ("article", "/article/a", "/article/a?fbclid=1", True),
        ("article", "/article/a?fbclid=1", "/article/a", True),
        ("article", "/article/a?fbclid=1", "/article/a?fbclid=2", True),
        ("article", "/article/a", "/article/b?fbclid=1", False),
        ("hot", "/hot?list=3d", "/hot?list=3d", True),
        ("hot", "/hot", "/hot?list=3d", False),
        ("hot", "/hot?list=3d", "/hot", False),
        ("section", "/section/a", "/section/a?before=x", False),
        ("series", "/series/a", "/series/a?before=x", False),
    ],
)
def test_a_page_is_known_by_what_is_read_of_its_address(
    route: str, remembered: str, asked: str, answered: bool
) -> None:
    fast_path = FastPath(lambda: None, PageAnswers(()))
    fast_path.remember(remembered.encode(), route, ask)
    assert (fast_path.answer(b"GET", asked.encode(), {}) is not None) == answered


def test_addresses_of_one_article_do_not_push_out_those_of_others() -> None:
    fast_path = FastPath(lambda: None, PageAnswers(()))
    fast_path.remember(b"/hot", "hot", ask)
    for number in range(10_000):
        fast_path.remember(b"/article/a?fbclid=%d" % number, "article", ask)
    assert fast_path.answer(b"GET", b"/hot", {}) is not None
