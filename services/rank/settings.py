"""The settings of rank: `RANK_<FIELD>` in the environment."""

import socket

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.redis import RedisSettings
from shared.tokens import Token, TokenSettings


class Settings(TokenSettings[Token], RedisSettings):
    """What rank can be told; the tokens are those of ingest, of which only a desk's are of use here."""

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

    url: str = ""
    """Where the commands `hot` and `why` find a running rank; default http://RANK_HOST:RANK_PORT."""

    @property
    def base_url(self) -> str:
        """Where a running rank answers."""
        return self.url.rstrip("/") or f"http://{self.host}:{self.port}"
