"""The rule book of ingest: what becomes of an input."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN, Edition, advance
from services.ingest.core.faults import LARGEST_PROBLEM_BYTES, Rejection
from shared import wire
from shared.articles import ArticleEvent, TextErased
from shared.blocks import Rendition
from shared.events import (
    ArticlePublished,
    ArticleWithdrawn,
    FrontFeatured,
    FrontReleased,
    HotPinned,
    Order,
    ViewsVoided,
)
from shared.problem import as_bytes
from tests.builders import (
    NOON,
    arrival,
    as_json,
    paragraphs_of,
    published,
    reinstated,
    sent_article,
    withdrawn,
)
from tests.unit.ingest.accepting import accept


def edition_after(*events: ArticleEvent) -> Edition:
    edition = UNKNOWN
    for event in events:
        edition = advance(edition, event, offset=0)
    return edition


def text_of(outcome: Accepted | Rejection) -> ArticlePublished:
    assert isinstance(outcome, Accepted), outcome
    (text,) = outcome.articles
    assert isinstance(text, ArticlePublished)
    return text


def refusal_of(outcome: Accepted | Rejection) -> Rejection:
    assert isinstance(outcome, Rejection), outcome
    return outcome


SMALL = {"url": " https://a.example/300.jpg ", "width": 300.0}


def in_sizes(*renditions: Any) -> dict[str, Any]:
    return {"picture": {"url": "https://a.example/1.jpg", "renditions": renditions}}


def test_an_article_becomes_the_event_that_its_text_stands() -> None:
    text = text_of(accept(as_json(sent_article(revision=3)), UNKNOWN, arrival(7)))
    assert text.order == Order(3, arrival(7))
    assert paragraphs_of(text) == [
        "(河城15日讯)河城旧邮局改建的图书馆周日开放。",
        "首日有三百人到访。",
    ]
    assert text.dateline is not None
    assert text.dateline.places == ("河城",)
    assert text.published_at == NOON + timedelta(seconds=7)


def test_every_line_that_is_not_empty_is_a_paragraph_and_indentation_by_full_width_spaces_stays() -> None:
    body = "一\r\n\n　　二 \r三\n　\n \t四"
    text = text_of(accept(as_json(sent_article(body=body)), UNKNOWN, arrival()))
    assert paragraphs_of(text) == ["一", "　　二", "三", "四"]


def test_text_is_brought_to_nfc_and_never_to_half_width() -> None:
    sent = sent_article(title="Cafe\u0301 （全角）：，半角(),:", body="Ａ１é")
    text = text_of(accept(as_json(sent), UNKNOWN, arrival()))
    assert text.title == "Café （全角）：，半角(),:"
    assert paragraphs_of(text)[0] == "Ａ１é"


def test_a_title_that_a_system_repeats_above_its_text_is_not_shown_twice() -> None:
    sent = sent_article(title="旧邮局", format="html", body="<h1>旧邮局</h1><p>一</p><h2>旧邮局</h2>")
    text = text_of(accept(as_json(sent), UNKNOWN, arrival()))
    assert [block.kind for block in text.blocks] == ["paragraph", "heading"]


def test_the_lead_picture_comes_before_the_others() -> None:
    sent = sent_article(
        picture={"url": "https://a.example/1.jpg", "caption": "(图:资料照)", "width": None},
        pictures=[{"url": "https://a.example/2.jpg"}],
    )
    text = text_of(accept(as_json(sent), UNKNOWN, arrival()))
    assert [p.url for p in text.pictures] == ["https://a.example/1.jpg", "https://a.example/2.jpg"]
    assert text.pictures[0].caption == "(图:资料照)"


def test_a_picture_brings_its_renditions() -> None:
    sent = sent_article(**in_sizes(SMALL | {"height": None}), pictures=[in_sizes()["picture"]])
    text = text_of(accept(as_json(sent), UNKNOWN, arrival()))
    assert text.pictures[0].renditions == (Rendition(url="https://a.example/300.jpg", width=300),)
    assert ArticlePublished.model_validate_json(wire.encode(text)) == text
    assert text.pictures[1].renditions is None


def test_the_series_is_found_and_stays_in_the_title() -> None:
    text = text_of(accept(as_json(sent_article(title="【河城纪事】 邮局旧事")), UNKNOWN, arrival()))
    assert (text.series, text.title) == ("河城纪事", "【河城纪事】 邮局旧事")


@pytest.mark.parametrize(
    ("change", "pointer", "says"),
    [
        ({"id": "a/b"}, "/id", "no slash"),
        ({"id": ".."}, "/id", "address would be lost"),
        ({"id": "x" * 65}, "/id", "1 to 64"),
        ({"id": 7}, "/id", "text in quotes"),
        ({"title": None}, "/title", "is required"),
        ({"title": "  　"}, "/title", "only spaces"),
        ({"title": "x" * 201}, "/title", "201 characters"),
        ({"title": "a" + "\u0315\u0300" * 16}, "/title", "30 combining marks in a row before character 32"),
        ({"body": "字" + "\u0301" * 31}, "/body", "30 combining marks"),
        ({"byline": "x" * 201}, "/byline", "is 201 characters long, at most 200"),
        ({"tags": ["x" * 51]}, "/tags/0", "at most 50"),
        ({"tags": ["x"] * 101}, "/tags", "has 101 entries, at most 100"),
        ({"correction": "x" * 2001}, "/correction", "at most 2,000"),
        ({"uri": "x" * 2049}, "/uri", "at most 2,048"),
        ({"language": "zh-" + "a" * 8 + "-a" * 20}, "/language", "zh-Hans"),
        ({"picture": {"url": "https://a.example/" + "x" * 2048}}, "/picture/url", "at most 2,048"),
        ({"published_at": "2026-11-15T18:30:00." + "9" * 90 + "Z"}, "/published_at", "not a valid time"),
        ({"revision": 2**53}, "/revision", "less than 9007199254740992"),
        ({f"titl{n}": 1 for n in range(201)}, "", "has 201 unknown fields, at most 200 are possible"),
        ({"title": "a\nb"}, "/title", "U+000A at character 2"),
        ({"section": "a/b"}, "/section", "/ or :"),
        ({"section": "a:b"}, "/section", "/ or :"),
        ({"section": ""}, "/section", "0 characters"),
        ({"section": "x" * 21}, "/section", "21 characters"),
        ({"section": " 国际"}, "/section", "space"),
        ({"section": "国\u0085际"}, "/section", "U+0085"),
        ({"section": "国\u2028际"}, "/section", "U+2028"),
        ({"body": " \n　\t\u200b"}, "/body", "only spaces"),
        ({"body": "a\x00b"}, "/body", "U+0000"),
        ({"body": 1}, "/body", "text in quotes"),
        ({"published_at": "2026-11-15T18:30:00"}, "/published_at", "no time zone"),
        ({"published_at": "9999-12-31T20:00:00Z"}, "/published_at", "outside the calendar"),
        ({"expires_at": "0001-01-01T12:00:00Z"}, "/expires_at", "outside the calendar"),
        ({"published_at": 1763200000}, "/published_at", "time in quotes"),
        ({"published_at": "yesterday"}, "/published_at", "is not a valid time"),
        ({"expires_at": "0001-01-01T00:00:00+10:00"}, "/expires_at", "outside the calendar"),
        ({"revision": "3"}, "/revision", "without quotes"),
        ({"revision": -1}, "/revision", "at least 0"),
        ({"revision": True}, "/revision", "whole number"),
        ({"sponsored": "yes"}, "/sponsored", "true or false"),
        ({"format": "word"}, "/format", "must be one of"),
        ({"picture": "https://a.example/1.jpg"}, "/picture", "object"),
        ({"picture": {"url": "javascript:alert(1)"}}, "/picture/url", "http://"),
        ({"pictures": [{}]}, "/pictures/0/url", "is required"),
        (in_sizes({"url": "a.jpg", "width": 300}), "/picture/renditions/0/url", "http://"),
        (in_sizes(SMALL, SMALL | {"width": None}), "/picture/renditions/1/width", "is required"),
        (in_sizes(SMALL | {"height": 0}), "/picture/renditions/0/height", "at least 1"),
        (in_sizes("https://a.example/300.jpg"), "/picture/renditions/0", "object"),
        (in_sizes(*[SMALL] * 21), "/picture/renditions", "at most 20"),
        ({"tags": "a"}, "/tags", "list"),
        ({"language": "Chinese!"}, "/language", "zh-Hans"),
        ({"embargo_untill": "2026-11-15T18:30:00+08:00"}, "/embargo_untill", "did you mean embargo_until?"),
        ({"action": "delete"}, "/action", "withdraw"),
    ],
)
def test_a_fault_is_named_with_its_place_and_what_would_be_right(
    change: dict[str, Any], pointer: str, says: str
) -> None:
    refusal = refusal_of(accept(as_json(sent_article(**change)), UNKNOWN, arrival()))
    assert refusal.status == 422
    (fault,) = refusal.faults
    assert fault.pointer == pointer
    assert says in fault.detail


@pytest.mark.parametrize(
    ("value", "status", "says"),
    [
        (None, 400, "empty"),
        (b"", 400, "empty"),
        (b"hello", 400, "not JSON"),
        (b"\xff\xfe", 400, "not JSON"),
        (b'{"id": "\\ud800"}', 400, "not JSON"),
        (b"[" * 100_000, 400, "not JSON"),
        (b'{"a":' * 100_000, 400, "not JSON"),
        (b'{"revision": ' + b"9" * 100_000 + b"}", 400, "not JSON"),
        (b"[1]", 422, "one JSON object"),
        (b" " * 1_000_001, 413, "1,000,001 bytes"),
    ],
)
def test_what_is_no_object_is_refused_as_a_whole(value: bytes | None, status: int, says: str) -> None:
    refusal = refusal_of(accept(value, UNKNOWN, arrival()))
    assert refusal.status == status
    assert says in refusal.detail


def test_every_fault_is_named_at_once() -> None:
    refusal = refusal_of(accept(as_json({"section": "", "revision": "x", "tittle": "…"}), UNKNOWN, arrival()))
    assert {f.pointer for f in refusal.faults} == {
        "/id",
        "/title",
        "/section",
        "/body",
        "/revision",
        "/tittle",
    }


def test_the_list_of_faults_is_bounded() -> None:
    refusal = refusal_of(accept(as_json(sent_article(tags=[1] * 90)), UNKNOWN, arrival()))
    assert len(refusal.faults) == 51
    assert "40 more faults" in refusal.faults[-1].detail


@pytest.mark.parametrize("sign", ["x", "字", '"', "\x01", "/", "~", "\U0001f600"])
def test_a_problem_stays_small_and_tells_how_much_it_leaves_out(sign: str) -> None:
    item = {
        f"{case}_{n}{sign * 900}": n + bool(case == "Byline")
        for n in range(90)
        for case in ("byline", "Byline")
    }
    refusal = refusal_of(accept(as_json({"uri": "urn:a", "headline": "x", **item}), UNKNOWN, arrival()))
    assert len(as_bytes(refusal.problem())) <= LARGEST_PROBLEM_BYTES
    assert refusal.faults[0].pointer.endswith("…")
    told = len(refusal.faults) - 1
    assert refusal.faults[-1].detail == f"has {90 + 1 - told} more faults"


@pytest.mark.parametrize(
    ("sent", "section"),
    [
        (sent_article(title=""), "地方"),
        (sent_article(title="", section="Cafe\u0301"), "Café"),
        (sent_article(section="a/b"), None),
        (sent_article(section=7), None),
        ({"specversion": "1.0", "data": sent_article(title="")}, "地方"),
        ({"uri": "urn:a", "headline": "x", "body_text": "", "subject": [{"name": "国际"}]}, "国际"),
        ({"uri": "urn:a", "headline": "x", "body_text": ""}, "综合"),
        ({"action": "delete", "section": "国际"}, "国际"),
    ],
)
def test_a_refusal_names_the_section_that_the_input_names(sent: dict[str, Any], section: str | None) -> None:
    assert refusal_of(accept(as_json(sent), UNKNOWN, arrival())).section == section


def test_an_unknown_field_and_a_null_are_as_if_absent_and_a_byte_order_mark_is_no_fault() -> None:
    value = b"\xef\xbb\xbf" + as_json({**sent_article(), "colour": "red", "byline": None})
    assert text_of(accept(value, UNKNOWN, arrival())).byline is None


@pytest.mark.parametrize(
    "carried",
    [
        {"data": sent_article()},
        {"data_base64": b64encode(as_json(sent_article())).decode()},
    ],
)
def test_a_cloud_event_in_structured_mode_is_what_it_carries(carried: dict[str, Any]) -> None:
    envelope = {"specversion": "1.0", "id": "7", "source": "/desk", "type": "article.sent"}
    text = text_of(accept(as_json(envelope | carried), UNKNOWN, arrival()))
    assert text.id == "harbour-library"


@pytest.mark.parametrize(
    ("carried", "says"),
    [
        ({}, "neither data nor data_base64"),
        ({"data_base64": "%%%"}, "data_base64 is not JSON"),
        ({"data_base64": "e30"}, "data_base64 is not JSON"),
        ({"data": "text"}, "data is a text; put the article there as an object"),
        ({"data": {"id": "x"}}, "/title: is required"),
    ],
)
def test_a_cloud_event_that_carries_no_article_is_refused(carried: dict[str, Any], says: str) -> None:
    refusal = refusal_of(accept(as_json({"specversion": "1.0", **carried}), UNKNOWN, arrival()))
    assert refusal.status == 422
    assert says in refusal.detail


def test_an_older_revision_is_refused_with_the_newer_one_named() -> None:
    known = edition_after(published(second=1, revision=5))
    refusal = refusal_of(accept(as_json(sent_article(revision=4)), known, arrival(9)))
    assert refusal.status == 409
    assert "newer revision 5" in refusal.detail


def test_a_publish_that_arrived_earlier_than_the_standing_text_is_stale() -> None:
    known = edition_after(published(second=5))
    assert refusal_of(accept(as_json(sent_article()), known, arrival(4))).status == 409
    assert text_of(accept(as_json(sent_article()), known, arrival(6))).order.arrival == arrival(6)


def test_a_withdrawal_writes_the_mark_then_erases_the_text_and_tells_the_revision() -> None:
    known = edition_after(published(second=1, revision=5))
    value = as_json({"id": "harbour-library", "action": "withdraw", "reason": "legal", "note": "法庭令"})
    outcome = accept(value, known, arrival(9))
    assert isinstance(outcome, Accepted)
    mark, erased = outcome.articles
    assert isinstance(mark, ArticleWithdrawn)
    assert (mark.revision, mark.reason, mark.note) == (5, "legal", "法庭令")
    assert erased == TextErased("harbour-library")


def test_withdrawing_before_publishing_works() -> None:
    value = as_json({"id": "never-seen", "action": "withdraw", "reason": "other"})
    assert isinstance(accept(value, UNKNOWN, arrival()), Accepted)
    known = edition_after(withdrawn(second=1))
    refusal = refusal_of(accept(as_json(sent_article(revision=9)), known, arrival(9)))
    assert (refusal.status, "reinstate it first" in refusal.detail) == (409, True)


def test_reinstating_lifts_a_withdrawal_for_texts_that_come_later() -> None:
    value = as_json({"id": "harbour-library", "action": "reinstate"})
    assert isinstance(accept(value, edition_after(withdrawn(second=1)), arrival(2)), Accepted)
    known = edition_after(published(second=0, revision=7), withdrawn(second=1), reinstated(second=2))
    assert refusal_of(accept(as_json(sent_article()), known, arrival(1))).status == 409
    assert text_of(accept(as_json(sent_article()), known, arrival(3))).order.revision == 0


def test_reinstating_what_is_not_withdrawn_is_refused() -> None:
    value = as_json({"id": "harbour-library", "action": "reinstate"})
    assert refusal_of(accept(value, edition_after(published()), arrival(2))).status == 409


def test_a_withdrawal_that_was_overtaken_by_a_later_reinstatement_erases_nothing() -> None:
    known = edition_after(withdrawn(second=1), reinstated(second=5), published(second=6))
    value = as_json({"id": "harbour-library", "action": "withdraw", "reason": "legal"})
    assert refusal_of(accept(value, known, arrival(3))).status == 409


def test_a_pin_says_who_and_why_and_needs_a_readable_article() -> None:
    pin = {"action": "pin", "article": "harbour-library", "who": "editor", "why": "开放日", "position": 2}
    outcome = accept(as_json(pin), edition_after(published()), arrival())
    assert isinstance(outcome, Accepted)
    expected = {"who": "newsroom", "remark": "editor", "why": "开放日", "position": 2}
    assert outcome.desk == HotPinned(article="harbour-library", **expected)
    refusal = refusal_of(accept(as_json(pin), UNKNOWN, arrival()))
    assert refusal.faults[0].pointer == "/article"
    refusal = refusal_of(accept(as_json({**pin, "why": " "}), edition_after(published()), arrival()))
    assert [f.pointer for f in refusal.faults] == ["/why"]


@pytest.mark.parametrize("slot", ["lead", "second-1", "second-2", "section:地方"])
def test_a_feature_names_its_slot_and_needs_a_readable_article(slot: str) -> None:
    said = {"article": "harbour-library", "slot": slot, "who": "editor", "why": "开放日"}
    sent = {"action": "feature", "until": "2026-11-15T20:00:00+08:00", **said}
    by = said | {"who": "newsroom", "remark": "editor"}
    outcome = accept(as_json(sent), edition_after(published()), arrival())
    assert isinstance(outcome, Accepted)
    assert outcome.desk == FrontFeatured.model_validate(by | {"until": sent["until"]})
    outcome = accept(as_json(said | {"action": "unfeature"}), edition_after(published()), arrival())
    assert isinstance(outcome, Accepted)
    assert outcome.desk == FrontReleased.model_validate(by)
    gone = edition_after(published(), withdrawn(second=1))
    for edition in (UNKNOWN, gone):
        refusal = refusal_of(accept(as_json(sent), edition, arrival(9)))
        assert (refusal.status, refusal.faults[0].pointer) == (409, "/article")


@pytest.mark.parametrize(
    "slot", ["", "second-3", "all", "section:", "section:a/b", "section:..", "Lead", 1, None]
)
def test_a_slot_that_there_is_not_is_told(slot: Any) -> None:
    sent = {"action": "feature", "article": "harbour-library", "slot": slot, "who": "editor", "why": "开放日"}
    refusal = refusal_of(accept(as_json(sent), edition_after(published()), arrival()))
    assert (refusal.status, [fault.pointer for fault in refusal.faults]) == (422, ["/slot"])


def test_a_void_needs_no_known_article_but_a_span() -> None:
    span = {"from": "2026-11-15T09:00:00+08:00", "until": "2026-11-15T12:00:00+08:00"}
    void = {"action": "void", "segment": 123, "who": "林编辑", "why": "刷量", **span}
    outcome = accept(as_json(void), UNKNOWN, arrival())
    assert isinstance(outcome, Accepted)
    assert isinstance(outcome.desk, ViewsVoided)
    assert (outcome.desk.segment, outcome.desk.article) == (123, None)
    assert (outcome.desk.who, outcome.desk.remark) == ("newsroom", "林编辑")
    assert outcome.desk.until - outcome.desk.since == timedelta(hours=3)
    refusal = refusal_of(accept(as_json(void | {"until": span["from"]}), UNKNOWN, arrival()))
    assert (refusal.status, refusal.faults[0].pointer) == (409, "/until")
    refusal = refusal_of(accept(as_json(void | {"segment": 65_536, "why": None}), UNKNOWN, arrival()))
    assert {fault.pointer for fault in refusal.faults} == {"/segment", "/why"}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)
FIELDS = st.sampled_from(
    [*sent_article(), "picture", "pictures", "tags", "revision", "action", "embargo_until"]
)
EDITIONS = st.sampled_from([UNKNOWN, edition_after(published()), edition_after(withdrawn())])


@given(st.binary(), EDITIONS)
def test_accept_of_any_bytes_gives_one_answer_and_never_raises(value: bytes, edition: Edition) -> None:
    assert isinstance(accept(value, edition, arrival()), Accepted | Rejection)


@given(st.dictionaries(FIELDS, ANY_JSON), EDITIONS)
def test_accept_of_any_changes_to_an_article_never_raises(changes: dict[str, Any], edition: Edition) -> None:
    outcome = accept(as_json({**sent_article(), **changes}), edition, arrival(99))
    if isinstance(outcome, Rejection):
        assert outcome.faults
        assert outcome.problem()["status"] in {400, 409, 413, 422}
