"""A body whose format nobody names, and that does not look like plain text: readers see its tags."""

import re
from typing import Any, Final

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
_SPELLED: Final = {"html": "HTML", "markdown": "Markdown"}


def is_html(text: str) -> bool:
    """Tell whether a text plainly has tags of HTML."""
    return "<" in text and _TAGS.search(text) is not None


_LINE_MARKUP: Final = re.compile(
    r"</?(?:b|i|u|em|strong|span|font|br|su[bp]|p|a|del|s)(?:\s[^<>]*)?/?>|&(?:amp|lt|gt|quot|nbsp|[lr]d?quo|hellip|#\d{2,5}|#x[\da-f]{2,5});",
    re.IGNORECASE,
)


def note_line(text: Any, place: str, notes: Notes) -> None:
    """Tell of a line that looks like HTML; it is shown as it is written."""
    if isinstance(text, str) and ("<" in text or "&" in text) and (found := _LINE_MARKUP.search(text)):
        notes.add(
            place,
            "used",
            "format",
            f"has {found.group()[:40]}, which readers see as it is written; write text",
        )


def note(body: Any, notes: Notes) -> None:
    """Tell of a body that looks like HTML or Markdown; it is shown as it is written."""
    if not isinstance(body, str):
        return
    if "\n" not in body and "\\n" in body:
        notes.add(
            "/body", "used", "format", "has \\n as two characters, which readers see; write a line break"
        )
    if "<" in body and (found := _TAGS.search(body)):
        said, written_in = found.group().strip(), "html"
    # one sign is found in a Chinese text twenty times as fast as two
    elif ("[" in body or "*" in body or "#" in body or "`" in body) and (found := _MARKDOWN.search(body)):
        said, written_in = found.group(), "markdown"
    else:
        return
    notes.add(
        "/body",
        "used",
        "format",
        f"looks like {_SPELLED[written_in]} ({said[:40]}) and is shown as plain text; "
        f"send format {written_in} to have it read",
    )
