"""A body whose format nobody names, and that plainly is no plain text: readers would see its tags."""

import re
from typing import Any, Final

from services.ingest.core.faults import Fault
from services.ingest.core.notes import Notes

_NAMES: Final = "p|div|h[1-6]|[uo]l|li|table|blockquote|figure|section|article|span|strong|em|b|i|a"
_TAGS: Final = re.compile(
    rf"</(?:p|div|h[1-6]|[uo]l|li|table|blockquote|figure|section|article)\s*>|<br\s*/?>|<img\s[^<>]*\bsrc\s*=|\A\s*<(?:p|div)[\s>]"
    rf"|<({_NAMES})(?:\s[^<>]*)?>[^<>]*</\1>",
    re.IGNORECASE,
)
_MARKDOWN: Final = re.compile(
    r"!?\[[^\[\]\n]{0,200}\]\(https?://|^#{1,6} \S|\*\*[^*\s][^*\n]{0,200}\*\*|^```", re.MULTILINE
)


def is_html(text: str) -> bool:
    """Tell whether a text plainly has tags of HTML."""
    return "<" in text and _TAGS.search(text) is not None


def faults(body: Any, notes: Notes) -> list[Fault]:
    """Give a fault for a body that is plainly HTML, and a note on one that looks like Markdown."""
    if not isinstance(body, str):
        return []
    if "<" in body and (found := _TAGS.search(body)):
        tag = found.group().strip()[:40]
        return [
            Fault(
                "/body",
                f"has tags of HTML ({tag}) and no format; send format html to have them read, or plain "
                "to have them shown as they are written",
            )
        ]
    if ("](" in body or "**" in body or "#" in body or "```" in body) and (found := _MARKDOWN.search(body)):
        said = found.group()[:40]
        notes.add(
            "/body",
            "used",
            "format",
            f"looks like Markdown ({said}) and is shown as plain text; send format markdown to have it read",
        )
    return []
