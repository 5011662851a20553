"""A feed writes only its own articles, whatever it says of itself and of others."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.adapters import feeds
from publisher.core.feed_entries import Importing
from publisher.core.ids import fitting_id
from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN
from services.ingest.core.faults import Rejection
from services.ingest.core.reading import DEFAULTS, read
from services.ingest.core.submissions import Publish
from tests.builders import arrival, as_json
from tests.unit.ingest.accepting import accept

NOW = datetime(2026, 11, 16, tzinfo=UTC)
GUID = "https://river.example/1"
ITEM = (
    "<rss version='2.0'><channel><title>河城报</title><link>https://river.example/</link><item><title>旧桥</title>"
    f"<guid>{GUID}</guid><pubDate>{{}}</pubDate><description>通车。</description></item></channel></rss>"
)
TODAY, FAR = "Sun, 15 Nov 2026 18:30:00 +0800", "Sun, 15 Nov 9998 18:30:00 +0800"


def article_of(file: Path, date: str = TODAY) -> Publish:
    file.write_text(ITEM.format(date))
    source = str(file)
    (one,) = feeds.inputs(source, feeds.load(source), Importing(feeds.name_of(source), NOW))
    assert isinstance(one.value, bytes)
    sent = read(one.value, DEFAULTS)
    assert isinstance(sent, Publish), sent
    return sent


def test_who_claims_anothers_guid_writes_an_article_of_its_own(tmp_path: Path) -> None:
    owner = article_of(tmp_path / "river.xml")
    thief = article_of(tmp_path / "thief.xml")
    assert owner.uri == thief.uri == GUID
    assert owner.id != thief.id
    assert article_of(tmp_path / "river.xml").id == owner.id


def test_no_guid_names_an_article_that_came_in_another_way(tmp_path: Path) -> None:
    agencys = read(as_json({"uri": GUID, "headline": "旧桥", "body_text": "通车。"}), DEFAULTS)
    assert isinstance(agencys, Publish)
    assert article_of(tmp_path / "thief.xml").id not in {agencys.id, fitting_id(GUID)}


@pytest.mark.parametrize("file", ["river.xml", "river.atom"])
def test_a_date_far_ahead_neither_stands_nor_keeps_a_correction_out(tmp_path: Path, file: str) -> None:
    wrong, right = article_of(tmp_path / file, FAR), article_of(tmp_path / file)
    assert wrong.revision <= right.revision
    refused = accept(_sent(wrong), UNKNOWN, arrival())
    assert isinstance(refused, Rejection)
    assert [fault.pointer for fault in refused.faults] == ["/published_at"]
    assert isinstance(accept(_sent(right), UNKNOWN, arrival()), Accepted)


def _sent(article: Publish) -> bytes:
    told = {"id": article.id, "title": article.title, "section": article.section, "body": "通车。"}
    assert article.published_at is not None
    return json.dumps(told | {"published_at": article.published_at.isoformat()}).encode()
