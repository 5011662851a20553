"""One process of ingest: started, called over HTTP, paused, killed."""

import asyncio
from dataclasses import dataclass
from typing import Any

from services.ingest.adapters.door import RefusedError
from services.ingest.core.idempotency import name_request
from tests.unit.ingest.simulation.cluster import CALL, Cluster
from tests.unit.ingest.simulation.loop import Process
from tests.unit.ingest.simulation.seam import PUBLISHER, Parts, Started


@dataclass(eq=False)
class Call:
    """A request over HTTP and its answer: a status, or None if the connection was lost."""

    value: bytes
    key: str | None
    article: str
    status: int | None = None
    replayed: bool = False
    detail: str = ""

    @property
    def name(self) -> str:
        """Give the request's name where it has a key."""
        return "" if self.key is None else name_request(PUBLISHER.name, self.key, self.value)


class Instance:
    """A process with all that runs in it."""

    def __init__(self, name: str, cluster: Cluster) -> None:
        self.process = Process(name)
        self.died: BaseException | None = None
        self._cluster = cluster
        self.parts: Parts | None = None
        self._run(self._live())

    @property
    def name(self) -> str:
        """Give the instance's name."""
        return self.process.name

    def _run(self, coro: Any) -> None:
        asyncio.get_event_loop().create_task(coro, context=self.process.context)

    async def _live(self) -> None:
        self.parts = Parts(self.name)
        for service in self.parts.services:
            await Started(service, self._crash).start()

    def is_at_work(self) -> bool:
        """Tell whether it has read what it must and reads on."""
        return (
            self.parts is not None
            and self.parts.articles.caught_up_once.is_set()
            and bool(self.parts.inbox.owned)
        )

    def _crash(self, reason: BaseException) -> None:
        self.died = self.died or reason

    def call(self, call: Call) -> None:
        """Send a request."""
        context = self.process.context.copy()
        context.run(CALL.set, call)
        asyncio.get_event_loop().create_task(self._answer(call), context=context)

    async def _answer(self, call: Call) -> None:
        assert self.parts is not None
        try:
            answer = await self.parts.door.submit(call.value, PUBLISHER, call.key, None)
            call.status, call.replayed = 201 if answer.decided else 202, answer.replayed
        except RefusedError as error:
            call.status, call.detail = error.document["status"], error.document["detail"]
        except Exception as error:
            call.status, call.detail = 500, repr(error)
