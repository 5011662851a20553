"""A Redis of a test's own that knows what rank's script does, and nothing else.

It passes the same suite as the real one (tests/integration/rank/test_store.py).
"""

import json
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from services.rank.core.layout import (
    AS_OF,
    FACTS_COUNT,
    Flush,
    Write,
    ids_lengths,
    key,
    seen_key,
    views_key,
)
from services.rank.core.position import Position, newer_layout
from services.rank.core.restore import Stored, days_to_read, position_of

Value = bytes | dict[bytes, bytes]


def _number(text: bytes) -> int | None:
    """Read a number as Lua does."""
    return int(text) if text.isdigit() else None


class SimulatedStore:
    """The keys of all partitions, in memory."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._keys: dict[str, Value] = {}

    def dump(self) -> dict[str, Value]:
        """Give a backup."""
        return dict(self._keys)  # values are never changed, only replaced

    def put_back(self, backup: dict[str, Value]) -> None:
        """Be what a backup was."""
        self._keys = dict(backup)

    def read(self, partition: int) -> Stored:
        """Read a partition."""
        position = self._text(key(partition, "position"))
        at = position_of(partition, position)
        hashes = self.hashes(partition, {day: len(at.parts(day)) for day in at.days})
        return Stored(
            position=position,
            ids={day: self.ids(partition, at, day) for day in at.days},
            articles=self._hash(key(partition, "articles")),
            views={day: self._hash(views_key(partition, day)) for day in at.days},
            seen=self.hashes(partition, days_to_read(at, self._zone)),
            seen_bytes={day: [*map(len, parts)] for day, parts in hashes.items()},
            top_as_of=self._hash(key(partition, "top")).get(AS_OF),
            numbered=self._hash(key(partition, "ids")) if at.numbered else {},
        )

    def ids(self, partition: int, at: Position, day: str) -> bytes:
        """Read the ids of a reading day."""
        return b"".join(self._text(name) or b"" for name in ids_lengths(partition, at, day))

    def run(self, flush: Flush) -> str:
        """Do what the script does."""
        reply = self.differs(flush)
        if reply is not None:
            return reply
        for write in flush.writes:
            self._apply(write)
        self._keys[key(flush.partition, "position")] = flush.next_position
        return "ok"

    def differs(self, flush: Flush) -> str | None:
        """Say what is not as the flush believes; None if all is."""
        stored = self._text(key(flush.partition, "position"))
        if stored != flush.position:
            return "position"
        if self._hash(key(flush.partition, "top")).get(AS_OF) != flush.top_as_of:
            return "top"
        if _number(self._hash(key(flush.partition, "articles")).get(FACTS_COUNT, b"0")) != flush.facts:
            return "torn"
        if any(len(self._text(k) or b"") != length for k, length in flush.lengths.items()):
            return "torn"
        if not self._keys.keys() >= set(flush.present):
            return "torn"
        if stored is not None:
            before, after = json.loads(stored)["next"], json.loads(flush.next_position)["next"]
            if any(after.get(topic, -1) < offset for topic, offset in before.items()):
                return "falls"
        return None

    def hashes(self, partition: int, days: Mapping[str, int]) -> dict[str, list[bytes]]:
        """Read the hashes of some reading days, each of so many parts."""
        return {
            day: [self._text(seen_key(partition, day, part)) or b"" for part in range(parts)]
            for day, parts in days.items()
        }

    def facts_there(self, partition: int, ids: Sequence[str]) -> dict[str, bytes | None]:
        """Read the facts of articles."""
        there = self._hash(key(partition, "articles"))
        return {i: there.get(i.encode()) for i in ids}

    async def facts(
        self, partition: int, ids: Sequence[str], position: bytes | None
    ) -> dict[str, bytes | None] | None:
        """Read the facts of articles, if the position is still this one."""
        there = self._text(key(partition, "position")) == position
        return self.facts_there(partition, ids) if there else None

    async def load(self, partition: int) -> Stored:
        """Read a partition, as the real store does."""
        return self.read(partition)

    async def seen(self, partition: int, days: Mapping[str, int]) -> dict[str, list[bytes]]:
        """Read the hashes of some reading days, each of so many parts."""
        return self.hashes(partition, days)

    async def flush(self, flushes: Sequence[Flush]) -> list[str]:
        """Run the script for several partitions."""
        return [self.run(flush) for flush in flushes]

    async def forget(self, partition: int, position: bytes | None) -> None:
        """Delete all that is stored of a partition, if its position is still this one."""
        stored = self._text(key(partition, "position"))
        if stored == position and newer_layout(stored or b"") is None:
            of_partition = key(partition, "")
            self._keys = {k: value for k, value in self._keys.items() if not k.startswith(of_partition)}

    def _text(self, name: str) -> bytes | None:
        value = self._keys.get(name)
        assert value is None or isinstance(value, bytes)
        return value

    def _hash(self, name: str) -> dict[bytes, bytes]:
        value = self._keys.get(name, {})
        assert isinstance(value, dict)
        return dict(value)

    def _apply(self, write: Write) -> None:
        match write.command, write.arguments:
            case "HSET", (field, value):
                self._keys[write.key] = {**self._hash(write.key), field: value}
            case "HDEL", (field,):
                self._keys[write.key] = {f: v for f, v in self._hash(write.key).items() if f != field}
            case "APPEND", (blob,):
                self._keys[write.key] = (self._text(write.key) or b"") + blob
            case "UNLINK", ():
                self._keys.pop(write.key, None)
            case unknown:
                raise AssertionError(f"the script does not know {unknown}")
