"""A store's search, read on by hand, and a reader who looks for something."""

import asyncio
from datetime import datetime

from services.render.adapters.search.search import Search
from services.render.adapters.search.search_index import SearchIndex
from services.render.core.search.hits import Results
from services.render.core.search.query import read
from shared.articles import ArticleEvent
from shared.blocks import Paragraph
from tests.builders import NOON
from tests.unit.render.folded import Folded


class Searched:
    """The search over a store."""

    def __init__(self, folded: Folded) -> None:
        self.folded = folded
        self.now = NOON
        self.open()

    def open(self) -> None:
        """Open the file."""
        self.index = SearchIndex(self.folded.folder)
        self.search = Search(self.index, {})
        self.index.open()

    def fold(self, *events: ArticleEvent) -> None:
        """Let the log say something, and the index read it."""
        self.folded.fold(*events)
        self.read_on()

    def read_on(self, limit: int = 2000) -> None:
        """Let the index read some changes of the store."""
        store = self.folded.store
        at = self.index.follow(store.origin(), store.last_change())
        self.index.take(store.changes_after(at, limit), self.now)

    def reopen(self) -> None:
        """Open the same file again, as a restarted process does."""
        self.search.close()
        self.open()

    def find(
        self, asked: str, page: int = 1, now: datetime | None = None, *, section: str = "", order: str = ""
    ) -> Results:
        """Look for something."""
        return asyncio.run(self.search.find(read(asked, section, order), page, now or self.now))

    def ids(
        self, asked: str, now: datetime | None = None, *, section: str = "", order: str = ""
    ) -> list[str]:
        """Give the ids of what is found, in order, having seen that they are counted."""
        found = self.find(asked, now=now, section=section, order=order)
        assert found.total == len(found.hits)
        return [hit.id for hit in found.hits]


def body(*paragraphs: str) -> tuple[Paragraph, ...]:
    """Give an article's blocks."""
    return tuple(Paragraph(text=text) for text in paragraphs)
