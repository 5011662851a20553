"""The desk on a real Kafka and a real Redis: every action shows, and has its limits."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from shared import wire
from shared.events import Arrival, HotBanned, HotPinned, HotReleased
from shared.topics import ARTICLES
from tests.builders import withdrawn
from tests.foreign import until
from tests.integration.rank.workers import Rank

SAID: Final = {"who": "编辑", "why": "要闻"}


def place(rank: Rank, article: str, scope: str = "all") -> int:
    """Give the place of an article in the list of the hour, 0 if it has none."""
    ids = list(rank.scores("now", scope))
    return ids.index(article) + 1 if article in ids else 0


@pytest.mark.parametrize("position", [1, 2, 3])
def test_a_pin_stands_at_its_position_until_it_is_released(rank: Rank, article: str, position: int) -> None:
    for name, readers in (("first", 9), ("second", 8), ("third", 7)):
        rank.press.article(f"{article}-{name}", section=article[-9:])
        rank.press.views(f"{article}-{name}", list(range(readers)))
    rank.press.article(article, section=article[-9:])
    rank.press.flush()
    scope = f"section:{article[-9:]}"
    rank.until_scores({f"{article}-third": 7}, list_name="now", scope=scope)
    rank.press.desk(HotPinned(article=article, scope=scope, position=position, **SAID))
    rank.press.flush()
    until(lambda: place(rank, article, scope) == position, "the pin is at its place")
    rank.press.desk(HotReleased(article=article, scope=scope, **SAID))
    rank.press.flush()
    until(lambda: not place(rank, article, scope), "unread, it is gone again")


def test_a_ban_in_a_section_is_none_in_the_whole_list(rank: Rank, article: str) -> None:
    section = article[-9:]
    rank.press.article(article, section=section)
    rank.press.view(article, "anna")
    rank.press.flush()
    rank.until_scores({article: 1}, list_name="now", scope=f"section:{section}")
    rank.press.desk(HotBanned(article=article, scope=f"section:{section}", **SAID))
    rank.press.flush()
    until(lambda: not place(rank, article, f"section:{section}"), "the ban holds")
    assert place(rank, article)


def test_a_pin_that_a_paused_ingest_writes_behind_its_release_does_not_hold(rank: Rank, article: str) -> None:
    # in a section of its own: of two pins for one place the newer has it, and this one is dated 1970
    section = article[-9:]
    scope = f"section:{section}"
    pin = HotPinned(article=article, scope=scope, **SAID)
    release = HotReleased(article=article, scope=scope, **SAID)
    first, second = (Arrival(1000 + n, wire.partition_for(article), n) for n in (1, 2))
    rank.press.article(article, section=section)
    rank.press.desk(pin, first)
    rank.press.flush()
    until(lambda: place(rank, article, scope) == 1, "the pin leads")
    before = rank.metric(rank.workers[0], "remen_rank_desk_old_total")
    rank.press.desk(release, second)
    rank.press.desk(pin, first)
    rank.press.flush()
    until(lambda: not place(rank, article, scope), "it is released")
    until(lambda: rank.metric(rank.workers[0], "remen_rank_desk_old_total") == before + 1, "it is told")
    assert not place(rank, article, scope)


def test_a_pin_ends_when_it_was_to_end(rank: Rank, article: str) -> None:
    rank.press.article(article)
    ends = datetime.now(UTC) + timedelta(seconds=3)
    rank.press.desk(HotPinned(article=article, until=ends, **SAID))
    rank.press.flush()
    until(lambda: place(rank, article) == 1, "the pin leads")
    until(lambda: not place(rank, article), "it has run out")
    assert datetime.now(UTC) >= ends


@pytest.mark.parametrize(
    "changes",
    [
        {"sponsored": True},
        {"sensitive": True},
        {"embargo_until": datetime.now(UTC) + timedelta(hours=1)},
        {"expires_at": datetime.now(UTC) - timedelta(hours=1)},
        None,
    ],
    ids=["sponsored", "sensitive", "embargoed", "expired", "unknown"],
)
def test_no_pin_and_no_crowd_makes_an_ineligible_article_hot(
    rank: Rank, article: str, changes: dict[str, Any] | None
) -> None:
    if changes is not None:
        rank.press.article(article, **changes)
    rank.press.views(article, list(range(500)))
    rank.press.desk(HotPinned(article=article, **SAID))
    witness = f"{article}-witness"
    rank.press.article(witness)
    rank.press.flush()
    # behind the pin of the other in the log of the desk, so both are known when this one shows
    rank.press.desk(HotPinned(article=witness, **SAID))
    rank.press.flush()
    until(lambda: place(rank, witness) == 1, "the witness is pinned")
    assert not place(rank, article)
    rank.press.desk(HotReleased(article=witness, **SAID))


def test_a_pinned_article_that_is_withdrawn_leaves_the_lists(rank: Rank, article: str) -> None:
    rank.press.article(article)
    rank.press.desk(HotPinned(article=article, **SAID))
    rank.press.flush()
    until(lambda: place(rank, article) == 1, "the pin leads")
    mark = withdrawn(article, second=9)
    rank.press.event(ARTICLES.name, mark, f"{article}#withdrawn", wire.partition_for(article))
    rank.press.flush()
    until(lambda: not place(rank, article), "it is gone")
