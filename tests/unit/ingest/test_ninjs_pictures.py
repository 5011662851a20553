"""Which pictures of an agency's item are shown, in which size and with which words."""

from typing import Any

import pytest

from tests.unit.ingest.agency import first, native, picture, published, rendition


def pictures(**changes: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = native(first(**changes))["pictures"]
    return found


@pytest.mark.parametrize(
    "associations",
    [
        {"a": {"type": "text"}, "main": picture()},
        [{"name": "main"} | picture()],
        [{"name": "x", "type": "video"}, picture(type="graphic"), 5, None, "x"],
        {"gallery": [picture(), picture()]},
        [picture(headline=None, headlines=[{"value": "x"}], descriptions=[{"value": "The reading hall"}])],
    ],
)
def test_an_associated_picture_is_shown_once_in_the_size_for_a_page(associations: Any) -> None:
    (shown,) = pictures(associations=associations)
    assert shown["url"] == "https://agency.example/1600.jpg"
    assert (shown["width"], shown["height"]) == (1600, 800)
    assert shown["caption"] == "The reading hall"
    published(first(associations=associations))


def test_renditions_may_be_a_list() -> None:
    renditions = [
        {"name": "web", "href": "https://agency.example/a", "contentType": "image/png", "width": "640"}
    ]
    (shown,) = pictures(associations=[picture(renditions=renditions)])
    assert (shown["url"], shown["width"]) == ("https://agency.example/a", 640)


@pytest.mark.parametrize(
    ("widths", "best"),
    [
        ({"a": 400, "b": 1999, "c": 2001}, "b"),
        ({"a": 9000, "b": 3000}, "b"),
        ({"thumb": 120, "original": 4000}, "original"),
        ({"thumb": 120, "original": None}, "original"),
        ({"thumbnail": None, "main": None}, "main"),
        ({"a": 120, "b": 280}, "b"),
        ({"a": -5, "b": 640}, "b"),
    ],
)
def test_the_size_is_wide_enough_but_not_for_print(widths: dict[str, int | None], best: str) -> None:
    renditions = {name: rendition(f"https://x.example/{name}", width) for name, width in widths.items()}
    (shown,) = pictures(associations={"p": picture(renditions=renditions)})
    assert shown["url"] == f"https://x.example/{best}"


def test_its_other_sizes_go_with_a_picture_but_no_originals() -> None:
    sizes = {"original": 5000, "web": 1600, "half": 800, "thumb": 120, "unknown": None}
    renditions = {name: rendition(f"https://x.example/{name}", width) for name, width in sizes.items()}
    item = first(associations={"p": picture(renditions=renditions)})
    (shown,) = published(item).pictures
    assert (shown.url, [(one.url, one.width, one.height) for one in shown.renditions]) == (
        "https://x.example/web",
        [("https://x.example/half", 800, 400), ("https://x.example/thumb", 120, 60)],
    )
    many = {str(width): rendition(f"https://x.example/{width}", width) for width in range(300, 400)}
    (shown,) = published(first(associations={"p": picture(renditions=many)})).pictures
    assert (shown.width, len(shown.renditions)) == (399, 20)


@pytest.mark.parametrize(
    ("said", "caption"),
    [
        ({"description_text": None, "description_caption": "It"}, "It"),
        (
            {
                "description_text": "It",
                "description_usage": "Not for sale",
                "description_html": "<p>no</p>",
            },
            "It",
        ),
        (
            {"description_text": None, "description_xhtml": "<p>It,<br /> is &amp; was</p>"},
            "It, is & was",
        ),
        ({"description_text": None, "description_usage": "Not for sale"}, "The hall"),
        ({"description_text": "", "headline": ""}, ""),
        ({"description_text": 5, "headline": 5}, ""),
        ({"description_text": "It\x00\nis"}, "It is"),
    ],
)
def test_the_caption_is_what_is_said_for_readers(said: dict[str, Any], caption: str) -> None:
    (shown,) = pictures(associations={"p": picture(**said)})
    assert shown["caption"] == caption


def test_credit_and_alternative_text_are_kept() -> None:
    (shown,) = pictures(
        associations={"p": picture(byline="Ana", copyrightholder="x", description_alt="Shelves")}
    )
    assert (shown["credit"], shown["alt"]) == ("Ana", "Shelves")
    (shown,) = pictures(associations={"p": picture(copyrightholder="Agency", body_text="Shelves")})
    assert (shown["credit"], shown["alt"]) == ("Agency", "Shelves")


@pytest.mark.parametrize(
    "unusable",
    [
        picture(renditions={}),
        picture(renditions={"a": {}, "b": 5, "c": None}),
        picture(renditions={"a": rendition("ftp://agency.example/a.jpg")}),
        picture(renditions={"a": rendition("http://[/a.jpg", mimetype=None)}, pubstatus="withheld"),
        picture(renditions={"a": rendition("https://agency.example/a.tif", mimetype="image/tiff")}),
        picture(renditions={"a": rendition("https://agency.example/a.pdf?x=1", mimetype=None)}),
        picture(renditions={"a": rendition(["https://agency.example/a.jpg"])}),
        picture(pubstatus="canceled"),
        picture(embargoed="2026-11-15T10:30:01Z"),
        picture(embargoed="soon"),
        picture(type="text"),
        5,
    ],
)
def test_a_picture_that_cannot_be_used_is_left_out(unusable: Any) -> None:
    assert published(first(associations={"p": unusable})).pictures == ()


def test_a_picture_that_is_free_by_the_time_of_the_text_is_shown() -> None:
    late = "2026-11-16T00:00:00Z"
    assert pictures(associations={"p": picture(embargoed=late)}, embargoed=late)
    assert pictures(associations={"p": picture(embargoed="2026-11-15T10:30:00Z")})


def test_the_agencys_main_picture_comes_first() -> None:
    second = picture(renditions={"a": rendition("https://agency.example/second.jpg")})
    shown = pictures(associations={"editor_0": second, "featuremedia": picture()})
    assert [one["url"][-8:] for one in shown] == ["1600.jpg", "cond.jpg"]


def test_a_picture_that_the_body_shows_itself_is_not_shown_twice() -> None:
    address = "https://agency.example/5000.jpg?a=1&b=2"
    in_both = picture(renditions={"a": rendition(address)})
    shown = '<p>x</p><figure><img src="https://agency.example/5000.jpg?a=1&amp;b=2"></figure>'
    assert pictures(body_html=shown, associations={"p": in_both}) == []
    assert pictures(body_html=f'<p><a href="{address}">x</a></p>', associations={"p": in_both})


def test_the_items_own_images_are_one_picture() -> None:
    own = picture()["renditions"] | {
        "nitf": rendition("https://agency.example/text", mimetype="text/xml"),
        "unknown": rendition("https://agency.example/download", 1900, mimetype=None),
    }
    (shown,) = pictures(renditions=own, description_text="The hall")
    assert (shown["url"], shown["caption"]) == ("https://agency.example/1600.jpg", "The hall")
