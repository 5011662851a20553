"""What becomes of an agency's item as a whole, whatever its version and however odd."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.faults import Rejection
from services.ingest.core.ninjs import as_native, is_ninjs
from services.ingest.core.reading import DEFAULTS, read
from services.ingest.core.submissions import Publish, Withdraw
from tests.unit.ingest.agency import URI, faults, first, meant, picture, published, third


@pytest.mark.parametrize(
    "item",
    [
        first(),
        third(),
        {"uri": URI},
        first(uri=None),
        third(uri=None),
        {"body_html": "x"},
        {"pubStatus": "canceled"},
        {"$standard": {"name": "ninjs"}},
        first(id="7"),
    ],
)
def test_an_item_is_known_by_its_shape(item: dict[str, Any]) -> None:
    assert is_ninjs(item)


@pytest.mark.parametrize(
    "sent",
    [
        {"id": "a", "title": "x", "section": "y", "body": "z", "uri": URI, "urgency": 3},
        {"id": "a", "title": "x", "section": "y", "uri": URI},
        {"title": "x", "body": "z", "uri": URI},
        {"id": "a", "headline": "x", "body": "z"},
        {"id": "a", "action": "withdraw", "reason": "error", "uri": URI},
        {"title": "x", "section": "y"},
        {"uri": None},
        {},
    ],
)
def test_what_is_native_stays_native(sent: dict[str, Any]) -> None:
    assert not is_ninjs(sent)


@pytest.mark.parametrize("item", [first(uri=None), third(uri=None), first(uri="  ")])
def test_an_item_without_a_uri_is_asked_for_one(item: dict[str, Any]) -> None:
    assert faults(item) == {"/uri": "is required"}


def test_superdesk_calls_the_uri_guid() -> None:
    assert published(first(uri=None, guid=URI)).uri == URI


def test_a_uri_that_can_be_an_id_is_the_id() -> None:
    assert published(first(uri="harbour-library_1.2")).id == "harbour-library_1.2"


@pytest.mark.parametrize("uri", [URI, "https://agency.example/1", "x" * 65, ".", "..", "港口"])
def test_any_other_uri_becomes_a_stable_hash_and_is_kept(uri: str) -> None:
    article = published(first(uri=uri))
    assert article.id == sha256(uri.encode()).hexdigest()[:32]
    assert article.uri == uri


def test_a_uri_that_is_no_text_is_a_fault_told_once() -> None:
    refused = meant(first(uri=5))
    assert [fault.pointer for fault in refused.faults] == ["/uri"]


@pytest.mark.parametrize(
    ("version", "revision"),
    [
        *[
            ("3", 3),
            (3, 3),
            (3.0, 3),
            ("0012", 12),
            (0, 0),
            ("-1", 0),
            (-1, 0),
            ("1.0", 0),
            (1.5, 0),
            ("²", 0),
        ],
        *[("abc", 0), ("", 0), (True, 0), ([], 0), ("9" * 30, 0), (2**60, 0), (None, 0)],
    ],
)
def test_a_version_that_is_no_integer_is_revision_0(version: Any, revision: int) -> None:
    assert published(first(version=version)).revision == revision


def test_a_whole_item_becomes_a_whole_article() -> None:
    item = third(
        by="Ana Costa\nand Li Na",
        language="en_GB",
        urgency=3.0,
        version="4",
        firstCreated="2026-11-15T09:00:00+08:00",
        expires="2027-01-01T00:00:00Z",
        embargoedUntil="2026-11-15T12:00:00Z",
        subjects=[{"name": "a subject far too long"}, {"name": "Books"}, {"name": "Books"}, {"uri": "x"}],
        infoSources=[{"role": "x"}, {"name": "Example Agency"}],
        copyrightHolder="Someone else",
    )
    article = published(item)
    assert article.byline == "Ana Costa and Li Na"
    assert (article.language, article.urgency, article.revision) == ("en-GB", 3, 4)
    assert article.published_at == datetime(2026, 11, 15, 1, 0, tzinfo=UTC)
    assert article.expires_at == datetime(2027, 1, 1, tzinfo=UTC)
    assert article.embargo_until == datetime(2026, 11, 15, 12, 0, tzinfo=UTC)
    assert (article.section, article.tags) == ("Books", ("a subject far too long", "Books"))
    assert article.source == "Example Agency"


def test_what_is_not_said_has_the_houses_answer() -> None:
    article = published(first(subject=[{"name": "a/b"}, {"name": "x" * 21}, 5, None]))
    assert article.section == "综合"
    assert article.published_at == datetime(2026, 11, 15, 10, 30, tzinfo=UTC)
    assert (article.byline, article.source, article.urgency) == ("", "", None)


@pytest.mark.parametrize("urgency", [0, 10, 2.5, "x", True, [], -1])
def test_an_urgency_outside_1_to_9_is_ignored(urgency: Any) -> None:
    assert published(first(urgency=urgency)).urgency is None


@pytest.mark.parametrize(
    "names", [[{"by": "Ana"}, {"by": "Li"}], ["Ana", "Li"], [{"name": "Ana"}, {"name": "Li"}]]
)
def test_a_list_of_bylines_is_one_line(names: list[Any]) -> None:
    assert published(first(bylines=names)).byline == "Ana, Li"


@pytest.mark.parametrize("field", ["embargoed", "embargoedUntil"])
@pytest.mark.parametrize("time", ["", "tomorrow", "2026-11-15T12:00:00", 5, {}, False])
def test_an_embargo_that_cannot_be_read_is_refused(field: str, time: Any) -> None:
    assert faults(first(**{field: time})).keys() == {f"/{field}"}


def test_two_spellings_of_a_field_must_agree() -> None:
    early, late = "2026-11-15T12:00:00Z", "2026-11-16T12:00:00Z"
    assert faults(first(embargoed=early, embargoedUntil=late)).keys() == {"/embargoedUntil"}
    assert published(first(embargoed=late, embargoedUntil=late)).embargo_until is not None


def test_all_faults_are_told_at_once_each_at_its_place() -> None:
    item = third(
        uri=None,
        headlines=[{"value": "x" * 201}],
        bodies=[{"value": ""}],
        embargoedUntil="soon",
        expires="later",
        versionCreated="once",
        language="?",
        pubStatus="killed",
    )
    places = {"/headlines/0/value", "/bodies/0/value", "/versionCreated", "/language", "/pubStatus"}
    assert faults(item).keys() == places | {"/uri", "/embargoedUntil", "/expires"}


@pytest.mark.parametrize("status", ["canceled", "cancelled", "Canceled"])
@pytest.mark.parametrize("field", ["pubstatus", "pubStatus"])
def test_a_cancelled_item_is_withdrawn_whatever_else_it_says(status: str, field: str) -> None:
    notice = {"uri": URI, field: status, "headline": "KILL", "embargoed": "?"}
    action = meant(notice)
    assert action == Withdraw(id=sha256(URI.encode()).hexdigest()[:32], reason="other")


def test_a_cancelled_item_without_a_uri_is_asked_for_one() -> None:
    assert faults({"pubstatus": "canceled", "type": "text"}) == {"/uri": "is required"}


@pytest.mark.parametrize("lacking", [{}, {"headline": None}, {"body_text": None}, {"body_text": " "}])
@pytest.mark.parametrize("kind", ["text", "composite", None])
def test_a_withheld_item_stands_unseen_without_end(lacking: dict[str, Any], kind: str | None) -> None:
    item = first(pubstatus="withheld", version="2", type=kind, embargoed="2026-11-15T12:00:00Z") | lacking
    article = published(item)
    assert article.embargo_until == datetime(9999, 1, 1, tzinfo=UTC)
    assert article.revision == 2


@pytest.mark.parametrize("status", ["killed", "", 5, [], False])
def test_any_other_status_is_a_fault(status: Any) -> None:
    assert faults(first(pubstatus=status)) == {"/pubstatus": "must be one of usable, withheld, canceled"}


# fmt: off
NAMES: Final = st.sampled_from([
    "uri", "guid", "type", "version", "versioncreated", "versionCreated", "firstcreated", "pubstatus",
    "pubStatus", "embargoed", "embargoedUntil", "expires", "language", "urgency", "headline", "headline_main",
    "headlines", "title", "body_text", "body_xhtml", "body_nitf", "bodies", "byline", "by", "subject",
    "bylines", "subjects", "infosource", "associations", "renditions", "description_text", "name",
    "descriptions", "value", "role", "contentType", "mimetype", "href", "width", "height", "$standard",
])
VALUES: Final = st.sampled_from([
    "text", "picture", "composite", "usable", "canceled", "withheld", "main", "text/html", "image/jpeg",
    "<p>x</p>", "https://x.example/a.jpg", "http://[", "2026-11-15T10:30:00Z", "9999-12-31T23:59:59-14:00",
    "<body.content", "</body.content>", "\x00", " ", "",
])
# fmt: on
ANY: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e300, 1e300) | st.text(max_size=5) | VALUES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)


@given(st.dictionaries(NAMES, ANY, max_size=12))
def test_any_json_is_read_or_refused_and_what_is_held_back_stays_so(odd: dict[str, Any]) -> None:
    for item in (odd, first() | odd, third() | odd):
        as_native(item, "综合")
        outcome = meant(item)
        if isinstance(outcome, Publish):
            said = {name for name, value in item.items() if value is not None}
            held_back = said & {"embargoed", "embargoedUntil"} or item.get("pubstatus") == "withheld"
            assert outcome.embargo_until is not None or not held_back
            assert "canceled" not in (item.get("pubstatus"), item.get("pubStatus"))


@given(st.dictionaries(NAMES, ANY, max_size=6))
def test_no_association_makes_an_article_fail(odd: dict[str, Any]) -> None:
    published(first(associations={"p": picture() | odd}, renditions={"r": odd}))


_ITEM = {"uri": "urn:a", "headline": "题", "body_text": "正文。", "versioncreated": "2026-11-15T18:30:00Z"}


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"state": "killed"}, "/state"),
        ({"status": "draft"}, "/status"),
        ({"draft": True}, "/draft"),
        ({"access": "premium"}, "/access"),
        ({"extra": {"draft": True}}, "/extra/draft"),
        ({"embargo": "2027-01-01T00:00:00Z"}, "/embargo"),
        ({"expiry": "2027-01-01T00:00:00Z"}, "/expiry"),
        ({"ednote": "EDITORS: Do not use before Monday"}, "/ednote"),
        ({"ednote": "人数待核实，请勿发稿"}, "/ednote"),
        ({"usageterms": "Embargoed until Monday"}, "/usageterms"),
    ],
)
def test_what_an_item_says_of_publication_in_words_of_its_own_is_obeyed(
    more: dict[str, Any], place: str
) -> None:
    found = read(json.dumps(_ITEM | more).encode(), DEFAULTS)
    assert isinstance(found, Rejection)
    assert [fault.pointer for fault in found.faults] == [place]


@pytest.mark.parametrize(
    "more",
    [
        {"ednote": "更正：第二段人数"},
        {"ednote": "编辑发现错字"},
        {"usageterms": "NOT FOR USE IN PRINT"},
        {"slugline": "bridge"},
        {"genre": [{"name": "评论"}]},
        {"description_text": "摘要"},
    ],
)
def test_what_an_item_says_beside_is_told(more: dict[str, Any]) -> None:
    found = read(json.dumps(_ITEM | more).encode(), DEFAULTS)
    assert isinstance(found, Publish)
    assert [note.pointer for note in found.notes] == [f"/{name}" for name in more]


def test_a_withdrawal_is_one_whatever_else_the_item_says() -> None:
    found = read(json.dumps(_ITEM | {"pubstatus": "canceled", "state": "killed"}).encode(), DEFAULTS)
    assert isinstance(found, Withdraw)


def test_an_item_that_was_paid_for_says_so() -> None:
    found = read(json.dumps(_ITEM | {"sponsored": True}).encode(), DEFAULTS)
    assert isinstance(found, Publish)
    assert found.sponsored
