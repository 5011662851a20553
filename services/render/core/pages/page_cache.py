"""Finished pages, kept by version.

A page of an older edition is put together again from its fragments; where they are the same ones, the page is
the same object, and only otherwise a new one. The section 热门新闻 changes most often, so every page is cut
around it: an article's as its fragments are, any other into what stands before and behind it, its frame.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from services.render.core.lru import Lru
from services.render.core.pages.edition import Edition
from services.render.core.pages.page import HTML, Fragment, Page
from services.render.core.pages.shared_fragments import SharedFragments
from services.render.core.pages.templates import Templates

HOT_PLACE: Final = b"<!--hot-->"
"""Where a frame is cut for 热门新闻; no text can hold it, as `<` is escaped."""

Parts = tuple[Any, ...]


@dataclass(slots=True)
class _Kept:
    """A page, the edition in which it was last found right, and its own fragments with what they show."""

    edition: int
    shows: Parts
    own: tuple[Fragment, ...]
    page: Page

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes."""
        return self.page.weight + sum(fragment.weight for fragment in self.own)


class PageCache:
    """The pages of one script, by what was asked for."""

    def __init__(self, templates: Templates, shared: SharedFragments, max_bytes: int) -> None:
        self._templates = templates
        self._shared = shared
        self._kept: Lru[Parts, _Kept] = Lru(max_bytes, lambda kept: kept.weight)
        self.hits = self.misses = 0
        """How often a page that was asked for was finished already, and how often not."""

    @property
    def weight(self) -> int:
        """Bytes of the pages kept."""
        return self._kept.weight

    def of(self, edition: Edition, key: Parts) -> Page | None:
        """Give the page if it was already asked for in this edition."""
        kept = self._kept.get(key)
        if kept is not None and kept.edition == edition.number:
            self.hits += 1
            return kept.page
        self.misses += 1
        return None

    def framed(
        self,
        edition: Edition,
        key: Parts,
        main: Callable[..., bytes],
        parts: Parts,
        *,
        title: str,
        path: str,
        current: str | None = None,
        feed: str | None = None,
        status: int = 200,
    ) -> Page:
        """Give a page of masthead, `main(*parts)` and footer, with 热门新闻 where `main` has room for it.

        Its stories say how old they are, so a frame is made anew each day.
        """

        def frame() -> list[bytes]:
            top = self._templates.top(
                title=title,
                path=path,
                found=status == 200,
                current=current,
                feed=feed,
                sections=edition.sections,
                today=edition.today,
            )
            return (top + main(*parts) + self._templates.tail(None, "")).split(HOT_PLACE)

        shows = (status, edition.sections, edition.today, parts)
        own = self.own(key, shows, frame)
        _, hot = self._shared.six(edition, None)
        fragments = own if len(own) == 1 else (own[0], hot, own[1])
        return self.keep(edition, key, shows, own, fragments, status=status)

    def own(self, key: Parts, shows: Parts, make: Callable[[], Iterable[bytes]]) -> tuple[Fragment, ...]:
        """Give a page's own fragments; those that are kept, if they show the same."""
        kept = self._kept.get(key)
        if kept is not None and kept.shows == shows:
            return kept.own
        return tuple(map(Fragment, make()))

    def keep(
        self,
        edition: Edition,
        key: Parts,
        shows: Parts,
        own: tuple[Fragment, ...],
        fragments: tuple[Fragment, ...],
        *,
        status: int = 200,
        media_type: str = HTML,
        since: int | None = None,
    ) -> Page:
        """Give the page of these fragments; the one that is kept, if it is of the same."""
        kept = self._kept.get(key)
        if kept is None or kept.page.fragments != fragments:
            kept = _Kept(0, shows, own, Page(status, media_type, *fragments, since=since))
            self._kept.put(key, kept)
        kept.edition = edition.number
        return kept.page
