"""As much of AIOKafkaConsumer as ingest uses, with and without a group."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, ConsumerStoppedError, IllegalStateError, KafkaConnectionError
from aiokafka.structs import OffsetAndMetadata, OffsetAndTimestamp

from tests.unit.ingest.simulation.cluster import Cluster, Fetch
from tests.unit.ingest.simulation.logs import Record
from tests.unit.ingest.simulation.loop import PROCESS

_SLOWER = 40
"""An empty poll may take so many times longer than asked for, or a run would consist of them."""
_SLOWER_IN_QUIET = 11


class Consumer:
    """A consumer of one process."""

    def __init__(self, *topics: str, **config: Any) -> None:
        self.process = PROCESS.get()
        self._cluster = Cluster.current()
        self.name: str = config.get("group_instance_id", self.process.name)
        self._from_end = config.get("auto_offset_reset", "latest") == "latest"
        self._highwater: dict[TopicPartition, int] = {}
        self._stopped = False
        self.listener: ConsumerRebalanceListener | None = None
        self.positions: dict[TopicPartition, int | None] = {}
        self.behind: dict[TopicPartition, None] = {}
        """Partitions with something to read."""
        self.generation = 0
        self.between = False
        """Whether its partitions were revoked, and new ones are not known yet."""
        self.lets_go = False
        """Whether it is being told so."""
        if not self.process.dead:
            self._cluster.consumers.append(self)

    async def start(self) -> None:
        """Find the brokers."""
        await self._cluster.call("start a consumer", lambda: None, KafkaConnectionError)

    async def stop(self) -> None:
        """Read no more; a member with an instance id stays in its group until its session ends."""
        self._stopped = True
        self.take({})

    def subscribe(self, topics: Sequence[str], listener: ConsumerRebalanceListener | None = None) -> None:
        """Join the group."""
        self.listener = listener
        self._cluster.group.join(self)

    def assign(self, tps: Iterable[TopicPartition]) -> None:
        """Read these partitions."""
        self.take(dict.fromkeys(tps))

    def take(self, positions: Mapping[TopicPartition, int | None]) -> None:
        """Read from these positions and nothing else; None is a position to be found out."""
        logs = self._cluster.logs
        for tp in self.positions:
            logs[tp].readers.remove(self._look)
        self.positions, self.behind = dict(positions), {}
        for tp in self.positions:
            logs[tp].readers.append(self._look)
            self._look(tp)

    def assignment(self) -> frozenset[TopicPartition]:
        """Give what is read."""
        return frozenset(self.positions)

    def seek(self, tp: TopicPartition, offset: int) -> None:
        """Go to an offset."""
        self._go(tp, offset)

    async def seek_to_beginning(self, *tps: TopicPartition) -> bool:
        """Go to where the logs begin."""
        for tp in tps:
            self._go(tp, 0)
        return True

    async def seek_to_end(self, *tps: TopicPartition) -> bool:
        """Go to where the logs end, when that is found out."""
        self._from_end = True
        for tp in tps:
            self._go(tp, None)
        return True

    async def position(self, tp: TopicPartition) -> int:
        """Give the offset that is read next."""
        self._must_be_mine(tp)
        if self.positions[tp] is None:
            await self._cluster.call("position", partial(self._find, tp))
            self._must_be_mine(tp)
        at = self.positions[tp]
        assert at is not None
        return at

    def highwater(self, tp: TopicPartition) -> int | None:
        """Give where the log ended when it was last read."""
        return self._highwater.get(tp)

    async def beginning_offsets(self, tps: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Give where the logs begin."""
        return dict.fromkeys(tps, 0)

    async def end_offsets(self, tps: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Give where the logs end."""
        wanted, logs = list(tps), self._cluster.logs
        found: dict[TopicPartition, int] = await self._cluster.call(
            "ends", lambda: {tp: logs[tp].end for tp in wanted}, KafkaConnectionError
        )
        return found

    async def offsets_for_times(
        self, times: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, OffsetAndTimestamp | None]:
        """Give the first record of each log that is not older."""

        def find() -> dict[TopicPartition, OffsetAndTimestamp | None]:
            first = {
                tp: next((r for r in self._cluster.logs[tp].left if r and r.timestamp >= ms), None)
                for tp, ms in times.items()
            }
            return {tp: r and OffsetAndTimestamp(r.offset, r.timestamp) for tp, r in first.items()}

        found: dict[TopicPartition, OffsetAndTimestamp | None] = await self._cluster.call("times", find)
        return found

    async def getmany(
        self, *tps: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> dict[TopicPartition, list[Record]]:
        """Take what is there, or nothing after a while."""
        slower = _SLOWER_IN_QUIET if self._cluster.quiet else _SLOWER
        timeout_s = timeout_ms / 1000 * self._cluster.chance.uniform(1, slower)
        return await self._fetch(Fetch(self, tps, max_records or 500), timeout_s)

    async def getone(self, *tps: TopicPartition) -> Record:
        """Wait for a record."""
        while True:
            for records in (await self._fetch(Fetch(self, tps, 1), None)).values():
                return records[0]

    async def commit(self, offsets: Mapping[TopicPartition, Any]) -> None:
        """Commit, if the group knows this member and its generation."""
        if not self.positions or any(tp not in self.positions for tp in offsets):
            raise IllegalStateError("a partition is not assigned")
        group, generation = self._cluster.group, self.generation

        def carry_out() -> bool:
            return group.commit(self, generation, {tp: _as_committed(o) for tp, o in offsets.items()})

        if not await self._cluster.call("commit", carry_out, CommitFailedError, changes=True):
            raise CommitFailedError

    async def committed(self, tp: TopicPartition) -> int | None:
        """Give the committed offset."""
        found: OffsetAndMetadata | None = await self._cluster.call(
            "committed", lambda: self._cluster.group.committed.get(tp), KafkaConnectionError
        )
        return None if found is None else found.offset

    def deliver(self, tps: Sequence[TopicPartition], most: int) -> dict[TopicPartition, list[Record]]:
        """Hand over as many records as the moment gives."""
        chance, found = self._cluster.chance, {}
        for tp in [tp for tp in self.behind if not tps or tp in tps]:
            start, log = self._find(tp), self._cluster.logs[tp]
            until = (
                log.end if self._cluster.quiet or chance.random() < 0.5 else chance.randint(start, log.end)
            )
            records = log.take(start, until)
            if len(records) > most:
                records = records[:most]
                until = records[-1].offset + 1
            self.positions[tp] = until
            self._highwater[tp] = log.end
            self._look(tp)
            if records:
                found[tp] = records
                most -= len(records)
            if most <= 0:
                break
        return found

    async def _fetch(self, fetch: Fetch, timeout_s: float | None) -> dict[TopicPartition, list[Record]]:
        if self._stopped:
            raise ConsumerStoppedError
        if self.process.dead:
            raise asyncio.CancelledError
        self._cluster.fetches.append(fetch)
        loop = asyncio.get_running_loop()
        timer = None if timeout_s is None else loop.call_later(timeout_s, fetch.answer, {})
        try:
            return await fetch.future
        finally:
            self._cluster.fetches.remove(fetch)
            if timer is not None:
                timer.cancel()

    def _find(self, tp: TopicPartition) -> int:
        at = self.positions[tp]
        if at is None:
            self.positions[tp] = at = self._cluster.logs[tp].end if self._from_end else 0
            self._look(tp)
        return at

    def _go(self, tp: TopicPartition, offset: int | None) -> None:
        self._must_be_mine(tp)
        self.positions[tp] = offset
        self._look(tp)

    def _look(self, tp: TopicPartition) -> None:
        at = self.positions[tp]
        if at is None or at < self._cluster.logs[tp].end:
            self.behind[tp] = None
        else:
            self.behind.pop(tp, None)

    def _must_be_mine(self, tp: TopicPartition) -> None:
        if tp not in self.positions:
            raise IllegalStateError(f"{tp} is not assigned")


def _as_committed(given: Any) -> OffsetAndMetadata:
    return OffsetAndMetadata(given, "") if isinstance(given, int) else OffsetAndMetadata(*given)
