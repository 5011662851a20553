"""Where an input first arrived that came through a publisher's own topic.

Offsets of several topics would be taken for each other, so the topic is part of the number. What is read from
one partition is written on in its order, after a crash from an earlier offset again: so what lies no further
than what was decided from there is a repeat.
"""

from hashlib import blake2b
from typing import Final

from shared.events import Arrival

_OFFSET_BITS: Final = 40
"""A partition with more records than these number is a thousand years off."""


def brought(publisher: str, position: Arrival) -> Arrival:
    """Give the arrival of a record at this position of a publisher's topic."""
    topic = int.from_bytes(blake2b(publisher.encode(), digest_size=3).digest()) >> 2 | 1
    return position._replace(offset=topic << _OFFSET_BITS | position.offset)


def repeats(arrived: Arrival, known: Arrival) -> bool:
    """Tell whether an input that arrived there was decided, since this one was."""
    if arrived == known:
        return True
    topic = arrived.offset >> _OFFSET_BITS
    same = topic and topic == known.offset >> _OFFSET_BITS and arrived.partition == known.partition
    return bool(same) and arrived.offset <= known.offset and arrived.at_ms <= known.at_ms
