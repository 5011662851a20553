"""The pictures of the demonstration's articles: scene, palette and seed make an SVG, always the same one.

A picture's name says all there is to know, `lighthouse-dusk-3`, so nothing is kept on disk.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Final

from dev.demo.brush import HEIGHT, WIDTH
from dev.demo.palettes import PALETTES, Palette
from dev.demo.scenes import indoors, land, sport, town, water

Scene = Callable[[Random, Palette], list[str]]

SCENES: Final[dict[str, Scene]] = {
    scene.__name__: scene
    for scene in (
        *(
            land.hills,
            land.peaks,
            land.terraces,
            land.fields,
            land.trees,
            land.kites,
            land.stars,
            land.windmill,
        ),
        *(water.sea, water.lighthouse, water.harbour, water.bridge, water.whale, water.rain),
        *(town.houses, town.market, town.railway, town.shop, town.seats, town.rooftops),
        *(sport.stadium, sport.track, sport.pool, sport.court, sport.cycling, sport.climbing),
        *(indoors.shelves, indoors.tea, indoors.workshop, indoors.greenhouse, indoors.chart),
    )
}
_NAME: Final = re.compile(r"([a-z]+)-([a-z]+)-([0-9]{1,2})")


@lru_cache(maxsize=256)
def draw(name: str) -> str:
    """Draw the picture of that name as an SVG of at most 6 KB; KeyError if there is none."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise KeyError(name)
    scene, palette = SCENES[match[1]], PALETTES[match[2]]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<linearGradient id="s" x2="0" y2="1"><stop stop-color="{palette.sky}"/>'
        f'<stop offset=".8" stop-color="{palette.glow}"/></linearGradient>'
        f'<path d="M0 0h{WIDTH}v{HEIGHT}H0z" fill="url(#s)"/>'
        f"{''.join(scene(Random(name), palette))}</svg>"
    )
