"""相关报道: which of the same series and tags stand under an article, and when they change."""

import re
from datetime import timedelta
from typing import Any

import pytest

from services.render.core.articles.cursors import Place
from services.render.core.articles.related import ranked, topics_of
from services.render.core.pages.page import Page
from shared.articles import ArticleEvent
from tests.builders import NOON, published, withdrawn
from tests.unit.render.folded import Folded
from tests.unit.render.press import Press

OLD, NEW = Place(1, "old"), Place(2, "new")


def tagged(article_id: str, *tags: str, minutes: int = 0, **changes: Any) -> ArticleEvent:
    """Give an article of a section of its own, so that no card lists it."""
    at = NOON - timedelta(minutes=minutes)
    return published(article_id, section=f"栏{article_id}"[:20], tags=tags, published_at=at, **changes)


def newer(count: int = 7) -> list[ArticleEvent]:
    """Give so many newer articles that none older is among the six."""
    return [published(f"newer{n}", published_at=NOON + timedelta(seconds=n)) for n in range(count)]


def related(page: Page | None) -> list[str]:
    assert page is not None
    found = re.search(r'<section class="band related".*?</section>', page.body.decode(), re.DOTALL)
    return list(dict.fromkeys(re.findall(r'href="/article/([^"]+)"', found[0]))) if found else []


@pytest.mark.parametrize(
    ("topics", "order"),
    [
        ([("tag:桥", [OLD, NEW])], ["new", "old"]),
        ([("tag:桥", [NEW, OLD]), ("tag:河", [OLD])], ["old", "new"]),
        ([("series:桥", [OLD]), ("tag:桥", [NEW]), ("tag:河", [NEW])], ["old", "new"]),
        ([("series:桥", [OLD]), ("tag:a", [NEW]), ("tag:b", [NEW]), ("tag:c", [NEW])], ["new", "old"]),
        ([("tag:桥", [Place(1, "a"), Place(1, "b")])], ["b", "a"]),
        ([], []),
    ],
)
def test_a_series_is_three_tags_then_the_newer_goes_first(
    topics: list[tuple[str, list[Place]]], order: list[str]
) -> None:
    assert ranked(topics) == tuple(order)


def test_an_article_has_its_series_and_its_first_eight_tags_for_topics() -> None:
    tags = ("桥", "桥", *(f"标{n}" for n in range(9)), "长" * 201)
    assert topics_of(published(series="桥", tags=tags)) == (
        *("series:桥", "tag:桥"),
        *(f"tag:标{n}" for n in range(6)),
    )
    assert topics_of(published()) == ()


def test_up_to_four_stand_behind_the_cards_and_none_twice_on_the_page(press: Press) -> None:
    press.fold(
        *newer(),
        tagged("read", "桥", "河", series="旧城", title="【旧城】一"),
        tagged("one", "桥", minutes=1),
        tagged("two", "桥", "河", minutes=2),
        tagged("series", series="旧城", title="【旧城】二", minutes=3),
        tagged("three", "河", minutes=4),
        tagged("four", "河", minutes=5),
        tagged("none", "山"),
    )
    page = press.article("read")
    assert related(page) == ["series", "two", "one", "three"]
    assert page is not None
    text = page.body.decode()
    assert text.index('class="hot"') < text.index("related") < text.index('class="tags"')
    press.read(now=["two", "series"])
    assert related(press.article("read")) == ["one", "three", "four"]
    assert related(press.article("none")) == []


def test_what_is_gone_or_hidden_or_paid_for_is_not_recommended(press: Press) -> None:
    later = NOON + timedelta(minutes=1)
    press.fold(
        *newer(),
        tagged("read", "桥"),
        tagged("gone", "桥"),
        tagged("paid", "桥", sponsored=True),
        tagged("secret", "桥", embargo_until=later),
        tagged("short", "桥", expires_at=later),
    )
    assert related(press.article("read")) == ["short", "gone"]
    press.fold(withdrawn("gone", second=1))
    assert related(press.article("read")) == ["short"]
    press.now = later
    assert related(press.article("read")) == ["secret"]
    press.fold(tagged("secret", "山", second=1))
    assert related(press.article("read")) == []


def test_news_of_other_topics_leaves_the_page_the_same(press: Press) -> None:
    press.fold(*newer(), tagged("read", "桥"), tagged("one", "桥", minutes=1))
    first = press.article("read")
    press.fold(tagged("other", "山", minutes=1, sensitive=True))
    press.fold(published("newer0", second=1, published_at=NOON, tags=("山",)))
    assert related(press.article("read")) == related(first) == ["one"]
    press.fold(tagged("two", "桥", minutes=2, sensitive=True))
    assert related(press.article("read")) == ["one", "two"]


def test_the_store_knows_which_topics_change_and_reads_no_more_than_is_asked_for(folded: Folded) -> None:
    assert folded.fold(tagged("a", "桥", "河")).topics == {"tag:桥", "tag:河"}
    assert folded.fold(tagged("a", "河", "山", second=1)).topics == {"tag:桥", "tag:河", "tag:山"}
    assert folded.fold(tagged("a", second=0)).topics == frozenset()
    lifts = NOON + timedelta(minutes=1)
    folded.fold(*(tagged(f"b{n}", "山", minutes=n, embargo_until=lifts if n else None) for n in range(9)))
    store = folded.store
    assert [place.id for place in store.newest_of_topic("tag:山", NOON, 9)] == ["b0", "a"]
    assert [place.id for place in store.newest_of_topic("tag:山", lifts, 3)] == ["b0", "a", "b1"]
    assert store.timed_changes(NOON, lifts).topics == {"tag:山"}
    assert folded.fold(withdrawn("a", second=2)).topics == {"tag:河", "tag:山"}
    assert store.newest_of_topic("tag:河", NOON, 9) == []
