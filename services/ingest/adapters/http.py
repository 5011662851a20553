"""The routes of ingest; every error is an RFC 9457 document."""

import json
import re
from datetime import UTC, datetime
from email.message import Message
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match, Route

from services.ingest.adapters import openapi
from services.ingest.adapters.counted import Counted
from services.ingest.adapters.dead_letter_log import DeadLetterLog
from services.ingest.adapters.door import Door, RefusedError, refuse
from services.ingest.adapters.rejections_route import rejections
from services.ingest.core.faults import faults_of_request, invalid
from services.ingest.core.field_types import Id, Line
from services.ingest.core.idempotency import KEY
from services.ingest.core.notes import as_objects
from services.ingest.core.reading import LARGEST_BYTES
from services.ingest.core.rights import Publisher, unknown
from services.ingest.core.submissions import EVERY_ARTICLE, Publish
from services.ingest.core.xml_items.parsing import as_sent
from shared import problem, wire
from shared.events import ArticlePublished, WithdrawReason
from shared.health import PATHS, Health
from shared.version import VERSION

_MEDIA_TYPES: Final = ("application/json", "application/xml", "text/xml")

_Id = Annotated[Id, Path(description="The article's id", examples=["harbour-library"])]
_WithdrawnId = Annotated[Id, Path(description="The article's id", examples=["harbour-fire"])]
_Reason = Annotated[WithdrawReason, Query(description="The class of the reason, which readers are told")]
_Note = Annotated[Line, Query(description="What the desk should know; readers are not told")]
_DryRun = Annotated[bool, Query(description="Only tell what would stand; nothing is written")]
_PublicNote = Annotated[Line, Query(description="What readers are told where the article was")]


def create_app(door: Door, letters: DeadLetterLog, health: Health) -> FastAPI:
    """Make the ASGI application."""
    app = FastAPI(
        title="Remen ingest",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever host the request names
        generate_unique_id_function=lambda route: route.name,
    )
    app.add_middleware(Counted)
    app.router.routes.extend(Route(path, health, include_in_schema=False) for path in PATHS)
    _answer_problems(app)
    openapi.describe(app)
    app.include_router(rejections(door, letters))

    def authorized(request: Request) -> Publisher:
        return door.publisher(request.headers.get("authorization", ""))

    # As a dependency it is asked first: who may not write is not told what is wrong with the rest.
    writer = Annotated[Publisher, Depends(authorized)]

    @app.post(
        "/articles",
        status_code=201,
        openapi_extra=openapi.KEYED | openapi.SUBMISSION_BODY,
        responses=openapi.outcomes(200, 201, 202)
        | openapi.problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
    )
    async def send_article(request: Request, by: writer, dry_run: _DryRun = False) -> Response:
        """Send an article, or an action on one, or a desk action."""
        body, key = await _message(request, door, by), _key(request)
        return await (_foresee(door, by, body) if dry_run else _submit(request, door, by, body, key))

    @app.delete(
        "/articles/{article_id}",
        responses=openapi.outcomes(200, 202) | openapi.problems(401, 403, 404, 409, 422, 429, 503),
    )
    async def withdraw_article(
        request: Request,
        by: writer,
        article_id: _WithdrawnId,
        reason: _Reason,
        note: _Note = "",
        public_note: _PublicNote = "",
    ) -> Response:
        """Withdraw an article, whether it is known or not."""
        notes = {"note": note, "public_note": public_note}
        action = {"id": article_id, "action": "withdraw", "reason": reason, **notes}
        # without a key: to withdraw is the same however often it is said
        return await _submit(request, door, by, json.dumps(action, ensure_ascii=False).encode(), None)

    @app.post(
        "/desk",
        openapi_extra=openapi.KEYED | openapi.DESK_BODY,
        responses=openapi.outcomes(200, 202)
        | openapi.problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
    )
    async def act_at_the_desk(request: Request, by: writer) -> Response:
        """Pin, ban or release an article, feature it on the front page, or take views out."""
        return await _submit(request, door, by, await _message(request, door, by), _key(request))

    @app.get(
        "/articles/{article_id}",
        responses=openapi.known() | openapi.problems(401, 404, 410, 422, 429, 503),
    )
    async def tell_state(by: writer, article_id: _Id) -> Response:
        """Tell an article's state and revision."""
        edition, now = door.edition(article_id), datetime.now(UTC)
        state, sight = edition.state(now), by.sees(edition, now)
        if state == "unknown" or sight == "nothing":
            raise RefusedError(unknown(article_id).problem())
        if state == "withdrawn" or sight == "gone":
            revision = edition.revision if sight == "all" else None
            raise refuse(
                410, f"article {article_id} is {state}", id=article_id, state=state, revision=revision
            )
        known = {"id": article_id, "state": state, "revision": edition.revision}
        return JSONResponse(known | {"section": edition.section, "url": door.url(article_id)})

    @app.get("/whoami", responses=openapi.whoami() | openapi.problems(401, 429, 503))
    async def tell_rights(by: writer) -> Response:
        """Tell whose the token is, and what may be done with it."""
        return JSONResponse({"name": by.name, "sections": by.sections, "desk": by.desk})

    return app


async def _message(request: Request, door: Door, by: Publisher) -> bytes:
    door.ready()
    said = request.headers.get("content-type", "")
    media_type = said.partition(";")[0].strip().lower()
    if media_type not in _MEDIA_TYPES and not media_type.endswith(("+json", "+xml")):
        raise refuse(
            415,
            "send JSON with Content-Type: application/json, or NITF or NewsML-G2 with application/xml, not "
            f"{media_type or 'nothing'}",
        )
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        door.received(by, len(chunk))
        if len(body) > LARGEST_BYTES:
            raise refuse(413, f"the message is too large, at most {LARGEST_BYTES:,} bytes are possible")
    return _in_utf8(bytes(body), said) if media_type.endswith("xml") else bytes(body)


def _in_utf8(document: bytes, content_type: str) -> bytes:
    """Write a document in XML in UTF-8, if its Content-Type names a charset."""
    named = Message()
    named["content-type"] = content_type
    charset = named.get_content_charset()
    try:
        return as_sent(document, charset) if charset else document
    except ValueError as error:
        raise refuse(400, f"the message {error}") from None


def _key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not re.fullmatch(KEY, key):
        raise refuse(400, "the Idempotency-Key must be 1 to 255 visible ASCII characters, best a UUID")
    return key


async def _foresee(door: Door, by: Publisher, body: bytes) -> Response:
    submission, foreseen = await door.foresee(body, by)
    answer: dict[str, Any] = {"outcome": "not sent", "url": door.url(submission.id)}
    if submission.id != EVERY_ARTICLE:
        answer = {"id": submission.id, **answer}
    if isinstance(submission, Publish):
        answer |= {"revision": submission.revision, "notes": as_objects(submission.notes)}
        answer["article"] = next(
            e.model_dump(mode="json", exclude_none=True)
            for e in foreseen.articles
            if isinstance(e, ArticlePublished)
        )
    return JSONResponse(answer, 200)


async def _submit(request: Request, door: Door, by: Publisher, body: bytes, key: str | None) -> Response:
    submission, decided, replayed = await door.submit(body, by, key, request.headers.get(wire.TRACEPARENT))
    url = door.url(submission.id)
    about = {} if submission.id == EVERY_ARTICLE else {"id": submission.id}
    answer: dict[str, Any] = {
        **about,
        "outcome": "accepted" if decided else "pending",
        "url": url,
    }
    headers = {"idempotent-replayed": "true"} if replayed else {}
    if not isinstance(submission, Publish):
        return JSONResponse(answer, 200 if decided else 202, headers)
    answer |= {"revision": submission.revision, "notes": as_objects(submission.notes)}
    return JSONResponse(answer, 201 if decided else 202, headers | {"location": url})


def _answer_problems(app: FastAPI) -> None:
    def answer(document: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
        return Response(
            problem.as_bytes(document), document["status"], headers, media_type=problem.MEDIA_TYPE
        )

    @app.exception_handler(RefusedError)
    async def refused(request: Request, error: RefusedError) -> Response:
        return answer(error.document, error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid_parameter(request: Request, error: RequestValidationError) -> Response:
        return answer(invalid(faults_of_request(error.errors()), None).problem())

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        said = {404: f"there is no {request.url.path} here", 405: f"{request.method} is not possible here"}
        detail = said.get(error.status_code, problem.phrase(error.status_code))
        headers = dict(error.headers) if error.headers else {}
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = _allowed(app, request)
        return answer(problem.problem(error.status_code, detail), headers)

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, error: ClientDisconnect) -> Response:
        return Response(status_code=400)  # which nobody reads

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        return answer(problem.problem(500, "something went wrong here; it is in the log"))


def _allowed(app: FastAPI, request: Request) -> str:
    """Name the methods of a path: of several routes Starlette would only tell the first one's."""
    routes = (r for r in app.routes if isinstance(r, Route) and r.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted({method for route in routes for method in route.methods or ()}))
