"""What the OpenAPI document of ingest says beyond what the routes' signatures tell."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services.ingest.core.submissions import Ban, Pin, Publish, Reinstate, Release, Withdraw
from shared.problem import MEDIA_TYPE

_REFS: Final = "#/components/schemas/{model}"
_SUBMISSIONS: Final[tuple[type[BaseModel], ...]] = (Publish, Withdraw, Reinstate)
_DESK: Final[tuple[type[BaseModel], ...]] = (Pin, Ban, Release)
_EXAMPLE: Final = {
    "id": "harbour-library",
    "title": "旧邮局改成图书馆 周日开放",
    "section": "地方",
    "body": "(河城15日讯)河城旧邮局改建的图书馆周日开放。\n首日有三百人到访。",
    "revision": 1,
}


class Problem(BaseModel):
    """RFC 9457."""

    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []


def _one_of(models: tuple[type[BaseModel], ...], **more: Any) -> dict[str, Any]:
    schema = {"oneOf": [{"$ref": _REFS.format(model=model.__name__)} for model in models]}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, **more}}}}


SUBMISSION_BODY: Final = _one_of(_SUBMISSIONS, example=_EXAMPLE)
DESK_BODY: Final = _one_of(_DESK)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the refusals that a route may answer with."""
    content = {MEDIA_TYPE: {"schema": {"$ref": _REFS.format(model=Problem.__name__)}}}
    return {s: {"description": HTTPStatus(s).phrase, "content": content} for s in statuses}


def describe(app: FastAPI) -> None:
    """Put our schemas and the Bearer scheme into the application's OpenAPI document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, routes=app.routes)
            models = [(model, "validation") for model in (*_SUBMISSIONS, *_DESK, Problem)]
            _, definitions = models_json_schema(models, ref_template=_REFS)  # type: ignore[arg-type]
            components = document.setdefault("components", {})
            components.setdefault("schemas", {}).update(definitions["$defs"])
            components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            document["security"] = [{"token": []}]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
