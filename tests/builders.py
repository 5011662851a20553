"""Inputs and events for tests, each valid until a test says otherwise."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from shared import wire
from shared.articles import MARK_SUFFIX, ArticleEvent, read
from shared.blocks import Paragraph
from shared.events import Arrival, ArticlePublished, ArticleReinstated, ArticleWithdrawn, Order

NOON = datetime(2026, 11, 15, 12, 0, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)


def sent_article(article_id: str = "harbour-library", **changes: Any) -> dict[str, Any]:
    """Give an article as a publisher sends it; a change to None leaves the field out."""
    article: dict[str, Any] = {
        "id": article_id,
        "title": "旧邮局改成图书馆 周日开放",
        "section": "地方",
        "body": "(河城15日讯)河城旧邮局改建的图书馆周日开放。\n首日有三百人到访。",
    } | changes
    return {name: value for name, value in article.items() if value is not None}


def as_json(sent: Any) -> bytes:
    """Write an input's value."""
    return json.dumps(sent, ensure_ascii=False).encode()


def arrival(second: int = 0, partition: int = 3, offset: int | None = None) -> Arrival:
    """Give an arrival some seconds after noon; the offset follows the second unless given."""
    return Arrival(NOON_MS + 1000 * second, partition, second if offset is None else offset)


def published(article_id: str = "harbour-library", *, second: int = 0, **changes: Any) -> ArticlePublished:
    """Give a text as ingest writes it, arrived some seconds after noon."""
    fields: dict[str, Any] = {
        "id": article_id,
        "order": Order(changes.pop("revision", 0), arrival(second)),
        "title": "旧邮局改成图书馆 周日开放",
        "section": "地方",
        "blocks": (Paragraph(text="河城旧邮局改建的图书馆周日开放。"), Paragraph(text="首日有三百人到访。")),
        "published_at": NOON,
        "modified_at": NOON,
    } | changes
    return ArticlePublished(**fields)


def withdrawn(article_id: str = "harbour-library", *, second: int = 0) -> ArticleWithdrawn:
    """Give a withdrawal, arrived some seconds after noon."""
    return ArticleWithdrawn(id=article_id, arrival=arrival(second), reason="legal", withdrawn_at=NOON)


def reinstated(article_id: str = "harbour-library", *, second: int = 0) -> ArticleReinstated:
    """Give a reinstatement, arrived some seconds after noon."""
    return ArticleReinstated(id=article_id, arrival=arrival(second), reinstated_at=NOON)


def parse(
    key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes | None]]
) -> ArticleEvent | None:
    """Read a record of articles.v1 that lies in its article's partition; None if it says nothing of any."""
    home = wire.partition_for((key or b"").decode(errors="replace").removesuffix(MARK_SUFFIX))
    event = read(key, value, headers, home)
    return None if isinstance(event, str) else event


def paragraphs_of(article: ArticlePublished) -> list[str]:
    """Give the texts of an article that consists of paragraphs alone."""
    paragraphs = [block for block in article.blocks if isinstance(block, Paragraph)]
    assert len(paragraphs) == len(article.blocks)
    return [paragraph.text for paragraph in paragraphs]
