"""Feeds and files as a test writes them, and what becomes of them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from publisher.adapters import feeds
from publisher.adapters.files import Files, Input
from publisher.core.dates import SiteTime
from publisher.core.feed_entries import Importing
from services.ingest.core.faults import Rejection
from services.ingest.core.reading import DEFAULTS, read

ZONE: Final = ZoneInfo("Asia/Kuala_Lumpur")
NOW: Final = datetime(2026, 11, 29, tzinfo=UTC)
SITE: Final = SiteTime(ZONE, NOW)
NAMESPACES: Final = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:wp="http://wordpress.org/export/1.2/" '
    'xmlns:app="http://www.w3.org/2007/app" xmlns:thr="http://purl.org/syndication/thread/1.0" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:blogger="http://schemas.google.com/blogger/2018"'
)


@dataclass(frozen=True)
class Became:
    """What an input became: an article as it was sent, or why there is none."""

    sent: dict[str, Any]
    refused: str
    notes: list[tuple[str, str, str, str]]

    def note(self, kind: str) -> str:
        """Give all that is told of a kind, with its places."""
        return "; ".join(f"{note[0]}: {note[3]}" for note in self.notes if note[2] == kind)


def rss(inside: str, channel: str = "") -> str:
    """Write a feed of one item."""
    return (
        f'<?xml version="1.0"?><rss version="2.0" {NAMESPACES}><channel><title>河城报</title>'
        f"<link>https://r.example/</link>{channel}<item><title>题目</title><guid>https://r.example/1</guid>"
        f"{inside}</item></channel></rss>"
    )


def atom(inside: str) -> str:
    """Write a feed of one entry."""
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES}><title>河城报</title><id>tag:r</id>'
        f"<entry><title>题目</title><id>tag:r,1</id>{inside}</entry></feed>"
    )


def imported(folder: Path, content: str | bytes) -> list[Became]:
    """Import a feed."""
    path = folder / "feed.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    importing = Importing("feed", NOW, zone=ZONE)
    return [_became(one) for one in feeds.inputs(str(path), feeds.load(str(path)), importing)]


def published(folder: Path, name: str, content: str | bytes) -> Became:
    """Publish a file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (one,) = Files("地方", zone=ZONE).read(path)
    return _became(one)


def markdown(folder: Path, *fields: str, body: str = "正文在此。") -> Became:
    """Publish a Markdown file with these lines of front matter."""
    lines = "\n".join(fields)
    return published(folder, "text.md", f"---\ntitle: 题目\n{lines}\n---\n{body}\n")


def _became(one: Input) -> Became:
    if isinstance(one.value, Rejection):
        return Became({}, one.value.detail, [])
    found = read(one.value, DEFAULTS)
    faults = [*one.faults, *(found.faults if isinstance(found, Rejection) else ())]
    refused = "; ".join(f"{one.places.get(fault.pointer, fault.pointer)}: {fault.detail}" for fault in faults)
    ours = [] if isinstance(found, Rejection) else getattr(found, "notes", ())
    return Became(json.loads(one.value), refused, [tuple(note) for note in (*one.notes, *ours)])
