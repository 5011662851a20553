"""Whatever lies in a topic, what reads a record of it gives a value and raises nothing."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import pytest

from services.ingest.core import intake
from services.ingest.core.dead_letter import Age, read_letter
from services.ingest.core.editions import UNKNOWN
from services.ingest.core.reading import DEFAULTS, read
from services.rank.core import desk, desk_log, facts, views, voids
from services.rank.core.records import Record
from services.rank.core.views import Limits
from services.render.adapters.views import salts
from shared import articles, wire
from shared.events import Arrival, ArticlePublished
from tests import poison
from tests.builders import NOON_MS
from tests.poison import Poison


class Appended:
    """A record as Kafka's client gives it."""

    offset = 7
    timestamp = NOON_MS

    def __init__(self, record: Poison) -> None:
        self.key, self.value, self.headers = record.key, record.value, record.read_headers


def decided(record: Poison) -> object:
    position = Arrival(NOON_MS, record.partition, 7)
    read_as = read(record.value, DEFAULTS, record.read_headers)
    taken = intake.Record(position, record.key, record.value, record.read_headers)
    return intake.accept(
        taken,
        read_as,
        UNKNOWN,
    )


def refused(record: Poison) -> object:
    age = Age(NOON_MS, record.partition, 7)
    letter = read_letter(age, record.key, record.value, record.read_headers)
    return letter and letter.told().model_dump_json()


def known(record: Poison) -> object:
    event = articles.read(record.key, record.value, record.read_headers, record.partition)
    if isinstance(event, str):
        return event
    _ = articles.fold(articles.NEVER_HEARD_OF, event)
    return facts.decode(facts.encode(facts.apply(facts.UNKNOWN, event)))


def counted(record: Poison) -> object:
    appended: Record = Appended(record)  # type: ignore[assignment]
    return views.read([appended], record.partition, {}, Limits(60_000, 600_000))


def acted(record: Poison) -> object:
    appended: Record = Appended(record)  # type: ignore[assignment]
    said = desk_log.fold((), (), [appended])
    return desk.decode(desk.encode(said.desk)), voids.decode(voids.encode(said.known_voids))


def salted(record: Poison) -> object:
    kept: dict[date, bytes] = {}
    salts._take(kept, record.value)
    return [day for day in kept if day >= date(2026, 11, 15) - timedelta(days=1)]


READ_BY: Final[dict[str, Callable[[Poison], object]]] = {
    "ingest.v1": decided,
    "ingest.v1.dead": refused,
    "articles.v1": known,
    "views.v1": counted,
    "desk.v1": acted,
    "salts.v1": salted,
}
RECORDS: Final = [record for record in poison.everything() if record.topic in READ_BY]


@pytest.mark.parametrize("record", RECORDS, ids=str)
def test_nothing_is_raised(record: Poison) -> None:
    READ_BY[record.topic](record)
    _ = wire.request_id(record.read_headers)


def test_every_record_of_the_list_has_a_name_of_its_own() -> None:
    assert len({str(record) for record in RECORDS}) == len(RECORDS)


def test_nothing_that_a_browser_would_run_becomes_an_article() -> None:
    published = [
        articles.article(record.value)
        for record in poison.articles()
        if record.value
        and isinstance(
            articles.read(record.key, record.value, record.read_headers, record.partition), ArticlePublished
        )
    ]
    assert published
    assert not [one for one in published if b"script:" in wire.encode(one) or b"data:" in wire.encode(one)]


def test_no_foreign_record_of_the_list_says_anything_of_the_article_beside_it() -> None:
    said = {
        record.name: articles.read(record.key, record.value, record.read_headers, record.partition)
        for record in poison.articles()
    }
    assert {
        name for name, event in said.items() if not isinstance(event, str) and event.id == poison.GOOD
    } == set()
