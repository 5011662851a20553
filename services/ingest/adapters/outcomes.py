"""Who waits for the outcome of an input: whoever reads the outputs tells them.

An HTTP request marks its input with a request id, which every output carries on. The instance that took the
request need not be the one that decides: each reads all acceptances (article_log) and all refusals
(dead_letter_log).
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Problem = dict[str, Any]


class Outcomes:
    """The open requests; an outcome is None (accepted) or the problem document of the refusal."""

    def __init__(self) -> None:
        self._open: dict[str, set[asyncio.Future[Problem | None]]] = {}

    @contextmanager
    def expected(self, request_id: str) -> Iterator[asyncio.Future[Problem | None]]:
        """Wait for the outcome of a request while the block lasts."""
        future: asyncio.Future[Problem | None] = asyncio.get_running_loop().create_future()
        # A request with an Idempotency-Key that is sent twice at once has one name, and one outcome for both.
        waiting = self._open.setdefault(request_id, set())
        waiting.add(future)
        try:
            yield future
        finally:
            waiting.remove(future)
            if not waiting:
                del self._open[request_id]

    def settle(self, request_id: str, outcome: Problem | None) -> None:
        """Tell whoever waits for this request here."""
        for future in self._open.get(request_id, ()):
            if not future.done():
                future.set_result(outcome)
