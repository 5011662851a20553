"""Which files of a picture a browser may choose from: its `srcset`.

A picture may come in several renditions, some of them cut otherwise. Lists cut every picture to 3:2 anyway;
an article shows it whole, in the box that its own width and height reserve, so there only renditions of the
same ratio will do. Without the picture's own size its file, maybe the best, could not be among the choices.
"""

from typing import Final

from shared.blocks import Picture

_ROUNDING: Final = 0.02
"""Agencies round the sides of their renditions, small ones most."""


def srcset(picture: Picture, *, whole: bool) -> str:
    """Write the files to choose from, narrow to wide; "" where there is no choice.

    `whole`: the picture is not cut.
    """
    if not (picture.renditions and picture.width and picture.height):
        return ""
    by_width = {picture.width: picture.url}
    for one in picture.renditions:
        height = one.width * picture.height / picture.width
        fits = one.height is None or abs(one.height - height) <= max(1, _ROUNDING * height)
        # a comma at an address's end would be read as the one between two files
        if (fits or not whole) and one.url != picture.url and not one.url.endswith(","):
            by_width.setdefault(one.width, one.url)
    if len(by_width) == 1 or picture.url.endswith(","):
        return ""
    return ", ".join(f"{url} {width}w" for width, url in sorted(by_width.items()))
