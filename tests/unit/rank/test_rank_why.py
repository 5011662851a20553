"""Why an article stands where it stands: what is told adds up to what the list counts."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rank.core import scores
from services.rank.core.buckets import counted
from services.rank.core.clock import BUCKET_MS, DAY_MS, WINDOWS, bucket_of, reading_day
from services.rank.core.desk import Action
from services.rank.core.facts import UNKNOWN, Facts, apply
from services.rank.core.fold import State
from services.rank.core.restore import numbered
from services.rank.core.why import Explanation, explain
from shared.events import LISTS, ListName
from tests.builders import NOON, NOON_MS, published, withdrawn
from tests.unit.rank.logs import HOME, ZONE

NOW = bucket_of(NOON_MS)
KNOWN = apply(UNKNOWN, published("a"))

_READERS = st.dictionaries(st.integers(NOW - 1000, NOW + 3), st.integers(0, 2**32 - 1))


def action(kind: Any, article: str = "a", scope: str = "all", position: int = 0) -> Action:
    return Action(kind, article, scope, "编辑", "要闻", NOON_MS, position=position)


def told(
    readers: dict[int, int], facts: Facts = KNOWN, list_name: ListName = "now", *desk: Action
) -> Explanation:
    return explain("a", list_name, NOON_MS, readers, facts, desk, NOON_MS, 30 * DAY_MS)


@given(_READERS, st.sampled_from(LISTS))
def test_the_parts_sum_to_the_score(readers: dict[int, int], list_name: ListName) -> None:
    answer = told(readers, KNOWN, list_name)
    in_window = {b: n for b, n in readers.items() if NOW - WINDOWS[list_name] < b <= NOW and n}
    assert answer.score == sum(part.points for part in answer.parts) == sum(in_window.values())
    assert all(part.points == part.readers * part.weight for part in answer.parts)
    beginnings = [part.bucket.timestamp() * 1000 for part in answer.parts]
    assert beginnings == [b * BUCKET_MS for b in sorted(in_window)]


@given(st.dictionaries(st.integers(NOW - 1000, NOW + 3), st.integers(1, 50)), st.sampled_from(LISTS))
def test_the_score_that_is_explained_is_the_score_in_the_list(
    readers: dict[int, int], list_name: ListName
) -> None:
    buckets = {b: counted(np.zeros(n, np.uint32)) for b, n in readers.items()}
    indexes, numbers = numbered({reading_day(b, ZONE): ["a"] for b in buckets})
    state = State(HOME, indexes=indexes, numbers=numbers, facts={"a": KNOWN}, buckets=buckets)
    tops = scores.tops(scores.ranking_of(state, NOW, ZONE), state, (), NOON_MS)
    listed = {c.id: c.score for c in tops.get(f"all:{list_name}", [])}
    assert listed.get("a", 0) == told(readers, KNOWN, list_name).score


@given(
    _READERS,
    st.sampled_from(LISTS),
    st.lists(
        st.builds(
            action,
            st.sampled_from(["pinned", "banned"]),
            st.sampled_from(["a", "another"]),
            st.sampled_from(["all", "section:体育"]),
            st.integers(1, 9),
        )
    ),
)
def test_one_sentence_and_every_desk_action_on_the_article(
    readers: dict[int, int], list_name: ListName, desk: list[Action]
) -> None:
    answer = told(readers, KNOWN, list_name, *desk)
    assert answer.sentence.count("。") == 1
    assert answer.sentence.endswith("。")
    assert str(answer.score or "还没有读者") in answer.sentence
    of_article = [a for a in desk if a.article == "a"]
    assert [(part.action, part.scope) for part in answer.desk] == [(a.kind, a.scope) for a in of_article]
    assert all((part.who, part.remark, part.why) == ("编辑", None, "要闻") for part in answer.desk)


def test_a_score_is_told_in_a_sentence() -> None:
    assert told({NOW: 300, NOW - 11: 12}).sentence == "过去60分钟有312位读者读了这篇。"
    assert told({}).sentence == "过去60分钟还没有读者读这篇。"
    assert told({NOW: 2}, KNOWN, "24h").sentence == "过去24小时读者读了这篇2次，每位读者每天只计一次。"
    pin, ban = action("pinned", position=1), action("banned")
    assert told({NOW: 2}, KNOWN, "now", pin).sentence == "过去60分钟有2位读者读了这篇，编辑部把它置顶。"
    assert told({NOW: 2}, KNOWN, "now", ban).sentence == "过去60分钟有2位读者读了这篇，但编辑部不让它上榜。"


def test_that_an_article_is_too_old_for_a_list_is_told_unless_the_desk_has_its_say() -> None:
    def sentence(days: int, *desk: Action) -> str:
        facts = apply(
            UNKNOWN, published("a", published_at=NOON - timedelta(days=days, milliseconds=days // 31))
        )
        return told({NOW: 2}, facts, "now", *desk).sentence

    assert sentence(30) == "过去60分钟有2位读者读了这篇。"
    assert sentence(31) == "过去60分钟有2位读者读了这篇，但它发布已超过30天，不再上榜。"
    assert sentence(31, action("pinned", position=1)).endswith("，编辑部把它置顶。")
    assert sentence(31, action("pinned", scope="section:地方", position=1)).endswith("，不再上榜。")
    assert sentence(31, action("banned")).endswith("，但编辑部不让它上榜。")


def test_an_article_before_its_time_is_known_to_be_one_that_nobody_may_know_of() -> None:
    later = apply(UNKNOWN, published("a", embargo_until=NOON.replace(year=2030)))
    assert later.embargoed(NOON_MS)
    assert not KNOWN.embargoed(NOON_MS)
    assert not UNKNOWN.embargoed(NOON_MS)
    assert not apply(later, withdrawn("a", second=9)).embargoed(NOON_MS), "the page says that it is gone"


@pytest.mark.parametrize(
    ("facts", "because"),
    [
        (UNKNOWN, "但它还没有发布"),
        (apply(KNOWN, withdrawn("a", second=9)), "但它已被撤下"),
        (apply(UNKNOWN, published("a", sponsored=True)), "但推广和敏感内容不上榜"),
        (apply(UNKNOWN, published("a", sensitive=True)), "但推广和敏感内容不上榜"),
        (apply(UNKNOWN, published("a", expires_at=NOON)), "但它已经过期"),
    ],
)
def test_what_keeps_an_article_out_is_told(facts: Facts, because: str) -> None:
    assert told({NOW: 2}, facts).sentence == f"过去60分钟有2位读者读了这篇，{because}。"
    assert not facts.may_be_hot(NOON_MS)
