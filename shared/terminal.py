"""What others wrote, on a terminal: it is shown and never obeyed."""

import re
from typing import Final

# Controls (C1 too, which some terminals obey), what turns the direction of writing or begins a line of its
# own, and halves of characters, which cannot be written; line breaks and tabs stay.
_OBEYED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_OBEYED_IN_A_LINE: Final = re.compile(f"{_OBEYED.pattern[:-1]}\t\n]")


def harmless(text: str) -> str:
    """Write out what a terminal would obey, as JSON does: of a JSON text nothing changes its meaning."""
    return _OBEYED.sub(_written_out, text)


def harmless_line(text: str) -> str:
    """Write out line breaks and tabs, too."""
    return _OBEYED_IN_A_LINE.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"
