"""What tests of a running render need: the service, a newsroom that writes its log, a reader."""

import re
from pathlib import Path
from typing import Any, Final

import httpx

from shared import wire
from shared.articles import MARK_SUFFIX, ArticleEvent, TextErased
from shared.events import ArticlePublished, ViewsSeen
from shared.topics import ARTICLES, VIEWS
from tests.builders import NOON
from tests.foreign import headers_of, produce, records
from tests.real import Service

AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Render(Service):
    """A render whose store is a folder of the test's, and a reader at its pages."""

    def __init__(self, folder: Path, bootstrap: str, redis_url: str, name: str, **settings: str) -> None:
        self.store = folder / f"store-{name}"
        super().__init__(
            "render",
            folder,
            KAFKA_BOOTSTRAP_SERVERS=bootstrap,
            REDIS_URL=redis_url,
            RENDER_DATA=str(self.store),
            RENDER_INSTANCE=name,
            RENDER_TOKEN_KEY="tests",  # noqa: S106 - opens nothing
            **settings,
        )

    def get(self, path: str) -> httpx.Response | None:
        """Ask for an address; None if nobody answers."""
        try:
            return httpx.get(self.url + path, headers={"user-agent": AGENT}, timeout=5)
        except httpx.TransportError:
            return None

    def status(self, path: str) -> int | None:
        """Give the status at an address."""
        answer = self.get(path)
        return None if answer is None else answer.status_code

    def view(self, article_id: str, address: str = "203.0.113.7", token: str | None = None) -> httpx.Response:
        """Read an article and report the view, as the page's script does."""
        if token is None:
            token = self.token(article_id)
        return httpx.post(
            f"{self.url}/views",
            json={"article": article_id, "token": token},
            headers={"user-agent": AGENT, "x-forwarded-for": address},
            timeout=5,
        )

    def token(self, article_id: str) -> str:
        """Give the token on an article's page."""
        page = self.get(f"/article/{article_id}")
        assert page is not None
        found = re.search('data-token="([^"]+)"', page.text)
        assert found is not None, page.text
        return found[1]


def publish(bootstrap: str, *events: ArticleEvent) -> None:
    """Write into articles.v1 as ingest does."""
    for event in events:
        key, value, headers = event.id, None, []
        if not isinstance(event, TextErased):
            value = wire.encode(event)
            headers = wire.event_headers(event, source="ingest", event_id="1", at=NOON)
            key += "" if isinstance(event, ArticlePublished) else MARK_SUFFIX
        more: dict[str, Any] = {"partition": wire.partition_for(event.id), "headers": headers}
        produce(bootstrap, ARTICLES.name, value, key, **more)


def views_of(bootstrap: str, article_id: str) -> list[tuple[int, int, int]]:
    """Give partition, reader and segment of all views of an article in views.v1."""
    found: list[tuple[int, int, int]] = []
    for message in records(bootstrap, VIEWS.name):
        if headers_of(message).get("ce_type") != wire.TYPE_PREFIX.encode() + b"ViewsSeen":
            continue  # of another test: the log is shared
        batch = ViewsSeen.model_validate_json(message.value() or b"")
        partition = message.partition()
        assert partition is not None
        found += [
            (partition, reader, segment)
            for place, reader, segment in zip(batch.article, batch.reader, batch.segment, strict=True)
            if batch.articles[place] == article_id
        ]
    return found
