"""What becomes of one record of ingest.v1: in which order everything about it is decided."""

import json
from collections.abc import Collection
from typing import Any

import pytest

from services.ingest.core.dead_letter import SECTION
from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN, Edition, Origin, advance
from services.ingest.core.faults import Rejection
from services.ingest.core.idempotency import name_request
from services.ingest.core.intake import Intake, Record, accept, foresee
from services.ingest.core.outputs import INPUT, REQUESTS, Output, origin_of
from services.ingest.core.reading import DEFAULTS, Headers, read
from services.ingest.core.submissions import Publish
from shared import wire
from shared.articles import TextErased
from shared.events import Arrival, ArticlePublished, ArticleWithdrawn
from shared.topics import ARTICLES, DEAD, DESK, INGEST, Topic
from tests.builders import NOON_MS, arrival, as_json, parse, published, reinstated, sent_article, withdrawn

ID = "harbour-library"
HOME = wire.partition_for(ID)
ELSEWHERE = (HOME + 1) % INGEST.partitions
WITHDRAW = {"id": ID, "action": "withdraw", "reason": "legal"}
PIN = {"action": "pin", "article": ID, "who": "夜班", "why": "要闻"}


def at(second: int, offset: int | None = None, partition: int = HOME) -> Arrival:
    return arrival(second, partition, second if offset is None else offset)


def intake_of(
    sent: Any,
    edition: Edition = UNKNOWN,
    position: Arrival | None = None,
    headers: Headers = (),
    under_way: Collection[Topic] = (),
) -> Intake:
    value = sent if isinstance(sent, bytes) else as_json(sent)
    record = Record(position or at(50), b"a key", value, headers)
    return accept(record, read(value, DEFAULTS, headers), edition, under_way)


def events_of(intake: Intake) -> list[Any]:
    assert all(output.topic is ARTICLES and output.partition == HOME for output in intake.outputs)
    return [parse(output.key, output.value, output.headers) for output in intake.outputs]


def problem_of(intake: Intake) -> dict[str, Any]:
    assert intake.outcome == "refused"
    (letter,) = intake.outputs
    assert letter.topic is DEAD
    found: dict[str, Any] = json.loads(dict(letter.headers)["remen-problem"] or b"")
    return found


def test_an_article_becomes_its_event_which_names_the_input() -> None:
    headers = ((wire.REQUEST_ID, b"7f3c"), (wire.TRACEPARENT, b"00-1"), ("x-else", b"1"))
    intake = intake_of(sent_article(), headers=headers)
    (event,) = events_of(intake)
    assert isinstance(event, ArticlePublished)
    assert event.order.arrival == at(50)
    written = dict(intake.outputs[0].headers)
    assert written[INPUT] == wire.write_arrival(at(50))
    assert (written[wire.REQUEST_ID], written[wire.TRACEPARENT]) == (b"7f3c", b"00-1")
    assert not written.keys() & {"x-else", wire.ARRIVED, REQUESTS}
    assert origin_of(intake.outputs[0].headers, HOME) == intake.origin


def test_a_withdrawal_becomes_its_mark_and_then_the_tombstone() -> None:
    mark, tombstone = events_of(intake_of(WITHDRAW))
    assert isinstance(mark, ArticleWithdrawn)
    assert tombstone == TextErased(ID)


def test_a_desk_action_goes_to_the_desk_and_names_its_input() -> None:
    (output,) = intake_of(PIN, advance(UNKNOWN, published())).outputs
    assert (output.topic, output.partition) == (DESK, 0)
    assert origin_of(output.headers, HOME) == Origin(at(50))


def test_what_cannot_be_read_is_refused_wherever_it_lies() -> None:
    assert problem_of(intake_of(b"{", position=at(50, partition=ELSEWHERE)))["status"] == 400


def test_what_lies_in_another_partition_is_sent_home_with_its_first_arrival() -> None:
    away = at(50, partition=ELSEWHERE)
    known = advance(UNKNOWN, published(second=60), Origin(at(60)))
    intake = intake_of(sent_article(), known, away, headers=(("x-else", None),))
    assert intake.outcome == "sent_home"
    (home,) = intake.outputs
    assert (home.topic, home.partition, home.key) == (INGEST, HOME, ID.encode())
    assert home.value == as_json(sent_article())
    assert home.headers == (("x-else", None), (wire.ARRIVED, wire.write_arrival(away)))


def test_what_came_home_counts_from_its_first_arrival_and_says_so() -> None:
    away = at(20, partition=ELSEWHERE)
    intake = intake_of(sent_article(), headers=((wire.ARRIVED, wire.write_arrival(away)),))
    (event,) = events_of(intake)
    assert event.order.arrival == away
    assert origin_of(intake.outputs[0].headers, HOME) == Origin(at(50), away, (), (away,))


@pytest.mark.parametrize(
    "stamp", [b"x", b"", b"1/2", b"1/2/x", b"9" * 5_000 + b"/0/0", wire.write_arrival(at(99))]
)
def test_an_arrival_that_cannot_be_is_that_of_the_record(stamp: bytes) -> None:
    (event,) = events_of(intake_of(sent_article(), headers=((wire.ARRIVED, stamp),)))
    assert event.order.arrival == at(50)


@pytest.mark.parametrize("sent", [sent_article(), WITHDRAW])
def test_what_was_decided_is_a_repeat(sent: dict[str, Any]) -> None:
    edition = advance(UNKNOWN, published(second=50), Origin(at(50)))
    assert intake_of(sent, edition) == Intake("repeated")


def test_a_pin_that_was_refused_is_not_accepted_when_it_is_read_again_behind_a_later_text() -> None:
    assert problem_of(intake_of(PIN))["status"] == 409
    edition = advance(UNKNOWN, published(second=51), Origin(at(51)))
    assert intake_of(PIN, edition) == Intake("repeated")


# where the brokers' clocks differ, a record may come home before it left
@pytest.mark.parametrize("away", [at(20, partition=ELSEWHERE), at(70, partition=ELSEWHERE)])
def test_a_withdrawal_that_was_sent_home_twice_is_a_repeat_and_no_conflict(away: Arrival) -> None:
    stamped = ((wire.ARRIVED, wire.write_arrival(away)),)
    first = intake_of(WITHDRAW, headers=stamped)
    edition = advance(UNKNOWN, events_of(first)[0], origin_of(first.outputs[0].headers, HOME))
    assert intake_of(WITHDRAW, edition, at(51), stamped) == Intake("repeated")


def test_what_was_sent_home_twice_is_a_repeat_when_compaction_has_left_only_a_later_text() -> None:
    away = at(20, partition=ELSEWHERE)
    stamped = ((wire.ARRIVED, wire.write_arrival(away)),)
    first = intake_of(sent_article(), headers=stamped)
    known = advance(UNKNOWN, events_of(first)[0], first.origin)
    second = intake_of(sent_article(title="后来的题目"), known, at(51))
    compacted = advance(UNKNOWN, events_of(second)[0], origin_of(second.outputs[0].headers, HOME))
    assert intake_of(sent_article(), compacted, at(52), stamped) == Intake("repeated")


def test_what_comes_while_the_brokers_clock_steps_back_is_decided_as_what_comes_last() -> None:
    edition = advance(UNKNOWN, published(second=50), Origin(at(50)))
    intake = intake_of(sent_article(title="后来的题目"), edition, at(20, offset=51))
    (event,) = events_of(intake)
    after = advance(edition, event, intake.origin)
    assert after.standing.order == event.order
    (mark, _) = events_of(intake_of(WITHDRAW, after, at(21, offset=52)))
    assert advance(after, mark).standing.withdrawn


def test_a_home_record_of_the_same_moment_as_one_from_elsewhere_is_the_later_one() -> None:
    marked = advance(UNKNOWN, withdrawn(second=50), Origin(at(50), at(50, partition=11, offset=9)))
    lifted = intake_of({"id": ID, "action": "reinstate"}, marked, at(50, offset=51))
    assert lifted.outcome == "accepted"


def test_a_request_is_accepted_once_and_its_key_serves_no_other() -> None:
    name, other = (name_request("paper", "key", body) for body in (b"one", b"another"))
    first = intake_of(sent_article(), headers=((wire.REQUEST_ID, name.encode()),))
    assert first.origin.requests == (name,)
    edition = advance(UNKNOWN, events_of(first)[0], origin_of(first.outputs[0].headers, HOME))
    again = intake_of(sent_article(), edition, at(51), ((wire.REQUEST_ID, name.encode()),))
    assert again == Intake("repeated")
    misused = intake_of(sent_article(), edition, at(51), ((wire.REQUEST_ID, other.encode()),))
    assert problem_of(misused)["status"] == 409


def test_a_refusal_tells_the_section_that_the_article_names() -> None:
    refused = intake_of(sent_article(section="体育"), advance(UNKNOWN, withdrawn(second=5)))
    assert problem_of(refused)["status"] == 409
    assert dict(refused.outputs[0].headers)[SECTION] == "体育".encode()


@pytest.mark.parametrize("topic", [DEAD, DESK, ARTICLES])
def test_an_acceptance_waits_for_what_is_under_way_to_other_topics(topic: Topic) -> None:
    assert intake_of(sent_article(), under_way=(topic,)).after_others is (topic is not ARTICLES)
    assert intake_of(PIN, advance(UNKNOWN, published()), under_way=(topic,)).after_others is (
        topic is not DESK
    )
    assert not intake_of(b"{", under_way=(topic,)).after_others


def test_what_would_be_too_large_to_be_written_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ARTICLES.config, "max.message.bytes", "3000")
    long = sent_article(body="长" * 1000)
    assert intake_of(sent_article()).outcome == "accepted"
    refused = intake_of(long)
    assert problem_of(refused)["status"] == 413
    assert "split it" in problem_of(refused)["detail"]
    submission = read(as_json(long), DEFAULTS)
    assert isinstance(submission, Publish)
    foreseen = foresee(submission, UNKNOWN, "7f3c", NOON_MS)
    assert isinstance(foreseen, Rejection)


def test_a_request_is_foreseen_behind_all_that_is_known_whatever_the_clock_here_says() -> None:
    submission = read(as_json(sent_article()), DEFAULTS)
    assert isinstance(submission, Publish)
    edition = advance(UNKNOWN, reinstated(second=50), Origin(at(50)))
    assert isinstance(foresee(submission, edition, "7f3c", NOON_MS - 3_600_000), Accepted)


def test_the_size_of_a_record_is_never_less_than_what_kafka_counts() -> None:
    output = Output(DEAD, 0, b"k" * 10, b"v" * 100, (("字", b"h" * 30), ("none", None)))
    assert output.size() > 10 + 100 + len("字".encode()) + 30 + 4
