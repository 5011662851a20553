"""The owner writes right again what a worker that was paused wrote wrong."""

import uuid

from shared import wire
from tests.builders import published, sent_article
from tests.foreign import produce, records, until
from tests.integration.ingest.conftest import Ingest


def last_text(ingest: Ingest, article_id: str) -> bytes | None:
    found = [m.value() for m in records(ingest.kafka, "articles.v1") if m.key() == article_id.encode()]
    return found[-1]


def write_as_a_zombie(ingest: Ingest, article_id: str) -> None:
    stale = published(article_id)
    headers = wire.event_headers(stale, source="/test", event_id="x", at=stale.modified_at)
    produce(
        ingest.kafka,
        "articles.v1",
        wire.encode(stale),
        key=article_id,
        partition=wire.partition_for(article_id),
        headers=headers,
    )


def test_a_text_behind_a_withdrawal_is_erased_again(ingest: Ingest) -> None:
    article_id = f"test-{uuid.uuid4().hex[:12]}"
    ingest.ask("DELETE", f"/articles/{article_id}", params={"reason": "legal"})
    write_as_a_zombie(ingest, article_id)
    until(lambda: last_text(ingest, article_id) is None, "the text is erased again")
    assert ingest.outcome(article_id) == "withdrawn"


def test_a_newer_text_is_written_again_behind_a_stale_one(ingest: Ingest) -> None:
    article_id = f"test-{uuid.uuid4().hex[:12]}"
    ingest.ask("POST", "/articles", json=sent_article(article_id, title="新的题目"))
    write_as_a_zombie(ingest, article_id)
    until(
        lambda: "新的题目".encode() in (last_text(ingest, article_id) or b""),
        "the text that stands is the last one again",
    )


def test_a_tombstone_behind_a_standing_text_is_put_right(ingest: Ingest) -> None:
    article_id = f"test-{uuid.uuid4().hex[:12]}"
    ingest.ask("POST", "/articles", json=sent_article(article_id))
    produce(ingest.kafka, "articles.v1", None, key=article_id, partition=wire.partition_for(article_id))
    until(lambda: last_text(ingest, article_id), "the text is there again")
