"""Settings that every service shares; read from the environment once, in a service's `__main__`.

A service's own settings subclass this with `env_prefix="<SERVICE>_"`; the names below carry no prefix.
A setting that holds a secret has `Field(repr=False)`, and no message ever shows its value; `<NAME>_FILE` may
name a file that holds it, so that it stands in no environment.
"""

import os
import re
import ssl
import sys
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiokafka.conn import collect_hosts
from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared.identity import Identity, Mechanism, Protocol, speak_as

S = TypeVar("S", bound="ServiceSettings")

DEVELOPMENT: Final = "remen-dev"
"""The secret that compose had before it drew its own; whoever has read it knows it."""

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
    kafka_username: str = Field("", validation_alias="KAFKA_USERNAME")
    kafka_password: str = Field("", validation_alias="KAFKA_PASSWORD", repr=False)
    kafka_ca_file: Path | None = Field(None, validation_alias="KAFKA_CA_FILE")
    kafka_sasl_mechanism: Mechanism = Field("SCRAM-SHA-512", validation_alias="KAFKA_SASL_MECHANISM")
    kafka_security_protocol: Protocol = Field(
        "PLAINTEXT", validation_alias="KAFKA_SECURITY_PROTOCOL", validate_default=True
    )
    site_tz: str = Field("Asia/Kuala_Lumpur", validation_alias="SITE_TZ")
    site_name: str = Field("热门", validation_alias="SITE_NAME", min_length=1)
    site_url: str = Field("http://127.0.0.1:8080", validation_alias="SITE_URL")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment, and the files that it names for secrets."""
        return init_settings, _SecretFiles(settings_cls), env_settings

    @field_validator("*", mode="before")
    @classmethod
    def _is_text(cls, value: object) -> object:
        if isinstance(value, _Unusable):
            raise ValueError(value.reason)
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

    @field_validator("kafka_ca_file")
    @classmethod
    def _holds_certificates(cls, file: Path | None) -> Path | None:
        try:
            ssl.create_default_context(cafile=file)
        except OSError as error:
            raise ValueError(f"is not a file of certificates: {error}") from None
        return file

    @field_validator("kafka_security_protocol")
    @classmethod
    def _suits_the_name(cls, protocol: Protocol, info: ValidationInfo) -> Protocol:
        given = info.data
        if protocol.startswith("SASL") != bool(given.get("kafka_username")):
            raise ValueError("is SASL_SSL or SASL_PLAINTEXT with KAFKA_USERNAME, and only with it")
        if protocol.startswith("SASL") and given.get("kafka_password") == "":
            raise ValueError("asks for KAFKA_PASSWORD or KAFKA_PASSWORD_FILE")
        if (protocol, given.get("kafka_sasl_mechanism")) == ("SASL_PLAINTEXT", "PLAIN"):
            raise ValueError("must be SASL_SSL with PLAIN, which sends the password as it is")
        return protocol

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
    def identity(self) -> Identity:
        """As whom the process speaks to Kafka."""
        return Identity(
            self.kafka_security_protocol,
            self.kafka_sasl_mechanism,
            self.kafka_username,
            self.kafka_password,
            self.kafka_ca_file,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.site_tz)


def read(settings: type[S]) -> S:
    """Read settings from the environment and speak to Kafka by them; exit 2 with a line for every fault."""
    try:
        given = settings()
    except ValidationError as error:
        sys.stderr.writelines(_line(settings, fault) for fault in error.errors())
        raise SystemExit(2) from None
    speak_as(given.identity)
    return given


@dataclass(frozen=True, slots=True)
class _Unusable:
    """What stands for a secret whose file cannot be read."""

    reason: str


class _SecretFiles(PydanticBaseSettingsSource):
    """Secrets out of the files that `<NAME>_FILE` names, unless a settings class reads that name itself."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Read one secret; None if no file is named for it."""
        fields, prefix = self.settings_cls.model_fields, self.config.get("env_prefix") or ""
        variable = _variable(field_name, field, prefix)
        key = variable if variable == field.validation_alias else field_name
        path = os.environ.get(f"{variable}_FILE")
        if field.repr or not path or f"{field_name}_file" in fields:
            return None, key, False
        if os.environ.get(variable):
            return _Unusable(f"is given, and {variable}_FILE too"), key, False
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n"), key, False
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            return _Unusable(f"cannot be read from {variable}_FILE: {why}"), key, False

    def __call__(self) -> dict[str, Any]:
        """Read all of them."""
        read = (self.get_field_value(field, name) for name, field in self.settings_cls.model_fields.items())
        return {key: value for value, key, _ in read if value is not None}


def _variable(name: str, field: FieldInfo, prefix: str) -> str:
    return str(field.validation_alias) if field.validation_alias else (prefix + name).upper()


def _line(settings: type[ServiceSettings], fault: ErrorDetails) -> str:
    """Name the variable, what is wrong, and what it holds unless that may be a secret."""
    fields, prefix = settings.model_fields, settings.model_config.get("env_prefix") or ""
    name, *inside = map(str, fault["loc"])
    own, field = next((own, field) for own, field in fields.items() if name in (own, field.validation_alias))
    variable = _variable(own, field, prefix)
    place = f"{'.'.join(inside)}: " if inside else ""
    reason = re.sub(r"^(Input|String|Value) should ", "must ", fault["msg"]).removeprefix("Value error, ")
    value = repr(fault["input"])
    if len(value) > _LONGEST_SHOWN:
        value = f"{value[:_LONGEST_SHOWN]}…"
    # an address may have a password before its @
    shown = f" (got {value})" if field.repr and "@" not in str(fault["input"]) else ""
    return f"{variable}: {place}{reason}{shown}\n"
