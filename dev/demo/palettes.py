"""The colours of the demonstration's pictures: muted, so that ten of them side by side stay calm on paper.

Every scene is drawn with the same nine roles, so any scene goes with any palette.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Palette:
    """Nine roles: the sky at its top and at the horizon, four distances, two lights, one accent."""

    sky: str
    glow: str
    far: str
    mid: str
    near: str
    deep: str
    pale: str
    sun: str
    accent: str


PALETTES: Final = {
    "dawn": Palette(
        "#ecdcc8", "#f7eddd", "#dcc5a8", "#bd9f7e", "#8d7058", "#54433a", "#fbf5ea", "#cf6a52", "#c98a54"
    ),
    "mist": Palette(
        "#c3d0cc", "#e4eae4", "#a9bcb7", "#7f9a97", "#557573", "#2f4a4d", "#f3f4ec", "#dd9c68", "#c9774f"
    ),
    "lake": Palette(
        "#cfdae7", "#ebf0f3", "#b3c4d8", "#88a0bf", "#5a7799", "#2f4564", "#f5f5f0", "#e3b062", "#cb7857"
    ),
    "rose": Palette(
        "#e8d3cf", "#f6eae2", "#d9b9b4", "#b98f8d", "#8b6468", "#533d45", "#fbf3ec", "#e0a15c", "#b3554c"
    ),
    "sage": Palette(
        "#dde3d2", "#f2f2e3", "#c0caa8", "#94a67d", "#66805a", "#38513f", "#f8f6e8", "#df9158", "#c2664b"
    ),
    "amber": Palette(
        "#eedbb0", "#f8eed4", "#dcc58c", "#b9a163", "#827c4e", "#454b38", "#fcf6e4", "#d6703f", "#a65d3f"
    ),
    "jade": Palette(
        "#c6ded7", "#ebf3eb", "#9dc4b9", "#6fa598", "#437d76", "#214d50", "#f6f6ea", "#ecb066", "#d3735a"
    ),
    "dusk": Palette(
        "#7d83a0", "#ecc3a3", "#a295aa", "#77718d", "#4f5270", "#2d3149", "#f6e9d8", "#f2c98e", "#d67d5e"
    ),
    "night": Palette(
        "#1f2c47", "#4d6380", "#415675", "#31445f", "#223149", "#141e31", "#efe5cd", "#f1dfae", "#dd9d5b"
    ),
}
