"""Pages served over real sockets without a Kafka, and a client that says exactly what a test wants."""

import asyncio
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import uvloop

from services.render.adapters.http.answer import PageAnswers
from services.render.adapters.http.server import make_server
from services.render.adapters.http.views import Views
from services.render.adapters.http.web import Web
from services.render.adapters.views.salts import Salts
from services.render.adapters.views.view_log import ViewLog
from services.render.core.views.readers import Proxies
from services.render.settings import Settings
from shared.articles import ArticleEvent
from shared.health import Health
from shared.limits import Limits
from shared.runtime import listen
from shared.serving import Server
from tests.foreign import until
from tests.real import free_base
from tests.unit.render.folded import Folded
from tests.unit.render.press import ZONE, Press

DEADLINE_S: Final = 10.0


class _OneSalt(Salts):
    def of(self, _now: datetime) -> bytes | None:
        return bytes(32)


class Serving:
    """A server of some articles' pages in a thread; its views go into a log that no Kafka acknowledges.

    Or into `view_log`.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits,
        *events: ArticleEvent,
        pictures: Sequence[str] = (),
        trusted: Proxies | None = None,
        view_log: ViewLog | None = None,
    ) -> None:
        self.port = free_base(1)
        self.server: Server | None = None
        self._folder = folder
        self._limits = limits
        self._events = events
        self._trusted = Settings().trusted_proxies if trusted is None else trusted
        self._view_log = view_log or ViewLog("nowhere", "test")
        self._answers = PageAnswers(pictures or ("https://pictures.example",))
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        folded = Folded(self._folder)
        press = Press(folded)
        press.fold(*self._events)
        press.index_all()
        salts = _OneSalt("nowhere", "test", ZONE)
        views = Views(
            press.pages.shows,
            salts,
            self._view_log,
            b"key",
            Settings().trusted_proxies,
            seats=256,
            home="news.example",
        )
        web = Web(
            press.in_script,
            press.feed_routes,
            press.search,
            views,
            press.static,
            Health({}),
            lambda: None,
            asyncio.Event().wait,
            self._answers,
        )
        self.server = make_server(web, web.fast_path.answer, self._limits, self._trusted)
        try:
            await self.server.serve(listen("render", "127.0.0.1", self.port))
        finally:
            press.close()
            folded.store.close()

    def __enter__(self) -> Self:
        self._thread.start()
        until(lambda: self.server is not None and self.server.started, "the server listens")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._thread.join()

    def stop(self) -> None:
        """Let it end as a signal does."""
        if self.server is not None:
            self.server.should_exit = True

    @property
    def open(self) -> int:
        """How many connections it holds."""
        return 0 if self.server is None else len(self.server.server_state.connections)

    @property
    def asked(self) -> int:
        """How many requests it has answered."""
        return 0 if self.server is None else self.server.server_state.total_requests

    @property
    def unsent(self) -> int:
        """How many bytes it keeps for readers who do not take them."""
        connections = [] if self.server is None else list(self.server.server_state.connections)
        return sum(connection.transport.get_write_buffer_size() for connection in connections)

    def client(self, address: str = "127.0.0.1") -> "Client":
        """Connect from an address of this machine."""
        here = ("127.0.0.1", self.port)
        return Client(socket.create_connection(here, DEADLINE_S, source_address=(address, 0)))


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """One connection, and the answers that come over it one after another."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self._came = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, text: str | bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def ask(self, path: str, method: str = "GET", *headers: str, body: bytes = b"") -> Received:
        """Send one request and give its answer."""
        self.send(request(path, method, *headers, body=body))
        return self.answer(head_only=method == "HEAD")

    def answer(self, *, head_only: bool = False) -> Received:
        """Give the next answer."""
        lines = self._through(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        length = 0 if head_only or status in (100, 204, 304) else int(headers["content-length"])
        while len(self._came) < length:
            self._read()
        body, self._came = self._came[:length], self._came[length:]
        return Received(status, headers, body)

    def ended(self) -> bytes:
        """Wait until the server closes; give what came before that."""
        try:
            while more := self.socket.recv(65536):
                self._came += more
        except ConnectionResetError:
            pass
        return self._came

    def _through(self, end: bytes) -> bytes:
        while end not in self._came:
            self._read()
        found, _, self._came = self._came.partition(end)
        return found

    def _read(self) -> None:
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("the server has closed the connection")
        self._came += more


def request(path: str, method: str = "GET", *headers: str, body: bytes = b"") -> bytes:
    """Write a request."""
    length = [f"content-length: {len(body)}"] if body else []
    lines = [f"{method} {path} HTTP/1.1", "host: test", *length, *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
