"""Render's own HTTP under clients that are slow, many, rude or gone: everyone else is served as ever."""

import socket
import struct
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from services.render.adapters.http import views
from services.render.adapters.views import view_log
from services.render.core.views import tokens
from tests.foreign import until
from tests.integration.render.serving import Received, Serving, request

pytestmark = pytest.mark.alone

Serve = Callable[..., Serving]

BROWSER = "user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def view() -> bytes:
    token = tokens.token(b"key", tokens.slot_of(time.time()))
    return f'{{"article": "a", "token": "{token}"}}'.encode()


@pytest.mark.parametrize(("piece", "end"), [(n, end) for n in (100_000, 5000) for end in (b"\r\n\r\n", b"")])
def test_a_head_that_is_too_large_is_a_431_whether_it_ends_or_not(
    serve: Serve, piece: int, end: bytes
) -> None:
    with serve().client() as reader:
        assert reader.ask("/article/a", "GET", f"cookie: {'x' * 15_000}").status == 200
        large = b"GET /article/a HTTP/1.1\r\nhost: x\r\ncookie: " + b"x" * 60_000 + end
        for start in range(0, len(large), piece):
            reader.send(large[start : start + piece])
        assert reader.answer().status == 431


def test_a_head_of_one_byte_now_and_then_ends_with_a_408_while_others_are_served(serve: Serve) -> None:
    serving = serve(head_s=1.0)
    with serving.client() as slow, serving.client() as other:
        slow.socket.settimeout(0.2)
        answer, began = None, time.monotonic()
        for byte in request("/article/a", "GET", "x: " + "y" * 1000):
            slow.send(bytes([byte]))
            assert other.ask("/article/a").status == 200
            try:
                answer = slow.answer()
                break
            except TimeoutError:
                continue
        assert answer is not None
        assert answer.status == 408
        assert 1.0 <= time.monotonic() - began < 4.0


def test_a_connection_on_which_nothing_is_asked_is_closed(serve: Serve) -> None:
    serving = serve(idle_s=0.5)
    with serving.client() as fresh, serving.client() as used, serving.client() as waiting:
        assert used.ask("/article/a").status == 200
        waiting.send(request("/none"))
        assert waiting.answer().status == 404
        assert fresh.ended() == used.ended() == waiting.ended() == b""


def test_a_reader_who_takes_nothing_is_cut_off_and_costs_little_meanwhile(serve: Serve) -> None:
    serving = serve(unread_s=1.0)
    with serving.client() as slow, serving.client() as other:
        size = len(other.ask("/article/long").body)
        slow.send(request("/article/long") * 200)
        until(lambda: serving.unsent > 0, "more is to be sent than the system takes")
        while serving.open > 1:
            assert serving.unsent < 2 * size
            assert other.ask("/article/long").status == 200
        assert len(slow.ended()) < 200 * size


def test_a_reader_who_vanishes_within_an_answer_is_forgotten(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    serving = serve()
    with serving.client() as other:
        assert other.ask("/article/a").status == 200
        for path in ("/article/a", "/none", "/views"):
            with serving.client() as gone:
                gone.send(request(path, "POST" if path == "/views" else "GET", "content-length: 9") * 50)
                # closing then resets the connection
                gone.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        until(lambda: serving.open == 1, "they are forgotten")
        assert other.ask("/article/a").status == 200
    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


def test_beyond_the_limit_a_connection_is_told_so_and_the_service_is_still_healthy(serve: Serve) -> None:
    serving = serve(connections=3)
    with ExitStack() as readers:
        held = [readers.enter_context(serving.client()) for _ in range(3)]
        assert [reader.ask("/article/a").status for reader in held] == [200] * 3
        with serving.client() as late, serving.client() as probe:
            refused = late.ask("/article/a")
            assert (refused.status, refused.headers["retry-after"]) == (503, "1")
            assert refused.headers["connection"] == "close"
            assert probe.ask("/healthz").status == 200
        assert held[0].ask("/article/a").status == 200
        held.pop().socket.close()
        until(lambda: serving.open == 2, "there is room again")
        with serving.client() as late:
            assert late.ask("/article/a").status == 200


def test_two_thousand_open_connections_are_held_and_each_is_answered(serve: Serve) -> None:
    serving = serve()
    with ExitStack() as readers:
        held = [readers.enter_context(serving.client()) for _ in range(2000)]
        for reader in held:
            reader.send(request("/article/a"))
        assert {reader.answer().status for reader in held} == {200}
        assert serving.open == 2000


def test_a_flood_of_views_is_refused_in_time_and_pages_are_served_meanwhile(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view_log, "_BOUND", 100)
    monkeypatch.setattr(views, "_PATIENCE_S", 0.1)
    serving = serve()

    def post(_: int) -> list[Received]:
        with serving.client() as flooding:
            return [flooding.ask("/views", "POST", BROWSER, body=view()) for _ in range(20)]

    with serving.client() as other, ThreadPoolExecutor(20) as floods:
        other.ask("/article/a")
        posted = floods.map(post, range(20))
        waits = []
        for _ in range(200):
            asked_at = time.monotonic()
            assert other.ask("/article/a").status == 200
            waits.append(time.monotonic() - asked_at)
        answers = [answer for answers in posted for answer in answers]
    assert sorted(waits)[190] < 0.5
    assert {answer.status for answer in answers} == {503}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
    assert sum(b"too many views" in answer.body for answer in answers) == 300


def test_on_the_way_down_what_was_asked_is_answered(serve: Serve) -> None:
    serving = serve()
    with serving.client() as waiting, serving.client() as idle:
        assert idle.ask("/article/a").status == 200
        # answered after 1.8 seconds, since no Kafka acknowledges
        waiting.send(request("/views", "POST", BROWSER, body=view()))
        metrics = idle.ask("/metrics").body
        until(lambda: b"remen_render_views_waiting" in metrics, "the view is taken")
        serving.stop()
        assert idle.ended() == b""
        answer = waiting.answer()
        assert (answer.status, answer.headers["connection"]) == (503, "close")
        assert waiting.ended() == b""
        with pytest.raises(ConnectionRefusedError):
            serving.client()
