"""Texts that turn the direction of writing: what they do ends with them.

Unicode has invisible characters that embed, override or isolate a direction (UAX #9: U+202A to U+202E, U+2066
to U+2069). One that is opened and not closed reorders what stands behind the text; one that is closed and was
not opened ends an isolation that the page made. So a text that holds any is isolated on a page, by the
characters made for it, with its own balanced. Feeds and data for search engines, whose readers put it beside
other texts, are told it without them. All other texts stand as sent.
"""

import re
from typing import Any, Final

from markupsafe import Markup

_CONTROLS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_FIRST_STRONG: Final = "\u2068"
_END: Final = "\u2069"
_BEGINNINGS: Final = frozenset("\u2066\u2067\u2068")


def without_controls(text: str) -> str:
    """Give a text without the characters that turn its direction."""
    return _CONTROLS.sub("", text)


def isolated(text: str) -> str:
    """Give a text that reorders nothing outside itself; most are given as they are."""
    if not _CONTROLS.search(text):
        return text
    depth = 0
    written = [_FIRST_STRONG]
    for character in text:
        if character in _BEGINNINGS:
            depth += 1
        elif character == _END:
            if depth == 0:
                continue
            depth -= 1
        written.append(character)
    # the end of an isolation ends the embeddings and overrides in it
    return "".join(written) + _END * (depth + 1)


def shown(value: Any) -> Any:
    """Isolate whatever a template writes that is text and not markup already."""
    return isolated(value) if isinstance(value, str) and not isinstance(value, Markup) else value
