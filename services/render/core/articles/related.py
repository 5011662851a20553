"""Which reports an article's page recommends under 相关报道: those of its series and with its tags.

Each topic of an article, its series and its first eight tags, names the newest 24 articles in it. An article
has three points for being among those of the series and one for each tag; the most points go first, then the
newer, then the id. So why one stands where it does can be counted by hand, and depends on no clock.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from services.render.core.articles.cursors import Place
from shared.events import ArticlePublished

RELATED: Final = 4
"""So many are shown at most."""
AMONG: Final = 24
"""Of each topic so many of the newest are looked at: more than the page shows otherwise."""
_TAGS: Final = 8
_LONGEST: Final = 200
"""Characters of a name; no title has room for a longer series, and a longer tag is none."""

_SERIES: Final = "series:"
_POINTS: Final = {True: 3, False: 1}

Topic = str
"""The name of a series or a tag as the publisher writes it, behind what it is."""


def topics_of(article: ArticlePublished) -> tuple[Topic, ...]:
    """Name the topics of an article, each once."""
    series = [f"{_SERIES}{article.series}"] if article.series and len(article.series) <= _LONGEST else []
    tags = [f"tag:{tag}" for tag in dict.fromkeys(article.tags[:_TAGS]) if 0 < len(tag) <= _LONGEST]
    return (*series, *tags)


def ranked(topics: Iterable[tuple[Topic, Sequence[Place]]]) -> tuple[str, ...]:
    """Give the ids of what is in an article's topics, the best first; each topic with the newest in it."""
    points: Counter[Place] = Counter()
    for topic, newest in topics:
        for place in newest:
            points[place] += _POINTS[topic.startswith(_SERIES)]
    return tuple(place.id for place in sorted(points, key=lambda one: (points[one], one), reverse=True))
