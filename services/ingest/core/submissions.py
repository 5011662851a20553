"""The shapes of what a publisher or an editor may send, and reading one from bytes.

The format is recognised by its shape: an object with `specversion` is a CloudEvent around any of the others,
one with `action` is an action, any other is an article. A field nobody knows is ignored, unless it looks like
a misspelt one: an embargo must not be lost to a typing error.
"""

from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetPydanticSchema,
    Strict,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema, from_json

from services.ingest.core import ninjs
from services.ingest.core.bodies import Format, read_body
from services.ingest.core.faults import Fault, Rejection, faults_of, invalid, pointer, unreadable
from services.ingest.core.words import (
    BODY_SCHEMA,
    Id,
    Language,
    Line,
    Moment,
    SaidLine,
    ScopeName,
    SectionName,
    Title,
    WebAddress,
)
from shared.events import Block, WithdrawReason

LARGEST_BYTES: Final = 1_000_000
"""Of an input; what is larger is refused."""
LARGEST_HEADERS_BYTES: Final = 100_000
"""An input is sent back home with its headers and one more; together they must stay under Kafka's limit."""

EVERY_ARTICLE: Final = "*"
"""In place of an id where an action is about all articles; no id has the sign."""

Headers = Sequence[tuple[str, bytes | None]]
"""Of a Kafka record, as they came."""


def _whole(number: object) -> object:
    # JSON knows one kind of number: 3.0 is a whole one
    return int(number) if isinstance(number, float) and number.is_integer() else number


_WHOLE: Final = BeforeValidator(_whole)
Flag = Annotated[bool, Strict()]


@dataclass(frozen=True, slots=True)
class House:
    """What this newsroom has settled for what comes without it."""

    ninjs_section: str = "综合"
    """Where an agency's item stands that names no subject short enough to be a section."""


UNSETTLED: Final = House()


def _blocks(body: object, info: ValidationInfo) -> tuple[Block, ...]:
    if not isinstance(body, str):
        raise PydanticCustomError("string_type", "must be text")
    # without a format the fault is there, and the body is only looked over
    return read_body(body, info.data.get("format", "plain"))


Body = Annotated[
    tuple[Block, ...],
    # in place of the blocks' own schema, which is no part of what a publisher sends
    GetPydanticSchema(lambda *_: core_schema.with_info_plain_validator_function(_blocks)),
    BODY_SCHEMA,
]


def _as_sent(schema: dict[str, Any], shape: type[BaseModel]) -> None:
    """Say in a shape's JSON Schema what `read` sees to: a null is an absent field, an action names itself."""
    schema["additionalProperties"] = True
    fields = schema["properties"]
    for name in fields.keys() - set(schema["required"]):
        if "anyOf" not in (field := fields[name]):
            said = {word: field.pop(word) for word in ("title", "default") if word in field}
            fields[name] = {"anyOf": [field, {"type": "null"}], **said}
    action = next((name for name, acting in ACTIONS.items() if acting is shape), None)
    if action is not None:
        schema["properties"] = {"action": {"const": action}} | fields
        schema["required"].insert(0, "action")
    elif shape is Publish:
        schema["not"] = {"properties": {"action": {}}, "required": ["action"]}


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra=_as_sent)


class SentPicture(_Sent):
    """A picture by address."""

    url: WebAddress
    caption: Line = ""
    alt: Line = ""
    credit: Line = ""
    width: Annotated[int, Strict(), Field(ge=1, le=100_000), _WHOLE] | None = None
    height: Annotated[int, Strict(), Field(ge=1, le=100_000), _WHOLE] | None = None

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, sent: Any) -> Any:
        return _without_nulls(sent) if isinstance(sent, dict) else sent


class Publish(_Sent):
    """An article in the native format."""

    id: Id
    title: Title
    section: SectionName
    format: Format = "plain"
    body: Body
    picture: SentPicture | None = None
    pictures: Annotated[tuple[SentPicture, ...], Field(max_length=100)] = ()
    byline: Line = ""
    source: Line = ""
    tags: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    language: Language = "zh-Hans"
    published_at: Moment | None = None
    revision: Annotated[int, Strict(), Field(ge=0, lt=2**53), _WHOLE] = 0
    embargo_until: Moment | None = None
    expires_at: Moment | None = None
    sponsored: Flag = False
    sensitive: Flag = False
    correction: Line = ""
    uri: Line = ""
    urgency: Annotated[int, Strict(), Field(ge=1, le=9), _WHOLE] | None = None


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
    scope: ScopeName = "all"
    who: SaidLine
    why: SaidLine

    @property
    def id(self) -> str:
        """The article that the action is about."""
        return self.article


class Pin(_Desk):
    """Hold an article at a place of a list."""

    position: Annotated[int, Strict(), Field(ge=1, le=100), _WHOLE] = 1
    until: Moment | None = None


class Ban(_Desk):
    """Keep an article out of a list."""

    until: Moment | None = None


class Release(_Desk):
    """Lift a pin or a ban."""


class Void(_Sent):
    """Take the views of a segment out of every list, as if they had never come."""

    segment: Annotated[int, Strict(), Field(ge=0, le=65535), _WHOLE]
    article: Id | None = None
    since: Annotated[Moment, Field(alias="from")]
    until: Moment
    who: SaidLine
    why: SaidLine

    @property
    def id(self) -> str:
        """The article that the action is about, or what stands for all."""
        return self.article or EVERY_ARTICLE


Submission = Publish | Withdraw | Reinstate | Pin | Ban | Release | Void

ACTIONS: Final[dict[str, type[Withdraw | Reinstate | Pin | Ban | Release | Void]]] = {
    "withdraw": Withdraw,
    "reinstate": Reinstate,
    "pin": Pin,
    "ban": Ban,
    "release": Release,
    "void": Void,
}


def read(value: bytes | None, house: House, headers: Headers = ()) -> Submission | Rejection:
    """Read an input's bytes as what was meant; never raises."""
    native = read_native(value, house, headers)
    return native if isinstance(native, Rejection) else _as_meant(native.sent, native.place, native.faults)


def read_native(value: bytes | None, house: House, headers: Headers = ()) -> ninjs.Native | Rejection:
    """Read an input's bytes as an object that speaks of native fields, whatever is in them."""
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
        return unreadable(400, f"the message is not JSON (UTF-8): {error}")
    if isinstance(sent, dict) and "specversion" in sent:
        sent = _unwrapped(sent)
    if isinstance(sent, Rejection):
        return sent
    if not isinstance(sent, dict):
        return unreadable(422, "the message must be one JSON object { … }, not a list or a bare value")
    return ninjs.as_native(sent, house.ninjs_section) if ninjs.is_ninjs(sent) else ninjs.Native(sent, str)


def _unwrapped(envelope: dict[str, Any]) -> Any:
    """Give what a CloudEvent in structured mode carries; in binary mode there is nothing to unwrap."""
    if envelope["specversion"] != "1.0":
        return invalid([Fault("/specversion", "must be 1.0, the version of CloudEvents read here")], None)
    if "data" in envelope:
        return envelope["data"]
    if not isinstance(encoded := envelope.get("data_base64"), str):
        return unreadable(422, "the CloudEvent carries neither data nor data_base64; put the article there")
    try:
        return from_json(b64decode(encoded, validate=True), allow_inf_nan=False)
    except ValueError as error:
        return unreadable(422, f"the CloudEvent's data_base64 is not JSON in Base64: {error}")


def _as_meant(
    sent: dict[str, Any], place: Callable[[str], str], found: Sequence[Fault]
) -> Submission | Rejection:
    """Read an object by the shape it asks for; `place` tells where what a pointer names really stands."""
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
    faults = [*found, *(Fault(place(fault.pointer), fault.detail) for fault in faults)]
    return invalid(faults, article_id) if faults else submission


def _without_nulls(sent: dict[str, Any]) -> dict[str, Any]:
    """A null is an absent field."""
    return {name: value for name, value in sent.items() if value is not None}


@cache
def _fields(shape: type[Submission]) -> frozenset[str]:
    """Name all that may stand in an object of this shape."""
    return frozenset({field.alias or name for name, field in shape.model_fields.items()} | {"action"})


def _misspelt(sent: dict[str, Any], shape: type[Submission]) -> list[Fault]:
    unknown = sent.keys() - _fields(shape)
    if not unknown:
        return []
    absent = _fields(shape) - sent.keys() - {"action"}
    faults = []
    for name in sorted(unknown):
        for meant in get_close_matches(name, absent, n=1, cutoff=0.85):
            faults.append(Fault(pointer((name,)), f"is no field; is {meant} meant?"))
    return faults
