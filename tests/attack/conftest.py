"""The services as strangers reach them: of one group, and so none beside another that has other settings."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import httpx
import pytest

from bench import nginx as edges
from shared.limits import Limits
from tests.builders import published
from tests.foreign import until
from tests.integration.render.serving import Serving
from tests.real import Kafka, Redis, Service

TOKEN: Final = "a-publishers-secret"  # noqa: S105 - opens nothing


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


@pytest.fixture(scope="module")
def render(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Give a render of two articles."""
    folder = tmp_path_factory.mktemp("render")
    with Serving(folder, Limits(), published("a"), published("b", second=1)) as started:
        yield started


@pytest.fixture(scope="module")
def edge_url(nginx: str, render: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of an edge before it."""
    folder = tmp_path_factory.mktemp("edge")
    folder.chmod(0o755)
    with edges.edge(folder, render.port) as (url, _):
        yield url
