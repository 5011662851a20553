"""Which files of a picture a browser may choose from, and where it is told."""

from dataclasses import replace

import pytest

from services.render.core.pages.picture_service import PictureService
from services.render.core.pages.pictures import files, srcset
from services.render.core.pages.templates import Templates, jinja_environment
from services.render.settings import Settings
from shared.blocks import Picture, PictureBlock, Rendition
from tests.builders import published
from tests.unit.render.pages.test_fragments import PIECES, SECTIONS, TEMPLATES, TODAY, story
from tests.unit.render.reading import Reading


def size(width: int, height: int | None = None, url: str = "") -> Rendition:
    return Rendition(url=url or f"https://p.example/{width}.jpg", width=width, height=height)


def picture(*renditions: Rendition, width: int | None = 1200, height: int | None = 800) -> Picture:
    return Picture(url="https://p.example/own.jpg", width=width, height=height, renditions=renditions)


@pytest.mark.parametrize(
    ("renditions", "whole", "cut"),
    [
        ((size(600, 400),), [600, 1200], [600, 1200]),
        ((size(2000, 1333), size(300), size(640, 427)), [300, 640, 1200, 2000], [300, 640, 1200, 2000]),
        ((size(300, 300), size(600, 400)), [600, 1200], [300, 600, 1200]),
        ((size(300, 300),), [], [300, 1200]),
        ((size(90, 61),), [90, 1200], [90, 1200]),
        ((size(900, 630),), [], [900, 1200]),
        ((size(600), size(600, url="https://p.example/again.jpg"), size(1200)), [600, 1200], [600, 1200]),
        ((size(300, url="https://p.example/own.jpg"),), [], []),
        ((size(300, url="https://p.example/a,"), size(600)), [600, 1200], [600, 1200]),
        ((), [], []),
    ],
)
def test_the_files_fit_and_rise_in_width(
    renditions: tuple[Rendition, ...], whole: list[int], cut: list[int]
) -> None:
    def expected(widths: list[int]) -> str:
        return ", ".join(f"https://p.example/{'own' if w == 1200 else w}.jpg {w}w" for w in widths)

    shown = picture(*renditions)
    assert srcset(shown, whole=True) == expected(whole)
    assert srcset(shown, whole=False) == expected(cut)


@pytest.mark.parametrize(
    "shown",
    [
        Picture(url="https://p.example/own.jpg", width=1200, height=800),
        picture(size(600), width=None),
        picture(size(600), height=None),
        picture(size(600)).model_copy(update={"url": "https://p.example/own.jpg?a,"}),
    ],
)
def test_there_is_no_choice_that_would_lose_the_pictures_own_file(shown: Picture) -> None:
    assert srcset(shown, whole=False) == srcset(shown, whole=True) == ""


def test_every_place_of_a_picture_offers_the_choice() -> None:
    shown = picture(size(300, 300), size(600, 400))
    whole, cut = srcset(shown, whole=True), srcset(shown, whole=False)
    article = published(pictures=(shown, shown), blocks=(PictureBlock(picture=shown),))
    top, end = PIECES.article_top(article, SECTIONS, TODAY), PIECES.article_end(article)
    assert Reading(top + end).all("srcset") == [whole] * 3
    one = story("one", pictures=(shown,))
    lazy, first = Reading(PIECES.hot_entry(one, TODAY)), Reading(PIECES.home(one, (), b"", (), today=TODAY))
    assert lazy.all("srcset") == first.all("srcset") == [cut]
    assert lazy.all("sizes")[0].startswith("auto, ")
    assert "auto" not in first.all("sizes")[0]


def test_a_picture_without_renditions_is_only_an_address() -> None:
    assert Reading(PIECES.hot_entry(story("one", pictures=(picture(),)), TODAY)).all("srcset") == []


@pytest.mark.parametrize("policy", ["no-referrer", "strict-origin"])
def test_whoever_keeps_a_picture_is_told_as_much_of_its_page_as_the_site_says(policy: str) -> None:
    shown = picture()
    article = published(pictures=(shown,), blocks=(PictureBlock(picture=shown),))
    site = replace(PIECES.site, referrer=policy)
    pieces = Templates(site, PIECES.converter, jinja_environment(TEMPLATES))
    page = Reading(
        pieces.article_top(article, SECTIONS, TODAY) + pieces.card(story("a", pictures=(shown,)), TODAY)
    )
    told = [value for tag, name, value in page.attributes if (tag, name) == ("img", "referrerpolicy")]
    # the header of the page says it, unless it is to be another
    assert told == ([] if policy == "no-referrer" else [policy] * 3)


SERVICE = PictureService("https://i.example/{width}?u={base64}")


def widths(written: str) -> list[int]:
    return [int(one.rpartition(" ")[2].removesuffix("w")) for one in written.split(", ")]


@pytest.mark.parametrize(
    ("width", "large", "expected"),
    [
        (4000, False, [128, 256, 384, 640, 960]),
        (4000, True, [480, 780, 1170, 1540, 1920]),
        (1200, True, [480, 780, 1170, 1200]),
        (400, False, [128, 256, 384, 400]),
        (None, True, [480, 780, 1170, 1540, 1920]),
    ],
)
def test_a_service_is_asked_for_widths_of_the_page_up_to_the_pictures_own(
    width: int | None, large: bool, expected: list[int]
) -> None:
    shown = files(picture(width=width), SERVICE, whole=False, large=large)
    assert widths(shown.srcset) == expected
    assert all(f"https://i.example/{one}?u=" in shown.srcset for one in expected)
    assert shown.url == SERVICE.address(
        "https://p.example/own.jpg", max(one for one in expected if one <= 1000)
    )


def test_a_service_makes_its_files_of_the_widest_that_shows_the_same() -> None:
    shown = picture(size(300, 200), size(2400, 1600), size(3000, 3000))
    for whole in (True, False):
        assert files(shown, SERVICE, whole=whole, large=False).url == SERVICE.address(
            "https://p.example/2400.jpg", 960
        )


def test_a_picture_as_small_as_the_smallest_file_has_no_choice() -> None:
    small = files(picture(width=90), SERVICE, whole=False, large=True)
    assert (small.url, small.srcset) == (SERVICE.address("https://p.example/own.jpg", 90), "")


def test_a_drawing_goes_to_no_service() -> None:
    drawn = Picture(url="https://p.example/a.svg", width=900, height=600)
    assert files(drawn, SERVICE, whole=True, large=True).url == drawn.url


def test_every_picture_of_a_page_is_the_services_and_those_of_feeds_and_previews_are_not() -> None:
    shown = picture(width=4000)
    article = published(pictures=(shown, shown), blocks=(PictureBlock(picture=shown),))
    one = story("one", pictures=(shown,))
    templates = jinja_environment(TEMPLATES)
    pieces = Templates(replace(PIECES.site, pictures=SERVICE), PIECES.converter, templates)
    top = pieces.article_top(article, SECTIONS, TODAY)
    for page in (
        top + pieces.article_end(article),
        pieces.hot_entry(one, TODAY) + pieces.card(one, TODAY),
        pieces.home(one, (one,), b"", [("国际", (one,))], today=TODAY),
        pieces.section("国际", (one, one), b"", None, today=TODAY),
    ):
        read = Reading(page)
        addresses = [value for tag, name, value in read.attributes if (tag, name) == ("img", "src")]
        assert len(addresses) >= 2
        assert all(address.startswith("https://i.example/") for address in addresses)
        assert len(read.all("srcset")) == len(read.all("sizes")) == len(addresses)
    assert 'property="og:image" content="https://p.example/own.jpg"' in top.decode()
    feed = Reading(templates.get_template("feed_content.html").render(article=article, notes=None).encode())
    assert feed.all("src") == ["https://p.example/own.jpg"] * 3
    assert feed.all("srcset") == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("https:",)),
        ({"picture_url": "https://i.example:8443/{width}/{url}"}, ("https://i.example:8443",)),
        ({"picture_url": "/i/{width}/{url}"}, ()),
        ({"picture_url": "{url}?w={width}"}, ("https:",)),
        (
            {"picture_url": "https://i.example/{width}/{url}", "picture_hosts": "p.example"},
            ("https://i.example", "p.example"),
        ),
    ],
)
def test_of_a_service_publishers_hosts_are_only_those_that_are_named(
    settings: dict[str, str], expected: tuple[str, ...]
) -> None:
    assert Settings.model_validate(settings).picture_sources == expected
