"""Which texts, names and times an input may carry.

A text is kept as sent: only brought to NFC (never NFKC, which would turn full-width marks into half-width
ones) and freed of white space at its ends. A control character is a fault, not something to drop in silence.
"""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Strict

MOST_LINES: Final = 5_000
"""Of a body: each becomes a block, and what is written of an article must stay near the size of what came."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_BODY: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Both ends of a line; not U+3000, with which Chinese texts indent on purpose.
_SPACE: Final = " \t\r\n"
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")


def _no_control(text: str, pattern: re.Pattern[str]) -> None:
    found = pattern.search(text)
    if found:
        raise ValueError(
            f"contains the control character U+{ord(found.group()):04X} at character {found.start() + 1}; "
            "remove it"
        )


def _is_blank(text: str) -> bool:
    """Tell whether nothing of a text is visible: only spaces and format characters."""
    return all(unicodedata.category(character) in {"Zs", "Zl", "Zp", "Cc", "Cf"} for character in text)


def _line(text: str) -> str:
    _no_control(text.strip(_SPACE), _CONTROL)
    return unicodedata.normalize("NFC", text).strip(_SPACE)


def _said(text: str) -> str:
    line = _line(text)
    if _is_blank(line):
        raise ValueError("is empty; say it in a few words")
    return line


def _body(text: str) -> str:
    _no_control(text, _CONTROL_IN_BODY)
    if _is_blank(text):
        raise ValueError("is empty or only spaces; an article needs a text")
    if (lines := len(text.splitlines())) > MOST_LINES:
        raise ValueError(f"has {lines:,} lines, at most {MOST_LINES:,} are possible")
    return unicodedata.normalize("NFC", text)


def _article_id(text: str) -> str:
    if not _ID.match(text):
        raise ValueError("must be 1 to 64 of the characters A-Z a-z 0-9 . _ - (no slash, no space)")
    if set(text) == {"."} and len(text) <= 2:
        raise ValueError("must not be . or .. because the page's address would be lost")
    return text


def _title(text: str) -> str:
    line = _line(text)
    if _is_blank(line):
        raise ValueError("is empty or only spaces; an article needs a title")
    if len(line) > 200:
        raise ValueError(f"is {len(line)} characters long, at most 200 are possible")
    return line


def section_name(text: str) -> str:
    """Check the name of a section, which is also its address; ValueError says what to change."""
    _no_control(text, _CONTROL)
    name = unicodedata.normalize("NFC", text)
    if not 1 <= len(name) <= 20:
        raise ValueError(f"is {len(name)} characters long, 1 to 20 are possible")
    if name != name.strip() or _is_blank(name):
        raise ValueError("begins or ends with a space, or is only spaces; remove them")
    if "/" in name or ":" in name or set(name) == {"."}:
        raise ValueError("must not contain / or : and not be only dots, because the name is the address")
    return name


def _language(text: str) -> str:
    if not _LANGUAGE.match(text):
        raise ValueError("must be a language tag, for example zh-Hans, zh-Hant or en")
    return text


def _web_address(text: str) -> str:
    line = _line(text)
    if not re.match(r"https?://[^\s/]+(/\S*)?\Z", line, re.IGNORECASE):
        raise ValueError("must be a web address that begins with http:// or https://, without spaces")
    return line


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a time in quotes, for example 2026-11-15T18:30:00+08:00")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("is no time, for example 2026-11-15T18:30:00+08:00") from None
    if moment.tzinfo is None:
        raise ValueError(f"has no time zone; write it behind the time, for example {value}+08:00")
    try:
        # Years at the edge of the calendar have no UTC form and could not be compared.
        moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the calendar") from None
    return moment


Line = Annotated[str, Strict(), AfterValidator(_line)]
SaidLine = Annotated[str, Strict(), AfterValidator(_said)]
BodyText = Annotated[str, Strict(), AfterValidator(_body)]
Id = Annotated[str, Strict(), AfterValidator(_article_id)]
Title = Annotated[str, Strict(), AfterValidator(_title)]
SectionName = Annotated[str, Strict(), AfterValidator(section_name)]
Language = Annotated[str, Strict(), AfterValidator(_language)]
WebAddress = Annotated[str, Strict(), AfterValidator(_web_address)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
