"""Reading an input from bytes as what was meant.

The format is recognised by its shape: an object with `specversion` is a CloudEvent around any of the others,
one with `action` is an action, one with an agency's fields is ninjs, any other is an article. A field nobody
knows is set aside with a note, but for one that speaks of publication, and one that looks like a misspelt
one: an embargo must not be lost to a typing error.
"""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from difflib import get_close_matches
from functools import cache
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from services.ingest.core import looks, mojibake, ninjs, not_json, wrapped, xml_items
from services.ingest.core.faults import Fault, Rejection, faults_of, invalid, pointer, unreadable
from services.ingest.core.field_types import section_name
from services.ingest.core.notes import Notes
from services.ingest.core.publication import meant_for, not_for_readers, plain, speaks_of_publication
from services.ingest.core.submissions import ACTIONS, Publish, SentPicture, Submission, without_nulls

LARGEST_BYTES: Final = 1_000_000
"""Of an input; what is larger is refused."""
LARGEST_HEADERS_BYTES: Final = 100_000
"""An input is sent back home with its headers and one more; together they must stay under Kafka's limit."""
_MOST_UNKNOWN: Final = 200
"""Fields of an object that nobody knows; each is compared with those that are known."""
_LONGEST_MISSPELT: Final = 40
"""Characters of a name that may be a known one misspelt; the longest of those has 13."""

_CALLED: Final = {
    **dict.fromkeys(("headline", "subject", "heading", "articletitle", "标题"), "title"),
    **dict.fromkeys(
        (
            "content",
            "text",
            "html",
            "contenthtml",
            "bodyhtml",
            "articlebody",
            "markdown",
            "fulltext",
            "正文",
            "内容",
        ),
        "body",
    ),
    **dict.fromkeys(("category", "channel", "column", "articlesection", "栏目", "版面"), "section"),
    **dict.fromkeys(("slug", "guid", "uuid", "articleid", "postid", "id"), "id"),
}
"""What others call the fields that every article has, for who leaves them out."""
_MOST_PICTURES: Final = 100
_MOST_SHOWN: Final = 100
"""Characters that a note has of a text that is set aside."""

_ADDRESSES: Final = frozenset({"id", "uri", "guid", "url", "href", "base", "aliases", "email"})
"""Fields that are no text; an address of old may have been written in any way."""
_SEEN: Final = (Publish.model_fields.keys() | {"note", "public_note", "who", "why"}) - _ADDRESSES
"""Fields whose text somebody reads."""
_PICTURED: Final = ("associations", "renditions")
"""Of an agency's item: what is wrong with a picture is left out."""
_AS_SENT: Final[Mapping[str, str]] = {}

_SIGNS: Final = "<&[!*_`|"
"""What markup can be made slow with."""
_FEW_SIGNS: Final = 150

Headers = Sequence[tuple[str, bytes | None]]
"""Of a Kafka record, as they came."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What stands where an input leaves something open."""

    ninjs_section: str = "综合"
    """Where an agency's item stands that names no subject short enough to be a section."""
    zone: tzinfo = UTC
    """Of times in NITF and NewsML-G2 that name none."""


DEFAULTS: Final = Defaults()


def read(value: bytes | None, defaults: Defaults, headers: Headers = ()) -> Submission | Rejection:
    """Read an input's bytes as what was meant; never raises."""
    sent = parse(value, headers)
    return sent if isinstance(sent, Rejection) else understand(sent, defaults)


def parse(value: bytes | None, headers: Headers = ()) -> dict[str, Any] | Rejection:
    """Read an input's bytes as a JSON object, whatever is in it; takes time in proportion to its size."""
    size = sum(len(name) + len(content or b"") for name, content in headers)
    if size > LARGEST_HEADERS_BYTES:
        return unreadable(
            413, f"the headers have {size:,} bytes, at most {LARGEST_HEADERS_BYTES:,} are possible"
        )
    if not value:
        return unreadable(400, "the message is empty; send a JSON object")
    if len(value) > LARGEST_BYTES:
        return unreadable(
            413, f"the message has {len(value):,} bytes, at most {LARGEST_BYTES:,} are possible"
        )
    try:
        sent = from_json(value.removeprefix(b"\xef\xbb\xbf"), allow_inf_nan=False)
    except ValueError as error:
        return _parse_other(value, error)
    if isinstance(sent, dict) and "specversion" in sent:
        sent = _unwrapped(sent)
    if isinstance(sent, dict):
        if around := wrapped.around(sent):
            return unreadable(422, f"the message {around}")
        return _legible(sent, value)
    if isinstance(sent, Rejection):
        return sent
    if isinstance(sent, str) and sent.lstrip()[:1] in ("{", "["):
        return unreadable(
            422, "the message is JSON inside a JSON text; send the object itself, without quotes"
        )
    if isinstance(sent, list):
        number = f"a list of {len(sent):,}" if len(sent) != 1 else "a list"
        return unreadable(
            422,
            f"the message must be one JSON object {{ … }}, not {number}; send each by itself (from files, "
            "remen publish reads lists)",
        )
    return unreadable(422, "the message must be one JSON object { … }, not a list or a bare value")


def _parse_other(value: bytes, error: ValueError) -> dict[str, Any] | Rejection:
    """Read what is not JSON: an agency's XML, or nothing that is known."""
    if xml_items.is_xml(value):
        item = xml_items.read(value)
        return item if isinstance(item, Rejection) else _legible(item, None, item.words.places)
    said = not_json.what_it_is(value)
    return unreadable(400, f"the message {said}" if said else f"the message is not JSON (UTF-8): {error}")


def _legible(
    sent: dict[str, Any], value: bytes | None, places: Mapping[str, str] = _AS_SENT
) -> dict[str, Any] | Rejection:
    """Give what was sent, unless a text that readers would see went through a wrong encoding."""
    if value is not None and not mojibake.may_have(value, sent):
        return sent
    is_an_agencys = value is None or ninjs.is_ninjs(sent)
    seen = {name: sent[name] for name in sent if (name not in _PICTURED if is_an_agencys else name in _SEEN)}
    faults = [
        Fault(places.get(place, place), wrong)
        for text, place in _texts(seen, "")
        if _ADDRESSES.isdisjoint(place.split("/")) and (wrong := mojibake.mojibake(text))
    ]
    return replace(invalid(faults, _id(sent)), section=_section(sent)) if faults else sent


def understand(sent: dict[str, Any], defaults: Defaults) -> Submission | Rejection:
    """Read an object as what was meant; a refusal names the section that the object names."""
    native = _native(sent, defaults)
    if isinstance(native, Rejection):
        return native
    meant = _as_meant(native.sent, native.place, native.faults)
    if native.notes and isinstance(meant, Publish):
        meant = meant.with_notes((*native.notes, *meant.notes))
    return replace(meant, section=_section(native.sent)) if isinstance(meant, Rejection) else meant


def has_markup(sent: dict[str, Any]) -> bool:
    """Tell whether an object may carry markup, which can be made slow to read; nothing else can."""
    return (
        isinstance(sent, xml_items.XmlItem)
        or sent.get("format", "plain") not in (None, "plain")
        or ninjs.is_ninjs(sent)
    )


def has_little_markup(sent: dict[str, Any]) -> bool:
    """Tell whether few signs of markup are in an object's texts, and no cell that may span others."""
    texts = [text for text, _ in _texts(sent, "")]
    signs = sum(text.count(sign) for text in texts for sign in _SIGNS)
    return signs <= _FEW_SIGNS and not any("span" in text.lower() for text in texts)


def _native(sent: dict[str, Any], defaults: Defaults) -> ninjs.Native | Rejection:
    if isinstance(sent, xml_items.XmlItem):
        return sent.as_native(defaults.ninjs_section, defaults.zone)
    return ninjs.as_native(sent, defaults.ninjs_section) if ninjs.is_ninjs(sent) else ninjs.Native(sent, str)


class Outline(NamedTuple):
    """What can be told of an input before it is understood: all there is to tell if that cannot be done."""

    id: str | None = None
    section: str | None = None
    longest: str = ""
    """The place of its longest text."""

    def refused(self, why: str) -> Rejection:
        """Refuse an input that asks for too much."""
        return replace(invalid([Fault(self.longest, why, too_large=True)], self.id), section=self.section)


def outline(sent: dict[str, Any], defaults: Defaults) -> Outline:
    """Give the outline of an object that was sent."""
    is_an_agencys = isinstance(sent, xml_items.XmlItem) or ninjs.is_ninjs(sent)
    named = ninjs.named_in(sent, defaults.ninjs_section) if is_an_agencys else sent
    longest = max(_texts(sent, ""), key=lambda text: len(text[0]), default=("", ""))[1]
    return Outline(_id(named), _section(named), longest)


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield value, place
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _texts(entry, f"{place}/{index}")
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, place + pointer((name,)))


def _id(sent: dict[str, Any]) -> str | None:
    named = sent.get("id") or sent.get("article")
    return named if isinstance(named, str) else None


def _section(sent: dict[str, Any]) -> str | None:
    named = sent.get("section")
    try:
        return section_name(named) if isinstance(named, str) else None
    except ValueError:
        return None


def _unwrapped(envelope: dict[str, Any]) -> Any:
    """Give what a CloudEvent in structured mode carries; in binary mode there is nothing to unwrap."""
    if envelope["specversion"] != "1.0":
        return invalid([Fault("/specversion", "must be 1.0, the version of CloudEvents read here")], None)
    if "data" in envelope:
        data = envelope["data"]
        if isinstance(data, str):
            return unreadable(422, f"the CloudEvent's data is a text; {_data_as_text(data)}")
        return data
    if not isinstance(encoded := envelope.get("data_base64"), str):
        return unreadable(422, "the CloudEvent carries neither data nor data_base64; put the article there")
    try:
        return from_json(b64decode(encoded, validate=True), allow_inf_nan=False)
    except ValueError as error:
        return unreadable(422, f"the CloudEvent's data_base64 is not JSON in Base64: {error}")


def _data_as_text(data: str) -> str:
    if data.lstrip()[:1] == "<":
        return "put the article there as an object, or send the XML without a CloudEvent around it"
    return "put the article there as an object, not as JSON in a text"


def _as_meant(
    sent: dict[str, Any], place: Callable[[str], str], found: Sequence[Fault]
) -> Submission | Rejection:
    """Read an object by the shape it asks for; `place` tells where what a pointer names really stands."""
    sent = without_nulls(sent)
    article_id = _id(sent)
    shape: type[Submission] = Publish
    if "action" in sent:
        action = sent["action"]
        if not isinstance(action, str) or action not in ACTIONS:
            return invalid([Fault("/action", f"must be one of {', '.join(ACTIONS)}")], article_id)
        shape = ACTIONS[action]
    faults: list[Fault] = []
    notes = Notes()
    known = _fields(shape)
    if not sent.keys() <= known:
        unknown = {name: value for name, value in sent.items() if name not in known}
        faults += _misspelt(unknown, known - sent.keys())
        if shape is Publish:
            faults += not_for_readers(unknown)
        for name in unknown:
            if not speaks_of_publication(name, sent[name]):
                said = f"{name} {_shown(sent[name])}".rstrip()
                notes.add(pointer((name,)), "set aside", "field", f"{said} is not a field of an article")
    if shape is Publish and ("picture" in sent or "pictures" in sent):
        _note_the_rest_of_pictures(sent, notes)
    if shape is Publish:
        looks.note_line(sent.get("title"), "/title", notes)
        if "format" not in sent:
            looks.note(sent.get("body"), notes)
    try:
        submission = shape.model_validate(sent, context=notes)
    except ValidationError as error:
        faults += faults_of(error)
    if found or faults:
        placed = (replace(fault, pointer=place(fault.pointer)) for fault in faults)
        return invalid([*found, *placed], article_id)
    if notes and isinstance(submission, Publish):
        told = (note._replace(pointer=place(note.pointer)) for note in notes.told())
        return submission.with_notes(tuple(told))
    return submission


def _note_the_rest_of_pictures(sent: dict[str, Any], notes: Notes) -> None:
    several = sent.get("pictures")
    listed = enumerate(several[:_MOST_PICTURES]) if isinstance(several, list) else ()
    pictures = [(("picture",), sent.get("picture")), *((("pictures", at), one) for at, one in listed)]
    for place, picture in pictures:
        if isinstance(picture, dict):
            looks.note_line(picture.get("caption"), pointer((*place, "caption")), notes)
        for name in picture if isinstance(picture, dict) else ():
            if name not in SentPicture.model_fields and picture[name] not in (None, "", [], {}):
                said = f"{name} {_shown(picture[name])}".rstrip()
                notes.add(
                    pointer((*place, name)), "set aside", "field", f"{said} is not a field of a picture"
                )


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return repr(value[:_MOST_SHOWN])
    if not value or isinstance(value, bool):
        return ""
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= _MOST_SHOWN else said[:_MOST_SHOWN] + "…"


@cache
def _fields(shape: type[Submission]) -> frozenset[str]:
    """Name all that may stand in an object of this shape."""
    return frozenset({field.alias or name for name, field in shape.model_fields.items()} | {"action"})


def _misspelt(unknown: dict[str, Any], absent: frozenset[str]) -> list[Fault]:
    if len(unknown) > _MOST_UNKNOWN:
        return [Fault("", f"has {len(unknown):,} unknown fields, at most {_MOST_UNKNOWN} are possible")]
    faults = []
    doubtful = (name for name, value in unknown.items() if not speaks_of_publication(name, value))
    for name in sorted(name for name in doubtful if len(name) <= _LONGEST_MISSPELT):
        known = meant_for(name) or _CALLED.get(plain(name))
        if (
            known in absent
            and unknown[name] not in (False, "")
            and not isinstance(unknown[name], list | dict)
        ):
            faults.append(Fault(pointer((name,)), f"unknown field; did you mean {known}?"))
            continue
        for meant in get_close_matches(name, absent - {"action"}, n=1, cutoff=0.85):
            faults.append(Fault(pointer((name,)), f"unknown field; did you mean {meant}?"))
    return faults
