"""Lists while one partition stands still: they go on without it, incomplete, and say so."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, cast

from services.rank.adapters.hot_list_store import HotListStore, ListWrite
from services.rank.adapters.left_out import LeftOut
from services.rank.adapters.outbox import Outbox
from services.rank.adapters.publisher import Publisher
from services.rank.core import layout
from services.rank.core.scores import Candidate
from shared.topics import PARTITIONS
from tests.builders import NOON_MS

HOUR_MS = 3_600_000


def look(left_out: LeftOut, now_s: float, *moments: int | None) -> set[int]:
    return set(left_out.look(dict(enumerate(moments)), now_s))


def test_who_stands_still_while_others_move_is_left_out_until_it_has_caught_up() -> None:
    left_out = LeftOut()
    assert look(left_out, 0, 1000, 1000, None) == set()
    assert look(left_out, 29, 30_000, 1000, None) == set()
    assert look(left_out, 31, 32_000, 1000, None) == {1, 2}
    assert look(left_out, 90, 91_000, 50_000, None) == {1, 2}  # it moves again and is behind
    assert look(left_out, 92, 93_000, 90_000, 92_000) == set()


def test_if_all_stand_still_none_is_left_out() -> None:
    left_out = LeftOut()
    look(left_out, 0, 1000, 1000)
    assert look(left_out, 300, 1000, 1000) == set()


def test_after_a_wipe_partitions_that_are_counted_anew_are_waited_for() -> None:
    left_out = LeftOut()
    for s in range(200):
        assert look(left_out, s, NOON_MS + s, NOON_MS - 24 * HOUR_MS + s) == set()


class _HotListStore:
    """Bests of all partitions; each has one article, which twelve readers have read."""

    def __init__(self) -> None:
        self.moments: dict[int, int] = dict.fromkeys(range(PARTITIONS), NOON_MS)
        self.documents: dict[str, dict[str, Any]] = {}

    async def versions(self) -> list[tuple[bytes | None, bytes | None]]:
        return [(b"%d" % self.moments[n], b"digest") for n in range(PARTITIONS)]

    async def tops(self, partitions: Iterable[int]) -> dict[int, dict[bytes, bytes]]:
        made = {}
        for n in partitions:
            lists = {f"all:{name}": [Candidate(f"s-{n}", 12, 12, 0)] for name in ("now", "24h")}
            made[n] = {**layout.top_fields(lists), layout.DIGEST: b"digest"}
        return made

    async def desk(self) -> None:
        return None

    async def published(self) -> set[str]:
        return set()

    async def publish(self, list_writes: Sequence[ListWrite]) -> None:
        self.documents |= {f"{n.scope}:{n.list}": json.loads(n.document or b"{}") for n in list_writes}


class _Outbox:
    async def tell(self, events: object) -> None:
        pass


async def test_a_list_goes_on_without_a_partition_and_is_incomplete(monkeypatch: Any) -> None:
    now_s = 0.0
    monkeypatch.setattr("services.rank.adapters.publisher.time.monotonic", lambda: now_s)
    hot_lists = _HotListStore()
    publisher = Publisher(cast("HotListStore", hot_lists), cast("Outbox", _Outbox()), 10)

    async def later(seconds: int) -> tuple[list[str], bool, list[str]]:
        nonlocal now_s
        now_s += seconds
        hot_lists.moments |= {n: moment + seconds * 1000 for n, moment in hot_lists.moments.items() if n != 5}
        await publisher.turn()
        now, day = hot_lists.documents["all:now"], hot_lists.documents["all:24h"]
        return ids(now), "incomplete" in now, ids(day)

    every = {f"s-{n}" for n in range(PARTITIONS)}
    found, incomplete, _ = await later(1)
    assert (set(found), incomplete) == (every, False)
    found, incomplete, _ = await later(40)
    assert (set(found), incomplete) == (every, True)
    assert hot_lists.documents["all:now"]["as_of"] > "2026-11-15T"
    for _ in range(3):
        found, incomplete, of_day = await later(1300)
    assert (set(found), incomplete, set(of_day)) == (every - {"s-5"}, True, every)
    hot_lists.moments[5] = hot_lists.moments[0]
    found, incomplete, _ = await later(1)
    assert (set(found), incomplete) == (every, False)


def ids(document: dict[str, Any]) -> list[str]:
    return [entry["id"] for entry in document["entries"]]
