"""The official ninjs examples, sent unchanged to a running ingest through both doors."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest

from tests.foreign import headers_of, produce, records, until
from tests.integration.ingest.conftest import Ingest
from tests.ninjs_examples import NO_ARTICLES, example_files

JSON: Final = {"content-type": "application/json"}


@pytest.mark.parametrize("path", example_files(articles=True))
def test_a_text_item_is_published_by_either_door(ingest: Ingest, path: Path) -> None:
    item = json.loads(path.read_bytes())
    article_id = sha256(item["uri"].encode()).hexdigest()[:32]

    def inputs_published() -> list[list[object]]:
        ours = [m for m in records(ingest.kafka, "articles.v1") if m.key() == article_id.encode()]
        articles = [json.loads(message.value() or b"") for message in ours]
        assert all(article["uri"] == item["uri"] for article in articles)
        return [article["order"][1][1:] for article in articles]

    at = produce(ingest.kafka, "ingest.v1", path.read_bytes())
    until(lambda: list(at) in inputs_published(), "the item from the topic is published")
    answer = ingest.ask("POST", "/articles", content=path.read_bytes(), headers=JSON)
    assert answer.status_code == 201, answer.text
    assert answer.json()["url"].endswith(f"/article/{article_id}")


@pytest.mark.parametrize("path", example_files(articles=False))
def test_any_other_item_is_refused_with_its_reason_by_either_door(ingest: Ingest, path: Path) -> None:
    answer = ingest.ask("POST", "/articles", content=path.read_bytes(), headers=JSON)
    assert answer.status_code == 422, answer.text
    (told,) = answer.json()["errors"]
    assert told["pointer"] in NO_ARTICLES[path.stem]

    at = produce(ingest.kafka, "ingest.v1", path.read_bytes())

    def letter() -> dict[str, bytes] | None:
        letters = (headers_of(message) for message in records(ingest.kafka, "ingest.v1.dead"))
        place = tuple(b"%d" % number for number in at)
        return next((h for h in letters if (h["remen-partition"], h["remen-offset"]) == place), None)

    problem = json.loads(until(letter, "the item from the topic is in the dead letters")["remen-problem"])
    assert problem["errors"] == [told]
