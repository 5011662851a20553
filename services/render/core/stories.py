"""What pages show of an article in a list: the story, with its excerpt cut by the house rule.

The excerpt is the first 60 characters of the body's paragraphs, joined with nothing, then `...`; a grapheme
is never split. A body that is not longer stands whole, without dots.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import regex

from shared.events import ArticlePublished, Picture

EXCERPT_CHARACTERS: Final = 60

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


def excerpt(paragraphs: tuple[str, ...], characters: int = EXCERPT_CHARACTERS) -> str:
    """Cut the beginning of a body to at most `characters` code points and `...`."""
    text = "".join(paragraphs)
    if len(text) <= characters:
        return text
    end = 0
    for grapheme in _GRAPHEME.finditer(text):
        if grapheme.end() > characters:
            break
        end = grapheme.end()
    return text[:end] + "..."


def story_of(article: ArticlePublished) -> Story:
    """Give what lists show of an article."""
    return Story(
        id=article.id,
        title=article.title,
        series=article.series,
        section=article.section,
        excerpt=excerpt(tuple(block.text for block in article.blocks)),
        picture=article.pictures[0] if article.pictures else None,
        language=article.language,
        published_at=article.published_at,
    )
