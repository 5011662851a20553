"""The question what a void would do, as it comes over HTTP: the body of the void itself."""

from typing import Annotated, Any, Final, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, BaseModel, Field, Strict, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from services.rank.core.voids import Void, span_of
from shared import bounded_json
from shared.events import ArticleId

_LARGEST_BYTES: Final = 16 * 1024


class VoidQuestion(BaseModel):
    """A void as the desk would send it to ingest; `who` and `why` may be left out."""

    action: Literal["void"] = "void"
    segment: Annotated[int, Strict(), Field(ge=0, le=65535)]
    article: ArticleId | None = None
    since: Annotated[AwareDatetime, Field(alias="from")]
    until: AwareDatetime
    who: str | None = None
    why: str | None = None


BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {"application/json": {"schema": VoidQuestion.model_json_schema()}},
}
"""How OpenAPI tells of it: the body is not read before it is known who asks."""


async def asked(request: Request) -> Void:
    """Read the question; HTTPException, RequestValidationError."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BYTES:
            raise HTTPException(413, f"at most {_LARGEST_BYTES} bytes")
    try:
        question = bounded_json.read(VoidQuestion, bytes(body))
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        if faults[0]["type"] == "json_invalid":
            raise HTTPException(400, f"the body is not JSON: {faults[0]['msg']}") from None
        raise RequestValidationError(
            [{**fault, "loc": fault["loc"] or ("body",)} for fault in faults]
        ) from None
    except ValueError as error:
        raise HTTPException(400, f"the body is not JSON: {error}") from None
    since_ms, until_ms = span_of(question.since, question.until)
    if since_ms >= until_ms:
        raise RequestValidationError([{"loc": ("until",), "msg": "must be later than from"}])
    return Void(0, question.segment, since_ms, until_ms, question.article)
