"""When an article may be shown at `:now`, as SQL: core/articles/visibility.py says the same in Python.

A column with the times of an article is called `embargo_us` or `expires_us` in every table; NULL is no time.
"""

from typing import Final

EMBARGOED: Final = "embargo_us > :now"
EXPIRED: Final = "expires_us <= :now"
# as an index can look it up, and not `NOT (…)`
NOT_EMBARGOED: Final = "(embargo_us IS NULL OR embargo_us <= :now)"
VISIBLE: Final = f"{NOT_EMBARGOED} AND (expires_us IS NULL OR expires_us > :now)"
