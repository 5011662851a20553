"""What travels between the services: one class per event, each with the meaning it will always have.

Consumers ignore fields they do not know; a change that would break one is a new class in a new topic version.
Golden files in tests/contract prove that every version ever written still parses. Times are aware; texts are
as the publisher sent them (NFC, nothing else).
"""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import AwareDatetime, ConfigDict, FailFast, Field, StringConstraints, model_validator

from shared.blocks import Block, Part, Picture

ArticleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
# its name is its address
SectionName = Annotated[
    str, StringConstraints(max_length=20, pattern=r"^[^/:\x00-\x1f\x7f-\x9f\u2028\u2029]+$")
]
Moment = Annotated[
    AwareDatetime,
    # a day from the edge of the calendar, so that it is a time in every zone
    Field(ge=datetime(1, 1, 2, tzinfo=UTC), lt=datetime(9999, 12, 31, tzinfo=UTC)),
]
ListName = Literal["now", "24h", "3d"]
WithdrawReason = Literal["legal", "licence", "error", "other"]

FRONT_SLOTS: Final = ("lead", "second-1", "second-2")
"""The places of the front page that the desk may give to an article."""
LISTS: Final[tuple[ListName, ...]] = ("now", "24h", "3d")


class Event(Part):
    """A fact that has happened."""


class Arrival(NamedTuple):
    """Where an input first entered the log: broker's append time (Unix ms), partition and offset."""

    at_ms: Annotated[int, Field(ge=0, lt=2**47)]
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0, lt=2**63)]


class Order(NamedTuple):
    """The place of a text among all texts of its article: the publisher's revision, then its arrival."""

    revision: Annotated[int, Field(ge=0, lt=2**53)]
    arrival: Arrival


class Dateline(Event):
    """Where and when a report was filed; `text` is the exact beginning of the first paragraph."""

    text: str
    places: tuple[str, ...] = ()
    agency: str | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None


class ArticlePublished(Event):
    """A text that stands: the newest accepted revision of an article (topic articles.v1, key = id)."""

    id: ArticleId
    order: Order
    title: Title
    series: Annotated[str, StringConstraints(min_length=1)] | None = None
    section: SectionName
    blocks: Annotated[tuple[Block, ...], FailFast()]
    dateline: Dateline | None = None
    pictures: tuple[Picture, ...] = ()
    byline: str | None = None
    source: str | None = None
    tags: tuple[str, ...] = ()
    language: str = "zh-Hans"
    published_at: Moment
    modified_at: Moment
    embargo_until: Moment | None = None
    expires_at: Moment | None = None
    sponsored: bool = False
    sensitive: bool = False
    correction: str | None = None
    uri: str | None = None
    """The name an agency or feed knows the article by."""
    urgency: Annotated[int, Field(ge=1, le=9)] | None = None
    """An agency's: 1 (most urgent) to 9."""
    aliases: tuple[str, ...] | None = None
    """Former ids of the article, and paths (`/2019/03/bridge/`, `/?p=12`) at which it was found."""


class ArticleWithdrawn(Event):
    """An article taken down; outranks every text until reinstated (key = id#withdrawn, kept for ever)."""

    id: ArticleId
    arrival: Arrival
    section: SectionName | None = None
    """Of the text that was taken down; None if there was none, or in records of before it was told."""
    revision: Annotated[int, Field(ge=0, lt=2**53)] = 0
    reason: WithdrawReason
    note: str = ""
    """For the desk; no reader is told."""
    by: str | None = None
    """The publisher who withdrew it; None in records of before it was told. Readers are not told."""
    public_note: str | None = None
    """For readers."""
    withdrawn_at: Moment


class ArticleReinstated(Event):
    """A withdrawal lifted: texts that arrive from now on may stand again (key = id#withdrawn)."""

    id: ArticleId
    arrival: Arrival
    section: SectionName | None = None
    revision: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    by: str | None = None
    reinstated_at: Moment


class View(Event):
    """One view, as a foreign producer may send it."""

    article: ArticleId
    reader: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    at: AwareDatetime


class ViewsSeen(Event):
    """Many views of one partition of views.v1, in columns.

    `article` points into `articles`; `reader` is a key below 2^53; `at` is Unix milliseconds; `segment` is a
    coarse keyed hash of the network by which fraud can be voided. In what pages report both are others on
    every article and every reading day. The four columns are equally long.
    """

    articles: Annotated[list[ArticleId], Field(min_length=1)]
    article: list[Annotated[int, Field(ge=0)]]
    reader: list[Annotated[int, Field(ge=0, lt=2**53)]]
    at: list[Annotated[int, Field(ge=0, lt=2**53)]]
    segment: list[Annotated[int, Field(ge=0, le=65535)]]
    via: str = ""

    @model_validator(mode="after")
    def _columns_agree(self) -> "ViewsSeen":
        n = len(self.article)
        if not (len(self.reader) == len(self.at) == len(self.segment) == n):
            raise ValueError("the columns article, reader, at and segment must be equally long")
        if n and max(self.article) >= len(self.articles):
            raise ValueError("article points past the end of articles")
        return self


class DeskAction(Event):
    """What every desk action says: which article, in which scope, who did it and why.

    `who` is the publisher by its token or topic, `remark` who it said it was; in records without a remark
    `who` is what was said.
    """

    article: ArticleId
    scope: str = "all"
    who: str
    remark: str | None = None
    why: str
    until: AwareDatetime | None = None


class HotPinned(DeskAction):
    """An article held at `position` (1 = first) of a scope's lists."""

    position: Annotated[int, Field(ge=1, le=100)] = 1


class HotBanned(DeskAction):
    """An article kept out of a scope's lists."""


class HotReleased(DeskAction):
    """A pin or ban of an article in a scope lifted."""


class FrontAction(Event):
    """What every action on the front page says; `who` and `remark` as in a desk action.

    `slot` is `lead`, `second-1` or `second-2` of the front page, or `section:` and a section's name: the
    first place of its page.
    """

    article: ArticleId
    slot: str
    who: str
    remark: str | None = None
    why: str


class FrontFeatured(FrontAction):
    """An article put into a slot, in place of the one before, until then or until it is released."""

    until: AwareDatetime | None = None


class FrontReleased(FrontAction):
    """An article taken out of a slot, which goes to the newest; nothing if another one is there."""


class ViewsVoided(Event):
    """Views found to be fraud, taken out of every list as if they had never come.

    Those of a segment whose own time is from `since` (on the wire: `from`) until before `until`, of one
    article or of all.
    """

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    segment: Annotated[int, Field(ge=0, le=65535)]
    article: ArticleId | None = None
    since: Annotated[AwareDatetime, Field(alias="from")]
    until: AwareDatetime
    who: str
    remark: str | None = None
    why: str


class HotEntry(Event):
    """One article of a hot list with its exact integer score."""

    id: ArticleId
    score: int
    pinned: bool = False


class HotListChanged(Event):
    """A hot list as it stood at `as_of`: the document in Redis and the event in hot.v1 (no titles)."""

    scope: str
    list: ListName
    as_of: Moment
    entries: tuple[HotEntry, ...]
    incomplete: bool | None = None
    """Views in the list's window may be missing; absent where none are."""


class SaltDrawn(Event):
    """The secret of one reading day, of which reader keys are made (topic salts.v1, 32 bytes as hex)."""

    day: Annotated[str, StringConstraints(pattern=r"^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}$")]
    salt: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def section_scope(section: str) -> str:
    """Name the scope of a section's hot lists."""
    return f"section:{section}"


def hot_key(scope: str, list_name: ListName) -> str:
    """Name the Redis key of a hot list; its document is at the same key with `:doc` behind it."""
    return f"hot:{scope}:{list_name}"


def at_ms(moment: datetime) -> int:
    """Give an aware moment as Unix milliseconds."""
    return round(moment.timestamp() * 1000)
