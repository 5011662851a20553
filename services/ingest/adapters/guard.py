"""The owner guards its partition: what contradicts the fold of articles.v1 is written right again.

A worker that was paused past its session may wake up and write a stale text behind a newer one, or a text
behind a withdrawal, or an old withdrawal behind the reinstatement. Readers are not misled (shared.articles),
but compaction keeps the last record of a key: without the guard a new replica would miss what stands.
"""

import asyncio
from typing import Final

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from mode import Service
from prometheus_client import Counter

from services.ingest.adapters.article_log import ArticleLog
from services.ingest.adapters.inbox import Inbox
from services.ingest.adapters.outbox import Outbox
from services.ingest.core.editions import Edition, Part
from services.ingest.core.outputs import INPUT, Output, of_article
from shared import articles, kafka, wire
from shared.articles import TextErased
from shared.runtime import log
from shared.topics import ARTICLES, INGEST

EVERY_S: Final = 1.0
DEADLINE_S: Final = 10.0

PUT_RIGHT: Final = Counter(
    "remen_ingest_put_right_total", "Records of articles.v1 written right again", ["what"]
)


class Guard(Service):
    """Put right what is wrong in the owned partitions, once a second."""

    def __init__(self, bootstrap_servers: str, articles: ArticleLog, inbox: Inbox, outbox: Outbox) -> None:
        super().__init__()
        self._bootstrap_servers = bootstrap_servers
        self._articles = articles
        self._inbox = inbox
        self._outbox = outbox

    @Service.timer(EVERY_S)
    async def _look(self) -> None:
        for article_id, part in self._articles.wrong(self._inbox.owned):
            edition = self._articles.settled(article_id)
            if edition is None:
                continue  # what is on its way may put it right
            try:
                await asyncio.wait_for(self._put_right(article_id, part, edition), DEADLINE_S)
            except (KafkaError, TimeoutError) as error:
                log.warning("not_put_right_yet", article=article_id, reason=repr(error))

    async def _put_right(self, article_id: str, part: Part, edition: Edition) -> None:
        erases = part == "text" and edition.standing.order is None
        output = _erasure(article_id, edition) if erases else await self._standing(article_id, part, edition)
        if output is None or not self._may_still_write(article_id, edition):
            return
        await (await self._outbox.send(output))
        what = "erased" if erases else part
        PUT_RIGHT.labels(what).inc()
        log.warning("put_right", article=article_id, what=what)

    def _may_still_write(self, article_id: str, edition: Edition) -> bool:
        """Look again: meanwhile the article may have been decided about, or its partition have gone."""
        owned = wire.partition_for(article_id) in self._inbox.owned
        return owned and self._articles.settled(article_id) == edition

    async def _standing(self, article_id: str, part: Part, edition: Edition) -> Output | None:
        """Read the record of the text or mark that stands; None if it is not in the log (yet)."""
        offset = edition.offset if part == "text" else edition.mark_offset
        if offset is None:
            return None
        home = TopicPartition(ARTICLES.name, wire.partition_for(article_id))
        consumer = kafka.consumer(
            self._bootstrap_servers,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )
        try:
            await consumer.start()
            consumer.assign([home])
            consumer.seek(home, offset)
            record = await consumer.getone(home)
        finally:
            await kafka.close(consumer)
        event = articles.read(record.key, record.value, record.headers, record.partition)
        if not isinstance(event, str) and event.id == article_id and edition.stands(event):
            return Output(ARTICLES, home.partition, record.key, record.value, tuple(record.headers))
        log.error("standing_record_lost", article=article_id, part=part, offset=offset)
        return None


def _erasure(article_id: str, edition: Edition) -> Output:
    origin = edition.decided
    passed_on = [] if origin is None else [(INPUT, wire.write_arrival(origin))]
    named = wire.event_id(INGEST.name, *origin[1:]) if origin else "guard"
    return of_article(TextErased(article_id), named, passed_on)
