"""What one record of views.v1 says: one plain view, many in columns, or nothing that may be counted.

The models of the contract are the judges. A batch whose columns are at first sight integers within their
bounds is read past them into numpy: they would say the same, take twice as long and leave an object a view.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence, Sized
from typing import Final, NamedTuple, Protocol

import numpy as np
from pydantic import TypeAdapter
from pydantic_core import from_json

from services.rank.core.rows import Int64s
from shared import bounded_json
from shared.events import ArticleId, View, ViewsSeen

_IDS: Final = TypeAdapter(list[ArticleId])
_IN_COLUMNS: Final = b'"articles"'

LARGEST_BYTES: Final = 1024 * 1024
LARGEST_ROWS: Final = 50_000
LARGEST_ARTICLES: Final = 10_000
MOST_PARTS: Final = 100
"""What one record may hold: bytes, rows, articles, lists and objects. Render writes 2,000 rows, some 70 KB.
A few KB that were sent compressed may hold millions, whose reading would take time and memory from others."""

_COLUMNS: Final = ("article", "reader", "at", "segment")


class Record(Protocol):
    """A record of a topic, as Kafka's client gives it; `timestamp` is the broker's append time in Unix ms."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Columns(NamedTuple):
    """Many views, one row a view: `article` points into `articles`, `at` is Unix ms."""

    articles: list[str]
    article: Int64s
    reader: Int64s
    at: Int64s
    segment: Int64s
    via: str


class Skipped(NamedTuple):
    """Records of a topic that cannot be used: why, the offset of the first, and how many."""

    topic: str
    reason: str
    offset: int
    records: int


def summed(topic: str, found: Iterable[tuple[str, int]]) -> tuple[Skipped, ...]:
    """Count records of a topic that were passed over, each told by its reason and its offset."""
    first: dict[str, int] = {}
    counts = Counter[str]()
    for reason, offset in found:
        first.setdefault(reason, offset)
        counts[reason] += 1
    return tuple(Skipped(topic, reason, first[reason], n) for reason, n in counts.items())


def quickly(value: bytes | None) -> Columns | str | None:
    """Read a batch of at least one view; None if it takes `parse` to say what this is."""
    if value is None or _IN_COLUMNS not in value:
        return None
    if bounded_json.is_too_large(value, LARGEST_BYTES, MOST_PARTS):
        return "too_large"
    try:
        found = from_json(value)
        if _is_too_large(found["articles"], found["article"]):
            return "too_large"
        articles = _IDS.validate_python(found["articles"], strict=True)
        rows = len(found["article"])
        bounds = (len(articles), 2**53, 2**53, 2**16)
        article, reader, at, segment = (
            _column(found[name], rows, bound) for name, bound in zip(_COLUMNS, bounds, strict=True)
        )
        via = found.get("via", "")
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None
    return Columns(articles, article, reader, at, segment, via) if isinstance(via, str) else None


def _is_too_large(articles: Sized, rows: Sized) -> bool:
    return len(articles) > LARGEST_ARTICLES or len(rows) > LARGEST_ROWS


def _column(values: list[int], rows: int, bound: int) -> Int64s:
    """Make a column of `rows` integers below the bound; ValueError or TypeError if they cannot be one."""
    # a sum is an integer only if all are; numpy would cut fractions off
    if len(values) != rows or not isinstance(sum(values), int):
        raise ValueError
    column = np.fromiter(values, np.int64, rows)
    if column.min() < 0 or column.max() >= bound:
        raise ValueError
    return column


def of(views: ViewsSeen) -> Columns:
    """Give what the model has read."""
    article, reader, at, segment = (np.array(getattr(views, name), np.int64) for name in _COLUMNS)
    return Columns(views.articles, article, reader, at, segment, views.via)


def parse(value: bytes | None) -> View | ViewsSeen | str:
    """Read one value by its shape; a str is the reason why it is neither."""
    if value is None:
        return "empty"
    if bounded_json.is_too_large(value, LARGEST_BYTES, MOST_PARTS):
        return "too_large"
    guess: type[View | ViewsSeen] = ViewsSeen if _IN_COLUMNS in value else View
    try:
        if len(value) > bounded_json.LARGE_BYTES:
            read_as: View | ViewsSeen = bounded_json.read(guess, value)
        else:
            # model_validate_json does the same, and checks its own arguments for a quarter of the time
            read_as = guess.__pydantic_validator__.validate_json(value)
        if isinstance(read_as, ViewsSeen) and _is_too_large(read_as.articles, read_as.article):
            return "too_large"
        return read_as
    except ValueError:
        pass
    try:
        document = json.loads(value)
    except (ValueError, RecursionError):
        return "not_json"
    if not isinstance(document, dict) or not document.keys() & {"article", "articles"}:
        return "not_a_view"
    if "articles" in document:
        return "bad_batch"
    try:
        # the word may have been a reader's or an article's name
        return bounded_json.read(View, value)
    except ValueError:
        return "bad_view"
