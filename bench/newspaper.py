"""A newspaper's archive, made up: words of common characters, used as often as words of a language are.

How often characters, words and lengths come follows Zipf's law and the lengths of real news, so that an index
of it is as large and its common words as common; what it says means nothing.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any, Final

SECTIONS: Final = ("国际", "地方", "财经", "体育", "文化", "科技", "社会", "评论")
_BEGAN: Final = datetime(2025, 11, 15, tzinfo=UTC)
_WORDS: Final = 40_000


class Newspaper:
    """A source of articles and of what people look for; the same seed gives the same."""

    def __init__(self, seed: int) -> None:
        self._random = draw = random.Random(seed)
        # the 3,755 common characters of GB 2312
        characters = [bytes((high, low)).decode("gb2312", "ignore") for high in range(0xB0, 0xD8)
                      for low in range(0xA1, 0xFF)]  # fmt: skip
        characters = [one for one in characters if one]
        draw.shuffle(characters)
        often = _zipf(len(characters), 60)
        lengths = draw.choices((1, 2, 3, 4), (4, 74, 15, 7), k=_WORDS)
        self.words = ["".join(draw.choices(characters, cum_weights=often, k=n)) for n in lengths]
        self.words[:3] = ["的", "在", "了"]
        self._often = _zipf(_WORDS, 2)

    def articles(self, count: int) -> Iterator[dict[str, Any]]:
        """Give articles as they lie in articles.v1, a year of them, some 600 characters each."""
        step = timedelta(days=365) / count
        for number in range(count):
            yield self._article(number, _BEGAN + number * step)

    def some(self, count: int) -> list[str]:
        """Give words as the language uses them."""
        return self._random.choices(self.words, cum_weights=self._often, k=count)

    def _article(self, number: int, at: datetime) -> dict[str, Any]:
        paragraphs = round(self._random.lognormvariate(2.0, 0.5)) + 1
        order = [0, [int(at.timestamp() * 1000), 0, number]]
        return {
            "id": f"n-{number}",
            "order": order,
            "title": "".join(self.some(4)) + " " + "".join(self.some(4)),
            "section": self._random.choice(SECTIONS),
            "blocks": [{"kind": "paragraph", "text": self._paragraph()} for _ in range(paragraphs)],
            "tags": self.some(self._random.randrange(4)),
            "published_at": at.isoformat(),
            "modified_at": at.isoformat(),
        }

    def _paragraph(self) -> str:
        clauses = [
            "".join(self.some(self._random.randrange(3, 9))) for _ in range(self._random.randrange(3, 9))
        ]
        return ",".join(clauses) + "。"


def as_in_the_log(article: dict[str, Any]) -> str:
    """Write an article as its record is written."""
    return json.dumps(article, ensure_ascii=False)


def _zipf(count: int, flat: int) -> list[float]:
    """Give cumulated weights that fall as one over the rank, the first `flat` ranks nearly alike."""
    return list(accumulate(1 / (rank + flat) for rank in range(1, count + 1)))
