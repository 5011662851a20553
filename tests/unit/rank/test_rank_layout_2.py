"""What layouts 1 and 2 left is made into that of today in one flush, and no count changes by it."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rank.core import layout, turn
from services.rank.core.restore import TornError, ids_to_ask
from services.rank.core.turn import Cache
from shared.topics import VIEWS
from tests.builders import NOON_MS
from tests.unit.rank.logs import ARTICLE_IDS, HOME, ZONE, Appended, batch, plain, readers_of, views_log
from tests.unit.rank.machine import Machine
from tests.unit.rank.older import LONG_AGO, as_layout
from tests.unit.rank.simulated import SimulatedStore, Value
from tests.unit.rank.test_rank_fold import logs

A, B, C = ARTICLE_IDS[:3]
TAG = layout.key(HOME, "")


def put_older(store: SimulatedStore, older: int) -> None:
    """Write what lies there as an older rank had it."""
    content = {name.removeprefix(TAG): value for name, value in store.dump().items()}
    store.put_back({TAG + name: value for name, value in as_layout(older, content).items()})


def converted(store: SimulatedStore, part: int) -> Cache:
    """Read a partition and write it as it is to be, as the loader does."""
    cache = turn.remember(HOME, store.read(HOME), ZONE, part)
    after, flush = turn.request(cache, cache, [])
    assert store.run(flush) == "ok"
    return after


@given(logs(), st.data())
def test_a_log_that_an_older_rank_began_to_count_comes_to_the_same(
    records: list[Appended], data: st.DataObject
) -> None:
    older = data.draw(st.sampled_from([1, 2]))
    # layout 1 had all hashes of a day in one string
    part = 1000 if older == 1 else 2
    whole, machine = Machine(SimulatedStore(ZONE), part), Machine(SimulatedStore(ZONE), part)
    whole.feed(batch(records))
    upto = data.draw(st.integers(0, len(records)))
    machine.feed(batch(records[:upto], upto={VIEWS.name: upto}))
    before = readers_of(machine.cache.state)
    put_older(machine.store, older)
    machine.cache = converted(machine.store, part)
    assert readers_of(machine.cache.state) == before
    assert not [name for name in machine.store.dump() if name == layout.key(HOME, "ids")]
    if data.draw(st.booleans()):
        machine.reload()
    assert machine.feed(batch(records[upto:], upto={VIEWS.name: len(records)}))[0] == "ok"
    machine.reload()
    assert readers_of(machine.cache.state) == readers_of(whole.cache.state)
    assert _hashes(machine.store) == _hashes(whole.store)
    assert machine.cache.state.position.days == whole.cache.state.position.days


def of_layout_2() -> SimulatedStore:
    machine = Machine(SimulatedStore(ZONE))
    machine.feed(batch(views_log([plain(A, "anna"), plain(B, "bert"), plain(B, "carl")])))
    put_older(machine.store, 2)
    return machine.store


def test_what_lies_in_layout_2_names_its_layout_once_it_is_converted() -> None:
    store = of_layout_2()
    assert converted(store, 2).owed == ()
    said = json.loads(store.read(HOME).position or b"")
    assert (said["layout"], set(said["ids"]), "numbered" in said) == (3, set(said["days"]), False)


def test_facts_are_asked_for_of_what_was_viewed_lately_alone() -> None:
    assert sorted(ids_to_ask(HOME, of_layout_2().read(HOME))) == sorted([A, B])


def test_a_worker_that_dies_before_it_has_converted_has_changed_nothing() -> None:
    store = of_layout_2()
    before = store.dump()
    cache = turn.remember(HOME, store.read(HOME), ZONE)
    assert store.dump() == before
    # two workers may believe that it is theirs: the first converts, the other is refused
    converted(store, 2)
    assert store.run(turn.request(cache, cache, [])[1]) == "position"


def test_what_is_folded_before_the_conversion_is_written_goes_with_it() -> None:
    store = of_layout_2()
    machine = Machine(store)
    assert machine.cache.owed
    assert machine.feed(batch([Appended(3, NOON_MS, plain(C, "dora"))]))[0] == "ok"
    machine.reload()
    assert sum(readers_of(machine.cache.state).values()) == 4
    assert set(machine.cache.state.indexes) == {A, B, C}


@pytest.mark.parametrize(
    "ids",
    [
        {},
        {A.encode(): b"0"},
        {A.encode(): b"0", B.encode(): b"x"},
        {A.encode(): b"0", B.encode(): b"0", **{i.encode(): b"1" for i in LONG_AGO}},
        {A.encode(): b"0", B.encode(): b"9" * 25, **{i.encode(): b"1" for i in LONG_AGO}},
        {A.encode(): b"0", b"\xff\xfe": b"1", **{i.encode(): b"%d" % n for n, i in enumerate(LONG_AGO, 2)}},
    ],
    ids=range(6),
)
def test_a_numbering_that_an_older_rank_cannot_have_written_is_torn(ids: dict[bytes, bytes]) -> None:
    stored = replace(of_layout_2().read(HOME), numbered=ids)
    with pytest.raises(TornError, match=f"^partition {HOME}: "):
        turn.remember(HOME, stored, ZONE)


def _hashes(store: SimulatedStore) -> dict[str, Value]:
    return {name: value for name, value in store.dump().items() if ":seen:" in name}
