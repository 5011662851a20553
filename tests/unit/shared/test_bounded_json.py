"""Large JSON is counted before it is read, in time that its size allows; what is honest is read as ever."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from shared import articles, bounded_json, wire
from shared.articles import MOST_PARTS
from shared.blocks import Paragraph, Table, Text
from shared.events import ArticlePublished
from tests.builders import published


class Note(BaseModel):
    """A model of the test's own."""

    text: str
    tags: tuple[str, ...] = ()


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def counted(document: object) -> int:
    """Count lists and objects the slow way."""
    if isinstance(document, dict):
        return 1 + sum(map(counted, document.values()))
    return 1 + sum(map(counted, document)) if isinstance(document, list) else 0


@given(documents, st.booleans())
def test_lists_and_objects_are_counted_and_brackets_in_texts_are_not(document: object, escaped: bool) -> None:
    assert bounded_json.parts(json.dumps(document, ensure_ascii=escaped).encode()) == counted(document)


@pytest.mark.parametrize("value", [b'"\\' * 2_000_000, b'"' * 4_000_000, b'\\"' * 2_000_000, b'"[\\'])
def test_texts_without_an_end_are_passed_in_the_time_of_their_length(value: bytes) -> None:
    began = time.process_time()
    assert bounded_json.parts(value) == 0
    assert time.process_time() - began < 5


def test_what_is_large_is_read_as_what_is_small() -> None:
    small = json.dumps({"text": "短", "tags": ["一"]}).encode()
    large = json.dumps({"text": "长" * bounded_json.LARGE_BYTES, "tags": ["一"]}).encode()
    assert bounded_json.read(Note, small).tags == bounded_json.read(Note, large).tags == ("一",)
    for wrong in (b"[" * 100_000, b"{" + b" " * 100_000, b'{"text": [' + b"[]," * 100_000 + b"[]]}", b"\xff"):
        with pytest.raises(ValueError, match=r"(?s)."):
            bounded_json.read(Note, wrong)


def test_a_large_article_is_read_whole() -> None:
    table = Table(rows=((Text(text="[1]"),) * 20,) * 1_000)
    event = published("large", blocks=(Paragraph(text="{一}"), table))
    value = wire.encode(event)
    assert len(value) > bounded_json.LARGE_BYTES
    assert bounded_json.parts(value) < MOST_PARTS
    headers = [("ce_type", wire.type_of(event).encode())]
    assert articles.read(b"large", value, headers, wire.partition_for("large")) == event
    assert event == ArticlePublished.model_validate_json(value)


@pytest.mark.parametrize(
    "value",
    [b'{"blocks":[' + b"[]," * 1_300_000 + b"[]]}", b'{"blocks":[' + b'{"kind":"x"},' * 300_000 + b"{}]}"],
)
def test_four_megabytes_of_brackets_are_no_article(value: bytes) -> None:
    headers = [("ce_type", b"remen.ArticlePublished")]
    assert articles.read(b"large", value, headers, wire.partition_for("large")) == "too_large"
