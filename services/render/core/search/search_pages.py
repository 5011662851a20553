"""The search as readers see it: the form, what was found, and what they are told of it.

These pages are not kept: what one reader asks hardly another does, and a program that asks a thousand things
would push out the pages that many read.
"""

from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import urlencode

from services.render.core.pages.article_cache import ArticleCache
from services.render.core.pages.edition import Edition
from services.render.core.pages.editions import Editions
from services.render.core.pages.page import HTML, Fragment, Page
from services.render.core.pages.shared_fragments import SharedFragments
from services.render.core.pages.templates import Templates
from services.render.core.search.bigrams import of_section
from services.render.core.search.hits import PER_PAGE, RANKED, Results, highlighted
from services.render.core.search.query import LONGEST, Query

_NUMBERS: Final = frozenset(str(number) for number in range(1, RANKED // PER_PAGE + 1))
_BEHIND: Final = 50
"""Fewer articles that the index has not read are not worth a word: it soon will have."""


class SearchPages:
    """The search's pages in one script."""

    def __init__(
        self, cache: ArticleCache, templates: Templates, editions: Editions, shared: SharedFragments
    ) -> None:
        self._cache = cache
        self._templates = templates
        self._editions = editions
        self._shared = shared
        self._words = templates.words

    def page(self, query: Query, number: int, found: Results | None, now: datetime) -> Page | None:
        """Give a page of what was found; `found` is None if there was no time to look.

        None if there is no such page. A hit that is no longer to be shown is neither shown nor counted.
        """
        edition, templates = self._editions.at(now), self._templates
        results, total = [], 0
        if found is not None:
            for hit in found.hits:
                if (item := self._cache.story(hit.id, edition.at)) is not None:
                    results.append((item.story, templates.converter.text(hit.snippet, hit.language)))
            total = found.total - len(found.hits) + len(results)
            if number > 1 and not results:
                return None
        top = templates.top(
            title=f"{self._words.search}：{query.text}" if query.text else self._words.search,
            path=_path(query, number),
            found=found is not None,
            current=None,
            sections=edition.sections,
            today=edition.today,
        )
        _, hot = self._shared.six(edition, None)
        main = templates.search(
            hot.body,
            query=query,
            longest=LONGEST,
            sections=_sections(edition, query),
            today=edition.today,
            messages=self._messages(query, found, total),
            hits=partial(highlighted, query=query),
            results=results,
            before=_path(query, number - 1) if number > 1 else None,
            after=_path(query, number + 1) if number * PER_PAGE < min(total, RANKED) else None,
        )
        whole = Fragment(top + main + templates.tail(None, ""))
        return Page(503 if found is None else 200, HTML, whole)

    def _messages(self, query: Query, found: Results | None, total: int) -> list[str]:
        """Tell how much was found, and why it may not be all."""
        words = self._words
        if found is None:
            return [words.busy]
        if not query.text:
            return []
        told = [words.too_long.format(count=LONGEST)] if query.cut else []
        if not total:
            told.append(words.found_none)
        else:
            told.append((words.found_at_least if found.at_least else words.found).format(count=total))
        if total > RANKED:
            told.append(words.only_newest.format(count=RANKED))
        if found.unread > _BEHIND:
            told.append(words.filling.format(count=found.unread))
        return told


def _sections(edition: Edition, query: Query) -> list[tuple[str, bool]]:
    """Give the sections to choose from, each with whether it is chosen."""
    chosen = of_section(query.section) if query.section else ""
    by_term: dict[str, str] = {}
    for name in (*edition.sections, *filter(None, [query.section])):
        by_term.setdefault(of_section(name), name)
    return [(name, term == chosen) for term, name in by_term.items()]


def number_of(page: str) -> int | None:
    """Read the number of a page of results; None if there cannot be such a page."""
    return int(page) if page in _NUMBERS else None


def _path(query: Query, number: int) -> str:
    """Give the path of a page of results."""
    if not query.text:
        return "/search"
    order = "date" if query.by_date else ""
    asked = {"q": query.text, "section": query.section, "order": order, "page": number if number > 1 else ""}
    return "/search?" + urlencode({name: value for name, value in asked.items() if value})
