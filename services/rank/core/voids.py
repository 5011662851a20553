"""Voids: views that fraud was found in, taken out afterwards by segment, time and perhaps article.

A void holds for a partition from the moment at which its position names it: from then on the partition is
what it would be if those views had never come. So a partition is a function of the views up to its position
and of the voids in it; when it heard of them does not matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
from pydantic import Field, TypeAdapter

from services.rank.core.clock import DAY_MS, KEPT_MS
from services.rank.core.desk import input_of
from services.rank.core.rows import Rows
from shared import bounded_json, wire
from shared.events import Arrival, ArticleId, ViewsVoided, at_ms

TYPE: Final = wire.TYPE_PREFIX + ViewsVoided.__name__

_END_MS: Final = 2**47
"""Late enough for "for ever", and early enough to have a date in every time zone."""

_Number = Annotated[int, Field(ge=0, lt=2**63)]
_Moment = Annotated[int, Field(ge=0, le=_END_MS)]


@dataclass(frozen=True, slots=True)
class Void:
    """Views of a segment, of one article or of all, from `since_ms` until before `until_ms`.

    The times are those of the views themselves, in Unix ms; `offset` is that of the void's record in desk.v1,
    `input` where the input lies that ingest made it of.
    """

    offset: _Number
    segment: Annotated[int, Field(ge=0, le=65535)]
    since_ms: _Moment
    until_ms: _Moment
    article: ArticleId | None = None
    input: Arrival | None = None

    @property
    def said(self) -> tuple[int, int, int, str | None]:
        """What the void takes out, whoever said it and however often."""
        return self.segment, self.since_ms, self.until_ms, self.article


Voids = tuple[Void, ...]
"""In the order of the log."""

_JSON: Final = TypeAdapter(Voids)


def parse(value: bytes, headers: Mapping[str, bytes], offset: int) -> Void | None:
    """Read the value of a void; None if it breaks the rules, or its span is empty."""
    try:
        event = bounded_json.read(ViewsVoided, value)
    except ValueError:
        return None
    since_ms, until_ms = span_of(event.since, event.until)
    if since_ms >= until_ms:
        return None
    source = input_of(headers, event.article)
    return Void(offset, event.segment, since_ms, until_ms, event.article, source)


def span_of(since: datetime, until: datetime) -> tuple[int, int]:
    """Give the span of a void (Unix ms), no more of it than a view can be dated."""
    return max(at_ms(since), 0), min(at_ms(until), _END_MS)


def add(voids: Voids, void: Void, appended_ms: int) -> Voids:
    """Give the voids with one more, without those of days that are no longer kept.

    A void that was made of the same input as one before is a repeat: the same voids are given.
    """
    if void.input is not None and any(void.input == before.input for before in voids):
        return voids
    # one broker's clock alone is not to be the end of a void that others were told of
    newest_ms = appended_ms if void.input is None else min(appended_ms, void.input.at_ms + KEPT_MS)
    oldest = newest_ms - KEPT_MS - DAY_MS
    return (*(v for v in voids if v.until_ms > oldest), void)


def unapplied(known: Voids, applied: Voids) -> Voids:
    """Give the known voids that are not applied; none if what is applied is newer (Redis was put back)."""
    newest = applied[-1].offset if applied else -1
    return tuple(void for void in known if void.offset > newest)


def held_by(partition: int, known: Voids) -> Voids:
    """Give the voids that take out views of a partition, and the newest, by which it is known how far it is.

    A position is written and compared as a whole with every flush: a thousand voids of articles make 79 KB.
    """
    return tuple(
        void
        for void in known
        if void is known[-1] or void.article is None or wire.partition_for(void.article) == partition
    )


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
    """Read voids as they lie in Redis, none if nothing does; ValueError if they cannot be read."""
    return () if blob is None else _JSON.validate_json(blob)
