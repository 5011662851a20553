"""The strokes that the scenes are made of; each gives a piece of SVG or of a path, in whole pixels.

The sheet is 1200 by 800, the origin at the top left.
"""

from collections.abc import Iterable
from itertools import pairwise
from random import Random
from typing import Final

WIDTH: Final = 1200
HEIGHT: Final = 800


def shape(d: str, fill: str, opacity: float = 1) -> str:
    """Fill a path."""
    return f'<path d="{d}" fill="{fill}"{_faint(opacity)}/>'


def stroke(d: str, colour: str, width: float, opacity: float = 1) -> str:
    """Draw a path as a line with round ends."""
    return (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-linecap="round"'
        f"{_faint(opacity)}/>"
    )


def disc(x: float, y: float, r: float, fill: str, opacity: float = 1) -> str:
    """Fill a circle."""
    return f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}" fill="{fill}"{_faint(opacity)}/>'


def box(x: float, y: float, w: float, h: float) -> str:
    """Give the path of an upright rectangle; several can share one shape."""
    return f"M{x:.0f} {y:.0f}h{w:.0f}v{h:.0f}h{-w:.0f}z"


def dot(x: float, y: float, r: float) -> str:
    """Give the path of a circle; many in one shape cost a third of as many discs."""
    return f"M{x - r:.0f} {y:.0f}a{r:.0f} {r:.0f} 0 1 0 {2 * r:.0f} 0a{r:.0f} {r:.0f} 0 1 0 {-2 * r:.0f} 0"


def polygon(*corners: tuple[float, float]) -> str:
    """Give the path of a closed polygon."""
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in corners) + "z"


def curve(points: Iterable[tuple[float, float]]) -> str:
    """Give an open, smooth path through the middles between the points."""
    (x, y), *rest = points
    bends = "".join(
        f"Q{a:.0f} {b:.0f} {(a + c) / 2:.0f} {(b + e) / 2:.0f}" for (a, b), (c, e) in pairwise(rest)
    )
    end_x, end_y = rest[-1]
    return f"M{x:.0f} {y:.0f}{bends}L{end_x:.0f} {end_y:.0f}"


def ridge(rng: Random, y: float, swing: float, step: int = 170) -> str:
    """Give the path of a soft ridge at height `y`, filled down to the lower edge."""
    points = [(x, y + rng.uniform(-swing, swing)) for x in range(-step, WIDTH + 2 * step, step)]
    return f"{curve(points)}V{HEIGHT}H{-step}z"


def figure(x: float, y: float, size: float) -> str:
    """Give the path of a standing person, `size` high, feet at (x, y)."""
    head, half = size * 0.15, size * 0.2
    neck = y - size + 2.2 * head
    return (
        dot(x, y - size + head, head)
        + f"M{x - half:.0f} {y:.0f}V{neck + half:.0f}a{half:.0f} {half:.0f} 0 0 1 {2 * half:.0f} 0V{y:.0f}z"
    )


def place(x: float, y: float, *drawn: str, scale: float = 1, turn: float = 0) -> str:
    """Move what was drawn around (0, 0) to (x, y), enlarged and turned by so many degrees."""
    more = (f"scale({scale:.3g})" if scale != 1 else "") + (f"rotate({turn:.0f})" if turn else "")
    return f'<g transform="translate({x:.0f} {y:.0f}){more}">{"".join(drawn)}</g>'


def birds(rng: Random, x: float, y: float, colour: str, count: int = 4) -> str:
    """Draw a few far birds around a point."""
    wings = ""
    for _ in range(count):
        s = rng.uniform(10, 18)
        left, top = x + rng.uniform(-110, 110), y + rng.uniform(-45, 45)
        lift = f"{-s * 0.7:.0f} {s:.0f} 0"
        wings += f"M{left:.0f} {top:.0f}q{s * 0.6:.0f} {lift}q{s * 0.4:.0f} {lift}"
    return stroke(wings, colour, 3, 0.8)


def _faint(opacity: float) -> str:
    return "" if opacity == 1 else f' opacity="{opacity:g}"'
