"""Datelines, series and credits: found as data, never guessed.

The golden files say what is in a text; `ordinary.py` makes texts in which nothing is. A form that is missed
or a false hit that is met becomes a line there.
"""

import time
import tomllib
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.datelines import find_credit, find_dateline, find_series
from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN
from shared.blocks import PictureBlock
from shared.events import ArticlePublished, Dateline
from tests.builders import arrival, as_json, sent_article
from tests.unit.ingest.accepting import accept
from tests.unit.ingest.ordinary import paragraph

GOLDEN = Path(__file__).parent / "golden"
ARTICLES = Path(__file__).parents[3] / "dev/demo/articles"
LONG = 1_000_000
"""Characters of a paragraph that is nothing but the beginning of a dateline, over and over."""


def golden(name: str) -> list[list[str]]:
    _, *rows = (GOLDEN / f"{name}.tsv").read_text("utf-8").splitlines()
    return [row.split("\t") for row in rows]


DATELINES = golden("datelines")


def parts(found: Dateline | None) -> tuple[str, str, str, str] | None:
    if found is None:
        return None
    return found.text, "、".join(found.places), found.agency or "", str(found.day or "")


@pytest.mark.parametrize(("text", "rest", "places", "agency", "day"), DATELINES)
def test_a_dateline_gives_places_agency_and_day_and_is_the_exact_beginning(
    text: str, rest: str, places: str, agency: str, day: str
) -> None:
    assert parts(find_dateline(text + rest)) == (text, places, agency, day)


def test_the_dateline_corpus_is_large_and_without_repeats() -> None:
    assert len({text + rest for text, rest, *_ in DATELINES}) == len(DATELINES) >= 200


@pytest.mark.parametrize(
    "ordinary",
    [
        "他15日讯问了证人。",
        "安卡拉15日讯息中心开放。",
        "(图:本报资料照)",
        "(见第15日的报道)河城",
        "(河城45日讯)不存在的一天",
        "(河城13月5日讯)不存在的一月",
        "本报讯息部",
        "新华社记者15日在北京说",
        "星期日讯号中断",
        "河城旧邮局(15日讯)",
        "外交部15日电 一封旧信",
        "南通社会各界15日电谢白沙",
        "新华北路河城段15日电焊施工",
        "（本报记者苏明月摄影报道）",
        "（本报记者苏明月现场报道）",
        "本报电话 河城一二三",
        "NASA (the agency) — said",
        "WARNING — the bridge is closed.",
        "",
        "　",
        "(",
    ],
)
def test_ordinary_words_are_no_dateline(ordinary: str) -> None:
    assert find_dateline(ordinary) is None


def test_2000_ordinary_paragraphs_that_nearly_have_a_dateline_have_none() -> None:
    random = Random(4)
    ordinary = {paragraph(random) for _ in range(2_500)}
    assert len(ordinary) >= 2_000
    assert [text for text in ordinary if find_dateline(text)] == []


def test_the_demo_articles_have_a_dateline_in_no_paragraph_but_the_first() -> None:
    bodies = [
        article["body"].strip().splitlines()
        for file in ARTICLES.glob("*.toml")
        for article in tomllib.loads(file.read_text("utf-8"))["article"]
    ]
    later = [text for _, *rest in bodies for text in rest]
    assert len(later) >= 280
    assert [text for text in later if find_dateline(text)] == []


@pytest.mark.parametrize(("title", "name"), golden("series"))
def test_a_series_is_what_a_title_begins_with_in_brackets_and_no_mark_of_form(title: str, name: str) -> None:
    assert (find_series(title) or "") == name


@pytest.mark.parametrize(("caption", "credit"), golden("credits"))
def test_a_credit_is_what_a_caption_ends_with_and_no_description(caption: str, credit: str) -> None:
    assert (find_credit(caption) or "") == credit


def test_a_picture_has_its_credit_from_its_caption_unless_the_publisher_says_it() -> None:
    caption = "修好的钟楼。(图取自法新社档案照)"
    picture = {"url": "https://a.example/1.jpg", "caption": caption}
    told = picture | {"credit": "河城日报"}
    plain = {"url": "https://a.example/1.jpg", "caption": "修好的钟楼。"}
    outcome = accept(as_json(sent_article(picture=picture, pictures=[told, plain])), UNKNOWN, arrival())
    assert isinstance(outcome, Accepted)
    (text,) = outcome.articles
    assert isinstance(text, ArticlePublished)
    assert [p.credit for p in text.pictures] == ["法新社档案照", "河城日报", ""]
    assert text.pictures[0].caption == caption


def test_a_picture_in_a_body_has_its_credit_from_its_caption_too() -> None:
    html = (
        "<p>钟楼修好了。</p><figure><img src='https://a.example/1.jpg'>"
        "<figcaption>修好的钟楼。(法新社)</figcaption></figure>"
    )
    outcome = accept(as_json(sent_article(body=html, format="html")), UNKNOWN, arrival())
    assert isinstance(outcome, Accepted)
    (text,) = outcome.articles
    assert isinstance(text, ArticlePublished)
    (picture,) = [block.picture for block in text.blocks if isinstance(block, PictureBlock)]
    assert (picture.caption, picture.credit) == ("修好的钟楼。(法新社)", "法新社")


@pytest.mark.parametrize(
    "piece",
    [" ", "　", "(", "一", "日", "15", "本报", "新华社 ", "(十日", "河、", "A ", "记者某某、", "(图:", "摄 "],
)
def test_a_very_long_paragraph_takes_no_longer_than_a_short_one(piece: str) -> None:
    long = (piece * LONG)[:LONG]
    began = time.process_time()
    for text in (long, "(" + long, "【" + long, long + "15日讯)", long + "摄)"):
        find_dateline(text)
        find_series(text)
        find_credit(text)
    # copying a megabyte a few times takes some milliseconds; a pattern that runs away takes minutes
    assert time.process_time() - began < 0.5


PIECES = st.sampled_from(
    [
        *"()（）【】［15１日月十廿和、／讯訊电報·—- 　",
        "本报",
        "新华社",
        "记者",
        "报道",
        "河城",
        "综合",
        "图:",
        "AP",
        "摄",
    ]
)


@given(st.lists(PIECES | st.characters(exclude_categories=["Cs"]), max_size=40).map("".join))
def test_whatever_the_text_what_is_found_stands_in_it(text: str) -> None:
    dateline, series, credit = find_dateline(text), find_series(text), find_credit(text)
    if dateline:
        assert text.startswith(dateline.text)
        assert all(place in dateline.text for place in dateline.places)
        assert (dateline.agency or "") in dateline.text
        assert dateline.day is None or 1 <= dateline.day <= 31
    assert series is None or text.startswith(f"【{series}】")
    assert credit is None or (credit in text and credit.strip())
