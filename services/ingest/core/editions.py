"""What is known of one id: the fold of articles.v1 and desk.v1 that decisions are made on.

It adds to the standing (shared.articles) what ingest needs beyond it: which inputs were decided, so that a
repeat after a crash changes nothing; which requests with an Idempotency-Key were accepted; where the standing
text lies, so that it can be written right again; and what `GET /articles/{id}` tells.

What is written about one id gets into Kafka in the order of its inputs, whatever the topic (core/intake): so
the newest input that has an output tells that all before it were decided.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal, NamedTuple

from services.ingest.core.arrivals import repeats
from services.ingest.core.idempotency import Judgement, judge, remember
from shared.articles import NEVER_HEARD_OF, ArticleEvent, Standing, TextErased, fold, with_text
from shared.events import Arrival, ArticlePublished, ArticleReinstated, ArticleWithdrawn, Order

Part = Literal["text", "mark"]
"""What compaction keeps the last record of."""
State = Literal["published", "embargoed", "expired", "withdrawn", "reinstated", "unknown"]

_REMEMBERED: Final = 8
"""Inputs of an article that were sent home, by their first arrivals: the last owner may have sent one
twice."""


class Origin(NamedTuple):
    """What a record that ingest wrote says of the input that it came from; nothing, if another wrote it.

    `position` is in the id's own partition of ingest.v1, `arrived` where an input that was sent home says
    that it first was; `requests` with an Idempotency-Key and `sent_home`, the first arrivals of those that
    were sent home, are known from then on (of a desk action: its own).
    """

    position: Arrival | None = None
    arrived: Arrival | None = None
    requests: tuple[str, ...] = ()
    sent_home: tuple[Arrival, ...] = ()


FOREIGN: Final = Origin()


class Edition(NamedTuple):
    """All that decisions need of one id; the default is an id never heard of."""

    standing: Standing = NEVER_HEARD_OF
    decided: Arrival | None = None
    """The latest time and the highest offset among the inputs that have an output in articles.v1."""
    decided_at_desk: Arrival | None = None
    """The same of desk.v1."""
    sent_home: tuple[Arrival, ...] = ()
    """Where the newest of them first arrived that had been sent home."""
    offset: int | None = None
    """Where in articles.v1 the newest text lies that stood; None once it is erased."""
    mark_offset: int | None = None
    """Where the newest withdrawal or reinstatement lies."""
    section: str = ""
    revision: int = 0
    published_at: datetime | None = None
    """Of the newest text that stood; a text that names no time has it, too."""
    embargo_until: datetime | None = None
    expires_at: datetime | None = None
    requests: tuple[str, ...] = ()
    """The newest accepted requests with a key, as the newest record of the article names them."""
    desk_requests: tuple[str, ...] = ()
    """The same of desk actions."""
    most_ahead: int | None = None
    """How many ids of its partition were withdrawn ahead, if no more may be."""

    @property
    def is_marked_ahead(self) -> bool:
        """Tell whether all that is known is a withdrawal, lifted or not: no text has stood under the id."""
        return self.standing.mark is not None and self.standing.order is None and not self.section

    def state(self, now: datetime) -> State:
        """Say in one word how readers find the article."""
        if self.standing.withdrawn:
            return "withdrawn"
        if self.standing.order is None:
            return "unknown" if self.standing.mark is None else "reinstated"
        if self.embargo_until is not None and now < self.embargo_until:
            return "embargoed"
        if self.expires_at is not None and now >= self.expires_at:
            return "expired"
        return "published"

    def behind(self, position: Arrival) -> Arrival:
        """Give a position of the id's own partition a time behind all that is known of the article."""
        newest = max(self._arrivals(), default=None)
        if newest is None or position > newest:
            return position
        return position._replace(at_ms=newest.at_ms + 1)

    def has_decided(self, position: Arrival, arrived: Arrival | None) -> bool:
        """Tell whether the input at this position of the id's own partition was decided before.

        One that is read again lies no further *and* is no younger than those that were: the broker's clock
        may step back, and in a topic made anew offsets begin at 0. One that was sent home twice arrived only
        once.
        """
        last = _later(self.decided, self.decided_at_desk)
        if last is not None and position.offset <= last.offset and position.at_ms <= last.at_ms:
            return True
        return arrived is not None and any(repeats(arrived, known) for known in self.sent_home)

    def stands(self, event: "Change") -> bool:
        """Tell whether this text or mark is the one that stands."""
        return _stands(self.standing, event)

    def judge(self, request: str) -> Judgement:
        """Tell whether a request was accepted before, or its key was used for another one."""
        return judge(request, self.requests + self.desk_requests)

    def _arrivals(self) -> Iterator[Arrival]:
        order, mark = self.standing.order, self.standing.mark
        known = (self.decided, self.decided_at_desk, mark, order and order.arrival)
        return filter(None, known)


UNKNOWN: Final = Edition()


class Text(NamedTuple):
    """Of a text that was published, all that an edition tells of it."""

    id: str
    order: Order
    section: str
    published_at: datetime
    embargo_until: datetime | None
    expires_at: datetime | None

    @classmethod
    def of(cls, event: ArticlePublished) -> "Text":
        """Give what is to be known of a text once it is written."""
        return cls(
            event.id,
            event.order,
            event.section,
            event.published_at,
            event.embargo_until,
            event.expires_at,
        )


Change = Text | ArticleEvent


def advance(edition: Edition, event: Change, origin: Origin = FOREIGN, offset: int | None = None) -> Edition:
    """Give the edition after an event of its article; `offset`: where in articles.v1 it lies, if yet."""
    before = edition.standing
    standing = with_text(before, event.order) if isinstance(event, Text) else fold(before, event)
    stands = _stands(standing, event)
    decided = _later(edition.decided, origin.position)
    sent_home = with_arrivals(edition.sent_home, origin.sent_home)
    requests = edition.requests
    # What was overtaken, written late by a paused worker or written once more does not know the newest
    # requests.
    if stands and origin.requests and not _lies_before(origin.position, edition.decided):
        requests = origin.requests
    if stands and isinstance(event, ArticlePublished | Text):
        # not by _replace, which takes half as long again: this is nearly every record
        return Edition(
            standing=standing,
            decided=decided,
            decided_at_desk=edition.decided_at_desk,
            sent_home=sent_home,
            offset=edition.offset if offset is None else offset,
            mark_offset=edition.mark_offset,
            section=event.section,
            revision=event.order.revision,
            published_at=event.published_at,
            embargo_until=event.embargo_until,
            expires_at=event.expires_at,
            requests=requests,
            desk_requests=edition.desk_requests,
        )
    known = edition._replace(standing=standing, decided=decided, sent_home=sent_home, requests=requests)
    match event:
        case ArticleWithdrawn() | ArticleReinstated():
            # After compaction nothing else tells of the text that was taken down.
            return known._replace(
                mark_offset=edition.mark_offset if offset is None or not stands else offset,
                section=edition.section or event.section or "",
                revision=max(edition.revision, event.revision or 0),
            )
        case TextErased() if standing.order is None:
            return known._replace(offset=None)
        case _:
            return known


def _stands(standing: Standing, event: Change) -> bool:
    match event:
        case Text() | ArticlePublished():
            return standing.order == event.order
        case ArticleWithdrawn() | ArticleReinstated():
            return standing.mark == event.arrival
        case _:
            return False


def at_desk(edition: Edition, origin: Origin) -> Edition:
    """Give the edition after a desk action on its article."""
    requests = edition.desk_requests
    for request in origin.requests:
        requests = requests if request in requests else remember(requests, request)
    return edition._replace(
        decided_at_desk=_later(edition.decided_at_desk, origin.position),
        sent_home=with_arrivals(edition.sent_home, origin.sent_home),
        desk_requests=requests,
    )


def _lies_before(position: Arrival | None, last: Arrival | None) -> bool:
    return position is not None and last is not None and position.offset < last.offset


def _later(known: Arrival | None, position: Arrival | None) -> Arrival | None:
    if known is None or position is None:
        return position or known
    if position.at_ms >= known.at_ms and position.offset >= known.offset:
        return position
    return Arrival(max(known.at_ms, position.at_ms), position.partition, max(known.offset, position.offset))


def with_arrivals(known: tuple[Arrival, ...], more: tuple[Arrival, ...]) -> tuple[Arrival, ...]:
    """Give the first arrivals to remember of inputs that were sent home."""
    if not more:
        return known
    new = tuple(one for one in more if not any(repeats(one, other) for other in known))
    kept = (one for one in known if not any(repeats(one, other) for other in new))
    return (*kept, *new)[-_REMEMBERED:]


def contradictions(edition: Edition, event: Change) -> dict[Part, bool]:
    """Tell of each part of which this record is the log's last word whether it is wrong now.

    A withdrawal leaves the text wrong until the tombstone behind it is there: a crash may have come between
    the two.
    """
    match event:
        case Text() | ArticlePublished():
            return {"text": not edition.stands(event)}
        case TextErased():
            return {"text": edition.standing.order is not None}
        case ArticleWithdrawn() if edition.standing.withdrawn and edition.offset is not None:
            return {"mark": not edition.stands(event), "text": True}
        case _:
            return {"mark": not edition.stands(event)}
