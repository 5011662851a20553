"""Addresses that led to a page before: read once, so that the page can be given within a callback."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from services.render.adapters.http.answer import PageAnswers, count_answer
from services.render.core.lru import Lru
from services.render.core.pages.page import Page

Ask = Callable[[datetime], Page | None]

_KNOWN: Final = 8192
"""Addresses kept in memory, about 700 bytes each."""
_TARGET_BYTES: Final = 512
"""Longer ones are none of ours, but for what a reader has written behind them."""
_BY_PATH: Final = ("article",)
"""Routes that read no query: whatever stands there, a page of the path goes before a former address."""


class FastPath:
    """What the server asks before it starts the application; `unready` says why no page may be served yet."""

    def __init__(self, unready: Callable[[], str | None], answers: PageAnswers) -> None:
        self._unready = unready
        self._answers = answers
        self._known: Lru[bytes, tuple[str, Ask]] = Lru(_KNOWN)

    def remember(self, target: bytes, route: str, ask: Ask) -> None:
        """Keep what gives the page at an address."""
        if route in _BY_PATH:
            target = target.partition(b"?")[0]
        if len(target) <= _TARGET_BYTES:
            self._known.put(target, (route, ask))

    def answer(self, method: bytes, target: bytes, asked: dict[bytes, bytes]) -> tuple[bytes, bytes] | None:
        """Give head and body of a page; None for whatever the application has to find out or to explain."""
        known = self._known.get(target)
        if known is None and b"?" in target:
            of_path = self._known.get(target.partition(b"?")[0])
            known = of_path if of_path is not None and of_path[0] in _BY_PATH else None
        if known is None or self._unready() is not None:
            return None
        route, ask = known
        try:
            page = ask(datetime.now(UTC))
        except Exception:
            # the application meets it again, and tells
            return None
        if page is None:
            return None
        status, head, body = self._answers.ready(page, asked)
        count_answer(route, status)
        return head, b"" if method == b"HEAD" else body
