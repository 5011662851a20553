"""The edge as it is shipped, before a render: what one address may take, and what never reaches a file."""

import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest

from bench import nginx as edges
from shared.events import ArticlePublished
from shared.limits import Limits
from tests.attack.test_headers import JSON, PROBLEM, Row, ask, hold, raw
from tests.builders import published
from tests.foreign import until
from tests.integration.render.serving import Client, Serving, request

ONE: Final = "127.0.0.2"
"""An attacker's address, or a school's."""
OTHER: Final = "127.0.0.3"
READS: Final = 1000
SEARCHES: Final = 100
ANSWERS: Final = 200
HTML: Final = "text/html; charset=utf-8"


@dataclass
class Edge:
    """An edge before a render of some articles."""

    url: str
    folder: Path
    render: Serving

    def client(self, address: str = ONE) -> Client:
        """Connect from an address."""
        port = int(self.url.rpartition(":")[2])
        return Client(socket.create_connection(("127.0.0.1", port), 15, source_address=(address, 0)))

    def statuses(self, paths: list[str], address: str = ONE, *headers: str) -> Counter[int]:
        """Ask for all of these over one connection; give how often each status was answered."""
        found: Counter[int] = Counter()
        with self.client(address) as client:
            for start in range(0, len(paths), 50):
                some = paths[start : start + 50]
                client.send(b"".join(request(path, "GET", *headers) for path in some))
                found.update(client.answer().status for _ in some)
        return found

    def files(self) -> list[str]:
        """Name the files that hold what clients sent or have not taken."""
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        return [str(one) for kind in kinds for one in self.folder.glob(f"edge-{kind}/**/*") if one.is_file()]


@pytest.fixture
def edge(nginx: str, tmp_path: Path) -> Iterator[Edge]:
    """Give an edge of this test's own: its limits remember."""
    with running(tmp_path) as made:
        yield made


@contextmanager
def running(
    folder: Path, more: str = "", one_may: int | None = None, also: Sequence[ArticlePublished] = ()
) -> Iterator[Edge]:
    """Run an edge, with further lines for its readers' server, and before a render that has `also` these.

    `one_may` as bench/nginx.py has it.
    """
    folder.chmod(0o755)
    articles = [published(name, second=n) for n, name in enumerate("abc")]
    articles.append(published("moved", second=3, aliases=("/2019/新桥/", "/?p=12")))
    with (
        Serving(folder, Limits(), *articles, *also) as render,
        edges.edge(folder, render.port, more, one_may=one_may) as (url, _),
    ):
        yield Edge(url, folder, render)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/article/a"),
        ("POST", "/"),
        ("GET", "/search"),
        ("GET", "/v.gif"),
        ("GET", "/readyz"),
    ],
)
def test_no_body_goes_in_but_a_view(edge: Edge, method: str, path: str) -> None:
    for sent in (
        request(path, method, body=b"xxxxx"),
        request(path, method, "content-length: 99999999"),
        request(path, method, "transfer-encoding: chunked") + b"5\r\nxxxxx\r\n0\r\n\r\n",
        request(path, method, "content-length: 2"),
    ):
        if path == "/readyz" and b"chunked" in sent:
            continue  # a constant of the edge's own: what follows is read no further
        with edge.client() as client:
            before = edge.render.asked
            client.send(sent)
            assert client.answer().status == 413
            assert edge.render.asked == before
    with edge.client() as client:
        assert client.ask("/views", "POST", body=b"{}").status == 400
    with edge.client() as client:
        assert client.ask("/views", "POST", body=b"x" * 3000).status == 413
    assert edge.files() == []


@pytest.mark.parametrize("path", ["/feed.xml", "/hot.json?article=a"])
def test_what_programs_read_is_the_same_by_its_tag_and_by_its_time(edge: Edge, path: str) -> None:
    def same() -> bool:
        # anew each time: every ten minutes it is another one, with the token of the views
        page = ask(edge.url, Row(path, 200, None))
        checks = [
            {"if-none-match": page.headers["etag"]},
            {"if-modified-since": page.headers["last-modified"]},
            {"if-none-match": page.headers["etag"], "if-modified-since": page.headers["last-modified"]},
        ]
        answers = [
            ask(edge.url, Row(path, 304, None, method=method, sent=sent))
            for method in ("GET", "HEAD")
            for sent in checks
        ]
        for answer in answers:
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["access-control-allow-origin"] == "*"
            assert answer.headers["last-modified"] == page.headers["last-modified"]
        return edge.render.asked > asked + 1

    asked = edge.render.asked
    # what the edge has kept, and when its second is over what render says of it
    until(same, "render is asked again")
    assert ask(edge.url, Row(path, 200, None, sent={"if-none-match": '"x"'})).status_code == 200


def test_who_sends_a_body_or_a_head_drop_by_drop_is_cut_off(edge: Edge) -> None:
    began = time.monotonic()

    def drip(first: bytes) -> float:
        with edge.client() as client:
            client.send(first)
            client.socket.settimeout(0.2)
            while time.monotonic() < began + 25:
                try:
                    client.send(b"x")
                    if not client.socket.recv(4096):
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            return time.monotonic() - began

    body = request("/views", "POST", "content-length: 2000")
    chunked = request("/views", "POST", "transfer-encoding: chunked") + b"5;"
    with ThreadPoolExecutor(4) as clients:
        took = list(clients.map(drip, [body, chunked, b"GET / HTTP/1.1\r\nx: ", b"GET /"]))
    assert max(took) < 20, took


def test_a_school_behind_one_address_is_not_refused(edge: Edge) -> None:
    """A thousand readers who open a page in the same moment, and a class that is told to search."""
    assert edge.statuses(["/article/a", "/hot.json?article=a"] * (READS // 3)) == {200: READS // 3 * 2}
    statuses = edge.statuses([f"/search?q={n}" for n in range(60)])
    assert 429 not in statuses


def test_one_address_may_ask_only_so_often(edge: Edge) -> None:
    with edge.client() as client:

        def refused() -> str | None:
            client.send(request("/article/a") * 100)
            answers = [client.answer() for _ in range(100)]
            return next((one.headers["retry-after"] for one in answers if one.status == 429), None)

        assert until(refused, "the address is refused") == "5"
    assert edge.statuses(["/article/a"] * 20, OTHER) == {200: 20}


def test_one_address_may_search_only_so_often(edge: Edge) -> None:
    paths = [f"{prefix}/search?q={n}" for n in range(SEARCHES * 2) for prefix in ("", "/zh-hant")]
    assert until(lambda: edge.statuses(paths)[429], "the address is refused")
    assert edge.statuses(["/article/a"] * 20) == {200: 20}
    assert 429 not in edge.statuses(["/search?q=x"] * 20, OTHER)


def test_one_address_may_wait_for_only_so_many_answers(edge: Edge) -> None:
    with ExitStack() as clients:
        for _ in range(ANSWERS + 50):
            client = clients.enter_context(edge.client())
            client.send(request("/views", "POST", "content-length: 2000") + b"x")
        until(lambda: edge.statuses(["/article/b"]) == {429: 1}, "the address is refused")
        assert edge.statuses(["/article/b"] * 20, OTHER) == {200: 20}
    assert edge.files() == []


def test_all_addresses_of_an_ipv6_network_are_one(nginx: str, tmp_path: Path) -> None:
    more = "set_real_ip_from 127.0.0.1; set_real_ip_from 127.0.0.2; real_ip_header X-Forwarded-For;"
    with running(tmp_path, more) as edge:

        def statuses(network: str) -> Counter[int]:
            found: Counter[int] = Counter()
            for host in range(1, 40):
                address = f"x-forwarded-for: {network}::{host:x}"
                found += edge.statuses(["/article/a"] * 100, ONE, address)
            return found

        assert until(lambda: statuses("2001:db8:1:2")[429], "the network is refused")
        with edge.client() as client:
            assert client.ask("/article/a", "GET", "x-forwarded-for: 2001:db8:1:3::1").status == 200


def test_a_reader_who_takes_nothing_fills_no_file(edge: Edge) -> None:
    with ExitStack() as clients:
        for number in range(100):
            client = clients.enter_context(edge.client())
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.send(request(f"/none/{number}") * 20)
        until(lambda: edge.render.asked > 100, "they are being answered")
        assert edge.files() == []
        assert edge.statuses(["/article/a"] * 20, OTHER) == {200: 20}


@pytest.mark.parametrize(
    "row",
    [
        Row("/readyz", 200, JSON),
        Row("/healthz", 404, "text/html"),
        Row("/metrics", 404, "text/html"),
        Row("/views", 405, PROBLEM),
        Row("/", 413, PROBLEM, method="POST", body=b"xx"),
        Row("/views", 413, PROBLEM, method="POST", body=b"x" * 3000),
        Row("/" + "x" * 20_000, 414, "text/html"),
        Row("/", 400, "text/html", sent={"x": "x" * 20_000}),
    ],
    ids=str,
)  # fmt: skip
def test_the_headers_of_what_the_edge_says_itself(edge: Edge, row: Row) -> None:
    hold(without_server(ask(edge.url, row)), row)


def test_the_headers_of_its_refusals(edge: Edge) -> None:
    hold(without_server(raw(edge.url, b"GET / HTTP/1.1\r\nno colon\r\n\r\n")), Row("", 400, "text/html"))
    assert ask(edge.url, Row("/article/a", 200, None)).headers.get_list("x-content-type-options") == [
        "nosniff"
    ]
    edge.render.stop()
    until(lambda: ask(edge.url, Row("/", 503, HTML)).status_code == 503, "render is away", 15)
    hold(without_server(ask(edge.url, Row("/none", 503, HTML))), Row("/none", 503, HTML))
    post = Row("/views", 503, PROBLEM, method="POST", body=b"{}")
    hold(without_server(ask(edge.url, post)), post)


def without_server(answer: httpx.Response) -> httpx.Response:
    """Leave out the one word that nginx insists on."""
    assert answer.headers.pop("server") == "nginx"
    return answer


def test_a_former_address_is_answered_by_render_each_time(edge: Edge) -> None:
    slug = "/2019/%E6%96%B0%E6%A1%A5"
    with edge.client() as client:
        for path in (slug, f"{slug}/", "/?p=12", "/?p=12&utm_source=x", f"/zh-hant{slug}"):
            for method in ("GET", "HEAD", "GET"):
                before = edge.render.asked
                answer = client.ask(path, method)
                where = "/zh-hant/article/moved" if path.startswith("/zh-hant") else "/article/moved"
                assert (answer.status, answer.headers["location"]) == (301, where)
                # kept no longer than a 404 would be
                assert answer.headers["cache-control"] == "no-store"
                assert edge.render.asked == before + 1
        assert client.ask("/?p=13").status == 200
        assert client.ask("/2019/none").status == 404
