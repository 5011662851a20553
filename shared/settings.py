"""Settings that every service shares; read from the environment once, in a service's `__main__`.

A service's own settings subclass this with `env_prefix="<SERVICE>_"`; the names below carry no prefix.
A setting that holds a secret has `Field(repr=False)`, and no message ever shows its value.
"""

import re
import sys
from ipaddress import ip_address
from typing import Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiokafka.conn import collect_hosts
from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

S = TypeVar("S", bound="ServiceSettings")

DEVELOPMENT: Final = "remen-dev"
"""The secret that compose has where none is set; whoever has read it knows it."""

_LONGEST_SHOWN: Final = 80


def is_loopback(url: str) -> bool:
    """Tell whether a site can be reached from its own machine only, as far as its address says."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class ServiceSettings(BaseSettings):
    """What every service must know: where Kafka is, and which site this is."""

    # Every value reaches its own validators as the text that it is, so that all faults are told alike.
    model_config = SettingsConfigDict(frozen=True, extra="ignore", enable_decoding=False, allow_inf_nan=False)

    kafka_bootstrap_servers: str = Field("127.0.0.1:9092", validation_alias="KAFKA_BOOTSTRAP_SERVERS")
    site_tz: str = Field("Asia/Kuala_Lumpur", validation_alias="SITE_TZ")
    site_name: str = Field("热门", validation_alias="SITE_NAME", min_length=1)
    site_url: str = Field("http://127.0.0.1:8080", validation_alias="SITE_URL")

    @field_validator("*", mode="before")
    @classmethod
    def _is_text(cls, value: object) -> object:
        try:
            str(value).encode()
        except UnicodeEncodeError:
            raise ValueError("is not UTF-8 text") from None
        return value

    @field_validator("kafka_bootstrap_servers")
    @classmethod
    def _names_brokers(cls, servers: str) -> str:
        try:
            named = all(host and 0 < port < 65536 for host, port, _ in collect_hosts(servers))
        except ValueError:
            named = False
        if not named:
            raise ValueError("must be host:port, several separated by commas")
        return servers

    @field_validator("site_tz")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is not the name of a time zone, such as Asia/Kuala_Lumpur") from None
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
    """Read settings from the environment; exit 2 with every fault named in a line of its own."""
    try:
        return settings()
    except ValidationError as error:
        sys.stderr.writelines(_line(settings, fault) for fault in error.errors())
        raise SystemExit(2) from None


def _line(settings: type[ServiceSettings], fault: ErrorDetails) -> str:
    """Name the variable, what is wrong, and what it holds unless that may be a secret."""
    fields, prefix = settings.model_fields, settings.model_config.get("env_prefix") or ""
    name, *inside = map(str, fault["loc"])
    field = next(field for own, field in fields.items() if name in (own, field.validation_alias))
    variable = name if name == field.validation_alias else (prefix + name).upper()
    place = f"{'.'.join(inside)}: " if inside else ""
    reason = re.sub(r"^(Input|String|Value) should ", "must ", fault["msg"]).removeprefix("Value error, ")
    value = repr(fault["input"])
    if len(value) > _LONGEST_SHOWN:
        value = f"{value[:_LONGEST_SHOWN]}…"
    # an address may have a password before its @
    shown = f" (got {value})" if field.repr and "@" not in str(fault["input"]) else ""
    return f"{variable}: {place}{reason}{shown}\n"
