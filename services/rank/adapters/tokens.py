"""Who may ask what a void would do: desks by their tokens, of the settings or of a file read each time."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from starlette.exceptions import HTTPException

from services.rank.settings import Settings
from shared.tokens import Token, of_secret

_NONE: Final = (
    "no token of a desk is known here: set RANK_TOKENS_FILE, or RANK_TOKENS, to the tokens of ingest"
)


class Tokens:
    """The tokens that ingest knows too; only those of a desk may ask."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def check(self, secret: str) -> None:
        """Refuse whoever has no token of a desk."""
        tokens = await self._tokens()
        if not any(token.desk for token in tokens):
            raise HTTPException(503, _NONE)
        token = of_secret(tokens, secret)
        if token is None:
            raise _unknown("send a desk's token in the header Authorization: Bearer …")
        if token.is_over(datetime.now(UTC)):
            raise _unknown("the token has expired")
        if not token.desk:
            raise HTTPException(403, "this token is not a desk's")

    async def _tokens(self) -> tuple[Token, ...]:
        file = self._settings.tokens_file
        if file is None:
            return self._settings.tokens
        try:
            return self._settings.tokens_in(await asyncio.to_thread(file.read_bytes), self._settings.site_url)
        except (OSError, ValueError) as error:
            why = f"cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)
            raise HTTPException(503, f"RANK_TOKENS_FILE {why}") from None


def _unknown(why: str) -> HTTPException:
    return HTTPException(401, why, {"www-authenticate": "Bearer"})
