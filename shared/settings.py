"""Settings that every service shares; read from the environment once, in a service's `__main__`.

A service's own settings subclass this with `env_prefix="<SERVICE>_"`; the names below carry no prefix.
"""

import sys
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

S = TypeVar("S", bound="ServiceSettings")


class ServiceSettings(BaseSettings):
    """What every service must know: where Kafka is, and which site this is."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    kafka_bootstrap_servers: str = Field("127.0.0.1:9092", validation_alias="KAFKA_BOOTSTRAP_SERVERS")
    site_tz: str = Field("Asia/Kuala_Lumpur", validation_alias="SITE_TZ")
    site_name: str = Field("热门", validation_alias="SITE_NAME", min_length=1)
    site_url: str = Field("http://127.0.0.1:8080", validation_alias="SITE_URL")

    @field_validator("site_tz")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{name!r} is no time zone name, for example Asia/Kuala_Lumpur") from None
        return name

    @field_validator("site_url")
    @classmethod
    def _no_trailing_slash(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return url.rstrip("/")

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.site_tz)


def read(settings: type[S]) -> S:
    """Read settings from the environment; exit 2 with every fault named if one is wrong."""
    try:
        return settings()
    except ValidationError as error:
        prefix = settings.model_config.get("env_prefix") or ""
        for fault in error.errors():
            name = str(fault["loc"][0])
            variable = name if name.isupper() else (prefix + name).upper()
            sys.stderr.write(f"{variable}: {fault['msg']} (got {fault['input']!r})\n")
        raise SystemExit(2) from None
