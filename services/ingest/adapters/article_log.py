"""What ingest knows of every article, kept by reading articles.v1 and desk.v1 from their beginnings and on.

Each instance reads all partitions: so each can answer for any article, and is ready to take over any of them.
Records that contradict the fold (a stale text, mark or tombstone of a worker that was paused) are remembered
until the log is right again; the owner of the partition sees to that.
"""

import asyncio
import gc
from collections.abc import Iterable, Sequence
from typing import Final

from aiokafka import ConsumerRecord, TopicPartition
from mode import Service
from prometheus_client import Gauge
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from services.ingest.adapters.outcomes import ACCEPTED, Outcomes
from services.ingest.core.decide import Accepted
from services.ingest.core.editions import FOREIGN, Edition, Origin, Part
from services.ingest.core.field_types import Id
from services.ingest.core.idempotency import key_of
from services.ingest.core.known import Known
from services.ingest.core.outputs import Output, origin_of
from services.ingest.core.submissions import EVERY_ARTICLE
from shared import articles, wire
from shared.articles import ArticleEvent
from shared.events import Arrival
from shared.foreign_records import skipped
from shared.rebuild import Rebuild
from shared.runtime import log
from shared.tailing import Tail
from shared.topics import ARTICLES, DESK

_SETTLED_S: Final = 2.0
"""How long a contradiction must last: within it, it is most likely our own next record on its way."""
_ALLOCATIONS: Final = 50_000
"""That outlive what they were made for, until garbage is looked for again."""
_MOST_KEYS: Final = 10_000
"""Remembered across articles; an article's own requests are in its edition."""
_DESK: Final = TopicPartition(DESK.name, 0)
_ID: Final[TypeAdapter[str]] = TypeAdapter(Id)
_TOLD_EVERY: Final = 500
"""Records of the beginning, until it is told again how far that has come."""

_rebuild: Final = Rebuild(
    Gauge(
        "remen_ingest_rebuild_ratio", "Part that is read of what lay in articles.v1 and desk.v1 at the start"
    ),
    Gauge(
        "remen_ingest_rebuild_left_seconds", "How long the rest of it takes at that speed; NaN: not known yet"
    ),
)


class ArticleLog(Service):
    """The editions of all ids; `edition` gives one."""

    def __init__(self, bootstrap_servers: str, topics_ready: asyncio.Event, outcomes: Outcomes) -> None:
        super().__init__()
        self._topics_ready = topics_ready
        self._outcomes = outcomes
        self._known = Known()
        self._wrong_since: dict[tuple[str, Part], float] = {}
        self._keys: dict[str, str] = {}
        self._last_inputs: dict[int, Arrival] = {}
        self._taken = 0
        self._tail = Tail(bootstrap_servers, (ARTICLES, DESK), self._take)
        self.caught_up_once = asyncio.Event()

    def edition(self, article_id: str) -> Edition:
        """Give what is known of an id."""
        return self._known.edition(article_id)

    def settled(self, article_id: str) -> Edition | None:
        """Give what the log says of an id; None while a decision about it is on its way there."""
        return self._known.settled(article_id)

    def decided(self, article_id: str, outcome: Accepted, origin: Origin, outputs: Sequence[Output]) -> None:
        """Take in what was just decided, and is written so, before it comes back from the log."""
        self._known.decided(article_id, outcome, origin, outputs)

    def behind(self) -> dict[tuple[str, int], int]:
        """Count the records of each partition that are not read yet."""
        return self._tail.behind()

    async def caught_up(self, partitions: Iterable[int]) -> None:
        """Return when these partitions, and desk.v1, are read to where they end now."""
        await self._tail.caught_up([_DESK, *(TopicPartition(ARTICLES.name, n) for n in partitions)])

    def has_output_from(self, position: Arrival) -> bool:
        """Tell whether something was written of this input, or of one behind it in its partition."""
        last = self._last_inputs.get(position.partition)
        return last is not None and position.offset <= last.offset and position.at_ms <= last.at_ms

    def is_used_elsewhere(self, request: str) -> bool:
        """Tell whether a request's key was lately used for another article, as far as is known here."""
        key = key_of(request)
        return key is not None and self._keys.get(key, request) != request

    def wrong(self, partitions: Iterable[int]) -> list[tuple[str, Part]]:
        """Give what has contradicted the fold for a while as the last record of its key, by its article."""
        owned, settled = set(partitions), self.loop.time() - _SETTLED_S
        return [
            (article_id, part)
            for (article_id, part), since in self._wrong_since.items()
            if since < settled and wire.partition_for(article_id) in owned
        ]

    @Service.task
    async def _follow(self) -> None:
        await self._topics_ready.wait()
        self.add_future(self._announce())
        await self._tail.run()

    def _tell_how_far(self) -> None:
        self._taken += 1
        if self._taken % _TOLD_EVERY == 0 and (left := sum(self.behind().values())):
            _rebuild.note(left)

    async def _announce(self) -> None:
        await self._tail.caught_up()
        # what is known stays; looked through again and again for garbage, it would hold the loop up
        gc.freeze()
        # hundreds of articles are under way at once, hardly any of them in a cycle
        gc.set_threshold(_ALLOCATIONS, 20, 20)
        self.caught_up_once.set()
        _rebuild.note(0)
        log.info("article_log_read", ids=len(self._known))

    def _take(self, record: ConsumerRecord) -> None:
        if not self.caught_up_once.is_set():
            self._tell_how_far()
        if record.topic == DESK.name:
            self._take_desk(record)
        else:
            self._take_article(record)

    def _take_article(self, record: ConsumerRecord) -> None:
        said = self._known.come_back(record.partition, record.key, record.value, record.headers)
        if said is None and (said := self._read(record)) is None:
            return
        event, origin = said
        self._note_input(record.partition, origin)
        found = self._known.article_read(event, origin, record.offset)
        for part, is_wrong in found.items():
            if is_wrong:
                self._wrong_since.setdefault((event.id, part), self.loop.time())
            else:
                self._wrong_since.pop((event.id, part), None)
        self._tell(wire.request_id(record.headers))

    def _read(self, record: ConsumerRecord) -> tuple[ArticleEvent, Origin] | None:
        event = articles.read(record.key, record.value, record.headers, record.partition)
        if isinstance(event, str):
            skipped(record.topic, record.partition, record.offset, event)
            return None
        return event, self._origin(record, record.partition)

    def _take_desk(self, record: ConsumerRecord) -> None:
        try:
            named = from_json(record.value or b"").get("article")
            article_id = EVERY_ARTICLE if named is None else _ID.validate_python(named)
        except (ValueError, AttributeError, ValidationError):
            skipped(record.topic, record.partition, record.offset, "unreadable")
            return
        home = wire.partition_for(article_id)
        origin = self._origin(record, home)
        self._note_input(home, origin)
        self._known.desk_read(article_id, origin)
        self._tell(wire.request_id(record.headers))

    def _origin(self, record: ConsumerRecord, home: int) -> Origin:
        try:
            origin = origin_of(record.headers, home)
        except ValueError:
            # the event itself is what it is for every other reader; only its headers are of no use
            skipped(record.topic, record.partition, record.offset, "origin")
            return FOREIGN
        return origin

    def _note_input(self, home: int, origin: Origin) -> None:
        if origin.position is not None:
            last = self._last_inputs.get(home, origin.position)
            self._last_inputs[home] = max(last, origin.position)

    def _tell(self, request: str) -> None:
        key = key_of(request)
        if key is not None:
            self._keys[key] = request
            if len(self._keys) > _MOST_KEYS:
                del self._keys[next(iter(self._keys))]
        self._outcomes.settle(request, ACCEPTED)
