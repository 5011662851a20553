"""A date far ahead cannot hold a place at the top of every list, nor keep a correction out."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN
from services.ingest.core.faults import Rejection
from shared.events import ArticlePublished
from tests.builders import NOON, arrival, as_json, sent_article
from tests.unit.ingest.accepting import accept

HOUR: Final = timedelta(hours=1)


def decided(**fields: datetime) -> Accepted | Rejection:
    sent = sent_article(**{name: moment.isoformat() for name, moment in fields.items()})
    return accept(as_json(sent), UNKNOWN, arrival())


def text_of(outcome: Accepted | Rejection) -> ArticlePublished:
    assert isinstance(outcome, Accepted), outcome
    (text,) = outcome.articles
    assert isinstance(text, ArticlePublished)
    return text


@pytest.mark.parametrize("moment", [datetime(2099, 1, 1, tzinfo=UTC), NOON + timedelta(days=366, seconds=1)])
def test_a_date_more_than_a_year_ahead_is_a_fault(moment: datetime) -> None:
    outcome = decided(published_at=moment)
    assert isinstance(outcome, Rejection)
    assert outcome.status == 422
    (fault,) = outcome.faults
    assert fault.pointer == "/published_at"
    assert "more than a year ahead" in fault.detail


def test_a_date_ahead_by_less_is_an_embargo_until_then() -> None:
    text = text_of(decided(published_at=NOON + HOUR))
    assert (text.published_at, text.embargo_until) == (NOON + HOUR, NOON + HOUR)
    assert text_of(decided(published_at=NOON + timedelta(days=366))).embargo_until is not None


@pytest.mark.parametrize(
    ("sent", "stands"), [(NOON, NOON + HOUR), (NOON + HOUR, NOON + HOUR), (NOON + 2 * HOUR, NOON + 2 * HOUR)]
)
def test_of_two_embargoes_the_later_holds(sent: datetime, stands: datetime) -> None:
    assert text_of(decided(published_at=NOON + HOUR, embargo_until=sent)).embargo_until == stands


@pytest.mark.parametrize("moment", [NOON, NOON - HOUR, datetime(1923, 1, 1, tzinfo=UTC)])
def test_a_date_that_has_come_is_no_embargo(moment: datetime) -> None:
    assert text_of(decided(published_at=moment)).embargo_until is None


def test_an_agencys_date_far_ahead_is_a_fault_too() -> None:
    item: dict[str, Any] = {
        "uri": "urn:x:1",
        "headline": "旧邮局",
        "body_text": "开放。",
        "firstcreated": "2099-01-01T00:00:00Z",
    }
    outcome = accept(as_json(item), UNKNOWN, arrival())
    assert isinstance(outcome, Rejection)
    assert outcome.status == 422
