"""The topics of articles in the store: series and tags by which related reports are found.

What a topic is, core/articles/related.py says.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import Final

from services.render.adapters.store.visible import VISIBLE
from services.render.core.articles.cursors import microseconds
from services.render.core.articles.related import topics_of
from shared.events import ArticlePublished

TABLE: Final = """
-- The topics of the texts that stand, each with its newest articles (core/articles/related.py).
CREATE TABLE topics (
    topic TEXT NOT NULL CHECK (topic <> ''),
    published_us INTEGER NOT NULL CHECK (published_us BETWEEN -62135596800000000 AND 253402300799999999),
    id TEXT NOT NULL, PRIMARY KEY (topic, published_us, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX topics_of ON topics (id);
"""

NEWEST: Final = (
    # in the order of the topic's key: no more of it is read than is asked for and may not be shown
    "SELECT topics.published_us, id FROM topics CROSS JOIN articles USING (id) WHERE topic = :topic"  # noqa: S608
    f" AND {VISIBLE} ORDER BY topics.published_us DESC, id DESC LIMIT :limit"
)

OF_THESE: Final = "SELECT DISTINCT topic FROM topics WHERE id IN (SELECT value FROM json_each(?))"
"""The topics of some articles, whose ids come as `as_list` writes them."""


def as_list(ids: Iterable[str]) -> str:
    """Write ids as one value of a query."""
    return json.dumps(list(ids))


def put(connection: sqlite3.Connection, article: ArticlePublished) -> tuple[str, ...]:
    """Keep the topics of a text in place of those that its article had, and give them."""
    forget(connection, article.id)
    topics, us = topics_of(article), microseconds(article.published_at)
    connection.executemany("INSERT INTO topics VALUES (?, ?, ?)", ((one, us, article.id) for one in topics))
    return topics


def forget(connection: sqlite3.Connection, article_id: str) -> None:
    """Forget the topics of an article."""
    connection.execute("DELETE FROM topics WHERE id = ?", (article_id,))


def of(connection: sqlite3.Connection, article_id: str) -> set[str]:
    """Give the topics of an article."""
    return {topic for (topic,) in connection.execute(OF_THESE, (as_list([article_id]),))}
