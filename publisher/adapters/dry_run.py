"""What would stand if it were sent: each input is decided about as if nothing were known of its article."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from publisher.adapters.files import Input
from publisher.adapters.sending import Outcome, checked
from publisher.settings import Settings
from services.ingest.core.decide import decide
from services.ingest.core.editions import UNKNOWN
from services.ingest.core.faults import Rejection
from services.ingest.core.submissions import Publish
from shared import wire
from shared.events import Arrival, ArticlePublished


def foreseen(inputs: Iterable[Input], settings: Settings) -> Iterator[Outcome]:
    """Give the outcome of each input, and the article as it would stand; nothing is sent."""
    for one in inputs:
        read = checked(one, settings)
        if isinstance(read, Outcome):
            yield read
            continue
        submission, outcome = read
        not_sent = replace(outcome, outcome="not sent", url=None)
        if not isinstance(submission, Publish):
            yield not_sent
            continue
        now = Arrival(time.time_ns() // 1_000_000, wire.partition_for(submission.id), 0)
        decided = decide(submission, UNKNOWN, now)
        if isinstance(decided, Rejection):
            yield replace(outcome, outcome="refused", url=None, problem=decided.problem())
        else:
            article = next(event for event in decided.articles if isinstance(event, ArticlePublished))
            yield replace(not_sent, article=article)
