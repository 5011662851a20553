"""The title of a Markdown text that names none above it: a heading of level 1 that the text begins with.

What translators and editors put above it (`> …`, a list, a picture, a rule) is no text yet and stays where it
is; below a paragraph a heading is one of the text's own.
"""

import re
from typing import Final

_UNDERLINE: Final = re.compile(r" {0,3}=+[ \t]*\Z")
_ABOVE: Final = re.compile(r" {0,3}(?:[>*+-]|!?\[|<|\||\d{1,9}[.)])")
_MOST_ABOVE: Final = 50
"""Lines that may stand above it."""


def title_of(body: str) -> tuple[str, str]:
    """Give the title, empty if there is none, and the text without it."""
    lines = body.split("\n", _MOST_ABOVE)
    for number, line in enumerate(lines[:_MOST_ABOVE]):
        below, title = 0, ""
        if line.startswith(("# ", "#\t")):
            below, title = number + 1, _heading(line)
        elif line.strip() and number + 1 < len(lines) and _UNDERLINE.match(lines[number + 1]):
            below, title = number + 2, line.strip()
        if below and title:
            above = lines[:number] if any(map(str.strip, lines[:number])) else []
            return title, "\n".join((*above, *lines[below:]))
        if line.strip() and not _ABOVE.match(line):
            break
    return "", body


def _heading(line: str) -> str:
    """Give the text of a line `# …`, which may end in signs # of its own."""
    words = line[1:].strip(" \t")
    before = words.rstrip("#")
    return before.rstrip(" \t") if before[-1:] in ("", " ", "\t") else words
