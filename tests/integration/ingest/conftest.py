"""A running ingest on the shared Kafka, with a publisher's and a desk's token."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest

from tests.real import Kafka, Service

SECRETS: Final = {"publisher": "publishers-secret", "desk": "desks-secret", "sports": "sports-secret"}
TOKENS: Final = json.dumps(
    [
        {
            "name": name,
            "sha256": hashlib.sha256(secret.encode()).hexdigest(),
            "sections": ["体育"] if name == "sports" else ["*"],
            "desk": name == "desk",
        }
        for name, secret in SECRETS.items()
    ]
)


@dataclass(frozen=True)
class Ingest:
    """Where a running ingest is, and how to ask it something."""

    kafka: str
    url: str

    def ask(self, method: str, path: str, who: str | None = "publisher", **more: Any) -> httpx.Response:
        """Send a request, by default with the publisher's token."""
        headers = {"Authorization": f"Bearer {SECRETS[who]}"} if who else {}
        return httpx.request(
            method, self.url + path, headers=headers | more.pop("headers", {}), timeout=10, **more
        )

    def outcome(self, article_id: str) -> str:
        """Tell an article's state, or `unknown`."""
        answer = self.ask("GET", f"/articles/{article_id}")
        return str(answer.json().get("state", "unknown"))


@pytest.fixture(scope="module")
def ingest(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingest]:
    """Give an ingest that a module's tests share; longer, it would guard what others write."""
    service = Service(
        "ingest",
        tmp_path_factory.mktemp("ingest"),
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap,
        INGEST_TOKENS=TOKENS,
    )
    try:
        service.start()
        yield Ingest(kafka.bootstrap, service.url)
    finally:
        service.stop()
