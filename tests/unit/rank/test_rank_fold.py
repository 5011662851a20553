"""The fold of a log: the same however it is cut, restarted, repeated and rolled back."""

from collections import defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rank.core import layout, turn
from services.rank.core.clock import DAY_MS, bucket_of, oldest_kept_day, reading_day, utc
from services.rank.core.fold import Batch, State, fold
from services.rank.core.records import parse
from services.rank.core.restore import TornError
from shared.events import HotBanned, HotPinned, View, ViewsSeen, at_ms
from shared.topics import ARTICLES, DESK, VIEWS
from tests.builders import NOON_MS, published, withdrawn
from tests.unit.rank.logs import (
    ARTICLE_IDS,
    HOME,
    LIMITS,
    RULES,
    ZONE,
    Appended,
    batch,
    columns,
    event_record,
    plain,
    readers_of,
    views_log,
)
from tests.unit.rank.machine import Machine
from tests.unit.rank.simulated import SimulatedStore

A, B = ARTICLE_IDS[:2]
DAY = reading_day(bucket_of(NOON_MS), ZONE)

# a day before noon, so that some logs cross 04:00 and views fall on two reading days
_STEPS_MS = st.integers(0, 4 * 3_600_000)


@st.composite
def logs(draw: st.DrawFn) -> list[Appended]:
    """Give logs of plain views and batches, few readers and articles, so that most repeat."""
    clock = NOON_MS
    records = []
    for offset in range(draw(st.integers(1, 12))):
        clock += draw(_STEPS_MS)
        rows = draw(
            st.lists(
                st.tuples(
                    st.sampled_from(ARTICLE_IDS[:4]),
                    st.integers(0, 5),
                    st.integers(clock - 700_000, clock + 70_000),
                ),
                min_size=1,
                max_size=8,
            )
        )
        value = columns(rows) if draw(st.booleans()) else plain(rows[0][0], str(rows[0][1]), rows[0][2])
        records.append(Appended(offset, clock, value))
    return records


def oracle(records: Sequence[Appended]) -> dict[tuple[str, int], int]:
    """Count (article, bucket) naively, by the words of the design."""
    counted: set[tuple[str, str, str]] = set()
    counts: dict[tuple[str, int], int] = defaultdict(int)
    for record in records:
        views = parse(record.value)
        if isinstance(views, View):
            rows = [(views.article, f"plain {views.reader}", at_ms(views.at))]
        else:
            assert isinstance(views, ViewsSeen)
            names = [views.articles[i] for i in views.article]
            rows = list(zip(names, map(str, views.reader), views.at, strict=True))
        for article, reader, at in rows:
            if record.timestamp - LIMITS.late_ms <= at <= record.timestamp + LIMITS.ahead_ms:
                bucket = bucket_of(min(at, record.timestamp))
                mark = (article, reader, reading_day(bucket, ZONE))
                counts[article, bucket] += mark not in counted
                counted.add(mark)
    oldest = oldest_kept_day(records[-1].timestamp, ZONE)
    return {at: n for at, n in counts.items() if n and reading_day(at[1], ZONE) >= oldest}


@given(logs())
def test_one_reader_one_article_one_reading_day_is_one_view(records: list[Appended]) -> None:
    state, _ = fold(State(HOME), batch(records), RULES)
    assert readers_of(state) == oracle(records)


@given(logs(), st.data())
@settings(max_examples=200)
def test_a_log_folds_alike_however_it_is_cut_restarted_and_rolled_back(
    records: list[Appended], data: st.DataObject
) -> None:
    whole = Machine(SimulatedStore(ZONE))
    whole.feed(batch(records))

    store = SimulatedStore(ZONE)
    machine = Machine(store)
    backups = [store.dump()]
    turns = 0
    while machine.next_of(VIEWS.name) < len(records):
        start = machine.next_of(VIEWS.name)
        end = data.draw(st.integers(start + 1, len(records)), label="until")
        reply, _ = machine.feed(batch(records[start:end]))
        assert reply == "ok"
        backups.append(store.dump())
        turns += 1
        fault = data.draw(
            st.sampled_from(["none", "restart", "roll back"]) if turns < 12 else st.just("none")
        )
        if fault == "restart":
            machine.reload()
        elif fault == "roll back":
            store.put_back(data.draw(st.sampled_from(backups)))
            if machine.feed(batch())[0] != "ok":
                machine.reload()
    assert store.dump() == whole.store.dump()


@given(logs())
def test_a_repeated_batch_changes_nothing(records: list[Appended]) -> None:
    machine = Machine(SimulatedStore(ZONE))
    machine.feed(batch(records))
    last = records[-1]
    _, effects = machine.feed(batch([Appended(last.offset + 1, last.timestamp, last.value)]))
    assert effects.views == 0
    assert readers_of(machine.cache.state) == oracle(records)


def test_a_repeated_script_is_refused_and_the_reload_counts_on() -> None:
    store = SimulatedStore(ZONE)
    machine = Machine(store)
    late_reply = machine.cache
    machine.feed(batch(views_log([plain(A, "anna")])))
    machine.cache = late_reply
    reply, _ = machine.feed(batch(views_log([plain(A, "anna")])))
    assert reply == "position"
    machine.reload()
    machine.feed(batch([Appended(1, NOON_MS, plain(A, "bert"))]))
    assert readers_of(machine.cache.state) == {(A, bucket_of(NOON_MS)): 2}


def test_a_zombie_is_refused() -> None:
    store = SimulatedStore(ZONE)
    owner, zombie = Machine(store), Machine(store)
    owner.feed(batch(views_log([plain(A, "anna")])))
    assert zombie.feed(batch(views_log([plain(A, "anna"), plain(A, "bert")])))[0] == "position"


def test_an_idle_worker_notices_a_store_that_was_put_back_or_wiped() -> None:
    store = SimulatedStore(ZONE)
    machine = Machine(store)
    machine.feed(batch(views_log([plain(A, "anna")])))
    backup = store.dump()
    machine.feed(batch([Appended(1, NOON_MS, plain(A, "bert"))]))
    store.put_back(backup)
    assert machine.feed(batch())[0] == "position"
    store.put_back({})
    assert machine.feed(batch())[0] == "position"


def test_bests_that_were_put_back_are_noticed_though_the_position_stood_still() -> None:
    store = SimulatedStore(ZONE)
    machine = Machine(store)
    machine.feed(batch(views_log([plain(A, "anna")])), as_of_ms=NOON_MS)
    backup = store.dump()
    machine.feed(batch(), as_of_ms=NOON_MS + 1000)
    store.put_back(backup)
    assert machine.feed(batch(), as_of_ms=NOON_MS + 2000)[0] == "top"


def test_a_position_never_falls_and_never_loses_a_topic() -> None:
    store = SimulatedStore(ZONE)
    machine = Machine(store)
    machine.feed(batch(upto={VIEWS.name: 5, ARTICLES.name: 5}))
    assert machine.feed(batch(upto={VIEWS.name: 4}))[0] == "falls"
    before = machine.cache
    _, flush = turn.request(before, turn.Cache(State(HOME), before.ranking, None, None), [])
    assert store.run(flush) == "falls"


@pytest.mark.parametrize("lost", [f"ids:{DAY}", f"ids:{DAY}:1", "articles", f"views:{DAY}", "position"])
def test_a_store_that_lost_a_key_is_torn(lost: str) -> None:
    store = SimulatedStore(ZONE)
    machine = Machine(store)
    record = event_record(0, published(A), A)
    machine.feed(batch(views_log([plain(A, "anna"), plain(B, "bert")]), [record]))
    rest = store.dump()
    del rest[layout.key(HOME, lost)]
    store.put_back(rest)
    with pytest.raises(TornError, match=rf"partition {HOME}"):
        machine.reload()


@pytest.mark.parametrize("lost", [f"ids:{DAY}", f"ids:{DAY}:1", f"views:{DAY}"])
def test_a_lost_key_is_noticed_although_the_worker_remembers_what_it_held(lost: str) -> None:
    store = SimulatedStore(ZONE)
    machine = Machine(store)
    machine.feed(batch(views_log([plain(A, "anna"), plain(B, "bert")])))
    assert machine.feed(batch())[0] == "ok"
    rest = store.dump()
    del rest[layout.key(HOME, lost)]
    store.put_back(rest)
    assert machine.feed(batch())[0] == "torn"


def test_articles_that_were_lost_are_noticed_before_the_next_change_covers_it() -> None:
    store = SimulatedStore(ZONE)
    machine = Machine(store)
    machine.feed(batch(articles=[event_record(0, published(A), A)]))
    rest = store.dump()
    del rest[layout.key(HOME, "articles")]
    store.put_back(rest)
    assert machine.feed(batch(articles=[event_record(1, published(B), B)]))[0] == "torn"
    with pytest.raises(TornError, match="articles holds change 0 of 1"):
        machine.reload()


def test_days_are_deleted_by_the_clock_of_the_log() -> None:
    store = SimulatedStore(ZONE)
    machine = Machine(store)
    machine.feed(batch(views_log([plain(A, "anna")])))
    machine.feed(batch([Appended(1, NOON_MS + 6 * DAY_MS, plain(A, "anna", NOON_MS + 6 * DAY_MS))]))
    assert len(machine.cache.state.position.days) == 2
    for offset, days in ((2, 9), (3, 10)):
        # time that has leapt ahead is believed when it has gone on for a day
        at = NOON_MS + days * DAY_MS
        machine.feed(batch([Appended(offset, at, plain(A, "anna", at))]))
    assert set(machine.cache.state.position.days) == {
        reading_day(bucket_of(NOON_MS + days * DAY_MS), ZONE) for days in (6, 9, 10)
    }
    kept = [name for name in store.dump() if ":seen:" in name or ":views:" in name]
    assert len(kept) == 6


def test_a_view_of_days_ago_is_compared_with_who_read_then() -> None:
    machine = Machine(SimulatedStore(ZONE))
    machine.feed(batch(views_log([plain(A, "anna")])))
    later = NOON_MS + 3 * DAY_MS
    machine.feed(batch([Appended(1, later, plain(B, "bert", later))]))
    machine.reload()
    arrived = [("ce_arrived", f"{NOON_MS}/5/0".encode())]
    again = [
        Appended(2 + i, later, plain(A, who, NOON_MS), headers=arrived)
        for i, who in enumerate(("anna", "carl"))
    ]
    _, effects = machine.feed(batch(again))
    assert (effects.views, effects.repeated) == (1, 1)


def test_a_days_numbers_are_looked_up_once_after_it_was_read_back_not_in_every_fold() -> None:
    machine = Machine(SimulatedStore(ZONE))
    machine.feed(batch(views_log([plain(A, "anna"), plain(B, "bert")])))
    machine.reload()
    for offset, reader in ((2, "carl"), (3, "dora")):
        machine.feed(batch([Appended(offset, NOON_MS, plain(A, reader))]))
        ways = machine.cache.state.numbers[DAY].numbers
        if offset == 2:
            first = ways
    assert len(first) == 2
    assert ways is first
    # a day on which nothing is counted any more has no way back
    later = NOON_MS + 3 * DAY_MS
    machine.feed(batch([Appended(4, later, plain(A, "anna", later))]))
    assert [len(of_day.numbers) for of_day in machine.cache.state.numbers.values()] == [0, 1]


def test_facts_follow_the_reading_rule_and_a_withdrawn_article_may_not_be_hot() -> None:
    machine = Machine(SimulatedStore(ZONE))
    text = event_record(0, published(A, section="体育"), A)
    machine.feed(batch(articles=[text]))
    assert machine.cache.state.facts[A].may_be_hot(NOON_MS)
    mark = event_record(1, withdrawn(A, second=5), f"{A}#withdrawn")
    zombie = event_record(2, published(A, second=1), A)
    machine.feed(batch(articles=[mark, Appended(3, NOON_MS, None, A.encode()), zombie]))
    assert not machine.cache.state.facts[A].may_be_hot(NOON_MS)
    machine.reload()
    assert machine.cache.state.facts == {}  # nobody has viewed it
    machine.feed(batch(views_log([plain(A, "anna")])))
    assert machine.cache.state.facts[A].standing.withdrawn


def test_how_old_an_article_is_is_told_by_the_moment_of_the_list() -> None:
    machine = Machine(SimulatedStore(ZONE))
    text = event_record(0, published(A, published_at=utc(NOON_MS - DAY_MS)), A)
    machine.feed(batch([Appended(0, NOON_MS, plain(A, "anna"))], [text]))
    for max_age_ms, there in ((DAY_MS, True), (DAY_MS - 1, False)):
        later_ms = NOON_MS + DAY_MS
        ranked, _ = turn.rank(machine.cache, NOON_MS, later_ms, (), max_age_ms=max_age_ms)
        assert ranked.top is not None
        assert (b"all:now" in ranked.top) is there


@given(st.permutations([VIEWS.name, ARTICLES.name, DESK.name]))
def test_topics_may_be_read_in_any_order(order: list[str]) -> None:
    actions = [HotPinned(article=A, who="w", why="y"), HotBanned(article=B, who="w", why="y")]
    records = {
        VIEWS.name: views_log([plain(A, "anna"), plain(B, "bert")]),
        ARTICLES.name: [event_record(i, published(name), name) for i, name in enumerate((A, B))],
        DESK.name: [event_record(i, action, "") for i, action in enumerate(actions)],
    }
    at_once, in_turn = Machine(SimulatedStore(ZONE)), Machine(SimulatedStore(ZONE))
    at_once.feed(Batch(dict.fromkeys(order, 2), records))
    for topic in order:
        in_turn.feed(Batch({topic: 2}, {topic: records[topic]}))
    assert in_turn.store.dump() == at_once.store.dump()
    assert at_once.cache.state.position.at == dict.fromkeys(order, NOON_MS)
