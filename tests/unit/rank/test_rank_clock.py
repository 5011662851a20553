"""A broker whose clock is wrong: no day is deleted for it, what comes later counts, and someone is told."""

from itertools import pairwise

import pytest

from services.rank.adapters import metrics
from services.rank.adapters.alarms import Alarms
from services.rank.adapters.clock import Clock
from services.rank.adapters.clock_alarm import ClockAlarm
from services.rank.core import desk, desk_log
from services.rank.core.clock import DAY_MS, bucket_of, reading_day
from services.rank.core.log_time import LogTime
from services.rank.core.position import Position
from shared.events import Arrival, HotBanned, HotPinned, ViewsVoided
from shared.topics import VIEWS
from tests.builders import NOON, NOON_MS
from tests.unit.rank.logs import ARTICLE_IDS, HOME, ZONE, Appended, batch, event_record, plain
from tests.unit.rank.machine import Machine
from tests.unit.rank.simulated import SimulatedStore

A, B = ARTICLE_IDS[:2]
MINUTE_MS = 60_000
AHEAD_MS = 40 * DAY_MS
TODAY = reading_day(bucket_of(NOON_MS), ZONE)


def log(wrong_ms: int, *, views_too: bool) -> list[Appended]:
    """Give three views a minute apart, and one between that a wrong clock has dated."""
    times = [NOON_MS, NOON_MS + MINUTE_MS, NOON_MS + 2 * MINUTE_MS]
    right = [plain(A, who, at) for who, at in zip(("anna", "bert", "carl"), times, strict=True)]
    wrong = plain(A, "dora", times[1] + (wrong_ms if views_too else 0))
    return [
        Appended(0, times[0], right[0]),
        Appended(1, times[1], right[1]),
        Appended(2, times[1] + wrong_ms, wrong),
        Appended(3, times[2], right[2]),
    ]


@pytest.mark.parametrize("wrong_ms", [AHEAD_MS, -AHEAD_MS])
@pytest.mark.parametrize("views_too", [False, True])
@pytest.mark.parametrize("cuts", [(4,), (1, 4), (3, 4), (1, 2, 3, 4)])
def test_a_record_dated_far_off_deletes_nothing_and_hides_nothing(
    wrong_ms: int, views_too: bool, cuts: tuple[int, ...]
) -> None:
    store = SimulatedStore(ZONE)
    machine = Machine(store)
    records = log(wrong_ms, views_too=views_too)
    for begin, end in pairwise((0, *cuts)):
        machine.feed(batch(records[begin:end]))
    machine.reload()
    position = machine.cache.state.position
    assert position.days[TODAY] == 3
    assert position.time.now_ms == records[-1].timestamp
    whole = Machine(SimulatedStore(ZONE))
    whole.feed(batch(records))
    assert store.dump() == whole.store.dump()


def test_days_are_over_when_the_log_has_gone_on_for_a_day_after_a_silence() -> None:
    machine = Machine(SimulatedStore(ZONE))
    machine.feed(batch(log(0, views_too=True)))
    offset = 4
    for hours in range(0, 25):
        at = NOON_MS + 9 * DAY_MS + hours * 3_600_000
        machine.feed(batch([Appended(offset, at, plain(B, "anna", at))]))
        assert (TODAY in machine.cache.state.position.days) == (hours < 24)
        offset += 1


def test_a_partition_read_every_few_hours_forgets_too() -> None:
    machine = Machine(SimulatedStore(ZONE))
    for i in range(60):
        at = NOON_MS + i * 5 * 3_600_000
        machine.feed(batch([Appended(i, at, plain(B, "anna", at))]))
    assert len(machine.cache.state.position.days) <= 10


def test_the_alarm_stands_for_an_hour_after_the_last_wrong_time() -> None:
    now_s = [0.0]
    alarm = ClockAlarm(Alarms(), Clock(lambda: NOON_MS, lambda: now_s[0]))
    before, ahead = position(NOON_MS), position(NOON_MS + AHEAD_MS)
    alarm.note(HOME, before, before.moved({}, {VIEWS.name: NOON_MS + 1}, LogTime(NOON_MS + 1, NOON_MS + 1)))
    assert stands() == 0
    alarm.note(HOME, before, ahead)
    assert stands() == 1
    now_s[0] = 3000
    alarm.note(HOME, ahead, before.moved({}, ahead.at, before.time))  # time falls back
    now_s[0] = 6000
    alarm.look()
    assert stands() == 1
    now_s[0] = 7000
    alarm.look()
    assert stands() == 0


def test_a_partition_takes_its_alarms_along() -> None:
    alarms = Alarms()
    for n in (1, 2):
        alarms.stands("wrong_clock", n, "of a partition")
    alarms.only({2})
    assert alarms.reasons("wrong_clock").keys() == {2}
    alarms.only(())
    assert stands() == 0


def test_an_action_dated_far_ahead_holds_at_once_and_ends_no_other() -> None:
    pin = HotPinned(article=A, position=1, who="w", why="y")
    ban = HotBanned(article=B, who="w", why="y")
    records = [
        event_record(0, pin, "", NOON_MS, Arrival(NOON_MS, HOME, 1)),
        event_record(1, ban, "", NOON_MS + AHEAD_MS, Arrival(NOON_MS + 1, HOME, 2)),
        event_record(2, pin, "", NOON_MS + 2, Arrival(NOON_MS, HOME, 1)),
    ]
    said = desk_log.fold((), (), records)
    assert [a.kind for a in desk.in_force(said.desk, NOON_MS + 3)] == ["pinned", "banned"]
    assert said.old == (2,)


def test_a_void_dated_far_ahead_ends_no_other() -> None:
    one, other = (
        ViewsVoided(segment=n, article=None, since=NOON, until=NOON.replace(hour=23), who="w", why="y")
        for n in (1, 2)
    )
    records = [
        event_record(0, one, "", NOON_MS, Arrival(NOON_MS, HOME, 1)),
        event_record(1, other, "", NOON_MS + AHEAD_MS, Arrival(NOON_MS + 1, HOME, 2)),
    ]
    assert [void.segment for void in desk_log.fold((), (), records).known_voids] == [1, 2]


def position(at_ms: int) -> Position:
    return Position(at={VIEWS.name: at_ms})


def stands() -> float:
    value: float = metrics.ALARM.labels(kind="wrong_clock")._value.get()
    return value
