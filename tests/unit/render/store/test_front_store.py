"""desk.v1 in the store: repeats and foreign records change nothing, the position moves with what is read."""

import json
from typing import Any

import pytest

from services.render.adapters.log.records import Record
from services.render.adapters.store import front
from services.render.core.articles.front import Featured
from shared import wire
from shared.events import Arrival, Event, FrontFeatured, FrontReleased, HotPinned
from tests.builders import NOON_MS
from tests.unit.render.folded import Folded

SAID: dict[str, Any] = {"who": "desk", "why": "要闻"}
PUT = FrontFeatured(article="a", slot="lead", **SAID)
TAKEN = FrontReleased(article="a", slot="lead", **SAID)
OTHER = FrontFeatured(article="b", slot="lead", **SAID)


def at(offset: int, article: str = "a") -> Arrival:
    return Arrival(NOON_MS + offset, wire.partition_for(article), offset)


def there(folded: Folded) -> list[str]:
    return [one.article for one in folded.store.featured()]


def test_what_a_zombie_writes_behind_the_release_does_not_hold_again(folded: Folded) -> None:
    folded.feature(PUT, TAKEN, PUT, inputs=[at(1), at(2), at(1)])
    assert there(folded) == []


def test_the_last_that_was_put_there_has_the_slot_and_leaves_it_to_nobody(folded: Folded) -> None:
    folded.feature(PUT, OTHER)
    assert there(folded) == ["b"]
    folded.feature(TAKEN)
    assert there(folded) == ["b"], "another one's release"
    folded.feature(FrontReleased(article="b", slot="lead", **SAID))
    assert there(folded) == []


def test_however_the_log_is_cut_the_slots_are_the_same(folded: Folded) -> None:
    events: list[Event] = [PUT, OTHER, TAKEN, PUT, HotPinned(article="a", **SAID), OTHER]
    for event in events:
        folded.feature(event)
    rows = folded.rows()
    front.forget(folded.store.writer)
    folded._desk_end = 0
    folded.feature(*events)
    assert folded.rows() == rows
    assert folded.store.front_position() == {0: (len(events), NOON_MS)}


def test_it_is_there_after_a_restart_with_its_position(folded: Folded) -> None:
    assert folded.feature(PUT)
    assert not folded.feature(PUT), "nothing changed"
    folded.reopen()
    assert folded.store.featured() == (Featured("lead", "a"),)
    assert folded.store.front_position() == {0: (2, NOON_MS)}


def value(**changes: Any) -> bytes:
    return json.dumps({"article": "b", "slot": "lead", **SAID} | changes).encode()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("FrontFeatured", None, "value"),
        ("FrontFeatured", b"{", "value"),
        ("FrontFeatured", value(slot="second-9"), "value"),
        ("FrontFeatured", value(article="/"), "value"),
        ("FrontFeatured", value(until="9999-12-31T23:59:59-14:00"), "value"),
        ("FrontFeatured", value(more=[[]] * 200), "too_large"),
        ("FrontHidden", value(), "type"),
        ("HotPinned", value(), None),
        ("ViewsVoided", b"{", None),
    ],
)
def test_a_foreign_record_is_passed_over_and_counted(
    folded: Folded, name: str, content: bytes | None, reason: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(front, "skipped", lambda _topic, _partition, _offset, why: told.append(why))
    folded.feature(PUT)
    record = Record(0, 1, NOON_MS, None, content, (("ce_type", f"remen.{name}".encode()),))
    assert not front.apply(folded.store.writer, [record])
    assert (there(folded), told) == (["a"], [] if reason is None else [reason])
    assert folded.store.front_position() == {0: (2, NOON_MS)}
