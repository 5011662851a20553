"""The shapes of what a publisher or an editor may send; each is also its JSON Schema in `contracts/`."""

from functools import cached_property
from typing import Annotated, Any, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetPydanticSchema,
    Strict,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

from services.ingest.core.bodies import Format, read_body
from services.ingest.core.datelines import find_credit
from services.ingest.core.field_types import (
    BODY_SCHEMA,
    Alias,
    Id,
    Language,
    Line,
    Moment,
    Name,
    SaidLine,
    SaidName,
    ScopeName,
    SectionName,
    SlotName,
    Tag,
    Title,
    Uri,
    WebAddress,
    no_zero,
)
from services.ingest.core.notes import Note, Notes
from services.ingest.core.wrapped import kind_of_text
from shared.blocks import Block, PictureBlock
from shared.events import WithdrawReason

EVERY_ARTICLE: Final = "*"
"""In place of an id where an action is about all articles; no id has the sign."""


def without_nulls(sent: dict[str, Any]) -> dict[str, Any]:
    """A null is an absent field."""
    if None not in sent.values():
        return sent
    return {name: value for name, value in sent.items() if value is not None}


def _whole(number: object) -> object:
    # JSON knows one kind of number: 3.0 is a whole one
    return int(number) if isinstance(number, float) and number.is_integer() else number


_WHOLE: Final = BeforeValidator(_whole)
Flag = Annotated[bool, Strict()]
Side = Annotated[int, Strict(), Field(ge=1, le=100_000), _WHOLE]
"""Of a picture, in pixels."""


def _at_most(entries: int) -> BeforeValidator:
    """Bound a list before each of its entries is looked at, and tell what is wrong with it."""

    def check(sent: object) -> object:
        if isinstance(sent, list) and len(sent) > entries:
            raise ValueError(f"has {len(sent):,} entries, at most {entries} are possible")
        return sent

    return BeforeValidator(check)


def _named(sent: object, info: ValidationInfo) -> object:
    """Read tags that are objects by their names."""
    if not isinstance(sent, list) or not any(isinstance(one, dict) for one in sent):
        return sent
    names = [_name_of(one) if isinstance(one, dict) else one for one in sent]
    if isinstance(info.context, Notes):
        info.context.add("/tags", "changed", "field", "tags: of each object only the name stands")
    return names


def _name_of(tag: dict[str, Any]) -> object:
    """Give what names a tag; one that nothing names stays, and is a fault."""
    return next(
        (said for name in ("name", "title", "label", "value", "slug") if (said := tag.get(name))), tag
    )


def _blocks(body: object, info: ValidationInfo) -> tuple[Block, ...]:
    if not isinstance(body, str):
        if said := kind_of_text(body):
            raise ValueError(said)
        raise PydanticCustomError("string_type", "must be text")
    # without a format the fault is there, and the body is only looked over
    written_in = info.data.get("format", "plain")
    blocks = read_body(body, written_in, info.context, info.data.get("base") or "")
    if written_in == "plain":
        return blocks
    return tuple(_credited(block) if isinstance(block, PictureBlock) else block for block in blocks)


def _credited(block: PictureBlock) -> PictureBlock:
    picture = block.picture
    credit = None if picture.credit else find_credit(picture.caption)
    return PictureBlock(picture=picture.model_copy(update={"credit": credit})) if credit else block


Body = Annotated[
    tuple[Block, ...],
    # in place of the blocks' own schema, which is no part of what a publisher sends
    GetPydanticSchema(lambda *_: core_schema.with_info_plain_validator_function(_blocks)),
    BODY_SCHEMA,
]


def _as_sent(schema: dict[str, Any], shape: type[BaseModel]) -> None:
    """Say in a JSON Schema what reading sees to: a null is an absent field, an action names itself."""
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


class _SentPart(_Sent):
    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, sent: Any) -> Any:
        return without_nulls(sent) if isinstance(sent, dict) else sent


class SentRendition(_SentPart):
    """The same picture in another size."""

    url: WebAddress
    width: Side
    height: Side | None = None


class SentPicture(_SentPart):
    """A picture by address."""

    url: WebAddress
    caption: Line = ""
    alt: Line = ""
    credit: Name = ""
    width: Side | None = None
    height: Side | None = None
    renditions: Annotated[tuple[SentRendition, ...], Field(max_length=20), _at_most(20)] = ()


class Publish(_Sent):
    """An article in the native format."""

    id: Id
    title: Title
    section: SectionName
    format: Format = "plain"
    base: WebAddress | None = None
    """What relative addresses in the body are read against."""
    body: Body
    picture: SentPicture | None = None
    pictures: Annotated[tuple[SentPicture, ...], Field(max_length=100), _at_most(100)] = ()
    byline: Name = ""
    source: Name = ""
    tags: Annotated[tuple[Tag, ...], Field(max_length=100), _at_most(100), BeforeValidator(_named)] = ()
    language: Language = "zh-Hans"
    published_at: Annotated[Moment | None, BeforeValidator(no_zero)] = None
    revision: Annotated[int, Strict(), Field(ge=0, lt=2**53), _WHOLE] = 0
    embargo_until: Moment | None = None
    expires_at: Moment | None = None
    sponsored: Flag = False
    sensitive: Flag = False
    correction: Line = ""
    uri: Uri = ""
    aliases: Annotated[tuple[Alias, ...], Field(max_length=20), _at_most(20)] = ()
    urgency: Annotated[int, Strict(), Field(ge=1, le=9), _WHOLE] | None = None

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """What became of parts of the input that do not stand as they were sent."""
        return ()

    def with_notes(self, notes: tuple[Note, ...]) -> "Publish":
        """Give the same article with notes."""
        # a private attribute would cost every article more than all its short fields do
        return self.model_copy(update={"notes": notes})


class Withdraw(_Sent):
    """Take an article down, whether it is known or not."""

    id: Id
    reason: WithdrawReason
    note: Line = ""
    """For the desk; readers are not told."""
    public_note: Line = ""
    """For readers, who find it where the article was."""


class Reinstate(_Sent):
    """Lift a withdrawal for the next publish."""

    id: Id


class _Desk(_Sent):
    article: Id
    scope: ScopeName = "all"
    who: SaidName
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


class _Front(_Sent):
    article: Id
    slot: SlotName
    who: SaidName
    why: SaidLine

    @property
    def id(self) -> str:
        """The article that the action is about."""
        return self.article


class Feature(_Front):
    """Put an article into a slot of the front page, or first on a section's."""

    until: Moment | None = None


class Unfeature(_Front):
    """Take an article out of a slot; the newest takes its place."""


class Void(_Sent):
    """Take the views of a segment out of every list, as if they had never come."""

    segment: Annotated[int, Strict(), Field(ge=0, le=65535), _WHOLE]
    article: Id | None = None
    since: Annotated[Moment, Field(alias="from")]
    until: Moment
    who: SaidName
    why: SaidLine

    @property
    def id(self) -> str:
        """The article that the action is about, or what stands for all."""
        return self.article or EVERY_ARTICLE


DeskAction = Pin | Ban | Release | Feature | Unfeature | Void
Submission = Publish | Withdraw | Reinstate | DeskAction

ACTIONS: Final[dict[str, type[Withdraw | Reinstate | DeskAction]]] = {
    "withdraw": Withdraw,
    "reinstate": Reinstate,
    "pin": Pin,
    "ban": Ban,
    "release": Release,
    "feature": Feature,
    "unfeature": Unfeature,
    "void": Void,
}
