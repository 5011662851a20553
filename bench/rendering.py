"""A render of its own, with a store that was folded beforehand and neither a Kafka nor a Redis."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.render.adapters.log.records import Record
from services.render.adapters.store.fold import apply
from services.render.adapters.store.store import Store
from shared import wire
from shared.events import ArticlePublished
from tests.builders import NOON_MS
from tests.real import Service


@contextmanager
def a_render(folder: Path, *articles: ArticlePublished) -> Iterator[Service]:
    """Give a running render of these articles."""
    store = Store(folder / "store")
    apply(store.writer, [_record(offset, article) for offset, article in enumerate(articles)])
    store.close()
    nobody = "127.0.0.1:9"
    render = Service(
        "render",
        folder,
        KAFKA_BOOTSTRAP_SERVERS=nobody,
        REDIS_URL=f"redis://{nobody}/0",
        RENDER_DATA=str(folder / "store"),
        RENDER_TOKEN_KEY="bench",  # noqa: S106 - opens nothing
    )
    try:
        render.start()
        yield render
    finally:
        render.stop()


def _record(offset: int, article: ArticlePublished) -> Record:
    headers = wire.event_headers(article, source="bench", event_id=str(offset), at=article.published_at)
    partition = wire.partition_for(article.id)
    return Record(partition, offset, NOON_MS, article.id.encode(), wire.encode(article), tuple(headers))
