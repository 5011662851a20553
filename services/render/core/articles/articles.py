"""What pages ask of the store of articles, and what it answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from services.render.core.articles.cursors import FAR_FUTURE, Place
from services.render.core.articles.front import Featured
from services.render.core.articles.related import Topic
from shared.events import ArticlePublished, WithdrawReason


@dataclass(frozen=True, slots=True)
class Takedown:
    """Why and when an article was withdrawn."""

    reason: WithdrawReason
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ArchivedArticle:
    """A text that stands and lies in the archive: what lists show of it, and by what sum it is known."""

    short: ArticlePublished
    checksum: int


class TextArchivedError(Exception):
    """The page of an article cannot be made, because its text is not at hand but in the archive."""

    def __init__(self, article_id: str, checksum: int) -> None:
        super().__init__(f"the text of {article_id} is not at hand")
        self.id: Final = article_id
        self.checksum: Final = checksum


@dataclass(frozen=True, slots=True)
class ArchivedText:
    """A text out of the archive, known by its sum."""

    article: ArticlePublished
    checksum: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Which articles are no longer as they were; sections (one names) and topics where they stand or stood.

    `respelled`: the first text of a section is another one now, which spells its name in another script.
    """

    ids: frozenset[str] = frozenset()
    sections: frozenset[str] = frozenset()
    respelled: bool = False
    topics: frozenset[str] = frozenset()


class Articles(Protocol):
    """What is asked of the store; lists give ids, newest first."""

    def find(self, article_id: str) -> ArticlePublished | ArchivedArticle | Takedown | None: ...  # noqa: D102
    def formerly_at(self, keys: Sequence[bytes], now: datetime) -> str | None: ...  # noqa: D102
    def has_former(self, ranges: Iterable[tuple[bytes, bytes]]) -> bool: ...  # noqa: D102
    def newest(self, now: datetime, limit: int, *, hot: bool) -> list[str]: ...  # noqa: D102
    def newest_of_section(  # noqa: D102
        self, section: str, now: datetime, limit: int, before: Place = FAR_FUTURE
    ) -> list[str]: ...
    def newest_of_series(  # noqa: D102
        self, series: str, now: datetime, limit: int, before: Place = FAR_FUTURE
    ) -> list[str]: ...
    def newest_of_topic(self, topic: Topic, now: datetime, limit: int) -> list[Place]: ...  # noqa: D102
    def sections(self, now: datetime) -> dict[str, str]: ...  # noqa: D102
    def featured(self) -> tuple[Featured, ...]: ...  # noqa: D102
    def next_timed_change(self, now: datetime) -> datetime | None: ...  # noqa: D102
    def timed_changes(self, since: datetime, now: datetime) -> Changes: ...  # noqa: D102
