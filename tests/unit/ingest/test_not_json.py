"""What is sent in place of JSON is told by what it is."""

import gzip
import json

import pytest

from services.ingest.core.faults import Rejection
from services.ingest.core.reading import DEFAULTS, read
from services.ingest.core.submissions import Publish
from tests.builders import as_json, sent_article

ARTICLE = as_json(sent_article())


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (b"\x00\x00\x00\x00\x07" + ARTICLE, "five bytes; send JSON without them"),
        (b"\x00\x00\x00\x00\x07\x00" + ARTICLE, "begins with a schema registry's five bytes"),
        (b"\x00\x00\x00\x00\x07\x02\x06abc", "send JSON, not Avro or Protobuf"),
        (b'{"schema": null, "payload": ' + ARTICLE + b"}", "is Kafka Connect's envelope (schema, payload)"),
        (b'{"op": "c", "source": {}, "payload": {}}', "is a change event of Debezium"),
        (json.dumps(ARTICLE.decode()).encode(), "is JSON inside a JSON text"),
        (gzip.compress(ARTICLE), "is compressed with gzip"),
        (b"\x28\xb5\x2f\xfd\x00", "is compressed with zstd"),
        (ARTICLE.decode().encode("utf-16"), "is not JSON in UTF-8 but in UTF-16"),
        (ARTICLE.decode().encode("utf-16-be"), "is not JSON in UTF-8 but in UTF-16"),
        (b"<!DOCTYPE html><html>", "is a page of HTML"),
        (b"<rss version='2.0'/>", "feeds go through remen import-feed"),
        (b"\x02\x06abc\x12\x01", "looks like Avro, Protobuf"),
        (b"PK\x03\x04....", "is a ZIP archive"),
        (b'{"id": 1', "is not JSON"),
    ],
)  # fmt: skip
def test_it_is_refused_with_what_to_change(value: bytes, says: str) -> None:
    found = read(value, DEFAULTS)
    assert isinstance(found, Rejection)
    assert says in found.detail


def test_a_language_with_an_underscore_is_read_and_told() -> None:
    found = read(as_json(sent_article() | {"language": "zh_CN"}), DEFAULTS)
    assert isinstance(found, Publish)
    assert (found.language, [note.kind for note in found.notes]) == ("zh-CN", ["language"])
