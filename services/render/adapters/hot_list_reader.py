"""Reads the hot lists from Redis, four times a second; without Redis the last ones are kept.

So it is where something else than rank has written: a list that cannot be read says nothing. The lists of
all are read each time, those of sections in turn, some at a time: pages show them only where they are asked
for.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Final

from prometheus_client import Gauge
from redis.exceptions import ResponseError

from services.render.core.pages.hot_section import HotLists
from shared import bounded_json, redis
from shared.events import LISTS, HotListChanged, hot_key, section_scope
from shared.runtime import log

_ALL: Final = "all"
_EVERY_S: Final = 0.25
_LONGEST_WAIT_S: Final = 5.0
_IN_TURN: Final = 5
"""Sections whose lists are read at a time; of forty each is read every two seconds."""

_LARGEST_BYTES: Final = 256 * 1024
"""Of a document; a hundred entries take 10 KB. No more is asked for, so that none fills the memory."""
_AHEAD: Final = timedelta(hours=1)
"""How far another machine's clock may be ahead; a list of a later moment would never grow old."""

_age = Gauge("remen_render_hot_age_seconds", "Age of the hot list `now` that pages show; -1 before the first")


class HotListReader:
    """The reading as a task; `on_change` is called with the lists of a scope when one was written anew.

    `sections` gives the one names of the sections whose lists are wanted, too.
    """

    def __init__(
        self, url: str, on_change: Callable[[str, HotLists], None], sections: Callable[[], Sequence[str]]
    ) -> None:
        self._redis = redis.connect(url, answer_s=1.0, connect_s=1.0)
        self._on_change = on_change
        self._sections = sections
        self._turn = 0
        self._raw: dict[str, bytes | str] = {}
        self._lists: dict[str, HotLists] = {}
        _age.set_function(self._age_s)

    async def run(self) -> None:
        """Read for ever; Redis away is said once, and once when it is back."""
        pause = _EVERY_S
        try:
            while True:
                try:
                    scopes = [_ALL, *self._next_sections()]
                    self._apply(scopes, await self._read(scopes))
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

    def _next_sections(self) -> list[str]:
        """Give the scopes of the sections whose turn it is; those that are gone are forgotten."""
        wanted = [section_scope(one) for one in self._sections()]
        for scope in self._lists.keys() - {_ALL, *wanted}:
            del self._lists[scope]
            self._on_change(scope, {})
        first = self._turn if self._turn < len(wanted) else 0
        self._turn = first + _IN_TURN
        return wanted[first : first + _IN_TURN]

    async def _read(self, scopes: Sequence[str]) -> list[bytes | str | ResponseError]:
        # not MGET: in a cluster each may lie on another server
        async with self._redis.pipeline(transaction=False) as pipe:
            for scope, name in product(scopes, LISTS):
                pipe.getrange(f"{hot_key(scope, name)}:doc", 0, _LARGEST_BYTES)
            answers = list(await pipe.execute(raise_on_error=False))
        for answer in answers:
            # a key of another type is that list's trouble alone
            if isinstance(answer, Exception) and not isinstance(answer, ResponseError):
                raise answer
        return answers

    def _apply(self, scopes: Sequence[str], documents: Sequence[bytes | str | ResponseError]) -> None:
        changed: set[str] = set()
        for (scope, name), raw in zip(product(scopes, LISTS), documents, strict=True):
            said = str(raw) if isinstance(raw, ResponseError) else raw
            lists = self._lists.setdefault(scope, {})
            if not said and scope != _ALL and documents[0]:
                # of a section that nobody has read there is no list
                self._raw.pop(f"{scope}:{name}", None)
                if (found := self._lists[_ALL].get(name)) is not None:
                    lists[name] = found.model_copy(update={"scope": scope, "entries": ()})
                    changed.add(scope)
            # a key that is missing (Redis was emptied) says nothing: the list's age will tell
            if not said or said == self._raw.get(f"{scope}:{name}"):
                continue
            self._raw[f"{scope}:{name}"] = said
            try:
                lists[name] = _read(raw)
                changed.add(scope)
            except ValueError as error:
                log.error("hot_list_unreadable", scope=scope, list=name, reason=str(error)[:500])
        for scope in changed:
            self._on_change(scope, dict(self._lists[scope]))

    def _age_s(self) -> float:
        now = self._lists.get(_ALL, {}).get("now")
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
