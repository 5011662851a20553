"""Ids that nobody ever sent may be withdrawn, but not so many that memory and log fill with them for ever."""

from collections.abc import Iterator
from itertools import count
from typing import Any, Final

import pytest

from services.ingest.core import known as rules
from services.ingest.core.decide import Accepted
from services.ingest.core.intake import Intake, Record, accept, foresee
from services.ingest.core.known import Known
from services.ingest.core.outputs import origin_of
from services.ingest.core.reading import DEFAULTS, read
from services.ingest.core.rights import NEWSROOM, Publisher
from services.ingest.core.submissions import Submission
from shared import wire
from shared.articles import read as read_record
from shared.events import Arrival
from tests.builders import NOON_MS, as_json, sent_article

MOST: Final = 3
PAPER: Final = Publisher("paper")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let only a few be possible."""
    monkeypatch.setattr(rules, "MOST_AHEAD", MOST)


def ids(partition: int = 5) -> Iterator[str]:
    """Give ids of one partition."""
    return (one for n in count() if wire.partition_for(one := f"nothing-{n}") == partition)


class Site:
    """An ingest and the log that it writes."""

    def __init__(self) -> None:
        self.known = Known()
        self.log: list[Any] = []
        self._under_way: list[Any] = []
        self._offsets = count()

    def send(self, sent: dict[str, Any], by: Publisher = PAPER) -> Intake:
        """Decide about what is sent, and see that the door foresees it."""
        value = as_json(sent)
        meant = read(value, DEFAULTS)
        assert isinstance(meant, Submission)
        edition = self.known.edition(meant.id)
        foreseen = foresee(meant, edition, "", NOON_MS, by)
        offset = next(self._offsets)
        position = Arrival(NOON_MS + offset, wire.partition_for(meant.id), offset)
        intake = accept(Record(position, None, value, ()), meant, edition)
        assert isinstance(foreseen, Accepted) == (intake.outcome == "accepted")
        if intake.accepted is not None:
            self.known.decided(meant.id, intake.accepted, intake.origin)
            self._under_way += intake.outputs
        return intake

    def come_back(self) -> None:
        """Let the log have all that is under way."""
        for output in self._under_way:
            self.log.append(output)
            take(self.known, output, len(self.log))
        self._under_way.clear()

    def restarted(self, compacted: bool = False) -> "Site":
        """Give an ingest that has read the same log, or what compaction leaves of it."""
        after = Site()
        after._offsets = count(1000)
        newest = {output.key: output for output in self.log}
        for offset, output in enumerate(newest.values() if compacted else self.log):
            take(after.known, output, offset)
        return after


def take(known: Known, output: Any, offset: int) -> None:
    event = read_record(output.key, output.value, output.headers, output.partition)
    assert not isinstance(event, str), event
    known.article_read(event, origin_of(output.headers, output.partition), offset)


def withdrawal(article_id: str) -> dict[str, Any]:
    return {"id": article_id, "action": "withdraw", "reason": "legal"}


def full(site: Site) -> Iterator[str]:
    """Withdraw as many as are possible; give further ids of the partition."""
    fresh = ids()
    for _ in range(MOST):
        assert site.send(withdrawal(next(fresh))).outcome == "accepted"
    return fresh


@pytest.mark.parametrize("comes_back", [True, False])
def test_so_many_ids_nobody_sent_can_be_withdrawn_and_no_more(comes_back: bool) -> None:
    site = Site()
    fresh = full(site)
    if comes_back:
        site.come_back()
    for by in (PAPER, NEWSROOM):
        refused = site.send(withdrawal(next(fresh)), by)
        assert refused.outcome == "refused"
        problem = dict(refused.outputs[0].headers)["remen-problem"] or b""
        assert b'"status": 409' in problem
        assert f"{MOST} withdrawals of ids that were never published".encode() in problem
    assert len(site.known) <= MOST


def test_the_other_partitions_are_not_full() -> None:
    site = Site()
    full(site)
    assert site.send(withdrawal(next(ids(6)))).outcome == "accepted"


def test_an_agencys_cancellation_is_one_too() -> None:
    site = Site()
    fresh = full(site)
    assert site.send({"uri": next(fresh), "pubstatus": "canceled"}).outcome == "refused"


@pytest.mark.parametrize("compacted", [True, False])
def test_after_a_restart_it_is_the_same(compacted: bool) -> None:
    site = Site()
    fresh = full(site)
    site.come_back()
    assert site.restarted(compacted).send(withdrawal(next(fresh))).outcome == "refused"


def test_what_was_published_is_withdrawn_however_many_others_were() -> None:
    site = Site()
    fresh = full(site)
    for article_id in (next(fresh), next(fresh)):
        assert site.send(sent_article(article_id)).outcome == "accepted"
        assert site.send(withdrawal(article_id)).outcome == "accepted"
        assert site.send(withdrawal(article_id)).outcome == "accepted"
    site.come_back()
    again = site.restarted(compacted=True)
    assert again.send(withdrawal(article_id)).outcome == "accepted"
    assert again.send(withdrawal(next(fresh))).outcome == "refused"


def test_who_is_withdrawn_already_may_be_again_and_once_published_makes_room() -> None:
    site = Site()
    fresh, first = full(site), next(ids())
    assert site.send(withdrawal(first)).outcome == "accepted"
    assert site.send({"id": first, "action": "reinstate"}).outcome == "accepted"
    assert site.send(withdrawal(next(fresh))).outcome == "refused"
    assert site.send(sent_article(first)).outcome == "accepted"
    assert site.send(withdrawal(next(fresh))).outcome == "accepted"
    assert site.send(withdrawal(next(fresh))).outcome == "refused"
    site.come_back()
    assert site.restarted().send(withdrawal(next(fresh))).outcome == "refused"
