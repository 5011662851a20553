"""The settings of ingest: `INGEST_<FIELD>` in the environment."""

import hashlib
import re
import socket
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
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
from pydantic_core import from_json
from pydantic_settings import SettingsConfigDict

from services.ingest.core.field_types import section_name
from services.ingest.core.reading import Defaults
from services.ingest.core.rights import NEWSROOM
from shared.sections import one_name
from shared.settings import DEVELOPMENT, ServiceSettings, is_loopback

_TOPIC_NAME: Final = r"[a-z0-9-]{1,40}"
_HERE: Final = "http://localhost"
"""In place of an address of the site that is wrong itself."""
_NOT_A_TOPIC: Final = ("dead", NEWSROOM.name)
_WELL_KNOWN: Final = hashlib.sha256(DEVELOPMENT.encode()).hexdigest()


def _section(name: str) -> str:
    return name if name == "*" else section_name(name)


class Token(BaseModel):
    """Who may write: the SHA-256 of a Bearer token, bound to sections (`*`: all) and maybe to the desk.

    With `topic`, the publisher has a topic of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e]{1,64}$")]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    sections: tuple[Annotated[str, AfterValidator(_section)], ...] = ("*",)
    desk: bool = False
    topic: bool = False
    expires: AwareDatetime | None = None

    @property
    def rights(self) -> tuple[object, ...]:
        """Give what all tokens of a name must agree on."""
        return frozenset(map(one_name, self.sections)), self.desk, self.topic

    def is_over(self, now: datetime) -> bool:
        """Tell whether the token has expired."""
        return self.expires is not None and now >= self.expires


def _checked(tokens: Iterable[Token], site_url: str) -> tuple[Token, ...]:
    found = tuple(tokens)
    first: dict[str, Token] = {}
    for token in found:
        if token.rights != first.setdefault(token.name, token).rights:
            raise ValueError(f"the tokens of {token.name} must have the same rights and the same topic")
        if token.topic and (not re.fullmatch(_TOPIC_NAME, token.name) or token.name in _NOT_A_TOPIC):
            raise ValueError(f"{token.name} cannot be part of a topic's name: small letters, digits and -")
        if token.name == NEWSROOM.name and not ("*" in token.sections and token.desk):
            raise ValueError(
                f"{token.name} is who writes to ingest.v1; a token of that name may do everything"
            )
        if token.sha256 == _WELL_KNOWN and not is_loopback(site_url):
            raise ValueError(
                f"has the development token {DEVELOPMENT}, which everybody knows, and SITE_URL is not a "
                'loopback address: set tokens of your own, printf %s "$TOKEN" | sha256sum gives the sha256'
            )
    return found


_TOKENS: Final = TypeAdapter(tuple[Token, ...])


def tokens_in(text: bytes, site_url: str) -> tuple[Token, ...]:
    """Read a file of tokens; ValueError says what is wrong, without its secrets."""
    try:
        return _checked(_TOKENS.validate_python(_array(text)), site_url)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        raise ValueError(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None


def _array(text: bytes) -> list[Any]:
    try:
        tokens = from_json(text)
    except ValueError as error:
        raise ValueError(f"is not valid JSON: {error}") from None
    if not isinstance(tokens, list):
        raise ValueError("must be a JSON array of tokens")
    return tokens


class Settings(ServiceSettings):
    """What ingest can be told."""

    model_config = SettingsConfigDict(env_prefix="INGEST_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8081
    instance: str = Field(default_factory=socket.gethostname, min_length=1)
    tokens_file: Path | None = None
    tokens: tuple[Token, ...] = Field((), repr=False)
    requests_per_s: Annotated[float, Field(gt=0)] = 500.0
    bytes_per_s: Annotated[float, Field(gt=0)] = 10_000_000.0
    outcome_wait_s: Annotated[float, Field(gt=0, le=30)] = 2.0
    stuck_s: Annotated[float, Field(gt=0)] = 30.0
    ninjs_section: Annotated[str, AfterValidator(section_name)] = "综合"

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
        return _array(value.encode()) if isinstance(value, str) else value

    @field_validator("tokens")
    @classmethod
    def _fit_together(cls, tokens: tuple[Token, ...], info: ValidationInfo) -> tuple[Token, ...]:
        return _checked(tokens, info.data.get("site_url", _HERE))

    @property
    def defaults(self) -> Defaults:
        """What the rule book needs of the settings."""
        return Defaults(self.ninjs_section, self.zone)
