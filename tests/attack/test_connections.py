"""Heads that never end, bodies of a byte now and then, and silence, at the door of ingest."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from shared.limits import Limits
from shared.runtime import listen
from shared.worker import HttpService
from tests.foreign import until
from tests.real import free_base

LIMITS: Final = Limits(connections=16, idle_s=2.0, head_bytes=2_000, head_s=1.0, body_s=1.0)
POST: Final = b"POST /read HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n"
UNREAD: Final = POST.replace(b"/read", b"/unread")
GET: Final = b"GET /unread HTTP/1.1\r\nhost: x\r\n\r\n"


async def read(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def unread(request: Request) -> Response:
    return PlainTextResponse("refused before the body")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve as ingest and rank do, in a thread; give the port."""
    found = free_base(1)
    routes = [
        Route("/read", read, methods=["POST"]),
        Route("/unread", unread, methods=["POST", "GET"]),
    ]
    server = HttpService(Starlette(routes=routes), "127.0.0.1", found, LIMITS)._server

    def run() -> None:
        asyncio.run(server.serve(listen("attack", "127.0.0.1", found)))

    thread = threading.Thread(target=run)
    thread.start()
    until(lambda: answered(found, GET), "the server answers")
    yield found
    server.should_exit = True
    thread.join()


def answered(port: int, request: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as client:
            client.sendall(request)
            return client.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def until_cut(port: int, first: bytes, drip: bytes, every_s: float = 0.1, longest_s: float = 8.0) -> bytes:
    """Send a beginning, then drip until the server ends the connection; give what it said."""
    said = b""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(first)
        client.settimeout(every_s)
        while time.monotonic() < began + longest_s:
            try:
                if drip:
                    client.sendall(drip)
                part = client.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                return said
            if not part:
                return said
            said += part
    raise AssertionError(f"after {longest_s} s the connection is still open; it was told {said!r}")


ATTEMPTS: Final[dict[str, tuple[bytes, bytes, bytes]]] = {
    "a header without end": (b"GET /unread HTTP/1.1\r\nx: ", b"a", b"408"),
    "headers without end": (b"GET /unread HTTP/1.1\r\n", b"x: a\r\n", b"408"),
    "a large head": (b"GET /unread HTTP/1.1\r\nx: " + b"a" * 3_000, b"a", b"431"),
    "a body by bytes": (POST, b"a", b"408"),
    "a body by chunks": (
        POST.replace(b"content-length: 1000", b"transfer-encoding: chunked"),
        b"1\r\na\r\n",
        b"408",
    ),
    "a body behind a request": (GET + POST, b"a", b"408"),
    "a body that nobody reads": (UNREAD, b"a", b"200"),
    "silence": (b"", b"", b""),
    "silence behind a request": (GET, b"", b"200"),
}
"""What is sent, and then again and again, and the status of the last answer."""


@pytest.fixture(scope="module")
def told(port: int) -> dict[str, bytes]:
    """Make all attempts at once; give what each was told until it was cut off."""
    with ThreadPoolExecutor(len(ATTEMPTS)) as all_at_once:
        said = all_at_once.map(lambda one: until_cut(port, *one[:2]), ATTEMPTS.values())
        return dict(zip(ATTEMPTS, said, strict=True))


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_what_does_not_end_is_ended(port: int, told: dict[str, bytes], attempt: str) -> None:
    status, last = ATTEMPTS[attempt][2], told[attempt].split(b"HTTP/1.1 ")[-1]
    assert last.startswith(status), told[attempt]
    if status in (b"408", b"431"):
        assert b"application/problem+json" in last
        assert b"nosniff" in last
    assert answered(port, GET), "others are served"


def test_a_body_that_comes_in_time_is_read_however_it_is_cut(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        for _ in range(3):
            client.sendall(POST)
            for _ in range(10):
                client.sendall(b"a" * 100)
                time.sleep(0.03)
            said = b""
            while not said.endswith(b"\r\n\r\n1000"):
                part = client.recv(1000)
                assert part, "a connection serves many bodies"
                said += part


def test_more_connections_than_are_allowed_are_told_so_and_free_themselves(port: int) -> None:
    held = [socket.create_connection(("127.0.0.1", port), timeout=2) for _ in range(LIMITS.connections + 1)]
    try:
        held[-1].sendall(GET)
        assert held[-1].recv(1000).startswith(b"HTTP/1.1 503")
    finally:
        for client in held:
            client.close()
    until(lambda: answered(port, GET), "others are served again")
