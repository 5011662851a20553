"""A month of reading, and every way to join it tried on what is left."""

import itertools
import random
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from unittest import mock

import numpy as np

from services.render.adapters.http import views as views_module
from services.render.core.views import readers, view_batches
from services.render.core.views.view_batches import View
from services.render.settings import Settings
from shared.events import ViewsSeen
from tests.attack.privacy import joins
from tests.attack.privacy.joins import Tried
from tests.attack.privacy.month import Read, month
from tests.attack.privacy.plant import Plant, day_of, run
from tests.attack.privacy.rows import Rows, days

_DAY_MS: Final = 86_400_000
_COPIED_DAYS: Final = 12
"""So long ago the backup was made: nothing that lies in it is in the log any more."""
PLANTED: Final = ("segment", "key", "order")
"""Faults: a segment, or a key, that is the same on all articles of a day; records in the order of arrival."""


@dataclass
class Found:
    """What came of all attempts, and what else lies there."""

    views: int
    days: int
    contents: dict[str, Tried] = field(default_factory=dict)
    clock: dict[str, Tried] = field(default_factory=dict)
    salted: Tried = field(default_factory=Tried)
    """With the salts that lie in their topic, by one who tries all addresses and agents."""
    salts: Sequence[date] = ()
    mentions: Sequence[str] = ()
    """What names a reader in a log, a metric or a SQLite file."""

    @property
    def better(self) -> list[str]:
        """Name the ways that are better than chance, the clock aside."""
        return [name for name, tried in self.contents.items() if tried.is_better_than_chance] + list(
            self.mentions
        )


def attempt(number_of_days: int, number_of_readers: int, seed: int, planted: str | None = None) -> Found:
    """Simulate so many days, and try everything on what lies there at the end and in a backup of before."""
    chance, dice = random.Random(seed), np.random.default_rng(seed)
    reads = month(number_of_days, number_of_readers, chance)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if planted == "segment":
            stack.enter_context(mock.patch.object(views_module, "segment", _segment_of_the_day))
        if planted == "key":
            stack.enter_context(mock.patch.object(views_module, "reader_key", _key_of_the_day))
        plant = run(reads, folder, chance, _as_they_came if planted == "order" else view_batches.batch)
    left = list(days(plant, plant.kept(plant.ends_ms)))
    copied = list(days(plant, plant.kept(plant.ends_ms - _COPIED_DAYS * _DAY_MS)))
    found = Found(len(reads), number_of_days, salts=sorted(plant.kept_salts()))
    for rows in (*left, *copied):
        _add(found.contents, joins.within_a_day(rows, dice))
        _add(found.clock, joins.by_the_clock(rows, dice))
    for some in (left, copied):
        for rows, later in itertools.pairwise(some):
            _add(found.contents, joins.on_another_day(rows, later, dice))
    _with_salts(found.salted, plant, reads, left)
    found.mentions = _mentions(plant, reads)
    return found


def table(found: Found) -> str:
    """Print how often each way was right, beside chance and how probable so much is by chance."""
    lines = [f"{found.views} views in {found.days} days", "", _line("", "tries", "right", "chance", "luck")]
    groups: Iterable[tuple[str, dict[str, Tried]]] = (
        ("by what is written", found.contents),
        ("by the clock, which no salt hides", found.clock),
        (
            f"with the salts of {', '.join(map(str, found.salts))}, tried out",
            {"the same reader": found.salted},
        ),
    )
    for title, tried in groups:
        lines += [f"{title}:"]
        lines += [
            _line(
                f"  {name}",
                f"{one.tries}",
                _share(one.right, one),
                _share(one.chance, one),
                f"{one.luck:.2g}",
            )
            for name, one in tried.items()
        ]
    better = "; ".join(found.better) or "nothing that is written"
    return "\n".join([*lines, "", f"better than chance: {better}", ""])


def _line(name: str, *columns: str) -> str:
    return f"{name:<52}" + "".join(f"{column:>11}" for column in columns)


def _share(right: float, tried: Tried) -> str:
    return f"{right / tried.tries:.3%}" if tried.tries else "-"


def _add(found: dict[str, Tried], tries: Iterable[tuple[str, Any, Any]]) -> None:
    for name, right, chance in tries:
        found.setdefault(name, Tried()).add(right, chance)


def _with_salts(tried: Tried, plant: Plant, reads: list[Read], of_days: list[Rows]) -> None:
    """Find whose keys are by trying all addresses and agents on every article, where a salt still lies."""
    people = {read.reader: (read.address, read.agent) for read in reads}
    seats, known = Settings().seats, {}
    for day, salt in plant.kept_salts().items():
        for article in {read.article for read in reads if day_of(read.at_ms) == day}:
            for reader, (address, agent) in people.items():
                known[readers.reader_key(salt, address, agent, article, seats)] = reader
    for rows in of_days:
        whose = np.array([known.get(key, -1) for key in rows.key.tolist()])
        if (whose >= 0).any():
            tried.add(whose == rows.reader, np.full(len(whose), 1 / len(people)))


def _mentions(plant: Plant, reads: list[Read]) -> list[str]:
    """Name what of readers, their keys and the salts stands in what was told beside the topics."""
    needles = {f"address {read.address}": str(read.address).encode() for read in reads}
    needles |= {f"agent {read.agent}": read.agent.encode() for read in reads}
    needles |= {f"key {key}": str(key).encode() for key in itertools.islice(plant.readers, 300)}
    needles |= {f"salt {day}": salt for day, salt in plant.salts.items()}
    needles |= {f"salt {day} as hex": salt.hex().encode() for day, salt in plant.salts.items()}
    return [name for name, needle in needles.items() if needle in plant.told]


def _segment_of_the_day(salt: bytes, address: readers.Address, _article: str) -> int:
    return readers.segment(salt, address, "all")


def _key_of_the_day(salt: bytes, address: readers.Address, agent: str, _article: str, seats: int) -> int:
    return readers.reader_key(salt, address, agent, "all", seats)


def _as_they_came(views: list[View]) -> ViewsSeen:
    articles = list(dict.fromkeys(view.article for view in views))
    return ViewsSeen(
        articles=articles,
        article=[articles.index(view.article) for view in views],
        reader=[view.reader for view in views],
        at=[view.at for view in views],
        segment=[view.segment for view in views],
    )
