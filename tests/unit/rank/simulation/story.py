"""What is appended in a run: few readers and articles, so that nearly everything meets everything."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Final, NamedTuple

from aiokafka import TopicPartition

from shared import wire
from shared.articles import MARK_SUFFIX
from shared.events import Arrival, Event, HotBanned, HotPinned, HotReleased
from shared.topics import ARTICLES, DESK, VIEWS
from tests.builders import published, reinstated, withdrawn
from tests.unit.rank.logs import columns, ids_of, plain
from tests.unit.rank.simulation.kafka import PARTITIONS, Cluster, Logged

IDS: Final = {n: ids_of(n, 3) for n in PARTITIONS}
ALL_IDS: Final = [i for ids in IDS.values() for i in ids]
SECTIONS: Final = ("地方", "体育")

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_ZOMBIES_WAKE_MS: Final = 6 * 24 * _HOUR_MS
"""So long after its action a paused ingest may write it again; rank remembers a week."""

_AGES: Final = (0, 0, 0, 30 * 24 * _HOUR_MS - 2 * _HOUR_MS, 0, 31 * 24 * _HOUR_MS)
"""How old a text is: most are new, some become too old for the lists in a run's time, some are."""


def home_of(article: str) -> int:
    """Give the partition of an article."""
    return next(n for n, ids in IDS.items() if article in ids)


class Row(NamedTuple):
    """A view: who read what when, and when it first entered a log."""

    article: str
    reader: int | str
    at: int
    arrived: int


class Text(NamedTuple):
    """A published text, as far as ranking is concerned; `order` grows."""

    article: str
    order: int
    section: str
    published: int
    begins: int
    ends: int


class Mark(NamedTuple):
    """A withdrawal or a reinstatement."""

    article: str
    order: int
    withdrawn: bool


class Act(NamedTuple):
    """A desk action; `source` is the offset and the time of its input, None if ingest did not write it."""

    kind: str
    article: str
    scope: str
    at: int
    until: int | None
    position: int
    source: tuple[int, int] | None


def rows_of(value: bytes, arrived: int) -> list[Row]:
    """Read the views of a record as plainly as can be."""
    views = json.loads(value)
    if "articles" not in views:
        at = round(datetime.fromisoformat(views["at"]).timestamp() * 1000)
        return [Row(views["article"], views["reader"], at, arrived)]
    names = [views["articles"][i] for i in views["article"]]
    return [Row(*row, arrived) for row in zip(names, views["reader"], views["at"], strict=True)]


class Story:
    """The newsroom and its readers."""

    def __init__(self, chance: Random, cluster: Cluster) -> None:
        self._chance, self._cluster = chance, cluster
        self._order = 0
        self._newest: dict[str, tuple[Event, Text]] = {}
        self._inputs = dict.fromkeys(PARTITIONS, 0)
        self._acts: list[tuple[Event, Act]] = []
        self._clocks_go_wrong = chance.random() < 0.3

    def views(self) -> None:
        """Append one record of views, seldom into another's partition, dated absurdly, or no views at all."""
        chance = self._chance
        n = chance.choice(PARTITIONS)
        if chance.random() < 0.05:
            self._append(VIEWS.name, n, chance.choice((b"{", b"[]", None)), None, (), [])
            return
        ids = ALL_IDS if chance.random() < 0.3 else IDS[n]
        rows = [
            (chance.choice(ids), chance.randrange(6), self._cluster.now_ms() + self._off())
            for _ in range(chance.randint(1, 4))
        ]
        wrong = self._wrong_clock()
        if wrong and chance.random() < 0.5:
            # the clock of who was viewed is wrong along with the broker's
            rows = [(article, reader, at + wrong) for article, reader, at in rows]
        if chance.random() < 0.4:
            article, reader, at = rows[0]
            value = plain(article, f"reader {reader}", at)
        else:
            value = columns(rows)
        self.viewed(n, value, wrong_ms=wrong)

    def viewed(
        self, n: int, value: bytes, headers: Sequence[tuple[str, bytes]] = (), wrong_ms: int = 0
    ) -> None:
        """Append a record of views; one that was handed on says when it arrived."""
        now = self._stamp() + wrong_ms
        arrived = next((int(v.split(b"/")[0]) for h, v in headers if h == wire.ARRIVED), now)
        rows = rows_of(value, min(arrived, now))
        self._append(VIEWS.name, n, value, None, tuple(headers), rows, now)

    def article(self) -> None:
        """Append a text, an old text and its correction, a withdrawal or a reinstatement."""
        chance = self._chance
        n = chance.choice(PARTITIONS)
        article = chance.choice(IDS[n])
        self._order += 1
        what = chance.random()
        if what < 0.6 or article not in self._newest:
            self._newest[article] = self._text(article)
            self._publish(n, *self._newest[article])
        elif what < 0.75:
            # a paused ingest wakes up; the partition's owner writes the newest text again
            event, text = self._newest[article]
            old = published(article, second=0, section="旧闻")
            self._publish(n, old, Text(article, 0, "旧闻", 0, 0, 0))
            self._publish(n, event, text)
        elif what < 0.9:
            gone = withdrawn(article, second=self._order)
            self._tell(ARTICLES.name, n, gone, article + MARK_SUFFIX, Mark(article, self._order, True))
            self._append(ARTICLES.name, n, None, article.encode(), (), None)
        else:
            lifted = reinstated(article, second=self._order)
            self._tell(ARTICLES.name, n, lifted, article + MARK_SUFFIX, Mark(article, self._order, False))

    def desk(self) -> None:
        """Append a desk action, or once more one that a paused ingest writes, or what is no action at all."""
        chance, now = self._chance, self._stamp()
        if chance.random() < 0.05:
            headers = (("ce_type", b"remen.HotPinned"),)
            self._append(DESK.name, 0, chance.choice((b"{", b"[]", None)), b"", headers, None)
            return
        lately = [(event, act) for event, act in self._acts if act.at > now - _ZOMBIES_WAKE_MS]
        if lately and chance.random() < 0.3:
            event, act = chance.choice(lately)
            self._act(event, act._replace(at=now))
            return
        kind, cls = chance.choice((("pinned", HotPinned), ("banned", HotBanned), ("released", HotReleased)))
        article, scope = chance.choice(ALL_IDS), chance.choice(("all", f"section:{SECTIONS[0]}"))
        until = now + chance.randint(1, 10 * _HOUR_MS) if chance.random() < 0.3 else None
        position = chance.randint(1, 3) if cls is HotPinned else 0
        fields = {"article": article, "scope": scope, "who": "w", "why": "y"}
        event = cls.model_validate(
            fields
            | ({} if until is None else {"until": datetime.fromtimestamp(until / 1000, UTC)})
            | ({"position": position} if position else {})
        )
        act = Act(kind, article, scope, now, until, position, self._input(article))
        if act.source is not None:
            self._acts.append((event, act))
        self._act(event, act)

    def _act(self, event: Event, act: Act) -> None:
        headers: list[tuple[str, bytes]] = []
        if act.source is not None:
            offset, at = act.source
            headers.append((wire.INPUT, wire.write_arrival(Arrival(at, home_of(act.article), offset))))
        self._tell(DESK.name, 0, event, "", act, act.at, headers)

    def _input(self, article: str) -> tuple[int, int] | None:
        """Give the place of an action's input: the broker's clock may step back, the topic be made anew."""
        chance, n = self._chance, home_of(article)
        if chance.random() < 0.1:
            return None
        self._inputs[n] = 0 if chance.random() < 0.05 else self._inputs[n] + chance.randint(1, 3)
        return self._inputs[n], self._stamp()

    def mark(self) -> None:
        """Append what takes an offset and is no record: the end of some producer's transaction."""
        self._cluster.logs[self._chance.choice(sorted(self._cluster.logs))].append(None)

    def compact(self) -> None:
        """Compact a partition of the articles."""
        self._cluster.logs[TopicPartition(ARTICLES.name, self._chance.choice(PARTITIONS))].compact()

    def _text(self, article: str) -> tuple[Event, Text]:
        chance, now = self._chance, self._cluster.now_ms()
        section = chance.choice(SECTIONS)
        begins = now + chance.randint(-_HOUR_MS, 8 * _HOUR_MS) if chance.random() < 0.2 else 0
        ends = now + chance.randint(1, 48 * _HOUR_MS) if chance.random() < 0.2 else 2**62
        barred = chance.random() < 0.1
        at = now - chance.choice((0, _HOUR_MS)) - _AGES[self._order % len(_AGES)]
        event = published(
            article,
            second=self._order,
            section=section,
            published_at=datetime.fromtimestamp(at / 1000, UTC),
            embargo_until=datetime.fromtimestamp(begins / 1000, UTC) if begins else None,
            expires_at=datetime.fromtimestamp(ends / 1000, UTC) if ends < 2**62 else None,
            sensitive=barred,
        )
        return event, Text(article, self._order, section, at, begins, 0 if barred else ends)

    def _publish(self, n: int, event: Event, text: Text) -> None:
        self._tell(ARTICLES.name, n, event, text.article, text)

    def _tell(
        self,
        topic: str,
        n: int,
        event: Event,
        key: str,
        meaning: object,
        now: int | None = None,
        more: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        headers = (("ce_type", wire.type_of(event).encode()), *more)
        self._append(topic, n, wire.encode(event), key.encode(), headers, meaning, now)

    def _append(
        self,
        topic: str,
        n: int,
        value: bytes | None,
        key: bytes | None,
        headers: tuple[tuple[str, bytes], ...],
        meaning: object,
        now: int | None = None,
    ) -> None:
        log = self._cluster.logs[TopicPartition(topic, n)]
        stamp, true = self._stamp() if now is None else now, self._cluster.now_ms()
        log.append(Logged(log.end, stamp, value, key, headers, true, meaning))

    def _stamp(self) -> int:
        """Give the broker's time; a new leader's clock may be behind."""
        behind = self._chance.randint(1, 3000) if self._chance.random() < 0.05 else 0
        return self._cluster.now_ms() - behind

    def _wrong_clock(self) -> int:
        """Give by how much a broker's clock is wrong, in some runs and now and then."""
        if not self._clocks_go_wrong or self._chance.random() < 0.9:
            return 0
        return self._chance.choice((-40 * 24, -30, -3, 3, 30, 10 * 24, 40 * 24)) * _HOUR_MS

    def _off(self) -> int:
        """Give how far a view's own time is off."""
        chance = self._chance
        if chance.random() < 0.1:
            return chance.choice((60_000, 60_001, -600_000, -600_001, -3_600_000))
        return -chance.randint(0, 590_000) if chance.random() < 0.3 else -chance.randint(0, 3000)
