"""The settings of ingest: `INGEST_<FIELD>` in the environment."""

import re
import socket
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic_settings import SettingsConfigDict

from services.ingest.core.field_types import section_name
from services.ingest.core.reading import Defaults
from services.ingest.core.rights import NEWSROOM
from shared import tokens
from shared.sections import one_name
from shared.tokens import TokenSettings

_TOPIC_NAME: Final = r"[a-z0-9-]{1,40}"
_NOT_A_TOPIC: Final = ("dead", NEWSROOM.name)


def _section(name: str) -> str:
    return name if name == "*" else section_name(name)


class Token(tokens.Token):
    """Who may write: a Bearer token, bound to sections (`*`: all) and maybe to the desk.

    With `topic`, the publisher has a topic of its own.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e]{1,64}$")]
    sections: tuple[Annotated[str, AfterValidator(_section)], ...] = ("*",)
    topic: bool = False

    @property
    def rights(self) -> tuple[object, ...]:
        """Give what all tokens of a name must agree on."""
        return frozenset(map(one_name, self.sections)), self.desk, self.topic


class Settings(TokenSettings[Token]):
    """What ingest can be told."""

    model_config = SettingsConfigDict(env_prefix="INGEST_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8081
    instance: str = Field(default_factory=socket.gethostname, min_length=1)
    requests_per_s: Annotated[float, Field(gt=0)] = 500.0
    bytes_per_s: Annotated[float, Field(gt=0)] = 10_000_000.0
    outcome_wait_s: Annotated[float, Field(gt=0, le=30)] = 2.0
    stuck_s: Annotated[float, Field(gt=0)] = 30.0
    ninjs_section: Annotated[str, AfterValidator(section_name)] = "综合"

    @classmethod
    def check(cls, tokens: Sequence[Token], site_url: str) -> None:
        """Check that the tokens of a name agree, and that a topic can have the name."""
        super().check(tokens, site_url)
        first: dict[str, Token] = {}
        for token in tokens:
            if token.rights != first.setdefault(token.name, token).rights:
                raise ValueError(f"the tokens of {token.name} must have the same rights and the same topic")
            if token.topic and (not re.fullmatch(_TOPIC_NAME, token.name) or token.name in _NOT_A_TOPIC):
                raise ValueError(
                    f"{token.name} cannot be part of a topic's name: small letters, digits and -"
                )
            if token.name == NEWSROOM.name and not ("*" in token.sections and token.desk):
                raise ValueError(
                    f"{token.name} is who writes to ingest.v1; a token of that name may do everything"
                )

    @property
    def defaults(self) -> Defaults:
        """What the rule book needs of the settings."""
        return Defaults(self.ninjs_section, self.zone)
