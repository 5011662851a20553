"""One reader's connection: finished pages are answered at once, all else through ASGI.

uvicorn's own protocol makes a scope, a task and two messages for every request; a page that lies ready costs
less than those. So a plain GET or HEAD of an address that was asked for before is answered within the
parser's callback, by writing its bytes. Everything else (a first request, a body, a view, an error), and
whatever waits behind another answer or a slow reader, takes uvicorn's way, which keeps the order and the
reader's pace. What a connection may take is in `limits.py`.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from services.render.adapters.addresses import Addresses
from services.render.adapters.answer import CLOSE, second
from services.render.adapters.limits import AHEAD, LimitedProtocol, Limits, RefusedError

AtOnce = Callable[[bytes, bytes, dict[bytes, bytes]], tuple[bytes, bytes] | None]
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
        at_once: AtOnce,
        limits: Limits,
        addresses: Addresses,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop, limits=limits, addresses=addresses)
        self._at_once = at_once
        self._short = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note a header."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Answer at once if the page is ready and nothing waits before it, else start the application."""
        super().on_headers_complete()
        self._short = self.transport.is_closing() or self._answered()
        if not self._short:
            self._apply()

    def on_body(self, body: bytes) -> None:
        """Pass a part of the body on."""
        self._weigh_body(body)
        if not self._short and not self._deaf:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Tell the application that the body is whole."""
        super().on_message_complete()
        if not self._short:
            HttpToolsProtocol.on_message_complete(self)

    def _answered(self) -> bool:
        """Answer with a finished page if this asks for one; tell whether it did."""
        if self._answering() or self.flow.write_paused:
            return False
        method = self.parser.get_method()
        asked = dict(self.headers)
        if method not in (b"GET", b"HEAD") or not _NOT_PLAIN.isdisjoint(asked):
            return False
        answer = self._at_once(method, self.url, asked)
        if answer is None:
            return False
        keep = self.parser.should_keep_alive() and (
            b"connection" not in asked or self.parser.get_http_version() == "1.1"
        )
        head, body = answer
        # the body is not copied for the sake of one write
        self.transport.writelines((b"".join((head, b"" if keep else CLOSE, second())), body))
        self.server_state.total_requests += 1
        self._rest()
        if not keep:
            self.transport.close()
        return True

    def _apply(self) -> None:
        """Let the application answer, behind what it is answering."""
        if len(self.pipeline) >= AHEAD:
            raise RefusedError(400, f"at most {AHEAD} requests may be sent ahead")
        url, headers = self.url, self.headers
        if not url.startswith(b"/") and httptools.parse_url(url).path is None:
            raise RefusedError(400, "the address has no path")
        HttpToolsProtocol.on_message_begin(self)  # which makes the scope
        self.url, self.headers, self.scope["headers"] = url, headers, headers
        self.expect_100_continue = any(
            name == b"expect" and value.lower() == b"100-continue" for name, value in headers
        )
        self._rest()
        HttpToolsProtocol.on_headers_complete(self)
