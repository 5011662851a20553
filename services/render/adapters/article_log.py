"""Follows articles.v1 into the store: all partitions, no group, positions from the store alone.

Ready means: what the log held when this process started is folded. A replica with a store of its own that
finds Kafka away is ready at once, with what it has; an empty one waits. A log that ends before the store's
position, or whose records behind it are younger than what was folded, is another log under the same name:
the store is then started over, with an alarm. So it is when its file is found to be damaged. A store that
cannot be written to, say on a full disk, is served as it is, and the replica says that it is not ready.
"""

import asyncio
import contextlib
import random
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import Counter, Gauge, Histogram

from services.render.adapters.fold import Record, apply
from services.render.adapters.sqlite_file import is_another, is_torn
from services.render.adapters.store import Store
from services.render.core.shelf import Changes
from shared import kafka, topics, wire
from shared.articles import MARK_SUFFIX
from shared.rebuild import Rebuild
from shared.runtime import log

_BATCH: Final = 100
"""Records per transaction: some ten milliseconds of work, of which a page waits for a switch of threads."""
_BATCH_UNREAD: Final = 2000
"""The same while no page is served: each transaction writes every page of an index that it touches."""
_STUCK_S: Final = 5.0
"""After this long without a record, a replica that has a store serves although it is behind."""
_SECOND_LOOK_S: Final = 1.0
_PAUSES_S: Final = (0.25, 5.0)

_PARTITIONS: Final = tuple(TopicPartition(topics.ARTICLES.name, p) for p in range(topics.ARTICLES.partitions))

_folded = Counter("remen_render_articles_folded", "Records of articles.v1 folded into the store")
_lag = Gauge("remen_render_fold_lag", "Records of articles.v1 not yet folded")
_readable = Histogram(
    "remen_render_readable_seconds",
    "From the arrival of an input in the log until its outcome stands on this replica's pages",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300),
)
_rebuild = Rebuild(
    Gauge("remen_render_rebuild_ratio", "Part that is folded of what lay in articles.v1 at the beginning"),
    Gauge(
        "remen_render_rebuild_left_seconds", "How long the rest of it takes at that speed; NaN: not known yet"
    ),
)


class ArticleLog:
    """The fold as a task; `on_change` is called on the event loop after each commit."""

    def __init__(
        self, bootstrap_servers: str, store: Store, on_change: Callable[[Changes | None], None]
    ) -> None:
        self._servers = bootstrap_servers
        self._store = store
        self._on_change = on_change
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="fold")
        self._folded = asyncio.Event()
        self._ready = False
        self._waiting = f"Kafka at {bootstrap_servers} was not asked yet"
        self._unwritable: str | None = None
        self._behind: dict[tuple[str, int], int] = {}
        self._live_from: dict[int, int] | None = None
        """Where in each partition what came while this replica was serving begins; None: not known yet."""

    def behind(self) -> dict[tuple[str, int], int]:
        """Count the records of each partition that are not folded yet."""
        return self._behind

    def complaint(self) -> str | None:
        """Say what is waited for; None once the store may be served."""
        return None if self._ready else self._waiting

    def unwritable(self) -> str | None:
        """Say why the store does not follow the log; None while it takes what comes."""
        return self._unwritable

    async def moved(self) -> None:
        """Return when more of the log has been folded."""
        await self._folded.wait()

    async def run(self) -> None:
        """Follow the log for ever; whatever Kafka does is waited out."""
        pause, longest = _PAUSES_S
        try:
            while True:
                try:
                    if self._store.broken:
                        self._start_over("its file is damaged")
                    async with contextlib.AsyncExitStack() as stack:
                        consumer = await self._connect(stack)
                        pause = _PAUSES_S[0]
                        await self._follow(consumer)
                except (KafkaError, OSError, TimeoutError, sqlite3.Error) as error:
                    self._waiting = f"articles.v1 cannot be followed: {error!r}"
                    if isinstance(error, sqlite3.Error) and (is_torn(error) or is_another(error)):
                        self._store.broken = True
                    if self._store.broken:
                        self._ready = False
                    else:
                        self._serve_what_is_there(self._waiting)
                    log.warning("waiting", what="articles.v1", reason=repr(error), next_try_s=pause)
                    await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, no secret
                    pause = min(pause * 2, longest)
        finally:
            self._thread.shutdown()

    async def _connect(self, stack: contextlib.AsyncExitStack) -> AIOKafkaConsumer:
        """Give a consumer that stands where the store stands; `stack` stops it."""
        consumer = kafka.consumer(
            self._servers,
            client_id="render-articles",
            auto_offset_reset="none",
            max_partition_fetch_bytes=4 * 1024 * 1024,
            # a partition whose records were just read is not in the fetch under way: it waits this long
            fetch_max_wait_ms=50,
        )
        stack.push_async_callback(kafka.close, consumer)
        async with asyncio.timeout(_STUCK_S):
            await consumer.start()
            await kafka.ensure_topics(self._servers, (topics.ARTICLES,))
            consumer.assign(_PARTITIONS)
            if await self._difference(consumer):
                # a broker that has just begun to lead may know less of its log for a moment
                await asyncio.sleep(_SECOND_LOOK_S)
                if difference := await self._difference(consumer):
                    self._start_over(f"articles.v1 is not the log that was folded: {difference}")
            known = self._store.positions()
            first = await consumer.beginning_offsets(_PARTITIONS)
            self._ends = await consumer.end_offsets(_PARTITIONS)
            if self._live_from is None:
                ends = {} if self._ready else self._ends
                self._live_from = {tp.partition: end for tp, end in ends.items()}
            for tp in _PARTITIONS:
                consumer.seek(tp, known[tp.partition][0] if tp.partition in known else first[tp])
        return consumer

    async def _difference(self, consumer: AIOKafkaConsumer) -> str | None:
        """Say how the log differs from the one that was folded, None if it does not."""
        known = {TopicPartition(topics.ARTICLES.name, p): at for p, at in self._store.positions().items()}
        if not known:
            return None
        first = await consumer.beginning_offsets(known)
        ends = await consumer.end_offsets(known)
        # The earliest record at least as young as the youngest folded one: in the log that was folded, none
        # that lies before the position is younger.
        found = await consumer.offsets_for_times({tp: newest_ms for tp, (_, newest_ms) in known.items()})
        for tp, (position, newest_ms) in known.items():
            at = found[tp]
            if not first[tp] <= position <= ends[tp]:
                return (
                    f"partition {tp.partition} is {first[tp]} to {ends[tp]}, the store's position {position}"
                )
            if at is not None and at.offset < position and at.timestamp > newest_ms:
                return f"partition {tp.partition} has younger records at {at.offset} than were folded there"
        return None

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        moved_at = time.monotonic()
        while not self._store.broken:
            at_once = _BATCH if self._ready else _BATCH_UNREAD
            batches = await consumer.getmany(timeout_ms=500, max_records=at_once)
            records = [
                Record(tp.partition, r.offset, r.timestamp, r.key, r.value, tuple(r.headers))
                for tp, batch in batches.items()
                for r in batch
            ]
            if records:
                await self._fold(records)
                moved_at = time.monotonic()
            positions = {tp: await consumer.position(tp) for tp in _PARTITIONS}
            self._behind = {
                (tp.topic, tp.partition): max(0, end - positions[tp])
                for tp in _PARTITIONS
                if (end := consumer.highwater(tp)) is not None
            }
            _lag.set(sum(self._behind.values()))
            missing = sum(max(0, end - positions[tp]) for tp, end in self._ends.items())
            _rebuild.note(missing)
            if not self._ready:
                self._waiting = f"{missing} records of articles.v1 are still to be read"
                if missing == 0:
                    self._be_ready("caught_up")
                elif time.monotonic() - moved_at > _STUCK_S:
                    self._serve_what_is_there(self._waiting)

    async def _fold(self, records: list[Record]) -> None:
        """Fold a batch; a store that cannot be written to is tried again for ever, saying so."""
        loop = asyncio.get_running_loop()
        pause, longest = _PAUSES_S
        while True:
            try:
                changes = await loop.run_in_executor(self._thread, apply, self._store.writer, records)
                break
            except sqlite3.OperationalError as error:
                if self._store.broken or is_torn(error) or is_another(error):
                    raise
                self._unwritable = f"the store cannot be written to: {error}"
                self._serve_what_is_there(self._unwritable)
                log.error("store_unwritable", reason=str(error), next_try_s=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, longest)
        if self._unwritable is not None:
            self._unwritable = None
            log.info("store_is_written_again")
        self._on_change(changes)
        self._folded.set()
        self._folded = asyncio.Event()
        _folded.inc(len(records))
        self._tell_how_long(records, changes)

    def _tell_how_long(self, records: list[Record], changes: Changes) -> None:
        """Measure, from its arrival on, what came while this replica was serving and changed something."""
        now_ms, live_from = time.time() * 1000, self._live_from or {}
        for record in records:
            about = (record.key or b"").decode(errors="replace").removesuffix(MARK_SUFFIX)
            if record.offset < live_from.get(record.partition, 0) or about not in changes.ids:
                continue
            said = wire.first_values(record.headers)
            with contextlib.suppress(ValueError):
                arrived = wire.read_arrival(said.get(wire.ARRIVED) or said.get(wire.INPUT))
                _readable.observe(max(0.0, now_ms - arrived.at_ms) / 1000)

    def _serve_what_is_there(self, reason: str) -> None:
        with contextlib.suppress(sqlite3.DatabaseError):
            if not self._ready and self._store.positions():
                self._be_ready("serving_what_is_there", reason=reason)

    def _be_ready(self, event: str, **fields: str) -> None:
        self._ready = True
        log.info(event, **fields)

    def _start_over(self, reason: str) -> None:
        self._ready = False
        self._unwritable = None
        self._live_from = None
        self._store.start_over(reason)
        self._on_change(None)
