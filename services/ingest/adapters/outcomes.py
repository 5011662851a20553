"""Who waits for the outcome of an input: whoever reads the outputs tells them.

An HTTP request marks its input with a request id, which every output carries on. The instance that took the
request need not be the one that decides: each reads all acceptances (article_log) and all refusals
(dead_letter_log).
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

Problem = dict[str, Any]


class Told(NamedTuple):
    """What a record says became of a request: `problem` is None if it was accepted.

    `refused_at` is the offset of the message that was refused: a request with an Idempotency-Key may have
    been sent before, and that attempt's refusal is no answer to this one.
    """

    problem: Problem | None = None
    refused_at: int | None = None


ACCEPTED: Final = Told()


class Expected:
    """The outcome of one attempt, which is waited for."""

    def __init__(self) -> None:
        self._told: asyncio.Queue[Told] = asyncio.Queue()

    def tell(self, told: Told) -> None:
        """Take in what a record says of the request."""
        self._told.put_nowait(told)

    async def of(self, offset: int) -> Problem | None:
        """Wait for what became of the message with this offset, or of the same request sent otherwise."""
        while True:
            told = await self._told.get()
            if told.problem is None or told.refused_at == offset:
                return told.problem


class Outcomes:
    """The open requests."""

    def __init__(self) -> None:
        self._open: dict[str, list[Expected]] = {}

    @contextmanager
    def expected(self, request_id: str) -> Iterator[Expected]:
        """Listen for the outcome of a request while the block lasts."""
        expected = Expected()
        # A request with an Idempotency-Key that is sent twice at once has one name.
        waiting = self._open.setdefault(request_id, [])
        waiting.append(expected)
        try:
            yield expected
        finally:
            waiting.remove(expected)
            if not waiting:
                del self._open[request_id]

    def settle(self, request_id: str, told: Told) -> None:
        """Tell whoever waits for this request here."""
        for expected in self._open.get(request_id, ()):
            expected.tell(told)
