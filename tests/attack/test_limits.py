"""A render that is reached without an edge gives one address no more than an edge would."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from dev.environment import ROOT
from services.render.adapters.http import address_limits
from shared.limits import Limits
from shared.pace import Pace, Turnstile
from tests.builders import published
from tests.foreign import until
from tests.integration.render.serving import Serving, request

ONE: Final = "127.0.0.2"
OTHER: Final = "127.0.0.3"


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let addresses come back only after hours, so that the pace of this machine decides nothing."""
    for name in ("READS", "SEARCHES", "VIEWS"):
        pace: Pace = getattr(address_limits, name)
        monkeypatch.setattr(address_limits, name, Pace(0.001, pace.at_once // 10))


@pytest.fixture
def serving(slowly: None, tmp_path: Path) -> Iterator[Serving]:
    """Give a server of some articles that trusts no proxy."""
    articles = [published(name, second=n) for n, name in enumerate("abc")]
    with Serving(tmp_path, Limits(body_s=2.0), *articles, trusted=()) as started:
        yield started


@pytest.mark.parametrize(
    ("path", "at_once"),
    [
        ("/article/a", 100),
        ("/none", 100),
        ("/search?q=x", 10),
        ("/zh-hant/search", 10),
        ("/v.gif?article=a", 50),
    ],
)
def test_one_address_may_ask_only_so_often(serving: Serving, path: str, at_once: int) -> None:
    with serving.client(ONE) as client, serving.client(OTHER) as other:
        found = [client.ask(path) for _ in range(at_once + 1)]
        assert 429 not in {answer.status for answer in found[:-1]}
        refused = found[-1]
        assert refused.status == 429
        assert refused.headers["retry-after"] == "1"
        assert refused.headers["x-content-type-options"] == "nosniff"
        assert client.ended() == b""
        assert other.ask(path).status != 429
    with serving.client(ONE) as again:
        assert again.ask(path).status == 429
    with serving.client(ONE) as probe:
        assert probe.ask("/healthz").status == 200


def test_the_numbers_are_those_of_the_edge() -> None:
    edge = (ROOT / "ops" / "edge" / "nginx.conf").read_text()
    for name, pace in {
        "reads": address_limits.READS,
        "searches": address_limits.SEARCHES,
        "views": address_limits.VIEWS,
    }.items():
        assert f"zone={name}:8m rate={pace.per_s}r/s;" in edge
        assert f"zone={name} burst={pace.at_once} nodelay;" in edge


def test_one_address_may_be_connected_only_so_often(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address_limits, "CONNECTIONS", 20)
    with ExitStack() as clients:
        many = [clients.enter_context(serving.client(ONE)) for _ in range(20)]
        assert many[-1].ask("/article/a").status == 200
        one_more = clients.enter_context(serving.client(ONE))
        assert one_more.ask("/article/a").status == 429
        assert clients.enter_context(serving.client(OTHER)).ask("/article/a").status == 200
    until(lambda: serving.open == 0, "all have left")
    with serving.client(ONE) as client:
        assert client.ask("/article/a").status == 200


def test_a_proxy_speaks_for_many(slowly: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_limits, "CONNECTIONS", 0)
    with Serving(tmp_path, Limits(), published("a")) as behind, behind.client() as client:
        assert {client.ask("/article/a").status for _ in range(300)} == {200}


@pytest.mark.parametrize("path", ["/article/a", "/views"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_body_that_nobody_reads_ends_the_connection(serving: Serving, path: str, method: str) -> None:
    """Whether it is too much or comes too slowly; and no answer follows the one that was given."""

    def sent(piece: bytes, pause_s: float) -> bytes:
        with serving.client(ONE) as client:
            client.ask("/article/a")
            client.send(request(path, method, "content-length: 99999999"))
            began = time.monotonic()
            client.socket.settimeout(pause_s)
            came = b""
            while time.monotonic() < began + 15:
                try:
                    client.send(piece)
                    more = client.socket.recv(65536)
                    if not more:
                        return came
                    came += more
                except TimeoutError:
                    continue
                except OSError:
                    return came
        raise AssertionError("it is read for ever")

    with ThreadPoolExecutor(2) as clients:
        for came in clients.map(sent, [b"x" * 8192, b"x"], [0.01, 0.2]):
            assert came.count(b"HTTP/1.1 ") <= 1


def test_the_pace_is_kept_over_time() -> None:
    turnstile = Turnstile(Pace(10, 5))
    assert [turnstile.admits("a", 0.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert turnstile.admits("b", 0.0)
    assert [turnstile.admits("a", 0.1) for _ in range(2)] == [True, False]
    assert sum(turnstile.admits("a", 1 + n / 1000) for n in range(10_000)) == pytest.approx(105, abs=2)


def test_what_was_more_than_may_be_is_waited_for() -> None:
    turnstile = Turnstile(Pace(1_000, 10_000))
    assert turnstile.wait_s("a", 5.0) == 0
    turnstile.count("a", 5.0, 14_000)
    assert turnstile.wait_s("a", 5.0) == pytest.approx(4.0, abs=0.002)
    assert turnstile.wait_s("a", 9.1) == 0
    turnstile.count("a", 1e9, 10_000)
    assert turnstile.wait_s("a", 1e9) == pytest.approx(0, abs=0.002), (
        "no more is saved up than may come at once"
    )


def test_of_too_many_names_those_that_came_longest_ago_are_forgotten() -> None:
    turnstile = Turnstile(Pace(1, 1), names=2)
    for name in "abac":
        turnstile.count(name, 0.0)
    assert [turnstile.admits(name, 0.0) for name in "acb"] == [False, False, True]


def test_all_addresses_of_an_ipv6_network_are_one() -> None:
    known = address_limits.AddressLimits(())
    assert known.connect("2001:db8:1:2::1") == known.connect("2001:db8:1:2:ffff::9")
    assert known.connect("2001:db8:1:2::1") != known.connect("2001:db8:1:3::1")
    assert (
        known.connect("::ffff:203.0.113.9") == known.connect("203.0.113.9") != known.connect("203.0.113.10")
    )
