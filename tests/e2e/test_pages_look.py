"""How pages look and behave in a reader's hands.

On every width, in the reader's own colours, with large letters, by keyboard, while pictures fail, and while
the hot list changes under what is read.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, Page, Request, Route

from tests.builders import sent_article
from tests.real import Site

PICTURES: Final = "https://pictures.example"
DRAWN: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"><path fill="#89a" d="M0 0h3v2H0z"/></svg>'
)
WITHOUT_END: Final = "https://library.example/" + "catalogue-" * 15
LONG_SECTION: Final = "这是一个有二十个字那么长的栏目名称真的有"


def picture(name: str, **more: Any) -> dict[str, Any]:
    return {"url": f"{PICTURES}/{name}.svg", "caption": "柚木柜台。(图:热门资料照)" * 4} | more


SENT: Final = [
    sent_article(
        "everything",
        title="【河城纪事】 旧邮局改成图书馆 周日开放",
        byline="记者 苏明月",
        body="(河城15日讯)河城旧邮局改建的图书馆周日开放。\n" + "第二段,说的还是图书馆。" * 40,
        picture=picture("hall", width=1200, height=800),
        correction="旧邮局建于1926年。",
        tags=["图书馆", "古迹"],
        source="热门",
    ),
    sent_article("title-of-200", title="字" * 200, picture=picture("desk")),
    sent_article("address", title=f"长地址 {WITHOUT_END}", body=f"{WITHOUT_END}\n完。", byline="记者" * 20),
    sent_article("section-of-20", title="栏目名很长", section=LONG_SECTION, body="短短一段。"),
    sent_article(
        "english", title="Donaudampfschifffahrtsgesellschaft", language="en", body="In English. " * 9
    ),
    sent_article("failing", picture=picture("none", width=1200, height=800, alt="码头上的渡轮")),
    sent_article("failing-in-silence", picture=picture("none", width=1200, height=800)),
    sent_article(
        "table",
        format="html",
        body="<p>首段。</p><table><tr>"
        + "<th>很长的标题</th>" * 7
        + "</tr><tr>"
        + "<td>1,820</td>" * 7
        + "</tr></table>",
    ),
]
PATHS: Final = [
    *(f"/article/{sent['id']}" for sent in SENT),
    *("/", "/zh-hant/", "/zh-hant/article/everything", "/hot", f"/section/{LONG_SECTION}", "/section/地方"),
    *("/series/河城纪事", "/search?q=图书馆", "/search?q=", "/not-here"),
]


@pytest.fixture(scope="module")
def address(whole_site: Site) -> str:
    """Publish one article of every difficult kind; give the site's address."""
    return whole_site.publish(*SENT)


@contextmanager
def reader(browser: Browser, **wishes: Any) -> Iterator[tuple[Page, list[str]]]:
    """Give a page in a reader's browser, whose pictures are drawn here; and a list of all that went wrong."""
    context = browser.new_context(**wishes)
    page = context.new_page()
    wrong: list[str] = []

    def draw(route: Route) -> None:
        found = not route.request.url.endswith("none.svg")
        route.fulfill(status=200 if found else 404, content_type="image/svg+xml", body=DRAWN if found else "")

    def asked(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", PICTURES)):
            wrong.append(f"asked {request.url}")

    page.route(f"{PICTURES}/**", draw)
    page.on("request", asked)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    try:
        yield page, wrong
    finally:
        context.close()


SHIFT: Final = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(seen => seen.getEntries().forEach(one => { sum += one.value }))
    .observe({type: 'layout-shift', buffered: true});
  scrollTo(0, document.body.scrollHeight);
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_hangs_over_nothing_shifts_and_nobody_else_is_asked(
    browser: Browser, address: str, width: int
) -> None:
    with reader(browser, viewport={"width": width, "height": 900}) as (page, wrong):
        for path in PATHS:
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.evaluate(SHIFT) == 0, path
        assert not wrong


@pytest.mark.parametrize("width", [390, 1280])
def test_letters_twice_as_large_still_fit(browser: Browser, address: str, width: int) -> None:
    with reader(browser, viewport={"width": width, "height": 900}, bypass_csp=True) as (page, _):
        for path in PATHS:
            page.goto(address + path)
            page.add_style_tag(content="html{font-size:200%!important}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_in_the_readers_own_colours_ranks_corrections_and_drawn_marks_are_still_seen(
    browser: Browser, address: str
) -> None:
    look = """([selector, pseudo, property]) =>
        getComputedStyle(document.querySelector(selector), pseudo)[property]"""
    with reader(browser, forced_colors="active", color_scheme="dark") as (page, _):
        page.goto(f"{address}/article/everything")
        ground = page.evaluate(look, ["body", None, "backgroundColor"])
        ink = page.evaluate(look, ["h1", None, "color"])
        assert ink != ground
        assert page.evaluate(look, [".ranks li", "::before", "color"]) == ink
        assert page.evaluate(look, ["figcaption", "::before", "backgroundColor"]) == ink
        correction = page.evaluate(look, [".correction", None, "borderLeftWidth"])
        assert float(correction.removesuffix("px")) >= 3
        assert page.evaluate(look, [".hot .more", None, "borderTopStyle"]) == "solid"
        page.keyboard.press("Tab")
        assert page.evaluate(look, [":focus", None, "outlineStyle"]) == "solid"


def test_nothing_moves_by_itself(browser: Browser, address: str) -> None:
    with reader(browser, reduced_motion="reduce") as (page, _):
        page.goto(f"{address}/article/everything")
        page.locator(".hot .more").first.hover()
        assert page.evaluate("document.getAnimations().length") == 0


def test_the_first_key_leads_past_the_masthead(browser: Browser, address: str) -> None:
    with reader(browser) as (page, _):
        page.goto(address)
        skip = page.locator(".skip")
        assert _box(page, ".skip")["width"] <= 1
        page.keyboard.press("Tab")
        assert skip.evaluate("one => one === document.activeElement")
        assert _box(page, ".skip")["width"] > 60
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_picture_that_fails_leaves_its_place_and_the_sections_character(
    browser: Browser, address: str, scripts: bool
) -> None:
    with reader(browser, viewport={"width": 390, "height": 900}, java_script_enabled=scripts) as (page, _):
        page.goto(f"{address}/article/failing")
        box = _box(page, "figure img")
        assert box["height"] == pytest.approx(box["width"] * 800 / 1200, abs=1)
        if scripts:
            page.goto(f"{address}/article/failing-in-silence")
            page.locator("figure img").wait_for(state="hidden")
        page.goto(f"{address}/section/地方")
        tile = page.locator('.card .more[href="/article/failing"]')
        tile.scroll_into_view_if_needed()
        box = _of(tile.bounding_box())
        assert box["height"] == pytest.approx(box["width"] * 2 / 3, abs=1)
        assert tile.get_attribute("data-tile") == "地"
        # what is seen there is what would be seen without a picture: no frame, no mark of a browser's own
        seen = tile.screenshot()
        tile.locator("img").evaluate("picture => picture.remove()")
        assert tile.screenshot() == seen


def test_a_new_list_moves_nothing_that_is_read_and_is_told_once(browser: Browser, address: str) -> None:
    with reader(browser, viewport={"width": 1280, "height": 700}) as (page, wrong):
        page.clock.install()
        page.goto(f"{address}/article/everything")
        known = httpx.get(f"{address}/hot.json?article=everything").json()
        now = dict(known)
        page.route("**/hot.json*", lambda route: route.fulfill(json=now))
        told = page.get_by_role("status")
        before = _box(page, "article p")

        for turn in range(3):
            now["html"] = _turned(known["html"], turn + 1)
            first = re.search(r'<h3 class="title"><a [^>]*href="([^"]*)"', now["html"])
            assert first is not None
            page.clock.fast_forward(20_000)
            page.locator(f'.hot li:first-child .title a[href="{first[1]}"]').wait_for()
            if turn == 0:
                assert told.inner_text() == page.locator(".hot h2").inner_text() + "已更新"
                page.clock.fast_forward(15_000)
            assert turn == 0 or told.inner_text() == ""
        assert _box(page, "article p") == before
        assert page.evaluate(SHIFT) == 0

        page.locator(".hot .title a").first.focus()
        now["html"] = known["html"]
        with page.expect_response("**/hot.json*"):
            page.clock.fast_forward(20_000)
        assert page.evaluate("document.activeElement.closest('.hot') !== null")
        assert not wrong


def _turned(html: str, by: int) -> str:
    """Give the list with its entries in another order."""
    entries = re.findall(r"<li.*?</li>", html, re.DOTALL)
    assert len(entries) > by
    return html.replace("".join(entries), "".join(entries[by:] + entries[:by]))


def _box(page: Page, selector: str) -> dict[str, float]:
    return _of(page.locator(selector).first.bounding_box())


def _of(box: Any) -> dict[str, float]:
    assert box is not None
    return dict(box)
