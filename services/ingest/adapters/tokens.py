"""Who may write: the tokens of the settings, or of a file that is looked at once a second.

A file that cannot be used changes nothing: the last good tokens hold, and `/readyz` and the log say so.
"""

import asyncio
from datetime import datetime
from math import ceil
from typing import Final

from mode import Service
from prometheus_client import Gauge

from services.ingest.core.intake import Publishers
from services.ingest.core.rights import Publisher
from services.ingest.settings import Settings, Token
from shared.pace import Pace, Turnstile
from shared.runtime import log
from shared.tokens import of_secret

EVERY_S: Final = 1.0
AT_ONCE_S: Final = 10.0
"""An unused allowance is kept for so long."""

LAST_USED: Final = Gauge(
    "remen_ingest_token_last_used_seconds",
    "When a request came with the token (Unix time); `token` is the beginning of its SHA-256",
    ["name", "token"],
)


class Tokens(Service):
    """The tokens and their publishers as they are now; what changes holds from the next look on."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._file = settings.tokens_file
        self._settings = settings
        self._requests, self._bytes = (
            Turnstile(Pace(per_s, per_s * AT_ONCE_S))
            for per_s in (settings.requests_per_s, settings.bytes_per_s)
        )
        self._read: bytes | None = None
        self._complaint: str | None = None
        self._hold(settings.tokens)
        if self._file is not None:
            self._take(self._file.read_bytes())

    def complaint(self) -> str | None:
        """Say what is wrong with the file."""
        return self._complaint

    def known(self, secret: str, now: datetime) -> Token | None:
        """Give the token that this is the secret of, expired or not; note its use if it is not."""
        token = of_secret(self.tokens, secret)
        if token is not None and not token.is_over(now):
            LAST_USED.labels(token.name, token.sha256[:8]).set(now.timestamp())
        return token

    def wait_s(self, name: str, now_s: float) -> int:
        """Take a request out of what a publisher is allowed; or say for how many seconds it must wait."""
        wait = ceil(max(self._requests.wait_s(name, now_s), self._bytes.wait_s(name, now_s)))
        if not wait:
            self._requests.count(name, now_s)
        return wait

    def sent(self, name: str, size: int, now_s: float) -> None:
        """Take so many bytes out of what a publisher is allowed."""
        self._bytes.count(name, now_s, size)

    @Service.timer(EVERY_S)
    async def _look(self) -> None:
        await self.look()

    async def look(self) -> None:
        """Take in what has changed in the file."""
        if self._file is None:
            return
        try:
            found = await asyncio.to_thread(self._file.read_bytes)
        except OSError as error:
            self._read = None
            self._complain(f"cannot be read: {error.strerror}")
        else:
            if found != self._read:
                self._take(found)

    def _take(self, found: bytes) -> None:
        self._read = found
        try:
            tokens = self._settings.tokens_in(found, self._settings.site_url)
        except ValueError as error:
            self._complain(str(error))
            return
        self._complaint = None
        self._hold(tokens)
        log.info("tokens_read", names=sorted(self.publishers))

    def _hold(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.publishers: Publishers = {t.name: Publisher(t.name, t.sections, t.desk) for t in tokens}
        self.topics = tuple(sorted({token.name for token in tokens if token.topic}))

    def _complain(self, why: str) -> None:
        complaint = f"INGEST_TOKENS_FILE {why}; the last good tokens hold"
        if complaint != self._complaint:
            log.error("tokens_not_read", reason=why)
        self._complaint = complaint
