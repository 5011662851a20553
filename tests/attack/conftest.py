"""The services as strangers reach them, each started once for all attacks."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import pytest

from tests.real import Kafka, Redis, Service

TOKEN: Final = "a-publishers-secret"  # noqa: S105 - opens nothing


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def rank_url(kafka: Kafka, redis: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a rank."""
    service = Service(
        "rank",
        tmp_path_factory.mktemp("rank"),
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap,
        REDIS_URL=redis.url,
    )
    try:
        service.start()
        yield service.url
    finally:
        service.stop()
