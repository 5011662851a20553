"""A whole site, and a real browser's pages to read it with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from tests.real import Site

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def whole_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a running site that the tests of a module share."""
    up = Site(tmp_path_factory.mktemp("site"))
    try:
        yield up
    finally:
        up.down()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Give `open_page(url, width=…, scripts=…, dark=…)`."""

    @contextmanager
    def context(width: int, scripts: bool, dark: bool) -> Iterator[Page]:
        made = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
        )
        try:
            yield made.new_page()
        finally:
            made.close()

    opened = []

    def open_(url: str, width: int = 1280, scripts: bool = True, dark: bool = False) -> Page:
        entered = context(width, scripts, dark)
        page = entered.__enter__()
        opened.append(entered)
        answer = page.goto(url)
        assert answer is not None
        return page

    yield open_
    for entered in opened:
        entered.__exit__(None, None, None)
