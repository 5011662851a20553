"""Reading desk.v1: actions and voids; repeats, what a zombie writes and foreign records are passed over."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rank.core import desk, desk_log, voids, why
from services.rank.core.clock import DAY_MS, KEPT_MS
from services.rank.core.desk import Action
from services.rank.core.desk_log import Said
from services.rank.core.facts import Facts
from services.rank.core.records import Skipped
from shared import wire
from shared.events import (
    Arrival,
    Event,
    FrontFeatured,
    FrontReleased,
    HotBanned,
    HotPinned,
    HotReleased,
    ViewsVoided,
)
from shared.topics import DESK
from tests.builders import NOON, NOON_MS
from tests.unit.rank.logs import ARTICLE_IDS, HOME, Appended, event_record

A, B = ARTICLE_IDS[:2]
SAID: dict[str, Any] = {"who": "编辑", "why": "要闻"}
PIN = HotPinned(article=A, position=3, **SAID)
RELEASE = HotReleased(article=A, **SAID)


def read(*events: tuple[Event, Arrival | None]) -> Said:
    """Fold events that were made of these inputs, a millisecond apart."""
    return desk_log.fold(
        (), (), [event_record(i, e, "", NOON_MS + i, at) for i, (e, at) in enumerate(events)]
    )


def at(offset: int, at_ms: int | None = None, partition: int = HOME) -> Arrival:
    """Give the place of an input; by default its time grows with its offset."""
    return Arrival(NOON_MS + offset if at_ms is None else at_ms, partition, offset)


def kinds(said: Said) -> list[str]:
    return [a.kind for a in said.desk]


def test_a_pin_is_read_from_its_event() -> None:
    (action,) = read((PIN, at(7))).desk
    assert action == Action("pinned", A, "all", "编辑", "要闻", NOON_MS, None, 3, at(7))


def test_a_pin_that_a_zombie_writes_behind_the_release_does_not_hold_again() -> None:
    said = read((PIN, at(1)), (RELEASE, at(2)), (PIN, at(1)))
    assert kinds(said) == ["pinned", "released"]
    assert (said.changed, said.old) == (2, (2,))
    assert desk.in_force(said.desk, NOON_MS + 5) == ()


def test_the_same_input_is_one_action() -> None:
    said = read((PIN, at(1)), (PIN, at(1)))
    assert (kinds(said), said.old) == (["pinned"], (1,))


def test_an_action_on_another_article_or_in_another_scope_is_no_repeat() -> None:
    of_section = HotPinned(article=A, scope="section:体育", **SAID)
    said = read((PIN, at(2)), (HotPinned(article=B, **SAID), at(1)), (of_section, at(1)))
    assert (len(said.desk), said.old) == (3, ())


@pytest.mark.parametrize(
    ("inputs", "applied"),
    [
        ([at(5, 1000), at(6, 900)], 2),  # the broker's clock stepped back
        ([at(5, 1000), at(0, 2000)], 2),  # the topic was made anew
        ([at(5, 1000), at(4, 1000)], 1),
        ([at(5, 1000), at(6, 900), at(5, 1000)], 2),  # a repeat of before the clock stepped back
        ([at(5, 1000), at(0, 2000), at(5, 1000)], 2),
        ([at(1), None, at(1)], 2),  # something else acted in between
        ([None, None], 2),
        ([None, at(0)], 2),
    ],
)
def test_an_input_is_old_if_neither_its_offset_nor_its_time_is_higher(
    inputs: list[Arrival | None], applied: int
) -> None:
    said = read(*((PIN, source) for source in inputs))
    assert len(said.desk) == applied


@pytest.mark.parametrize(
    "header", [b"", b"x", b"1/2", b"1/99/3", b"-1/3/3", b"9" * 5000, b"1/2/3/4", b"\xff/3/3", b"0/4/0"]
)
def test_an_action_whose_input_cannot_be_one_counts_in_the_order_of_the_log(header: bytes) -> None:
    records = [event_record(i, event, "") for i, event in enumerate((PIN, RELEASE, PIN))]
    for record in records:
        record.headers = [*record.headers, (wire.INPUT, header)]
    said = desk_log.fold((), (), records)
    assert [a.input for a in said.desk] == [None, None, None]


def test_the_same_input_is_one_void_and_what_it_says_is_known() -> None:
    event = ViewsVoided(segment=7, since=NOON, until=NOON.replace(hour=13), **SAID)
    said = read((event, at(1)), (event, at(1)), (event, at(2)))
    assert [v.offset for v in said.known_voids] == [0, 2]
    assert (said.changed, said.old) == (2, (1,))
    assert len({v.said for v in said.known_voids}) == 1


def test_a_history_of_before_inputs_were_kept_is_read() -> None:
    old = b'[{"kind":"pinned","article":"a","scope":"all","who":"w","why":"y",'
    old += b'"at_ms":1,"until_ms":null,"position":1}]'
    assert desk.decode(old) == (Action("pinned", "a", "all", "w", "y", 1, None, 1),)
    old = b'[{"offset":0,"segment":1,"since_ms":0,"until_ms":9}]'
    assert voids.decode(old) == (voids.Void(0, 1, 0, 9),)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([PIN, RELEASE, HotBanned(article=A, **SAID), HotPinned(article=B, **SAID)]),
            st.none() | st.builds(at, st.integers(0, 4), st.integers(0, 4)),
            st.integers(-5, KEPT_MS),
        ),
        max_size=10,
    ),
    st.integers(0, 10),
)
def test_the_desk_is_the_same_however_its_log_is_cut(
    drawn: list[tuple[Event, Arrival | None, int]], cut: int
) -> None:
    clock = NOON_MS
    records = []
    for offset, (event, source, later) in enumerate(drawn):
        clock += later
        records.append(event_record(offset, event, "", clock, source))
    whole = desk_log.fold((), (), records)
    first = desk_log.fold((), (), records[:cut])
    then = desk_log.fold(first.desk, first.known_voids, records[cut:])
    assert (then.desk, first.changed + then.changed) == (whole.desk, whole.changed)
    assert (*first.old, *then.old) == tuple(whole.old)


def test_ten_thousand_actions_at_once_are_read_in_the_time_of_their_number() -> None:
    said = read(*((HotPinned(article=f"story-{n}", **SAID), at(n, partition=n % 12)) for n in range(10_000)))
    assert len(said.desk) == 10_000


DEEP = b"[" * 90
PINNED = ("ce_type", b"remen.HotPinned")
VOIDED = ("ce_type", b"remen.ViewsVoided")


def pin(**changes: Any) -> bytes:
    return json.dumps({"article": A, **SAID} | changes).encode()


def void(since: str, until: str, **changes: Any) -> bytes:
    return json.dumps({"segment": 1, "from": since, "until": until, **SAID} | changes).encode()


@pytest.mark.parametrize(
    ("header", "value", "reason"),
    [
        (PINNED, None, "value"),
        (PINNED, b"", "value"),
        (PINNED, b"\xff", "value"),
        (PINNED, DEEP, "value"),
        (PINNED, b'{"article":' + DEEP, "value"),
        (PINNED, DEEP * 10, "too_large"),
        (PINNED, pin(article="#desk"), "value"),
        (PINNED, pin(more=[[]] * 10_000), "too_large"),
        (PINNED, pin(why="y" * 1_100_000), "too_large"),
        (VOIDED, b'{"x": [' + b"{}," * 10_000 + b"{}]}", "too_large"),
        (PINNED, pin(article=A + "\n"), "value"),
        (PINNED, pin(position=10**400), "value"),
        (PINNED, pin(position=float("nan")), "value"),
        (PINNED, pin(scope="nonsense"), "value"),
        (PINNED, pin(scope="section:"), "value"),
        (PINNED, pin(scope="section:" + "x" * 1_000_000), "value"),
        (PINNED, pin(scope="all\n"), "value"),
        (PINNED, pin(until="10000-01-01T00:00:00Z"), "value"),
        (VOIDED, b"{}", "value"),
        (VOIDED, void("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"), "value"),
        (VOIDED, void("2026-11-15T12:00:00Z", "2026-11-15T12:00:00Z"), "value"),
        (VOIDED, void("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00"), "value"),
        (VOIDED, void("2026-11-15T12:00:00Z", "2026-11-15T13:00:00Z", segment=2**70), "value"),
        (("ce_type", b"remen.ArticlePublished"), pin(), "type"),
        (("ce_type", b"\xff\xfe"), pin(), "type"),
        (("ce_type", None), pin(), "type"),
        (("", b""), pin(), "type"),
    ],
    ids=lambda given: given if isinstance(given, str) else repr(given)[:40],
)
def test_a_foreign_record_is_passed_over_and_changes_nothing_else(
    header: Any, value: bytes | None, reason: str
) -> None:
    records = [
        event_record(0, PIN, "", source=at(1)),
        Appended(1, NOON_MS, value, None, [header, header, (wire.INPUT, b"9/9/9")]),
        event_record(2, RELEASE, "", source=at(2)),
    ]
    said = desk_log.fold((), (), records)
    assert said.skipped == (Skipped(DESK.name, reason, 1, 1),)
    assert (kinds(said), said.known_voids, said.old) == (["pinned", "released"], (), ())


@pytest.mark.parametrize("cls", [FrontFeatured, FrontReleased])
def test_what_is_done_to_the_front_page_is_no_foreign_record_and_changes_no_list(cls: type[Event]) -> None:
    front = cls.model_validate({"article": A, "slot": "lead", **SAID})
    said = read((PIN, at(1)), (front, at(2)))
    assert (kinds(said), said.changed, said.old, said.skipped) == (["pinned"], 1, (), ())


def test_who_and_why_of_a_megabyte_are_cut_and_the_action_holds() -> None:
    event = HotPinned(article=A, who="w" * 100_000, why="[y]" * 300_000)
    said = read((event, None))
    assert len(desk.encode(said.desk)) < 2_000
    assert len(desk.in_force(said.desk, NOON_MS)) == 1


@pytest.mark.parametrize("until", ["9999-12-31T23:59:59.9999999-14:00", "0001-01-01T00:00:00+14:00"])
def test_an_action_until_the_edge_of_the_calendar_can_be_explained(until: str) -> None:
    record = Appended(0, NOON_MS, pin(until=until), None, [PINNED])
    (action,) = desk.decode(desk.encode(desk_log.fold((), (), [record]).desk))
    explained = why.explain(A, "now", NOON_MS, {}, Facts(), (action,), NOON_MS)
    assert explained.model_dump_json()


@pytest.mark.parametrize("timestamp", [-1, 2**47, 2**62])
def test_a_record_of_a_time_that_no_broker_has_is_passed_over(timestamp: int) -> None:
    said = desk_log.fold((), (), [event_record(0, PIN, "", timestamp)])
    assert said.skipped == (Skipped(DESK.name, "time", 0, 1),)


def test_a_repeat_is_known_for_as_long_as_its_action_is_kept() -> None:
    records = [event_record(0, PIN, "", source=at(1)), event_record(1, RELEASE, "", source=at(2))]
    records += [event_record(2, HotPinned(article=B, **SAID), "", NOON_MS + 5 * DAY_MS, at(3))]
    records += [event_record(3, PIN, "", NOON_MS + 6 * DAY_MS, at(1))]
    assert desk_log.fold((), (), records).old == (3,)
