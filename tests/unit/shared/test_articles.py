"""Which text of an article stands: the rule that every reader of articles.v1 applies."""

from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import wire
from shared.articles import MARK_SUFFIX, NEVER_HEARD_OF, ArticleEvent, TextErased, fold, parse
from tests.builders import NOON, published, reinstated, withdrawn


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


@pytest.mark.parametrize("event", [published(), withdrawn(), reinstated()])
def test_what_is_written_is_read_back(event: ArticleEvent) -> None:
    assert not isinstance(event, TextErased)
    headers = wire.event_headers(event, source="/test", event_id="x", at=NOON)
    assert parse(event.id.encode(), wire.encode(event), tuple(headers)) == event


def test_what_cannot_be_read_is_none_and_never_an_error() -> None:
    headers = tuple(wire.event_headers(published(), source="/test", event_id="x", at=NOON))
    assert parse(None, b"{}", headers) is None
    assert parse(b"a", b"{", headers) is None
    assert parse(b"a", b"{}", ()) is None
    assert parse(b"a" + MARK_SUFFIX.encode(), None, ()) is None
    assert parse(b"a", None, ()) == TextErased("a")
