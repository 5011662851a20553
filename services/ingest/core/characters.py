"""Which characters are controls, and of which nothing is visible."""

import re
from typing import Final

CONTROLS: Final = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
CONTROLS_IN_BODY: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
# Spaces, format and control characters (Unicode's Z*, Cf, Cc), written as Python and ECMAScript both read it.
INVISIBLE: Final = (
    r"\x00-\x20\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1680\u180e\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff\ufff9-\ufffb"
)
# Of the rest of Unicode; ECMAScript reads it only in patterns that are marked so, so no schema has it.
_INVISIBLE_TOO: Final = (
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f"
)
_CONTROL: Final = re.compile(f"[{CONTROLS}]")
_CONTROL_IN_BODY: Final = re.compile(f"[{CONTROLS_IN_BODY}]")
_VISIBLE: Final = re.compile(f"[^{INVISIBLE}{_INVISIBLE_TOO}]")


def is_blank(text: str) -> bool:
    """Tell whether nothing of a text is visible: only spaces and format characters."""
    return _VISIBLE.search(text) is None


def no_control(text: str) -> None:
    """Check that a line has no control characters; ValueError says what to change."""
    _no_control(text, _CONTROL)


def no_control_in_body(text: str) -> None:
    """Check that a text of several lines has no control characters; ValueError says what to change."""
    _no_control(text, _CONTROL_IN_BODY)


def _no_control(text: str, pattern: re.Pattern[str]) -> None:
    found = pattern.search(text)
    if found:
        raise ValueError(
            f"contains the control character U+{ord(found.group()):04X} at character {found.start() + 1}; "
            "remove it"
        )
