"""What every test can ask for: a real Kafka and Redis, shared or its own, a whole site, a browser, nginx."""

import logging
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any, Final, TypeVar

import hypothesis
import pytest
import structlog
from httpx._transports import default as transports
from playwright.sync_api import Browser, sync_playwright
from redis import Redis as RedisClient

from shared import runtime
from tests.postgres import Postgres, binaries
from tests.real import Kafka, Redis, Server, Site
from tests.turns import turn

S = TypeVar("S", bound=Server)

# A shared machine is slow at times; slowness is no fault of a rule.
hypothesis.settings.register_profile(
    "remen", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("remen")

# For every request made without a client httpx reads the certificates of the whole world, 25 ms of CPU.
_made: Final[Any] = transports.create_ssl_context  # type: ignore[attr-defined]


@cache
def _made_once(_trusted: str | None, **given: Any) -> Any:
    return _made(**given)


transports.create_ssl_context = lambda **given: _made_once(  # type: ignore[attr-defined]
    os.environ.get("SSL_CERT_FILE"), **given
)


def _is_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker("alone") is not None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with tests that run alone last, so that the workers need not wait for each other before."""
    files = {item.path for item in items if _is_alone(item)}
    items.sort(key=lambda item: (item.path in files, _is_alone(item)))


@pytest.fixture(autouse=True)
def log_as_new() -> None:
    """Let `capture_logs` see every line: a command run in this process sets what is told, for good."""
    logging.disable(logging.NOTSET)
    structlog.reset_defaults()
    vars(runtime.log).pop("bind", None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Start what a test needs when nobody wants to be alone; starting it is not what is measured."""
    return (yield from _when_it_may(alone=False))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test run when it is its turn."""
    return (yield from _when_it_may(_is_alone(item)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Stop what it needed when nobody wants to be alone."""
    return (yield from _when_it_may(alone=False))


def _when_it_may(alone: bool) -> Generator[None, object, object]:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    with turn(alone):
        return (yield)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """Give a running Kafka that all tests share; its address is `kafka.bootstrap`."""
    with _running(Kafka(tmp_path_factory.mktemp("kafka"))) as server:
        yield server


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """Give a running Redis that all tests share; its address is `redis.url`."""
    with _running(Redis(tmp_path_factory.mktemp("redis"))) as server:
        yield server


@pytest.fixture
def redis_url(redis: Redis) -> str:
    """Give the address of the shared Redis, emptied for this test."""
    with RedisClient.from_url(redis.url) as client:
        client.flushall()
    return redis.url


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """Give a PostgreSQL of the test's own; without one skip, or fail where REMEN_REQUIRE_POSTGRES says so."""
    if binaries() is None:
        if os.environ.get("REMEN_REQUIRE_POSTGRES"):
            pytest.fail("PostgreSQL is required (REMEN_REQUIRE_POSTGRES) and not installed")
        pytest.skip("PostgreSQL is not installed")
    made = Postgres()
    try:
        made.start()
        yield made
    finally:
        made.remove()


@pytest.fixture
def brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], tuple[Kafka, Redis]]]:
    """Give `brokers()`, which starts a Kafka and a Redis that this test may stop, start and kill."""
    with ExitStack() as running:

        def start() -> tuple[Kafka, Redis]:
            folder = tmp_path_factory.mktemp("brokers")
            kafka, redis = Kafka(folder), Redis(folder)
            return running.enter_context(_running(kafka)), running.enter_context(_running(redis))

        yield start


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Site]]:
    """Give `site(*arguments)`, which brings up a site of this test's own, say with `--scale rank=2`."""
    with ExitStack() as sites:

        def bring_up(*arguments: str) -> Site:
            up = Site(tmp_path_factory.mktemp("site"), *arguments)
            sites.callback(up.down)
            return up

        yield bring_up


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of Chromium; without one, skip, or fail where REMEN_REQUIRE_BROWSER says so."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("REMEN_REQUIRE_BROWSER"):
        pytest.fail("Chromium is required (REMEN_REQUIRE_BROWSER) and not on the PATH")
    pytest.skip("there is no Chromium on the PATH")


READER: Final = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36"
)
"""What a person's browser says of itself."""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Give a headless Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                # one that says it is headless is no reader, nor one that says a program drives it
                f"--user-agent={READER}",
                "--disable-blink-features=AutomationControlled",
            ],
            # as in people's browsers, going back brings a page as it was
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def nginx() -> str:
    """Give the path of nginx; without one, skip, or fail where REMEN_REQUIRE_BROWSER says so."""
    if found := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"):
        return found
    if os.environ.get("REMEN_REQUIRE_BROWSER"):
        pytest.fail("nginx is required (REMEN_REQUIRE_BROWSER) and not on the PATH")
    pytest.skip("there is no nginx on the PATH")


@contextmanager
def _running(server: S) -> Iterator[S]:
    try:
        server.start()
        yield server
    finally:
        server.stop()
