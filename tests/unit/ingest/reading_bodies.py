"""A body as it lies in the log, with the notes that reading it leaves."""

import json
from collections.abc import Iterator
from typing import Any

from services.ingest.core.bodies import Format, read_body
from services.ingest.core.notes import Note, Notes
from shared import wire


def read(
    body: str, written_in: Format = "html", base: str = ""
) -> tuple[list[dict[str, Any]], tuple[Note, ...]]:
    """Read a body: its blocks, and what was noted."""
    notes = Notes()
    blocks = read_body(body, written_in, notes, base)
    return [json.loads(wire.encode(block)) for block in blocks], notes.told()


def blocks(body: str, written_in: Format = "html", base: str = "") -> list[dict[str, Any]]:
    """Give the blocks alone."""
    return read(body, written_in, base)[0]


def texts(body: str, written_in: Format = "html") -> list[str]:
    """Give the text of each paragraph."""
    return [block["text"] for block in blocks(body, written_in) if block["kind"] == "paragraph"]


def marked(text: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Give what is set apart of a text: the kind, the letters, and what is said of them."""
    return [
        (mark["kind"], text["text"][mark["start"] : mark["end"]], *filter(None, (mark.get("text"),)))
        for mark in text.get("marks", [])
    ]


def pictures(body: str, written_in: Format = "html", base: str = "") -> list[tuple[str, str]]:
    """Give the address and the caption of each picture."""
    found = (block["picture"] for block in blocks(body, written_in, base) if block["kind"] == "picture")
    return [(shown["url"], shown["caption"]) for shown in found]


def noted(notes: tuple[Note, ...], kind: str) -> Iterator[str]:
    """Give the details of the notes of a kind."""
    return (note.detail for note in notes if note.kind == kind)
