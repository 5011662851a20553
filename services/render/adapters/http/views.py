"""What becomes of a view that a page reports: counted once Kafka has it, dropped, or refused with the reason.

The reader's address and agent are turned into a key here and go no further: not into the log, not into a
metric, and into memory only as adapters/views/dominant_address.py has it, for an hour at most.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiokafka.errors import KafkaError
from prometheus_client import Counter

from services.render.adapters.http.answer import Answer, refusal
from services.render.adapters.views.dominant_address import DominantAddress
from services.render.adapters.views.salts import Salts
from services.render.adapters.views.view_log import QueueFullError, ViewLog
from services.render.core.views import tokens
from services.render.core.views.origins import Sender, is_cross_site
from services.render.core.views.readers import Proxies, client_address, is_bot, reader_key, segment
from services.render.core.views.view_batches import View
from shared.answers import NO_STORE
from shared.events import at_ms

BODY_BYTES: Final = 2048
_PATIENCE_S: Final = 1.8
"""A view is answered within two seconds, whatever Kafka does."""

_views = Counter("remen_render_views", "Views reported by pages, by what became of them", ["outcome"])
_OUTCOMES: Final = (
    *("accepted", "bot", "foreign", "malformed", "stale"),
    *("unknown", "unready", "full", "unacknowledged"),
)
# what is counted for the first time has an increase only if it was 0 before
for _outcome in _OUTCOMES:
    _views.labels(_outcome)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who reports a view: the other end of the connection and what its headers say."""

    peer: str
    forwarded_for: str
    agent: str
    sender: Sender


class Views:
    """Takes views from pages; `shows(id, now)` tells whether an article has a page.

    `seats`: how many readers of an article a network can be on one day; `home`: the site's own host.
    """

    def __init__(
        self,
        shows: Callable[[str, datetime], bool],
        salts: Salts,
        view_log: ViewLog,
        token_key: bytes,
        trusted: Proxies,
        *,
        seats: int,
        home: str,
    ) -> None:
        self._shows = shows
        self._salts = salts
        self._log = view_log
        self._token_key = token_key
        self._trusted = trusted
        self._seats = seats
        self._home = home
        self._one_address = DominantAddress()

    async def post(self, body: bytes, caller: Caller, now: datetime) -> Answer:
        """Answer `POST /views`: 204 when Kafka has the view, or the refusal.

        A browser that says that a program drives it is answered like any other bot.
        """
        try:
            said = json.loads(body)
            article, token, driven = said["article"], said["token"], said.get("driven")
        except (ValueError, TypeError, KeyError, RecursionError):
            article = token = driven = None
        if not isinstance(article, str) or not isinstance(token, str):
            return _refused("malformed", 400, 'the body must be {"article": "…", "token": "…"}')
        taken = _dropped() if driven is True else self._take(article, token, caller, now)
        if isinstance(taken, Answer):
            return taken
        try:
            await asyncio.wait_for(taken, _PATIENCE_S)
        except (TimeoutError, KafkaError):
            return _refused("unacknowledged", 503, "the view could not be written; send it again later")
        _views.labels("accepted").inc()
        return _DONE

    def pixel(self, article: str, token: str, caller: Caller, now: datetime) -> None:
        """Take the view that a page without script reports by its picture; nobody waits for the outcome."""
        taken = self._take(article, token, caller, now)
        if not isinstance(taken, Answer):
            taken.add_done_callback(_count)

    def _take(
        self, article: str, token: str, caller: Caller, now: datetime
    ) -> "Answer | asyncio.Future[None]":
        if is_bot(caller.agent):
            return _dropped()
        if is_cross_site(caller.sender, (self._home,)):
            return _refused("foreign", 403, "only the site's own pages report views")
        if not tokens.accepts(self._token_key, token, now.timestamp()):
            return _refused(
                "stale", 403, "the token is not of a page loaded in the last minutes; load the page again"
            )
        if not self._shows(article, now):
            return _refused("unknown", 404, "there is no such article")
        address = client_address(caller.peer, caller.forwarded_for, self._trusted)
        salt = self._salts.of(now)
        if salt is None or address is None:
            return _refused("unready", 503, "views cannot be counted yet; send it again later")
        self._one_address.note(address, now)
        view = View(
            article,
            reader_key(salt, address, caller.agent, article, self._seats),
            at_ms(now),
            segment(salt, address, article),
        )
        try:
            return self._log.add(view)
        except QueueFullError:
            return _refused("full", 503, "too many views are waiting; send it again later")


_DONE: Final = Answer(204, [NO_STORE])


def _dropped() -> Answer:
    _views.labels("bot").inc()
    return _DONE


def _refused(outcome: str, status: int, detail: str) -> Answer:
    _views.labels(outcome).inc()
    return refusal(status, detail, [(b"retry-after", b"5")] if status == 503 else None)


def _count(taken: "asyncio.Future[None]") -> None:
    failed = taken.cancelled() or taken.exception() is not None
    _views.labels("unacknowledged" if failed else "accepted").inc()
