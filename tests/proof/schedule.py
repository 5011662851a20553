"""Which faults a run has, when, and for how long: all drawn from the seed, so that a run can be had again.

What a fault meets — how far a flush had come, who owned what — is decided by the machine's own timing, which
no seed holds; the simulator of the unit tests replays that.
"""

import random
from dataclasses import dataclass
from typing import Final

FIRST_S: Final = 2.0
GAP_S: Final = (1.0, 5.0)
"""Between two faults: near enough that they overlap, far enough that something is counted between them."""

SESSION_S: Final = 3
"""The workers' session: who is silent for longer loses its partitions."""

AFTER_S: Final = 2.0
"""Views go on for so long after the last fault has begun."""

CLOSING_S: Final = AFTER_S + 5
"""The last fault puts a backup back when all has been counted: no later view makes good what that undoes."""


@dataclass(frozen=True)
class Kind:
    """How many cards a kind has in the deck that faults are dealt from, and how long one lasts (seconds)."""

    cards: int
    shortest_s: float
    longest_s: float


KINDS: Final = {
    "killed": Kind(3, 0.05, 0.9),
    "killed_for_long": Kind(1, SESSION_S + 1, SESSION_S + 4),
    "paused": Kind(2, SESSION_S + 1, SESSION_S + 4),
    "scaled": Kind(2, 0, 0),
    "redis_killed": Kind(1, 0.1, 2),
    "redis_paused": Kind(1, 0.5, 7),
    "redis_cut": Kind(1, 0, 0),
    "redis_replies_lost": Kind(1, 0.2, 2),
    "redis_late": Kind(1, 0.5, 7),
    "rolled_back": Kind(2, 1, 20),
    "rolled_back_torn": Kind(1, 1, 20),
    "wiped": Kind(1, 0, 0),
    "key_lost": Kind(1, 0, 0),
    "kafka_killed": Kind(1, 0.1, 2),
    "kafka_paused": Kind(1, 0.5, 5),
    "kafka_cut": Kind(1, 0, 0),
    "kafka_unreachable": Kind(1, 0.5, SESSION_S + 2),
}
"""Every kind of fault; what it does stands in tests/proof/faults.py."""


@dataclass(frozen=True)
class Fault:
    """One fault: what, at which second, for how many, and a number by which its victim is chosen."""

    kind: str
    at_s: float
    length_s: float
    draw: int


def schedule(seed: int, faults: int) -> list[Fault]:
    """Draw the faults of a run in the order of time: first each kind once, at the very end a rollback."""
    chance = random.Random(seed)
    drawn: list[Fault] = []
    deck: list[str] = []
    at_s = FIRST_S
    for _ in range(faults - 1):
        deck = deck or _deck(chance)
        name = deck.pop()
        kind = KINDS[name]
        length_s = chance.uniform(kind.shortest_s, kind.longest_s)
        drawn.append(Fault(name, at_s, length_s, chance.getrandbits(30)))
        at_s += chance.uniform(*GAP_S)
    closing = Fault("rolled_back", at_s, CLOSING_S, 0)
    return [*drawn, closing][:faults]


def _deck(chance: random.Random) -> list[str]:
    once = list(KINDS)
    again = [name for name, kind in KINDS.items() for _ in range(kind.cards - 1)]
    chance.shuffle(once)
    chance.shuffle(again)
    return again + once
