"""What a file or an entry of a feed was read as, before the rule book judges it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.ingest.core.faults import Fault
from services.ingest.core.notes import Note


@dataclass(frozen=True, slots=True)
class Reading:
    """A native article, and what else is to be told of where it came from."""

    sent: dict[str, Any]
    faults: tuple[Fault, ...] = ()
    """What is wrong beside what the rule book finds."""
    notes: tuple[Note, ...] = ()
    """What became of parts that do not stand as they were written."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Where the value of a native field was written (`/published_at`: `article:published_time`)."""
