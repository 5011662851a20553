"""How a section's name is spelled: as its first text spells it, by time of publication and then by id.

Of the texts that stand. So it is a function of what the log says, the same on all replicas in whatever
order they have read. An embargoed text tells nothing: its time comes behind that of all that can be read.
"""

import sqlite3
from typing import Final

SPELLING: Final = (
    "SELECT section FROM articles WHERE one_name = ?"
    " ORDER BY max(published_us, coalesce(embargo_us, published_us)), id LIMIT 1"
)


def spelling(connection: sqlite3.Connection, one: str) -> str | None:
    """Give the name of a section by its one name, None where there is no text."""
    for (section,) in connection.execute(SPELLING, (one,)):
        return str(section)
    return None
