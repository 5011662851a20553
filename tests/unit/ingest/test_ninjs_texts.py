"""Which of an agency's texts become the title and the body, and which items have none."""

from typing import Any

import pytest

from shared.blocks import Heading, Paragraph, PictureBlock
from tests.unit.ingest.agency import faults, first, native, published, third


@pytest.mark.parametrize(
    "texts",
    [
        {"headline_main": "Other", "headline": "It", "title": "Other"},
        {"headline_short": "Other", "headline_main": "It", "title": "Other"},
        {"headline_extra": "It", "title": "Other"},
        {"headline": "  ", "headline_extra": "It"},
        {"title": "It"},
        {"headline": "It", "headlines": [{"role": "main", "value": "Other"}]},
        {"headlines": [{"value": "Other"}, {"role": "main", "value": "It"}]},
        {"headlines": [{"role": "subheadline", "value": "Other"}, {"value": "It"}], "title": "Other"},
        {"headlines": [{"role": "https://cv.example/role/main", "value": "It"}]},
        {"headlines": [{"role": "main", "value": ""}, {"role": "short", "value": "It"}]},
        {"headlines": ["It"]},
        {"headlines": "It"},
        {"headlines": [], "title": "It"},
    ],
)
def test_the_main_headline_is_the_title(texts: dict[str, Any]) -> None:
    assert published(first(headline=None) | texts).title == "It"


def test_markup_in_a_headline_is_read_as_text() -> None:
    html = {"contentType": "text/html", "value": "<b>Fish &amp; chips</b><br/>for 3 &lt; 5"}
    assert published(third(headlines=[html])).title == "Fish & chips for 3 < 5"


def test_a_plain_headline_is_kept_as_sent_but_for_line_breaks() -> None:
    sent = " 【城市】　河城 \r\n\t 3 < 5  &amp; 7 "
    assert published(first(headline=sent)).title == "【城市】　河城 3 < 5  &amp; 7"


@pytest.mark.parametrize(
    ("item", "place"),
    [
        (first(headline="x" * 201), "/headline"),
        (third(headlines=[{"value": "x" * 201}]), "/headlines/0/value"),
    ],
)
def test_a_headline_that_is_too_long_is_a_fault_at_its_place(item: dict[str, Any], place: str) -> None:
    assert faults(item) == {place: "is 201 characters long, at most 200 are possible"}


@pytest.mark.parametrize(
    ("item", "place"),
    [
        (first(headline=None), "/headline"),
        (third(headlines=None), "/headlines"),
        (third(headlines=7), "/headlines"),
    ],
)
def test_an_item_without_a_headline_is_refused(item: dict[str, Any], place: str) -> None:
    assert faults(item) == {place: "is required"}


def test_a_headline_that_is_no_text_is_a_fault_at_its_place() -> None:
    assert faults(third(headlines=[{"value": 5}])) == {"/headlines/0/value": "must be text in quotes"}


@pytest.mark.parametrize(
    ("bodies", "format_"),
    [
        ({"body_text": "no", "body_xhtml": "It"}, "html"),
        ({"body_text": "no", "body_richtext": "It"}, "html"),
        ({"body_main": "no", "body_html5": "It"}, "html"),
        ({"body_text": "It", "body_summary": "<p>no</p>"}, "plain"),
        ({"body_main": "It", "body_factbox_html": "<p>no</p>"}, "plain"),
        ({"body_main": "It", "body_sport": "<p>no</p>"}, "plain"),
        ({"body_main": "It", "body_html": "<p> </p>"}, "plain"),
        ({"body_main": "It", "body_html": 7}, "plain"),
        ({"body_sport": "It"}, "plain"),
        ({"body_caption": "It"}, "plain"),
        ({"body_main": "<p>It</p>"}, "html"),
        ({"bodies": [{"contentType": "text/plain", "value": "<p>It</p>"}]}, "plain"),
        ({"bodies": [{"value": "no"}, {"contentType": "application/xhtml+xml", "value": "It"}]}, "html"),
        ({"bodies": [{"value": "no"}, {"contenttype": "body_xhtml", "value": "It"}]}, "html"),
        ({"bodies": [{"role": "richtext", "value": "It"}]}, "html"),
        (
            {
                "bodies": [
                    {"role": "sidebar", "contenttype": "text/html", "value": "<p>no</p>"},
                    {"role": "main", "contenttype": "text/plain", "value": "It"},
                ]
            },
            "plain",
        ),
        (
            {"bodies": [{"contentType": "application/json", "value": "{}"}, {"value": "It"}]},
            "plain",
        ),
        ({"bodies": ["It"]}, "plain"),
    ],
)
def test_the_richest_body_that_is_the_article_is_read(bodies: dict[str, Any], format_: str) -> None:
    item = native(first(body_text=None) | bodies)
    assert item["body"].removeprefix("<p>").removesuffix("</p>") == "It"
    assert item["format"] == format_


def test_of_nitf_the_head_is_left_out_and_the_rest_is_named_as_in_html() -> None:
    nitf = (
        "<nitf><body><body.head><hedline><hl1>Twice</hl1></hedline></body.head>"
        '<body.content id="c"><hl2>Later</hl2><p>It</p><media media-type="image">'
        '<media-reference source="https://agency.example/a.jpg"/><media-caption>The hall</media-caption>'
        "</media></body.content></body></nitf>"
    )
    heading, paragraph, shown = published(first(body_nitf=nitf)).body
    assert isinstance(heading, Heading)
    assert isinstance(paragraph, Paragraph)
    assert isinstance(shown, PictureBlock)
    assert (heading.text, paragraph.text, shown.picture.caption) == ("Later", "It", "The hall")


def test_a_note_to_the_desk_is_never_shown() -> None:
    item = first(ednote="Not for readers", usageterms="Not for readers", body_ednote="Not for readers")
    assert "Not for readers" not in repr(published(item))
    assert faults(item | {"body_text": ""}) == {
        "/body_text": "is empty or only spaces; an article needs a text"
    }


@pytest.mark.parametrize(
    ("item", "place"),
    [
        (first(body_text=None), "/body_text"),
        (third(bodies=None), "/bodies"),
        (third(bodies=[], type=None), "/bodies"),
    ],
)
def test_a_text_item_without_a_body_is_refused(item: dict[str, Any], place: str) -> None:
    assert faults(item) == {place: "is required"}


def test_a_body_that_is_no_text_is_a_fault_at_its_place() -> None:
    assert faults(third(bodies=[{"value": ["x"]}])).keys() == {"/bodies/0/value"}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("picture", "send it as an association of the article"),
        ("graphic", "send it as an association of the article"),
        ("video", "is a video"),
        ("audio", "is a sound recording"),
        ("component", "send the article that it belongs to"),
        ("event", "announces an event"),
        ("planning", "what is planned"),
    ],
)
@pytest.mark.parametrize("body", [None, "Alternative text"])
def test_an_item_that_is_no_article_is_refused_for_that(kind: str, told: str, body: str | None) -> None:
    refused = faults(first(type=kind, body_text=body))
    assert refused.keys() == {"/type"}
    assert told in refused["/type"]


def test_a_package_is_refused_unless_it_has_a_text_of_its_own() -> None:
    inside = {"main": first(type="text")}
    package = first(type="composite", associations=inside)
    assert published(package).pictures == ()
    assert "one by one" in faults(package | {"body_text": " "})["/type"]
