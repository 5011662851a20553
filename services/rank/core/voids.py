"""Voids: views that fraud was found in, taken out afterwards by segment, time and perhaps article.

A void holds for a partition from the moment at which its position names it: from then on the partition is
what it would be if those views had never come. So a partition is a function of the views up to its position
and of the voids in it; when it heard of them does not matter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter, ValidationError

from services.rank.core.clock import DAY_MS, KEPT_MS
from services.rank.core.rows import Rows
from shared import wire
from shared.events import ViewsVoided, at_ms

_TYPE: Final = (wire.TYPE_PREFIX + ViewsVoided.__name__).encode()

_END_MS: Final = 2**47
"""Late enough for "for ever", and early enough to have a date in every time zone."""


@dataclass(frozen=True, slots=True)
class Void:
    """Views of a segment, of one article or of all, from `since_ms` until before `until_ms`.

    The times are those of the views themselves, in Unix ms; `offset` is that of the void's record in desk.v1.
    """

    offset: int
    segment: int
    since_ms: int
    until_ms: int
    article: str | None = None


Voids = tuple[Void, ...]
"""In the order of the log."""

_JSON: Final = TypeAdapter(Voids)


def parse(value: bytes | None, headers: Iterable[tuple[str, bytes]], offset: int) -> Void | None:
    """Read one record of desk.v1; None if it is no void."""
    if value is None or wire.first_values(headers).get("ce_type") != _TYPE:
        return None
    try:
        event = ViewsVoided.model_validate_json(value)
    except ValidationError:
        return None
    since_ms, until_ms = max(at_ms(event.since), 0), min(at_ms(event.until), _END_MS)
    return Void(offset, event.segment, since_ms, until_ms, event.article)


def add(voids: Voids, void: Void, appended_ms: int) -> Voids:
    """Give the voids with one more, without those of days that are no longer kept."""
    oldest = appended_ms - KEPT_MS - DAY_MS
    return (*(v for v in voids if v.until_ms > oldest), void)


def news(told: Voids, known: Voids) -> Voids:
    """Give those that were told and are not known; none if what is known is newer (Redis was put back)."""
    newest = known[-1].offset if known else -1
    return tuple(void for void in told if void.offset > newest)


def kept(rows: Rows, voids: Sequence[Void]) -> npt.NDArray[np.bool_]:
    """Tell of each row whether no void takes it out."""
    out = np.zeros(len(rows.at), np.bool_)
    for void in voids:
        hit = (rows.segment == void.segment) & (rows.at >= void.since_ms) & (rows.at < void.until_ms)
        if void.article is not None:
            if void.article not in rows.articles:
                continue
            hit &= rows.article == rows.articles.index(void.article)
        out |= hit
    return ~out


def encode(voids: Voids) -> bytes:
    """Write voids as they lie in Redis."""
    return _JSON.dump_json(voids, exclude_none=True)


def decode(blob: bytes | None) -> Voids:
    """Read voids as they lie in Redis; nothing there is none."""
    return () if blob is None else _JSON.validate_json(blob)
