"""What is searched of an article, and what of it a result shows: the place where the words stand."""

import unicodedata
from dataclasses import dataclass
from typing import Final, NamedTuple

import regex
from markupsafe import Markup, escape

from services.render.core.articles.plain_text import mark_texts, plain_text
from services.render.core.articles.stories import texts_in
from services.render.core.search.folding import folded, places
from services.render.core.search.query import Query
from services.render.core.text.bidi import isolated
from shared.blocks import PictureBlock
from shared.events import ArticlePublished

PER_PAGE: Final = 20
RANKED: Final = 1000
"""So many of the newest that fit are put in the order of how well they do."""
_WINDOW: Final = 80
"""Characters that are shown of a body."""
_BEFORE: Final = 24
"""How far before the first hit a window begins, if no sentence does on the way."""

_SENTENCE_END: Final = "。！？!?；;\n"
_GRAPHEME: Final = regex.compile(r"\X")
_STRETCH: Final = 4000
"""Characters of a body that are folded at once while a hit is looked for."""
_OVER: Final = 200
"""So many of the next stretch are looked at too: a hit may lie on the border."""


class SearchableText(NamedTuple):
    """The texts of an article, those first that weigh most."""

    title: str
    about: str
    body: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, and the window on its body, as sent."""

    id: str
    language: str
    snippet: str


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    at_least: bool = False
    """Whether there is more than `total`: the search stopped counting."""
    unread: int = 0
    """Articles that the index has not read yet."""


def searchable_text(article: ArticlePublished) -> SearchableText:
    """Give what of an article is searched."""
    about = (article.section, article.series, article.byline, article.source, *article.tags)
    body: list[str] = []
    for block in article.blocks:
        if isinstance(block, PictureBlock):
            body.append(block.picture.caption)
        else:
            for text in texts_in(block):
                body += (plain_text(text), *mark_texts(text))
    body += [picture.caption for picture in article.pictures]
    return SearchableText(article.title, "\n".join(filter(None, about)), "\n".join(filter(None, body)))


def snippet(body: str, query: Query) -> str:
    """Give the part of a body where the first hit stands, or its beginning; dots where it was cut."""
    start = _start(body, _first(body, query))
    end = start
    for grapheme in _GRAPHEME.finditer(body, start):
        if grapheme.end() > start + _WINDOW:
            break
        end = grapheme.end()
    dots = "" if start == 0 or body[start - 1] in _SENTENCE_END else "…"
    return f"{dots}{body[start:end]}{'…' if end < len(body) else ''}".replace("\n", " ")


def highlighted(text: str, query: Query) -> Markup:
    """Write a text with what was asked for marked."""
    text = isolated(text)
    hits = list(query.hit.finditer(folded(text)))
    if not hits:
        return escape(text)
    place = places(text)
    written: list[Markup] = []
    at = 0
    for hit in hits:
        start, end = place[hit.start()], place[hit.end() - 1] + 1
        while end < len(text) and unicodedata.category(text[end]).startswith("M"):
            end += 1
        if start < at:  # another part of a character that is marked already
            continue
        written += (escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end]))
        at = end
    return Markup("").join((*written, escape(text[at:])))


def _first(body: str, query: Query) -> int:
    """Give where what was typed stands first, else where a word of it does, else the beginning."""
    of_word = None
    for start in range(0, len(body), _STRETCH):
        stretch = body[start : start + _STRETCH + _OVER]
        text = folded(stretch)
        if (found := query.phrase.search(text)) is not None:
            return start + places(stretch)[found.start()]
        if of_word is None and (found := query.hit.search(text)) is not None:
            of_word = start + places(stretch)[found.start()]
    return of_word or 0


def _start(body: str, at: int) -> int:
    """Give where a window on the character `at` begins: with its sentence, if that began not long before."""
    far = max(0, at - 2 * _BEFORE)
    sentence = max(body.rfind(end, far, at) for end in _SENTENCE_END) + 1
    if sentence > 0 or far == 0:
        return sentence
    return next((g.start() for g in _GRAPHEME.finditer(body, far) if g.start() >= at - _BEFORE), at)
