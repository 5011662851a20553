"""What is tried at render, tried at the doors of ingest and rank, which run for this file alone.

A start takes seconds, and two ingests of one group with different tokens would disturb each other.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import httpx
import pytest

from tests.attack.test_headers import JSON, METRICS, PROBLEM, Row, ask, hold, raw
from tests.attack.test_poisoning import EVIL
from tests.attack.test_smuggling import FRAMES, SECOND, answered
from tests.builders import as_json, sent_article
from tests.foreign import until
from tests.real import Kafka, Redis, Service

TOKEN: Final = "a-publishers-secret"  # noqa: S105 - opens nothing
AUTHORIZED: Final = {"authorization": f"Bearer {TOKEN}"}
OF_JSON: Final = AUTHORIZED | {"content-type": JSON}

INGEST: Final = [
    Row("/articles", 401, PROBLEM, method="POST", body=b"{}"),
    Row("/articles", 415, PROBLEM, method="POST", body=b"{}", sent=AUTHORIZED),
    Row("/articles", 400, PROBLEM, method="POST", body=b"{", sent=OF_JSON),
    Row("/articles", 422, PROBLEM, method="POST", body=b"{}", sent=OF_JSON),
    Row("/articles", 413, PROBLEM, method="POST", body=b"[" * 1_000_001, sent=OF_JSON),
    Row("/articles", 201, JSON, method="POST", body=as_json(sent_article("headers")), sent=OF_JSON),
    Row("/articles", 405, PROBLEM, method="PUT", sent=OF_JSON),
    Row("/articles/headers", 200, JSON, sent=AUTHORIZED),
    Row("/articles/none", 404, PROBLEM, sent=AUTHORIZED),
    Row("/articles/headers?reason=error", 200, JSON, method="DELETE", sent=AUTHORIZED),
    Row("/articles/headers", 410, PROBLEM, sent=AUTHORIZED),
    Row("/articles", 409, PROBLEM, method="POST", body=as_json(sent_article("headers")), sent=OF_JSON),
    Row("/rejections", 200, JSON, sent=AUTHORIZED),
    Row("/rejections?before=9999-99", 422, PROBLEM, sent=AUTHORIZED),
    Row("/none", 404, PROBLEM),
    Row("/openapi.json", 200, JSON),
    Row("/healthz", 200, JSON),
    Row("/readyz", 200, JSON),
    Row("/metrics", 200, METRICS),
]  # fmt: skip

RANK: Final = [
    Row("/hot", 200, JSON),
    Row("/hot?limit=0", 422, PROBLEM),
    Row("/hot", 405, PROBLEM, method="POST"),
    Row("/hot/none/why", 404, PROBLEM),
    Row("/none", 404, PROBLEM),
    Row("/openapi.json", 200, JSON),
    Row("/healthz", 200, JSON),
    Row("/readyz", 200, JSON),
    Row("/metrics", 200, METRICS),
    *(
        Row(f"/hot?as_of={moment}", status, PROBLEM)
        for moment, status in (
            ("0001-01-01T00:00:00Z", 404),
            ("0001-01-01T00:00:00.001Z", 404),
            ("0001-01-01T00:00:01%2B14:00", 404),
            ("9999-12-31T23:59:59.999Z", 404),
            ("9999-12-31T23:59:59-14:00", 404),
            ("1969-12-31T23:59:59Z", 404),
            ("0000-01-01T00:00:00Z", 422),
            ("10000-01-01T00:00:00Z", 422),
            ("99999999999999999999", 422),
            ("-99999999999", 404),
            ("nan", 422),
            ("1e400", 422),
        )
    ),
]


@pytest.fixture(scope="module")
def ingest_url(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of an ingest; `TOKEN` may write everything."""
    grant = {"name": "attacks", "sha256": sha256(TOKEN.encode()).hexdigest()}
    service = Service(
        "ingest",
        tmp_path_factory.mktemp("ingest"),
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap,
        INGEST_TOKENS=json.dumps([grant]),
    )
    try:
        service.start()
        yield service.url
    finally:
        service.stop()


@pytest.fixture(scope="module")
def rank_url(kafka: Kafka, redis: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a rank that has made a list."""
    service = Service(
        "rank",
        tmp_path_factory.mktemp("rank"),
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap,
        REDIS_URL=redis.url,
    )
    try:
        service.start()
        until(lambda: httpx.get(f"{service.url}/hot").status_code == 200, "a list is made")
        yield service.url
    finally:
        service.stop()


@pytest.mark.parametrize("row", INGEST, ids=str)
def test_the_headers_of_ingest(ingest_url: str, row: Row) -> None:
    hold(ask(ingest_url, row), row)


@pytest.mark.parametrize("row", RANK, ids=str)
def test_the_headers_of_rank(rank_url: str, row: Row) -> None:
    hold(ask(rank_url, row), row)


@pytest.mark.parametrize("service", ["ingest_url", "rank_url"])
def test_the_headers_of_what_is_no_request(request: pytest.FixtureRequest, service: str) -> None:
    answer = raw(request.getfixturevalue(service), b"GET / HTTP/1.1\r\nno colon\r\n\r\n")
    hold(answer, Row("", 400, PROBLEM))


@pytest.mark.parametrize("service", ["ingest_url", "rank_url"])
@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "/articles/",
        "/hot/",
        "/hot/%0d%0aset-cookie:x/why",
        "/%2e%2e/x",
        "/articles/%0d%0aset-cookie:x",
        "/../../etc/passwd",
        "/openapi.json/",
    ],
)
def test_no_address_leads_out(request: pytest.FixtureRequest, service: str, path: str) -> None:
    url = request.getfixturevalue(service)
    answer = httpx.get(url + path, headers={"host": EVIL, "x-forwarded-host": EVIL}, follow_redirects=False)
    assert "set-cookie" not in answer.headers
    assert EVIL not in answer.headers.get("location", "")
    assert answer.status_code in (401, 404, 422)


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("path", ["articles", "openapi.json"])
def test_ingest_sees_no_second_request(ingest_url: str, path: str, frame: str) -> None:
    method = b"POST" if path == "articles" else b"GET"
    head = method + f" /{path} HTTP/1.1\r\nhost: x\r\n".encode()
    came = answered(ingest_url, head + FRAMES[frame] + SECOND)
    assert b"/robots.txt" not in came, came[:300]
    assert came.count(b"HTTP/1.1 ") <= 1
