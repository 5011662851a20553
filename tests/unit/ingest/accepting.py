"""From the bytes of an input to what is decided about it: reading and the rules of the article, one call."""

from services.ingest.core.decide import Accepted, decide
from services.ingest.core.editions import Edition
from services.ingest.core.faults import Rejection
from services.ingest.core.reading import DEFAULTS, Defaults, Headers, read
from shared.events import Arrival


def accept(
    value: bytes | None,
    edition: Edition,
    arrival: Arrival,
    defaults: Defaults = DEFAULTS,
    headers: Headers = (),
) -> Accepted | Rejection:
    """Decide about an input that arrived there, knowing this of its article."""
    submission = read(value, defaults, headers)
    return submission if isinstance(submission, Rejection) else decide(submission, edition, arrival)
