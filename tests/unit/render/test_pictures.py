"""Which files of a picture a browser may choose from, and where it is told."""

from dataclasses import replace

import pytest

from services.render.core.fragments import Fragments, environment
from services.render.core.pictures import srcset
from shared.blocks import Picture, PictureBlock, Rendition
from tests.builders import published
from tests.unit.render.reading import Reading
from tests.unit.render.test_fragments import PIECES, SECTIONS, TEMPLATES, TODAY, story


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
    pieces = Fragments(site, PIECES.scribe, environment(TEMPLATES))
    page = Reading(
        pieces.article_top(article, SECTIONS, TODAY) + pieces.card(story("a", pictures=(shown,)), TODAY)
    )
    told = [value for tag, name, value in page.attributes if (tag, name) == ("img", "referrerpolicy")]
    # in lists the header of the page says it, unless it is to be another
    assert told == [policy] * (2 if policy == "no-referrer" else 3)
