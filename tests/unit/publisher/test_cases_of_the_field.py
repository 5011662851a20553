"""The smallest inputs after reports of people who publish, where they lie beside the project: their outcomes.

Where they do not, the tests of each kind, beside this one and of ingest, say the same of inputs of their own.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from dev.environment import ROOT
from publisher.adapters import feeds
from publisher.adapters.dry_run import foreseen
from publisher.adapters.failures import CommandError
from publisher.adapters.files import Files, Input
from publisher.adapters.sending import Outcome
from publisher.core.feed_entries import Importing
from publisher.core.finished import lines_of
from publisher.settings import Settings
from services.ingest.core.faults import Rejection
from services.ingest.core.reading import DEFAULTS, read

CASES: Final = ROOT.parent / "shared" / "cases" / "publishers"
ZONE: Final = ZoneInfo("Asia/Kuala_Lumpur")
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the cases do not lie beside the project")


def _inputs(path: Path) -> Iterator[Input]:
    if path.suffix == ".xml":
        importing = Importing("river", datetime.now(UTC), zone=ZONE)
        yield from feeds.inputs(str(path), feeds.load(str(path)), importing)
    else:
        yield from Files(None, zone=ZONE).read(path)


def outcome(name: str) -> Outcome:
    (one,) = foreseen(_inputs(CASES / name), Settings())
    return one


def shown(name: str) -> list[str]:
    """Give the finished article's lines behind the one with section and date."""
    article = outcome(name).article
    assert article is not None
    return list(lines_of(article))[2:]


def said(name: str) -> str:
    """Give what is to be changed, with its places."""
    problem = outcome(name).problem
    assert problem is not None
    return "; ".join(f"{one['pointer']}: {one['detail']}" for one in problem["errors"])


def dated(name: str) -> str:
    article = outcome(name).article
    assert article is not None
    return article.published_at.astimezone(ZONE).isoformat()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("01-wxr-draft.xml", "status draft: only published posts are imported"),
        ("03-draft-in-quotes.md", "is marked as draft"),
        ("04-draft-in-progress.md", "draft must be true or false"),
        ("06-published-false.md", "is unpublished"),
        ("17a-date-2099.xml", "more than a year ahead"),
        ("39-toml.md", "TOML front matter (+++) is not read; write YAML between ---"),
    ],
)
def test_what_must_not_go_out_or_cannot_be_read_is_refused(name: str, says: str) -> None:
    assert says in said(name)


@pytest.mark.parametrize(
    ("name", "says"), [("08-gbk-undeclared.xml", "encoding unknown"), ("44-nitf.xml", "XML but no feed")]
)
def test_what_is_no_feed_says_what_it_is(name: str, says: str) -> None:
    with pytest.raises(CommandError, match=says):
        outcome(name)


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("09-atom-updated-only.xml", "2024-03-05T08:00:00+08:00"),
        ("10-dc-date.xml", "2024-03-06T08:00:00+08:00"),
        ("11-date-ignored.md", "2023-03-05T08:00:00+08:00"),
        ("13-date-chinese.xml", "2026-11-28T18:30:00+08:00"),
        ("14-date-without-zone.xml", "2026-11-28T18:30:00+08:00"),
        ("17b-date-corrected.xml", "2026-11-28T18:30:00+08:00"),
        ("37-meta-time.html", "2026-11-28T18:30:00+08:00"),
    ],
)
def test_a_date_is_the_one_that_was_written(name: str, moment: str) -> None:
    assert dated(name) == moment


def test_a_year_zero_is_no_date() -> None:
    assert dated("15-date-zero.xml")[:4] == str(datetime.now(ZONE).year)
    assert any(note.kind == "date" for note in outcome("15-date-zero.xml").notes)


def test_an_older_copy_with_a_date_ahead_does_not_bar_the_corrected_one() -> None:
    assert outcome("17b-date-corrected.xml").id == outcome("17a-date-2099.xml").id


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("18-footnote.md", ["河城今年减税两成。1", "[1] 以市政府的公报为准。"]),
        (
            "22-list-start.md",
            [
                "2026. 这一年河城通了桥。", "先看:", "1. 桥长三公里。",
                "(picture: https://img.example/a.jpg)", "2. 造价两亿元。",
            ],
        ),
        ("23-lazy-picture.json", ["渡轮复航。", "(picture: https://i.example/f.jpg)"]),
        ("25-media-without-type.xml", ["(picture: https://i.example/p.jpg?w=460)", "港口繁忙。"]),
        ("27-relative-picture.xml", ["见图。", "(picture: https://r.example/u/r.jpg)"]),
        ("28-emoji-picture.xml", ["🎉今晚😀八点见。"]),
        (
            "29-wp-caption.json",
            ["要修了。", "(picture: https://i.example/p.jpg 码头一角。甲摄)", "下月开工。"],
        ),
        (
            "31-gallery-in-list.json",
            [
                "开张。", "(picture: https://i.example/1.jpg 桃花)",
                "(picture: https://i.example/2.jpg 水仙)",
            ],
        ),
        ("32-plain-lines.xml", ["（河城15日讯）第一段。", "第二段。"]),
        ("38-wechat-data-src.html", ["开航。", "(picture: https://i.example/p.png)"]),
        ("40-blank-line-first.md", ["通车。"]),
        (
            "46-media-description.xml",
            ["(picture: https://n.example/a.jpg 图为新航站楼。)", "全文第一段。", "全文第二段。"],
        ),
    ],
)  # fmt: skip
def test_words_and_pictures_are_those_that_were_meant(name: str, lines: list[str]) -> None:
    assert shown(name) == lines


def test_struck_out_words_are_marked_as_that() -> None:
    article = outcome("20-struck-out.json").article
    assert article is not None
    text = article.blocks[0]
    marks = [(mark.kind, text.text[mark.start : mark.end]) for mark in text.marks or ()]  # type: ignore[union-attr]
    assert marks == [("deleted", "三人"), ("inserted", "二人"), ("deleted", "十元")]


def test_the_credit_of_a_feeds_picture_goes_with_it() -> None:
    article = outcome("25-media-without-type.xml").article
    assert article is not None
    assert article.pictures[0].credit == "丙摄"


def test_two_files_named_index_are_two_articles() -> None:
    assert outcome("34-bundle-a/index.md").id != outcome("34-bundle-b/index.md").id


def test_an_underscore_in_a_language_is_forgiven() -> None:
    article = outcome("36-lang-underscore.html").article
    assert article is not None
    assert article.language == "zh-CN"


def test_a_registrys_bytes_before_the_json_are_named() -> None:
    refused = read((CASES / "42-registry-framed.bin").read_bytes(), DEFAULTS)
    assert isinstance(refused, Rejection)
    assert "begins with a schema registry's five bytes" in refused.detail
