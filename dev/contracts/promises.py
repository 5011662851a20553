"""What a release promises to those that run beside it: kept in `tests/contract/released`, a file a version.

It is written when a release is made and never edited: what the release wrote, what it took in, by which
schemas it read, where it kept what. So every later version can be held to it, in a clone without history too.
"""

import json
from pathlib import Path
from typing import Any, Final

from dev.contracts import schemas
from dev.contracts.asyncapi import asyncapi
from dev.contracts.traffic import EVENTS
from dev.environment import ROOT
from services.rank.core import position
from services.render.adapters.search import search_index
from services.render.adapters.store import schema as store
from shared import topics

FOLDER: Final = ROOT / "tests" / "contract" / "released"

_GOLDEN: Final = ROOT / "tests" / "contract" / "golden"
_POSITION: Final = position.Position(
    next={"articles.v1/3": 7, "desk.v1/0": 1, "views.v1/3": 40},
    at={"articles.v1": 1_794_744_000_000, "views.v1": 1_794_744_060_000},
    days={"2026-11-15": 3},
    ids={"2026-11-15": 12},
    facts=2,
)


def layouts() -> dict[str, int]:
    """Give the numbers of the layouts in which the present version keeps things."""
    return {"redis": position.LAYOUT, "store": store.LAYOUT, "search": search_index.LAYOUT}


def promises() -> dict[str, Any]:
    """Give what the present version promises.

    `events`: what it writes, by golden file; `inputs`: what it takes in, by kind; `schemas`: by which it
    reads events; `topics`: their partitions; `layouts`; `position`: how Redis says where a partition stands.
    """
    document = asyncapi()
    named = document["channels"]["inputs"]["messages"]
    messages = document["components"]["messages"]
    standalone = schemas.standalone()
    return {
        "events": {path.stem: json.loads(path.read_text()) for path in sorted(_GOLDEN.glob("*.json"))},
        "inputs": {name: [one["payload"] for one in messages[name]["examples"]] for name in named},
        "schemas": {event.__name__: standalone[event.__name__] for event in EVENTS},
        "topics": {topic.name: topic.partitions for topic in topics.ALL},
        "layouts": layouts(),
        "position": json.loads(position.encode(_POSITION)),
    }


def write(version: str) -> Path:
    """Write them as those of a version; give the file."""
    path = FOLDER / f"{version}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(promises(), ensure_ascii=False, indent=1) + "\n")
    return path
