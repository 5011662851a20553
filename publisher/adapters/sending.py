"""Sending from outside the service: into ingest.v1, and then what the worker decided.

It is a publisher like any other: it checks by the same rules beforehand, and reads the outcome from the
topics that ingest writes. Outcomes come in the order of the inputs, and only so many are under way at a time:
a million inputs need no more memory than a hundred.
"""

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeVar

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from publisher.adapters.failures import CommandError, answering
from publisher.adapters.files import Input
from publisher.adapters.outcomes import Outcomes, Problem
from publisher.adapters.standing import Standing
from publisher.settings import Settings
from services.ingest.core.faults import Rejection, invalid
from services.ingest.core.notes import Note, as_objects, write
from services.ingest.core.reading import Defaults, read
from services.ingest.core.submissions import Publish, Submission
from shared import kafka, wire
from shared.events import ArticlePublished
from shared.runtime import wait_for
from shared.topics import INGEST

T = TypeVar("T")

UNDER_WAY: Final = 100
"""Inputs sent whose outcome is not told yet."""
_STOP_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an input; pending: not decided in time; unchanged: it stood already."""

    file: str
    place: str
    id: str | None
    outcome: Literal["accepted", "unchanged", "refused", "pending", "not sent"]
    url: str | None = None
    problem: Problem | None = None
    notes: tuple[Note, ...] = ()
    article: ArticlePublished | None = None
    """As it would stand, of what is not sent."""

    def as_json(self) -> dict[str, Any]:
        """Give what `--json` prints; `place` only where a file holds several."""
        told = {
            "file": self.file or None,
            "place": self.place,
            "id": self.id,
            "outcome": self.outcome,
            "url": self.url,
            "problem": self.problem,
            "notes": as_objects(self.notes),
            "article": self.article and self.article.model_dump(mode="json", exclude_none=True),
        }
        return {name: value for name, value in told.items() if value or name not in ("place", "article")}


@dataclass(frozen=True, slots=True)
class _UnderWay:
    outcome: Outcome
    acknowledged: asyncio.Future[object]
    decided: asyncio.Future[Problem | None]
    until: float
    places: Mapping[str, str]


@asynccontextmanager
async def sending(
    settings: Settings, timeout_s: float, *, only_changes: bool = False
) -> AsyncIterator["Sender"]:
    """Connect to Kafka and give a sender; CommandError if that takes longer than `timeout_s`.

    `only_changes`: what stands already is not sent; for this all that stands is read first.
    """
    servers = settings.kafka_bootstrap_servers
    producer, outcomes = kafka.producer(servers, "publisher"), Outcomes(servers)
    standing = Standing(servers, outcomes.settle) if only_changes else None
    try:
        async with answering(servers, timeout_s):
            await wait_for("Kafka", producer.start, (KafkaError, OSError))
            await producer.partitions_for(INGEST.name)
            await outcomes.start()
        if standing:
            await standing.start(timeout_s)
        yield Sender(settings, producer, outcomes, timeout_s, standing)
    finally:
        if standing:
            await standing.stop()
        await outcomes.stop()
        with suppress(TimeoutError, KafkaError):
            await asyncio.wait_for(producer.stop(), _STOP_S)


class Sender:
    """Sends inputs and tells their outcomes."""

    def __init__(
        self,
        settings: Settings,
        producer: AIOKafkaProducer,
        outcomes: Outcomes,
        timeout_s: float,
        standing: Standing | None = None,
    ) -> None:
        self._standing = standing
        self._settings = settings
        self._producer = producer
        self._outcomes = outcomes
        self._timeout_s = timeout_s
        self._silent = False

    async def send(self, inputs: Iterable[Input]) -> AsyncIterator[Outcome]:
        """Send all and give their outcomes in order; CommandError if Kafka does not take one in time."""
        under_way: deque[_UnderWay | Outcome] = deque()
        for one in inputs:
            under_way.append(await self._sent(one))
            # reading files does not wait for anything, and meanwhile nothing would be seen as decided
            await asyncio.sleep(0)
            while under_way and (len(under_way) >= UNDER_WAY or _is_decided(under_way[0])):
                yield await self._decided(under_way.popleft())
        while under_way:
            yield await self._decided(under_way.popleft())

    async def _sent(self, one: Input) -> _UnderWay | Outcome:
        read = checked(one, self._settings)
        if isinstance(read, Outcome):
            return read
        submission, outcome = read
        noted = [(wire.NOTES, write(one.notes))] if one.notes else []
        request_id = self._request(submission, one)
        if request_id is None:
            return replace(outcome, outcome="unchanged")
        until = asyncio.get_running_loop().time() + self._timeout_s
        decided = self._outcomes.expected(request_id)
        sending = self._producer.send(
            INGEST.name,
            one.value,
            key=one.key or submission.id.encode(),
            partition=wire.partition_for(submission.id),
            headers=[(wire.REQUEST_ID, request_id.encode()), *noted, *one.headers],
        )
        return _UnderWay(
            outcome,
            await self._kafkas_answer(sending, until),
            decided,
            until,
            one.places,
        )

    def _request(self, submission: Submission, one: Input) -> str | None:
        """Name a request; None if what it asks for stands."""
        if self._standing is None or not isinstance(one.value, bytes):
            return uuid.uuid4().hex
        return self._standing.request_for(submission.id, one.value)

    async def _decided(self, one: _UnderWay | Outcome) -> Outcome:
        if isinstance(one, Outcome):
            return one
        await self._kafkas_answer(one.acknowledged, one.until)
        try:
            # once a wait was in vain, those behind it are not waited for until ingest is heard of again
            async with asyncio.timeout_at(0 if self._silent else one.until):
                problem = await one.decided
        except TimeoutError:
            self._silent = True
            return one.outcome
        self._silent = False
        problem = problem and placed(problem, one.places)
        return replace(one.outcome, outcome="refused" if problem else "accepted", problem=problem)

    async def _kafkas_answer(self, answer: Awaitable[T], until: float) -> T:
        try:
            async with asyncio.timeout_at(until):
                return await answer
        except (KafkaError, TimeoutError) as error:
            reason = f"within {self._timeout_s:g} s" if isinstance(error, TimeoutError) else f"({error})"
            raise CommandError(
                f"Kafka at {self._settings.kafka_bootstrap_servers} did not take a message {reason}; send "
                "again what is not listed as accepted (a repeat changes nothing)"
            ) from error


def checked(one: Input, settings: Settings) -> Outcome | tuple[Submission, Outcome]:
    """Judge an input by the rule book: refused, or what it says and an outcome that is still pending."""
    refused = Outcome(one.file, one.place, None, "refused", notes=one.notes)
    if isinstance(one.value, Rejection):
        return replace(refused, problem=one.value.problem())
    submission = read(one.value, Defaults(settings.ninjs_section, settings.zone), one.headers)
    if one.faults:
        found = submission.faults if isinstance(submission, Rejection) else ()
        submission = invalid([*one.faults, *found], submission.id)
    if isinstance(submission, Rejection):
        return replace(refused, id=submission.id, problem=placed(submission.problem(), one.places))
    noted = submission.notes if isinstance(submission, Publish) else ()
    notes = *one.notes, *(note._replace(pointer=one.places.get(note.pointer, note.pointer)) for note in noted)
    url = f"{settings.site_url}/article/{submission.id}"
    return submission, Outcome(one.file, one.place, submission.id, "pending", url, notes=notes)


def placed(problem: Problem, places: Mapping[str, str]) -> Problem:
    """Tell of each fault where its value was written."""
    faults = [
        fault | {"pointer": places.get(fault["pointer"], fault["pointer"])}
        for fault in problem.get("errors") or ()
    ]
    if not faults or not places:
        return problem
    detail = "; ".join(f"{fault['pointer'] or 'the message'}: {fault['detail']}" for fault in faults)
    return problem | {"errors": faults, "detail": detail}


def _is_decided(one: _UnderWay | Outcome) -> bool:
    return isinstance(one, Outcome) or (one.acknowledged.done() and one.decided.done())
