"""Which files of a picture a browser may choose from: its `srcset`.

A picture may come in several renditions, some of them cut otherwise. Lists cut every picture to 3:2 anyway;
an article shows it whole, in the box that its own width and height reserve, so there only renditions of the
same ratio will do. Without the picture's own size its file, maybe the best, could not be among the choices.

Where a service makes pictures smaller, the choice is among widths that it makes of the widest file that shows
the same; none is wider than that file, where this is known. Drawings need no other size and stay as they are.
"""

from dataclasses import dataclass
from typing import Final

from services.render.core.pages.picture_service import PictureService, is_drawn
from shared.blocks import Picture

_ROUNDING: Final = 0.02
"""Agencies round the sides of their renditions, small ones most."""
_SMALL: Final = (128, 256, 384, 640, 960)
"""Widths for a row of a list, 5.5 to 7rem on up to three device pixels each, and for an upright card."""
_LARGE: Final = (480, 780, 1170, 1540, 1920)
"""Widths for a picture as wide as its column: a phone's on one to three device pixels each; 43 to 48rem."""
_FALLBACK: Final = 1000


@dataclass(frozen=True, slots=True)
class Files:
    """A picture's address, and the files to choose from, narrow to wide; `srcset` is "" without a choice."""

    url: str
    srcset: str


def files(picture: Picture, service: PictureService | None, *, whole: bool, large: bool) -> Files:
    """Give what a page loads of a picture.

    `whole`: the picture is not cut; `large`: it may be as wide as a column.
    """
    if service is None or is_drawn(picture.url):
        return Files(picture.url, srcset(picture, whole=whole))
    by_width = _by_width(picture, whole=True)
    most = max(by_width) if by_width else picture.width
    widest = by_width[most] if by_width and most else picture.url
    widths = sorted({min(width, most or width) for width in (_LARGE if large else _SMALL)})
    made = {width: service.address(widest, width) for width in widths}
    fallback = max((width for width in widths if width <= _FALLBACK), default=widths[0])
    return Files(made[fallback], _written(made) if len(made) > 1 else "")


def srcset(picture: Picture, *, whole: bool) -> str:
    """Write the publisher's own files, narrow to wide; "" where there is no choice."""
    by_width = _by_width(picture, whole=whole)
    if len(by_width) < 2 or picture.url.endswith(","):
        return ""
    return _written(by_width)


def _by_width(picture: Picture, *, whole: bool) -> dict[int, str]:
    if not (picture.renditions and picture.width and picture.height):
        return {}
    by_width = {picture.width: picture.url}
    for one in picture.renditions:
        height = one.width * picture.height / picture.width
        fits = one.height is None or abs(one.height - height) <= max(1, _ROUNDING * height)
        # a comma at an address's end would be read as the one between two files
        if (fits or not whole) and one.url != picture.url and not one.url.endswith(","):
            by_width.setdefault(one.width, one.url)
    return by_width


def _written(by_width: dict[int, str]) -> str:
    return ", ".join(f"{url} {width}w" for width, url in sorted(by_width.items()))
