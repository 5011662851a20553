"""The routes of rank; every error is an RFC 9457 document. Any replica answers for every partition."""

import json
from typing import Annotated, Any, Final

from aiokafka.errors import KafkaError
from fastapi import Depends, FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AwareDatetime, BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Route

from services.rank.adapters.archive import (
    Archive,
    BusyError,
    NoSuchArticleError,
    NotCountedYetError,
    NotThenError,
)
from services.rank.adapters.hot_list_store import HotListStore
from services.rank.adapters.preview import Previews, TooLongError
from services.rank.adapters.store import AWAY
from services.rank.adapters.tokens import Tokens
from services.rank.adapters.void_question import BODY, asked
from services.rank.core.desk import SCOPE
from services.rank.core.lists import HotList
from services.rank.core.preview import Preview
from services.rank.core.restore import TornError
from services.rank.core.scores import ALL, BEST
from services.rank.core.why import Explanation
from shared import problem
from shared.events import HotListChanged, ListName, at_ms
from shared.health import PATHS, Health
from shared.sections import one_scope
from shared.version import VERSION

Scope = Annotated[str, Query(pattern=SCOPE)]
ArticleId = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Limit = Annotated[int, Query(ge=1, le=BEST)]
BucketEnd = Annotated[
    AwareDatetime | None,
    Query(
        description="The end of a 5-minute bucket of the last three days: scores, desk actions and ages "
        "of then, eligibility of today, views that came late included."
    ),
]

_OPEN: Final[dict[str, Any]] = {"security": []}
"""Said outright: reading the lists needs no token."""
_BEARER: Final = HTTPBearer(scheme_name="token", description="A desk's token", auto_error=False)
_REFUSALS: Final = {
    NotThenError: 404,
    NoSuchArticleError: 404,
    NotCountedYetError: 503,
    BusyError: 503,
    TooLongError: 503,
}


class Problem(BaseModel):
    """RFC 9457."""

    title: str
    status: int
    detail: str


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {problem.MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {s: {"description": problem.phrase(s), "content": content} for s in (*statuses, 500)}


def create_app(
    hot_lists: HotListStore, archive: Archive, previews: Previews, tokens: Tokens, health: Health
) -> FastAPI:
    """Make the ASGI application."""
    app = FastAPI(
        title="Remen rank",
        version=VERSION,
        description="The hot lists, and why an article stands where it does.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever host the request names
        generate_unique_id_function=lambda route: route.name,
        openapi_tags=[
            {"name": "hot", "description": "The hot lists"},
            {"name": "void", "description": "Views found to be fraud"},
        ],
        servers=[{"url": "/", "description": "This instance"}],
        contact={"name": "The operators of this site"},
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    app.router.routes.extend(Route(path, health, include_in_schema=False) for path in PATHS)
    _answer_problems(app, hot_lists)

    @app.get(
        "/hot",
        tags=["hot"],
        openapi_extra=_OPEN,
        response_model=HotListChanged,
        responses=_problems(404, 422, 503),
    )
    async def hot(
        scope: Scope = ALL,
        list_name: Annotated[ListName, Query(alias="list")] = "now",
        limit: Limit = BEST,
        as_of: BucketEnd = None,
    ) -> Response:
        """Give a hot list."""
        if as_of is not None:
            made = await archive.list_at(scope, list_name, at_ms(as_of))
            return _document(made._replace(entries=made.entries[:limit]).document())
        return _document(_limited(await _published(hot_lists, scope, list_name), limit))

    @app.get("/hot/{article_id}/why", tags=["hot"], openapi_extra=_OPEN, responses=_problems(404, 422, 503))
    async def why(
        article_id: ArticleId, list_name: Annotated[ListName, Query(alias="list")] = "now"
    ) -> Explanation:
        """Explain an article's score: the points of the parts sum to it."""
        return await archive.why(article_id, list_name)

    @app.post(
        "/void/preview",
        tags=["void"],
        openapi_extra={"requestBody": BODY},
        responses=_problems(400, 401, 403, 413, 422, 503),
    )
    async def preview(
        request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
    ) -> Preview:
        """Tell what a void would do: the lists before and after it. Nothing is published or stored."""
        await tokens.check(given.credentials if given else "")
        return await previews.of(await asked(request))

    return app


async def _published(hot_lists: HotListStore, scope: str, list_name: ListName) -> bytes:
    found = await _read(hot_lists, one_scope(scope), list_name)
    if found is not None:
        return found if scope == one_scope(scope) else _as_asked(found, scope)
    # A section that no one has read in the window has no list of its own; it is empty as of the whole list.
    whole = await _read(hot_lists, ALL, list_name)
    if whole is None:
        raise NotCountedYetError("no list has been made yet; try again shortly")
    as_of = HotListChanged.model_validate_json(whole).as_of
    return HotList(scope, list_name, at_ms(as_of), ()).document()


async def _read(hot_lists: HotListStore, scope: str, list_name: ListName) -> bytes | None:
    found = await hot_lists.document(scope, list_name)
    if found == b"":
        raise NotCountedYetError("the list is being published anew; try again shortly")
    return found


def _as_asked(document: bytes, scope: str) -> bytes:
    """Give a list under another spelling of its section's name."""
    return _written(json.loads(document) | {"scope": scope})


def _limited(document: bytes, limit: int) -> bytes:
    if limit >= BEST:
        return document
    content = json.loads(document)
    content["entries"] = content["entries"][:limit]
    return _written(content)


def _written(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _document(body: bytes) -> Response:
    return Response(body, media_type="application/json")


def _answer_problems(app: FastAPI, hot_lists: HotListStore) -> None:
    def answer(status: int, detail: str, **more: Any) -> Response:
        body = problem.as_bytes(problem.problem(status, detail, **more))
        return Response(body, status, media_type=problem.MEDIA_TYPE)

    async def refused(request: Request, error: Exception) -> Response:
        return answer(_REFUSALS[type(error)], str(error))

    for kind in _REFUSALS:
        app.add_exception_handler(kind, refused)

    @app.exception_handler(TornError)
    async def torn(request: Request, error: TornError) -> Response:
        await hot_lists.doubt(error.partition, str(error))
        detail = "what Redis holds of this cannot be read; it is being counted again, try again in a minute"
        return answer(503, detail)

    async def redis_away(request: Request, error: Exception) -> Response:
        return answer(503, "Redis does not answer, try again shortly")

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        return answer(500, "something went wrong; the log has the details")

    @app.exception_handler(KafkaError)
    async def kafka_away(request: Request, error: KafkaError) -> Response:
        return answer(503, "Kafka does not answer, try again shortly")

    for kind in AWAY:
        app.add_exception_handler(kind, redis_away)

    @app.exception_handler(RequestValidationError)
    async def invalid_parameter(request: Request, error: RequestValidationError) -> Response:
        errors = [{"pointer": str(e["loc"][-1]), "detail": str(e["msg"])} for e in error.errors()]
        detail = "; ".join(f"{e['pointer']}: {e['detail']}" for e in errors)
        return answer(422, detail, errors=errors)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        said = {404: f"there is no {request.url.path} here", 405: f"{request.method} is not allowed here"}
        refusal = answer(error.status_code, said.get(error.status_code, str(error.detail)))
        refusal.headers.update(error.headers or {})  # Allow, with 405
        return refusal
