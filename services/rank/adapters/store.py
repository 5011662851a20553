"""Redis as a fold's store: a partition is written by one script, and read as it stood at one position."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from itertools import islice
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from services.rank.adapters.strings import PIECE_BYTES, ids_of_day, in_pieces
from services.rank.core import layout_2, restore
from services.rank.core.layout import (
    AS_OF,
    DESK_FIELD,
    FACTS_COUNT,
    VOIDS_FIELD,
    Flush,
    key,
    lengths,
    seen_key,
    views_key,
)
from services.rank.core.position import LAYOUT, NewerLayoutError, Position, newer_layout
from services.rank.core.restore import LONGEST_POSITION, Stored, TornError, days_to_read, position_of
from shared import redis

AWAY: Final = redis.AWAY
"""What is raised when Redis is away; it is unknown then whether a script has run."""

_FLUSH: Final = files("services.rank.adapters").joinpath("flush.lua").read_text(encoding="utf-8")

_ARTICLES_FIELDS: Final = [FACTS_COUNT, DESK_FIELD, VOIDS_FIELD]

_FACTS_AT_ONCE: Final = 5_000
"""A megabyte: Redis has its other callers wait some milliseconds for it."""

_IDS_AT_ONCE: Final = 10_000

_TRIES: Final = 8
"""Readings of a partition that moves on under them, each with more time before it: some seconds in all."""
_PAUSE_S: Final = 0.05

# A position that is far too long may still be one, of a rank that is newer than this.
_FORGET: Final = """
local kind = redis.call('TYPE', KEYS[1]).ok
local may_be_one = kind == 'none' or kind == 'string' and redis.call('STRLEN', KEYS[1]) <= tonumber(ARGV[2])
if kind == 'string' then
  local layout = string.match(redis.call('GETRANGE', KEYS[1], 0, 99), '^%s*{%s*"layout"%s*:%s*(%d+)')
  if layout and tonumber(layout) > tonumber(ARGV[3]) then return end
end
if not may_be_one or (redis.call('GET', KEYS[1]) or '') == ARGV[1] then
  for _, key in ipairs(KEYS) do redis.call('UNLINK', key) end
end
"""


def connect(url: str) -> Redis:
    """Make the client of a Redis or of a cluster of them; after a lost reply we read what was written."""
    return redis.connect(url, answer_s=5, connect_s=2)


class Store:
    """The keys under the hash tags `{r0}` to `{r11}`."""

    piece_bytes = PIECE_BYTES

    def __init__(self, redis: Redis, zone: ZoneInfo) -> None:
        self._redis = redis
        self._zone = zone

    async def load(self, partition: int) -> Stored:
        """Read a partition as it stands at one position; TornError if that cannot have been written there.

        NewerLayoutError if another rank has written it, of which this one cannot know what it means.
        TimeoutError if it does not stand still: somebody else counts it, and so busily that he is not to be
        disturbed by one who reads it again and again.

        The position is read before and behind all else, and nothing is written without changing it but the
        bests, which are not read. (A transaction would hold up Redis for as long as the largest key takes.)
        What another hand changes meanwhile is found by the sums that the position names. Sizes are asked for
        first: what is far too large is not read at all.
        """
        for attempt in range(_TRIES):
            if attempt:
                await asyncio.sleep(_PAUSE_S * attempt)
            position = await self._position(partition)
            at = position_of(partition, position)
            if not await self._sizes_checked(partition, position, at):
                continue
            ids = {
                day: await ids_of_day(self._redis, partition, at, day, self.piece_bytes) for day in at.days
            }
            numbered = await self._numbered(partition, position) if at.numbered else {}
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.get(key(partition, "position"))
                pipe.hmget(key(partition, "articles"), _ARTICLES_FIELDS)
                for day in at.days:
                    pipe.hgetall(views_key(partition, day))
                for name in _seen_keys(partition, at):
                    pipe.strlen(name)
                pipe.get(key(partition, "position"))
                before, fields, *rest, behind = await _replies(pipe, partition, position)
            if not (before or None) == (behind or None) == position:
                continue
            articles = {f: x for f, x in zip(_ARTICLES_FIELDS, fields, strict=True) if x is not None}
            seen = await self.seen(partition, days_to_read(at, self._zone))
            sizes = iter(rest[len(at.days) :])
            stored = Stored(
                position,
                ids,
                articles,
                views=dict(zip(at.days, rest[: len(at.days)], strict=True)),
                seen=seen,
                seen_bytes={day: list(islice(sizes, len(at.parts(day)))) for day in at.days},
                top_as_of=None,
                numbered=numbered,
            )
            wanted = await asyncio.to_thread(restore.ids_to_ask, partition, stored)
            found = await self.facts(partition, wanted, position)
            if found is None or await self._position(partition) != position:
                continue
            known = {i.encode(): blob for i, blob in found.items() if blob is not None}
            return replace(stored, articles=articles | known, top_as_of=await self._top_as_of(partition))
        raise TimeoutError(f"partition {partition} was written to during each of {_TRIES} readings")

    async def _numbered(self, partition: int, position: bytes | None) -> dict[bytes, bytes]:
        """Read the one numbering of layout 2 in portions; TornError where another type of key lies."""
        found: dict[bytes, bytes] = {}
        cursor = 0
        try:
            while True:
                cursor, some = await self._redis.hscan(key(partition, "ids"), cursor, count=_IDS_AT_ONCE)
                found |= cast("dict[bytes, bytes]", some)
                if not cursor:
                    return found
        except ResponseError as error:
            if not redis.is_wrong_type(error):
                raise
            raise TornError(partition, "ids is a key of another type than it must be", position) from error

    async def facts(
        self, partition: int, ids: Sequence[str], position: bytes | None
    ) -> dict[str, bytes | None] | None:
        """Read the facts of articles, None where there are none.

        Gives None if the position is not this one any more.
        """
        found: dict[str, bytes | None] = {}
        for begin in range(0, len(ids), _FACTS_AT_ONCE):
            some = ids[begin : begin + _FACTS_AT_ONCE]
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.get(key(partition, "position"))
                pipe.hmget(key(partition, "articles"), list(some))
                pipe.get(key(partition, "position"))
                before, blobs, behind = await _replies(pipe, partition, position)
            if not (before or None) == (behind or None) == position:
                return None
            found |= zip(some, blobs, strict=True)
        return found

    async def seen(self, partition: int, days: Mapping[str, int]) -> dict[str, list[bytes]]:
        """Read the hashes of days, each of so many parts; none where a key is of another type."""
        return {
            day: [
                await in_pieces(self._redis, seen_key(partition, day, part), self.piece_bytes)
                for part in range(parts)
            ]
            for day, parts in days.items()
        }

    async def flush(self, flushes: Sequence[Flush]) -> list[str]:
        """Run the script for several partitions in one round trip; each replies "ok" or what differs.

        What Redis refuses is replied by its kind (`shared.redis.REFUSALS`); nothing was written then.
        A key of another type than it must be is found before anything is written: that partition is torn.
        """
        async with self._redis.pipeline(transaction=False) as pipe:
            for flush in flushes:
                keys, arguments = _for_script(flush)
                # the whole text each time: a Redis that was restarted knows no scripts
                pipe.eval(_FLUSH, len(keys), *keys, *arguments)
            replies = await pipe.execute(raise_on_error=False)
        return [_said(reply) for reply in replies]

    async def forget(self, partition: int, position: bytes | None) -> None:
        """Delete all that rank stored of a partition, if its position is still this one, or cannot be one."""
        first = key(partition, "position").encode()
        ours = tuple(key(partition, name).encode() for name in ("ids", "articles", "top", "views:", "seen:"))
        found = [k async for k in self._redis.scan_iter(match=key(partition, "*"), count=1000)]
        keys = [first, *(k for k in found if k.startswith(ours))]
        await self._redis.eval(_FORGET, len(keys), *keys, position or b"", LONGEST_POSITION, LAYOUT)

    async def _position(self, partition: int) -> bytes | None:
        """Read the position, but not more than one can be; TornError if there is more, NewerLayoutError."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.strlen(key(partition, "position"))
            pipe.getrange(key(partition, "position"), 0, LONGEST_POSITION)
            length, found = await _replies(pipe, partition, None)
        if length > LONGEST_POSITION:
            if (layout := newer_layout(found)) is not None:
                raise NewerLayoutError(layout)
            raise TornError(partition, f"position is {length} bytes long")
        return found or None

    async def _sizes_checked(self, partition: int, position: bytes | None, at: Position) -> bool:
        """Ask how large the keys are, False if the position has moved on; TornError if they are too large."""
        older, names = layout_2.keys(partition, at), list(lengths(partition, at))
        async with self._redis.pipeline(transaction=False) as pipe:
            for name in older:
                pipe.hlen(name)
            for field in (DESK_FIELD, VOIDS_FIELD):
                pipe.hstrlen(key(partition, "articles"), field)
            for day in at.days:
                pipe.hlen(views_key(partition, day))
            for name in names:
                pipe.strlen(name)
            pipe.getrange(key(partition, "position"), 0, LONGEST_POSITION)
            replies = await _replies(pipe, partition, position)
        numbered, (desk, told, *rest, behind) = sum(replies[: len(older)]), replies[len(older) :]
        if (behind or None) != position:
            return False
        views, parts = rest[: len(at.days)], dict(zip(names, rest[len(at.days) :], strict=True))
        sizes = restore.Sizes(max(desk, told), views, parts, numbered)
        restore.check_sizes(partition, position, sizes)
        return True

    async def _top_as_of(self, partition: int) -> bytes | None:
        """Read the moment of the bests; what is not a hash cannot be the bests, and makes way for them."""
        try:
            found = await self._redis.hget(key(partition, "top"), AS_OF)
        except ResponseError as error:
            if not redis.is_wrong_type(error):
                raise
            await self._redis.unlink(key(partition, "top"))
            return None
        return cast("bytes | None", found)


def _said(reply: Any) -> str:
    """Give what the script replied, or why Redis refused to run it; other errors are raised."""
    if not isinstance(reply, Exception):
        return str(reply.decode())
    if redis.is_wrong_type(reply):
        return "torn"
    kind = redis.refusal(reply)
    if kind is None:
        raise reply
    return kind


async def _replies(pipe: Any, partition: int, position: bytes | None) -> list[Any]:
    """Run a pipeline; TornError where a key is of another type than it must be."""
    replies: list[Any] = await pipe.execute(raise_on_error=False)
    for reply in replies:
        if redis.is_wrong_type(reply):
            raise TornError(partition, "a key is of another type than it must be", position)
        if isinstance(reply, Exception):
            raise reply
    return replies


def _seen_keys(partition: int, at: Position) -> list[str]:
    return [seen_key(partition, day, part) for day in at.days for part in range(len(at.parts(day)))]


def _for_script(flush: Flush) -> tuple[list[str], list[bytes | int]]:
    keys = {key(flush.partition, name): at for at, name in enumerate(("position", "top", "articles"), 1)}

    def index(name: str) -> int:
        return keys.setdefault(name, len(keys) + 1)

    arguments: list[bytes | int] = [flush.position or b"", flush.next_position, flush.top_as_of or b""]
    arguments += [flush.facts, len(flush.lengths)]
    for name, length in flush.lengths.items():
        arguments += [index(name), length]
    arguments += [len(flush.present), *map(index, flush.present)]
    for command, name, values in flush.writes:
        arguments += [command.encode(), index(name), len(values), *values]
    return list(keys), arguments
