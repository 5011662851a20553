"""The settings of rank: `RANK_<FIELD>` in the environment."""

import hashlib
import socket
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import SettingsConfigDict

from shared.redis import RedisSettings
from shared.settings import DEVELOPMENT, is_loopback

_HERE: Final = "http://localhost"
"""In place of an address of the site that is wrong itself."""

_WELL_KNOWN: Final = hashlib.sha256(DEVELOPMENT.encode()).hexdigest()


class Token(BaseModel):
    """A token of ingest, by the SHA-256 of its secret; what else ingest knows of it is of no use here."""

    model_config = ConfigDict(frozen=True)

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    desk: bool = False
    expires: AwareDatetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Tell whether the token has expired."""
        return self.expires is not None and now >= self.expires


_TOKENS: Final = TypeAdapter(tuple[Token, ...])


def tokens_in(text: str | bytes, site_url: str) -> tuple[Token, ...]:
    """Read a JSON array of tokens as ingest has it; ValueError says what is wrong, without its secrets."""
    try:
        found = _TOKENS.validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = f"{'.'.join(map(str, fault['loc']))}: " if fault["loc"] else ""
        raise ValueError(f"{place}{fault['msg']}") from None
    if any(token.sha256 == _WELL_KNOWN for token in found) and not is_loopback(site_url):
        raise ValueError(
            f"has the development token {DEVELOPMENT}, which everybody knows, and SITE_URL is not a loopback "
            "address: set tokens of your own"
        )
    return found


class Settings(RedisSettings):
    """What rank can be told."""

    model_config = SettingsConfigDict(env_prefix="RANK_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(8082, ge=0, le=65535)
    instance: str = Field(default_factory=socket.gethostname, min_length=1, max_length=249)
    """The static member of the consumer group: the same after a restart, another in every replica."""

    late_s: int = Field(600, ge=0, le=86_400)
    ahead_s: int = Field(60, ge=0, le=3600)
    seats: int = Field(0, ge=0, le=65_536)
    """How many readers of an article a segment can be on one reading day; 0 does not bound them."""

    max_age_days: int = Field(30, ge=1, le=36_500)
    """An article that is older enters no list, unless an editor pins it."""

    session_s: float = Field(6.0, ge=1, le=300)
    """A worker that is silent for this long loses its partitions to others."""

    list_every_s: float = Field(0.2, ge=0.05, le=1)
    stuck_after_s: float = Field(30.0, ge=1)
    """A partition that stands still for this long with more to read makes the worker not ready."""

    event_every_s: float = Field(10.0, ge=0)
    """Of one list at most one HotListChanged is sent in this time."""

    tokens_file: Path | None = None
    """The tokens of ingest, of which those of a desk may ask what a void would do."""

    tokens: tuple[Token, ...] = Field((), repr=False)

    url: str = ""
    """Where the commands `hot` and `why` find a running rank; default http://RANK_HOST:RANK_PORT."""

    @field_validator("tokens_file", mode="before")
    @classmethod
    def _may_be_empty(cls, value: object) -> object:
        return value or None

    @field_validator("tokens_file")
    @classmethod
    def _has_tokens(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is not None:
            try:
                tokens_in(path.read_bytes(), info.data.get("site_url", _HERE))
            except OSError as error:
                raise ValueError(f"cannot be read: {error.strerror}") from None
        return path

    @field_validator("tokens", mode="before")
    @classmethod
    def _json(cls, value: object, info: ValidationInfo) -> object:
        if info.data.get("tokens_file") is not None:
            return ()
        return tokens_in(value, info.data.get("site_url", _HERE)) if isinstance(value, str) else value

    @property
    def base_url(self) -> str:
        """Where a running rank answers."""
        return self.url.rstrip("/") or f"http://{self.host}:{self.port}"
