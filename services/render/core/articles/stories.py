"""What pages show of an article in a list: the story, with its excerpt cut by the house rule.

The excerpt is the first 60 characters of the body's paragraphs, joined with nothing, then `...`; a grapheme
is never split, and what is struck out is not told. A body that is not longer stands whole, without dots. A
body without a paragraph, say of a list alone, lends its other texts. Whatever else a list shows of an article
has a bound too, so that none fills the pages of the others; its own page shows it whole. What stands behind
that is not converted for a list either (`in_short`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

import regex

from services.render.core.articles.plain_text import GONE, plain_text
from shared.blocks import (
    Block,
    Definitions,
    Footnotes,
    Heading,
    Items,
    Paragraph,
    Picture,
    PictureBlock,
    Quote,
    Table,
    Text,
)
from shared.events import ArticlePublished

EXCERPT_CHARACTERS: Final = 60
CAPTION_CHARACTERS: Final = 300
"""Shown of a caption in lists, which have room for a line of it."""
LONGEST_URL: Final = 2048
"""A picture at a longer address is in no list."""
_RENDITIONS: Final = 16
_BEGINNING: Final = 500
"""Characters of a text that are converted to show the first of them: some more, as a word that begins behind
what is shown, or a term that becomes shorter, may not tell on it."""

_GRAPHEME: Final = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Story:
    """An article as far as lists show it; `series` is the name inside the title's leading 【】, if any."""

    id: str
    title: str
    series: str | None
    section: str
    excerpt: str
    picture: Picture | None
    language: str
    published_at: datetime
    sponsored: bool


def excerpt(paragraphs: tuple[str, ...], characters: int = EXCERPT_CHARACTERS) -> str:
    """Cut the beginning of a body to at most `characters` code points and `...`."""
    return cut("".join(paragraphs), characters, "...")


def cut(text: str, characters: int, dots: str = "…") -> str:
    """Cut a text to at most `characters` code points, never inside a grapheme, and dots."""
    if len(text) <= characters:
        return text
    end = 0
    # one more than there is room for tells whether the last grapheme goes on
    for grapheme in _GRAPHEME.finditer(text, 0, characters + 1):
        if grapheme.end() > characters:
            break
        end = grapheme.end()
    return text[:end] + dots


def texts_of(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Give the paragraphs' texts, or where there is no paragraph those of all other blocks."""
    paragraphs = tuple(plain_text(block) for block in blocks if isinstance(block, Paragraph))
    return paragraphs or tuple(plain_text(text) for block in blocks for text in texts_in(block))


def texts_in(block: Block) -> tuple[Text, ...]:
    """Give the texts of a block in the order in which they are read."""
    match block:
        case Paragraph() | Heading():
            return (block,)
        case Quote(paragraphs=texts) | Items(items=texts):
            return texts
        case Table(head=head, rows=rows):
            return tuple(chain(head, *rows))
        case Definitions(entries=entries):
            return tuple(chain(*((*entry.terms, *entry.descriptions) for entry in entries)))
        case Footnotes(notes=notes):
            return tuple(chain(*(note.paragraphs for note in notes)))
    return ()


def picture_of(article: ArticlePublished) -> Picture | None:
    """Give the picture that stands for an article in lists: its lead, else the first of its text."""
    among = (block.picture for block in article.blocks if isinstance(block, PictureBlock))
    return article.pictures[0] if article.pictures else next(among, None)


def list_picture(picture: Picture | None) -> Picture | None:
    """Give as much of a picture as lists, feeds and previews have room for."""
    if picture is None or len(picture.url) > LONGEST_URL:
        return None
    some = (picture.renditions or ())[:_RENDITIONS]
    return picture.model_copy(
        update={
            "caption": cut(picture.caption, CAPTION_CHARACTERS),
            "alt": cut(picture.alt, CAPTION_CHARACTERS),
            "credit": cut(picture.credit, CAPTION_CHARACTERS),
            "renditions": tuple(one for one in some if len(one.url) <= LONGEST_URL) or None,
        }
    )


def abridged(article: ArticlePublished) -> ArticlePublished:
    """Give an article with no more text than its story needs, whatever script that is written in."""
    paragraphs: list[Text] = [block for block in article.blocks if isinstance(block, Paragraph)]
    texts = paragraphs or [text for block in article.blocks for text in texts_in(block)]
    picture = picture_of(article)
    return article.model_copy(
        update={
            "blocks": _beginning(texts),
            "pictures": () if picture is None else (_with_short_captions(picture),),
            "byline": None,
            "source": None,
            "tags": (),
            "correction": None,
        }
    )


def _beginning(texts: Iterable[Text]) -> tuple[Paragraph, ...]:
    """Give as much of a body as an excerpt is made of."""
    some: list[Paragraph] = []
    missing = _BEGINNING
    for text in texts:
        if missing <= 0:
            break
        struck_out = sum(mark.end - mark.start for mark in text.marks or () if mark.kind in GONE)
        first = text.text[: missing + struck_out]
        some.append(Paragraph(text=first, marks=text.marks, as_is=text.as_is))
        missing -= len(plain_text(some[-1]))
    return tuple(some)


def _with_short_captions(picture: Picture) -> Picture:
    names = ("caption", "alt", "credit")
    return picture.model_copy(update={name: getattr(picture, name)[:_BEGINNING] for name in names})


def story_of(article: ArticlePublished) -> Story:
    """Give what lists show of an article."""
    return Story(
        id=article.id,
        title=article.title,
        series=article.series,
        section=article.section,
        excerpt=excerpt(texts_of(article.blocks)),
        picture=list_picture(picture_of(article)),
        language=article.language,
        published_at=article.published_at,
        sponsored=article.sponsored,
    )
