"""The edition: what all pages share from one moment on, until it ends (editions.py). A value, never changed.

A page is made of an edition, of what it is asked for, and of articles, and of nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from services.render.core.pages.article_cache import StoryFragments
from shared.events import ListName
from shared.sections import one_name


@dataclass(frozen=True, slots=True)
class HotSection:
    """The section 热门新闻 as pages show it: its first seven stories, and how its heading reads."""

    seven: tuple[StoryFragments, ...] = ()
    latest: bool = True
    updated: datetime | None = None
    since: int = field(default=0, compare=False)
    """Since when (Unix s) it is as it is: of each version another second."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A hot list as its own page shows it; no ids if it is over an hour old."""

    ids: tuple[str, ...] = ()
    updated: datetime | None = None
    """What 更新于 says, None while it is fresh or was never read."""
    incomplete: bool = False
    """Whether rank says that views in it may be missing."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What all pages share; two are equal if all pages of one are as they would be in the other.

    But for its articles: where one of them changed, the number is another one.
    """

    number: int = field(compare=False)
    at: datetime = field(compare=False)
    """The moment for which it was made; until it ends time alone changes nothing that may be shown."""
    today: date
    token: str
    sections: tuple[str, ...] = ()
    """Those of the masthead, by name."""
    names: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Of every section that has something to read the one name, and the name as it is spelled."""
    hot: HotSection = HotSection()
    charts: Mapping[ListName, Chart] = field(default_factory=dict)
    front: Mapping[str, str] = field(default_factory=dict)
    """Of each slot that the desk has given away the article, which may be one that may not be shown."""
    as_of: datetime | None = field(default=None, compare=False)
    """The moment of the list `now`, None before the first."""

    def spelled(self, section: str) -> str | None:
        """Give a section's name as its first text spells it; None where there is nothing to read.

        It is known of every section: nobody who asks for one that is over has its archive looked through.
        """
        return self.names.get(one_name(section))


BEFORE_THE_FIRST: Final = Edition(0, datetime.min.replace(tzinfo=UTC), date.min, "")
