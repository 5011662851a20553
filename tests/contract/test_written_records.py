"""What the services write is what AsyncAPI says they send: topic, key, headers and value of every record."""

import asyncio
import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from services.ingest.adapters import outbox as ingest_outbox
from services.ingest.core import dead_letter
from services.ingest.core.decide import Accepted, DeskEvent
from services.ingest.core.editions import Origin
from services.ingest.core.faults import Fault, invalid
from services.ingest.core.outputs import of_accepted, sent_home, submitted
from services.rank.adapters.outbox import Outbox as RankOutbox
from services.rank.core.views import Limits
from services.rank.core.views import read as read_views
from services.render.adapters.views import salts, view_log
from services.render.adapters.views.view_log import ViewLog
from services.render.core.views import view_batches
from shared import kafka, wire
from shared.articles import TextErased
from shared.events import (
    Event,
    FrontFeatured,
    FrontReleased,
    HotBanned,
    HotListChanged,
    HotPinned,
    HotReleased,
    View,
    ViewsSeen,
    ViewsVoided,
)
from shared.topics import VIEWS
from tests.builders import NOON, NOON_MS, arrival, published, reinstated, withdrawn
from tests.contract.test_contracts import ASYNCAPI, GOLDEN, MESSAGES, faults

E = TypeVar("E", bound=Event)
Record = tuple[str, bytes | None, bytes | None, list[tuple[str, bytes]]]
"""Topic, key, value, headers."""

HEADERS = (
    ("content-type", b"application/json"),
    (wire.PUBLISHER, b"sports"),
    (wire.REQUEST_ID, b"r1"),
    (wire.TRACEPARENT, b"00-1-2-00"),
)


@dataclass
class Producer:
    """Keeps what it is given; stands in for Kafka's."""

    written: list[Record] = field(default_factory=list)

    async def start(self) -> None:
        """Do nothing."""

    stop = start

    async def send(
        self,
        topic: str,
        value: bytes | None = None,
        key: bytes | None = None,
        partition: int | None = None,
        headers: Any = (),
    ) -> "asyncio.Future[Any]":
        """Keep a record; its future is done."""
        self.written.append((topic, key, value, list(headers)))
        sent: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        sent.set_result(SimpleNamespace(offset=0, timestamp=NOON_MS))
        return sent

    async def send_and_wait(self, *arguments: Any, **more: Any) -> Any:
        """Keep a record and say where it lies."""
        return await (await self.send(*arguments, **more))


@pytest.fixture
def producer(monkeypatch: pytest.MonkeyPatch) -> Producer:
    writer = Producer()

    async def ensure_topics(*_: Any) -> None:
        """Find all of them there."""

    def make(*_: Any, **__: Any) -> Producer:
        return writer

    for module in (kafka, ingest_outbox, view_log):
        monkeypatch.setattr(module, "producer", make)
        monkeypatch.setattr(module, "ensure_topics", ensure_topics)
    return writer


def golden(cls: type[E]) -> E:
    (path,) = (path for path in GOLDEN if path.name == f"{cls.__name__}.v1.json")
    return cls.model_validate_json(path.read_bytes())


def sent_by(party: str) -> set[tuple[str, str]]:
    """Give the (topic, message) that a party is said to send."""
    return {
        (ASYNCAPI["channels"][operation["channel"]["$ref"].rpartition("/")[2]]["address"], named)
        for name, operation in ASYNCAPI["operations"].items()
        if name.startswith(f"{party}Sends")
        for named in (message["$ref"].rpartition("/")[2] for message in operation["messages"])
    }


def documented(name: str) -> set[str]:
    """Give the headers that a message is said to have."""
    schemas = ASYNCAPI["components"]["schemas"]
    parts = (part["$ref"].rpartition("/")[2] for part in MESSAGES[name]["headers"]["allOf"])
    return {header for part in parts for header in schemas[part]["properties"]}


def fits(name: str, record: Record) -> bool:
    """Tell whether a record is one of these messages, with no header that is not documented."""
    message, (_, key, value, headers) = MESSAGES[name], record
    texts = {header: content.decode() for header, content in headers}
    is_json = message.get("contentType") == "application/json"
    payload = value if value is None else json.loads(value) if is_json else value.decode()
    if texts.keys() - documented(name) or faults(f"#/components/messages/{name}/headers", texts):
        return False
    if faults(f"#/components/messages/{name}/payload", payload):
        return False
    if "bindings" not in message:
        return key is None
    return not faults(
        f"#/components/messages/{name}/bindings/kafka/key", None if key is None else key.decode()
    )


def check(party: str, producer: Producer) -> None:
    """Hold what was written to what the party is said to send: all of it, and nothing else."""
    said = sent_by(party)
    seen = set()
    for record in producer.written:
        fitting = {(topic, name) for topic, name in said if topic == record[0] and fits(name, record)}
        assert fitting, f"{party} wrote what contracts/ does not know: {record}"
        seen |= fitting
    assert seen == said


async def test_ingest(producer: Producer) -> None:
    outbox = ingest_outbox.Outbox("kafka:9092", "1")
    await outbox.on_start()
    outbox.started_producing.set()
    desk: tuple[DeskEvent, ...] = (
        golden(HotPinned),
        golden(HotBanned),
        golden(HotReleased),
        golden(FrontFeatured),
        golden(FrontReleased),
        golden(ViewsVoided),
    )
    outcomes = [
        *(Accepted((event,)) for event in (published(), reinstated())),
        Accepted((withdrawn(), TextErased("harbour-library"))),
        *(Accepted(desk=event) for event in desk),
    ]
    away = arrival(partition=7, offset=3)
    origin = Origin(arrival(), away, ("idem-1-2",), (away,))
    written = [
        output for outcome in outcomes for output in of_accepted(outcome, origin, arrival(), dict(HEADERS))
    ]
    rejection = invalid([Fault("/title", "is missing")], None)
    for value in ("不是 JSON".encode(), b"x" * 6_000_000):
        written.append(dead_letter.of(rejection, arrival(), None, value, HEADERS))
    written.append(dead_letter.settlement(dead_letter.Place(3, 17), "replayed"))
    for name in ASYNCAPI["channels"]["inputs"]["messages"]:
        value = json.dumps(MESSAGES[name]["examples"][0]["payload"]).encode()
        written.append(submitted("harbour-library", value, HEADERS))
        written.append(sent_home("harbour-library", arrival(), value, HEADERS))
    for output in written:
        await outbox.send(output)
    check("ingest", producer)


async def test_rank(producer: Producer) -> None:
    outbox = RankOutbox("kafka:9092", "rank-1")
    elsewhere = (wire.partition_for("harbour-library") + 1) % VIEWS.partitions
    values = [wire.encode(golden(View)), wire.encode(golden(ViewsSeen))]
    records = [
        SimpleNamespace(offset=n, timestamp=NOON_MS, key=None, value=value, headers=HEADERS[:1])
        for n, value in enumerate(values)
    ]
    await outbox.forward(read_views(records, elsewhere, {}, Limits(60_000, 600_000)).forwards)
    await outbox.tell([golden(HotListChanged)])
    check("rank", producer)


async def test_render(producer: Producer) -> None:
    log = ViewLog("kafka:9092", "1")
    writing = asyncio.create_task(log.run())
    await asyncio.wait_for(log.add(view_batches.View("harbour-library", 7, NOON_MS, 3)), 5)
    writing.cancel()
    await salts.Salts("kafka:9092", "1", ZoneInfo("UTC"))._draw(NOON.date(), NOON)
    check("render", producer)
