"""Inputs that once stopped ingest, or held it up: each has its outcome, and the next one is published.

All come through both doors of one running ingest, which must be the same process in the end. How long reading
takes is measured by `bench growth`; here it only may not hold up others.
"""

import json
import uuid
from typing import Any, Final

import pytest
from confluent_kafka import Message

from tests.builders import as_json, sent_article
from tests.foreign import headers_of, produce, records, until
from tests.integration.ingest.conftest import Ingest

_ROWS: Final = "<tr>" + '<td colspan="50" rowspan="50">甲</td>' * 8 + "</tr>" + "<tr><td>乙</td></tr>" * 49
SPANS: Final = f"<table>{_ROWS}</table>" * 25
REFERENCES: Final = "[甲][a]\n" * 1_700 + f"\n[a]: https://a.example/{'路' * 1_500}\n"
COLUMNS: Final = "|甲" * 250 + "|\n" + "|-" * 250 + "|\n" + ("|乙" * 250 + "|\n") * 250
MANY_FAULTS: Final = {f"{'k' * 9_000}{n}": {"href": 7} for n in range(100)}
TOO_MUCH: Final[dict[str, dict[str, Any]]] = {
    "spans of table cells": {"format": "html", "body": SPANS},
    "one long address, often": {"format": "markdown", "body": REFERENCES},
    "a wide Markdown table": {"format": "markdown", "body": COLUMNS},
    "nested elements": {"format": "html", "body": "<div>" * 190_000},
    "marks that combine": {"body": "\u0301\u0323" * 128_000},
    "faults in long keys": {"title": None, "pictures": [{"url": 7, "captions": "x" * 5_000}] * 90},
}
SLOW: Final[dict[str, dict[str, Any]]] = {
    "an address of ideographic spaces": {
        "format": "html",
        "body": f'<p><a href="http://a{chr(0x3000) * 60_000}">甲</a></p>',
    },
    "link definitions": {
        "format": "markdown",
        "body": "\n".join(f"[{n}]: <a{n}>" for n in range(5_000)) + "\n" + "[x]" * 5_000,
    },
    "brackets": {"format": "markdown", "body": "[" * 90_000},
}
NINJS: Final[dict[str, dict[str, Any]]] = {
    "nested elements in an agency's headline": {"headline": "<div>" * 180_000, "body_text": "甲"},
    "nested elements in an agency's body": {"headline": "甲", "body_xhtml": "<div>" * 180_000},
    "an agency's faults in long keys": {"headline": 7, "body_text": "甲", "embargoed": "x", **MANY_FAULTS},
}


@pytest.fixture(scope="module", autouse=True)
def _same_process(ingest: Ingest) -> Any:
    """Hold that no input ended the process: what it counts is never reset."""
    produce(ingest.kafka, "ingest.v1", as_json(sent_article("before-all")), key="before-all")
    until(lambda: ingest.outcome("before-all") == "published", "ingest is at work")
    began = started_at(ingest)
    yield
    assert started_at(ingest) == began


def started_at(ingest: Ingest) -> str:
    (line,) = (
        one
        for one in ingest.ask("GET", "/metrics").text.splitlines()
        if one.startswith("process_start_time_seconds")
    )
    return line


def is_published(ingest: Ingest, partition: int) -> None:
    """Hold that what comes behind, in the same partition, is published at once."""
    article_id = f"behind-{uuid.uuid4().hex[:12]}"
    produce(ingest.kafka, "ingest.v1", as_json(sent_article(article_id)), partition=partition)
    until(lambda: ingest.outcome(article_id) == "published", "the next message is published", 20)


def refusal_of(ingest: Ingest, partition: int, offset: int) -> tuple[Message, dict[str, Any]]:
    where = (str(partition).encode(), str(offset).encode())

    def found() -> Message | None:
        letters = records(ingest.kafka, "ingest.v1.dead")
        return next((one for one in letters if refused_at(one) == where), None)

    letter = until(found, "the message is refused", 30)
    document = headers_of(letter)["remen-problem"]
    assert len(document) <= 16 * 1024
    problem: dict[str, Any] = json.loads(document)
    return letter, problem


def refused_at(letter: Message) -> tuple[bytes | None, bytes | None]:
    headers = headers_of(letter)
    return headers.get("remen-partition"), headers.get("remen-offset")


@pytest.mark.parametrize("name", TOO_MUCH)
def test_an_input_that_asks_for_too_much_is_told_so_through_both_doors(ingest: Ingest, name: str) -> None:
    article_id = f"hostile-{uuid.uuid4().hex[:12]}"
    value = as_json(sent_article(article_id, **TOO_MUCH[name]))
    assert len(value) <= 1_000_000
    answer = ingest.ask("POST", "/articles", content=value, headers={"Content-Type": "application/json"})
    assert answer.status_code in (413, 422), answer.text
    assert answer.json()["errors"]
    assert len(answer.content) <= 16 * 1024
    partition, offset = produce(ingest.kafka, "ingest.v1", value)
    _, problem = refusal_of(ingest, partition, offset)
    assert (problem["status"], problem["errors"]) == (answer.status_code, answer.json()["errors"])
    is_published(ingest, partition)


@pytest.mark.parametrize("name", SLOW)
def test_an_input_that_was_slow_to_read_is_published_at_once(ingest: Ingest, name: str) -> None:
    article_id = f"slow-{uuid.uuid4().hex[:12]}"
    answer = ingest.ask("POST", "/articles", json=sent_article(article_id, **SLOW[name]))
    assert answer.status_code == 201, answer.text
    produce(ingest.kafka, "ingest.v1", as_json(sent_article(f"{article_id}-2", **SLOW[name])), partition=5)
    until(lambda: ingest.outcome(f"{article_id}-2") == "published", "the message is published")
    is_published(ingest, 5)


@pytest.mark.parametrize("name", NINJS)
def test_an_agencys_item_that_asks_for_too_much_is_told_so(ingest: Ingest, name: str) -> None:
    item = {"uri": f"urn:example:{uuid.uuid4().hex}", "type": "text"} | NINJS[name]
    partition, offset = produce(ingest.kafka, "ingest.v1", as_json(item))
    _, problem = refusal_of(ingest, partition, offset)
    assert problem["status"] in (413, 422)
    is_published(ingest, partition)


def test_a_message_that_compressed_well_and_is_too_large_to_be_kept_is_told(ingest: Ingest) -> None:
    value = b'{"id": "large", "body": "' + b"x" * 6_000_000 + b'"}'
    partition, offset = produce(ingest.kafka, "ingest.v1", value, compression="gzip")
    letter, problem = refusal_of(ingest, partition, offset)
    assert problem["status"] == 413
    assert headers_of(letter)["remen-size"] == str(len(value)).encode()
    assert value.startswith(letter.value() or b"-")
    is_published(ingest, partition)


def test_a_header_that_looks_like_ours_is_the_publishers(ingest: Ingest) -> None:
    headers = [
        ("remen-problem", b"[" * 90_000),
        ("remen-offset", b"x"),
        ("ce_input", b"x"),
        ("ce_arrived", b"/"),
    ]
    partition, offset = produce(ingest.kafka, "ingest.v1", b"{", headers=headers)
    _, problem = refusal_of(ingest, partition, offset)
    assert problem["status"] == 400
    is_published(ingest, partition)


def test_many_hostile_inputs_at_once_do_not_hold_up_an_honest_one(ingest: Ingest) -> None:
    slow = [as_json(sent_article(f"slow-{n}", **SLOW["brackets"])) for n in range(40)]
    for value in slow:
        produce(ingest.kafka, "ingest.v1", value)
    answer = ingest.ask("POST", "/articles", json=sent_article(f"honest-{uuid.uuid4().hex[:12]}"))
    assert answer.status_code in (201, 202), answer.text
    is_published(ingest, 5)
