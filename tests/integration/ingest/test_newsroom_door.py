"""The edge's second door: what one ingest could not take another one is asked, as the same request."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from bench import nginx as edges
from services.ingest.adapters.door import KAFKA_DEADLINE_S

Answer = Callable[[BaseHTTPRequestHandler], None]


class Instance:
    """Something in the place of an ingest; `asked` holds method, key and body of each request."""

    def __init__(self, answer: Answer) -> None:
        instance = self
        self.asked: list[tuple[str, str | None, bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                instance.asked.append((self.command, self.headers["idempotency-key"], body))
                answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Refuse connections from now on."""
        self._server.shutdown()
        self._server.server_close()


def status(number: int) -> Answer:
    """Answer with a status."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(number)
        request.send_header("content-length", "0")
        request.end_headers()

    return answer


def dies(request: BaseHTTPRequestHandler) -> None:
    """End in the middle of it."""
    request.close_connection = True


def late(request: BaseHTTPRequestHandler) -> None:
    """Say after ingest's deadline that Kafka is away."""
    time.sleep(KAFKA_DEADLINE_S)
    status(503)(request)


@contextmanager
def before(folder: Path, *answers: Answer) -> Iterator[tuple[str, list[Instance]]]:
    """Run the edge before instances that answer like this; give the address of its second door."""
    folder.chmod(0o755)
    instances = [Instance(answer) for answer in answers]
    try:
        with edges.edge(folder, 9, ingest_ports=[i.port for i in instances]) as (edge, _):
            yield edges.newsroom(edge), instances
    finally:
        for instance in instances:
            instance.close()


@pytest.mark.usefixtures("nginx")
@pytest.mark.parametrize("fails", [dies, status(502), status(503), status(504)])
def test_what_one_could_not_take_the_other_is_asked_as_the_same_request(
    tmp_path: Path, fails: Answer
) -> None:
    body = b"x" * 900_000
    with before(tmp_path, fails, status(201)) as (door, (failing, good)):
        for _ in range(4):
            assert httpx.post(f"{door}/articles", content=body).status_code == 201
        assert failing.asked, "it is asked for some of them"
        assert set(failing.asked) < set(good.asked), "in the same words, with the same key"
    keys = {key for _, key, _ in good.asked}
    assert len(keys) == 4, "each request has a key of its own"
    assert None not in keys


@pytest.mark.usefixtures("nginx")
def test_who_brings_a_key_keeps_it(tmp_path: Path) -> None:
    with before(tmp_path, status(201)) as (door, (good,)):
        httpx.post(f"{door}/articles", content=b"{}", headers={"Idempotency-Key": "mine"})
    assert good.asked == [("POST", "mine", b"{}")]


@pytest.mark.usefixtures("nginx")
def test_not_all_are_sent_to_wait_for_kafka_one_after_the_other(tmp_path: Path) -> None:
    with before(tmp_path, late, late, late) as (door, instances):
        assert httpx.post(f"{door}/articles", content=b"{}", timeout=10).status_code == 503
        assert sorted(len(i.asked) for i in instances) == [0, 1, 1]


@pytest.mark.usefixtures("nginx")
def test_with_none_left_it_says_in_ingests_words_when_to_come_again(tmp_path: Path) -> None:
    with before(tmp_path, dies, dies) as (door, _):
        answer = httpx.post(f"{door}/articles", content=b"{}")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["status"] == 503
