"""Everything that is decided about one record of ingest.v1, in one place and in this order.

What lies in a publisher's own topic is brought into ingest.v1, with the publisher's name, and decided about
there. What cannot be read is refused. What lies in another partition than its id's is sent home: an article
has one writer. What was decided before is a repeat and changes nothing. All else is decided by the rights of
the publisher and the rules of the article, and refused if what it becomes could not be written.

A record of an id's own partition is later than all that was decided of this id, whatever the broker's clock
says: clocks step back, and two brokers never agree. Only what was sent home keeps the time of its first
arrival.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

from services.ingest.core import dead_letter, notes
from services.ingest.core.decide import Accepted, decide
from services.ingest.core.editions import FOREIGN, UNKNOWN, Edition, Origin, with_arrivals
from services.ingest.core.faults import Fault, Rejection, unreadable
from services.ingest.core.idempotency import misused, remember
from services.ingest.core.notes import Note
from services.ingest.core.outputs import Output, brought_home, of_accepted, sent_home
from services.ingest.core.reading import Headers
from services.ingest.core.rights import NEWSROOM, Publisher
from services.ingest.core.submissions import DeskAction, Publish, Submission
from shared import wire
from shared.events import Arrival
from shared.topics import INGEST, Topic

Publishers = Mapping[str, Publisher]
"""All who have a token or a topic of their own, by their names."""

_NOBODY: Final[Publishers] = {}
_NOT_YET_SENT: Final = 2**62
"""Offset of a request that is still to be sent: behind all that are there."""


class Record(NamedTuple):
    """A record of ingest.v1, or of a publisher's; `position` is its append time (ms), partition, offset."""

    position: Arrival
    key: bytes | None
    value: bytes | None
    headers: Headers
    topic: str = INGEST.name


@dataclass(frozen=True, slots=True)
class Intake:
    """What becomes of a record: what is to be written, and of an accepted one what is known from then on."""

    outcome: Literal["accepted", "refused", "repeated", "sent_home"]
    outputs: tuple[Output, ...] = ()
    refused: Rejection | None = None
    accepted: Accepted | None = None
    origin: Origin = FOREIGN
    after_others: bool = False
    """Whether Kafka must first have what is under way of the article to other topics: once this output is
    there, all before it would be taken for decided, written or not."""


def accept(
    record: Record,
    read_as: Submission | Rejection,
    edition: Edition,
    under_way: Collection[Topic] = (),
    publishers: Publishers = _NOBODY,
) -> Intake:
    """Decide about a record that was read as this.

    `edition` is what is known of its article; to the topics `under_way` something about it is on its way. A
    record that names no publisher is the newsroom's, which may do everything.
    """
    if isinstance(read_as, Rejection):
        return refuse(record, read_as)
    if wire.partition_for(read_as.id) != record.position.partition:
        arrived = _not_behind(record.position, _stamped(wire.first_values(record.headers)))
        return Intake("sent_home", (sent_home(read_as.id, arrived, record.value, record.headers),))
    position = edition.behind(record.position)
    headers = wire.first_values(record.headers)
    stamped = _stamped(headers)
    request = headers.get(wire.REQUEST_ID, b"").decode(errors="replace")
    judgement = edition.judge(request)
    if judgement == "repeat" or edition.has_decided(record.position, stamped):
        return Intake("repeated")
    outcome: Accepted | Rejection
    if judgement == "misused":
        outcome = misused(read_as.id)
    elif isinstance(by := _sender(headers, publishers), Rejection):
        outcome = by
    else:
        outcome = decide(read_as, edition, _not_behind(position, stamped), by)
    if isinstance(outcome, Rejection):
        return refuse(record, outcome, read_as)
    before = UNKNOWN if isinstance(read_as, DeskAction) else edition
    sent_home_before = with_arrivals(before.sent_home, () if stamped is None else (stamped,))
    origin = Origin(position, stamped, remember(before.requests, request), sent_home_before)
    outputs = of_accepted(outcome, origin, position, headers, _notes(read_as, headers))
    if too_large := _too_large(read_as.id, outputs):
        return refuse(record, too_large, read_as)
    after_others = any(topic != outputs[0].topic for topic in under_way)
    return Intake("accepted", outputs, None, outcome, origin, after_others)


def bring_home(record: Record, publisher: str) -> Intake:
    """Bring a record of a publisher's own topic into ingest.v1, where it is decided about."""
    home = brought_home(publisher, *record[:-1])
    if home.fits():
        return Intake("sent_home", (home,))
    return refuse(
        record._replace(headers=home.headers), unreadable(413, f"the message has {home.size():,} bytes")
    )


def refuse(record: Record, rejection: Rejection, read_as: Submission | None = None) -> Intake:
    """Refuse a record: it is kept with the reason."""
    if isinstance(read_as, Publish):
        rejection = replace(rejection, section=read_as.section)
    return Intake("refused", (dead_letter.of(rejection, *record),), rejection)


def foresee(
    submission: Submission, edition: Edition, request: str, now_ms: int, by: Publisher = NEWSROOM
) -> Accepted | Rejection | Literal["repeat"]:
    """Tell what a request that is sent now would become."""
    judgement = edition.judge(request)
    if judgement != "new":
        return "repeat" if judgement == "repeat" else misused(submission.id)
    home = wire.partition_for(submission.id)
    here = edition.behind(Arrival(now_ms, home, _NOT_YET_SENT))
    outcome = decide(submission, edition, here, by)
    if isinstance(outcome, Rejection):
        return outcome
    written = of_accepted(outcome, Origin(requests=edition.requests), here, {})
    return _too_large(submission.id, written) or outcome


def _notes(read_as: Submission, headers: Mapping[str, bytes]) -> tuple[Note, ...]:
    """Give what is to be told of an input: by who wrote it for us, and by us."""
    ours = read_as.notes if isinstance(read_as, Publish) else ()
    return (*notes.read(headers[wire.NOTES]), *ours) if wire.NOTES in headers else ours


def _sender(headers: Mapping[str, bytes], publishers: Publishers) -> Publisher | Rejection:
    if wire.PUBLISHER not in headers:
        return NEWSROOM
    name = headers[wire.PUBLISHER].decode(errors="replace")
    return publishers.get(name) or Rejection(403, f"no publisher {name} is known any more")


def _stamped(headers: Mapping[str, bytes]) -> Arrival | None:
    """Give where a record says that it first arrived, if it was sent home."""
    stamp = headers.get(wire.ARRIVED)
    try:
        return None if stamp is None else wire.read_arrival(stamp)
    except ValueError:
        return None


def _not_behind(position: Arrival, stamped: Arrival | None) -> Arrival:
    # nobody can have arrived after the record that says so
    return position if stamped is None else min(stamped, position)


def _too_large(article_id: str, written: tuple[Output, ...]) -> Rejection | None:
    large = next((output for output in written if not output.fits()), None)
    if large is None:
        return None
    found = (
        f"becomes an event of {large.size():,} bytes, more than the topic {large.topic.name} takes; "
        "shorten the text, or split it into several articles"
    )
    return Rejection(413, f"the article {found}", (Fault("", found, too_large=True),), article_id)
