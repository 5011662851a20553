"""The shapes of what a publisher or an editor may send, and reading one from bytes.

The format is recognised by its shape: an object with `specversion` is a CloudEvent around any of the others,
one with `action` is an action, any other is an article. A field nobody knows is ignored, unless it looks like
a misspelt one: an embargo must not be lost to a typing error.
"""

from base64 import b64decode
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError, model_validator
from pydantic_core import from_json

from services.ingest.core.faults import Fault, Rejection, faults_of, invalid, pointer, unreadable
from services.ingest.core.words import (
    BodyText,
    Id,
    Language,
    Line,
    Moment,
    SaidLine,
    SectionName,
    Title,
    WebAddress,
)
from shared.events import WithdrawReason

LARGEST_BYTES: Final = 1_000_000
"""Of an input; what is larger is refused."""

Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class SentPicture(_Sent):
    """A picture by address."""

    url: WebAddress
    caption: Line = ""
    alt: Line = ""
    credit: Line = ""
    width: Annotated[Whole, Field(ge=1, le=100_000)] | None = None
    height: Annotated[Whole, Field(ge=1, le=100_000)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, sent: Any) -> Any:
        return _without_nulls(sent) if isinstance(sent, dict) else sent


class Publish(_Sent):
    """An article in the native format."""

    id: Id
    title: Title
    section: SectionName
    body: BodyText
    format: Literal["plain"] = "plain"
    picture: SentPicture | None = None
    pictures: Annotated[tuple[SentPicture, ...], Field(max_length=100)] = ()
    byline: Line = ""
    source: Line = ""
    tags: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    language: Language = "zh-Hans"
    published_at: Moment | None = None
    revision: Annotated[Whole, Field(ge=0, lt=2**53)] = 0
    embargo_until: Moment | None = None
    expires_at: Moment | None = None
    sponsored: Flag = False
    sensitive: Flag = False
    correction: Line = ""


class Withdraw(_Sent):
    """Take an article down, whether it is known or not."""

    id: Id
    reason: WithdrawReason
    note: Line = ""


class Reinstate(_Sent):
    """Lift a withdrawal for the next publish."""

    id: Id


class _Desk(_Sent):
    article: Id
    scope: Line = "all"
    who: SaidLine
    why: SaidLine

    @property
    def id(self) -> str:
        """The article that the action is about."""
        return self.article

    @model_validator(mode="after")
    def _scope_exists(self) -> "_Desk":
        if self.scope != "all" and not (self.scope.startswith("section:") and self.scope != "section:"):
            raise ValueError("scope must be all, or section: followed by a section's name")
        return self


class Pin(_Desk):
    """Hold an article at a place of a list."""

    position: Annotated[Whole, Field(ge=1, le=100)] = 1
    until: Moment | None = None


class Ban(_Desk):
    """Keep an article out of a list."""

    until: Moment | None = None


class Release(_Desk):
    """Lift a pin or a ban."""


Submission = Publish | Withdraw | Reinstate | Pin | Ban | Release

ACTIONS: Final[dict[str, type[Withdraw | Reinstate | Pin | Ban | Release]]] = {
    "withdraw": Withdraw,
    "reinstate": Reinstate,
    "pin": Pin,
    "ban": Ban,
    "release": Release,
}


def read(value: bytes | None) -> Submission | Rejection:
    """Read an input's bytes as what was meant; never raises."""
    if not value:
        return unreadable(400, "the message is empty; send a JSON object")
    if len(value) > LARGEST_BYTES:
        return unreadable(
            413, f"the message has {len(value):,} bytes, at most {LARGEST_BYTES:,} are possible"
        )
    try:
        sent = from_json(value.removeprefix(b"\xef\xbb\xbf"), allow_inf_nan=False)
    except ValueError as error:
        return unreadable(400, f"the message is not JSON (UTF-8): {error}")
    if isinstance(sent, dict) and "specversion" in sent:
        sent = _unwrapped(sent)
    if isinstance(sent, Rejection):
        return sent
    if not isinstance(sent, dict):
        return unreadable(422, "the message must be one JSON object { … }, not a list or a bare value")
    return _as_meant(sent)


def _unwrapped(envelope: dict[str, Any]) -> Any:
    """Give what a CloudEvent in structured mode carries; in binary mode there is nothing to unwrap."""
    if "data" in envelope:
        return envelope["data"]
    if not isinstance(encoded := envelope.get("data_base64"), str):
        return unreadable(422, "the CloudEvent carries neither data nor data_base64; put the article there")
    try:
        return from_json(b64decode(encoded, validate=True), allow_inf_nan=False)
    except ValueError as error:
        return unreadable(422, f"the CloudEvent's data_base64 is not JSON in Base64: {error}")


def _as_meant(sent: dict[str, Any]) -> Submission | Rejection:
    sent = _without_nulls(sent)
    named = sent.get("id", sent.get("article"))
    article_id = named if isinstance(named, str) else None
    shape: type[Submission] = Publish
    if "action" in sent:
        action = sent["action"]
        if not isinstance(action, str) or action not in ACTIONS:
            return invalid([Fault("/action", f"must be one of {', '.join(ACTIONS)}")], article_id)
        shape = ACTIONS[action]
    faults = _misspelt(sent, shape)
    try:
        submission = shape.model_validate(sent)
    except ValidationError as error:
        faults += faults_of(error)
    return invalid(faults, article_id) if faults else submission


def _without_nulls(sent: dict[str, Any]) -> dict[str, Any]:
    """A null is an absent field."""
    return {name: value for name, value in sent.items() if value is not None}


def _misspelt(sent: dict[str, Any], shape: type[Submission]) -> list[Fault]:
    known = shape.model_fields.keys()
    absent = known - sent.keys()
    faults = []
    for name in sorted(sent.keys() - known - {"action"}):
        for meant in get_close_matches(name, absent, n=1, cutoff=0.85):
            faults.append(Fault(pointer((name,)), f"is no field; is {meant} meant?"))
    return faults
