"""The demonstration's newspaper: the articles of articles/*.toml, made ready to be published.

A file is a section. Times are minutes before publishing, so the paper is always fresh; `{日}` in a body is
the day of the month on which the article appears, so a dateline is always right. An article marked `later`
is not part of the edition: it comes out by itself while people read.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from dev.demo.brush import HEIGHT, WIDTH


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it stands in its file; `picture` names a drawing, `caption` has the credit in it."""

    section: str
    id: str
    title: str
    body: str
    byline: str
    source: str
    tags: list[str]
    minutes_ago: int = 0
    picture: str | None = None
    caption: str = ""
    language: str = "zh-Hans"
    correction: str | None = None
    later: bool = False


def articles() -> list[Article]:
    """Read all articles, section by section, the newest of a section first."""
    files = sorted((Path(__file__).parent / "articles").glob("*.toml"))
    sections = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    return [Article(section["section"], **fields) for section in sections for fields in section["article"]]


def native(article: Article, now: datetime, zone: tzinfo, pictures_url: str) -> dict[str, object]:
    """Give the article as a publisher sends it, published its minutes before `now`."""
    published_at = (now - timedelta(minutes=article.minutes_ago)).astimezone(zone)
    message: dict[str, object] = {
        "id": article.id,
        "title": article.title,
        "section": article.section,
        "body": article.body.strip().replace("{日}", str(published_at.day)),
        "byline": article.byline,
        "source": article.source,
        "tags": article.tags,
        "language": article.language,
        "published_at": published_at.isoformat(timespec="seconds"),
        "correction": article.correction,
    }
    if article.picture is not None:
        message["picture"] = {
            "url": f"{pictures_url}/{article.picture}.svg",
            "caption": article.caption,
            "width": WIDTH,
            "height": HEIGHT,
        }
    return message
