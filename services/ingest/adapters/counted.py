"""Counts what is answered over HTTP, by route and status; who asks how the service does is not counted."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from prometheus_client import Counter

from shared.health import PATHS

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Message, Any, Send], Awaitable[None]]

_requests: Final = Counter("remen_ingest_requests_total", "Answers by route and status", ["route", "status"])
_NO_ROUTE: Final = "other"
"""Whatever was asked for that there is not: its address is no label."""

# what is counted for the first time has an increase only if it was 0 before
for _status in (201, 500, 503):
    _requests.labels("/articles", _status)


class Counted:
    """An application around another one."""

    def __init__(self, app: Asgi) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Any, send: Send) -> None:
        """Pass a request on, and count its answer."""
        if scope["type"] != "http" or scope["path"] in PATHS:
            await self._app(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                _count(scope, message["status"])
            await send(message)

        try:
            await self._app(scope, receive, counted)
        except Exception:
            # who answers for it stands before this application
            _count(scope, 500)
            raise


def _count(scope: Message, status: int) -> None:
    route = getattr(scope.get("route"), "path", _NO_ROUTE)
    _requests.labels(route, status).inc()
