"""Does the log still continue what the store has counted? Where it does not, someone must know."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from services.rank.core.position import Position
from shared.topics import ARTICLES


class Bounds(NamedTuple):
    """Where the log of one topic's partition begins and ends.

    `found` is offset and append time (Unix ms) of the first record not older than the newest one applied.
    """

    begin: int
    end: int
    found: tuple[int, int] | None


class Verdict(NamedTuple):
    """What is to be done with a topic: go on at `offset`, perhaps after a gap, or refuse it."""

    offset: int
    alarm: Literal["log_recreated", "log_start_after_position"] | None


def judge(topic: str, position: Position, bounds: Bounds) -> Verdict:
    """Compare where the store stands with the log there is."""
    if topic not in position.next:
        return Verdict(bounds.begin, None)
    offset = position.next[topic]
    if bounds.end < offset or _is_another(topic, position, bounds, offset):
        return Verdict(offset, "log_recreated")
    if bounds.begin > offset:
        return Verdict(bounds.begin, "log_start_after_position")
    return Verdict(offset, None)


def _is_another(topic: str, position: Position, bounds: Bounds, offset: int) -> bool:
    """Tell whether the newest record applied is not found where it was."""
    newest = position.at.get(topic)
    if newest is None or bounds.begin >= offset:
        # nothing was applied, or all of it has been deleted since by retention
        return False
    if bounds.found is not None and bounds.found[0] < offset:
        return bounds.found[1] != newest
    # It is gone. Compaction removes a record when a newer one has its key, and tombstones after a day;
    # retention never removes one from the middle.
    return topic != ARTICLES.name


def verdicts(position: Position, bounds: Mapping[str, Bounds]) -> dict[str, Verdict]:
    """Judge every topic of a partition."""
    return {topic: judge(topic, position, bound) for topic, bound in bounds.items()}
