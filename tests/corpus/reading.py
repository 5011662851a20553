"""What becomes of the texts of a corpus: read, refused, or short of letters that no note tells of."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic_core import from_json
from selectolax.lexbor import LexborHTMLParser

from publisher.adapters import feeds
from publisher.adapters.failures import CommandError
from publisher.adapters.files import Files, Input
from publisher.core.feed_entries import Importing
from services.ingest.core.bodies.markdown import as_html
from services.ingest.core.faults import Rejection
from services.ingest.core.reading import DEFAULTS, read
from services.ingest.core.submissions import Publish

KINDS: Final = {
    ".xml": "feed", ".rss": "feed", ".atom": "feed", ".rdf": "feed",
    ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html",
}  # fmt: skip
_ZONE: Final = ZoneInfo("Asia/Kuala_Lumpur")
_NOT_SHOWN: Final = (
    "script", "style", "template", "noscript", "title", "select", "textarea", "button", "iframe",
)  # fmt: skip


@dataclass
class Tally:
    """What became of the texts of one kind."""

    files: int = 0
    texts: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    lost: dict[str, str] = field(default_factory=dict)
    """Where letters are lost without a note, and which."""
    notes: Counter[str] = field(default_factory=Counter)


def tally(folder: Path) -> dict[str, Tally]:
    """Read every file of known kinds in a folder."""
    found: dict[str, Tally] = {}
    for path in sorted(folder.rglob("*")):
        if (kind := KINDS.get(path.suffix.lower())) is None or not path.is_file():
            continue
        of_kind = found.setdefault(kind, Tally())
        of_kind.files += 1
        try:
            for one in _inputs(path, kind):
                _take(one, f"{path}, {one.place}" if one.place else str(path), of_kind)
        except CommandError as error:
            of_kind.refused[str(error).replace(str(path), "")[:60]] += 1
    return found


def _inputs(path: Path, kind: str) -> Iterator[Input]:
    if kind == "feed":
        yield from feeds.inputs(
            str(path), feeds.load(str(path)), Importing("corpus", datetime.now(UTC), zone=_ZONE)
        )
    else:
        yield from Files("综合", zone=_ZONE).read(path)


def _take(one: Input, place: str, into: Tally) -> None:
    into.texts += 1
    article = one.value if isinstance(one.value, Rejection) else read(one.value, DEFAULTS)
    if isinstance(article, Rejection) or one.faults:
        faults = [*one.faults, *(article.faults if isinstance(article, Rejection) else ())]
        into.refused[faults[0].detail[:60]] += 1
        return
    if not isinstance(article, Publish) or isinstance(one.value, Rejection):
        return
    notes = (*one.notes, *article.notes)
    into.notes.update(note.kind for note in notes)
    sent = from_json(one.value)
    shown = _letters(" ".join(_strings(article.model_dump(mode="json"))))
    missing = _letters(_text(sent["body"], sent.get("format", "plain"))) - shown
    told = sum(_letters(" ".join(note.detail for note in notes)).values())
    if missing and not (told and any(note.pointer.startswith("/body") for note in notes)):
        into.lost[place] = "".join(missing.elements())[:80]


def _text(body: str, written_in: str) -> str:
    """Give what a reader of the source would see."""
    if written_in == "plain":
        return body
    tree = LexborHTMLParser(as_html(body) if written_in == "markdown" else body)
    for name in _NOT_SHOWN:
        for node in tree.css(name):
            node.decompose()
    return tree.root.text(separator=" ") if tree.root else ""


def _letters(text: str) -> Counter[str]:
    return Counter(letter for letter in text if letter.isalnum())


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
