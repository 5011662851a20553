"""Publishing: the owner of partition 0 merges the bests of all partitions and publishes the lists.

A list is written when it has changed, and once a second anyway, so that its `as_of` moves on.
"""

import time
from typing import Final, cast

from services.rank.adapters import metrics
from services.rank.adapters.hot_list_store import HotListStore, ListWrite
from services.rank.adapters.left_out import LeftOut
from services.rank.adapters.outbox import Outbox
from services.rank.core import desk, layout, lists, restore
from services.rank.core.clock import BUCKET_MS, WINDOWS, utc
from services.rank.core.desk import Desk
from services.rank.core.log_time import FAR_MS
from services.rank.core.restore import TornError
from services.rank.core.scores import Candidate
from shared.events import HotEntry, HotListChanged, ListName
from shared.runtime import log

_HEARTBEAT_S: Final = 1.0
_LOOK_AROUND_S: Final = 10.0
"""How often lists are looked for that nobody feeds any more: an emptied section's, a restored backup's."""


class Publisher:
    """The hot lists; `turn` is to be called several times a second by the owner of partition 0."""

    def __init__(self, hot_lists: HotListStore, outbox: Outbox, event_every_s: float) -> None:
        self._hot_lists, self._outbox, self._event_every_s = hot_lists, outbox, event_every_s
        self._digests: dict[int, bytes] = {}
        self._tops: dict[int, dict[str, list[Candidate]]] = {}
        self._incomplete: set[int] = set()
        self._left_out = LeftOut()
        self._out: frozenset[int] = frozenset()
        self._moments: dict[int, int] = {}
        self._changed = False
        self._actions: Desk = ()
        self._history: Desk | None = None
        self._lists: dict[str, tuple[HotEntry, ...]] = {}
        self._published_at = -_HEARTBEAT_S
        self._looked_at = -_LOOK_AROUND_S
        self._told: dict[str, tuple[float, tuple[HotEntry, ...]]] = {}
        self._as_of_ms: int | None = None
        metrics.AGE.set_function(self._age_s)

    def rest(self) -> None:
        """Note that another worker publishes: the lists' age is its to tell."""
        self._as_of_ms = None

    async def turn(self) -> None:
        """Read what has changed, merge, publish."""
        as_of_ms = await self._read()
        if as_of_ms is None:
            return
        history = await self._desk()
        if history is None:
            return
        actions = desk.in_force(history, time.time_ns() // 1_000_000)
        merged = (
            lists.merge_all(self._current(as_of_ms), actions)
            if self._out or self._changed or actions != self._actions
            else self._lists
        )
        self._actions, self._changed = actions, False
        now = time.monotonic()
        beat = now - self._published_at >= _HEARTBEAT_S
        if beat:
            self._published_at = now
        chosen = [name for name in merged if beat or merged[name] != self._lists.get(name)]
        gone = self._lists.keys() - merged.keys()
        if now - self._looked_at >= _LOOK_AROUND_S:
            self._looked_at = now
            gone |= await self._hot_lists.published() - merged.keys()
        self._lists = merged
        await self._publish(chosen, sorted(gone), as_of_ms)
        await self._tell(as_of_ms)
        self._as_of_ms = as_of_ms

    def _age_s(self) -> float:
        return float("nan") if self._as_of_ms is None else max(0.0, time.time() - self._as_of_ms / 1000)

    async def _read(self) -> int | None:
        """Read the bests that changed; give the moment all are made for, None while a partition has none."""
        versions = await self._hot_lists.versions()
        moved = [n for n, (_, digest) in enumerate(versions) if digest != self._digests.get(n, b"")]
        tops = await self._hot_lists.tops(moved)
        moments = {n: None if as_of is None else int(as_of or 0) for n, (as_of, _) in enumerate(versions)}
        out = self._left_out.look(moments, time.monotonic())
        if any(n not in out and (moments[n] is None or (n in moved and not tops.get(n))) for n in moments):
            return None
        if out != self._out:
            self._out, self._changed = out, True
            self._published_at = -_HEARTBEAT_S
        for n, top in tops.items():
            if not top:
                continue
            self._tops[n] = layout.top_lists(top)
            self._digests[n] = top[layout.DIGEST]
            (self._incomplete.add if layout.INCOMPLETE in top else self._incomplete.discard)(n)
            self._changed = True
        self._moments |= {n: moment for n, moment in moments.items() if moment is not None}
        return min(self._moments[n] for n in moments if n not in out)

    async def _desk(self) -> Desk | None:
        """Read the history of the desk; the last one known if it cannot be read, None if none is."""
        try:
            blob = await self._hot_lists.desk()
            with restore.reading(0, "the history of the desk"):
                self._history = desk.decode(blob)
        except TornError as error:
            log.warning("desk_unreadable", reason=str(error))
        return self._history

    @property
    def _is_incomplete(self) -> bool:
        return bool(self._incomplete or self._out)

    def _current(self, as_of_ms: int) -> list[dict[str, list[Candidate]]]:
        """Give the bests of all partitions, but for what is older than all that its list counts."""
        return [
            {
                name: best
                for name, best in top.items()
                if n not in self._out
                or as_of_ms - self._moments.get(n, 0) <= WINDOWS[_split(name)[1]] * BUCKET_MS
            }
            for n, top in self._tops.items()
        ]

    async def _publish(self, chosen: list[str], gone: list[str], as_of_ms: int) -> None:
        list_writes = []
        written, latest = lists.written(as_of_ms), lists.written(time.time_ns() // 1_000_000 + FAR_MS)
        for name in chosen:
            scope, list_name = _split(name)
            entries = self._lists[name]
            hot = lists.HotList(scope, list_name, as_of_ms, entries, self._is_incomplete)
            members = lists.sorted_set(entries)
            list_writes.append(ListWrite(scope, list_name, written, hot.document(), members, latest))
        for name in gone:
            scope, list_name = _split(name)
            list_writes.append(ListWrite(scope, list_name, written, None, (), latest))
        if list_writes:
            await self._hot_lists.publish(list_writes)

    async def _tell(self, as_of_ms: int) -> None:
        """Send lists whose entries changed to hot.v1, each at most once in `event_every_s`."""
        now = time.monotonic()
        events = []
        for name in self._lists.keys() | self._told.keys():
            entries = self._lists.get(name, ())
            told_at, told = self._told.get(name, (-self._event_every_s, ()))
            if entries != told and now - told_at >= self._event_every_s:
                self._told[name] = now, entries
                scope, list_name = _split(name)
                events.append(
                    HotListChanged(
                        scope=scope,
                        list=list_name,
                        as_of=utc(as_of_ms),
                        entries=entries,
                        incomplete=self._is_incomplete or None,
                    )
                )
        if events:
            await self._outbox.tell(events)


def _split(name: str) -> tuple[str, ListName]:
    scope, _, list_name = name.rpartition(":")
    return scope, cast("ListName", list_name)
