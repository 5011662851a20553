"""What the OpenAPI document of ingest says beyond what the routes' signatures tell.

The shapes of native messages are the models that read them. Agencies' items and CloudEvents have readers of
their own, which take far more than a schema would; of those the document promises a plain core.
"""

from typing import Annotated, Any, Final, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, WithJsonSchema
from pydantic.json_schema import models_json_schema

from services.ingest.adapters import examples
from services.ingest.core.editions import State
from services.ingest.core.field_types import SaidLine
from services.ingest.core.idempotency import KEY
from services.ingest.core.notes import Did
from services.ingest.core.submissions import (
    Ban,
    Body,
    Feature,
    Pin,
    Publish,
    Reinstate,
    Release,
    Unfeature,
    Void,
    Withdraw,
)
from shared.problem import MEDIA_TYPE, phrase

_REFS: Final = "#/components/schemas/{model}"


def _not_native(schema: dict[str, Any]) -> None:
    schema["properties"] |= {"action": {"type": "null"}, "body": {"type": "null"}}
    schema["additionalProperties"] = True


def _several(text: dict[str, Any]) -> WithJsonSchema:
    entry = {"type": "object", "required": ["value"], "properties": {"value": text}}
    return WithJsonSchema({"anyOf": [{"type": "array", "items": {}, "contains": entry}, text]})


_BODY: Final = TypeAdapter(Body).json_schema()
_HEADLINE: Final = _BODY | {"maxLength": 200}


class Ninjs1(BaseModel):
    """An item of IPTC ninjs 1.x as it stands; `body_xhtml` and the standard's other fields are read too."""

    model_config = ConfigDict(json_schema_extra=_not_native)

    uri: SaidLine
    headline: Annotated[str, WithJsonSchema(_HEADLINE)]
    body_text: Annotated[str, WithJsonSchema(_BODY)]


class Ninjs3(BaseModel):
    """An item of IPTC ninjs 2.x or 3.x as it stands; the standard's other fields are read too."""

    model_config = ConfigDict(json_schema_extra=_not_native)

    uri: SaidLine
    headlines: Annotated[list[Any], _several(_HEADLINE)]
    bodies: Annotated[list[Any], _several(_BODY)]


class CloudEvent(BaseModel):
    """CloudEvents 1.0 in structured mode, around any other message (`data_base64` is read too)."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": True})

    specversion: Literal["1.0"]
    data: (
        "Publish | Withdraw | Reinstate | Pin | Ban | Release | Feature | Unfeature | Void | Ninjs1 | Ninjs3"
    )


class Fault(BaseModel):
    """One thing to change; `pointer` is a JSON pointer into the message ("" is the whole)."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """RFC 9457: what went wrong, and every fault with its place."""

    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    id: str | None = None
    errors: list[Fault] = []
    state: Literal["withdrawn", "expired"] | None = None
    revision: int | None = None


class Noted(BaseModel):
    """What became of a part of an article that does not stand as it was sent."""

    pointer: str
    did: Did
    kind: str
    detail: str


class Outcome(BaseModel):
    """What became of a message; `id` if it is about one article, `revision` and `notes` of a published one.

    `not sent` answers a `dry_run`, with the article as it would stand.
    """

    id: str | None = None
    outcome: Literal["accepted", "pending", "not sent"]
    url: str
    revision: int | None = None
    notes: list[Noted] | None = None
    article: dict[str, Any] | None = None


class Rights(BaseModel):
    """Whose a token is, and what may be done with it (`*`: in all sections)."""

    name: str
    sections: list[str]
    desk: bool


class Known(BaseModel):
    """What is known of an article."""

    id: str
    state: State
    revision: int
    section: str
    url: str


_DESK: Final[tuple[type[BaseModel], ...]] = (Pin, Ban, Release, Feature, Unfeature, Void)
_MESSAGES: Final[tuple[type[BaseModel], ...]] = (Publish, Withdraw, Reinstate, *_DESK, Ninjs1, Ninjs3)
_ANSWERS: Final[tuple[type[BaseModel], ...]] = (CloudEvent, Problem, Outcome, Known, Rights)


def _body(models: tuple[type[BaseModel], ...], named: dict[str, Any], **more: Any) -> dict[str, Any]:
    schema = {"anyOf": [{"$ref": _REFS.format(model=model.__name__)} for model in models]}
    content = {"application/json": {"schema": schema, "examples": examples.summed_up(named)}, **more}
    return {"requestBody": {"required": True, "content": content}}


def _answer(description: str, model: type[BaseModel], media_type: str, **more: Any) -> dict[str, Any]:
    schema = {"$ref": _REFS.format(model=model.__name__)}
    return {"description": description, "content": {media_type: {"schema": schema, **more}}}


KEYED: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The publisher's name for this message, best a UUID: sent again with the same "
            "key and body, it is answered as the first time and has no further effect.",
            "schema": {"type": "string", "pattern": f"^{KEY}$", "minLength": 1, "maxLength": 255},
        }
    ]
}
SUBMISSION_BODY: Final = _body(
    _MESSAGES,
    examples.MESSAGES,
    **{
        "application/cloudevents+json": {
            "schema": {"$ref": _REFS.format(model=CloudEvent.__name__)},
            "examples": examples.summed_up(examples.CLOUD_EVENTS),
        },
        "application/xml": {
            "schema": {"type": "string", "description": "NITF 3.x, or one text item of NewsML-G2"},
            "example": examples.NITF,
        },
    },
)
DESK_BODY: Final = _body(_DESK, examples.DESK_ACTIONS)

_REPLAYED: Final = {
    "Idempotent-Replayed": {
        "description": "Present if the same message had been accepted under this Idempotency-Key before.",
        "schema": {"const": "true"},
    }
}
_LOCATION: Final = {
    "Location": {"description": "The address of the article's page.", "schema": {"type": "string"}}
}
_RETRY_AFTER: Final = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}
}
_PROBLEM_HEADERS: Final[dict[int, dict[str, Any]]] = {
    401: {"WWW-Authenticate": {"description": "The scheme to use.", "schema": {"type": "string"}}},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}


def outcomes(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the answers to what was taken: 201 (published), 200 (acted) or 202 (not decided yet)."""
    said = {
        200: "Decided: the action is done; or, of a dry run, what would stand",
        201: "Decided: the article is readable at `url`",
        202: "Taken, not decided in time: `url` and `GET /articles/{id}` will tell",
    }
    return {
        status: _answer(said[status], Outcome, "application/json", example=examples.OUTCOMES[status])
        | {"headers": (_LOCATION if status == 201 else {}) | ({} if status == 202 else _REPLAYED)}
        for status in statuses
    }


def known() -> dict[int | str, dict[str, Any]]:
    """Describe the answer that tells of an article."""
    return {200: _answer("What is known of the article", Known, "application/json", example=examples.KNOWN)}


def whoami() -> dict[int | str, dict[str, Any]]:
    """Describe the answer that tells whose a token is."""
    return {200: _answer("Whose the token is", Rights, "application/json", example=examples.RIGHTS)}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the refusals that a route may answer with, and the fault of ours that none expects."""
    return {
        status: _answer(phrase(status), Problem, MEDIA_TYPE, example=examples.PROBLEMS[status])
        | {"headers": _PROBLEM_HEADERS.get(status, {})}
        for status in (*statuses, 500)
    }


def describe(app: FastAPI) -> None:
    """Put our schemas and the Bearer scheme into the application's OpenAPI document."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                summary="The door for publishers and the desk",
                description=examples.ABOUT,
                routes=app.routes,
                tags=[{"name": name, "description": said} for name, said in examples.TAGS.items()],
                servers=[{"url": "/", "description": "This instance"}],
                contact={"name": "The operators of this site"},
                license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
            )
            models = [(model, "validation") for model in (*_MESSAGES, *_ANSWERS)]
            _, definitions = models_json_schema(models, ref_template=_REFS)  # type: ignore[arg-type]
            components = document.setdefault("components", {})
            components.setdefault("schemas", {}).update(definitions["$defs"])
            scheme = {"type": "http", "scheme": "bearer", "description": "A publisher's or a desk's token"}
            components["securitySchemes"] = {"token": scheme}
            document["security"] = [{"token": []}]
            for path, operations in document["paths"].items():
                for operation in operations.values():
                    operation["tags"] = [path.split("/")[1]]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
