"""What the desk features stands in its slot, if it may be shown; else, and afterwards, the newest does."""

import re
from datetime import timedelta
from typing import Any

import pytest

from shared.articles import ArticleEvent
from shared.events import FrontFeatured, FrontReleased
from tests.builders import NOON, published, reinstated, withdrawn
from tests.unit.render.press import Press

SAID: dict[str, Any] = {"who": "desk", "why": "要闻"}


def feature(article: str, slot: str = "lead", **changes: Any) -> FrontFeatured:
    return FrontFeatured(article=article, slot=slot, **SAID, **changes)


def release(article: str, slot: str = "lead") -> FrontReleased:
    return FrontReleased(article=article, slot=slot, **SAID)


def some(count: int = 6, section: str = "地方", prefix: str = "a") -> list[ArticleEvent]:
    """Give articles of which a0 is the newest."""
    return [
        published(f"{prefix}{n}", section=section, published_at=NOON - timedelta(minutes=n))
        for n in range(count)
    ]


def leading(press: Press) -> list[str]:
    """Give the ids of the lead and of the seconds, in this order."""
    return shown(press.pages.home(press.now).body)[:3]


def of_section(press: Press, name: str = "地方", before: str | None = None) -> list[str]:
    page = press.pages.section(name, before, press.now)
    assert page is not None
    return shown(page.body)


def shown(body: bytes) -> list[str]:
    text = body.decode().partition("<main")[2]
    text = re.sub(r'<section class="hot".*?</section>', "", text, flags=re.DOTALL)
    return list(dict.fromkeys(re.findall(r'href="/article/([^"]+)"', text)))


def test_what_is_featured_leads_until_it_is_released(press: Press) -> None:
    press.fold(*some())
    assert leading(press) == ["a0", "a1", "a2"]
    press.feature(feature("a4"))
    assert leading(press) == ["a4", "a0", "a1"]
    press.feature(release("a4"))
    assert leading(press) == ["a0", "a1", "a2"]


def test_each_slot_has_its_own_and_nothing_stands_twice(press: Press) -> None:
    press.fold(*some())
    press.feature(feature("a0", "second-2"), feature("a5", "second-1"))
    assert leading(press) == ["a1", "a5", "a0"]
    press.feature(feature("a5"))
    assert leading(press) == ["a5", "a1", "a0"]
    press.feature(feature("a5", "second-2"))
    assert leading(press) == ["a5", "a0", "a1"]


def test_when_its_time_is_over_the_newest_takes_the_place_by_itself(press: Press) -> None:
    press.fold(*some())
    press.feature(feature("a3"))
    press.feature(feature("a4", until=NOON + timedelta(seconds=60)))
    press.later(seconds=59)
    assert leading(press)[0] == "a4"
    press.later(seconds=1)
    assert leading(press)[0] == "a0", "not the one that was there before"


@pytest.mark.parametrize(
    "gone",
    [
        published("a4", revision=1, expires_at=NOON - timedelta(minutes=1)),
        published("a4", revision=1, embargo_until=NOON + timedelta(hours=1)),
        published("a4", revision=1, sponsored=True, published_at=NOON - timedelta(minutes=4)),
        withdrawn("a4", second=1),
    ],
    ids=["expired", "embargoed", "sponsored", "withdrawn"],
)
def test_what_may_not_be_shown_does_not_lead(press: Press, gone: ArticleEvent) -> None:
    press.fold(*some())
    press.feature(feature("a4"), feature("a4", "section:地方"))
    assert (leading(press)[0], of_section(press)[0]) == ("a4", "a4")
    press.fold(gone)
    assert (leading(press)[0], of_section(press)[0]) == ("a0", "a0")


def test_what_expires_while_it_is_featured_goes_by_itself_and_what_is_embargoed_comes(press: Press) -> None:
    press.fold(*some())
    press.fold(
        published("old", published_at=NOON - timedelta(days=9), expires_at=NOON + timedelta(minutes=2))
    )
    press.fold(published("new", published_at=NOON, embargo_until=NOON + timedelta(minutes=2)))
    press.feature(feature("old"), feature("new", "second-1"))
    assert leading(press) == ["old", "a0", "a1"]
    press.later(minutes=2)
    assert leading(press)[:2] == ["a0", "new"]


def test_what_was_withdrawn_leads_again_when_it_is_published_again(press: Press) -> None:
    press.fold(*some())
    press.feature(feature("a4"))
    press.fold(withdrawn("a4", second=1), reinstated("a4", second=2))
    assert leading(press)[0] == "a0"
    press.fold(published("a4", second=3, revision=1, published_at=NOON - timedelta(minutes=4)))
    assert leading(press)[0] == "a4"


def test_a_section_has_it_first_on_its_first_page_alone_however_it_is_spelled(press: Press) -> None:
    press.fold(*some(30, section="国际"), *some(3, prefix="b"))
    natural = of_section(press, "国际")
    press.feature(feature("a25", "section:國際"))
    assert of_section(press, "国际") == ["a25", *natural]
    press.feature(feature("a7", "section:国际"))
    assert of_section(press, "国际") == ["a7", *(one for one in natural if one != "a7")]
    press.feature(feature("b1", "section:国际"))
    assert of_section(press, "国际") == natural, "it stands in another section"


def test_a_restarted_process_still_has_it(press: Press) -> None:
    press.fold(*some())
    press.feature(feature("a4"))
    again = Press(press.folded)
    assert leading(again)[0] == "a4"
    again.close()
