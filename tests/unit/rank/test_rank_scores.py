"""Scores and bests of one partition."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rank.core.buckets import EMPTY, Bucket, added, counted, pack, unpack
from services.rank.core.clock import BUCKET_MS, bucket_of, reading_day, utc
from services.rank.core.desk import Action, Desk, Kind, decode, encode, parse
from services.rank.core.desk import fold as desk_fold
from services.rank.core.facts import FOREVER, Facts, apply
from services.rank.core.fold import State, fold
from services.rank.core.lists import merge_all
from services.rank.core.restore import numbered
from services.rank.core.scores import Candidate, Ranking, follow, in_order, ranking_of, slide, tops
from services.rank.core.seen import Seen, article_key, from_bytes, reader_key, to_bytes
from shared.events import LISTS, HotPinned
from shared.wire import TYPE_PREFIX
from tests.builders import NOON_MS, published, withdrawn
from tests.unit.rank.logs import (
    ARTICLE_IDS,
    HOME,
    RULES,
    ZONE,
    Appended,
    batch,
    columns,
    event_record,
    ids_of,
    readers_of,
)

A, B, C = ARTICLE_IDS[:3]
NOW = bucket_of(NOON_MS)


def state_of(reads: dict[str, list[int]], facts: dict[str, Facts]) -> State:
    """Give a state where each article was read once in each of these buckets before noon's."""
    names: dict[str, dict[str, int]] = {}
    buckets: dict[int, Bucket] = {}
    for name, ages in reads.items():
        for age in ages:
            of_day = names.setdefault(reading_day(NOW - age, ZONE), {})
            once = counted(np.array([of_day.setdefault(name, len(of_day))], np.uint32))
            buckets[NOW - age] = added(buckets.get(NOW - age, EMPTY), once)
    indexes, numbers = numbered({day: list(of_day) for day, of_day in names.items()})
    return State(HOME, indexes=indexes, numbers=numbers, facts=facts, buckets=buckets)


def known(**changes: Any) -> Facts:
    return apply(Facts(), published(A, **changes))


def bests(
    state: State, name: str = "all:now", desk: Desk = (), now_ms: int = NOON_MS, oldest_ms: int = -FOREVER
) -> list[Candidate]:
    return tops(ranking_of(state, NOW, ZONE), state, desk, now_ms, oldest_ms).get(name, [])


def action(kind: Kind, article: str, scope: str = "all", position: int = 1) -> Action:
    return Action(kind, article, scope, "who", "why", NOON_MS, position=position)


def test_a_window_is_the_bucket_of_as_of_and_those_before_it() -> None:
    state = state_of({A: [0, 11, 12, 287, 288, 863, 864]}, {A: known()})
    assert [bests(state, f"all:{name}")[0].score for name in LISTS] == [2, 4, 6]


def test_ties_go_to_the_last_day_then_the_newer_then_the_id() -> None:
    names = sorted(ARTICLE_IDS[:5])
    newer = known(published_at=utc(NOON_MS + 1))
    facts = dict.fromkeys(names, known()) | {names[3]: newer}
    reads = {names[0]: [0], names[1]: [0], names[2]: [0, 1], names[3]: [0], names[4]: [0, 20]}
    order = [c.id for c in bests(state_of(reads, facts))]
    assert order == [names[2], names[4], names[3], names[0], names[1]]


@pytest.mark.parametrize(
    "facts",
    [
        Facts(),
        known(sponsored=True),
        known(sensitive=True),
        known(embargo_until=utc(NOON_MS + 1)),
        known(expires_at=utc(NOON_MS)),
        apply(known(), withdrawn(A, second=9)),
    ],
    ids=["unknown", "sponsored", "sensitive", "embargoed", "expired", "withdrawn"],
)
def test_who_may_not_be_hot_is_not_even_when_pinned(facts: Facts) -> None:
    state = state_of({A: [0], B: [0]}, {A: facts, B: known()})
    assert [c.id for c in bests(state, desk=(action("pinned", A),))] == [B]


def test_an_embargo_lifts_by_time_alone() -> None:
    state = state_of({A: [0]}, {A: known(embargo_until=utc(NOON_MS))})
    assert bests(state, now_ms=NOON_MS - 1) == []
    assert [c.id for c in bests(state, now_ms=NOON_MS)] == [A]


def test_what_is_too_old_enters_no_list() -> None:
    state = state_of({A: [0], B: [0]}, {A: known(published_at=utc(NOON_MS - 1)), B: known(section="国际")})
    assert [c.id for c in bests(state)] == [B, A]
    assert [c.id for c in bests(state, oldest_ms=NOON_MS)] == [B]
    assert bests(state, "section:地方:3d", oldest_ms=NOON_MS) == []


def test_a_pin_puts_what_is_too_old_into_its_list_with_its_score() -> None:
    state = state_of({A: [0], B: [0]}, {A: known(published_at=utc(0)), B: known()})
    desk = (action("pinned", A),)
    assert [(c.id, c.score) for c in bests(state, desk=desk, oldest_ms=NOON_MS)] == [(B, 1), (A, 1)]
    assert [c.id for c in bests(state, "section:地方:now", desk, oldest_ms=NOON_MS)] == [B]


def test_each_section_has_its_own_bests() -> None:
    state = state_of({A: [0], B: [0, 1]}, {A: known(section="体育"), B: known(section="国际")})
    assert [c.id for c in bests(state)] == [B, A]
    assert [c.id for c in bests(state, "section:体育:now")] == [A]
    assert [c.id for c in bests(state, "section:国际:3d")] == [B]


def test_a_section_in_two_scripts_is_one_and_listed_under_each_spelling() -> None:
    facts = {A: known(section="国际"), B: known(section="國際"), C: known(section="體育")}
    state = state_of({A: [0], B: [0, 1], C: [0]}, facts)
    assert [c.id for c in bests(state, "section:国际:now")] == [B, A]
    desk = tuple(replace(one, scope="section:国际") for one in (action("banned", B), action("pinned", A)))
    made = tops(ranking_of(state, NOW, ZONE), state, desk, NOON_MS)
    assert [c.id for c in made["section:国际:now"]] == [A]
    # another partition, in which nobody has read what is spelled otherwise
    lists = merge_all([made, {"section:国际:now": [Candidate("z", 9, 9, 0)]}], desk)
    assert [(one.id, one.pinned) for one in lists["section:国际:now"]] == [(A, True), ("z", False)]
    assert lists["section:國際:now"] == lists["section:国际:now"]
    assert lists["section:體育:3d"] == lists["section:体育:3d"]
    assert {name for name in lists if name.endswith(":now")} == {
        f"{scope}:now" for scope in ("all", "section:国际", "section:國際", "section:体育", "section:體育")
    }


def test_the_desk_may_spell_a_section_either_way() -> None:
    pinned = action("pinned", A, "section:國際")
    history, _ = desk_fold((), [(0, pinned)])
    assert [one.scope for one in decode(encode(history))] == ["section:国际"]
    event = HotPinned(article=A, scope="section:國際", position=1, who="w", why="y")
    parsed = parse(f"{TYPE_PREFIX}HotPinned", event.model_dump_json().encode(), {}, NOON_MS)
    assert parsed is not None
    assert parsed.scope == "section:国际"


def test_bans_and_pins_hold_in_their_scope() -> None:
    state = state_of({A: [0], B: []}, {A: known(), B: known(), C: known(section="国际")})
    desk = (action("banned", A), action("pinned", B), action("pinned", C, "section:国际"))
    assert [(c.id, c.score) for c in bests(state, desk=desk)] == [(B, 0)]
    assert [c.id for c in bests(state, "section:地方:now", desk)] == [A]
    assert [c.id for c in bests(state, "section:国际:now", desk)] == [C]


def test_the_best_hundred_are_exact_with_many_ties_and_bans() -> None:
    names = ids_of(HOME, 300)
    state = state_of(
        {name: [0] * (1 + i // 120) for i, name in enumerate(names)}, dict.fromkeys(names, known())
    )
    desk = tuple(action("banned", name) for name in names[250:260])
    free = [
        Candidate(n, 1 + i // 120, 1 + i // 120, NOON_MS) for i, n in enumerate(names) if not 250 <= i < 260
    ]
    assert bests(state, desk=desk) == sorted(free, key=in_order)[:100]


rows = st.lists(
    st.tuples(
        st.sampled_from(ARTICLE_IDS), st.integers(0, 30), st.integers(NOON_MS - 600_000, NOON_MS + 60_000)
    ),
    min_size=1,
    max_size=10,
)


@given(st.lists(st.tuples(rows, st.integers(0, 700)), min_size=1, max_size=8))
def test_running_sums_are_the_sums(parts: list[tuple[list[tuple[str, int, int]], int]]) -> None:
    state = State(HOME)
    ranking = ranking_of(state, NOW, ZONE)
    clock = NOON_MS
    for offset, (part, later) in enumerate(parts):
        clock += later * BUCKET_MS
        value = columns([(name, reader, at - NOON_MS + clock) for name, reader, at in part])
        text = event_record(offset, published(part[0][0]), part[0][0], clock)
        state, effects = fold(state, batch([Appended(offset, clock, value)], [text]), RULES)
        ranking = slide(follow(ranking, state, effects), state, bucket_of(clock))
        assert contents(ranking) == contents(ranking_of(state, bucket_of(clock), ZONE))
        # of what was viewed on days that are over, nothing is left
        assert {*state.indexes} == {name for name, _ in readers_of(state)}


def test_what_was_read_on_no_day_that_is_kept_makes_room_and_the_others_keep_what_they_have() -> None:
    texts = [
        event_record(n, published(name, section=name, published_at=utc(NOON_MS - n)), name)
        for n, name in enumerate((A, B, C))
    ]
    state, _ = fold(State(HOME), batch(articles=texts), RULES)
    ranking = ranking_of(state, NOW, ZONE)
    gone = 0
    for step in range(8):
        clock = NOON_MS + step * 36 * 3_600_000
        # the first day alone has A; C comes with the record that ends that day
        rows = [(name, step, clock) for name in ({A, B} if not step else {B, C} if step > 5 else {B})]
        state, effects = fold(state, batch([Appended(step, clock, columns(rows))]), RULES)
        ranking = slide(follow(ranking, state, effects), state, bucket_of(clock))
        assert contents(ranking) == contents(ranking_of(state, bucket_of(clock), ZONE))
        gone += effects.left is not None and A not in state.indexes
    assert gone
    assert {*state.indexes} == {B, C}


def contents(ranking: Ranking) -> tuple[object, ...]:
    sections = [ranking.sections[code] for code in ranking.section]
    columns = (ranking.published, ranking.begins, ranking.ends, *ranking.sums.values())
    return list(ranking.indexes), ranking.end, sections, [column.tolist() for column in columns]


def test_windows_may_jump_back() -> None:
    state = state_of({A: [0, 5, 400]}, {A: known()})
    ranking = ranking_of(state, NOW, ZONE)
    for end in (NOW - 3, NOW - 900, NOW + 2000, NOW):
        ranking = slide(ranking, state, end)
        assert contents(ranking) == contents(ranking_of(state, end, ZONE))


def test_packing_keeps_a_bucket() -> None:
    bucket = counted(np.array([7, 3, 7, 2**32 - 1], np.uint32))
    read = unpack(pack(bucket))
    assert (read.numbers.tolist(), read.readers.tolist()) == ([3, 7, 2**32 - 1], [1, 2, 1])
    assert [read.readers_of(number) for number in (3, 7, 8)] == [1, 2, 0]
    assert read.total() == 4


@given(st.lists(st.sets(st.integers(0, 2**64 - 1)), max_size=8), st.sets(st.integers(0, 2**64 - 1)))
def test_seen_is_a_set(parts: list[set[int]], asked: set[int]) -> None:
    seen, reference = Seen(), set[int]()
    for part in parts:
        fresh = np.array(sorted(part - reference), np.uint64)
        seen, reference = seen.add(fresh), reference | part
    assert len(seen) == len(reference)
    questions = sorted(asked | reference)
    expected = [q in reference for q in questions]
    assert seen.has(np.array(questions, np.uint64)).tolist() == expected
    shuffled = np.array_split(np.array(list(reference), np.uint64), 3)
    read = from_bytes([to_bytes(part) for part in shuffled], len(reference))
    assert read.has(np.array(questions, np.uint64)).tolist() == expected


def test_hashes_are_alike_in_every_process() -> None:
    assert article_key("harbour-library") == 4049180619715749283
    assert reader_key("anna") == 6542519432530208812
