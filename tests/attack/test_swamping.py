"""One article, however large its texts in the log are, takes no more of the others' pages than any other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from services.render.core.articles.stories import CAPTION_CHARACTERS, cut
from services.render.core.pages.editions import SECTIONS
from services.render.core.pages.page import Page
from shared.blocks import Paragraph, Picture, PictureBlock, Rendition
from shared.events import ArticlePublished
from tests.attack.rounds import ROUNDS
from tests.attack.waiting import outcome
from tests.builders import published
from tests.unit.render.folded import Folded
from tests.unit.render.press import Press

LENGTH: Final = min(100_000 * ROUNDS, 300_000)
"""Five times what any page may be; in the long form all that fits into a message."""
HUGE: Final = "字" * LENGTH
LARGEST_PAGE: Final = 60_000
"""Bytes of a page that holds one such article; an ordinary one has 20,000 to 30,000."""
LARGEST_FEED: Final = 120_000


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    """Give pages of articles whose every text that may be long is of some hundred KB."""
    made = Press(Folded(tmp_path_factory.mktemp("swamped")))
    for number, (field, value) in enumerate(huge().items()):
        article = published(f"huge-{number}", second=number, **{field: value})
        made.fold(article)
    made.fold(published("b"))
    made.index_all()
    made.read(now=[f"huge-{number}" for number in range(len(huge()))])
    yield made
    made.close()
    made.folded.store.close()


def picture(**changes: Any) -> Picture:
    return Picture(**{"url": "https://p.example/1.jpg", "width": 1200, "height": 800} | changes)


def huge() -> dict[str, Any]:
    long_url = "https://p.example/" + "a" * 3 * LENGTH
    renditions = tuple(Rendition(url=f"https://p.example/{n}.jpg", width=n) for n in range(1, 9000))
    return {
        "byline": HUGE,
        "source": HUGE,
        "correction": HUGE,
        "uri": HUGE,
        "series": HUGE,
        "tags": (HUGE, *(f"标签{n}" for n in range(9000))),
        "pictures": (picture(caption=HUGE, alt=HUGE, credit=HUGE),),
        "blocks": (
            PictureBlock(picture=picture(url=long_url, caption=HUGE, renditions=renditions)),
            Paragraph(text="\u0301" * LENGTH),
        ),
    }


def pages(press: Press) -> dict[str, Page | None]:
    found: dict[str, Page | None] = {}
    for script, one in press.in_script.items():
        now = press.now
        found |= {
            f"{script} home": one.home(now),
            f"{script} beside": one.article("b", now),
            f"{script} section": one.section("地方", None, now),
            f"{script} hot": one.hot("now", now),
            f"{script} hot.json": one.hot_json("b", now),
            f"{script} search": outcome(press.search.page(script, "旧邮局", "1", now)),
            f"{script} missing": one.missing(now),
            f"{script} sitemap": outcome(press.sitemaps.page("sitemap-pages-1.xml", script, now)),
        }
    return found


def test_no_page_of_others_grows(press: Press) -> None:
    sizes = {name: page and page.size for name, page in pages(press).items()}
    assert {name: size for name, size in sizes.items() if not size or size > LARGEST_PAGE} == {}


def test_no_feed_grows(press: Press) -> None:
    for script, feeds in press.feeds.items():
        for form in ("xml", "atom", "json"):
            page = feeds.feed(form, None, press.now)
            assert page is not None
            assert page.size < LARGEST_FEED, (script, form)


def test_the_head_of_its_own_page_is_bounded(press: Press) -> None:
    for number in range(len(huge())):
        page = press.article(f"huge-{number}")
        assert page is not None
        assert page.body.index(b"</head>") < LARGEST_PAGE, number


@pytest.mark.parametrize("field", ["title", "section"])
def test_what_no_publisher_may_send_is_passed_over(tmp_path: Path, field: str) -> None:
    """A record with such a title was written by something else; it is in no list and has no page."""
    press = Press(Folded(tmp_path))
    forged = ArticlePublished.model_construct(**(dict(published("forged")) | {field: HUGE}))
    press.fold(forged, published("b"))
    assert press.article("forged") is None
    assert press.article("b") is not None
    press.close()
    press.folded.store.close()


def test_many_sections_do_not_fill_the_masthead(tmp_path: Path) -> None:
    press = Press(Folded(tmp_path))
    press.fold(*(published(f"s-{n}", section=f"版{n:04}") for n in range(2000)), published("b"))
    page = press.article("b")
    assert page is not None
    assert page.body.count(b'<li><a href="/section/') == SECTIONS
    assert "地方".encode() in page.body, "those whose order is set are first"
    assert press.pages.home(press.now).body.count(b'class="band"') <= SECTIONS
    press.close()
    press.folded.store.close()


def test_a_text_is_cut_between_graphemes() -> None:
    family = "👨‍👩‍👧"
    assert cut("甲" * 10, 10) == "甲" * 10
    assert cut("甲" * 11, 10) == "甲" * 10 + "…"
    assert cut(family * 3, 12) == family * 2 + "…"
    assert cut("e" + "\u0301" * 900_000, 10) == "…"
    assert len(cut(HUGE, CAPTION_CHARACTERS)) == CAPTION_CHARACTERS + 1
