"""The demonstration's pictures: drawn the same every time, small, and well-formed."""

from itertools import product
from xml.etree import ElementTree

import pytest

from dev.demo.palettes import PALETTES
from dev.demo.paper import articles
from dev.demo.pictures import SCENES, draw


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_in_every_palette_is_a_small_well_formed_picture(scene: str) -> None:
    for palette, seed in product(PALETTES, range(10)):
        svg = draw.__wrapped__(f"{scene}-{palette}-{seed}")
        assert len(svg.encode()) <= 6 * 1024
        root = ElementTree.fromstring(svg)  # noqa: S314 - our own drawing
        assert (root.get("width"), root.get("height")) == ("1200", "800")
        assert "nan" not in svg


def test_a_name_is_always_the_same_picture_and_another_seed_is_another() -> None:
    assert draw.__wrapped__("sea-dawn-1") == draw.__wrapped__("sea-dawn-1") != draw("sea-dawn-2")


@pytest.mark.parametrize(
    "name", ["", "sea", "sea-dawn", "sea-dawn-100", "sea-nowhere-1", "moat-dawn-1", "../x"]
)
def test_there_is_no_other_picture(name: str) -> None:
    with pytest.raises(KeyError):
        draw(name)


def test_every_article_has_a_picture_that_exists_and_of_its_own() -> None:
    named = [article.picture for article in articles() if article.picture]
    assert len(set(named)) == len(named)
    assert all(draw(name) for name in named)
