"""Faults planted on purpose, to see that the simulation finds them: each was once in the code, or nearly."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from typing import Any, Final, NamedTuple
from unittest import mock

from services.ingest.adapters import door, inbox
from services.ingest.adapters.article_log import ArticleLog
from services.ingest.adapters.guard import Guard
from services.ingest.adapters.inbox import Batches, Inbox
from services.ingest.core import dead_letter, editions, idempotency, intake, known, outputs
from services.ingest.core.decide import Accepted, decide
from services.ingest.core.editions import Edition, Origin
from services.ingest.core.faults import Rejection
from services.ingest.core.intake import Intake
from services.ingest.core.rights import Publisher
from services.ingest.core.submissions import Submission
from shared import wire
from shared.events import Arrival
from shared.tailing import Tail
from shared.topics import DEAD
from tests.unit.ingest.simulation.comparison import DeskReader, by_input, kind_of, place_of
from tests.unit.ingest.simulation.logs import Record

Planting = Callable[[], Any]


class Plant(NamedTuple):
    """What is put in the place of the right code, how desk.v1 is read, and the first seed to look at."""

    planted: Planting = nullcontext
    read_desk: DeskReader = by_input
    first: int = 1


def _instead(*patches: tuple[Any, str, Any]) -> Planting:
    @contextmanager
    def planted() -> Iterator[None]:
        with ExitStack() as stack:
            for where, name, wrong in patches:
                stack.enter_context(mock.patch.object(where, name, wrong))
            yield

    return planted


_of = dead_letter.of
_accept = intake.accept
_contradictions = editions.contradictions
_take = Inbox._take


def _kept_whole(*arguments: Any) -> Any:
    with mock.patch.dict(DEAD.config, {"max.message.bytes": "1000000"}):
        return _of(*arguments)


def _origin_that_raises(self: ArticleLog, record: Record, home: int) -> Origin:
    return outputs.origin_of(record.headers, home)


def _time_before_offset(edition: Edition, position: Arrival, arrived: Arrival | None) -> bool:
    last = max(filter(None, (edition.decided, edition.decided_at_desk)), default=None)
    return arrived in edition.sent_home or (last is not None and position <= last)


def _waits_for_nothing(*arguments: Any) -> Intake:
    return replace(_accept(*arguments), after_others=False)


def _by_its_own_clock(
    submission: Submission, edition: Edition, request: str, now_ms: int, by: Publisher
) -> Accepted | Rejection | str:
    judgement = edition.judge(request)
    if judgement != "new":
        return "repeat" if judgement == "repeat" else idempotency.misused(submission.id)
    here = Arrival(now_ms, wire.partition_for(submission.id), 2**62)
    return decide(submission, edition, here, by)


async def _commits_first(self: Inbox, batches: Batches) -> None:
    await self._commit({tp: records[-1].offset + 1 for tp, records in batches.items()})
    await _take(self, batches)


async def _leaves_no_word(self: Inbox) -> None:
    self._generation += 1
    self._next, self._cautions, self._opened = {}, {}, set()


def _texts_only(*arguments: Any) -> Any:
    return {part: wrong for part, wrong in _contradictions(*arguments).items() if part == "text"}


def _as_it_came(log: Iterable[Record]) -> dict[tuple[str, str], str]:
    """Read desk.v1 without asking which input an action came from."""
    latest = {}
    for record in log:
        if place_of(record) and (kind := kind_of(record)).startswith("Hot"):
            said = json.loads(record.value or b"{}")
            latest[said["article"], said.get("scope", "all")] = kind
    return latest


NO_PLANT: Final = Plant()

PLANTS: Final = {
    "an output that is too large ends the loop": Plant(_instead((intake, "_too_large", lambda *_: None))),
    "a dead letter that is too large ends the loop": Plant(_instead((dead_letter, "of", _kept_whole))),
    "a foreign ce_input ends every start": Plant(
        _instead(
            (ArticleLog, "_origin", _origin_that_raises),
            (Tail, "_give", lambda self, record: self._take(record)),
        )
    ),
    "a repeat is known by its time before its offset": Plant(
        _instead((Edition, "has_decided", _time_before_offset))
    ),
    "a pin is lost behind a text that is written": Plant(
        _instead((inbox, "accept", _waits_for_nothing)), first=170
    ),
    "a paused owner's pin holds again": Plant(read_desk=_as_it_came, first=2850),
    "the guard does not look again": Plant(
        _instead((Guard, "_may_still_write", lambda *_: True)), first=4250
    ),
    "the guard looks at texts only": Plant(_instead((known, "contradictions", _texts_only)), first=1320),
    "the door judges by its own clock": Plant(_instead((door, "foresee", _by_its_own_clock))),
    "what is sent home twice is decided twice": Plant(
        _instead((editions, "with_arrivals", lambda known, _: known))
    ),
    "who gives a partition up leaves no word of it": Plant(
        _instead((Inbox, "_leave", _leaves_no_word)), first=780
    ),
    "commits come before acknowledgements": Plant(_instead((Inbox, "_take", _commits_first))),
}
