"""The settings of ingest: `INGEST_<FIELD>` in the environment."""

import socket
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import from_json
from pydantic_settings import SettingsConfigDict

from services.ingest.core.field_types import section_name
from services.ingest.core.reading import Defaults
from shared.settings import ServiceSettings


class Token(BaseModel):
    """Who may write: the SHA-256 of a Bearer token, bound to sections (`*`: all) and maybe to the desk."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    sections: tuple[str, ...] = ("*",)
    desk: bool = False

    def may_write(self, section: str) -> bool:
        """Tell whether articles of this section may be written with the token."""
        return "*" in self.sections or section in self.sections


class Settings(ServiceSettings):
    """What ingest can be told."""

    model_config = SettingsConfigDict(env_prefix="INGEST_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8081
    instance: str = Field(default_factory=socket.gethostname, min_length=1)
    tokens: tuple[Token, ...] = Field((), repr=False)
    outcome_wait_s: Annotated[float, Field(gt=0, le=30)] = 2.0
    stuck_s: Annotated[float, Field(gt=0)] = 30.0
    ninjs_section: Annotated[str, AfterValidator(section_name)] = "综合"

    @field_validator("tokens", mode="before")
    @classmethod
    def _json(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            tokens = from_json(value.encode())
        except ValueError as error:
            raise ValueError(f"is not valid JSON: {error}") from None
        if not isinstance(tokens, list):
            raise ValueError("must be a JSON array of tokens")
        return tokens

    @property
    def defaults(self) -> Defaults:
        """What the rule book needs of the settings."""
        return Defaults(self.ninjs_section)
