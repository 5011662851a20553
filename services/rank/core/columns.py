"""A batch of views as columns of numbers: what `ViewsSeen` says, without a Python object a view.

The model of the contract is the judge. What is a batch at first sight, its columns made of integers within
their bounds, is read past it, since it would say the same and take twice as long; everything else is put
before it.
"""

from typing import Final, NamedTuple

import numpy as np
from pydantic import TypeAdapter
from pydantic_core import from_json

from services.rank.core.rows import Int64s
from shared.events import ArticleId, ViewsSeen

_IDS: Final = TypeAdapter(list[ArticleId])
_COLUMNS: Final = ("article", "reader", "at", "segment")


class Columns(NamedTuple):
    """Many views, one row a view: `article` points into `articles`, `at` is Unix ms."""

    articles: list[str]
    article: Int64s
    reader: Int64s
    at: Int64s
    segment: Int64s
    via: str


def quickly(value: bytes) -> Columns | None:
    """Read a batch of at least one view; None if it takes the model to say what this is."""
    try:
        found = from_json(value)
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


def _column(values: list[int], rows: int, bound: int) -> Int64s:
    """Make a column of so many integers below the bound; ValueError or TypeError if it is none."""
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
