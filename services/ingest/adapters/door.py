"""The door for requests: it checks by the same rules, sends to ingest.v1, and waits for the outcome.

Nothing is decided here: a request becomes an input like any other, and the answer is what its output says.
The check beforehand only tells the caller at once what would be refused anyway.
"""

import asyncio
import time
import uuid
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import quote

from aiokafka.errors import KafkaError

from services.ingest.adapters.article_log import ArticleLog
from services.ingest.adapters.bounded_reading import read_bounded
from services.ingest.adapters.outbox import Outbox
from services.ingest.adapters.outcomes import Outcomes
from services.ingest.adapters.tokens import Tokens
from services.ingest.core.decide import Accepted
from services.ingest.core.editions import Edition
from services.ingest.core.faults import Rejection
from services.ingest.core.idempotency import misused, name_request
from services.ingest.core.intake import foresee
from services.ingest.core.outputs import submitted
from services.ingest.core.rights import Publisher
from services.ingest.core.submissions import EVERY_ARTICLE, Submission
from services.ingest.core.xml_items import is_xml
from services.ingest.settings import Settings
from shared import problem, wire
from shared.runtime import log

KAFKA_DEADLINE_S: Final = 2.0
READING_DEADLINE_S: Final = 10.0


class RefusedError(Exception):
    """A request that is answered with a problem document."""

    def __init__(self, document: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self.document = document
        self.headers = headers


def refuse(status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> RefusedError:
    """Make the refusal of a request."""
    return RefusedError(problem.problem(status, detail, **more), headers)


class Answer(NamedTuple):
    """What became of a request: `decided` or still waiting; `replayed` if it had been accepted before."""

    submission: Submission
    decided: bool
    replayed: bool = False


class Door:
    """What the routes need: who may write, what is known, how to send, how to wait for the outcome."""

    def __init__(
        self, settings: Settings, tokens: Tokens, outbox: Outbox, articles: ArticleLog, outcomes: Outcomes
    ) -> None:
        self._settings = settings
        self._tokens = tokens
        self._outbox = outbox
        self._articles = articles
        self._outcomes = outcomes

    def url(self, article_id: str) -> str:
        """Give the address of an article's page; of all articles, that of the hot list."""
        if article_id == EVERY_ARTICLE:
            return f"{self._settings.site_url}/hot"
        return f"{self._settings.site_url}/article/{quote(article_id)}"

    def publisher(self, authorization: str) -> Publisher:
        """Tell who asks, by the value of the Authorization header; refuse who asks too much."""
        scheme, _, secret = authorization.partition(" ")
        now = datetime.now(UTC)
        token = self._tokens.known(secret.strip(), now) if scheme.lower() == "bearer" else None
        if token is None or token.is_over(now):
            known = "send a known publisher's token in the header Authorization: Bearer …"
            why = known if token is None else f"the token expired at {token.expires:%Y-%m-%dT%H:%M:%S%z}"
            raise refuse(401, why, {"www-authenticate": "Bearer"})
        if wait_s := self._tokens.wait_s(token.name, time.monotonic()):
            raise refuse(429, f"{token.name} asks too much at once; wait", {"retry-after": str(wait_s)})
        return self._tokens.publishers[token.name]

    def received(self, publisher: Publisher, size: int) -> None:
        """Take note that a publisher has sent so many bytes."""
        self._tokens.sent(publisher.name, size, time.monotonic())

    def edition(self, article_id: str) -> Edition:
        """Give what is known of an article; refuse while the log is still being read."""
        self.ready()
        return self._articles.edition(article_id)

    def ready(self) -> None:
        """Refuse at once while the log is still being read: another instance may know more."""
        if not self._articles.caught_up_once.is_set():
            raise refuse(503, "the log of articles is still being read; try again", {"retry-after": "1"})

    async def foresee(self, value: bytes, by: Publisher) -> tuple[Submission, Accepted]:
        """Tell what an input would become if it were sent now."""
        submission, foreseen = await self._foreseen(value, by, "")
        return submission, foreseen if isinstance(foreseen, Accepted) else Accepted()

    async def submit(self, value: bytes, by: Publisher, key: str | None, traceparent: str | None) -> Answer:
        """Send an input and wait for its outcome, unless its Idempotency-Key says that it is a repeat."""
        request_id = uuid.uuid4().hex if key is None else name_request(by.name, key, value)
        submission, foreseen = await self._foreseen(value, by, request_id)
        if foreseen == "repeat":
            return Answer(submission, decided=True, replayed=True)
        if self._articles.is_used_elsewhere(request_id):
            raise RefusedError(misused(submission.id).problem())
        headers = [
            (wire.PUBLISHER, by.name.encode()),
            (wire.REQUEST_ID, request_id.encode()),
            ("content-type", b"application/xml" if is_xml(value) else b"application/json"),
        ]
        if traceparent:
            headers.append((wire.TRACEPARENT, traceparent.encode()))
        with self._outcomes.expected(request_id) as outcome:
            offset = await self._send(submission.id, value, headers)
            try:
                refusal = await asyncio.wait_for(outcome.of(offset), self._settings.outcome_wait_s)
            except TimeoutError:
                return Answer(submission, decided=False)
        if refusal is not None:
            raise RefusedError(refusal)
        return Answer(submission, decided=True)

    async def _foreseen(
        self, value: bytes, by: Publisher, request_id: str
    ) -> tuple[Submission, Accepted | Literal["repeat"]]:
        submission = await self._read(value)
        if isinstance(submission, Rejection):
            raise RefusedError(submission.problem())
        edition = self.edition(submission.id)
        foreseen = foresee(submission, edition, request_id, time.time_ns() // 1_000_000, by)
        if isinstance(foreseen, Rejection):
            raise RefusedError(foreseen.problem())
        return submission, foreseen

    async def _read(self, value: bytes) -> Submission | Rejection:
        try:
            async with asyncio.timeout(READING_DEADLINE_S):
                return await read_bounded(value, self._settings.defaults, line="requests")
        except TimeoutError:
            detail = "too many large messages are being read at once; send it again"
            raise refuse(503, detail, {"retry-after": "5"}) from None

    async def _send(self, article_id: str, value: bytes, headers: list[tuple[str, bytes]]) -> int:
        """Give the offset that Kafka has given the message."""
        try:
            async with asyncio.timeout(KAFKA_DEADLINE_S):
                written: Any = await (await self._outbox.send(submitted(article_id, value, headers)))
                return int(written.offset)
        except (KafkaError, TimeoutError) as error:
            log.warning("kafka_away", reason=repr(error))
            raise refuse(
                503,
                "Kafka did not take the message in time; send it again (a repeat changes nothing)",
                {"retry-after": "2"},
            ) from None
