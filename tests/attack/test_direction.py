"""Characters that turn the direction of writing reorder nothing but the text that holds them."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from markupsafe import escape
from playwright.sync_api import Browser

from services.render.core.text.bidi import isolated, without_controls
from shared.blocks import Paragraph, Picture
from shared.events import ArticlePublished
from tests.attack.rounds import ROUNDS
from tests.attack.waiting import outcome
from tests.builders import published
from tests.unit.render.folded import Folded
from tests.unit.render.press import Press

CONTROLS: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
OVERRIDE: Final = "\u202e"
ESCAPING: Final = f"旧\u2069{OVERRIDE}txt.exe"
"""Ends an isolation that is not its own, and begins an override."""
HOSTILE: Final = (
    f"旧{OVERRIDE}gpj",
    ESCAPING,
    "\u2067旧",
    "旧\u2069\u2069",
    CONTROLS,
    "\u2068" * 200,
    "\u202b" * 200,
)


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    """Give pages of an article that is hostile in every field but its body, and of an ordinary one."""
    from_test = Press(Folded(tmp_path))
    from_test.fold(hostile(), published("b"))
    from_test.index_all()
    from_test.read(now=["a", "b"])
    yield from_test
    from_test.close()
    from_test.folded.store.close()


def hostile() -> ArticlePublished:
    picture = Picture(url="https://p.example/1.jpg", caption=ESCAPING, alt=ESCAPING, credit=ESCAPING)
    return published(
        "a",
        title=f"【{ESCAPING}】{ESCAPING}",
        series=ESCAPING,
        section=f"地{OVERRIDE}方",
        pictures=(picture, picture),
        byline=ESCAPING,
        source=ESCAPING,
        tags=(ESCAPING, OVERRIDE),
        correction=ESCAPING,
        blocks=(Paragraph(text="河城图书馆开放。"),),
    )


def test_no_page_is_reordered_by_any_field(press: Press) -> None:
    """Outside an isolation no such character stands, and every isolation that begins ends."""
    for name, body in pages(press).items():
        for line in body.splitlines():
            outside = re.sub(_ISOLATION, "", line)
            assert not set(outside) & set(CONTROLS), f"{name}: {line!r}"
    assert any(OVERRIDE in body for body in pages(press).values()), "as sent, but isolated"


def test_machines_are_told_texts_without_them(press: Press) -> None:
    for name, body in pages(press).items():
        told = body if "feed" in name or "sitemap" in name else "".join(_JSON_LD.findall(body))
        content = json.loads(body)["items"][0] if name.endswith(".json") and "feed" in name else None
        if content:
            told = "".join(str(value) for key, value in content.items() if key != "content_html")
        elif "feed" in name:
            told = re.sub("(?s)<content.*?</content", "", told)
        assert not set(told) & set(CONTROLS), name


def test_a_text_without_them_stands_as_it_was_sent() -> None:
    for text in ("", "旧邮局 (改成)图书馆", "שלום עולם", "a\u200e\u200fb\u200d", "【专栏】标题"):
        assert isolated(text) == without_controls(text) == text


def test_nothing_behind_a_hostile_text_moves(browser: Browser) -> None:
    """Chromium lays out what follows as if nothing had stood before it."""
    chance = random.Random(7)
    drawn = ["".join(chance.choices(CONTROLS + "aא1", k=12)) for _ in range(100 * ROUNDS)]
    texts = [*HOSTILE, *drawn]
    context = browser.new_context()
    page = context.new_page()
    page.set_content("".join(f"<p>{escape(isolated(t))}<b>abc 123 (x) 旧</b></p>" for t in texts))
    moved = page.evaluate(_OUT_OF_ORDER)
    page.set_content("".join(f"<p>{escape(t)}<b>abc 123 (x) 旧</b></p>" for t in texts))
    without = page.evaluate(_OUT_OF_ORDER)
    context.close()
    assert moved == []
    assert len(without) > 10, "it is no attack"


def pages(press: Press) -> dict[str, str]:
    found = {}
    for script, of_script in press.in_script.items():
        one, now = of_script, press.now
        made = {
            "home": one.home(now),
            "article": one.article("a", now),
            "section": one.section(f"地{OVERRIDE}方", None, now),
            "series": one.series(ESCAPING, None, now),
            "hot": one.hot("now", now),
            "hot.json": one.hot_json("b", now),
            "beside": one.article("b", now),
            "feed.xml": press.feeds[script].feed("xml", None, now),
            "feed.atom": press.feeds[script].feed("atom", f"地{OVERRIDE}方", now),
            "feed.json": press.feeds[script].feed("json", None, now),
            "search": outcome(press.search.page(script, "旧", "1", now)),
            "news-sitemap": outcome(press.sitemaps.page("news-sitemap.xml", script, now)),
        }
        for name, page in made.items():
            assert page is not None, name
            found[f"{script} {name}"] = page.body.decode()
    return found


_ISOLATION: Final = re.compile("\u2068[^\u2066-\u2069]*\u2069")
_JSON_LD: Final = re.compile('<script type="application/ld.json">(.*?)</script>')
_OUT_OF_ORDER: Final = """() => [...document.querySelectorAll('b')].filter(b => {
  const range = document.createRange(), node = b.firstChild, lefts = [];
  for (let i = 0; i < node.length; i++) {
    range.setStart(node, i); range.setEnd(node, i + 1);
    lefts.push(range.getBoundingClientRect().left);
  }
  return lefts.some((left, i) => i && left < lefts[i - 1]);
}).map(b => b.parentNode.innerHTML)"""
