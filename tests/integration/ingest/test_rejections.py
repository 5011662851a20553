"""What was refused is told over HTTP: in pages, after a restart, and to whom it may be told."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders import as_json
from tests.foreign import until
from tests.integration.ingest.conftest import TOKENS, Ingest
from tests.integration.ingest.refusals import misspelt, refused, told
from tests.real import Kafka, Service


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """Give a Kafka that keeps no refusals but those of these tests."""
    server = Kafka(tmp_path_factory.mktemp("kafka"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def article_id() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


def test_the_refusals_are_told_in_pages_and_after_a_restart(ingest: Ingest, tmp_path: Path) -> None:
    for _ in range(3):
        refused(ingest, misspelt("in-pages"), "in-pages")
    whole = told(ingest, limit=200)
    assert [one["at"] for one in whole] == sorted((one["at"] for one in whole), reverse=True)
    other = Service("ingest", tmp_path, KAFKA_BOOTSTRAP_SERVERS=ingest.kafka, INGEST_TOKENS=TOKENS)
    try:
        other.start()
        restarted = Ingest(ingest.kafka, other.url)
        until(lambda: told(restarted, limit=200) == whole, "another instance tells the same")
    finally:
        other.stop()
    read: list[dict[str, Any]] = []
    before: dict[str, str] = {}
    while True:
        answer = ingest.ask("GET", "/rejections", params={"limit": 2, **before}).json()
        read += answer["rejections"]
        if answer["next"] is None:
            break
        before = {"before": answer["next"]}
    assert read == whole


def test_a_publisher_of_one_section_is_not_told_of_others_refusals(ingest: Ingest, article_id: str) -> None:
    ours = refused(ingest, misspelt(article_id, section="体育"), article_id)
    theirs = refused(ingest, misspelt(f"{article_id}-2"), f"{article_id}-2")
    unnamed = refused(ingest, as_json({"id": f"{article_id}-3"}), f"{article_id}-3")
    assert all(one in told(ingest, "desk", limit=200) for one in (ours, theirs, unnamed))
    assert [one for one in (ours, theirs, unnamed) if one in told(ingest, "sports", limit=200)] == [ours]
    assert told(ingest, "sports", id=theirs["id"]) == []
    assert told(ingest, "sports", id=unnamed["id"]) == [unnamed], "who knows the id is told"


@pytest.mark.parametrize(
    ("who", "query", "status"),
    [(None, "", 401), ("desk", "?limit=0", 422), ("desk", "?limit=201", 422), ("desk", "?before=3-17", 422)],
)
def test_what_cannot_be_told_is_a_problem(ingest: Ingest, who: str | None, query: str, status: int) -> None:
    answer = ingest.ask("GET", f"/rejections{query}", who)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
