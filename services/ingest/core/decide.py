"""The rules of an article: whether a submission stands, and the events that it becomes.

Rights come first: who may not do a thing is not told what else is wrong with it. `arrival` is when and where
the submission first entered the log; no clock is read, so a replay decides the same.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.ingest.core.addresses import is_larger, same_picture
from services.ingest.core.bodies.pictures import one_caption
from services.ingest.core.datelines import find_credit, find_dateline, find_series
from services.ingest.core.editions import Edition
from services.ingest.core.faults import Fault, Rejection
from services.ingest.core.rights import NEWSROOM, Publisher, forbidden
from services.ingest.core.submissions import (
    Ban,
    Feature,
    Pin,
    Publish,
    Reinstate,
    Release,
    SentPicture,
    Submission,
    Unfeature,
    Void,
    Withdraw,
)
from shared.articles import ArticleEvent, TextErased
from shared.blocks import Block, Heading, Paragraph, Picture, PictureBlock, Rendition
from shared.events import (
    Arrival,
    ArticlePublished,
    ArticleReinstated,
    ArticleWithdrawn,
    Dateline,
    FrontFeatured,
    FrontReleased,
    HotBanned,
    HotPinned,
    HotReleased,
    Order,
    ViewsVoided,
)

FARTHEST_AHEAD: Final = timedelta(days=366)
"""That the date of an article may lie ahead of its arrival."""
_NONE: Final = timedelta()
_BLANK: Final = ArticlePublished.model_construct(
    **{name: field.default for name, field in ArticlePublished.model_fields.items()}
)
"""An article of which nothing is said: to copy one takes half as long as to construct one."""

DeskEvent = HotPinned | HotBanned | HotReleased | FrontFeatured | FrontReleased | ViewsVoided


@dataclass(frozen=True, slots=True)
class Accepted:
    """What to write: events of articles.v1 in their order, or one of desk.v1."""

    articles: tuple[ArticleEvent, ...] = ()
    desk: DeskEvent | None = None


def decide(
    submission: Submission, edition: Edition, arrival: Arrival, by: Publisher = NEWSROOM
) -> Accepted | Rejection:
    """Decide about what a publisher sent: the events to write, or the one reason against it."""
    now = datetime.fromtimestamp(arrival.at_ms / 1000, UTC)
    if by is not NEWSROOM and (refusal := forbidden(by, submission, edition, now)):
        return refusal
    match submission:
        case Publish():
            return _publish(submission, edition, arrival, now)
        case Withdraw() | Reinstate():
            return _mark(submission, edition, arrival, now, by)
        case Void():
            if submission.until <= submission.since:
                found = "must be after from, or there is nothing to take out"
                return Rejection(409, found, (Fault("/until", found),), submission.article)
            # of an article that is unknown or withdrawn, too: its views are counted all the same
            return Accepted(desk=ViewsVoided(**dict(submission) | {"who": by.name, "remark": submission.who}))
        case _:
            return _desk(submission, edition, by)


def _mark(
    sent: Withdraw | Reinstate, edition: Edition, arrival: Arrival, now: datetime, by: Publisher
) -> Accepted | Rejection:
    standing = edition.standing
    if standing.mark is not None and arrival <= standing.mark:
        return _conflict(sent.id, "was withdrawn or reinstated by a later message; that one holds")
    if isinstance(sent, Reinstate):
        if not standing.withdrawn:
            return _conflict(sent.id, "is not withdrawn, so there is nothing to lift")
        lifted = ArticleReinstated(
            id=sent.id,
            arrival=arrival,
            section=edition.section or None,
            revision=edition.revision,
            by=by.name,
            reinstated_at=now,
        )
        return Accepted((lifted,))
    if edition.most_ahead is not None and standing.mark is None and not edition.section:
        ahead = f"is not known, and {edition.most_ahead:,} withdrawals of ids that were never published"
        return _conflict(sent.id, f"{ahead} are kept beside it; no more are possible")
    withdrawn = ArticleWithdrawn(
        id=sent.id,
        arrival=arrival,
        section=edition.section or None,
        revision=edition.revision,
        reason=sent.reason,
        note=sent.note,
        by=by.name,
        public_note=sent.public_note or None,
        withdrawn_at=now,
    )
    return Accepted((withdrawn, TextErased(sent.id)))


def _publish(sent: Publish, edition: Edition, arrival: Arrival, now: datetime) -> Accepted | Rejection:
    order = Order(sent.revision, arrival)
    standing = edition.standing
    if standing.withdrawn:
        return _conflict(sent.id, "is withdrawn; reinstate it first, then publish again")
    if not standing.admits(order):
        return _conflict(sent.id, _why_stale(order, edition))
    published_at = sent.published_at or edition.published_at or now
    ahead = published_at - now
    if ahead > FARTHEST_AHEAD:
        found = f"lies more than a year ahead of this message ({published_at:%Y-%m-%d}); correct the date"
        faults = (Fault("/published_at", found),)
        return Rejection(422, f"/published_at: {found}", faults, sent.id)
    lead, blocks = _lead(sent)
    # made without being checked once more: every value has been, and that would cost as much again
    article = _BLANK.model_copy(
        update={
            "id": sent.id,
            "order": order,
            "title": sent.title,
            "series": find_series(sent.title),
            "section": sent.section,
            "blocks": blocks,
            "dateline": _dateline(sent.body),
            "pictures": lead + tuple(map(_picture, sent.pictures)),
            "byline": sent.byline or None,
            "source": sent.source or None,
            "tags": tuple(filter(None, sent.tags)),
            "language": sent.language,
            "published_at": published_at,
            "modified_at": now,
            "embargo_until": sent.embargo_until
            if ahead <= _NONE
            else _later(published_at, sent.embargo_until),
            "expires_at": sent.expires_at,
            "sponsored": sent.sponsored,
            "sensitive": sent.sensitive,
            "correction": sent.correction or None,
            "uri": sent.uri or None,
            "urgency": sent.urgency,
            "aliases": sent.aliases or None,
        }
    )
    return Accepted((article,))


def _later(date_ahead: datetime, embargo: datetime | None) -> datetime:
    """Give until when readers wait: a date ahead is an embargo, too."""
    return date_ahead if embargo is None else max(date_ahead, embargo)


def _lead(sent: Publish) -> tuple[tuple[Picture, ...], tuple[Block, ...]]:
    """Give the picture above the text, and the text: one that begins with a picture brings its own."""
    if sent.format == "plain":
        return (() if sent.picture is None else (_picture(sent.picture),)), sent.body
    body = sent.body
    if isinstance(body[0], Heading) and body[0].text == sent.title and len(body) > 1:
        # a system's page has its title above the text; here it stands there already
        body = body[1:]
    if sent.picture is not None:
        return _once(_picture(sent.picture), body)
    match body:
        case (PictureBlock(picture=picture), *behind):
            return (picture,), tuple(behind)
    return (), body


def _once(lead: Picture, body: tuple[Block, ...]) -> tuple[tuple[Picture, ...], tuple[Block, ...]]:
    """Give the picture above the text, which takes over what the text says of it if it stands there again."""
    address = same_picture(lead.url)
    kept: list[Block] = []
    for block in body:
        if isinstance(block, PictureBlock) and same_picture(block.picture.url) == address:
            again = block.picture
            caption = one_caption(lead.caption, again.caption)
            if caption is not None:
                said: dict[str, Any] = {
                    "caption": caption,
                    "alt": lead.alt or again.alt,
                    "credit": lead.credit or again.credit,
                }
                if is_larger(again.url, lead.url):
                    said |= {name: getattr(again, name) for name in ("url", "width", "height", "renditions")}
                lead = lead.model_copy(update=said)
                continue
        kept.append(block)
    return (lead,), tuple(kept)


def _dateline(blocks: tuple[Block, ...]) -> Dateline | None:
    for block in blocks:
        if isinstance(block, Paragraph):
            return find_dateline(block.text)
    return None


def _picture(sent: SentPicture) -> Picture:
    credit = sent.credit or find_credit(sent.caption) or ""
    renditions = tuple(Rendition.model_construct(**dict(one)) for one in sent.renditions) or None
    return Picture.model_construct(**dict(sent) | {"credit": credit, "renditions": renditions})


def _why_stale(order: Order, edition: Edition) -> str:
    standing = edition.standing
    if standing.order is not None and order.revision < standing.order.revision:
        return f"has the newer revision {standing.order.revision}; send a revision that is not below it"
    return "was sent before a newer text or before its reinstatement; send it again if it should stand"


def _conflict(article_id: str, detail: str) -> Rejection:
    found = f"article {article_id} {detail}"
    return Rejection(409, found, (Fault("", found),), article_id)


def _desk(
    sent: Pin | Ban | Release | Feature | Unfeature, edition: Edition, by: Publisher
) -> Accepted | Rejection:
    if edition.standing.order is None:
        found = "no readable article has this id"
        return Rejection(409, found, (Fault("/article", found),), sent.article)
    said = {"who": by.name, "remark": sent.who, "why": sent.why}
    if isinstance(sent, Feature | Unfeature):
        placed = {"article": sent.article, "slot": sent.slot} | said
        if isinstance(sent, Unfeature):
            return Accepted(desk=FrontReleased(**placed))
        return Accepted(desk=FrontFeatured(**placed, until=sent.until))
    common = {"article": sent.article, "scope": sent.scope} | said
    match sent:
        case Pin():
            return Accepted(desk=HotPinned(**common, position=sent.position, until=sent.until))
        case Ban():
            return Accepted(desk=HotBanned(**common, until=sent.until))
        case Release():
            return Accepted(desk=HotReleased(**common))
