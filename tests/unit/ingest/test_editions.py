"""What ingest knows of an id: repeats, states, and what is wrong in the log."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.accept import Accepted, accept
from services.ingest.core.editions import UNKNOWN, Edition, advance, at_the_desk, contradicts
from services.ingest.core.idempotency import REMEMBERED, name_request, remember
from shared.articles import ArticleEvent, TextErased
from shared.events import Arrival, ArticlePublished
from tests.builders import NOON, arrival, as_json, published, reinstated, sent_article, withdrawn

ERASED = TextErased("harbour-library")


def after(*events: ArticleEvent) -> Edition:
    edition = UNKNOWN
    for offset, event in enumerate(events):
        edition = advance(edition, event, None, offset)
    return edition


def test_an_input_at_or_before_the_last_decided_position_is_a_repeat() -> None:
    edition = advance(UNKNOWN, published(), arrival(5), 0)
    assert edition.is_repeat(arrival(5))
    assert edition.is_repeat(arrival(4))
    assert not edition.is_repeat(arrival(6))


def test_in_a_topic_made_anew_small_offsets_are_no_repeats() -> None:
    edition = advance(UNKNOWN, published(), arrival(5, offset=1000), 0)
    assert not edition.is_repeat(arrival(6, offset=0))


def test_the_state_is_told_in_one_word() -> None:
    hour = timedelta(hours=1)
    assert UNKNOWN.state(NOON) == "unknown"
    assert after(published()).state(NOON) == "published"
    assert after(published(embargo_until=NOON + hour)).state(NOON) == "embargoed"
    assert after(published(embargo_until=NOON + hour)).state(NOON + hour) == "published"
    assert after(published(expires_at=NOON + hour)).state(NOON + hour) == "expired"
    assert after(published(), withdrawn(second=5)).state(NOON) == "withdrawn"
    assert after(withdrawn(second=5), reinstated(second=6)).state(NOON) == "reinstated"


def test_a_withdrawn_article_still_tells_its_revision() -> None:
    assert after(published(revision=4), withdrawn(second=5), ERASED).revision == 4


def test_a_stale_text_and_a_tombstone_behind_a_standing_text_are_wrong() -> None:
    standing = after(published(second=5))
    assert contradicts(standing, published(second=1))
    assert contradicts(standing, ERASED)
    assert not contradicts(standing, published(second=5))


def test_a_text_behind_a_withdrawal_is_wrong_until_it_is_erased() -> None:
    edition = after(withdrawn(second=5), ERASED)
    assert contradicts(advance(edition, published(second=1), None, 9), published(second=1))
    assert not contradicts(edition, ERASED)


def test_a_withdrawal_without_its_tombstone_is_wrong() -> None:
    assert contradicts(after(published(), withdrawn(second=5)), withdrawn(second=5))
    assert not contradicts(after(withdrawn(second=5)), withdrawn(second=5))


def test_the_place_of_the_standing_text_is_known_until_it_is_erased() -> None:
    assert after(published(second=1), published(second=2)).offset == 1
    assert after(published(second=2), published(second=1)).offset == 0
    assert after(published(), withdrawn(second=5), ERASED).offset is None
    assert after(published(), ERASED).offset == 0, "the guard needs it to undo the tombstone"


INPUTS = st.one_of(
    st.builds(lambda revision: sent_article(revision=revision), st.integers(0, 3)),
    st.just({"id": "harbour-library", "action": "withdraw", "reason": "other"}),
    st.just({"id": "harbour-library", "action": "reinstate"}),
)


@given(st.lists(st.tuples(INPUTS, st.integers(0, 5)), max_size=12))
def test_what_was_decided_changes_nothing_when_it_comes_back_from_the_log(
    inputs: list[tuple[dict[str, object], int]],
) -> None:
    edition = UNKNOWN
    log: list[tuple[ArticleEvent, Arrival]] = []
    for second, (sent, sent_home_after) in enumerate(inputs, 10):
        position = arrival(second)
        outcome = accept(
            as_json(sent), edition, arrival(second - sent_home_after, partition=7, offset=second)
        )
        for event in outcome.articles if isinstance(outcome, Accepted) else ():
            edition = advance(edition, event, position, None)
            log.append((event, position))
    read = edition
    for offset, (event, position) in enumerate(log):
        read = advance(read, event, position, offset)
        assert read.standing == edition.standing
    if log and edition.standing.order is not None:
        assert not contradicts(read, log[-1][0])
        assert read.offset is not None


def named(key: str, body: str = "") -> str:
    return name_request("publisher", key, body.encode())


def test_a_request_is_known_by_its_key_and_its_body() -> None:
    edition = advance(UNKNOWN, published(), arrival(5), 0, (named("k", "a"),))
    assert edition.judge(named("k", "a")) == "repeat"
    assert edition.judge(named("k", "b")) == "misused"
    assert edition.judge(named("l", "a")) == "new"
    assert edition.judge(name_request("another", "k", b"b")) == "new", "a key is its publisher's own"


def test_a_request_without_a_key_is_never_a_repeat() -> None:
    assert remember((), "7f3c") == ()
    assert advance(UNKNOWN, published(), arrival(5), 0).judge("7f3c") == "new"
    assert at_the_desk(UNKNOWN, "7f3c").judge("7f3c") == "new"


@pytest.mark.parametrize("lifted", [False, True])
def test_section_and_revision_of_what_was_taken_down_are_known_from_the_mark_alone(lifted: bool) -> None:
    before = advance(UNKNOWN, published(revision=4), arrival(), 0)
    actions: list[dict[str, object]] = [{"action": "withdraw", "reason": "error"}, {"action": "reinstate"}]
    for second, action in enumerate(actions[: 1 + lifted], 1):
        outcome = accept(as_json({"id": "harbour-library", **action}), before, arrival(second))
        assert isinstance(outcome, Accepted)
        mark = outcome.articles[0]
        before = advance(before, mark, arrival(second), None)
    after_compaction = advance(UNKNOWN, mark, arrival(2), 1)
    assert (after_compaction.section, after_compaction.revision) == ("地方", 4)


def test_a_desk_action_with_a_key_is_known_once_however_often_it_is_read() -> None:
    edition = at_the_desk(at_the_desk(UNKNOWN, named("k")), named("k"))
    assert edition.desk_requests == (named("k"),)
    assert edition.judge(named("k")) == "repeat"
    assert edition.judge(named("k", "else")) == "misused"


def test_what_a_paused_worker_writes_late_does_not_hide_newer_requests() -> None:
    newer = advance(UNKNOWN, published(second=5), arrival(5), 0, (named("a"), named("b")))
    assert advance(newer, published(second=1), arrival(6), 1, (named("z"),)).requests == newer.requests


@given(st.lists(st.tuples(INPUTS, st.sampled_from("abcdefghijkl-")), max_size=16))
def test_the_newest_record_of_each_key_is_enough_to_know_the_newest_requests(
    inputs: list[tuple[dict[str, object], str]],
) -> None:
    edition = UNKNOWN
    accepted: tuple[str, ...] = ()
    kept: dict[str, tuple[ArticleEvent, Arrival, tuple[str, ...]]] = {}
    for second, (sent, key) in enumerate(inputs):
        outcome = accept(as_json(sent), edition, arrival(second))
        if not isinstance(outcome, Accepted) or edition.judge(named(key)) == "repeat":
            continue
        accepted = accepted if key == "-" else (*accepted, named(key))
        requests = edition.requests if key == "-" else remember(edition.requests, named(key))
        for event in outcome.articles:
            edition = advance(edition, event, arrival(second), None, requests)
            name = "text" if isinstance(event, ArticlePublished | TextErased) else "mark"
            kept.pop(name, None)
            kept[name] = (event, arrival(second), requests)
    assert edition.requests == accepted[-REMEMBERED:]
    read = UNKNOWN
    for offset, (event, position, requests) in enumerate(kept.values()):
        read = advance(read, event, position, offset, requests)
    assert read.requests == edition.requests
