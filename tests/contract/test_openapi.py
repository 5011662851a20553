"""The OpenAPI documents of ingest and rank: whole, valid, and true to what they show."""

from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from services.ingest.adapters import examples
from services.ingest.adapters.http import create_app as ingest_app
from services.ingest.core.editions import UNKNOWN
from services.ingest.core.faults import Rejection
from services.rank.adapters.http import create_app as rank_app
from shared.health import Health
from tests.builders import arrival, as_json, sent_article
from tests.unit.ingest.accepting import accept

NOBODY = cast("Any", None)
APPS: dict[str, FastAPI] = {
    "ingest": ingest_app(NOBODY, NOBODY, Health({})),
    "rank": rank_app(NOBODY, NOBODY, NOBODY, NOBODY, Health({})),
}
BODY = "#/paths/~1articles/post/requestBody/content/application~1json/schema"


def operations(service: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in APPS[service].openapi()["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def validator(service: str, schema: dict[str, Any]) -> Draft202012Validator:
    """Check against a schema of the document; references lead into the document."""
    return Draft202012Validator(APPS[service].openapi() | schema)


def shown(media: dict[str, Any]) -> list[Any]:
    alone = [media["example"]] if "example" in media else []
    return alone + [example["value"] for example in media.get("examples", {}).values()]


@pytest.mark.parametrize("service", APPS)
def test_every_schema_is_a_valid_one_of_2020_12(service: str) -> None:
    document = APPS[service].openapi()
    assert document["openapi"].startswith("3.1.")
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("service", APPS)
def test_every_operation_has_a_name_a_tag_and_its_problems(service: str) -> None:
    names = [operation["operationId"] for _, operation in operations(service)]
    assert len(set(names)) == len(names)
    for where, operation in operations(service):
        assert operation["tags"], where
        assert {"500", "503"} <= operation["responses"].keys(), where
        for status, answer in operation["responses"].items():
            problem = "application/problem+json" in answer["content"]
            assert problem == (int(status) >= 400), (where, status)


def test_every_operation_of_ingest_tells_of_a_missing_token() -> None:
    assert APPS["ingest"].openapi()["security"] == [{"token": []}]
    for where, operation in operations("ingest"):
        assert "401" in operation["responses"], where


def test_only_what_is_asked_for_the_desk_needs_a_token_of_rank() -> None:
    secured = {where for where, operation in operations("rank") if operation["security"] == [{"token": []}]}
    assert secured == {"post /void/preview"}
    assert all("401" in operation["responses"] for where, operation in operations("rank") if where in secured)


def test_every_example_fits_its_schema() -> None:
    seen = 0
    for where, operation in operations("ingest"):
        bodies = operation.get("requestBody", {}).get("content", {})
        answers = [a["content"] for a in operation["responses"].values()]
        for media in (media for content in (bodies, *answers) for media in content.values()):
            for example in shown(media):
                faults = list(validator("ingest", media["schema"]).iter_errors(example))
                assert not faults, (where, example)
                seen += 1
    assert seen > len(examples.MESSAGES) + len(examples.PROBLEMS)


@pytest.mark.parametrize("name", ["article", "articleWithEverything", "withdrawal", "ninjs1", "ninjs3"])
def test_every_example_of_a_message_is_accepted(name: str) -> None:
    assert not isinstance(accept(as_json(examples.MESSAGES[name]), UNKNOWN, arrival()), Rejection)


@pytest.mark.parametrize("kind", ["picture", "tags", "byline", "revision", "published_at", "language"])
def test_a_null_is_an_absent_field_and_the_schema_says_so(kind: str) -> None:
    sent = sent_article() | {kind: None}
    assert validator("ingest", {"$ref": BODY}).is_valid(sent)
    assert not isinstance(accept(as_json(sent), UNKNOWN, arrival()), Rejection)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "a b"},
        {"id": ".."},
        {"title": "\u200b \u3000"},
        {"title": "x" * 201},
        {"title": None},
        {"section": "a/b"},
        {"section": "地方 "},
        {"section": "..."},
        {"section": "x" * 21},
        {"body": " \n\u3000"},
        {"body": "a\x00b"},
        {"byline": "a\nb"},
        {"tags": ["a", 1]},
        {"tags": ["a"] * 101},
        {"language": "Chinese!"},
        {"picture": {"url": "javascript:alert(1)"}},
        {"revision": -1},
        {"revision": 1.5},
        {"urgency": 10},
        {"sponsored": "yes"},
        {"format": "word"},
        {"action": "vanish"},
    ],
)
def test_what_the_rules_refuse_the_schema_refuses_too(change: dict[str, Any]) -> None:
    sent = sent_article() | change
    assert not validator("ingest", {"$ref": BODY}).is_valid(sent)
    assert isinstance(accept(as_json(sent), UNKNOWN, arrival()), Rejection)


async def asked(method: str, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(APPS["ingest"], raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
        return await client.request(method, path)


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "HEAD"])
async def test_a_method_that_is_not_possible_is_answered_with_all_that_are(method: str) -> None:
    answer = await asked(method, "/articles/x")
    assert answer.status_code == 405
    assert answer.headers.get_list("allow") == ["DELETE, GET"]
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_none_expects_is_a_problem_document_too() -> None:
    answer = await asked("GET", "/articles/x")  # the app is made without a door
    assert (answer.status_code, answer.json()["status"]) == (500, 500)
    assert answer.headers["content-type"] == "application/problem+json"
