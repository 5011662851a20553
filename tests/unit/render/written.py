"""A view log that a test reads, in place of Kafka's."""

import asyncio

from services.render.adapters.views.view_log import QueueFullError, ViewLog
from services.render.core.views.view_batches import View


class Written(ViewLog):
    """A view log without Kafka: it keeps what it is given and answers as the test says."""

    def __init__(self) -> None:
        super().__init__("nowhere", "test")
        self.views: list[View] = []
        self.outcome: Exception | None = None
        self.silent = False

    def add(self, view: View) -> asyncio.Future[None]:
        """Take a view."""
        if isinstance(self.outcome, QueueFullError):
            raise self.outcome
        self.views.append(view)
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.outcome is not None:
            answer.set_exception(self.outcome)
        elif not self.silent:
            answer.set_result(None)
        return answer
