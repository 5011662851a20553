"""Reads the hot list from Redis, four times a second; without Redis the last one is kept.

So it is where something else than rank has written: a list that cannot be read says nothing.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from prometheus_client import Gauge
from redis.exceptions import ResponseError

from services.render.core.lists import HotLists
from shared import bounded_json, redis
from shared.events import LISTS, HotListChanged, hot_key
from shared.runtime import log

_EVERY_S: Final = 0.25
_LONGEST_WAIT_S: Final = 5.0
_KEYS: Final = [f"{hot_key('all', name)}:doc" for name in LISTS]

_LARGEST_BYTES: Final = 256 * 1024
"""Of a document; a hundred entries take 10 KB. No more is asked for, so that none fills the memory."""
_AHEAD: Final = timedelta(hours=1)
"""How far another machine's clock may be ahead; a list of a later moment would never grow old."""

_age = Gauge("remen_render_hot_age_seconds", "Age of the hot list `now` that pages show; -1 before the first")


class HotList:
    """The reading as a task; `on_change` is called with all lists whenever one was written anew."""

    def __init__(self, url: str, on_change: Callable[[HotLists], None]) -> None:
        self._redis = redis.connect(url, answer_s=1.0, connect_s=1.0)
        self._on_change = on_change
        self._raw: dict[str, bytes | str] = {}
        self._lists: HotLists = {}
        _age.set_function(self._age_s)

    async def run(self) -> None:
        """Read for ever; Redis away is said once, and once when it is back."""
        pause = _EVERY_S
        try:
            while True:
                try:
                    self._take(await self._read())
                except (*redis.AWAY, TimeoutError) as error:
                    if pause == _EVERY_S:
                        log.warning("waiting", what="Redis", reason=repr(error))
                    pause = min(pause * 2, _LONGEST_WAIT_S)
                else:
                    if pause != _EVERY_S:
                        log.info("redis_is_back")
                    pause = _EVERY_S
                await asyncio.sleep(pause)
        finally:
            await self._redis.aclose()

    async def _read(self) -> list[bytes | str | ResponseError]:
        # not MGET: in a cluster each may lie on another server
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in _KEYS:
                pipe.getrange(key, 0, _LARGEST_BYTES)
            answers = list(await pipe.execute(raise_on_error=False))
        for answer in answers:
            # a key of another type is that list's trouble alone
            if isinstance(answer, Exception) and not isinstance(answer, ResponseError):
                raise answer
        return answers

    def _take(self, documents: list[bytes | str | ResponseError]) -> None:
        changed = False
        for name, raw in zip(LISTS, documents, strict=True):
            said = str(raw) if isinstance(raw, ResponseError) else raw
            # a key that is missing (Redis was emptied) says nothing: the list's age will tell
            if not said or said == self._raw.get(name):
                continue
            self._raw[name] = said
            try:
                self._lists[name] = _read(raw)
                changed = True
            except ValueError as error:
                log.error("hot_list_unreadable", list=name, reason=str(error)[:500])
        if changed:
            self._on_change(dict(self._lists))

    def _age_s(self) -> float:
        now = self._lists.get("now")
        return -1.0 if now is None else (datetime.now(UTC) - now.as_of).total_seconds()


def _read(raw: bytes | str | ResponseError) -> HotListChanged:
    """Read a document; ValueError says what is wrong with it."""
    if isinstance(raw, ResponseError):
        raise ValueError(str(raw))
    if len(raw) > _LARGEST_BYTES:
        raise ValueError(f"has over {_LARGEST_BYTES} bytes")
    found = bounded_json.read(HotListChanged, raw if isinstance(raw, bytes) else raw.encode())
    if found.as_of > datetime.now(UTC) + _AHEAD:
        raise ValueError(f"is of {found.as_of.isoformat()}, which is not yet")
    return found
