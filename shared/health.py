"""`/healthz`, `/readyz` and `/metrics`: the same three answers in every service.

Healthy means the process answers. Ready means that every check has nothing to complain of; a check gives None
or one sentence that says what is waited for. A check that fails is a complaint too. A remark is told beside
them and does not make a process unready: what all processes lack alike, no other could do better.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Gauge, generate_latest

from shared.runtime import log

Check = Callable[[], str | None]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PATHS: Final = ("/healthz", "/readyz", "/metrics")

_ready = Gauge(
    "remen_ready", "1 while this check of /readyz is content, 0 while something is waited for", ["check"]
)


class Health:
    """An ASGI application for the three paths."""

    def __init__(self, checks: dict[str, Check], remarks: dict[str, Check] | None = None) -> None:
        self._checks = checks
        self._remarks = remarks or {}

    def complaints(self) -> dict[str, str]:
        """Give what each check that is not content says."""
        return _all_said(self._checks)

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Give status, media type and body for one of the three paths."""
        if path == "/metrics":
            complaints = self.complaints()
            for name in self._checks:
                _ready.labels(name).set(name not in complaints)
            return 200, CONTENT_TYPE_LATEST, generate_latest(REGISTRY)
        complaints = self.complaints() if path == "/readyz" else {}
        remarks = _all_said(self._remarks) if path == "/readyz" else {}
        body = {"status": "waiting" if complaints else "ok", **complaints, **remarks}
        text = json.dumps(body, ensure_ascii=False)
        # half a surrogate pair, which a complaint may quote, is written as JSON escapes it
        return 503 if complaints else 200, "application/json", text.encode(errors="backslashreplace")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        status, media_type, body = self.answer(scope["path"])
        headers = [
            (b"content-type", media_type.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _all_said(checks: dict[str, Check]) -> dict[str, str]:
    said = {name: _said(name, check) for name, check in checks.items()}
    return {name: complaint for name, complaint in said.items() if complaint is not None}


def _said(name: str, check: Check) -> str | None:
    try:
        return check()
    except Exception as error:
        log.exception("check_failed", check=name)
        return f"this check failed: {error!r}"
