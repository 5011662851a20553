"""Bearer tokens: known by the SHA-256 of their secrets, from a setting or from a file."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Generic, TypeVar, cast

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
from pydantic_core import from_json

from shared.settings import DEVELOPMENT, ServiceSettings, is_loopback

_HERE: Final = "http://localhost"
"""In place of an address of the site that is wrong itself."""


class Token(BaseModel):
    """A token, whether it is a desk's, and when it ends; a service that must know more adds fields."""

    model_config = ConfigDict(frozen=True)

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    desk: bool = False
    expires: AwareDatetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Tell whether the token has expired."""
        return self.expires is not None and now >= self.expires


T = TypeVar("T", bound=Token)


def of_secret(tokens: Iterable[T], secret: str) -> T | None:
    """Give the token that this is the secret of, expired or not."""
    digest = hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()
    return next((token for token in tokens if hmac.compare_digest(token.sha256, digest)), None)


class TokenSettings(ServiceSettings, Generic[T]):
    """What a service that is asked with tokens must know beside: the tokens, or the file they are in."""

    tokens_file: Path | None = None
    tokens: tuple[T, ...] = Field((), repr=False)

    @classmethod
    def tokens_in(cls, text: bytes, site_url: str) -> tuple[T, ...]:
        """Read a JSON array of tokens; ValueError says what is wrong, without its secrets."""
        try:
            kind: TypeAdapter[tuple[T, ...]] = TypeAdapter(cast("Any", cls.model_fields["tokens"].annotation))
            tokens = kind.validate_python(_array(text))
        except ValidationError as error:
            fault = error.errors(include_input=False, include_url=False)[0]
            raise ValueError(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None
        cls.check(tokens, site_url)
        return tokens

    @classmethod
    def check(cls, tokens: Sequence[T], site_url: str) -> None:
        """Check what tokens are together, on that site; ValueError says what is wrong."""
        if not is_loopback(site_url) and of_secret(tokens, DEVELOPMENT):
            raise ValueError(
                f"has the development token {DEVELOPMENT}, which everybody knows, and SITE_URL is not a "
                'loopback address: set tokens of your own, printf %s "$TOKEN" | sha256sum gives the sha256'
            )

    @field_validator("tokens_file", mode="before")
    @classmethod
    def _may_be_empty(cls, value: object) -> object:
        return value or None

    @field_validator("tokens_file")
    @classmethod
    def _has_tokens(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is not None:
            try:
                cls.tokens_in(path.read_bytes(), info.data.get("site_url", _HERE))
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
    def _fit_together(cls, tokens: tuple[T, ...], info: ValidationInfo) -> tuple[T, ...]:
        cls.check(tokens, info.data.get("site_url", _HERE))
        return tokens


def _array(text: bytes) -> list[Any]:
    try:
        tokens = from_json(text)
    except ValueError as error:
        raise ValueError(f"is not valid JSON: {error}") from None
    if not isinstance(tokens, list):
        raise ValueError("must be a JSON array of tokens")
    return tokens
