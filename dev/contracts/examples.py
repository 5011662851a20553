"""An example of every message: of events the golden files of tests/contract, of inputs those of OpenAPI."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from dev.contracts.traffic import EVENTS
from dev.environment import ROOT
from services.ingest.adapters.examples import CLOUD_EVENTS, DESK_ACTIONS, MESSAGES, PROBLEMS
from services.ingest.core.dead_letter import HOW, PROBLEM, REFUSED_AT, SETTLES
from services.ingest.core.outputs import INPUT
from shared import problem, wire
from shared.events import Arrival, Event
from shared.topics import INGEST

Example = dict[str, Any]

_GOLDEN: Final = ROOT / "tests" / "contract" / "golden"
_AT: Final = datetime(2026, 11, 15, 12, tzinfo=UTC)
_POSITION: Final = Arrival(1_794_744_000_000, 3, 7)
_ID: Final = wire.event_id(INGEST.name, _POSITION.partition, _POSITION.offset)

_SENT: Final = MESSAGES | DESK_ACTIONS | CLOUD_EVENTS
_SHAPES: Final = {
    "Publish": ("article", "articleWithEverything"),
    "Withdraw": ("withdrawal",),
    "Reinstate": ("reinstatement",),
    "Pin": ("pin",),
    "Ban": ("ban",),
    "Release": ("release",),
    "Feature": ("feature",),
    "Unfeature": ("unfeature",),
    "Void": ("void",),
    "Ninjs": ("ninjs1", "ninjs3"),
    "CloudEvent": ("cloudEvent",),
}


def _golden(cls: type[Event]) -> Example:
    event = cls.model_validate_json((_GOLDEN / f"{cls.__name__}.v1.json").read_bytes())
    headers = wire.event_headers(event, source="/remen", event_id=_ID, at=_AT)
    return {
        "name": "asWritten",
        "headers": {name: value.decode() for name, value in headers},
        "payload": json.loads(wire.encode(event)),
    }


_DEAD_LETTER: Final[Example] = {
    "name": "withoutTitle",
    "headers": {
        PROBLEM: problem.as_bytes(PROBLEMS[422]).decode(),
        **dict(zip(REFUSED_AT, _ID.split("/"), strict=True)),
    },
    "payload": '{"id": "harbour-library", "section": "地方", "body": "早安。"}',
}
_SETTLEMENT: Final[Example] = {
    "name": "skipped",
    "headers": {SETTLES: "3-17", HOW: "skipped"},
    "payload": "",
}
_TOMBSTONE: Final[Example] = {
    "name": "tombstone",
    "headers": {"ce_id": _ID, INPUT: wire.write_arrival(_POSITION).decode()},
    "payload": None,
}

EXAMPLES: Final[dict[str, list[Example]]] = {
    **{cls.__name__: [_golden(cls)] for cls in EVENTS},
    **{shape: [{"name": n, "payload": _SENT[n]} for n in names] for shape, names in _SHAPES.items()},
    "DeadLetter": [_DEAD_LETTER],
    "Settlement": [_SETTLEMENT],
    "TextErased": [_TOMBSTONE],
}
