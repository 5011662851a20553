"""What each topic carries, and who writes and reads it: the one table of it.

A test holds the table to what the services really write and to the topics that their code names.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from services.ingest.adapters.inbox import GROUP as INGEST_GROUP
from services.rank.adapters.log import GROUP as RANK_GROUP
from shared import topics
from shared.articles import MARK_SUFFIX
from shared.events import (
    ArticleId,
    ArticlePublished,
    ArticleReinstated,
    ArticleWithdrawn,
    Event,
    FrontFeatured,
    FrontReleased,
    HotBanned,
    HotListChanged,
    HotPinned,
    HotReleased,
    SaltDrawn,
    View,
    ViewsSeen,
    ViewsVoided,
)
from shared.topics import Topic

Schema = dict[str, Any]

PARTIES: Final = {
    "publisher": "Whoever has articles, desk actions or views to send; no part of Remen.",
    "ingest": "Decides about every input.",
    "rank": "Counts views and keeps the hot lists in Redis.",
    "render": "Gives readers finished pages and takes their views in.",
    "subscriber": "Whoever wants to know what was published, refused or much read; no part of Remen.",
}
GROUPS: Final = {
    ("ingest", "inputs"): INGEST_GROUP,
    **{("rank", c): RANK_GROUP for c in ("views", "articles", "desk")},
}
"""Consumer groups; whoever is not named here reads all partitions by itself."""


@dataclass(frozen=True, slots=True)
class Message:
    """A kind of record; `payload` names a schema or is one, `key` None is a record without one."""

    name: str
    summary: str
    payload: str | Schema
    headers: tuple[str, ...]
    key: Schema | None = None
    event: type[Event] | None = None
    content_type: str | None = "application/json"


@dataclass(frozen=True, slots=True)
class Act:
    """What a party does with a channel; of the messages named, or of all."""

    party: str
    action: Literal["send", "receive"]
    says: str
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """A topic with its messages and with those who write and read it."""

    name: str
    topic: Topic
    says: str
    messages: tuple[Message, ...]
    acts: tuple[Act, ...]


_ID: Final = TypeAdapter(ArticleId).json_schema()
_ARTICLE_KEY: Final[Schema] = {**_ID, "description": "The article's id; it decides the partition (murmur2)."}
_MARK_KEY: Final[Schema] = {
    "type": "string",
    "pattern": _ID["pattern"].replace("$", MARK_SUFFIX + "$"),
    "description": f"The article's id with {MARK_SUFFIX} behind it, in the partition of the id.",
}
_SENT_KEY: Final[Schema] = {
    "type": ["string", "null"],
    "description": "The article's id. It may be absent or wrong: ingest sends the input home.",
}
_VIEW_KEY: Final[Schema] = {
    "type": ["string", "null"],
    "description": "The article's id, or nothing where the producer chose the partition itself.",
}


def _event(cls: type[Event], key: Schema | None, *headers: str) -> Message:
    summary = (cls.__doc__ or "").partition("\n")[0]
    return Message(cls.__name__, summary, cls.__name__, headers, key, cls)


def _sent(name: str, summary: str) -> Message:
    return Message(name, summary, name, ("SubmissionHeaders",), _SENT_KEY)


CHANNELS: Final = (
    Channel(
        "inputs",
        topics.INGEST,
        "Everything that publishers and editors send, whatever the door. A shape is recognised by its "
        "fields; any of them may come in a CloudEvent, structured or binary. A publisher of its own writes "
        "to ingest.v1.<its name> instead, from which ingest brings everything here with its name.",
        (
            _sent("Publish", "An article, new or in a new revision."),
            _sent("Withdraw", "Take an article down, whether it is known or not."),
            _sent("Reinstate", "Lift a withdrawal for the next publish."),
            _sent("Pin", "Hold an article at a place of a hot list."),
            _sent("Ban", "Keep an article out of a hot list."),
            _sent("Release", "Lift a pin or a ban."),
            _sent("Feature", "Put an article into a slot of the front page, or first on a section's."),
            _sent("Unfeature", "Take an article out of a slot."),
            _sent("Void", "Take the views of a segment out of every list."),
            _sent("Ninjs", "An item of a news agency as it stands."),
            _sent("CloudEvent", "Any of the others in an envelope."),
        ),
        (
            Act("publisher", "send", "Send articles and desk actions, with any Kafka client."),
            Act("ingest", "receive", "Decide about each input, in the order of its partition."),
            Act(
                "ingest",
                "send",
                "Write what came over HTTP, bring what came to publishers' own topics, and send an input "
                "home that lay in a wrong partition.",
            ),
        ),
    ),
    Channel(
        "deadLetters",
        topics.DEAD,
        "What was refused, unchanged, with every fault named. Repair it and send it again.",
        (
            Message(
                "DeadLetter",
                "A refused input: its bytes, key and headers as received, and the reason in headers.",
                {
                    "description": "The bytes as they were received.",
                    "type": ["string", "null"],
                    "format": "binary",
                },
                ("SubmissionHeaders", "DeadLetterHeaders"),
                {"type": ["string", "null"], "description": "As received."},
                content_type="application/octet-stream",
            ),
            Message(
                "Settlement",
                "What an operator did with a dead letter that ingest had set aside undecided.",
                {"description": "Nothing.", "type": "string", "maxLength": 0},
                ("SettlementHeaders",),
                {"type": "string", "description": "The place of the letter, its partition and offset."},
                content_type="application/octet-stream",
            ),
        ),
        (
            Act("ingest", "send", "Keep what was refused, and what was set aside until it is settled."),
            Act("ingest", "receive", "Tell a waiting HTTP request that its input was refused."),
            Act("subscriber", "receive", "See what was refused, and why."),
        ),
    ),
    Channel(
        "articles",
        topics.ARTICLES,
        "The texts that stand; compacted. A withdrawal is two records: the mark, kept for ever, then a "
        "tombstone that erases the text. Readers apply one rule: a withdrawal outranks every text until a "
        "later reinstatement; a text that arrived before the last reinstatement never stands; of the others "
        "the one of the highest order stands.",
        (
            _event(ArticlePublished, _ARTICLE_KEY, "EventHeaders", "OutcomeHeaders"),
            _event(ArticleWithdrawn, _MARK_KEY, "EventHeaders", "OutcomeHeaders"),
            _event(ArticleReinstated, _MARK_KEY, "EventHeaders", "OutcomeHeaders"),
            Message(
                "TextErased",
                "A tombstone: the text of this article is to be gone.",
                {"description": "A record without a value.", "type": "null"},
                ("TombstoneHeaders", "OutcomeHeaders"),
                _ARTICLE_KEY,
                content_type=None,
            ),
        ),
        (
            Act("ingest", "send", "Write what was accepted."),
            Act(
                "ingest",
                "receive",
                "Know of every article what stands, and answer the HTTP requests that wait.",
            ),
            Act("rank", "receive", "Know the few facts that a hot list needs."),
            Act("render", "receive", "Make the pages."),
            Act("subscriber", "receive", "Follow what is published."),
        ),
    ),
    Channel(
        "views",
        topics.VIEWS,
        "Views of articles. One reader, one article, one reading day is one view, however often it is sent.",
        (
            _event(View, _VIEW_KEY, "ViewHeaders"),
            _event(ViewsSeen, _VIEW_KEY, "ViewHeaders"),
        ),
        (
            Act("publisher", "send", "Send views that were seen elsewhere."),
            Act(
                "render",
                "send",
                "Write the views of its pages, gathered for some milliseconds.",
                ("ViewsSeen",),
            ),
            Act("rank", "receive", "Count every view once."),
            Act("rank", "send", "Send views home that lay in a wrong partition."),
        ),
    ),
    Channel(
        "desk",
        topics.DESK,
        "Who pinned, banned, featured or released which article or voided which views, and why; kept for "
        "ever. Of the actions on an article in a scope or slot the latest counts, and a slot has the article "
        "that was featured in it last. Passed over is an action whose input (ce_input) has neither a higher "
        "offset nor a later time than one that was applied to the same article and scope or slot. "
        "The same input is one void.",
        (
            _event(HotPinned, None, "EventHeaders", "OutcomeHeaders"),
            _event(HotBanned, None, "EventHeaders", "OutcomeHeaders"),
            _event(HotReleased, None, "EventHeaders", "OutcomeHeaders"),
            _event(FrontFeatured, None, "EventHeaders", "OutcomeHeaders"),
            _event(FrontReleased, None, "EventHeaders", "OutcomeHeaders"),
            _event(ViewsVoided, None, "EventHeaders", "OutcomeHeaders"),
        ),
        (
            Act("ingest", "send", "Write what the desk did."),
            Act("ingest", "receive", "Tell a waiting HTTP request that its action was accepted."),
            Act("render", "receive", "Put what is featured into its slot."),
            Act("rank", "receive", "Apply pins and bans to the hot lists; take voided views out of them."),
        ),
    ),
    Channel(
        "salts",
        topics.SALTS,
        "The secrets of which reader keys are made; the first of a day counts. Only render may read it.",
        (_event(SaltDrawn, None, "EventHeaders"),),
        (
            Act("render", "send", "Draw the secret of a day that has none."),
            Act("render", "receive", "Use the secret that all replicas use."),
        ),
    ),
    Channel(
        "hotLists",
        topics.HOT,
        "Hot lists that have changed: ids and exact scores, no titles.",
        (
            _event(
                HotListChanged,
                {"type": "string", "description": "The scope: all, or section:NAME."},
                "EventHeaders",
            ),
        ),
        (
            Act("rank", "send", "Tell that a list has changed."),
            Act("subscriber", "receive", "Follow what is much read."),
        ),
    ),
)

EVENTS: Final = tuple(m.event for channel in CHANNELS for m in channel.messages if m.event is not None)
