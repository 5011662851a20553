"""Which texts, names and times an input may carry.

A text is kept as sent: only brought to NFC (never NFKC, which would turn full-width marks into half-width
ones) and freed of white space at its ends. A control character is a fault, not something to drop in silence.
Every text has a greatest length, and no rule takes longer than in proportion to what it is given.
What JSON Schema can say of these rules stands at the types, at the end.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Strict, ValidationInfo, WithJsonSchema

from services.ingest.core.addresses import LONGEST as LONGEST_ADDRESS
from services.ingest.core.addresses import WEB_ADDRESS, web_address
from services.ingest.core.characters import (
    CONTROLS,
    CONTROLS_IN_BODY,
    INVISIBLE,
    is_blank,
    no_control,
    no_control_in_body,
    no_open_direction,
)
from services.ingest.core.notes import Notes
from shared.events import FRONT_SLOTS

# Both ends of a line; not U+3000, with which Chinese texts indent on purpose.
_SPACE: Final = " \t\r\n"
_ID: Final = "[A-Za-z0-9._-]{1,64}"
_WHOLE_ID: Final = re.compile(_ID)
_ALIAS: Final = f"({_ID}|/[^{INVISIBLE}#]*)"
_LANGUAGE: Final = "[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*"
_LONGEST_LANGUAGE: Final = 35
LONGEST_TAG: Final = 50
LONGEST_NAME: Final = 200
"""Characters of what names somebody or something: a byline, a credit."""
LONGEST_LINE: Final = 2_000
"""Characters of what is said in a line: a caption, a correction."""


def _line(text: str, longest: int = LONGEST_LINE) -> str:
    no_control(text.strip(_SPACE))
    no_open_direction(text)
    line = unicodedata.normalize("NFC", text).strip(_SPACE)
    if len(line) > longest:
        raise ValueError(f"is {len(line):,} characters long, at most {longest:,} are possible")
    return line


def _said(line: str) -> str:
    if is_blank(line):
        raise ValueError("is empty; say it in a few words")
    return line


def no_long_caption(text: str, kind: str = "caption") -> None:
    """Check what a body says of a picture or the like; ValueError says what to change."""
    no_open_direction(text)
    if len(text) > LONGEST_LINE:
        raise ValueError(f"has a {kind} of {len(text):,} characters, at most {LONGEST_LINE:,} are possible")


def body_text(text: str) -> str:
    """Check and normalise a body of any format; ValueError says what to change."""
    no_control_in_body(text)
    if is_blank(text):
        raise ValueError("is empty or only spaces; an article needs a text")
    return unicodedata.normalize("NFC", text)


def _article_id(text: str) -> str:
    if not _WHOLE_ID.fullmatch(text):
        raise ValueError("must be 1 to 64 of the characters A-Z a-z 0-9 . _ - (no slash, no space)")
    if text in (".", ".."):
        raise ValueError("must not be . or .. because the page's address would be lost")
    return text


def _alias(text: str) -> str:
    if len(text) > LONGEST_ADDRESS or not re.fullmatch(_ALIAS, text):
        raise ValueError(
            "must be a former id, or a path that begins with / and has no spaces, of at most "
            f"{LONGEST_ADDRESS:,} characters"
        )
    return text


def _title(text: str) -> str:
    line = _line(text, 200)
    if is_blank(line):
        raise ValueError("is empty or only spaces; an article needs a title")
    return line


def section_name(text: str) -> str:
    """Check the name of a section, which is also its address; ValueError says what to change."""
    no_control(text)
    no_open_direction(text)
    name = unicodedata.normalize("NFC", text)
    if not 1 <= len(name) <= 20:
        raise ValueError(f"is {len(name)} characters long, 1 to 20 are possible")
    if is_blank(name[0]) or is_blank(name[-1]):
        raise ValueError("begins or ends with a space or an invisible character; remove it")
    if "/" in name or ":" in name or not name.strip("."):
        raise ValueError("must not contain / or : and not be only dots, because the name is the address")
    return name


_NO_LANGUAGES: Final = {
    "cn": "zh-Hans",
    "zh-chs": "zh-Hans",
    "tw": "zh-Hant",
    "hk": "zh-Hant",
    "zh-cht": "zh-Hant",
    "jp": "ja",
    "kr": "ko",
}
"""Countries, and names of old, that are written in the place of a language."""


def _language(text: str, info: ValidationInfo) -> str:
    if len(text) > _LONGEST_LANGUAGE or not re.fullmatch(_LANGUAGE, text):
        raise ValueError("must be a language tag, for example zh-Hans, zh-Hant or en")
    tag = text.replace("_", "-")
    tag = _NO_LANGUAGES.get(tag.lower(), tag)
    if tag != text and isinstance(info.context, Notes):
        info.context.add("/language", "changed", "language", f"{text} is written {tag}")
    return tag


def _web_address(text: str) -> str:
    address = web_address(_line(text, LONGEST_ADDRESS))
    if address is None:
        raise ValueError(
            "must be a web address that begins with http:// or https://, without spaces, of at most "
            f"{LONGEST_ADDRESS:,} characters"
        )
    return address


_DAY: Final = timedelta(days=1)
_DATE_LENGTH: Final = len("2026-11-15")
_LONGEST_TIME: Final = 50


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a time in quotes, for example 2026-11-15T18:30:00+08:00")
    try:
        moment = datetime.fromisoformat(value if len(value) <= _LONGEST_TIME else "")
    except ValueError:
        raise ValueError("is not a valid time; write it like 2026-11-15T18:30:00+08:00") from None
    if moment.tzinfo is None:
        example = value if len(value) > _DATE_LENGTH else f"{value}T00:00:00"
        raise ValueError(f"has no time zone; write it after the time, for example {example}+08:00")
    try:
        # at the edge of the calendar a time has no form in UTC, or none in the zone of some site
        in_utc = moment.astimezone(UTC)
        _ = in_utc - _DAY, in_utc + _DAY
    except OverflowError:
        raise ValueError("lies outside the calendar") from None
    # a zone with seconds, as Python writes those of old, would lose them in the event's JSON.
    offset = moment.utcoffset()
    return in_utc if offset and offset.total_seconds() % 60 else moment


_ZEROS: Final = frozenset({(1970, 1, 1), (1900, 1, 1), (1899, 12, 30), (1601, 1, 1)})
"""Where the clocks of Unix, databases, spreadsheets and Windows begin, at midnight."""

_BEGIN_SO: Final = ("0000-", "0001-", "1970-01-01", "1969-12-31", "1900-01", "1899-12", "1601-01", "1600-12")
"""How they are written in any zone; in the year 1 Go's time begins."""


def no_zero(value: Any, info: ValidationInfo) -> Any:
    """Give a date as it was sent; None, with a note, for one that is only where a clock begins."""
    if not isinstance(value, str) or not value.startswith(_BEGIN_SO):
        return value
    if value[:4] not in ("0000", "0001"):
        try:
            local = datetime.fromisoformat(value)
        except ValueError:
            return value
        moments = (local, local.astimezone(UTC)) if local.tzinfo else (local,)
        if not any((at.year, at.month, at.day) in _ZEROS and not (at.hour or at.minute) for at in moments):
            return value
    if isinstance(info.context, Notes):
        told = f"{value[:_LONGEST_TIME]!r} is the zero of a clock and no date"
        info.context.add(f"/{info.field_name}", "set aside", "date", told)
    return None


def scope_name(text: str) -> str:
    """Check what a desk action reaches: all lists, or those of a section; ValueError says what to change."""
    if text != "all":
        kind, _, name = text.partition(":")
        if kind != "section":
            raise ValueError("must be all, or section: followed by a section's name")
        section_name(name)
    return unicodedata.normalize("NFC", text)


def slot_name(text: str) -> str:
    """Check where an article is put: on the front page or a section's; ValueError says what to change."""
    if text not in FRONT_SLOTS:
        kind, _, name = text.partition(":")
        if kind != "section":
            raise ValueError(f"must be {', '.join(FRONT_SLOTS)}, or section: followed by a section's name")
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


def _line_of(longest: int) -> AfterValidator:
    return AfterValidator(partial(_line, longest=longest))


def _line_schema(longest: int) -> WithJsonSchema:
    return _schema(_trimmed(f"{_PRINTED}*"), maxLength=longest)


def _said_schema(longest: int) -> WithJsonSchema:
    return _schema(_trimmed(_SEEN), minLength=1, maxLength=longest)


Line = Annotated[str, Strict(), _line_of(LONGEST_LINE), _line_schema(LONGEST_LINE)]
Name = Annotated[str, Strict(), _line_of(LONGEST_NAME), _line_schema(LONGEST_NAME)]
Tag = Annotated[str, Strict(), _line_of(LONGEST_TAG), _line_schema(LONGEST_TAG)]
Uri = Annotated[str, Strict(), _line_of(LONGEST_ADDRESS), _line_schema(LONGEST_ADDRESS)]
SaidLine = Annotated[Line, AfterValidator(_said), _said_schema(LONGEST_LINE)]
SaidName = Annotated[Name, AfterValidator(_said), _said_schema(LONGEST_NAME)]
Alias = Annotated[str, Strict(), AfterValidator(_alias), _schema(_ALIAS, maxLength=LONGEST_ADDRESS)]
Id = Annotated[
    str,
    Strict(),
    AfterValidator(_article_id),
    _schema(_ID, **{"not": {"enum": [".", ".."]}}),
]
Title = Annotated[str, Strict(), AfterValidator(_title), _said_schema(200)]
SectionName = Annotated[
    str, Strict(), AfterValidator(section_name), _schema(_SECTION, **{"not": {"pattern": r"^\.+$"}})
]
ScopeName = Annotated[
    str,
    Strict(),
    AfterValidator(scope_name),
    _schema(f"(all|section:{_SECTION})", **{"not": {"pattern": r"^section:\.+$"}}),
]
SlotName = Annotated[
    str,
    Strict(),
    AfterValidator(slot_name),
    _schema(f"({'|'.join(FRONT_SLOTS)}|section:{_SECTION})", **{"not": {"pattern": r"^section:\.+$"}}),
]
Language = Annotated[
    str, Strict(), AfterValidator(_language), _schema(_LANGUAGE, maxLength=_LONGEST_LANGUAGE)
]
WebAddress = Annotated[
    str, Strict(), AfterValidator(_web_address), _schema(_trimmed(WEB_ADDRESS), maxLength=LONGEST_ADDRESS)
]
Moment = Annotated[datetime, BeforeValidator(_moment)]
