"""Render's own HTTP/1.1: requests in a row, half-closed, with bodies, and what is no HTTP at all."""

import socket
from collections.abc import Callable

import pytest

from shared.limits import AHEAD
from tests.integration.render.serving import Received, Serving, request

Serve = Callable[..., Serving]

PATHS = ["/", "/article/a", "/section/%E5%9C%B0%E6%96%B9", "/hot?list=3d", "/hot.json?article=a", "/zh-hant/"]
CHANGING = ("date", "x-accel-expires")


def lasting(answer: Received) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in CHANGING}


@pytest.mark.parametrize("path", [*PATHS, "/article/gone"])
@pytest.mark.parametrize("accepts", ["gzip", "identity"])
def test_a_page_is_the_same_whether_the_application_gives_it_or_the_short_way(
    serve: Serve, path: str, accepts: str
) -> None:
    with serve().client() as reader:
        encoding = f"accept-encoding: {accepts}"
        first = reader.ask(path, "GET", encoding)
        again, head = reader.ask(path, "GET", encoding), reader.ask(path, "HEAD", encoding)
        assert (again.status, again.body) == (first.status, first.body)
        assert lasting(again) == lasting(head) == lasting(first)
        assert head.body == b""
        assert set(CHANGING) <= set(again.headers)
        known = f"if-none-match: {first.headers.get('etag', '*')}"
        # with a length of a body it is not a plain question, and goes to the application
        short, long = (
            reader.ask(path, "GET", encoding, known, *more) for more in ([], ["content-length: 0"])
        )
        assert short.status == long.status == (410 if "gone" in path else 304)
        assert lasting(short) == lasting(long)


def test_pipelined_requests_are_answered_in_order(serve: Serve) -> None:
    with serve().client() as reader:
        for name in "abcde":
            reader.ask(f"/article/{name}")
        asked = [
            ("GET", f"/article/{'abcde'[n % 5]}") if n % 3 else ("HEAD" if n % 2 else "GET", "/none")
            for n in range(100)
        ]
        reader.send(b"".join(request(path, method) for method, path in asked))
        for method, path in asked:
            answer = reader.answer(head_only=method == "HEAD")
            assert answer.status == (404 if path == "/none" else 200)
            if path != "/none":
                assert f'href="http://127.0.0.1:8080{path}"'.encode() in answer.body


def test_more_requests_ahead_than_anyone_sends_end_the_connection_behind_the_answers(serve: Serve) -> None:
    with serve().client() as reader:
        reader.send(request("/none") * (AHEAD + 10))
        assert reader.ended().count(b"HTTP/1.1 404 ") == AHEAD + 1


def test_a_body_that_nobody_asked_for_is_passed_over(serve: Serve) -> None:
    with serve().client() as reader:
        page = reader.ask("/article/a").body
        assert reader.ask("/article/a", body=b"x" * 1000).body == page
        reader.send(request("/article/a", "GET", "transfer-encoding: chunked") + b"3\r\nGET\r\n0\r\n\r\n")
        assert reader.answer().body == page
        assert reader.ask("/article/a", "GET", "upgrade: h2c", "connection: upgrade").body == page
        reader.send(request("/article/a", "GET", "upgrade: x", "connection: upgrade") + request("/article/a"))
        assert reader.answer().body == reader.answer().body == page
        assert reader.ask("/", "POST", body=b"x" * 1000).status == 405
        assert reader.ask("/article/a").body == page


def test_a_body_is_waited_for_by_those_who_expect_it(serve: Serve) -> None:
    with serve().client() as reader:
        reader.send(request("/views", "POST", "expect: 100-continue", "content-length: 2"))
        assert reader.answer().status == 100
        reader.send(b"{}")
        assert reader.answer().status == 400


@pytest.mark.parametrize("path", ["/article/a", "/none"])
@pytest.mark.parametrize(
    "asked", ["GET {} HTTP/1.0\r\n\r\n", "GET {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
              "GET {} HTTP/1.0\r\nconnection: keep-alive\r\n\r\n"]
)  # fmt: skip
def test_who_wants_one_answer_gets_one(serve: Serve, path: str, asked: str) -> None:
    serving = serve()
    for _ in range(2):
        with serving.client() as reader:
            reader.send(asked.format(path) * 2)
            assert reader.answer().headers["connection"] == "close"
            assert reader.ended() == b""


@pytest.mark.parametrize("path", ["/article/a", "/none"])
def test_a_client_that_says_no_more_still_gets_its_answers(serve: Serve, path: str) -> None:
    serving = serve()
    for _ in range(2):
        with serving.client() as reader:
            reader.send(request(path) * 2)
            reader.socket.shutdown(socket.SHUT_WR)
            assert reader.answer().status == reader.answer().status
            assert reader.ended() == b""


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {400}),
        (b"GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n", {400}),
        (b"GET / HTTP/9.9\r\n\r\n", {400}),
        (b"CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n", {400, 405}),
        (b"OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n", {400, 405}),
        (b"GET http://a HTTP/1.1\r\nhost: a\r\n\r\n", {400}),
        (b"GET /section/%E5%9C HTTP/1.1\r\nhost: a\r\n\r\n", {404}),
        (b"GET /article/%zz HTTP/1.1\r\nhost: a\r\n\r\n", {404}),
        (b"GET /series/%00%0d%0aset-cookie:x HTTP/1.1\r\nhost: a\r\n\r\n", {404}),
        (b"GET /section/\xff\xfe HTTP/1.1\r\nhost: a\r\n\r\n", {400, 404}),
        (b"GET /hot?list=%ff\xff HTTP/1.1\r\nhost: a\r\n\r\n", {400, 404}),
        (b"GET //article/a HTTP/1.1\r\nhost: a\r\n\r\n", {400, 404}),
        (b"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n", {400}),
        (b"POST /views HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", {400}),
        (b"GET / HTTP/1.1\r\nhost: a\r\nif-none-match: \xff\xfe\r\naccept-encoding: \xff\r\n\r\n", {200}),
    ],
)  # fmt: skip
def test_what_is_no_request_of_ours_is_refused_and_harms_nobody(
    serve: Serve, sent: bytes, statuses: set[int]
) -> None:
    serving = serve()
    with serving.client() as other, serving.client() as rude:
        assert other.ask("/article/a").status == 200
        rude.send(sent)
        answer = rude.answer()
        assert answer.status in statuses
        assert "set-cookie" not in answer.headers
        if answer.status == 400:
            assert answer.headers["content-type"] == "application/problem+json"
            rude.socket.shutdown(socket.SHUT_WR)
            assert rude.ended() == b""
        assert other.ask("/article/a").status == 200


def test_a_refusal_stands_behind_the_answers_to_what_came_before(serve: Serve) -> None:
    with serve().client() as rude:
        rude.send(request("/none") * 3 + b"nonsense\r\n\r\n")
        assert [rude.answer().status for _ in range(3)] == [404, 404, 404]
        assert rude.ended() == b""
