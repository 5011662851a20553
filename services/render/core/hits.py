"""What is searched of an article, and what of it a result shows: the place where the words stand."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import regex
from markupsafe import Markup, escape

from services.render.core.bidi import isolated
from services.render.core.query import Query
from services.render.core.standing import beside, standing
from services.render.core.stories import texts_in
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


class Searched(NamedTuple):
    """The texts of an article, those first that weigh most."""

    title: str
    about: str
    body: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, and the window on its body, as sent."""

    id: str
    language: str
    window: str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    at_least: bool = False
    """Whether there is more than `total`: the search stopped counting."""
    unread: int = 0
    """Articles that the index has not read yet."""


def searched(article: ArticlePublished) -> Searched:
    """Give what of an article is searched."""
    about = (article.section, article.series, article.byline, article.source, *article.tags)
    body: list[str] = []
    for block in article.blocks:
        if isinstance(block, PictureBlock):
            body.append(block.picture.caption)
        else:
            for text in texts_in(block):
                body += (standing(text), *beside(text))
    body += [picture.caption for picture in article.pictures]
    return Searched(article.title, "\n".join(filter(None, about)), "\n".join(filter(None, body)))


def window(body: str, query: Query) -> str:
    """Give the part of a body where the first hit stands, or its beginning; dots where it was cut."""
    found = query.hit.search(body)
    at = 0 if found is None else found.start()
    start = _start(body, at)
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
    written: list[Markup] = []
    at = 0
    for hit in query.hit.finditer(text):
        written += (
            escape(text[at : hit.start()]),
            Markup("<mark>{}</mark>").format(text[hit.start() : hit.end()]),
        )
        at = hit.end()
    return Markup("").join((*written, escape(text[at:])))


def _start(body: str, at: int) -> int:
    """Give where a window on the character `at` begins: with its sentence, if that began not long before."""
    far = max(0, at - 2 * _BEFORE)
    sentence = max(body.rfind(end, far, at) for end in _SENTENCE_END) + 1
    if sentence > 0 or far == 0:
        return sentence
    return next((g.start() for g in _GRAPHEME.finditer(body, far) if g.start() >= at - _BEFORE), at)
