"""The routes of ingest; every error is an RFC 9457 document."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Route

from services.ingest.adapters.door import Door, RefusedError, refuse
from services.ingest.adapters.openapi import DESK_BODY, SUBMISSION_BODY, describe, problems
from services.ingest.core.faults import faults_of_request, invalid
from services.ingest.core.submissions import LARGEST_BYTES, Publish
from shared import problem, wire
from shared.events import WithdrawReason
from shared.health import PATHS, Health

_TAKEN: Final[dict[int | str, dict[str, Any]]] = {
    201: {"description": "Decided; readable at url"},
    202: {"description": "Taken, not decided within two seconds; it will be readable at url"},
}


def create_app(door: Door, health: Health) -> FastAPI:
    """Make the ASGI application."""
    app = FastAPI(title="Remen ingest", version="0.1.0", docs_url=None, redoc_url=None)
    app.router.routes.extend(Route(path, health, include_in_schema=False) for path in PATHS)
    _answer_problems(app)
    describe(app)

    @app.post(
        "/articles",
        status_code=201,
        openapi_extra=SUBMISSION_BODY,
        responses=_TAKEN | problems(400, 401, 403, 409, 413, 415, 422, 503),
    )
    async def send_article(request: Request) -> Response:
        """Send an article, or an action on one (withdraw, reinstate)."""
        return await _submit(request, door)

    @app.delete("/articles/{article_id}", responses=problems(401, 403, 409, 422, 503))
    async def withdraw_article(
        request: Request, article_id: str, reason: WithdrawReason, note: str = ""
    ) -> Response:
        """Withdraw an article, whether it is known or not."""
        action = {"id": article_id, "action": "withdraw", "reason": reason, "note": note}
        return await _submit(request, door, json.dumps(action, ensure_ascii=False).encode())

    @app.post("/desk", openapi_extra=DESK_BODY, responses=problems(400, 401, 403, 413, 415, 422, 503))
    async def act_at_the_desk(request: Request) -> Response:
        """Pin, ban or release an article."""
        return await _submit(request, door)

    @app.get("/articles/{article_id}", responses=problems(401, 404, 410, 503))
    async def tell_state(request: Request, article_id: str) -> Response:
        """Tell an article's state and revision."""
        door.token(request.headers.get("authorization", ""))
        edition = door.edition(article_id)
        state = edition.state(datetime.now(UTC))
        if state == "unknown":
            raise refuse(404, f"no article {article_id} is known", id=article_id)
        if state == "withdrawn":
            detail = f"article {article_id} is withdrawn"
            raise refuse(410, detail, id=article_id, state=state, revision=edition.revision)
        known = {"id": article_id, "state": state, "revision": edition.revision}
        return JSONResponse(known | {"section": edition.section, "url": door.url(article_id)})

    return app


async def _json_body(request: Request) -> bytes:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise refuse(415, f"send JSON with Content-Type: application/json, not {media_type or 'nothing'}")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise refuse(413, f"the message is too large, at most {LARGEST_BYTES:,} bytes are possible")
    return bytes(body)


async def _submit(request: Request, door: Door, body: bytes | None = None) -> Response:
    token = door.token(request.headers.get("authorization", ""))
    if body is None:
        body = await _json_body(request)
    submission, decided = await door.submit(body, token, request.headers.get(wire.TRACEPARENT))
    url = door.url(submission.id)
    answer: dict[str, Any] = {
        "id": submission.id,
        "outcome": "accepted" if decided else "pending",
        "url": url,
    }
    if not isinstance(submission, Publish):
        return JSONResponse(answer, 200 if decided else 202)
    answer["revision"] = submission.revision
    return JSONResponse(answer, 201 if decided else 202, {"location": url})


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
        detail = said.get(error.status_code, HTTPStatus(error.status_code).phrase)
        headers = dict(error.headers) if error.headers else None
        return answer(problem.problem(error.status_code, detail), headers)
