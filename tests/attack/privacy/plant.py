"""What the services write while they are read, by their own code, and what of it lies there in the end."""

import asyncio
import contextlib
import io
import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from unittest import mock
from zoneinfo import ZoneInfo

from prometheus_client import generate_latest

from services.rank.core.fold import Batch, Rules, State, fold
from services.rank.core.views import Limits
from services.render.adapters.http import views as views_module
from services.render.adapters.http.views import Caller, Views
from services.render.adapters.views.salts import Salts
from services.render.adapters.views.view_log import ViewLog
from services.render.core.views import tokens, view_batches
from services.render.core.views.origins import Sender
from services.render.core.views.readers import reading_day
from services.render.core.views.view_batches import View
from services.render.settings import Settings
from shared import wire
from shared.events import ViewsSeen
from shared.topics import SALTS, VIEWS
from tests.attack.privacy.month import Read
from tests.builders import published
from tests.unit.rank.logs import Appended
from tests.unit.render.folded import Folded

ZONE: Final = ZoneInfo("Asia/Kuala_Lumpur")
RULES: Final = Rules(ZONE, Limits(60_000, 600_000))
_GATHER_MS: Final = 500
"""Render gathers for 20 ms; on a site 25 times as large as many views lie in a record."""
_KEY: Final = b"key"
_SALT_MS: Final = 48 * 3_600_000
"""A salt is gone so long after it was drawn, at the latest."""

Batching = Callable[[list[View]], ViewsSeen]


class _Salts(Salts):
    def __init__(self, chance: random.Random) -> None:
        super().__init__("nowhere", "1", ZONE)
        self.drawn: dict[date, bytes] = {}
        self._chance = chance

    def of(self, now: datetime) -> bytes:
        return self.drawn.setdefault(reading_day(now, ZONE), self._chance.randbytes(32))


class _Log(ViewLog):
    def __init__(self) -> None:
        super().__init__("nowhere", "1")
        self.taken: list[View] = []

    def add(self, view: View) -> "asyncio.Future[None]":
        self.taken.append(view)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


@dataclass(frozen=True, slots=True)
class Record:
    """A record of views.v1, and which replica wrote it."""

    partition: int
    appended: Appended
    replica: int


@dataclass
class Plant:
    """A site that was read. `readers` is the truth: whose each key is."""

    records: list[Record] = field(default_factory=list)
    salts: dict[date, bytes] = field(default_factory=dict)
    seen: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    """Redis: of each partition and day the hashes in the order of counting."""
    told: bytes = b""
    """The log of render, its metrics and its SQLite files."""
    readers: dict[int, int] = field(default_factory=dict)
    ends_ms: int = 0

    def kept(self, until_ms: int) -> list[Record]:
        """Give the records of views.v1 that lie there at a moment."""
        oldest = until_ms - int(VIEWS.config["retention.ms"])
        return [one for one in self.records if oldest <= one.appended.timestamp <= until_ms]

    def kept_salts(self) -> dict[date, bytes]:
        """Give the salts that lie in their topic in the end."""
        assert int(SALTS.config["retention.ms"]) + int(SALTS.config["segment.ms"]) < _SALT_MS
        oldest = datetime.fromtimestamp((self.ends_ms - _SALT_MS) / 1000, UTC)
        return {day: salt for day, salt in self.salts.items() if day >= reading_day(oldest, ZONE)}


def run(
    reads: list[Read], folder: Path, chance: random.Random, batching: Batching = view_batches.batch
) -> Plant:
    """Let render and rank take what is read."""
    plant = Plant(ends_ms=reads[-1].at_ms)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), mock.patch.object(views_module, "_PATIENCE_S", 60):
        asyncio.run(_take(plant, reads, chance, batching))
    store = Folded(folder)
    store.fold(*(published(name) for name in dict.fromkeys(read.article for read in reads)))
    store.store.close()
    files = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    plant.told = said.getvalue().encode() + generate_latest() + files
    _count(plant)
    return plant


async def _take(plant: Plant, reads: Iterable[Read], chance: random.Random, batching: Batching) -> None:
    salts, log, settings = _Salts(chance), _Log(), Settings()
    views = Views(
        lambda *_: True, salts, log, _KEY, settings.trusted_proxies, seats=settings.seats, home="news.example"
    )
    gathered: dict[tuple[int, int, int], list[View]] = {}
    began_ms = 0

    def write() -> None:
        for (partition, _, replica), some in gathered.items():
            event = batching(some)
            at_ms = began_ms + _GATHER_MS + chance.randint(1, 5)
            headers = wire.event_headers(
                event,
                source=f"render/{replica}",
                event_id=f"{chance.getrandbits(128):032x}",
                at=datetime.fromtimestamp(at_ms / 1000, UTC),
            )
            record = Appended(len(plant.records), at_ms, wire.encode(event), None, headers)
            plant.records.append(Record(partition, record, replica))
        gathered.clear()

    for read in reads:
        if read.at_ms > began_ms + _GATHER_MS:
            write()
            began_ms = read.at_ms
        now = datetime.fromtimestamp(read.at_ms / 1000, UTC)
        body = {"article": read.article, "token": tokens.token(_KEY, tokens.slot_of(read.at_ms / 1000))}
        caller = Caller("10.0.0.9", str(read.address), read.agent, Sender())
        assert (await views.post(json.dumps(body).encode(), caller, now)).status == 204
        view = log.taken.pop()
        plant.readers.setdefault(view.reader, read.reader)
        # any replica may be asked, for every request another
        place = (wire.partition_for(view.article), view.second, chance.randrange(2))
        gathered.setdefault(place, []).append(view)
    write()
    plant.salts = salts.drawn


def _count(plant: Plant) -> None:
    """Let rank count, day by day."""
    for partition in {record.partition for record in plant.records}:
        mine = [record.appended for record in plant.records if record.partition == partition]
        state = State(partition)
        for start in range(0, len(mine), 500):
            part = mine[start : start + 500]
            state, effects = fold(state, Batch({VIEWS.name: part[-1].offset + 1}, {VIEWS.name: part}), RULES)
            for day, keys in effects.seen.items():
                plant.seen.setdefault((partition, day), []).extend(keys.tolist())
            for day in effects.days_over:
                del plant.seen[partition, day]


def day_of(at_ms: int) -> date:
    """Give the reading day of a moment in Unix ms."""
    return reading_day(datetime.fromtimestamp(at_ms / 1000, UTC), ZONE)
