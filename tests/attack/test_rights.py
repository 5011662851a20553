"""A publisher of one section tries to write, block, lift and find out what is another's.

All is decided where everything is decided, in `accept`; the door foresees it by the same rule, so each
attempt is made at both.
"""

import json
from datetime import timedelta
from itertools import count
from typing import Any, Final

import pytest

from services.ingest.core.arrivals import brought
from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN, Edition, advance, at_desk
from services.ingest.core.faults import Rejection
from services.ingest.core.intake import Intake, Record, accept, bring_home, foresee
from services.ingest.core.reading import DEFAULTS, read
from services.ingest.core.rights import NEWSROOM, Publisher
from services.ingest.core.submissions import Submission
from shared import wire
from shared.events import Arrival, ArticleWithdrawn
from shared.topics import DEAD, DESK, INGEST
from tests.builders import NOON, NOON_MS, arrival, as_json, sent_article

ID: Final = "harbour-library"
HOME: Final = wire.partition_for(ID)
LATER: Final = (NOON + timedelta(days=1)).isoformat()

SPORTS: Final = Publisher("sports", ("体育",))
MONEY: Final = Publisher("money", ("财经",))
PAPER: Final = Publisher("paper")
DESK_OF_SPORTS: Final = Publisher("sports-desk", ("体育",), desk=True)
PUBLISHERS: Final = {p.name: p for p in (SPORTS, MONEY, PAPER, DESK_OF_SPORTS)}

OURS: Final = sent_article(section="体育")
THEIRS: Final = sent_article(section="财经")
THEIR_SECRET: Final = THEIRS | {"embargo_until": LATER}
WITHDRAW: Final = {"id": ID, "action": "withdraw", "reason": "legal"}
REINSTATE: Final = {"id": ID, "action": "reinstate"}
PIN: Final = {"action": "pin", "article": ID, "who": "主编", "why": "要闻"}
FEATURE: Final = {"action": "feature", "article": ID, "slot": "lead", "who": "主编", "why": "要闻"}
VOID: Final = {
    "action": "void",
    "segment": 1,
    "from": "2026-11-15T10:00:00Z",
    "until": LATER,
    "who": "x",
    "why": "y",
}


class Site:
    """One article's history: what each publisher sends is decided, and known from then on."""

    def __init__(self) -> None:
        self.edition: Edition = UNKNOWN
        self._offsets = count(50)

    def send(self, sent: dict[str, Any], by: Publisher) -> Intake:
        """Decide about what a publisher sends, and see that the door foresees it."""
        value = as_json(sent)
        headers = ((wire.PUBLISHER, by.name.encode()),) if by is not NEWSROOM else ()
        offset = next(self._offsets)
        read_as = read(value, DEFAULTS)
        assert isinstance(read_as, Submission)
        home = wire.partition_for(read_as.id)
        record = Record(arrival(offset, home, offset), None, value, headers)
        intake = accept(record, read_as, self.edition, (), PUBLISHERS | {by.name: by})
        foreseen = foresee(read_as, self.edition, "r", record.position.at_ms, by)
        assert foreseen != "repeat"
        said = foreseen.problem() if isinstance(foreseen, Rejection) else None
        assert said == (None if intake.outcome == "accepted" else problem(intake))
        for event in (intake.accepted or Accepted()).articles:
            self.edition = advance(self.edition, event, intake.origin)
        if intake.accepted and intake.accepted.desk:
            self.edition = at_desk(self.edition, intake.origin)
        return intake

    def status(self, sent: dict[str, Any], by: Publisher) -> int:
        """Give 200, or the status of the refusal."""
        intake = self.send(sent, by)
        return 200 if intake.outcome == "accepted" else int(problem(intake)["status"])


def problem(intake: Intake) -> dict[str, Any]:
    (letter,) = intake.outputs
    assert letter.topic is DEAD, intake.outcome
    found: dict[str, Any] = json.loads(dict(letter.headers)["remen-problem"] or b"")
    return found


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.mark.parametrize(
    "sent",
    [
        *(PIN, PIN | {"action": "ban"}, PIN | {"action": "release"}, VOID),
        *(FEATURE, FEATURE | {"slot": "section:体育"}, FEATURE | {"action": "unfeature"}),
    ],
)
def test_who_is_no_desk_moves_no_list_and_no_front_page(site: Site, sent: dict[str, Any]) -> None:
    site.send(OURS, SPORTS)
    assert [site.status(sent, by) for by in (SPORTS, PAPER)] == [403, 403]
    assert site.status(sent, DESK_OF_SPORTS) == 200


@pytest.mark.parametrize("sent", [THEIRS, WITHDRAW, OURS])
def test_what_is_published_in_another_section_is_not_written_and_that_is_said(
    site: Site, sent: dict[str, Any]
) -> None:
    site.send(THEIRS, MONEY)
    told = problem(site.send(sent, SPORTS))
    assert (told["status"], "财经" in told["detail"]) == (403, True)
    assert site.edition.state(NOON) == "published"


def test_of_two_who_take_one_id_in_two_sections_one_gets_it(site: Site) -> None:
    first, second = site.send(OURS, SPORTS), site.send(THEIRS, MONEY)
    assert (first.outcome, problem(second)["status"]) == ("accepted", 403)


@pytest.mark.parametrize("right", ["体育", "體育"])
@pytest.mark.parametrize("sent", [OURS, OURS | {"section": "體育"}])
def test_a_section_is_ones_own_however_it_is_spelled(sent: dict[str, Any], right: str) -> None:
    by, site = Publisher("sports", (right,)), Site()
    hidden = sent | {"embargo_until": LATER}
    for message in (hidden, WITHDRAW, REINSTATE, hidden, OURS | {"revision": 2}):
        assert site.status(message, by) == 200
    assert site.status(THEIRS, by) == 403
    site.send(hidden | {"revision": 3}, by)
    assert (site.edition.state(NOON), by.sees(site.edition, NOON)) == ("embargoed", "all")


def test_an_id_that_nobody_knows_is_not_blocked(site: Site) -> None:
    assert site.status(WITHDRAW, SPORTS) == site.status(REINSTATE, SPORTS) == 404
    assert site.status(THEIRS, MONEY) == 200


def test_an_embargoed_id_answers_as_one_that_is_not_there(site: Site) -> None:
    absent = [problem(Site().send(sent, SPORTS)) for sent in (WITHDRAW, REINSTATE)]
    site.send(THEIR_SECRET, MONEY)
    assert [problem(site.send(sent, SPORTS)) for sent in (WITHDRAW, REINSTATE)] == absent
    assert site.edition.state(NOON) == "embargoed"
    taken = problem(site.send(OURS, SPORTS))
    assert taken["status"] == 409
    assert not any(word in str(taken) for word in ("财经", "embargo", "revision"))


def test_what_is_written_in_a_foreign_section_is_refused_before_the_id_is_looked_at(site: Site) -> None:
    absent = problem(Site().send(THEIRS, SPORTS))
    site.send(THEIR_SECRET, MONEY)
    assert problem(site.send(THEIRS, SPORTS)) == absent


def test_a_withdrawal_before_anything_was_sent_is_lifted_by_none_of_a_section(site: Site) -> None:
    assert site.status(WITHDRAW, PAPER) == 200
    assert site.status(REINSTATE, SPORTS) in (403, 404)
    assert site.status(OURS, SPORTS) == 409
    assert site.edition.standing.withdrawn
    assert site.status(REINSTATE, PAPER) == 200
    assert site.status(OURS, SPORTS) == 200


def test_a_legal_withdrawal_of_another_sections_article_is_not_lifted(site: Site) -> None:
    site.send(THEIRS, MONEY)
    site.send(WITHDRAW, PAPER)
    told = problem(site.send(REINSTATE, SPORTS))
    assert (told["status"], "财经" in str(told)) == (403, False)
    assert site.status(REINSTATE, MONEY) == 200


@pytest.mark.parametrize(
    ("history", "state", "sight"),
    [
        ([], "unknown", "nothing"),
        ([THEIRS], "published", "all"),
        ([THEIR_SECRET], "embargoed", "nothing"),
        ([THEIRS, WITHDRAW], "withdrawn", "gone"),
        ([THEIRS, WITHDRAW, REINSTATE], "reinstated", "nothing"),
        ([THEIRS | {"expires_at": NOON.isoformat()}], "expired", "gone"),
        ([THEIR_SECRET | {"section": "体育"}], "embargoed", "all"),
    ],
)
def test_of_anothers_article_is_known_what_its_page_tells(
    site: Site, history: list[dict[str, Any]], state: str, sight: str
) -> None:
    for sent in history:
        site.send(sent, NEWSROOM)
    assert site.edition.state(NOON) == state
    assert SPORTS.sees(site.edition, NOON) == sight
    assert PAPER.sees(site.edition, NOON) == DESK_OF_SPORTS.sees(site.edition, NOON) == "all"


def test_a_publisher_that_is_no_longer_known_writes_nothing(site: Site) -> None:
    record = Record(arrival(50, HOME), None, as_json(OURS), ((wire.PUBLISHER, b"gone"),))
    intake = accept(record, read(record.value, DEFAULTS), site.edition, (), PUBLISHERS)
    assert problem(intake)["status"] == 403


def test_the_audit_says_who_it_was_whatever_the_message_claims(site: Site) -> None:
    site.send(OURS, SPORTS)
    pinned = site.send(PIN, DESK_OF_SPORTS)
    (action,) = pinned.outputs
    said = json.loads(action.value or b"")
    assert (action.topic, said["who"], said["remark"]) == (DESK, "sports-desk", "主编")
    withdrawal = site.send(WITHDRAW | {"by": "somebody else"}, SPORTS)
    assert withdrawal.accepted is not None
    mark = withdrawal.accepted.articles[0]
    assert isinstance(mark, ArticleWithdrawn)
    assert mark.by == "sports"
    for written in (*pinned.outputs, *withdrawal.outputs):
        assert wire.first_values(written.headers)[wire.PUBLISHER] in (b"sports", b"sports-desk")
    lifted = site.send(REINSTATE, NEWSROOM).outputs[0]
    assert json.loads(lifted.value or b"")["by"] == "newsroom"


FORGED: Final = (
    ("CE_Publisher", b"paper"),
    ("ce_arrived", wire.write_arrival(arrival(1, HOME))),
    ("Ce_Arrived", b"1/2/3"),
    ("ce_publisher", None),
    ("x-own", b"kept"),
)


def brought_from(position: Arrival, value: bytes | None, key: bytes | None = None) -> Record:
    """Give the record of ingest.v1 that one of sports' own topic becomes."""
    taken = Record(position, key, value, FORGED, "ingest.v1.sports")
    intake = bring_home(taken, "sports")
    (home,) = intake.outputs
    assert (intake.outcome, home.topic, home.partition) == ("sent_home", INGEST, position.partition)
    return Record(arrival(90, home.partition, 90), home.key, home.value, home.headers)


def test_a_publishers_own_topic_says_whose_a_record_is_and_the_record_does_not() -> None:
    position = arrival(50, HOME, 7)
    record = brought_from(position, as_json(PIN))
    headers = wire.first_values(record.headers)
    assert headers[wire.PUBLISHER] == b"sports"
    assert wire.read_arrival(headers[wire.ARRIVED]) == brought("sports", position)
    assert headers["x-own"] == b"kept"
    known = advance(UNKNOWN, next(iter((Site().send(OURS, SPORTS).accepted or Accepted()).articles)))
    assert problem(accept(record, read(record.value, DEFAULTS), known, (), PUBLISHERS))["status"] == 403


@pytest.mark.parametrize("value", [None, b"", b"\xff", b"{" * 5000, b"{}"])
def test_a_record_of_a_publishers_topic_that_cannot_be_read_is_brought_and_then_refused(
    value: bytes | None,
) -> None:
    record = brought_from(arrival(50, 3, 7), value)
    intake = accept(record, read(record.value, DEFAULTS, record.headers), UNKNOWN, (), PUBLISHERS)
    assert problem(intake)["status"] in (400, 422)


def test_a_record_that_cannot_be_brought_home_is_refused_where_it_lies() -> None:
    taken = Record(arrival(50, 3, 7), None, b"x" * 2_097_000, FORGED, "ingest.v1.sports")
    intake = bring_home(taken, "sports")
    assert problem(intake)["status"] == 413
    headers = wire.first_values(intake.outputs[0].headers)
    assert (headers["remen-topic"], headers[wire.PUBLISHER]) == (b"ingest.v1.sports", b"sports")


def test_what_is_brought_again_after_a_crash_is_decided_once_however_much_lay_behind_it() -> None:
    positions = [arrival(second, HOME, second) for second in range(1, 31)]
    site, known = Site(), UNKNOWN
    known = advance(UNKNOWN, next(iter((site.send(OURS, NEWSROOM).accepted or Accepted()).articles)))
    publishers = {"sports": Publisher("sports", ("体育",), desk=True)}
    outcomes = []
    for offset, position in enumerate([*positions, *positions], 100):
        action = PIN if position.offset % 2 else PIN | {"action": "release"}
        home = bring_home(Record(position, None, as_json(action), (), "ingest.v1.sports"), "sports").outputs[
            0
        ]
        record = Record(arrival(offset, HOME, offset), home.key, home.value, home.headers)
        intake = accept(record, read(record.value, DEFAULTS), known, (), publishers)
        outcomes.append(intake.outcome)
        if intake.outcome == "accepted":
            known = at_desk(known, intake.origin)
    assert outcomes == ["accepted"] * 30 + ["repeated"] * 30


def test_records_of_two_topics_at_one_place_and_moment_are_two() -> None:
    position = Arrival(NOON_MS, HOME, 7)
    assert len({position, brought("sports", position), brought("money", position)}) == 3
    assert all(brought(name, position).offset < 2**63 for name in PUBLISHERS)
