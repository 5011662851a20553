"""The hot lists: the merge, pins and bans, the sorted set, the desk's history, alarms, explanations."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rank.core.alarms import Bounds, judge
from services.rank.core.clock import DAY_MS
from services.rank.core.desk import Action, Desk, Kind, decode, encode, fold, in_force
from services.rank.core.lists import HotList, merge, sorted_set, written
from services.rank.core.position import Position
from services.rank.core.scores import Candidate, in_order
from shared.events import HotEntry, HotListChanged
from shared.topics import ARTICLES, VIEWS
from tests.builders import NOON_MS

candidates = st.lists(
    st.builds(
        Candidate,
        st.integers(0, 300).map(lambda n: f"a{n}"),
        st.integers(0, 3) | st.integers(0, 2**44),
        st.integers(0, 3),
        st.integers(0, 2),
    ),
    unique_by=lambda c: c.id,
    max_size=200,
)
actions = st.lists(
    st.builds(
        Action,
        st.sampled_from(["pinned", "banned"]),
        st.integers(0, 300).map(lambda n: f"a{n}"),
        st.sampled_from(["all", "section:体育"]),
        st.just("who"),
        st.just("why"),
        st.integers(0, 5),
        position=st.integers(1, 20),
    ),
    max_size=12,
    unique_by=lambda a: (a.article, a.scope),
).map(tuple)


@given(candidates, actions, st.integers(1, 12))
def test_a_list_is_the_best_of_its_candidates_with_pins_where_they_belong(
    found: list[Candidate], desk: Desk, partitions: int
) -> None:
    entries = merge([found[n::partitions] for n in range(partitions)], "all", desk)
    pins = {a.article for a in desk if a.kind == "pinned" and a.scope == "all"}
    bans = {a.article for a in desk if a.kind == "banned" and a.scope == "all"}
    by_id = {c.id: c for c in found}
    earned = [c for c in sorted(found, key=in_order) if c.score > 0 and c.id not in pins | bans]
    plain = [e.id for e in entries if not e.pinned]
    assert plain == [c.id for c in earned][: len(plain)]
    assert len(entries) == min(100, len(earned) + len(pins & by_id.keys() - bans))
    assert {e.id for e in entries if e.pinned} <= pins
    assert all(e.score == by_id[e.id].score for e in entries)


@given(candidates, actions)
def test_the_sorted_set_has_the_order_of_the_entries(found: list[Candidate], desk: Desk) -> None:
    entries = merge([found], "all", desk)
    members = sorted_set(entries)
    assert [member for member, _ in members] == [e.id for e in entries]
    assert all(before > after for (_, before), (_, after) in pairwise(members))
    for entry, (_, score) in zip(entries, members, strict=True):
        assert entry.pinned or entry.score <= score < entry.score + 1


def pin(article: str, position: int, at: int = 0) -> Action:
    return Action("pinned", article, "all", "who", "why", at, position=position)


def test_a_pin_stands_at_its_place_and_the_newer_of_two_first() -> None:
    found = [
        Candidate(name, score, 0, 0) for name, score in [("a", 9), ("b", 8), ("c", 7), ("p", 0), ("q", 99)]
    ]
    desk = (pin("p", 2), pin("q", 2, at=1))
    assert [e.id for e in merge([found], "all", desk)] == ["a", "q", "p", "b", "c"]
    assert [e.id for e in merge([found], "all", (pin("p", 50),))] == ["q", "a", "b", "c", "p"]


def test_a_document_parses_as_the_event_and_its_times_compare_as_texts() -> None:
    entries = (HotEntry(id="a", score=2**44, pinned=True),)
    document = HotList("section:体育", "24h", NOON_MS, entries).document()
    assert HotListChanged.model_validate_json(document).entries == entries
    assert json.loads(document)["as_of"] == "2026-11-15T12:00:00.000Z"
    assert "incomplete" not in json.loads(document)
    assert written(NOON_MS) < written(NOON_MS + 1) < written(NOON_MS + 1000)
    assert json.loads(HotList("all", "now", NOON_MS, (), incomplete=True).document())["incomplete"]


def add(desk: Desk, action: Action) -> Desk:
    return fold(desk, [(0, action)])[0]


def act(kind: Kind, at: int, scope: str = "all", until: int | None = None) -> Action:
    return Action(kind, "a", scope, "who", "why", at, until)


def test_the_latest_action_on_an_article_in_a_scope_decides_until_it_runs_out() -> None:
    desk: Desk = ()
    for action in (act("pinned", 10), act("banned", 20, until=50), act("banned", 30, "section:体育")):
        desk = add(desk, action)
    assert [a.kind for a in in_force(desk, 15)] == ["pinned"]
    assert [a.kind for a in in_force(desk, 25)] == ["banned"]
    assert [(a.kind, a.scope) for a in in_force(desk, 50)] == [("banned", "section:体育")]
    desk = add(desk, act("released", 60, "section:体育"))
    assert in_force(desk, 60) == ()
    assert decode(encode(desk)) == desk


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["pinned", "banned", "released"]),
            st.integers(-5, 4 * DAY_MS),
            st.none() | st.integers(0, 20 * DAY_MS),
        ),
        max_size=12,
    ),
    st.integers(0, 6 * DAY_MS),
)
def test_forgetting_old_actions_changes_no_list_of_the_last_days(
    drawn: list[tuple[Kind, int, int | None]], back: int
) -> None:
    clock = 0
    pruned: Desk = ()
    everything: Desk = ()
    for kind, later, until in drawn:
        clock += later
        action = act(kind, clock, until=until)
        pruned, everything = add(pruned, action), (*everything, action)
    moment = clock - back
    assert in_force(pruned, moment) == in_force(everything, moment)


AT = Position(next={VIEWS.name: 10, ARTICLES.name: 10}, at={VIEWS.name: 500, ARTICLES.name: 500})


@pytest.mark.parametrize(
    ("bounds", "alarm", "offset"),
    [
        (Bounds(0, 10, (9, 500)), None, 10),
        (Bounds(0, 12, (7, 500)), None, 10),
        (Bounds(10, 12, (11, 600)), None, 10),
        (Bounds(12, 14, (12, 600)), "log_start_after_position", 12),
        (Bounds(0, 9, (8, 500)), "log_recreated", 10),
        (Bounds(0, 0, None), "log_recreated", 10),
        (Bounds(0, 12, None), "log_recreated", 10),
        (Bounds(0, 12, (0, 900)), "log_recreated", 10),
        (Bounds(0, 12, (11, 900)), "log_recreated", 10),
    ],
)
def test_a_log_that_is_not_the_one_that_was_counted_is_refused(
    bounds: Bounds, alarm: str | None, offset: int
) -> None:
    verdict = judge(VIEWS.name, AT, bounds)
    assert (verdict.alarm, verdict.offset) == (alarm, offset)


@pytest.mark.parametrize("found", [None, (11, 900)])
def test_compaction_may_have_removed_the_last_record_applied(found: tuple[int, int] | None) -> None:
    assert judge(ARTICLES.name, AT, Bounds(0, 12, found)).alarm is None


def test_a_topic_never_read_begins_where_its_log_begins() -> None:
    assert judge(VIEWS.name, Position(), Bounds(5, 9, None)) == (5, None)
