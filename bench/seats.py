"""Claim: with 64 seats a segment loses 2 % of its readers of an article if they are three, and gains 64.

The fold counts one article with many segments, each of so many honest readers, with and without seats: lost
is what it counts less. The peer is the expectation for readers who take their seats at random. Below stands
the most that an attacker gains: every address of one /24 with a thousand agents, of all the twelve kinds that
render tells apart, keyed by render itself.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Final
from zoneinfo import ZoneInfo

from bench.measuring import head, show
from services.rank.core.fold import Batch, Rules, State, fold
from services.rank.core.views import Limits
from services.render.core.readers import reader_key, segment
from shared import wire
from shared.topics import VIEWS

SEATS: Final = (16, 32, 64, 128, 256)
READERS: Final = (1, 3, 10, 100)
SEGMENTS: Final = 2_000
NOON_MS: Final = 1_796_000_000_000
ARTICLE: Final = "bench-0"

PHONE_OR_DESK: Final = ("Android; Mobile", "Windows NT 10.0")
FAMILIES: Final = ("Chrome", "Firefox", "Safari", "Edg", "OPR", "Konqueror")


def main() -> None:
    """Print the tables."""
    chance = random.Random(5)
    for readers in READERS:
        head(f"{readers} honest readers of an article in each segment")
        rows = [(s, chance.getrandbits(53)) for s in range(SEGMENTS) for _ in range(readers)]
        for seats in SEATS:
            lost = 1 - counted(rows, seats) / len(rows)
            expected = 1 - seats * (1 - (1 - 1 / seats) ** readers) / readers
            show(f"lost with {seats} seats", f"{lost:.1%}", f"at random {expected:.1%}", "")
    head("a /24 with a thousand agents: what it gains an article in a day")
    rows = crowd()
    without = counted(rows, 0)
    for seats in SEATS:
        with_seats = counted(rows, seats)
        show(
            f"{seats} seats",
            f"{with_seats:,} views",
            f"without seats {without:,}",
            f"{without / with_seats:,.0f} ×",
        )


def crowd() -> list[tuple[int, int]]:
    """Give segment and reader of every address of a /24 with every agent."""
    salt = bytes(32)
    agents = [
        f"Mozilla/5.0 ({PHONE_OR_DESK[n % 2]}) {FAMILIES[n // 2 % len(FAMILIES)]}/{n}.0" for n in range(1000)
    ]
    addresses = [IPv4Address(f"203.0.113.{n}") for n in range(256)]
    return [
        (segment(salt, address, agent), reader_key(salt, address, agent, ARTICLE))
        for address in addresses
        for agent in agents
    ]


def counted(rows: list[tuple[int, int]], seats: int) -> int:
    """Count the views that the fold gives an article for these segments and readers."""
    batch = {
        "articles": [ARTICLE],
        "article": [0] * len(rows),
        "reader": [reader for _, reader in rows],
        "at": [NOON_MS] * len(rows),
        "segment": [segment for segment, _ in rows],
    }
    record = _Appended(json.dumps(batch).encode())
    rules = Rules(ZoneInfo("Asia/Kuala_Lumpur"), Limits(60_000, 600_000), seats)
    state = State(wire.partition_for(ARTICLE))
    return fold(state, Batch({VIEWS.name: 1}, {VIEWS.name: [record]}), rules)[1].views


@dataclass
class _Appended:
    """A record of views.v1."""

    value: bytes | None
    offset: int = 0
    timestamp: int = NOON_MS
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()


if __name__ == "__main__":
    main()
