"""What is known of one id: the fold of articles.v1 that decisions are made on.

It adds to the standing (shared.articles) what ingest needs beyond it: which input was decided last, so that a
repeat after a crash changes nothing; which requests with an Idempotency-Key were accepted; where the standing
text lies, so that it can be written right again; and what `GET /articles/{id}` tells.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from services.ingest.core.idempotency import Judgement, judge, remember
from shared.articles import NEVER_HEARD_OF, ArticleEvent, Standing, TextErased, fold
from shared.events import Arrival, ArticlePublished, ArticleReinstated, ArticleWithdrawn

State = Literal["published", "embargoed", "expired", "withdrawn", "reinstated", "unknown"]


@dataclass(frozen=True, slots=True)
class Edition:
    """All that decisions need of one id; the default is an id never heard of."""

    standing: Standing = NEVER_HEARD_OF
    decided: Arrival | None = None
    """Position in ingest.v1 of the newest input that has an output."""
    offset: int | None = None
    """Where in articles.v1 the newest text lies that stood; None once it is erased."""
    section: str = ""
    revision: int = 0
    embargo_until: datetime | None = None
    expires_at: datetime | None = None
    requests: tuple[str, ...] = ()
    """The newest accepted requests with a key, as the newest record of the article names them."""
    desk_requests: tuple[str, ...] = ()
    """The same of desk actions, which have a topic of their own: the two cannot be brought into one order."""

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

    def is_repeat(self, position: Arrival) -> bool:
        """Tell whether an input at this position of the id's own partition was decided before."""
        return self.decided is not None and position <= self.decided

    def judge(self, request: str) -> Judgement:
        """Tell whether a request was accepted before, or its key was used for another one."""
        return judge(request, self.requests + self.desk_requests)


UNKNOWN: Final = Edition()


def advance(
    edition: Edition,
    event: ArticleEvent,
    position: Arrival | None,
    offset: int | None,
    requests: tuple[str, ...] = (),
) -> Edition:
    """Give the edition after an event of its article.

    `position` is the input that the event came from, `offset` where in articles.v1 it lies (None: not there
    yet), `requests` those with a key that its record names.
    """
    known = position is not None and edition.is_repeat(position)
    # What was decided here comes back from the log, and must not count a second time: between a late
    # withdrawal and its reinstatement, the text they took down would stand again.
    standing = edition.standing if known else fold(edition.standing, event)
    if position is not None and not known:
        edition = replace(edition, decided=position)
    # What does not stand was overtaken, or a paused worker wrote it: it does not know the newest requests.
    if requests and _stands(standing, event):
        edition = replace(edition, requests=requests)
    match event:
        case ArticlePublished() if standing.order == event.order:
            return replace(
                edition,
                standing=standing,
                offset=edition.offset if offset is None else offset,
                section=event.section,
                revision=event.order.revision,
                embargo_until=event.embargo_until,
                expires_at=event.expires_at,
            )
        case ArticleWithdrawn() | ArticleReinstated():
            # After compaction nothing else tells of the text that was taken down.
            return replace(
                edition,
                standing=standing,
                section=edition.section or event.section or "",
                revision=max(edition.revision, event.revision or 0),
            )
        case TextErased() if standing.order is None:
            return replace(edition, offset=None)
        case _:
            return replace(edition, standing=standing)


def _stands(standing: Standing, event: ArticleEvent) -> bool:
    match event:
        case ArticlePublished():
            return standing.order == event.order
        case ArticleWithdrawn() | ArticleReinstated():
            return standing.mark == event.arrival
        case _:
            return False


def at_the_desk(edition: Edition, request: str) -> Edition:
    """Give the edition after a desk action on its article."""
    known = request in edition.desk_requests
    return edition if known else replace(edition, desk_requests=remember(edition.desk_requests, request))


def contradicts(edition: Edition, event: ArticleEvent) -> bool:
    """Tell whether the log's last word on the text is wrong, now that this record of it has been read.

    A withdrawal is wrong until the tombstone behind it is there: a crash may have come between the two.
    """
    match event:
        case ArticlePublished():
            return event.order != edition.standing.order
        case TextErased():
            return edition.standing.order is not None
        case ArticleWithdrawn():
            return edition.standing.withdrawn and edition.offset is not None
        case _:
            return False
