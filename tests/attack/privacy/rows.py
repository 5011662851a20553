"""The views that lie in records, a row each, as somebody reads them who wants to know who read what."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.rank.core import seen
from shared.events import ViewsSeen
from tests.attack.privacy.plant import Plant, Record, day_of

Column = npt.NDArray[np.int64]
_NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of one reading day; `reader` is the truth, everything else lies in the log or in Redis."""

    reader: Column
    article: Column
    key: Column
    segment: Column
    at: Column
    appended: Column
    record: Column
    place: Column
    """In the record."""
    replica: Column
    counted: Column
    """The place in the order of Redis, in which a partition lies behind the other; -1 if it is not there."""


def days(plant: Plant, records: list[Record]) -> Iterator[Rows]:
    """Give the views of each reading day."""
    found: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    articles: dict[str, int] = {}
    counted = _counted(plant)
    for record in records:
        views = ViewsSeen.model_validate_json(record.appended.value or b"")
        for place, (slot, key, at, segment) in enumerate(
            zip(views.article, views.reader, views.at, views.segment, strict=True)
        ):
            name = views.articles[slot]
            day = day_of(at).isoformat()
            hashed = _hash(name, key)
            found[day].append(
                (
                    plant.readers[key],
                    articles.setdefault(name, len(articles)),
                    key,
                    segment,
                    at,
                    record.appended.timestamp,
                    record.appended.offset,
                    place,
                    record.replica,
                    counted.get((record.partition, day, hashed), _NOWHERE),
                )
            )
    for day in sorted(found):
        yield Rows(*np.array(found[day], np.int64).T)


def _counted(plant: Plant) -> dict[tuple[int, str, int], int]:
    places: dict[tuple[int, str, int], int] = {}
    for (partition, day), hashes in plant.seen.items():
        for place, hashed in enumerate(hashes):
            places[partition, day, hashed] = partition * 10_000_000 + place
    return places


def _hash(article: str, key: int) -> int:
    """Give what Redis holds of a view: whoever knows the articles can try their keys."""
    columns: list[Any] = [np.array([number], np.uint64) for number in (seen.article_key(article), key)]
    return int(seen.view_keys(*columns)[0])
