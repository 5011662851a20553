"""The reckoning after a run: wait until the log has been counted to its end, read it again, compare."""

import time
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from confluent_kafka import KafkaException
from redis.exceptions import RedisError

from dev.console import say
from tests.proof import counted, log
from tests.proof.counted import Difference
from tests.proof.load import HOT
from tests.proof.oracle import Ledger, Oracle
from tests.proof.world import World

_SHORTEST_S: Final = 90.0
_SLOWEST_VIEWS_A_S: Final = 15_000
"""The log may have to be counted anew from its beginning on a busy machine."""

_PATIENCE_S: Final = 30.0
"""A partition that has lost a key is counted anew after ten seconds; what stays wrong for longer is wrong."""

_LOOK_S: Final = 0.2


class Reckoning(NamedTuple):
    """What the log demands, how the counts differ from it, and whether the published list is right."""

    ledger: Ledger
    difference: Difference
    list_is_right: bool


def reckon(world: World, views: int, patience_s: float = _PATIENCE_S) -> Reckoning:
    """Wait, read and compare; `views` were acknowledged, and what of them is not in the log is lost."""
    _settle(world, views)
    oracle = Oracle(ZoneInfo(world.zone))
    oracle.read(log.records(world.kafka.bootstrap))
    ledger = oracle.ledger()
    give_up = time.monotonic() + patience_s
    while (found := counted.difference(ledger.cells, counted.cells(world.client))).where:
        if time.monotonic() > give_up:
            break
        time.sleep(_LOOK_S)
    missing = max(0, views - ledger.sent)
    return Reckoning(ledger, found._replace(lost=found.lost + missing), _list_is_right(world, ledger))


def _settle(world: World, views: int) -> None:
    """Wait until every position is the end of its log; what is not counted then is lost."""
    give_up = time.monotonic() + _SHORTEST_S + views / _SLOWEST_VIEWS_A_S
    position: dict[int, int] = {}
    end: dict[int, int] = {}
    while time.monotonic() < give_up:
        world.supervise()
        try:
            end = log.ends(world.kafka.bootstrap)
            position = counted.positions(world.client)
            # what is handed on makes the log longer: it must not have grown meanwhile
            if position == end == log.ends(world.kafka.bootstrap):
                return
        except (KafkaException, RedisError, OSError):
            pass
        time.sleep(_LOOK_S)
    say("settling", f"given up: positions {position}, the log ends at {end}")


def _list_is_right(world: World, ledger: Ledger) -> bool:
    give_up = time.monotonic() + _PATIENCE_S
    while True:
        as_of_ms, entries, members = counted.published_list(world.client)
        wanted = counted.expected_list(ledger.cells, frozenset(HOT), as_of_ms)
        if entries == wanted and members == [article for article, _ in wanted]:
            return True
        if time.monotonic() > give_up:
            say("hot:all:24h", f"says {entries[:5]} …, must say {wanted[:5]} …")
            return False
        time.sleep(_LOOK_S)
