"""IPTC ninjs 1.x, 2.x and 3.x, read as what the native format says.

An agency's item comes as it stands. What it says is only put into the native fields here; whether it may
stand is judged by the one model that judges every article, and its faults are told at the place where the
agency wrote the value.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from services.ingest.core.faults import Fault, Rejection, invalid, pointer
from services.ingest.core.field_types import LONGEST_NAME, LONGEST_TAG, Id, section_name
from services.ingest.core.mojibake import mojibake
from services.ingest.core.ninjs import others
from services.ingest.core.ninjs.items import Found, Item, field_name, item_of, tidy
from services.ingest.core.ninjs.pictures import pictures_of
from services.ingest.core.ninjs.texts import body_of, headline_of
from services.ingest.core.notes import Note

WITHHELD_UNTIL: Final = "9999-01-01T00:00:00Z"
"""A withheld text is kept unseen, without end, and takes the place of the one that stood."""
_UNSEEN: Final = "withheld"
"""Stands for what a withheld item lacks: to refuse it would leave the earlier text before the readers."""
_MOST_TAGS: Final = 100
_ID: Final[TypeAdapter[str]] = TypeAdapter(Id)

_TEXTS: Final = frozenset({"headlines", "bodies"})
"""Fields for what the native format calls title and body; so are those that begin with headline_ or body_."""
_MARKS: Final = frozenset(
    {"$standard", "standard", "pubstatus", "versioncreated", "firstcreated", "embargoed", "associations"}
)
"""Further fields by which an item without a uri is known to be ninjs all the same."""
_NOT_A_TEXT: Final = {
    "picture": "is a picture, not a text; send it as an association of the article it belongs to",
    "graphic": "is a graphic, not a text; send it as an association of the article it belongs to",
    "video": "is a video, not a text; only articles can be published here",
    "audio": "is a sound recording, not a text; only articles can be published here",
    "component": "is a part of another item; send the article that it belongs to",
    "event": "announces an event to the desk; only articles can be published here",
    "planning": "tells the desk what is planned; only articles can be published here",
}
_WITHOUT_A_BODY: Final = "is a package without a text of its own; send the text items in it one by one"


@dataclass(frozen=True, slots=True)
class Native:
    """An item as the native format would have it; `place` tells where a native pointer's value stood."""

    sent: dict[str, Any]
    place: Callable[[str], str]
    faults: tuple[Fault, ...] = ()
    """What is wrong with fields that the native format does not have, already at their places."""
    notes: tuple[Note, ...] = ()
    """What became of fields that it does not have."""


def is_ninjs(sent: dict[str, Any]) -> bool:
    """Tell whether an object is a ninjs item by its shape."""
    if sent.get("body") is not None:
        return False  # nearly all that comes; the rest of the question is not asked of it
    names = {field_name(name) for name, value in sent.items() if value is not None}
    if names & {"action", "body"}:
        return False
    texts = names & _TEXTS or any(name.startswith(("body_", "headline_")) for name in names)
    if "id" in names:
        return "uri" in names and bool(texts)
    return "uri" in names or bool(texts or names & _MARKS)


def as_native(sent: dict[str, Any], default_section: str) -> Native | Rejection:
    """Read an item as a native article or action; refuse what carries no text."""
    item = item_of(Found(sent, ""))
    faults: list[Fault] = []
    status = _status(item, faults)
    uri = _uri(item)
    article_id = Found(_article_id(uri.value), uri.pointer) if uri else None
    if status == "canceled":
        return _native({"id": article_id}, {"action": "withdraw", "reason": "other"}, item, faults)
    faults += _contradictions(sent)
    faults += others.faults_of(sent)
    body = body_of(item)
    body_seen = body is not None and bool(body.shown)
    if refusal := _no_article(item, body_seen or status == "withheld"):
        named = article_id.value if article_id else None
        return invalid([*faults, refusal], named if isinstance(named, str) else None)
    found = {
        "id": article_id,
        "uri": uri if uri and isinstance(uri.value, str) else None,
        "title": headline_of(item),
        "body": Found(body.value, body.pointer) if body else None,
        "published_at": _said(item, "firstcreated", "versioncreated"),
        "expires_at": _said(item, "expires"),
        "embargo_until": item.find("embargoed"),
        "language": _language(item),
        "byline": _byline(item),
    }
    if status == "withheld":
        found["embargo_until"] = Found(WITHHELD_UNTIL, "/pubstatus")
        found["title"] = found["title"] or Found(_UNSEEN, "")
        found["body"] = found["body"] if body_seen else Found(_UNSEEN, "")
    tags = _tags(item)
    pictures = pictures_of(item, body.value if body and body_seen else "")
    more = {
        "section": next(filter(_can_be_a_section, tags), default_section),
        "tags": tags[:_MOST_TAGS],
        "format": "html" if body and body.is_html else "plain",
        "source": next((s for s in _names(item, "infosource", "infosources") if len(s) <= LONGEST_NAME), "")
        or item.text("copyrightholder", "source", longest=LONGEST_NAME),
        "revision": item.number("version") or 0,
        "urgency": _urgency(item),
        "sponsored": others.is_paid_for(sent),
        "pictures": [picture for picture, _ in pictures],
    }
    captions = {f"/pictures/{number}/caption": place for number, (_, place) in enumerate(pictures)}
    native = _native(found, more, item, faults, captions)
    return replace(
        native, notes=(*_without_mojibake(pictures), *others.notes_of(sent, body.pointer if body else "-"))
    )


def _without_mojibake(pictures: list[tuple[dict[str, Any], str]]) -> Iterator[Note]:
    """Take out what went through a wrong encoding: no picture makes an article fail."""
    for picture, place in pictures:
        for name in ("caption", "alt", "credit"):
            if wrong := mojibake(picture.get(name) or ""):
                picture[name] = ""
                yield Note(place or "/associations", "set aside", "encoding", f"{name} {wrong}")


def named_in(sent: dict[str, Any], default_section: str) -> dict[str, Any]:
    """Give only an item's id and section, in the native format."""
    item = item_of(Found(sent, ""))
    uri = _uri(item)
    section = next(filter(_can_be_a_section, _tags(item)), default_section)
    return {"id": _article_id(uri.value) if uri else None, "section": section}


def _native(
    found: dict[str, Found | None],
    more: dict[str, Any],
    item: Item,
    faults: list[Fault],
    captions: dict[str, str] | None = None,
) -> Native:
    """Put together what an item says, and remember where it says it."""
    there = {name: one for name, one in found.items() if one}
    places = _missing_places(item) | {f"/{name}": one.pointer for name, one in there.items()}
    places |= captions or {}
    return Native(
        {name: one.value for name, one in there.items()} | more,
        lambda native: places.get(native, native),
        tuple(faults),
    )


def _missing_places(item: Item) -> dict[str, str]:
    """Tell where what the item lacks would have to stand in its version of ninjs."""
    newer = item.fields.keys() & {"headlines", "bodies", "by", "standard", "subjects", "infosources"}
    title, body = ("/headlines", "/bodies") if newer else ("/headline", "/body_text")
    return {"/id": "/uri", "/title": title, "/body": body}


def _contradictions(sent: dict[str, Any]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for name, value in sent.items():
        first = seen.setdefault(field_name(name), name)
        if value is not None and sent[first] is not None and value != sent[first]:
            yield Fault(pointer((name,)), f"differs from {first}, which is the same field; send one of them")


def _status(item: Item, faults: list[Fault]) -> str:
    found = item.find("pubstatus")
    if found is None:
        return "usable"
    status = tidy(found.value).lower()
    if status in {"canceled", "cancelled"}:
        return "canceled"
    if status not in {"usable", "withheld"}:
        faults.append(Fault(found.pointer, "must be one of usable, withheld, canceled"))
    return status


def _no_article(item: Item, has_text: bool) -> Fault | None:
    found = item.find("type")
    kind = tidy(found.value).lower() if found else ""
    if found and kind in _NOT_A_TEXT:
        return Fault(found.pointer, _NOT_A_TEXT[kind])
    if found and kind in {"composite", "package"} and not has_text:
        return Fault(found.pointer, _WITHOUT_A_BODY)
    return None


def _uri(item: Item) -> Found | None:
    # Superdesk calls it guid.
    found = item.find("uri", "guid")
    if found and isinstance(found.value, str):
        uri = found.value.strip()
        return Found(uri, found.pointer) if uri else None
    return found


def _article_id(uri: Any) -> Any:
    try:
        return _ID.validate_python(uri)
    except ValidationError:
        return sha256(uri.encode()).hexdigest()[:32] if isinstance(uri, str) else uri


def _said(item: Item, *names: str) -> Found | None:
    """Give the first of these fields that is not left empty."""
    return next((f for name in names if (f := item.find(name)) and f.value != ""), None)


def _language(item: Item) -> Found | None:
    found = _said(item, "language")
    if found and isinstance(found.value, str):
        return Found(found.value.strip().replace("_", "-"), found.pointer)
    return found


def _byline(item: Item) -> Found | None:
    listed = item.find("bylines", "authors")
    names = Found(", ".join(_names(item, "bylines", "authors")), listed.pointer) if listed else None
    return item.said("byline", "by") or names


def _names(item: Item, *fields: str) -> Iterator[str]:
    for name in fields:
        yield from filter(None, (entry.text("name", "by", "byline") for _, entry in item.entries(name)))


def _tags(item: Item) -> list[str]:
    return [name for name in dict.fromkeys(_names(item, "subject", "subjects")) if len(name) <= LONGEST_TAG]


def _can_be_a_section(name: str) -> bool:
    try:
        section_name(name)
    except ValueError:
        return False
    return True


def _urgency(item: Item) -> int | None:
    urgency = item.number("urgency")
    return urgency if urgency and urgency <= 9 else None
