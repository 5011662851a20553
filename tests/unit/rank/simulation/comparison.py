"""Redis compared with the oracle: a partition's keys after a script, its lists, and what was handed on."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from aiokafka import TopicPartition

from services.rank.adapters.log import topics_of
from services.rank.core import desk, lists
from services.rank.core.layout import AS_OF
from services.rank.core.scores import Candidate
from shared.topics import ARTICLES, DESK, VIEWS
from tests.unit.rank.simulation import oracle
from tests.unit.rank.simulation.kafka import PARTITIONS, Cluster, TopicLog
from tests.unit.rank.simulation.redis import Redis
from tests.unit.rank.simulation.story import IDS, Act

_WRONG_MS: Final = 3_600_000
"""Brokers' clocks differ by seconds; one that is further ahead is wrong."""


class DivergedError(AssertionError):
    """A run did not do what it must; the text says in which step and how."""


class Comparison:
    """What the log says against what lies in Redis; every method raises DivergedError where they differ."""

    def __init__(self, cluster: Cluster, redis: Redis, now_ms: Callable[[], int]) -> None:
        self._cluster, self._redis, self._now_ms = cluster, redis, now_ms
        self._views = {n: oracle.Views(IDS[n]) for n in PARTITIONS}

    def partition(self, n: int) -> bool:
        """Compare a partition as far as its position says that the log has been read.

        Tells whether nothing lies there but what belongs to that position.
        """
        content: dict[str, Any] = self._redis.content(n)
        at = json.loads(content["position"])
        upto = at["next"]
        _same(n, "the topics of the position", sorted(upto), sorted(topics_of(n)))
        views = self._log(VIEWS.name, n).ever
        counted = self._views[n].counted(views, upto[VIEWS.name])
        _same(n, "the views of the position", (at["days"], at["ids"]), (counted.days, counted.ids))
        _same(n, "the time of the position", at["at"].get(VIEWS.name, 0), counted.at)
        _same(n, "a gap in the log", at.get("gap"), None)
        of_days = {name for name in content if name.startswith(("views:", "seen:", "ids:"))}
        # what a backup that was put back key by key has left is deleted when its place is needed
        of_position = {name for name in of_days if _is_of(at, name)}
        for name in sorted(of_position | counted.keys.keys()):
            _same(n, name, content.get(name), counted.keys.get(name))
        articles = content.get("articles", {})
        _same(n, "the changes of articles", int(articles.get(b"#", 0)), at["facts"])
        read = {article for _, article in counted.readers}
        not_read = {i.decode() for i in self._redis.spoilt if b"#" not in i} - read
        self._facts(n, upto[ARTICLES.name], articles, not_read)
        if n == 0:
            self._desk(upto[DESK.name], articles.get(b"#desk"))
        as_of = int(content.get("top", {}).get(AS_OF, 0))
        unread = [r.offset for r in views[upto[VIEWS.name] :] if r is not None and r.true_ms < as_of]
        if not any(r is not None and r.timestamp - r.true_ms > _WRONG_MS for r in views):
            # what was dated ahead may seem to be the moment that has been come to
            _same(n, f"views not counted at as_of {as_of}", unread, [])
        return of_days == of_position

    def as_of(self, n: int) -> int:
        """Give the moment (Unix ms) for which a partition's bests were made."""
        return int(self._redis.content(n)["top"][AS_OF])  # type: ignore[call-overload]

    def lists(self, n: int) -> None:
        """Compare a partition's bests, just made, when all of the log has been read."""
        top: dict[bytes, bytes] = self._redis.content(n)["top"]  # type: ignore[assignment]
        as_of = self.as_of(n)
        found = {
            name.decode(): sorted(json.loads(blob), key=oracle.in_order)
            for name, blob in top.items()
            if b":" in name
        }
        _same(n, f"the lists as of {as_of}", found, self._bests(n, as_of))

    def merged(self) -> None:
        """Compare the lists as they would be published."""
        force = oracle.in_force(self._acts(), self._now_ms())
        actions = desk.in_force(desk.decode(self._redis.desk()), self._now_ms())
        tops = [self._bests(n, self._now_ms()) for n in PARTITIONS]
        for name in sorted(set().union(*tops)):
            scope, _, _ = name.rpartition(":")
            candidates = [[Candidate(*entry) for entry in top.get(name, [])] for top in tops]
            entries = [(e.id, e.score, e.pinned) for e in lists.merge(candidates, scope, actions)]
            _same(0, f"the list {name}", entries, oracle.merged(tops, name, scope, force))

    def handed_on(self) -> None:
        """See that every view of another partition has come there."""
        rows = {n: {row for r in self._log(VIEWS.name, n).ever if r for row in r.meaning} for n in PARTITIONS}
        for n in PARTITIONS:
            here = {row[:3] for row in rows[n]}
            others = {row[:3] for m in PARTITIONS if m != n for row in rows[m] if row.article in IDS[n]}
            _same(n, "views that were not handed on", sorted(others - here, key=repr), [])

    def _log(self, topic: str, n: int) -> TopicLog:
        return self._cluster.logs[TopicPartition(topic, n)]

    def _facts(self, n: int, offset: int, articles: dict[bytes, bytes], not_read: set[str]) -> None:
        log = self._log(ARTICLES.name, n)
        for article, (text, settled) in oracle.known(log.ever, offset).items():
            if article in not_read or (log.is_compacted() and not settled):
                continue  # compaction may have taken what a reader up to this offset would have read
            found = None
            if (blob := articles.get(article.encode())) is not None:
                fact = json.loads(blob)
                standing = fact["standing"]
                if standing["order"] is not None and not standing["withdrawn"]:
                    ends = 0 if fact["barred"] else fact["expires_ms"]
                    found = fact["section"], fact["published_ms"], fact["embargo_ms"], ends
            expected = text and (text.section, text.published, text.begins, text.ends)
            _same(n, f"facts of {article}", found, expected)

    def _desk(self, offset: int, blob: bytes | None) -> None:
        acts = self._acts(offset)
        history = [
            Act(a["kind"], a["article"], a["scope"], a["at_ms"], a.get("until_ms"), a["position"], _source(a))
            for a in json.loads(blob or b"[]")
        ]
        # what no list can ask for any more is left out; nothing is there twice or in another order
        left = iter(acts)
        _same(0, "actions out of place", [a for a in history if a not in left], [])
        now = self._now_ms()
        found = {(a.scope, a.article): (a.kind, a.position) for a in desk.in_force(desk.decode(blob), now)}
        expected = {key: (a.kind, a.position) for key, a in oracle.in_force(acts, now).items()}
        _same(0, "the desk", found, expected)

    def _acts(self, offset: int | None = None) -> Sequence[Act]:
        log = self._log(DESK.name, 0).ever[:offset]
        return oracle.applied([r.meaning for r in log if r is not None and r.meaning is not None])

    def _bests(self, n: int, as_of: int) -> dict[str, list[list[Any]]]:
        views, texts = self._log(VIEWS.name, n), self._log(ARTICLES.name, n)
        readers = self._views[n].counted(views.ever, views.end).readers
        force = oracle.in_force(self._acts(), self._now_ms())
        return oracle.bests(
            readers, oracle.known(texts.ever, texts.end), force, as_of, self._now_ms(), IDS[n]
        )


def _is_of(at: dict[str, dict[str, int]], name: str) -> bool:
    """Tell whether a key of a day is one that a position has."""
    kind, day, part = f"{name}:0".split(":")[:3]
    size = {"views": 1, "seen": 8 * at["days"].get(day, 0), "ids": at["ids"].get(day, 0)}[kind]
    return day in at["days"] and int(part) * 8 * oracle.PART < size


def _source(action: dict[str, Any]) -> tuple[int, int] | None:
    at, _, offset = action.get("input", (0, 0, None))
    return None if offset is None else (offset, at)


def _same(n: int, what: str, found: object, expected: object) -> None:
    if found != expected:
        raise DivergedError(f"partition {n}: {what}: found {found!r}, expected {expected!r}")
