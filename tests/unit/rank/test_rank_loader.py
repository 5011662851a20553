"""Taking over: each partition is read on its own, and one that cannot be had holds up no other."""

import asyncio
from typing import Any, cast

import pytest
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.rank.adapters.clock import Clock
from services.rank.adapters.loader import Loader
from services.rank.adapters.log import Log, topics_of
from services.rank.adapters.store import Store
from services.rank.core.alarms import Bounds
from services.rank.core.position import NewerLayoutError
from services.rank.core.restore import Stored, TornError
from tests.builders import NOON_MS
from tests.unit.rank.logs import ZONE
from tests.unit.rank.simulated import SimulatedStore

EMPTY = {topic: Bounds(0, 0, None) for topic in topics_of(0)}


class _Log:
    """A log of three partitions, all of them empty."""

    generation = 0

    def partitions(self) -> set[int]:
        return {0, 1, 2}

    async def bounds(self, applied: dict[int, Any]) -> dict[int, dict[str, Bounds]]:
        return dict.fromkeys(applied, EMPTY)

    def seek(self, partition: int, offsets: dict[str, int]) -> None:
        pass


class _Store(SimulatedStore):
    """A store that answers for partition 2 when it is told to, and never for partition 1."""

    def __init__(self) -> None:
        super().__init__(ZONE)
        self.answers = asyncio.Event()
        self.torn = False

    async def load(self, partition: int) -> Stored:
        if partition == 1:
            raise RedisTimeoutError
        if partition == 2:
            await self.answers.wait()
        if self.torn:
            raise TornError(partition, "for a moment")
        return await super().load(partition)


class _Time:
    """Seconds that pass when they are told to."""

    s = 0.0


def loader() -> tuple[Loader, _Store, _Time]:
    store, time = _Store(), _Time()
    clock = Clock(lambda: NOON_MS, lambda: time.s)
    made = Loader(cast("Log", _Log()), cast("Store", store), ZONE, clock)
    return made, store, time


async def loaded(loader: Loader, *missing: int) -> set[int]:
    return set(await loader.load(missing, patiently=True))


async def test_a_partition_that_fails_and_one_that_takes_its_time_hold_up_no_other() -> None:
    making, store, time = loader()
    found: set[int] = set()
    async with asyncio.timeout(10):
        while not found:
            found = await loaded(making, 0, 1, 2)
        assert found == {0}
        assert await loaded(making, 1, 2) == set()
        store.answers.set()
        time.s += 2
        found = set()
        while not found:
            found = await loaded(making, 1, 2)
    assert found == {2}
    making.owns(())


async def test_what_is_torn_a_day_later_is_given_its_time_again() -> None:
    making, store, time = loader()
    store.torn = True
    forgotten: list[int] = []

    async def forget(partition: int, position: bytes | None) -> None:
        forgotten.append(partition)

    store.forget = forget  # type: ignore[method-assign]
    await making.torn(0, "for a moment", None)
    time.s += 86_400
    await making.torn(0, "for a moment", None)
    assert forgotten == []
    for _ in range(6):
        time.s += 2
        await making.torn(0, "still", None)
    assert forgotten == [0]


async def test_a_partition_of_a_newer_layout_is_left_alone_until_it_is_readable_again() -> None:
    making, store, time = loader()
    newer: list[int] = [7]

    async def load(partition: int) -> Stored:
        if newer:
            raise NewerLayoutError(*newer)
        return await SimulatedStore.load(store, partition)

    async def forget(partition: int, position: bytes | None) -> None:
        raise AssertionError("it was deleted")

    store.load, store.forget = load, forget  # type: ignore[method-assign]
    for _ in range(10):
        assert await loaded(making, 0) == set()
        (said,) = making.refusals()
        assert "layout 7, and this rank knows none after 3; run the newer rank" in said
        time.s += 6
    newer.clear()
    assert await loaded(making, 0) == {0}
    assert making.refusals() == []
    making.owns(())


class StillError(Exception):
    """It stood still, and would be read."""


class _Restless(Store):
    """A store whose partition moves on while it is read, as that of a worker that still counts."""

    def __init__(self, moves: int) -> None:
        super().__init__(cast("Any", None), ZONE)
        self.moves, self.readings = moves, 0

    async def _position(self, partition: int) -> bytes | None:
        return None

    async def _sizes_checked(self, partition: int, position: bytes | None, days: Any) -> bool:
        self.readings += 1
        if self.readings > self.moves:
            raise StillError
        return False


async def test_a_partition_that_never_stands_still_is_not_read_for_ever() -> None:
    store = _Restless(100)
    with pytest.raises(TimeoutError, match="was written to"):
        await store.load(3)
    assert store.readings < 20
    # one that moved on a few times is read
    with pytest.raises(StillError):
        await _Restless(3).load(3)
