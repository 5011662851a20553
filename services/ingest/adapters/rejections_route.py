"""`GET /rejections`: the newest refusals, for whoever may be told of them."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict

from services.ingest.adapters.dead_letter_log import DeadLetterLog
from services.ingest.adapters.door import Door, refuse
from services.ingest.adapters.openapi import problems
from services.ingest.core.dead_letter import CURSOR, Age, DeadLetter, Refusal, may_be_told, page
from services.ingest.core.editions import UNKNOWN
from services.ingest.core.rights import Publisher

_CURSOR: Final = "1763208000000-3-17"
_REFUSAL: Final[dict[str, Any]] = {
    "place": "3-17",
    "at": "2026-11-15T12:00:00Z",
    "id": "harbour-library",
    "problem": {
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "/title: is required",
        "id": "harbour-library",
        "errors": [{"pointer": "/title", "detail": "is required"}],
    },
    "topic": "ingest.v1",
    "partition": 3,
    "offset": 41,
    "size": 212,
}

_Limit = Annotated[int, Query(ge=1, le=200, description="So many at most")]
_Id = Annotated[
    str | None,
    Query(alias="id", max_length=200, description="Only of this article", examples=["harbour-library"]),
]
_Before = Annotated[
    str | None,
    Query(pattern=CURSOR, description="Only older ones: `next` of another page", examples=[_CURSOR]),
]


class Rejections(BaseModel):
    """A page of refusals, newest first; `next` is what to ask for as `before` to see older ones."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rejections": [_REFUSAL], "next": _CURSOR}]})

    rejections: list[Refusal]
    next: str | None


def rejections(door: Door, letters: DeadLetterLog) -> APIRouter:
    """Make the route."""
    router = APIRouter()

    def authorized(request: Request) -> Publisher:
        return door.publisher(request.headers.get("authorization", ""))

    @router.get("/rejections", responses=problems(401, 422, 429, 503))
    async def tell_rejections(
        by: Annotated[Publisher, Depends(authorized)],
        limit: _Limit = 50,
        article_id: _Id = None,
        before: _Before = None,
    ) -> Rejections:
        """Tell what was refused lately and why, without the texts."""
        if not letters.loaded.is_set():
            raise refuse(503, "the dead letters are still being read; try again", {"retry-after": "1"})

        def is_for_them(letter: DeadLetter) -> bool:
            if article_id is not None and letter.id != article_id:
                return False
            edition = door.edition(letter.id) if letter.id else UNKNOWN
            return may_be_told(letter, by, edition, article_id, now)

        now = datetime.now(UTC)
        oldest = None if before is None else Age.read(before)
        found, following = page(filter(is_for_them, letters), limit, oldest)
        return Rejections(
            rejections=[letter.told() for letter in found], next=None if following is None else str(following)
        )

    return router
