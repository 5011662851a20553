"""The demonstration's articles: as a publisher may send them, and with all that a page can show."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dev.demo.paper import Article, articles, native
from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN
from shared.events import ArticlePublished
from tests.builders import arrival, paragraphs_of
from tests.unit.ingest.accepting import accept

ALL = articles()
EDITION = [article for article in ALL if not article.later]
NOW = datetime(2026, 11, 15, 2, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Kuala_Lumpur")


def sent(article: Article) -> dict[str, object]:
    return native(article, NOW, ZONE, "http://pictures")


@pytest.mark.parametrize("article", ALL, ids=lambda article: article.id)
def test_ingest_accepts_the_article_and_finds_what_stands_in_it(article: Article) -> None:
    outcome = accept(json.dumps(sent(article)).encode(), UNKNOWN, arrival())
    assert isinstance(outcome, Accepted), outcome
    (text,) = outcome.articles
    assert isinstance(text, ArticlePublished)
    assert 4 <= len(text.blocks) <= 9
    assert all(60 <= len(paragraph) <= 160 for paragraph in paragraphs_of(text))
    assert (text.dateline is not None) == article.body.lstrip().startswith(("(", "（", "本报讯"))
    assert (text.series is not None) == article.title.startswith("【")


def test_ids_are_unique_and_the_edition_is_spread_over_a_day_and_a_half() -> None:
    assert len({article.id for article in ALL}) == len(ALL)
    ages = [article.minutes_ago for article in EDITION]
    assert len(set(ages)) == len(ages)
    assert min(ages) < 15
    assert max(ages) <= 36 * 60


def test_five_sections_have_enough_for_the_six_and_the_ten_beside_an_article() -> None:
    sizes = Counter(article.section for article in EDITION)
    assert len(sizes) == 6
    assert [size >= 12 for _, size in sizes.most_common(5)] == [True] * 5
    assert sizes["副刊"] == 8
    assert sum(article.later for article in ALL) == 6


def test_the_lead_is_long_and_has_a_captioned_picture() -> None:
    lead = min(EDITION, key=lambda article: article.minutes_ago)
    assert len(lead.body.split()) >= 8
    assert lead.picture is not None
    assert lead.caption.endswith(")")


def test_all_that_an_entry_may_have_or_lack_occurs() -> None:
    captions = [article.caption for article in EDITION if article.picture]
    assert sum(article.picture is None for article in EDITION) >= 10
    assert captions.count("") >= 5
    assert any(re.fullmatch(r"\(图:[^)]+\)", caption) for caption in captions)
    assert sum(article.language == "zh-Hant" for article in EDITION) == 2
    assert sum(article.correction is not None for article in EDITION) == 3
    assert sum("日" in article.body.split()[0][:12] for article in EDITION) >= len(EDITION) // 3
    titles = " ".join(article.title for article in EDITION)
    assert all(mark in titles for mark in "【】“”《》:? ")


def test_a_dateline_has_the_day_on_which_the_article_appears() -> None:
    yesterdays = next(article for article in EDITION if article.id == "windmill-flour")
    assert sent(yesterdays)["published_at"] == "2026-11-14T10:55:00+08:00"
    assert str(sent(yesterdays)["body"]).startswith("（北野14日讯）")
