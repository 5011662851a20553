"""Which texts, names and times an input may carry.

A text is kept as sent: only brought to NFC (never NFKC, which would turn full-width marks into half-width
ones) and freed of white space at its ends. A control character is a fault, not something to drop in silence.
What JSON Schema can say of these rules stands at the types, at the end.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Strict, WithJsonSchema

from services.ingest.core.characters import (
    CONTROLS,
    CONTROLS_IN_BODY,
    INVISIBLE,
    is_blank,
    no_control,
    no_control_in_body,
)

# Both ends of a line; not U+3000, with which Chinese texts indent on purpose.
_SPACE: Final = " \t\r\n"
_ID: Final = "[A-Za-z0-9._-]{1,64}"
_LANGUAGE: Final = "[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
_ADDRESS: Final = f"[Hh][Tt][Tt][Pp][Ss]?://[^{INVISIBLE}/]+(/[^{INVISIBLE}]*)?"


def _line(text: str) -> str:
    no_control(text.strip(_SPACE))
    return unicodedata.normalize("NFC", text).strip(_SPACE)


def _said(text: str) -> str:
    line = _line(text)
    if is_blank(line):
        raise ValueError("is empty; say it in a few words")
    return line


def body_text(text: str) -> str:
    """Check and normalise a body of any format; ValueError says what to change."""
    no_control_in_body(text)
    if is_blank(text):
        raise ValueError("is empty or only spaces; an article needs a text")
    return unicodedata.normalize("NFC", text)


def _article_id(text: str) -> str:
    if not re.fullmatch(_ID, text):
        raise ValueError("must be 1 to 64 of the characters A-Z a-z 0-9 . _ - (no slash, no space)")
    if set(text) == {"."} and len(text) <= 2:
        raise ValueError("must not be . or .. because the page's address would be lost")
    return text


def _title(text: str) -> str:
    line = _line(text)
    if is_blank(line):
        raise ValueError("is empty or only spaces; an article needs a title")
    if len(line) > 200:
        raise ValueError(f"is {len(line)} characters long, at most 200 are possible")
    return line


def section_name(text: str) -> str:
    """Check the name of a section, which is also its address; ValueError says what to change."""
    no_control(text)
    name = unicodedata.normalize("NFC", text)
    if not 1 <= len(name) <= 20:
        raise ValueError(f"is {len(name)} characters long, 1 to 20 are possible")
    if is_blank(name[0]) or is_blank(name[-1]):
        raise ValueError("begins or ends with a space or an invisible character; remove it")
    if "/" in name or ":" in name or set(name) == {"."}:
        raise ValueError("must not contain / or : and not be only dots, because the name is the address")
    return name


def _language(text: str) -> str:
    if not re.fullmatch(_LANGUAGE, text):
        raise ValueError("must be a language tag, for example zh-Hans, zh-Hant or en")
    return text


def _web_address(text: str) -> str:
    line = _line(text)
    if not re.fullmatch(_ADDRESS, line):
        raise ValueError("must be a web address that begins with http:// or https://, without spaces")
    return line


_DAY: Final = timedelta(days=1)
_DATE_LENGTH: Final = len("2026-11-15")


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
        example = value if len(value) > _DATE_LENGTH else f"{value}T00:00:00"
        raise ValueError(f"has no time zone; write it behind the time, for example {example}+08:00")
    try:
        # At the edge of the calendar a time has no form in UTC, or none in the zone of some site.
        in_utc = moment.astimezone(UTC)
        _ = in_utc - _DAY, in_utc + _DAY
    except OverflowError:
        raise ValueError("lies outside the calendar") from None
    # A zone with seconds, as Python writes those of old, would lose them in the event's JSON.
    offset = moment.utcoffset()
    return in_utc if offset and offset.total_seconds() % 60 else moment


def scope_name(text: str) -> str:
    """Check what a desk action reaches: all lists, or those of a section; ValueError says what to change."""
    if text != "all":
        kind, _, name = text.partition(":")
        if kind != "section":
            raise ValueError("must be all, or section: followed by a section's name")
        section_name(name)
    return unicodedata.normalize("NFC", text)


def _schema(pattern: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", **more})


def _trimmed(pattern: str) -> str:
    return rf"[ \t\r\n]*{pattern}[ \t\r\n]*"


_PRINTED: Final = f"[^{CONTROLS}]"
_SEEN: Final = f"{_PRINTED}*[^{INVISIBLE}]{_PRINTED}*"
_AT_AN_EDGE: Final = f"[^{INVISIBLE}/:]"
_SECTION: Final = f"{_AT_AN_EDGE}([^{CONTROLS}/:]{{0,18}}{_AT_AN_EDGE})?"
BODY_SCHEMA: Final = _schema(f"[^{CONTROLS_IN_BODY}]*[^{INVISIBLE}][^{CONTROLS_IN_BODY}]*")

Line = Annotated[str, Strict(), AfterValidator(_line), _schema(_trimmed(f"{_PRINTED}*"))]
SaidLine = Annotated[str, Strict(), AfterValidator(_said), _schema(_trimmed(_SEEN))]
Id = Annotated[
    str,
    Strict(),
    AfterValidator(_article_id),
    _schema(_ID, **{"not": {"enum": [".", ".."]}}),
]
Title = Annotated[str, Strict(), AfterValidator(_title), _schema(_trimmed(_SEEN), minLength=1, maxLength=200)]
SectionName = Annotated[
    str, Strict(), AfterValidator(section_name), _schema(_SECTION, **{"not": {"pattern": r"^\.+$"}})
]
ScopeName = Annotated[
    str,
    Strict(),
    AfterValidator(scope_name),
    _schema(f"(all|section:{_SECTION})", **{"not": {"pattern": r"^section:\.+$"}}),
]
Language = Annotated[str, Strict(), AfterValidator(_language), _schema(_LANGUAGE)]
WebAddress = Annotated[str, Strict(), AfterValidator(_web_address), _schema(_trimmed(_ADDRESS))]
Moment = Annotated[datetime, BeforeValidator(_moment)]
