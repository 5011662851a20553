"""What a connection may take: bytes and time of heads and bodies, silence, a slow reader, much at once.

uvicorn's own protocol with limits. Of every connection it is known until when something must have happened on
it; the server looks at all of them once a second, so no request costs a timer. Who breaks a limit is told so
behind the answers to what he asked before, as HTTP has it, and his connection ends.
"""

import asyncio
import math
from dataclasses import dataclass
from typing import Any, Final

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from shared import health
from shared.answers import ALWAYS, NO_PAGE, NO_STORE
from shared.problem import MEDIA_TYPE, as_bytes, phrase, problem

AHEAD: Final = 256
"""Requests that may wait behind another on one connection; no browser sends any."""
SPARE: Final = 1000
"""Connections beyond the limit that may wait for being told so; more are cut."""
_LINGER_S: Final = 2.0
"""So long is read and dropped what a refused client still sends: closing at once might destroy the answer."""
_PACE_BYTES: Final = 32 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a connection, and all of them together, may take."""

    connections: int = 12_000
    idle_s: float = 75.0
    head_bytes: int = 16 * 1024
    head_s: float = 10.0
    body_bytes: int = 16 * 1024
    body_s: float = 7.0
    """Both a little beyond what the application reads and waits for, so that its own answer comes first."""
    unread_s: float = 30.0
    """In so long a reader takes 32 KiB of what waits for it, or the rest, or is cut off."""


class RefusedError(Exception):
    """What was sent cannot be answered: status and sentence."""


class LimitedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits; `check` is to be called every second."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: Limits,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = limits
        self._until = 0.0
        self._in_body = False
        self._body_bytes = 0
        self._body_until = math.inf
        self._heads = 0
        self._in_head = False
        self._between = True
        self._head_bytes = 0
        self._weigh = False
        self._crowded: tuple[int, str] | None = None
        self._deaf = False
        self._unread = math.inf
        self._short = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; beyond the limit the first request will be told so."""
        super().connection_made(transport)
        over = len(self.connections) - self._limits.connections
        if over > 0:
            self._crowded = 503, "too many connections are open; come again in a moment"
        else:
            self._crowded = self._crowd()
        self._wait(self._limits.head_s if self._crowded else self._limits.idle_s)
        if over > SPARE:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Parse, and refuse what is not a request or too large a one."""
        if self._deaf:
            return
        self._unset_keepalive_if_required()
        heads, between = self._heads, self._between
        self._weigh = self._in_head or len(data) > self._limits.head_bytes
        try:
            self._feed(data)
        except httptools.HttpParserCallbackError as error:
            self._refuse(*_refusal_of(error))
        except httptools.HttpParserError as error:
            self._refuse(400, f"this is not HTTP: {error}")
        else:
            if self._in_head:
                self._add_up(len(data), self._heads - heads, between)

    def on_message_begin(self) -> None:
        """Begin the head of a request."""
        self._heads += 1
        self._in_head = True
        self._between = False
        self.url = b""
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note a header."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """End the head; RefusedError if it is too large, or there are too many connections."""
        self._in_head = False
        self._in_body, self._body_bytes = True, 0
        self._body_until = self.loop.time() + self._limits.body_s
        if self._weigh:
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size > self._limits.head_bytes:
                raise RefusedError(*self._too_large())
        if self._crowded and self.url.decode("latin-1") not in health.PATHS:
            raise RefusedError(*self._crowded)
        self._admit()
        self._short = self.transport.is_closing() or self._answered()
        if not self._short:
            self._apply()

    def on_body(self, body: bytes) -> None:
        """Pass a part of the body on."""
        self._body_bytes += len(body)
        if self._body_bytes > self._limits.body_bytes and not self._deaf:
            self._end_body(413, f"at most {self._limits.body_bytes} bytes")
        if not self._short and not self._deaf:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request, and tell the application that the body is whole."""
        self._between = True
        self._in_body = False
        if not self._short:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on after an answer of the application."""
        super().on_response_complete()
        self._rest()

    def pause_writing(self) -> None:
        """Note from when on the reader is waited for."""
        super().pause_writing()
        self._unread = self.transport.get_write_buffer_size()
        self._wait(self._limits.unread_s)

    def resume_writing(self) -> None:
        """Go on writing."""
        super().resume_writing()
        self._unread = math.inf
        self._rest()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Close, but for a client that sent whole requests, says no more, and waits for the answers."""
        if self._deaf or not self._answering() or self.cycle.more_body:
            return False
        self.cycle.keep_alive = False
        return True

    def check(self) -> None:
        """End the connection if its time is over."""
        now = self.loop.time()
        if self._in_body and now >= self._body_until and not self._deaf:
            self._end_body(408, f"the body did not come within {self._limits.body_s:g} s")
            return
        if now < self._until:
            return
        if left := self.transport.get_write_buffer_size():
            if left > max(0, self._unread - _PACE_BYTES):
                self.transport.abort()
                return
            self._unread = left
            self._wait(self._limits.unread_s)
        elif self._deaf or self.transport.is_closing():
            self.transport.abort()
        elif self._in_head:
            self._refuse(408, f"the head of a request did not come within {self._limits.head_s:g} s")
        elif self._answering():
            self._rest()
        else:
            self.transport.close()

    def _crowd(self) -> tuple[int, str] | None:
        """Say with what a connection is refused because of who else is connected; None if it is not."""
        return None

    def _admit(self) -> None:
        """Look whose request this is; RefusedError if he has asked too much."""

    def _answered(self) -> bool:
        """Answer a request without the application, if that can be done; tell whether it was."""
        return False

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

    def _end_body(self, status: int, detail: str) -> None:
        """Refuse what is left of a body; who was answered before it came is told nothing more."""
        if self._answering():
            self._refuse(status, detail)
        else:
            self._deaf = True
            self.transport.close()

    def _wait(self, seconds: float) -> None:
        self._until = self.loop.time() + seconds

    def _rest(self) -> None:
        """Let the connection be idle from now on, unless its reader or a head is waited for."""
        if not (self.flow.write_paused or self._in_head):
            self._wait(self._limits.idle_s)

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _feed(self, data: bytes) -> None:
        rest: bytes | memoryview = data
        while rest:
            try:
                self.parser.feed_data(rest)
                return
            except httptools.HttpParserUpgrade as offered:  # declined: what follows is HTTP as before
                rest = memoryview(rest)[offered.args[0] :]

    def _add_up(self, size: int, begun: int, between: bool) -> None:
        """Weigh a head that these bytes did not end, as far as they are its own, and limit its time."""
        if begun:
            self._head_bytes = 0
            self._wait(self._limits.head_s)
        if not begun or (begun == 1 and between):
            self._head_bytes += size
        if self._head_bytes > self._limits.head_bytes:
            self._refuse(*self._too_large())

    def _refuse(self, status: int, detail: str) -> None:
        """End the connection with a refusal, or with the answers to what was asked before."""
        self._deaf = True
        self._in_head = False
        self._rest()
        if self._answering():
            self.cycle.keep_alive = False
            if self.pipeline or self.cycle.response_started or not self.cycle.more_body:
                return
            # the application waits for the rest of a body that is none
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.transport.is_closing():
            return
        self.transport.write(self._written(status, detail))
        self.transport.write_eof()
        self._wait(_LINGER_S)

    def _written(self, status: int, detail: str) -> bytes:
        body = as_bytes(problem(status, detail))
        headers = dict([*self.server_state.default_headers, *ALWAYS, NO_PAGE, NO_STORE]) | {
            b"content-type": MEDIA_TYPE.encode(),
            b"content-length": b"%d" % len(body),
            b"connection": b"close",
        }
        if status in (429, 503):
            headers[b"retry-after"] = b"1"
        lines = (b"%s: %s\r\n" % header for header in headers.items())
        return b"HTTP/1.1 %d %s\r\n%s\r\n%s" % (status, phrase(status).encode(), b"".join(lines), body)

    def _too_large(self) -> tuple[int, str]:
        return 431, f"the head of a request may have {self._limits.head_bytes} bytes"


def _refusal_of(error: httptools.HttpParserCallbackError) -> tuple[int, str]:
    """Give status and sentence for what was raised in a callback; anything unforeseen is raised again."""
    match error.__context__:
        case RefusedError(args=(status, detail)):
            return status, detail
        case httptools.HttpParserInvalidURLError() | UnicodeDecodeError():
            return 400, "the address is not one"
    raise error
