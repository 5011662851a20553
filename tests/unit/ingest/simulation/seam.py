"""Where the simulation meets the code: every name of the outside world that ingest's modules hold.

All else in a simulated process is what production runs. Who moves a clock, a client or a reader in ingest
changes this file and nothing else of the simulation.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from random import Random
from types import SimpleNamespace
from typing import Final
from unittest import mock

from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from mode import Service

from services.ingest.adapters import (
    article_log,
    dead_letter_log,
    door,
    guard,
    inbox,
    outbox,
    outcomes,
    tokens,
)
from services.ingest.core import edition_table
from services.ingest.core.faults import Rejection
from services.ingest.core.reading import Defaults, read
from services.ingest.core.rights import Publisher
from services.ingest.core.submissions import Submission
from services.ingest.settings import Settings, Token
from shared import foreign_records, kafka, runtime, tailing, wire
from shared.topics import ARTICLES, DEAD
from tests.unit.ingest.simulation.cluster import Cluster
from tests.unit.ingest.simulation.consumer import Consumer
from tests.unit.ingest.simulation.logs import Headers
from tests.unit.ingest.simulation.producer import Producer

_MODULES: Final = (
    article_log,
    dead_letter_log,
    door,
    guard,
    inbox,
    outbox,
    kafka,
    runtime,
    tailing,
    wire,
    foreign_records,
)
_LARGEST: Final = {"max.message.bytes": "6500"}
"""Of a record of articles.v1 and of ingest.v1.dead, in place of 4 MiB."""
_TOKEN: Final = Token(name="desk", sha256="0" * 64, desk=True)
PUBLISHER: Final = Publisher(_TOKEN.name, desk=True)


class Parts:
    """The services of one process, made as `app.wire_up` makes them."""

    def __init__(self, name: str) -> None:
        given = Settings.model_construct(
            kafka_bootstrap_servers="", instance=name, tokens=(_TOKEN,), tokens_file=None,
            requests_per_s=1.0, bytes_per_s=1.0, site_url="http://site",
            outcome_wait_s=2.0, stuck_s=30.0, ninjs_section="综合",
        )  # fmt: skip
        held = tokens.Tokens(given)
        self.outbox = outbox.Outbox("", name)
        self.outcomes = outcomes.Outcomes()
        self.articles = article_log.ArticleLog("", self.outbox.topics_ready, self.outcomes)
        self.inbox = inbox.Inbox(given, held, self.outbox, self.articles)
        self.guard = guard.Guard("", self.articles, self.inbox, self.outbox)
        self.letters = dead_letter_log.DeadLetterLog("", self.outbox.topics_ready, self.outcomes)
        self.door = door.Door(given, held, self.outbox, self.articles, self.outcomes)

    @property
    def services(self) -> tuple[Service, ...]:
        """All that are started, in their order."""
        return self.outbox, self.articles, self.inbox, self.guard, self.letters


class Started:
    """What a service gets instead of mode's own start: its tasks in an order that is always the same."""

    def __init__(self, service: Service, crash: Callable[[BaseException], None]) -> None:
        self._service = service
        self._crash = crash

    async def start(self) -> None:
        """Start the service's tasks."""
        service = self._service

        async def crash(reason: BaseException) -> None:
            self._crash(reason)

        service.crash = crash  # type: ignore[method-assign]
        await service.on_start()
        for task in sorted(service._get_tasks(), key=lambda task: task.fun.__qualname__):
            service.add_future(task.fun(service))


@lru_cache(maxsize=4096)
def _read(value: bytes | None, defaults: Defaults, headers: Headers) -> Submission | Rejection:
    return read(value, defaults, headers)


_partition_for = lru_cache(maxsize=4096)(wire.partition_for)


async def _read_at_once(
    value: bytes | None, defaults: Defaults, headers: Headers = (), *, line: str = ""
) -> Submission | Rejection:
    return _read(value, defaults, tuple(headers))


async def _committed(member: Consumer, tps: list[TopicPartition]) -> dict[TopicPartition, tuple[int, str]]:
    cluster = Cluster.current()

    def find() -> dict[TopicPartition, tuple[int, str]]:
        found = cluster.group.committed
        return {tp: (found[tp].offset, found[tp].metadata) for tp in tps if tp in found}

    left: dict[TopicPartition, tuple[int, str]] = await cluster.call("committed", find, KafkaConnectionError)
    return left


async def _topics_are_there(*_: object) -> None:
    await Cluster.current().call("ensure topics", lambda: None)


class _Every:
    """The beats of a service's timer, by the loop's clock."""

    def __init__(self, interval: float) -> None:
        self._interval = interval

    def __aiter__(self) -> "_Every":
        return self

    async def __anext__(self) -> float:
        await asyncio.sleep(self._interval)
        return self._interval


def _every(service: Service, interval: float, **_: object) -> _Every:
    return _Every(interval)


@contextmanager
def in_place(chance: Random, now_ms: Callable[[], int]) -> Iterator[None]:
    """Put the simulated world into the place of the real one."""
    names: dict[str, object] = {
        "AIOKafkaConsumer": Consumer,
        "AIOKafkaProducer": Producer,
        "ensure_topics": _topics_are_there,
        "committed": _committed,
        "read_bounded": _read_at_once,
        "time": SimpleNamespace(time_ns=lambda: now_ms() * 1_000_000, monotonic=lambda: now_ms() / 1000),
        "uuid": SimpleNamespace(uuid4=lambda: SimpleNamespace(hex=f"{chance.getrandbits(64):032x}")),
        "random": chance,
        # what it keeps from being collected would pile up from seed to seed
        "gc": SimpleNamespace(freeze=lambda: None, set_threshold=lambda *_: None),
        # asked a hundred times a run for the same few ids
        "partition_for": _partition_for,
    }
    undo = [
        (module, name, getattr(module, name))
        for module in _MODULES
        for name in names
        if hasattr(module, name)
    ]
    foreign_records._told.clear()
    for module, name, _ in undo:
        setattr(module, name, names[name])
    try:
        with (
            mock.patch.dict(ARTICLES.config, _LARGEST),
            mock.patch.dict(DEAD.config, _LARGEST),
            mock.patch.object(Service, "itertimer", _every),
            # so few that nearly all are read from where they are packed
            mock.patch.object(edition_table, "_AT_HAND", 1),
        ):
            yield
    finally:
        for module, name, real in undo:
            setattr(module, name, real)
