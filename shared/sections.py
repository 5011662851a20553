"""Which names are one section's: 国际 and 國際 are, as every page of either is read in both scripts.

The one name is made where something is read by section, by this function of the name alone, and kept
nowhere as the section's: what a publisher sent stands in the log as sent, and ingest, which could write
another name into it, sees one partition at a time and could not tell which spelling was first. So rank,
render and the rights in ingest agree without asking each other, and a log of years needs no second writing.
"""

from functools import lru_cache
from typing import Final

from opencc import OpenCC

_SCOPE: Final = "section:"
_LONGEST: Final = 100
"""No section has a longer name, but anybody may ask for one."""


def one_name(section: str) -> str:
    """Give the name that all spellings of a section have in common: the one in Simplified."""
    return section if section.isascii() or len(section) > _LONGEST else _converted(section)


def one_scope(scope: str) -> str:
    """Give the scope of hot lists that all spellings of a section have in common."""
    return _SCOPE + one_name(scope.removeprefix(_SCOPE)) if scope.startswith(_SCOPE) else scope


@lru_cache(10_000)
def _converted(section: str) -> str:
    return str(_simplified().convert(section))


@lru_cache(1)
def _simplified() -> OpenCC:
    """Load the dictionary when it is first asked."""
    return OpenCC("t2s")
