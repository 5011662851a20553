"""Requests of which two readers could think differently where they end: refused by all, or the same to all.

Each carries a second request, for /robots.txt. Who takes the first for shorter than it is answers that too.
"""

import socket
from typing import Final

import httpx
import pytest

from tests.integration.render.serving import Serving

SECOND: Final = b"GET /robots.txt HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
TOLD: Final = b"User-agent: *"
CHUNKED: Final = b"transfer-encoding: chunked\r\n"
NOTHING: Final = b"0\r\n\r\n"
FRAMES: Final = {
    "length and chunks": b"content-length: 5\r\n" + CHUNKED + b"\r\n" + NOTHING,
    "chunks and length": CHUNKED + b"content-length: 999\r\n\r\n" + NOTHING,
    "two lengths": b"content-length: 0\r\ncontent-length: 43\r\n\r\n",
    "a list of lengths": b"content-length: 0, 43\r\n\r\n",
    "a length with a sign": b"content-length: +0\r\n\r\n",
    "a negative length": b"content-length: -1\r\n\r\n",
    "a length in sixteens": b"content-length: 0x0\r\n\r\n",
    "a length that is none": b"content-length: \r\n\r\n",
    "a length beyond all": b"content-length: 18446744073709551616\r\n\r\n",
    "space before a colon": b"transfer-encoding : chunked\r\n\r\n" + NOTHING,
    "space before a length's colon": b"content-length : 43\r\n\r\n",
    "an unknown encoding": b"transfer-encoding: xchunked\r\n\r\n" + NOTHING,
    "chunked not last": b"transfer-encoding: chunked, identity\r\n\r\n" + NOTHING,
    "chunked twice": CHUNKED + CHUNKED + b"\r\n" + NOTHING,
    "a vertical tab": b"transfer-encoding:\x0bchunked\r\n\r\n" + NOTHING,
    "a folded line": b"transfer-encoding:\r\n chunked\r\n\r\n" + NOTHING,
    "a folded other": b"x: y\r\n transfer-encoding: chunked\r\n\r\n" + NOTHING,
    "a bare carriage return": b"x: y\rcontent-length: 43\r\n\r\n",
    "a zero byte": b"x: \x00\r\n\r\n",
    "a name with a space": b"content length: 43\r\n\r\n",
    "no colon": b"content-length\r\n\r\n",
    "a chunk in sixteens": CHUNKED + b"\r\n0x0\r\n\r\n",
    "a chunk with a sign": CHUNKED + b"\r\n+0\r\n\r\n",
    "a chunk beyond all": CHUNKED + b"\r\n10000000000000000\r\n\r\n",
    "a chunk that ends otherwise": CHUNKED + b"\r\n1\r\nxx\r\n" + NOTHING,
    "a chunk whose line is bare": CHUNKED + b"\r\n0\n\n",
}
FIRST: Final = (b"GET /article/a HTTP/1.1\r\nhost: x\r\n", b"POST /views HTTP/1.1\r\nhost: x\r\n")


def answered(url: str, sent: bytes, *, listens_s: float | None = None) -> bytes:
    """Send bytes and nothing more; give all that comes back, or what comes before so long a silence.

    Who will listen for some time does not say that this was all: nginx would drop what it is answering.
    """
    parsed = httpx.URL(url)
    came = b""
    here = (parsed.host, parsed.port or 80)
    with socket.create_connection(here, timeout=listens_s or 20) as connected:
        connected.sendall(sent)
        if listens_s is None:
            connected.shutdown(socket.SHUT_WR)
        try:
            while more := connected.recv(65536):
                came += more
        except (ConnectionResetError, TimeoutError):
            assert listens_s or came
    return came


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("first", FIRST, ids=["page", "view"])
def test_render_sees_no_second_request(render: Serving, first: bytes, frame: str) -> None:
    came = answered(f"http://127.0.0.1:{render.port}", first + FRAMES[frame] + SECOND)
    assert TOLD not in came, came[:300]
    assert came.count(b"HTTP/1.1 ") <= 1


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("first", FIRST, ids=["page", "view"])
def test_the_edge_passes_on_no_more_than_it_answers(
    edge_url: str, render: Serving, first: bytes, frame: str
) -> None:
    before = render.asked
    came = answered(edge_url, first + FRAMES[frame] + SECOND, listens_s=0.5)
    assert render.asked - before <= came.count(b"HTTP/1.1 ")
    page = httpx.get(f"{edge_url}/article/a")
    assert page.status_code == 200
    assert b"<h1>" in page.content
