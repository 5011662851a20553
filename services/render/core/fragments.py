"""How pages look to a reader: every piece of a page, from article, story or list to bytes of HTML.

A page is a few pieces joined: an article is `article_top + hot + cards + article_end + tail`, any other page
`top + body + tail`. Each piece depends on its arguments alone, so it is made once per version and kept.
Texts stand as sent; what is drawn besides them (ranks, triangles, the tile of a story without a picture)
is CSS, so that a page read aloud or copied is the newspaper's text and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup, escape

from services.render.core.marked import marked
from services.render.core.stories import Story, excerpt, texts_of
from shared.events import LISTS, ArticlePublished, ListName, Paragraph, WithdrawReason

GoneReason = WithdrawReason | Literal["expired"]

_DIGITS: Final = "〇一二三四五六七八九"
_WEEKDAYS: Final = "一二三四五六日"
_LIST_NAMES: Final[dict[ListName, str]] = {"now": "现在", "24h": "24小时", "3d": "三天"}
_SPANS: Final[dict[ListName, str]] = {"now": "过去一小时", "24h": "过去24小时", "3d": "过去三天"}
_REASONS: Final[dict[GoneReason, str]] = {
    "legal": "法律原因",
    "licence": "授权原因",
    "error": "内容有误",
    "other": "其他原因",
    "expired": "已过刊载期限",
}


@dataclass(frozen=True, slots=True)
class Site:
    """What every page says of its newspaper; `static` gives a static file's address by its name."""

    name: str
    url: str
    zone: ZoneInfo
    static: Mapping[str, str]


def environment(loader: jinja2.BaseLoader) -> jinja2.Environment:
    """Make the environment the templates are written for: escaping always, nothing undefined."""
    return jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Fragments:
    """The pieces of all pages; every method returns UTF-8 bytes of HTML."""

    def __init__(self, site: Site, environment: jinja2.Environment) -> None:
        self._site = site
        self._environment = environment
        environment.globals.update(
            site=site,
            section_path=section_path,
            series_path=series_path,
            host=host,
            marked=marked,
            split_title=split_title,
            local=lambda moment: moment.astimezone(site.zone),
            long_time=long_time,
        )
        self._footer = self._render("footer.html")
        self._script = f'<script src="{escape(site.static["remen.js"])}" defer'.encode()

    def article_top(self, article: ArticlePublished, sections: Sequence[str], today: date) -> bytes:
        """Open an article's page: everything up to its last block."""
        first = next((block for block in article.blocks if isinstance(block, Paragraph)), None)
        return self._render(
            "article.html",
            article=article,
            picture=article.pictures[0] if article.pictures else None,
            filed=first if article.dateline else None,
            description=excerpt(texts_of(article.blocks)),
            title=article.title,
            path=f"/article/{article.id}",
            current=article.section,
            sections=sections,
            today=today,
            masthead_date=masthead_date(today),
        )

    def top(
        self, *, title: str, path: str, current: str | None, sections: Sequence[str], today: date
    ) -> bytes:
        """Open any other page, up to and with `<main>`; `path` may carry a query."""
        return self._render(
            "top.html",
            title=title,
            path=quote(path, safe="/?=&%"),
            current=current,
            sections=sections,
            today=today,
            masthead_date=masthead_date(today),
        )

    def hot_entry(self, story: Story) -> bytes:
        """Give one entry of 热门新闻; CSS counts the ranks."""
        return self._render("hot_entry.html", story=story)

    def hot(self, entries: Sequence[bytes], *, latest: bool, updated: datetime | None) -> bytes:
        """Give the section 热门新闻, or 最新新闻; without entries there is none."""
        if not entries:
            return b""
        return self._render("hot.html", entries=_trusted(*entries), latest=latest, updated=updated)

    def card(self, story: Story) -> bytes:
        """Give one card of an article's own section."""
        return self._render("card.html", story=story)

    def cards(self, section: str, cards: Sequence[bytes]) -> bytes:
        """Give the section of cards; without cards there is none."""
        if not cards:
            return b""
        return self._render("cards.html", section=section, cards=_trusted(*cards))

    def article_end(self, article: ArticlePublished) -> bytes:
        """Give what follows the cards: further pictures, source and tags; often nothing."""
        pictures = article.pictures[1:]
        if not (pictures or article.source or article.tags):
            return b""
        return self._render("article_end.html", article=article, pictures=pictures)

    def tail(self, article_id: str | None, token: str) -> bytes:
        """Close a page; an article's page also says how its view is sent, with script or without."""
        if article_id is None:
            return b"".join((self._footer, self._script, b"></script>\n</body>\n</html>\n"))
        return b"".join(
            (
                self._footer,
                self._script,
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
    ) -> bytes:
        """Give the front page; without a lead it says that nothing has been published."""
        return self._render("home.html", lead=lead, seconds=seconds, hot=_trusted(hot), bands=bands)

    def section(self, name: str, stories: Sequence[Story], hot: bytes, before: str | None) -> bytes:
        """Give a section's page; `before` is the query of 更早的新闻, None on the last page."""
        return self._render(
            "section.html",
            name=name,
            stories=stories,
            hot=_trusted(hot),
            earlier=None if before is None else f"{section_path(name)}?before={quote(before, safe='')}",
        )

    def series(self, name: str, stories: Sequence[Story], hot: bytes) -> bytes:
        """Give a series' page."""
        return self._render("series.html", name=name, stories=stories, hot=_trusted(hot))

    def hot_page(self, list_name: ListName, stories: Sequence[Story], updated: datetime | None) -> bytes:
        """Give 热门排行: the whole of one list, with the sentence that says how it is counted."""
        return self._render(
            "hot_page.html",
            list_name=list_name,
            lists=[(name, _LIST_NAMES[name]) for name in LISTS],
            span=_SPANS[list_name],
            stories=stories,
            updated=updated,
        )

    def gone(self, reason: GoneReason, at: datetime, note: str, hot: bytes) -> bytes:
        """Give the page of an article taken down (410)."""
        return self._render(
            "gone.html", reason=reason, why=_REASONS[reason], at=at, note=note, hot=_trusted(hot)
        )

    def missing(self, hot: bytes) -> bytes:
        """Give the page of an address that leads nowhere (404)."""
        return self._render("missing.html", hot=_trusted(hot))

    def _render(self, template: str, **values: object) -> bytes:
        return self._environment.get_template(template).render(values).encode()


def section_path(name: str) -> str:
    """Give the path of a section's page."""
    return f"/section/{quote(name, safe='')}"


def series_path(name: str) -> str:
    """Give the path of a series' page."""
    return f"/series/{quote(name, safe='')}"


def split_title(title: str, series: str | None) -> tuple[str, str]:
    """Split the series mark 【…】 off a title's beginning; joined, the two are the title as sent."""
    mark = f"【{series}】" if series else ""
    return (mark, title.removeprefix(mark)) if title.startswith(mark) else ("", title)


def host(url: str) -> str:
    """Name the site that an address leads to, as it is read."""
    return url.partition("//")[2].partition("/")[0].removeprefix("www.")


def long_time(moment: datetime) -> str:
    """Write a local moment as under a headline: 2026年11月15日 18:30."""
    return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"


def masthead_date(day: date) -> tuple[str, str]:
    """Write a day as a Chinese newspaper does: 二〇二六年十一月十五日 and 星期日."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_numeral(day.month)}月{_numeral(day.day)}日", f"星期{_WEEKDAYS[day.weekday()]}"


def _numeral(number: int) -> str:
    """Write 1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")


def _trusted(*pieces: bytes) -> Markup:
    """Join pieces that this module made, so that they are not escaped again."""
    return Markup(b"".join(pieces).decode())  # noqa: S704 - made by these templates, escaped once already
