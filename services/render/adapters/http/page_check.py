"""Readiness that makes a page: a replica that cannot is not ready, whatever else it has to say."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from services.render.adapters.store.store import Store
from services.render.core.articles.articles import TextArchivedError
from services.render.core.pages.pages import Pages
from services.render.core.text.scripts import Script

_EVERY_S: Final = 1.0
_TRIED: Final = 3
"""Articles, newest first; that of one no page can be made says nothing of the others."""


class PageCheck:
    """Makes the front page and an article's in every script, at most once a second."""

    def __init__(
        self, store: Store, pages: Mapping[Script, Pages], unready: Callable[[], str | None]
    ) -> None:
        self._store = store
        self._pages = pages
        self._unready = unready
        self._looked_at_s = float("-inf")
        self._complaint: str | None = None

    def complaint(self) -> str | None:
        """Say which page cannot be made; None while none is asked for, or all can."""
        if self._unready() is not None:
            return None
        if time.monotonic() - self._looked_at_s >= _EVERY_S:
            self._looked_at_s = time.monotonic()
            self._complaint = self._look(datetime.now(UTC))
        return self._complaint

    def _look(self, now: datetime) -> str | None:
        try:
            for pages in self._pages.values():
                pages.home(now)
            newest = self._store.newest(now, _TRIED, hot=False)
        except Exception as error:
            return f"the front page cannot be made: {error!r}"
        failure: Exception | None = None
        for article_id in newest:
            try:
                for pages in self._pages.values():
                    pages.article(article_id, now)
            except TextArchivedError:
                # that can be made as soon as it is asked for and the archive answers
                return None
            except Exception as error:
                failure = error
            else:
                return None
        return None if failure is None else f"no article's page can be made: {failure!r}"
