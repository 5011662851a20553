"""What render can be told through the environment; the README lists every name."""

import socket
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from services.render.core.pages.picture_service import PictureService
from services.render.core.text import glossary
from shared.redis import RedisSettings
from shared.settings import DEVELOPMENT, is_loopback

Network = IPv4Network | IPv6Network

_PRIVATE = (
    *("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    # of one link, and shared ones, which load balancers of clouds ask from
    *("169.254.0.0/16", "fe80::/10", "100.64.0.0/10"),
)

INSTALL: Final = "install asyncpg, as the extra `archive` of services/render/pyproject.toml names it"

_SOURCE = r"^(\*|https?:|(https?://)?(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:(\d+|\*))?)$"


class Settings(RedisSettings):
    """Settings of the render service (`RENDER_…`)."""

    model_config = SettingsConfigDict(env_prefix="RENDER_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    data: Path = Path(".remen/render")
    """Folder of this replica's own SQLite file; two replicas never share one."""
    snapshot: Path | None = None
    """Folder that `python -m services.render snapshot` wrote: what a replica without a store begins with."""
    keep: int | None = Field(None, ge=3, le=36_500)
    """Days for which a replica keeps articles whole; what was published before lies in the archive."""
    archive_url: str = Field("", repr=False, validate_default=True)
    """Where the archive is: a database of a PostgreSQL."""
    archive_password: str = Field("", repr=False)
    """Of the user in `archive_url`."""
    instance: str = Field(default_factory=socket.gethostname, min_length=1)
    token_key: str = Field("", repr=False)
    """Secret of the view tokens, the same for all replicas; empty: each process draws its own."""
    glossary: Path | None = None
    """File of the site's own terms that are not left to OpenCC; they go before those of `glossary.tsv`."""
    sections: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Sections in the order of the masthead, separated by commas; others follow by name."""
    trusted_proxies: tuple[Network, ...] | int = tuple(ip_network(n) for n in _PRIVATE)
    """Peers whose `X-Forwarded-For` is believed, as networks separated by commas; or how many proxies."""
    picture_hosts: tuple[Annotated[str, Field(pattern=_SOURCE)], ...] = ("https:",)
    """Where pictures may come from, as sources of a CSP, separated by commas; the site itself always may."""
    picture_key: str = Field("", repr=False)
    """Secret of the signatures in `picture_url`; imgproxy's in hexadecimal."""
    picture_salt: str = Field("", repr=False)
    """imgproxy's other one, in hexadecimal."""
    picture_url: str = ""
    """Template of addresses at a service that makes pictures smaller; empty: all are loaded as they are."""
    picture_referrer: Literal[
        "no-referrer",
        "origin",
        "strict-origin",
        "origin-when-cross-origin",
        "strict-origin-when-cross-origin",
    ] = "no-referrer"
    """What whoever keeps a picture is told of the page it is shown on: nothing, or the site's address."""
    seats: int = Field(256, ge=1, le=65_536)
    """How many readers of an article a network (/24, /48) can be on one day, an address an eighth of them."""
    cache_mib: int = Field(64, ge=4)
    """Bound of the finished pages and fragments kept in memory, in MiB."""
    connections: int = Field(12_000, ge=1)
    """Open connections at most; further ones are told so."""
    idle_s: float = Field(75.0, gt=0)
    """A connection without a request is closed after so long; longer than a proxy in front keeps one."""

    @field_validator("keep", mode="before")
    @classmethod
    def _is_everything(cls, days: object) -> object:
        if days in ("", None):
            return None
        if find_spec("asyncpg") is None:
            raise ValueError(f"needs the driver of PostgreSQL: {INSTALL}")
        return days

    @field_validator("archive_url")
    @classmethod
    def _is_a_database(cls, url: str, info: ValidationInfo) -> str:
        example = "postgresql://render@127.0.0.1:5432/remen"
        if not url and info.data.get("keep") is not None:
            raise ValueError(f"must say where the archive is, such as {example}, because RENDER_KEEP is set")
        try:
            parts = urlsplit(url)
            named = parts.scheme in ("postgresql", "postgres") and parts.hostname and parts.port != 0
        except ValueError:
            named = False
        if url and not named:
            # what stands there may hold a password
            raise ValueError(f"must be an address such as {example}")
        return url

    @field_validator("archive_password")
    @classmethod
    def _is_the_only_password(cls, password: str, info: ValidationInfo) -> str:
        if password and urlsplit(info.data.get("archive_url", "")).password:
            raise ValueError("is given, and RENDER_ARCHIVE_URL has a password too")
        return password

    @field_validator("token_key")
    @classmethod
    def _is_a_secret(cls, key: str, info: ValidationInfo) -> str:
        if key == DEVELOPMENT and "site_url" in info.data and not is_loopback(info.data["site_url"]):
            raise ValueError(
                f"is {DEVELOPMENT}, which everybody knows, and SITE_URL is not a loopback address: "
                "set a secret of your own, openssl rand -hex 32 makes one"
            )
        return key

    @field_validator("picture_url")
    @classmethod
    def _asks_a_service(cls, template: str, info: ValidationInfo) -> str:
        given = info.data
        if template and "picture_key" in given and "picture_salt" in given:
            PictureService(template, given["picture_key"], given["picture_salt"])
        return template

    @field_validator("glossary")
    @classmethod
    def _is_readable(cls, path: Path | None) -> Path | None:
        try:
            if path is not None:
                glossary.read(path.read_text(encoding="utf-8").splitlines())
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"cannot be read: {error}") from None
        return path

    @field_validator("sections", "picture_hosts", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if value.strip().isdecimal():
            return int(value)
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())

    @property
    def pictures(self) -> PictureService | None:
        """Who makes pictures smaller."""
        if not self.picture_url:
            return None
        return PictureService(self.picture_url, self.picture_key, self.picture_salt)

    @property
    def picture_sources(self) -> tuple[str, ...]:
        """Where pages load pictures from: of a service, publishers' hosts are only those that are named."""
        service = self.pictures
        if service is None or self.picture_url.startswith("{url}"):
            return self.picture_hosts
        named = self.picture_hosts if "picture_hosts" in self.model_fields_set else ()
        return tuple(filter(None, (service.host, *named)))
