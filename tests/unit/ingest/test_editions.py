"""What ingest knows of an id: repeats, states, and what is wrong in the log."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.accept import Accepted, accept
from services.ingest.core.editions import UNKNOWN, Edition, advance, contradicts
from shared.articles import ArticleEvent, TextErased
from shared.events import Arrival
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
