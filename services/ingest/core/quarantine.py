"""Which record ends the process: found by marks that Kafka keeps beside the offsets that the group commits.

An owner at work leaves the mark `open`. Whoever finds it took over from a process that did not stop but
ended: it goes on with one record at a time, for as far as the other can have been, and marks each before
touching it. A record that ended two processes while nothing else was in hand is set aside.
"""

import re
from dataclasses import dataclass
from typing import Final

from services.ingest.core.faults import Rejection, unreadable

SET_ASIDE: Final = 500
"""The status that a dead letter tells: the fault is ours, the operators are to look at it."""
CLEAN: Final = ""
OPEN: Final = "open"
ENDS: Final = 2
"""So many processes may end with a record alone in hand; then it is set aside."""
_ALONE: Final = re.compile(r"alone ([0-9]{1,18}) ([0-9]{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Caution:
    """What taking over a partition found out: records before `until` are taken one by one."""

    until: int = 0
    suspect: int = -1
    """Offset of a record that was alone in hand when `ended` processes ended."""
    ended: int = 0

    def applies_to(self, offset: int) -> bool:
        """Tell whether a record is to be taken alone."""
        return offset < self.until

    def sets_aside(self, offset: int) -> bool:
        """Tell whether a record has ended processes often enough."""
        return offset == self.suspect and self.ended >= ENDS

    def mark(self, offset: int) -> str:
        """Give the mark to leave before a record is taken alone."""
        return f"alone {offset} {self.ended + 1 if offset == self.suspect else 1}"


def caution_from(offset: int, mark: str, in_flight: int) -> Caution:
    """Read the mark beside a committed offset; `in_flight` records behind it may have been in hand."""
    if found := _ALONE.fullmatch(mark):
        return Caution(offset + in_flight, int(found[1]), int(found[2]))
    return Caution(offset + in_flight) if mark == OPEN else Caution()


def ended_processes() -> Rejection:
    """Refuse a record that has ended process after process."""
    return unreadable(SET_ASIDE, f"ingest ended {ENDS} times with this message in hand and has set it aside")


def failed() -> Rejection:
    """Refuse a record that could not be decided about because of a fault in ingest."""
    return unreadable(SET_ASIDE, "ingest failed to decide about this message and has set it aside")
