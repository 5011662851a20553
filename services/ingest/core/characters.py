"""Which characters are controls, of which nothing is visible, and which may stand on one another.

To bring marks that stand on one letter into Unicode's order takes time that grows with the square of their
number, in every implementation. So a text may have as many in a row as Unicode's stream-safe texts (UAX #15),
more than any writing needs, and is checked for it before it is normalised.
"""

import re
from typing import Final
from unicodedata import combining

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
MOST_MARKS: Final = 30
"""On one letter."""
# Where Unicode has combining characters; letters stand between them, so each hit is looked at closely.
_MARKS: Final = (
    r"\u0300-\u036f\u0483-\u0487\u0591-\u1dff\u20d0-\u20f0\u2cef-\u2cf1\u2d7f\u2de0-\u2dff\u302a-\u302f\u3099"
    "\u309a\ua66f-\ua6f1\ua806-\uabed\ufb1e\ufe20-\ufe2f\U000101fd-\U0001e94a"
)


def _sound(controls: str) -> re.Pattern[str]:
    """Match a text that has neither controls nor marks: nearly every text."""
    written = (controls + _MARKS).encode("ascii", "backslashreplace").decode("unicode_escape")
    spans = re.findall("(?s)(.)(?:-(.))?", written)
    ranges = sorted((ord(first), ord(last or first)) for first, last in spans)
    starts = [0, *(last + 1 for _, last in ranges)]
    ends = [*(first - 1 for first, _ in ranges), 0x10FFFF]
    # a class that names what it takes is gone through in half the time of one that names what it does not
    named = "".join(rf"\U{a:08x}-\U{b:08x}" for a, b in zip(starts, ends, strict=True) if a <= b)
    return re.compile(rf"[{named}]*+\Z")


def _unfit(controls: str) -> re.Pattern[str]:
    # one class in front, so that a text is gone through once
    stack = rf"(?<=[{_MARKS}])[{_MARKS}]{{{MOST_MARKS}}}"
    return re.compile(rf"[{controls}{_MARKS}](?:(?<=[{controls}])|{stack})")


_SOUND: Final = _sound(CONTROLS)
_SOUND_IN_BODY: Final = _sound(CONTROLS_IN_BODY)
_UNFIT: Final = _unfit(CONTROLS)
_UNFIT_IN_BODY: Final = _unfit(CONTROLS_IN_BODY)
_TURNS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of writing, until one that ends it (UAX #9)."""
_ENDS: Final = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c") | dict.fromkeys(
    "\u2066\u2067\u2068", "\u2069"
)
_VISIBLE: Final = re.compile(f"[^{INVISIBLE}{_INVISIBLE_TOO}]")


def is_blank(text: str) -> bool:
    """Tell whether nothing of a text is visible: only spaces and format characters."""
    return _VISIBLE.search(text) is None


def no_control(text: str) -> None:
    """Check that a line has no controls and too many marks nowhere; ValueError says what to change."""
    if not _SOUND.match(text) and (found := _UNFIT.search(text)):
        _refuse(found, CONTROLS)


def no_control_in_body(text: str) -> None:
    """Check the same of a text of several lines."""
    if not _SOUND_IN_BODY.match(text) and (found := _UNFIT_IN_BODY.search(text)):
        _refuse(found, CONTROLS_IN_BODY)


def no_open_direction(text: str) -> None:
    """Check that a line turns no direction of writing beyond its own end; ValueError says what to change."""
    if text.isprintable():
        return
    opened: list[re.Match[str]] = []
    for found in _TURNS.finditer(text):
        if found.group() in _ENDS:
            opened.append(found)
        elif opened and _ENDS[opened[-1].group()] == found.group():
            opened.pop()
        else:
            opened = [found]
            break
    if opened:
        raise ValueError(
            f"contains U+{ord(opened[0].group()):04X} at character {opened[0].start() + 1}, which turns the "
            "direction of writing, without its counterpart; remove it"
        )


def _refuse(unfit: re.Match[str], controls: str) -> None:
    found: re.Match[str] | None = unfit
    if len(unfit.group()) > 1:
        _no_stack(unfit.string)
        found = re.search(f"[{controls}]", unfit.string)
    if found:
        raise ValueError(
            f"contains the control character U+{ord(found.group()):04X} at character {found.start() + 1}; "
            "remove it"
        )


def _no_stack(text: str) -> None:
    marks = 0
    for place, character in enumerate(text):
        marks = marks + 1 if combining(character) else 0
        if marks > MOST_MARKS:
            raise ValueError(
                f"has more than {MOST_MARKS} combining marks in a row before character {place + 1}; "
                "remove some"
            )
