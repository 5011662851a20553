"""One reader's connection: finished pages are answered at once, all else through ASGI.

uvicorn's own protocol makes a scope, a task and two messages for every request; a page that lies ready costs
less than those. So a plain GET or HEAD of an address that was asked for before is answered within the
parser's callback, by writing its bytes. Everything else (a first request, a body, a view, an error), and
whatever waits behind another answer or a slow reader, takes uvicorn's way, which keeps the order and the
reader's pace. What a connection may take is in `shared/limits.py`.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.server import ServerState

from services.render.adapters.http.address_limits import AddressLimits
from services.render.adapters.http.answer import CLOSE, head_end
from shared.limits import LimitedProtocol, Limits, RefusedError

FastAnswer = Callable[[bytes, bytes, dict[bytes, bytes]], tuple[bytes, bytes] | None]
"""Gives head and body of the answer to (method, target, headers); None if that takes more than a moment."""

_NOT_PLAIN: Final = frozenset((b"content-length", b"transfer-encoding", b"expect", b"upgrade"))


class PageProtocol(LimitedProtocol):
    """The protocol with a short way for finished pages."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        fast_path: FastAnswer,
        limits: Limits,
        address_limits: AddressLimits,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop, limits=limits)
        self._fast_path = fast_path
        self._address_limits = address_limits
        self._address: str | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        super().connection_lost(exc)
        if self._address is not None:
            self._address_limits.disconnect(self._address)

    def _crowd(self) -> tuple[int, str] | None:
        self._address = self._address_limits.connect(self.client[0] if self.client else "")
        if self._address is None or not self._address_limits.is_crowded(self._address):
            return None
        return 429, "too many connections are open from this address; come again in a moment"

    def _admit(self) -> None:
        if self._address is not None and not self._address_limits.admits(
            self._address, self.url, self.loop.time()
        ):
            raise RefusedError(429, "too much is asked from this address; come again in a moment")

    def _answered(self) -> bool:
        """Answer with a finished page if this asks for one; tell whether it did."""
        if self._answering() or self.flow.write_paused:
            return False
        method = self.parser.get_method()
        asked = dict(self.headers)
        if method not in (b"GET", b"HEAD") or not _NOT_PLAIN.isdisjoint(asked):
            return False
        answer = self._fast_path(method, self.url, asked)
        if answer is None:
            return False
        keep = self.parser.should_keep_alive() and (
            b"connection" not in asked or self.parser.get_http_version() == "1.1"
        )
        head, body = answer
        # the body is not copied for the sake of one write
        self.transport.writelines((b"".join((head, b"" if keep else CLOSE, head_end())), body))
        self.server_state.total_requests += 1
        self._rest()
        if not keep:
            self.transport.close()
        return True
