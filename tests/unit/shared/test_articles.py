"""Which text of an article stands: the rule that every reader of articles.v1 applies."""

import json
from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import wire
from shared.articles import (
    LARGEST_BYTES,
    MARK_SUFFIX,
    NEVER_HEARD_OF,
    ArticleEvent,
    TextErased,
    fold,
    read,
)
from shared.blocks import Paragraph, Quote
from shared.events import ArticlePublished, ArticleReinstated, ArticleWithdrawn
from tests.builders import NOON, parse, published, reinstated, withdrawn


def after(*events: ArticleEvent) -> object:
    return reduce(fold, events, NEVER_HEARD_OF)


def test_the_highest_order_stands_whatever_order_the_texts_come_in() -> None:
    texts = [published(second=1), published(second=2), published(second=3, revision=2), published(second=9)]
    standings = {after(*order) for order in permutations(texts)}
    assert standings == {after(published(second=3, revision=2))}


def test_a_withdrawal_outranks_every_revision_before_and_behind_it() -> None:
    mark, text = withdrawn(second=5), published(second=9, revision=7)
    assert after(text, mark) == after(mark, text)
    assert not after(mark).admits(text.order)  # type: ignore[attr-defined]


def test_a_reinstatement_admits_only_texts_that_arrive_after_it() -> None:
    standing = after(published(second=1, revision=3), withdrawn(second=5), reinstated(second=7))
    assert not standing.admits(published(second=6, revision=9).order)  # type: ignore[attr-defined]
    assert standing.admits(published(second=8).order)  # type: ignore[attr-defined]


def test_an_older_mark_behind_a_newer_one_changes_nothing() -> None:
    newest = after(withdrawn(second=5), reinstated(second=7))
    assert fold(newest, withdrawn(second=5)) is newest  # type: ignore[arg-type]


def test_a_late_tombstone_does_not_make_a_standing_text_unknown() -> None:
    assert after(published(second=8), TextErased("harbour-library")) == after(published(second=8))


EVENTS = st.one_of(
    st.builds(published, second=st.integers(0, 9), revision=st.integers(0, 3)),
    st.builds(withdrawn, second=st.integers(0, 9)),
    st.builds(reinstated, second=st.integers(0, 9)),
    st.just(TextErased("harbour-library")),
)


@given(st.lists(EVENTS, max_size=12))
def test_a_record_that_is_there_twice_changes_nothing(events: list[ArticleEvent]) -> None:
    twice = [event for event in events for _ in range(2)]
    assert after(*twice) == after(*events)


def key_of(event: ArticleEvent) -> bytes:
    marked = isinstance(event, ArticleWithdrawn | ArticleReinstated)
    return f"{event.id}{MARK_SUFFIX if marked else ''}".encode()


def headers_of(event: ArticleEvent) -> wire.Headers:
    if isinstance(event, TextErased):
        return []
    return wire.event_headers(event, source="/test", event_id="x", at=NOON)


@pytest.mark.parametrize("event", [published(), withdrawn(), reinstated(), TextErased("harbour-library")])
def test_what_is_written_is_read_back(event: ArticleEvent) -> None:
    value = None if isinstance(event, TextErased) else wire.encode(event)
    home = wire.partition_for(event.id)
    assert read(key_of(event), value, headers_of(event), home) == event
    assert parse(key_of(event), value, headers_of(event)) == event


def test_what_is_wrong_with_a_record_is_said_in_one_word() -> None:
    event = published("a")
    headers, value = headers_of(event), wire.encode(event)
    assert read(None, value, headers, 4) == "key"
    assert read(b"a\n", value, headers, 4) == "key"
    assert read(b"a", value, headers, 5) == "wrong_partition"
    assert read(b"a", None, headers, 5) == "wrong_partition"
    assert read(b"a" + MARK_SUFFIX.encode(), None, headers, 4) == "key"
    assert read(b"a" + MARK_SUFFIX.encode(), value, headers, 4) == "key"
    assert read(b"harbour-library", value, headers, 0) == "key"
    assert read(b"a", value, [], 4) == "type"
    assert read(b"a", b" " * (LARGEST_BYTES + 1), headers, 4) == "too_large"
    assert read(b"a", b"[" * 100_000, headers, 4) == "value"


def test_an_article_of_the_future_is_read_without_what_is_not_known_yet() -> None:
    future = json.loads(wire.encode(published("a")))
    chart = {"kind": "chart", "series": [[1, 2], [3, 4]], "text": {"kind": 7}}
    marked = {"kind": "paragraph", "text": "河城", "marks": [
        {"kind": "underlined", "start": 0, "end": 1, "colour": "red"},
        {"kind": "strong", "start": 0, "end": 2},
    ]}  # fmt: skip
    future["blocks"] = [chart, marked, {"kind": "quote", "paragraphs": [marked]}]
    found = read(b"a", json.dumps(future).encode(), headers_of(published("a")), 4)
    assert isinstance(found, ArticlePublished)
    text, quote = found.blocks
    assert isinstance(text, Paragraph)
    assert [mark.kind for mark in text.marks or ()] == ["strong"]
    assert isinstance(quote, Quote)
    assert [mark.kind for mark in quote.paragraphs[0].marks or ()] == ["strong"]


def test_a_block_that_is_known_and_wrong_is_not_left_out() -> None:
    wrong = json.loads(wire.encode(published("a"))) | {"blocks": [{"kind": "paragraph"}, {"kind": "chart"}]}
    assert read(b"a", json.dumps(wrong).encode(), headers_of(published("a")), 4) == "value"
