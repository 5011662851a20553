"""Voids: a partition is what it would be if the views taken out had never come, whenever it heard of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from services.rank.adapters import metrics
from services.rank.adapters.hot_list_store import HotListStore
from services.rank.adapters.voiding import Voiding
from services.rank.core import desk_log, refold, turn, voids
from services.rank.core.clock import DAY_MS, bucket_of, reading_day, utc
from services.rank.core.fold import Rules, State
from services.rank.core.position import Position, encode
from services.rank.core.records import parse
from services.rank.core.voids import Void, Voids
from shared import wire
from shared.events import ViewsSeen, ViewsVoided
from shared.topics import DESK, VIEWS
from tests.builders import NOON, NOON_MS
from tests.unit.rank.logs import (
    ARTICLE_IDS,
    FOREIGN_ID,
    HOME,
    RULES,
    ZONE,
    Appended,
    batch,
    columns,
    event_record,
    ids_of,
    plain,
    readers_of,
)
from tests.unit.rank.machine import Machine
from tests.unit.rank.simulated import SimulatedStore, Value

A, B, *_ = ARTICLE_IDS
HOUR_MS = 3_600_000


def void(
    offset: int = 0, segment: int = 7, since: int = 0, until: int = 2**47, article: str | None = None
) -> Void:
    return Void(offset, segment, since, until, article)


def test_a_position_names_only_the_voids_of_its_partition_and_the_newest() -> None:
    told = tuple(void(n, article=article) for n, article in enumerate([A, *ids_of(HOME + 1, 900)]))
    position = refold.begin(HOME, told, (), 0).days.position
    assert [v.offset for v in position.voids] == [0, 900]
    assert voids.unapplied(told, position.voids) == ()
    assert len(encode(position)) < 500


@st.composite
def logs(draw: st.DrawFn) -> list[Appended]:
    """Give logs over some days: few readers, articles and segments, so that a void frees places."""
    clock = NOON_MS
    records = []
    for offset in range(draw(st.integers(1, 12))):
        clock += draw(st.integers(0, 16 * HOUR_MS))
        rows = draw(
            st.lists(
                st.tuples(
                    st.sampled_from(ARTICLE_IDS[:3]),
                    st.integers(0, 4),
                    st.integers(clock - 700_000, clock + 70_000),
                    st.integers(6, 8),
                ),
                min_size=1,
                max_size=8,
            )
        )
        value = columns([row[:3] for row in rows], segment=[row[3] for row in rows])
        headers = []
        if draw(st.booleans()):
            # handed on after a while: a view of days ago
            arrived = clock - draw(st.integers(0, 3 * DAY_MS))
            headers = [(wire.ARRIVED, f"{arrived}/5/0".encode())]
            value = columns(
                [(a, r, at - clock + arrived) for a, r, at, _ in rows], segment=[row[3] for row in rows]
            )
        if draw(st.integers(0, 3)) == 0:
            value = plain(rows[0][0], str(rows[0][1]), rows[0][2])
        records.append(Appended(offset, clock, value, headers=headers))
    return records


spans = st.tuples(
    st.integers(6, 8),
    st.integers(NOON_MS - 3 * DAY_MS, NOON_MS + 5 * DAY_MS),
    st.integers(NOON_MS, NOON_MS + 8 * DAY_MS),
    st.none() | st.sampled_from([A, B, FOREIGN_ID]),
)
some_voids = st.lists(spans, min_size=1, max_size=3).map(
    lambda found: tuple(Void(offset, *span) for offset, span in enumerate(found))
)


class Voider:
    """A partition's worker that hears of voids: what the adapters do, without a world."""

    def __init__(self, records: Sequence[Appended], rules: Rules = RULES) -> None:
        self.log, self.rules = records, rules
        self.machine = Machine(SimulatedStore(ZONE))

    @property
    def next(self) -> int:
        """Give the next offset of views.v1."""
        return self.machine.next_of(VIEWS.name)

    def count(self, upto: int) -> None:
        """Count on, up to an offset."""
        reply, _ = self.machine.feed(batch(self.log[self.next : upto], upto={VIEWS.name: upto}))
        assert reply == "ok"

    def begin(self, told: Voids) -> refold.Refold:
        """Begin to fold again what new voids touch."""
        state = self.machine.cache.state
        spans = refold.spans_of(state, told, self.rules)
        first_ms = refold.first_counted_ms(state, spans, self.rules)
        offset = self.next
        if first_ms is not None:
            offset = next(r.offset for r in self.log if r.timestamp >= first_ms)
        return refold.begin(HOME, told, spans, offset)

    def follow(self, job: refold.Refold, upto: int) -> refold.Refold:
        """Fold again up to an offset."""
        return refold.follow(job, self.log[job.next : upto], upto, self.machine.cache.state, self.rules)

    def swap(self, job: refold.Refold) -> None:
        """Put the days in their place."""
        before = self.machine.cache
        assert job.next == self.next
        cache, commands = turn.void(before, job, self.rules)
        after, flush = turn.request(before, cache, commands)
        assert self.machine.store.run(flush) == "ok"
        self.machine.cache = after

    def void(self, told: Voids) -> None:
        """Let voids hold, all at once."""
        job = self.begin(told)
        self.swap(self.follow(job, self.next))

    def stored(self) -> dict[str, Value]:
        """Give all keys."""
        return self.machine.store.dump()


def as_if_known_before(records: Sequence[Appended], told: Voids) -> dict[str, Value]:
    """Fold a log with voids that held from its beginning."""
    knowing = Voider(records)
    knowing.count(0)
    knowing.void(told)
    knowing.count(len(records))
    return knowing.stored()


@given(logs(), some_voids, st.data())
@settings(max_examples=300)
def test_it_does_not_matter_when_a_void_is_heard_of(
    records: list[Appended], told: Voids, data: st.DataObject
) -> None:
    voider = Voider(records)
    for heard in range(1, len(told) + 1):
        voider.count(data.draw(st.integers(voider.next, len(records))))
        job = voider.begin(told[:heard])
        job = voider.follow(job, data.draw(st.integers(job.next, voider.next)))
        voider.count(data.draw(st.integers(voider.next, len(records))))  # as before the void, meanwhile
        voider.swap(voider.follow(job, voider.next))
        if data.draw(st.booleans()):
            voider.machine.reload()
    voider.count(len(records))
    assert voider.stored() == as_if_known_before(records, told)
    voider.machine.reload()
    voider.count(len(records))
    assert voider.stored() == as_if_known_before(records, told)


@given(logs(), some_voids)
def test_nothing_is_left_of_the_views_taken_out(records: list[Appended], told: Voids) -> None:
    """The same log without their rows gives the same days; only the numbers of articles may differ."""
    voider = Voider(records)
    voider.count(len(records))
    voider.void(told)
    without = Voider([_without(record, told) for record in records])
    without.count(len(records))
    assert _readers(voider) == _readers(without)


@given(logs(), some_voids)
def test_a_void_told_twice_changes_nothing(records: list[Appended], told: Voids) -> None:
    voider = Voider(records)
    voider.count(len(records))
    voider.void(told)
    days = _days(voider)
    again = tuple(Void(v.offset + 10, v.segment, v.since_ms, v.until_ms, v.article) for v in told)
    job = voider.begin((*told, *again))
    assert job.spans == ()
    voider.swap(job)
    assert _days(voider) == days


def test_a_later_reader_of_the_same_seat_of_the_day_counts_again() -> None:
    rows = [columns([(A, 1, NOON_MS)], segment=[s]) for s in (7, 8)]
    voider = Voider([Appended(n, NOON_MS + n, value) for n, value in enumerate(rows)])
    voider.count(2)
    assert _readers(voider) == {(A, bucket_of(NOON_MS)): 1}
    voider.void((void(segment=8),))
    assert _readers(voider) == {(A, bucket_of(NOON_MS)): 1}
    voider.void((void(segment=8), void(1, segment=7)))
    assert _readers(voider) == {}


def test_only_days_that_a_void_touches_are_folded_again() -> None:
    log = [
        Appended(n, at, columns([(A, 1, at)], segment=[7]))
        for n, at in enumerate((NOON_MS, NOON_MS + DAY_MS))
    ]
    voider = Voider(log)
    voider.count(2)
    job = voider.begin((void(since=NOON_MS + DAY_MS - HOUR_MS),))
    assert job.next == 1
    job = voider.follow(job, 2)
    assert job.hashes == {}
    voider.swap(job)
    assert _readers(voider) == {(A, bucket_of(NOON_MS)): 1}
    assert list(voider.machine.cache.state.position.days) == [reading_day(bucket_of(NOON_MS), ZONE)]


def test_a_void_about_another_partitions_article_folds_nothing() -> None:
    voider = Voider([Appended(0, NOON_MS, columns([(A, 1, NOON_MS)], segment=[7]))])
    voider.count(1)
    assert voider.begin((void(article=FOREIGN_ID),)).spans == ()
    assert voider.begin((void(article=A),)).spans != ()


def test_days_that_the_log_has_lost_in_part_are_left_as_they_are() -> None:
    spans = refold.without_days_before((("2026-11-13", "2026-11-18"),), NOON_MS, RULES)
    assert spans == (("2026-11-16", "2026-11-18"),)


def test_days_with_too_many_views_are_left_as_they_are_the_oldest_first() -> None:
    many = refold.MOST_VIEWS
    days = {"2026-11-13": many, "2026-11-14": many - 9, "2026-11-15": 9, "2026-11-16": many + 1}
    state = State(HOME, Position(days=days))
    spans = (("2026-11-01", "2026-11-15"), ("2026-11-13", "2026-11-13"))
    large = refold.too_large(state, spans)
    assert large == ("2026-11-13",)
    assert refold.without_days(spans, large) == (("2026-11-01", "2026-11-12"), ("2026-11-14", "2026-11-15"))
    assert refold.too_large(state, (("2026-11-16", "9999-12-31"),)) == ("2026-11-16",)
    assert refold.too_large(state, (("2026-11-14", "2026-11-15"),)) == ()


class _Told:
    """A store of hot lists, from which all workers read the voids."""

    def __init__(self, told: Voids) -> None:
        self._told = told

    async def voids(self) -> bytes:
        """Give what was told."""
        return voids.encode(self._told)


async def test_a_void_of_a_day_with_too_many_views_takes_none_out_and_says_so() -> None:
    voider = Voider([Appended(0, NOON_MS, columns([(A, 1, NOON_MS)], segment=[7]))])
    voider.count(1)
    cache = voider.machine.cache
    position = cache.state.position
    large = replace(position, days=dict.fromkeys(position.days, refold.MOST_VIEWS + 1))
    said = metrics.NOT_VOIDED._value.get()
    with capture_logs() as logged:
        voiding = Voiding("nowhere:1", cast("HotListStore", _Told((void(),))), RULES)
        done = await voiding.turn({HOME: replace(cache, state=replace(cache.state, position=large))})
    (line,) = [line for line in logged if line["event"] == "not_voided"]
    assert line["days"] == tuple(position.days)
    assert line["reason"].startswith("more than 16,777,216 views")
    assert metrics.NOT_VOIDED._value.get() == said + 1
    # it holds from now on, and what was counted stays
    voider.swap(done[HOME])
    assert _readers(voider) == {(A, bucket_of(NOON_MS)): 1}
    assert len(voider.machine.cache.state.position.voids) == 1


def test_what_a_void_drops_is_counted_by_reason() -> None:
    voider = Voider([])
    voider.count(0)
    voider.void((void(),))
    record = Appended(0, NOON_MS, columns([(A, 1, NOON_MS), (A, 2, NOON_MS)], segment=[7, 8]))
    _, effects = voider.machine.feed(batch([record]))
    assert (effects.views, effects.dropped) == (1, {"voided": 1})


def test_the_desk_tells_of_voids_and_they_are_read_back() -> None:
    machine = Machine(SimulatedStore(ZONE))
    event = ViewsVoided(segment=7, article=A, since=NOON, until=utc(NOON_MS + 1), who="w", why="y")
    machine.feed(batch(desk=[event_record(4, event, "")]))
    machine.reload()
    (told,) = machine.cache.state.known_voids
    assert told == Void(4, 7, NOON_MS, NOON_MS + 1, A)
    assert machine.cache.state.position.at == {DESK.name: NOON_MS}
    assert voids.decode(voids.encode((told,))) == (told,)


def test_a_void_from_the_beginning_to_the_end_of_time_is_one_of_all_days() -> None:
    begins, ends = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    event = ViewsVoided(segment=7, since=begins, until=ends, who="w", why="y")
    record = event_record(0, event, "")
    (told,) = desk_log.fold((), (), [record]).known_voids
    voider = Voider([Appended(0, NOON_MS, columns([(A, 1, NOON_MS)], segment=[7]))])
    voider.count(1)
    voider.void((told,))
    assert _readers(voider) == {}


def test_voids_of_days_long_gone_are_forgotten_and_what_is_applied_is_not_unapplied() -> None:
    old, new = void(0, until=NOON_MS - 9 * DAY_MS), void(1)
    told = voids.add((old,), new, NOON_MS)
    assert told == (new,)
    assert voids.unapplied(told, ()) == told
    assert voids.unapplied(told, told) == ()
    # Redis was put back, and the owner of partition 0 has not read the desk again yet
    assert voids.unapplied((old,), told) == ()


def _without(record: Appended, told: Voids) -> Appended:
    """Give a record without the rows that voids take out; one that loses all of them is no batch any more."""
    views = parse(record.value)
    if not isinstance(views, ViewsSeen):
        return record
    arrived = [wire.read_arrival(value).at_ms for name, value in record.headers if name == wire.ARRIVED]
    appended = min([record.timestamp, *arrived])
    left = [
        (views.articles[place], reader, at, segment)
        for place, reader, at, segment in zip(
            views.article, views.reader, views.at, views.segment, strict=True
        )
        if not any(
            v.segment == segment
            and v.since_ms <= min(at, appended) < v.until_ms
            and v.article in (None, views.articles[place])
            for v in told
        )
    ]
    return replace(record, value=columns([row[:3] for row in left], segment=[row[3] for row in left]))


def _readers(voider: Voider) -> dict[tuple[str, int], int]:
    return readers_of(voider.machine.cache.state)


def _days(voider: Voider) -> dict[str, Value]:
    return {k: v for k, v in voider.stored().items() if ":seen:" in k or ":views:" in k}
