"""How pages look to a reader: every part of a page, from article, story or list to bytes of HTML.

A page is a few parts joined: an article is `article_top + hot + cards + article_end + tail`, any other page
`top + body + tail`. Each part depends on its arguments alone, so it is made once per version and kept.
Texts stand as sent; what is drawn besides them (ranks, triangles, the tile of a story without a picture)
is CSS, so that a page read aloud or copied is the newspaper's text and nothing else.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property, partial
from typing import Final
from urllib.parse import quote

import jinja2
from markupsafe import Markup, escape

from services.render.core.articles.stories import Story, cut
from services.render.core.pages import metadata
from services.render.core.pages.notes import Notes
from services.render.core.pages.pictures import files
from services.render.core.pages.site import Site, hot_path, section_path, series_path
from services.render.core.pages.words import (
    WORDS,
    GoneReason,
    is_over_a_year,
    listed_time,
    long_time,
    masthead_date,
)
from services.render.core.text.bidi import shown
from services.render.core.text.script_converter import ScriptConverter
from services.render.core.text.scripts import OTHER, PREFIX, SCRIPTS, link_in, script_of
from shared.blocks import Paragraph
from shared.events import ArticlePublished, ListName

_NOTE_CHARACTERS: Final = 2000
FORMS: Final = {
    "xml": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
"""Endings of a feed's address, the most common form first."""


def jinja_environment(loader: jinja2.BaseLoader) -> jinja2.Environment:
    """Make the environment the templates are written for: escaping always, texts isolated."""
    return jinja2.Environment(
        loader=loader,
        autoescape=True,
        finalize=shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


class Templates:
    """The templates of all pages in one script; every method returns UTF-8 bytes of HTML.

    An environment belongs to one script: what all templates know of it is set here.
    """

    def __init__(self, site: Site, converter: ScriptConverter, environment: jinja2.Environment) -> None:
        script = converter.script
        self.converter: Final = converter
        self.site: Final = replace(site, name=converter.untagged(site.name))
        self.words: Final = WORDS[script]
        self.link: Final = partial(link_in, script, site_url=site.url)
        """Give an address as pages of this script link to it."""
        self._environment = environment
        environment.globals.update(
            site=self.site,
            script=script,
            words=self.words,
            other_words=WORDS[OTHER[script]],
            reading=converter.untagged,
            prefix=PREFIX[script],
            other_script=OTHER[script],
            other_prefix=PREFIX[OTHER[script]],
            alternates=[*((one, PREFIX[one]) for one in SCRIPTS), ("x-default", "")],
            section_path=section_path,
            hot_path=hot_path,
            forms=FORMS,
            series_path=series_path,
            host=host,
            split_title=split_title,
            files=partial(files, service=site.pictures),
            local=lambda moment: moment.astimezone(site.zone),
            long_time=long_time,
            listed_time=listed_time,
        )

    @cached_property
    def _footer(self) -> bytes:
        hot = f"{PREFIX[self.converter.script]}/hot.json"
        script = (
            f'<script src="{escape(self.site.static["remen.js"])}" defer'
            f' data-hot="{hot}" data-changed="{escape(self.words.changed)}"'
        )
        return self._render("footer.html") + script.encode()

    def article_top(self, article: ArticlePublished, sections: Sequence[str], today: date) -> bytes:
        """Open an article's page: everything up to its last block."""
        first = next((block for block in article.blocks if isinstance(block, Paragraph)), None)
        published = article.published_at.astimezone(self.site.zone)
        return self._render(
            "article.html",
            article=article,
            notes=Notes(article.id, article.blocks, self.words.back, link=self.link),
            picture=article.pictures[0] if article.pictures else None,
            filed=first if article.dateline else None,
            of_year=published.year if is_over_a_year(published.date(), today) else None,
            about=metadata.of_article(
                self.site,
                self.converter.script,
                article,
                self.converter.untagged(article.section),
                self.words.home,
                self.words.sponsored,
            ),
            title=article.title,
            path=f"/article/{article.id}",
            found=True,
            is_foreign=script_of(article.language) is None,
            current=article.section,
            feed=None,
            sections=sections,
            today=today,
            masthead_date=masthead_date(today),
        )

    def top(
        self,
        *,
        title: str,
        path: str,
        found: bool,
        current: str | None,
        sections: Sequence[str],
        today: date,
        feed: str | None = None,
    ) -> bytes:
        """Open any other page, up to and with `<main>`.

        `path` is without the script's prefix and may carry a query; it is empty if the page has no address of
        its own. Search engines are told of the other script only where a page is `found`. `feed` is
        the address of the feed that tells what the page shows, without its ending.
        """
        return self._render(
            "top.html",
            about=metadata.of_page(self.site, self.converter.script, title, path, self.words.about),
            title=title,
            path=quote(path, safe="/?=&%"),
            found=found,
            is_foreign=False,
            current=current,
            feed=feed and feed.partition("?"),
            sections=sections,
            today=today,
            masthead_date=masthead_date(today),
        )

    def hot_entry(self, story: Story, today: date) -> bytes:
        """Give one entry of 热门新闻; CSS counts the ranks. Of `today` every list needs the year alone."""
        return self._render("hot_entry.html", story=story, today=today)

    def hot(self, entries: Sequence[bytes], *, latest: bool, updated: datetime | None) -> bytes:
        """Give the section 热门新闻, or 最新新闻; without entries there is none."""
        if not entries:
            return b""
        return self._render("hot.html", entries=_trusted(*entries), latest=latest, updated=updated)

    def card(self, story: Story, today: date) -> bytes:
        """Give one card of an article's own section."""
        return self._render("card.html", story=story, today=today)

    def cards(self, section: str, cards: Sequence[bytes]) -> bytes:
        """Give the section of cards; without cards there is none."""
        if not cards:
            return b""
        return self._render("cards.html", section=section, cards=_trusted(*cards))

    def related(self, cards: Sequence[bytes]) -> bytes:
        """Give the section 相关报道."""
        return self._render("related.html", cards=_trusted(*cards))

    def article_end(self, article: ArticlePublished) -> bytes:
        """Give what follows the cards: further pictures, source and tags; often nothing."""
        pictures = article.pictures[1:]
        if not (pictures or article.source or article.tags):
            return b""
        return self._render("article_end.html", article=article, pictures=pictures)

    def tail(self, article_id: str | None, token: str) -> bytes:
        """Close a page; an article's page also says how its view is sent, with script or without.

        The view has a script of its own, in syntax that every browser reads: what the other needs of a newer
        one takes no view with it.
        """
        if article_id is None:
            return b"".join((self._footer, b"></script>\n</body>\n</html>\n"))
        return b"".join(
            (
                self._footer,
                f'></script>\n<script src="{escape(self.site.static["view.js"])}" defer'
                f' data-article="{escape(article_id)}" data-token="{escape(token)}"></script>\n'
                f'<noscript><img class="pixel" src="/v.gif?article={quote(article_id, safe="")}'
                f'&amp;token={quote(token, safe="")}" alt=""></noscript>\n</body>\n</html>\n'.encode(),
            )
        )

    def home(
        self,
        lead: Story | None,
        seconds: Sequence[Story],
        hot: bytes,
        bands: Sequence[tuple[str, Sequence[Story]]],
        *,
        today: date,
    ) -> bytes:
        """Give the front page; without any story it says that nothing has been published."""
        return self._render(
            "home.html", lead=lead, seconds=seconds, hot=_trusted(hot), bands=bands, today=today
        )

    def section(
        self,
        name: str,
        stories: Sequence[Story],
        hot: bytes,
        before: str | None,
        is_first: bool = True,
        *,
        today: date,
    ) -> bytes:
        """Give a page of a section; `before` is the query of 更早的新闻, None on the last page.

        All pages but the first lead back to it.
        """
        path = section_path(name)
        return self._listing("section.html", name, path, stories, hot, before, is_first, today)

    def series(
        self,
        name: str,
        stories: Sequence[Story],
        hot: bytes,
        before: str | None = None,
        is_first: bool = True,
        *,
        today: date,
    ) -> bytes:
        """Give a page of a series, as of a section."""
        path = series_path(name)
        return self._listing("series.html", name, path, stories, hot, before, is_first, today)

    def _listing(
        self,
        template: str,
        name: str,
        path: str,
        stories: Sequence[Story],
        hot: bytes,
        before: str | None,
        is_first: bool,
        today: date,
    ) -> bytes:
        return self._render(
            template,
            name=name,
            stories=stories,
            hot=_trusted(hot),
            earlier=None if before is None else f"{path}?before={quote(before, safe='')}",
            newest=None if is_first else path,
            today=today,
        )

    def hot_page(
        self,
        list_name: ListName,
        stories: Sequence[Story],
        updated: datetime | None,
        incomplete: bool = False,
        section: str | None = None,
        sections: Sequence[str] = (),
        *,
        today: date,
    ) -> bytes:
        """Give 热门排行: the whole of one list, with the sentence that says how it is counted."""
        return self._render(
            "hot_page.html",
            list_name=list_name,
            stories=stories,
            updated=updated,
            incomplete=incomplete,
            section=section,
            sections=sections,
            today=today,
        )

    def gone(self, reason: GoneReason, at: datetime, note: str, hot: bytes) -> bytes:
        """Give the page of an article taken down (410)."""
        return self._render(
            "gone.html", reason=reason, at=at, note=cut(note, _NOTE_CHARACTERS), hot=_trusted(hot)
        )

    def missing(self, hot: bytes) -> bytes:
        """Give the page of an address that leads nowhere (404)."""
        return self._render("missing.html", hot=_trusted(hot))

    def search(self, hot: bytes, **shown: object) -> bytes:
        """Give the search's page: its form, messages and results, as core/search/search_pages.py has them."""
        return self._render("search.html", hot=_trusted(hot), **shown)

    def _render(self, template: str, **values: object) -> bytes:
        return self._environment.get_template(template).render(values).encode()


def split_title(title: str, series: str | None) -> tuple[str, str]:
    """Split the series mark 【…】 off a title's beginning; joined, the two are the title as it reads."""
    if series is None or not title.startswith("【"):
        return "", title
    name, bracket, rest = title.partition("】")
    return (name + bracket, rest) if bracket else ("", title)


def host(url: str) -> str:
    """Name the site that an address leads to, as it is read."""
    return url.partition("//")[2].partition("/")[0].removeprefix("www.")


def _trusted(*parts: bytes) -> Markup:
    """Join parts that this module made, so that they are not escaped again."""
    return Markup(b"".join(parts).decode())  # noqa: S704 - made by these templates, escaped once already
