"""The settings of the publisher's commands, shared with the site that they publish to."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import SettingsConfigDict

from services.ingest.core.field_types import section_name
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """What the commands can be told; the rules that they check by are ingest's, and so is their setting."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    ninjs_section: Annotated[str, AfterValidator(section_name)] = Field(
        "综合", validation_alias="INGEST_NINJS_SECTION"
    )
