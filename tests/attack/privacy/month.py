"""Simulated readers, of whom it is known who reads what and when."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import Final

from shared import wire

BEGINS: Final = datetime(2026, 11, 1, 20, tzinfo=UTC)
"""04:00 in Kuala Lumpur, where a reading day begins."""
PARTITION: Final = 3
"""All articles lie in it, so that records hold several of them, as on a larger site."""

_SYSTEMS: Final = ("Linux; Android 15; Mobile", "iPhone; CPU iPhone OS 18_6", "Windows NT 10.0", "Macintosh")
_FAMILIES: Final = ("Chrome/141.0", "Safari/604.1", "Firefox/143.0", "Edg/141.0")
AGENTS: Final = [f"Mozilla/5.0 ({system}) {family}" for system in _SYSTEMS for family in _FAMILIES]
_A_DAY: Final = 60
"""Articles that are read on a day; half of them are the day's own."""


@dataclass(frozen=True, slots=True)
class Read:
    """One reader opened one article."""

    at_ms: int
    reader: int
    article: str
    address: IPv4Address
    agent: str


def month(days: int, readers: int, chance: random.Random, at_once: float = 0.3) -> list[Read]:
    """Give what so many readers read on so many days, in the order of time.

    Two of five come on a day, most of them in the evening, and read some articles one after another; some
    come all at once, when a message tells of news, and so many open all they read `at_once`, which tells
    only where there is no script: a page that is not seen reports nothing.
    """
    names = _names()
    articles = [next(names) for _ in range(_A_DAY)]
    who = [
        (IPv4Address((100 << 24) + (chance.randrange(readers // 5) << 8) + chance.randrange(256)), agent)
        for agent in chance.choices(AGENTS, range(len(AGENTS), 0, -1), k=readers)
    ]
    reads: list[Read] = []
    for day in range(days):
        begins = BEGINS + timedelta(days=day)
        news = begins + timedelta(hours=chance.uniform(6, 14))
        articles = articles[_A_DAY // 2 :] + [next(names) for _ in range(_A_DAY // 2)]
        for reader in chance.sample(range(readers), readers * 2 // 5):
            told = chance.random() < 0.3
            at = news + timedelta(seconds=chance.uniform(0, 5)) if told else _evening(begins, chance)
            opens_all = chance.random() < at_once
            chosen = dict.fromkeys(chance.choices(articles, range(_A_DAY, 0, -1), k=chance.randint(1, 6)))
            for article in chosen:
                reads.append(Read(round(at.timestamp() * 1000), reader, article, *who[reader]))
                pause = 0.005 if opens_all else chance.lognormvariate(4, 0.8)
                at = min(at + timedelta(seconds=pause), begins + timedelta(hours=23, minutes=59))
    return sorted(reads, key=lambda read: read.at_ms)


def _evening(begins: datetime, chance: random.Random) -> datetime:
    return begins + timedelta(hours=chance.triangular(0, 23, 16))


def _names() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        if wire.partition_for(f"story-{number}") == PARTITION:
            yield f"story-{number}"
