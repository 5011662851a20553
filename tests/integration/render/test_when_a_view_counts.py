"""A real browser's views: counted once, when the article is looked at, whatever the browser cannot do."""

import re
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Route

from services.render.core.views import tokens
from shared.limits import Limits
from tests.builders import published
from tests.foreign import until
from tests.integration.render.serving import Serving
from tests.unit.render.written import Written

STATE: Final = """
let visibility = %r, prerendering = %s;
Object.defineProperty(Document.prototype, 'visibilityState', {get: () => visibility});
Object.defineProperty(Document.prototype, 'prerendering', {get: () => prerendering});
window.become = (seen) => {
  const wasPrerendering = prerendering;
  visibility = seen;
  prerendering = false;
  if (wasPrerendering) document.dispatchEvent(new Event('prerenderingchange'));
  document.dispatchEvent(new Event('visibilitychange'));
};
"""
"""Headless, every tab is looked at: the test says what is."""


class Reader:
    """A tab, and what it has asked of render for a view."""

    def __init__(self, page: Page, url: str, log: Written) -> None:
        self.page = page
        self.url = url
        self.log = log
        self.asked: list[str] = []
        page.on("request", lambda request: self._note(request.url.removeprefix(url).partition("?")[0]))

    def _note(self, path: str) -> None:
        if path in ("/views", "/hot.json", "/v.gif"):
            self.asked.append(path)

    def open(self, article: str = "a") -> None:
        """Open an article's page, and let its scripts run."""
        self.page.goto(f"{self.url}/article/{article}")

    def became(self, visibility: str) -> None:
        """Let the tab be looked at, or no more."""
        self.page.evaluate("seen => become(seen)", visibility)

    def counted(self, views: int) -> None:
        """Wait until so many views have been taken."""
        until(lambda: len(self.log.views) >= views, "the view is taken")
        self.page.evaluate("fetch('/robots.txt').then(() => 0)")  # whatever it asked before has been noted
        assert len(self.log.views) == views


@pytest.fixture(scope="module")
def log() -> Written:
    """Give the log into which the views go."""
    return Written()


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory, log: Written) -> Iterator[Serving]:
    """Serve some articles."""
    articles = [published(name, second=n) for n, name in enumerate("abc")]
    with Serving(tmp_path_factory.mktemp("serving"), Limits(), *articles, view_log=log) as started:
        yield started


@pytest.fixture
def reader(browser: Browser, serving: Serving, log: Written) -> Iterator[Reader]:
    """Give a tab of a browser of its own."""
    log.views.clear()
    context = browser.new_context()
    yield Reader(context.new_page(), f"http://127.0.0.1:{serving.port}", log)
    context.close()


def age(page: Page) -> None:
    """Let pages come with a token that does not count any more, as of half an hour ago."""
    old = tokens.token(b"key", tokens.slot_of(time.time()) - 3)

    def aged(route: Route) -> None:
        text = route.fetch().text()
        route.fulfill(
            body=re.sub('data-token="[^"]+"', f'data-token="{old}"', text), content_type="text/html"
        )

    page.route("**/article/*", aged)


def test_a_tab_opened_in_the_background_counts_when_it_is_looked_at_however_late(reader: Reader) -> None:
    reader.page.add_init_script(STATE % ("hidden", "false"))
    age(reader.page)
    reader.open()
    assert (reader.asked, reader.log.views) == ([], [])
    reader.became("visible")
    reader.counted(1)
    for visibility in ("hidden", "visible"):
        reader.became(visibility)
    reader.counted(1)
    assert reader.asked == ["/views", "/hot.json", "/views"]


def test_a_prerendered_page_counts_when_it_is_shown(reader: Reader) -> None:
    reader.page.add_init_script(STATE % ("visible", "true"))
    reader.open()
    assert reader.asked == []
    reader.became("visible")
    reader.counted(1)
    assert reader.asked == ["/views"]


def test_going_back_to_a_page_that_the_browser_has_kept_counts_no_second_time(reader: Reader) -> None:
    reader.page.add_init_script("addEventListener('pageshow', shown => { window.kept = shown.persisted; })")
    reader.open()
    reader.counted(1)
    reader.page.goto(f"{reader.url}/")
    reader.page.evaluate("history.back()")
    reader.page.wait_for_function("location.pathname === '/article/a' && window.kept")
    reader.counted(1)
    assert reader.asked == ["/views"]


def test_what_was_looked_at_without_a_network_counts_when_there_is_one(reader: Reader) -> None:
    reader.page.add_init_script(STATE % ("hidden", "false"))
    reader.open()
    reader.page.context.set_offline(True)
    with reader.page.expect_event("requestfailed"):
        reader.became("visible")
    reader.page.context.set_offline(False)
    reader.counted(1)


def test_a_browser_too_old_to_post_asks_for_the_picture(reader: Reader) -> None:
    reader.page.add_init_script("delete window.fetch")
    reader.open()
    until(lambda: reader.log.views, "the view is taken")
    assert (reader.asked, len(reader.log.views)) == (["/v.gif"], 1)


def test_a_script_that_the_browser_cannot_read_takes_no_view_with_it(reader: Reader) -> None:
    unread: dict[str, Any] = {"body": "let a = b ?!. c;", "content_type": "text/javascript"}
    reader.page.route("**/static/remen.*.js", lambda route: route.fulfill(**unread))
    with reader.page.expect_event("pageerror"):
        reader.open()
    reader.counted(1)


def test_a_browser_that_a_program_drives_is_no_reader(reader: Reader) -> None:
    reader.page.add_init_script("Object.defineProperty(navigator, 'webdriver', {get: () => true})")
    with reader.page.expect_response("**/views") as answer:
        reader.open()
    assert (answer.value.status, reader.log.views) == (204, [])
