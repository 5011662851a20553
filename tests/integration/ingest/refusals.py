"""Messages that are refused, and what is told of them over HTTP."""

from typing import Any

from shared import wire
from tests.builders import as_json, sent_article
from tests.foreign import produce, until
from tests.integration.ingest.conftest import Ingest


def told(ingest: Ingest, who: str = "publisher", **asked: Any) -> list[dict[str, Any]]:
    answer = ingest.ask("GET", "/rejections", who, params=asked)
    found: list[dict[str, Any]] = answer.json()["rejections"] if answer.status_code == 200 else []
    return found


def refused(ingest: Ingest, value: bytes, article_id: str, **more: Any) -> dict[str, Any]:
    """Send what will be refused; give what is told of it."""
    home = wire.partition_for(article_id)
    partition, offset = produce(ingest.kafka, "ingest.v1", value, partition=home, **more)

    def letter() -> list[dict[str, Any]]:
        return [one for one in told(ingest, id=article_id) if one["offset"] == offset]

    (found,) = until(letter, "the refusal is told")
    assert (found["topic"], found["partition"]) == ("ingest.v1", partition)
    return found


def misspelt(article_id: str, **changes: Any) -> bytes:
    return as_json(sent_article(article_id, embargo_untill="2026-11-15T18:30:00+08:00", **changes))


def withdraw(ingest: Ingest, article_id: str) -> None:
    assert ingest.ask("DELETE", f"/articles/{article_id}", params={"reason": "error"}).status_code == 200
