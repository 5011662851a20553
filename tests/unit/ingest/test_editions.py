"""What ingest knows of an id: repeats, states, and what is wrong in the log."""

from datetime import timedelta
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN, Edition, Origin, Text, advance, at_desk, contradictions
from services.ingest.core.idempotency import REMEMBERED, name_request, remember
from services.ingest.core.known import Known
from services.ingest.core.outputs import of_accepted, origin_of
from shared import articles, wire
from shared.articles import ArticleEvent, TextErased
from shared.events import Arrival, ArticlePublished
from tests.builders import NOON, arrival, as_json, published, reinstated, sent_article, withdrawn
from tests.unit.ingest.accepting import accept

ERASED = TextErased("harbour-library")
HOME = wire.partition_for("harbour-library")


def after(*events: ArticleEvent) -> Edition:
    edition = UNKNOWN
    for offset, event in enumerate(events):
        edition = advance(edition, event, offset=offset)
    return edition


def decided_at(second: int, offset: int) -> Edition:
    return advance(UNKNOWN, published(), Origin(arrival(second, offset=offset)), 0)


def is_repeat(edition: Edition, position: Arrival) -> bool:
    return edition.has_decided(position, None)


def test_an_input_at_or_before_the_last_decided_position_is_a_repeat() -> None:
    edition = decided_at(5, offset=5)
    assert is_repeat(edition, arrival(5, offset=5))
    assert is_repeat(edition, arrival(4, offset=4))
    assert not is_repeat(edition, arrival(6, offset=6))


def test_in_a_topic_made_anew_small_offsets_are_no_repeats() -> None:
    assert not is_repeat(decided_at(5, offset=1000), arrival(6, offset=0))


def test_what_comes_while_the_brokers_clock_steps_back_is_no_repeat_and_stays_behind_what_was() -> None:
    edition = decided_at(50, offset=7)
    late = arrival(20, offset=8)
    assert not is_repeat(edition, late)
    behind = edition.behind(late)
    assert behind > arrival(50, offset=7)
    both = advance(edition, published(second=51), Origin(behind), 1)
    assert is_repeat(both, arrival(50, offset=7))
    assert is_repeat(both, late)
    assert not is_repeat(both, arrival(21, offset=9))


def test_an_input_is_a_repeat_once_a_later_one_has_an_output_in_whatever_topic() -> None:
    edition = decided_at(5, offset=5)
    acted = at_desk(edition, Origin(arrival(7, offset=7)))
    assert not is_repeat(edition, arrival(6, offset=6))
    assert is_repeat(acted, arrival(6, offset=6))
    assert is_repeat(advance(acted, published(second=9), Origin(arrival(9, offset=9))), arrival(8, offset=8))


def test_an_input_that_was_sent_home_twice_is_decided_once() -> None:
    first = arrival(1, partition=7, offset=3)
    edition = advance(UNKNOWN, withdrawn(second=1), Origin(arrival(5, offset=5), first, (), (first,)), 0)
    assert edition.has_decided(arrival(6, offset=6), first)
    assert not edition.has_decided(arrival(6, offset=6), arrival(1, partition=7, offset=4))


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
    assert contradictions(standing, published(second=1)) == {"text": True}
    assert contradictions(standing, ERASED) == {"text": True}
    assert contradictions(standing, published(second=5)) == {"text": False}


def test_a_text_behind_a_withdrawal_is_wrong_until_it_is_erased() -> None:
    edition = after(withdrawn(second=5), ERASED)
    late = advance(edition, published(second=1), offset=9)
    assert contradictions(late, published(second=1)) == {"text": True}
    assert contradictions(edition, ERASED) == {"text": False}


def test_a_withdrawal_without_its_tombstone_is_wrong() -> None:
    taken_down = after(published(), withdrawn(second=5))
    assert contradictions(taken_down, withdrawn(second=5)) == {"mark": False, "text": True}
    assert contradictions(after(withdrawn(second=5)), withdrawn(second=5)) == {"mark": False}


def test_an_old_mark_behind_a_newer_one_is_wrong_and_the_place_of_the_newer_one_is_known() -> None:
    edition = after(withdrawn(second=1), reinstated(second=5), withdrawn(second=1))
    assert contradictions(edition, withdrawn(second=1)) == {"mark": True}
    assert edition.mark_offset == 1
    assert contradictions(edition, reinstated(second=5)) == {"mark": False}


def test_the_place_of_the_standing_text_is_known_until_it_is_erased() -> None:
    assert after(published(second=1), published(second=2)).offset == 1
    assert after(published(second=2), published(second=1)).offset == 0
    assert after(published(), withdrawn(second=5), ERASED).offset is None
    assert after(published(), ERASED).offset == 0, "the guard needs it to undo the tombstone"


TAKEN_DOWN = {"id": "harbour-library", "action": "withdraw", "reason": "other"}
LIFTED = {"id": "harbour-library", "action": "reinstate"}
INPUTS = st.one_of(
    st.builds(lambda revision: sent_article(revision=revision), st.integers(0, 3)),
    st.just(TAKEN_DOWN),
    st.just(LIFTED),
)


@given(st.lists(st.tuples(INPUTS, st.integers(0, 5)), max_size=12), st.integers(0, 12))
def test_what_was_decided_changes_nothing_when_it_comes_back_from_the_log(
    inputs: list[tuple[dict[str, object], int]], read_meanwhile: int
) -> None:
    known, log = Known(), Known()
    under_way: list[tuple[ArticleEvent, Origin]] = []
    for second, (sent, sent_home_after) in enumerate(inputs, 10):
        arrived = arrival(second - sent_home_after, partition=7, offset=second)
        outcome = accept(as_json(sent), known.edition("harbour-library"), arrived)
        if isinstance(outcome, Accepted):
            origin = Origin(arrival(second), arrived, (), (arrived,))
            known.decided("harbour-library", outcome, origin)
            under_way += [(event, origin) for event in outcome.articles]
        before = known.edition("harbour-library")
        while len(under_way) > read_meanwhile:
            event, origin = under_way.pop(0)
            known.article_read(event, origin, 0)
            log.article_read(event, origin, 0)
            assert known.edition("harbour-library") == before._replace(offset=ANY, mark_offset=ANY)
    for event, origin in under_way:
        assert known.settled("harbour-library") is None
        known.article_read(event, origin, 0)
        log.article_read(event, origin, 0)
    assert known.settled("harbour-library") == log.settled("harbour-library")


def test_what_comes_back_as_it_was_written_says_what_reading_it_would() -> None:
    known = Known()
    before: tuple[str, ...] = (named("k", "a"),)
    for second, sent in enumerate((sent_article(), TAKEN_DOWN, LIFTED, sent_article(revision=1)), 10):
        position, arrived = arrival(second, HOME, second), arrival(2, offset=second)
        outcome = accept(as_json(sent), known.edition("harbour-library"), position)
        assert isinstance(outcome, Accepted)
        origin = Origin(position, arrived, before, (arrived,))
        outputs = of_accepted(outcome, origin, position, {})
        known.decided("harbour-library", outcome, origin, outputs)
        for offset, output in enumerate(outputs):
            ours = known.come_back(*output[1:])
            read = articles.read(output.key, output.value, output.headers, output.partition)
            assert not isinstance(read, str)
            said = Text.of(read) if isinstance(read, ArticlePublished) else read
            assert ours == (said, origin_of(output.headers, output.partition))
            known.article_read(*ours, offset)
            assert known.come_back(*output[1:]) is None, "it comes once"


@pytest.mark.parametrize(
    "other",
    [
        {"partition": 3},
        {"key": b"harbour-library#withdrawn"},
        {"value": None},
        {"value": b"{}"},
        {"headers": ()},
    ],
    ids=str,
)
def test_a_record_that_was_written_otherwise_has_to_be_read(other: dict[str, object]) -> None:
    known = Known()
    outcome = accept(as_json(sent_article()), UNKNOWN, arrival())
    assert isinstance(outcome, Accepted)
    origin = Origin(arrival())
    (output,) = outputs = of_accepted(outcome, origin, arrival(), {})
    known.decided("harbour-library", outcome, origin, outputs)
    assert known.come_back(*output._replace(**other)[1:]) is None  # type: ignore[arg-type]


def named(key: str, body: str = "") -> str:
    return name_request("publisher", key, body.encode())


def test_a_request_is_known_by_its_key_and_its_body() -> None:
    edition = advance(UNKNOWN, published(), Origin(arrival(5), None, (named("k", "a"),)), 0)
    assert edition.judge(named("k", "a")) == "repeat"
    assert edition.judge(named("k", "b")) == "misused"
    assert edition.judge(named("l", "a")) == "new"
    assert edition.judge(name_request("another", "k", b"b")) == "new", "a key is its publisher's own"


def test_a_request_without_a_key_is_never_a_repeat() -> None:
    assert remember((), "7f3c") == ()
    assert advance(UNKNOWN, published(), Origin(arrival(5)), 0).judge("7f3c") == "new"
    assert at_desk(UNKNOWN, Origin(requests=("7f3c",))).judge("7f3c") == "new"


@pytest.mark.parametrize("lifted", [False, True])
def test_section_and_revision_of_what_was_taken_down_are_known_from_the_mark_alone(lifted: bool) -> None:
    before = advance(UNKNOWN, published(revision=4), Origin(arrival()), 0)
    actions: list[dict[str, object]] = [{"action": "withdraw", "reason": "error"}, {"action": "reinstate"}]
    for second, action in enumerate(actions[: 1 + lifted], 1):
        outcome = accept(as_json({"id": "harbour-library", **action}), before, arrival(second))
        assert isinstance(outcome, Accepted)
        mark = outcome.articles[0]
        before = advance(before, mark, Origin(arrival(second)))
    after_compaction = advance(UNKNOWN, mark, Origin(arrival(2)), 1)
    assert (after_compaction.section, after_compaction.revision) == ("地方", 4)


def test_a_desk_action_with_a_key_is_known_once_however_often_it_is_read() -> None:
    edition = at_desk(at_desk(UNKNOWN, Origin(requests=(named("k"),))), Origin(requests=(named("k"),)))
    assert edition.desk_requests == (named("k"),)
    assert edition.judge(named("k")) == "repeat"
    assert edition.judge(named("k", "else")) == "misused"


def test_what_a_paused_worker_writes_late_does_not_hide_newer_requests() -> None:
    newer = advance(UNKNOWN, published(second=5), Origin(arrival(5), None, (named("a"), named("b"))), 0)
    late = Origin(arrival(6), None, (named("z"),))
    assert advance(newer, published(second=1), late, 1).requests == newer.requests


def test_a_text_that_is_written_once_more_does_not_hide_newer_requests() -> None:
    text = Origin(arrival(5, offset=5), None, (named("a"),))
    newer = advance(UNKNOWN, published(second=5), text, 0)
    mark = Origin(arrival(6, offset=6), None, (named("a"), named("b")))
    newer = advance(newer, reinstated(second=1), mark, 1)
    assert advance(newer, published(second=5), text, 2).requests == (named("a"), named("b"))


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
            edition = advance(edition, event, Origin(arrival(second), None, requests))
            name = "text" if isinstance(event, ArticlePublished | TextErased) else "mark"
            kept.pop(name, None)
            kept[name] = (event, arrival(second), requests)
    assert edition.requests == accepted[-REMEMBERED:]
    read = UNKNOWN
    for offset, (event, position, requests) in enumerate(kept.values()):
        read = advance(read, event, Origin(position, None, requests), offset)
    assert read.requests == edition.requests
