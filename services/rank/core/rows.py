"""Views as a fold counts them: columns, one row a view."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from services.rank.core.seen import Keys

Int64s = npt.NDArray[np.int64]


class Rows(NamedTuple):
    """Views in log order, column by column; `article` points into `articles`, `at` is Unix ms.

    A plain view names no segment: its `segment` is -1.
    """

    articles: list[str]
    article: Int64s
    key: Keys
    reader: Keys
    segment: Int64s
    at: Int64s

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Rows":
        """Give the chosen rows."""
        return Rows(
            self.articles,
            self.article[chosen],
            self.key[chosen],
            self.reader[chosen],
            self.segment[chosen],
            self.at[chosen],
        )


_NO_INTS: Final = np.empty(0, np.int64)
_NO_KEYS: Final = np.empty(0, np.uint64)
NO_ROWS: Final = Rows([], _NO_INTS, _NO_KEYS, _NO_KEYS, _NO_INTS, _NO_INTS)
