"""Articles as they lie in articles.v1: fictional, no two of the same letters, six sections, one a minute."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from services.render.adapters.log.records import Record
from shared import wire
from shared.blocks import Paragraph, Picture
from shared.events import Arrival, ArticlePublished, Order

NOON: Final = datetime(2026, 11, 15, 12, 0, tzinfo=UTC)
NOON_MS: Final = int(NOON.timestamp() * 1000)
SECTIONS: Final = ("国际", "国内", "地方", "财经", "体育", "副刊")

_LETTERS: Final = "河城旧邮局改建的图书馆周日开放首日有三百人到访馆方说书架还空着一半欢迎市民把读完的书留下来"


def records(count: int, paragraphs: int = 20) -> Iterator[Record]:
    """Give the log of so many articles, oldest first; 20 paragraphs are 3 KB."""
    ends: Counter[int] = Counter()
    for number in range(count):
        article = _article(number, NOON - timedelta(minutes=count - number), paragraphs)
        partition = wire.partition_for(article.id)
        headers = wire.event_headers(article, source="ingest", event_id="1", at=NOON)
        yield Record(
            partition, ends[partition], NOON_MS, article.id.encode(), wire.encode(article), tuple(headers)
        )
        ends[partition] += 1


def article_id(number: int) -> str:
    """Name an article."""
    return f"bench-{number}"


def _article(number: int, at: datetime, paragraphs: int) -> ArticlePublished:
    drawn = random.Random(number)
    lines = ["".join(drawn.choices(_LETTERS, k=48)) + "。" for _ in range(paragraphs)]
    return ArticlePublished(
        id=article_id(number),
        order=Order(0, Arrival(NOON_MS, 0, number)),
        title=lines[0][:18],
        section=SECTIONS[number % len(SECTIONS)],
        blocks=tuple(Paragraph(text=line) for line in lines),
        pictures=(
            Picture(
                url=f"https://pictures.example/{number}.jpg", caption=lines[0][18:34], width=1200, height=800
            ),
        ),
        byline="河城记者组",
        published_at=at,
        modified_at=at,
    )
