"""What a text says where its marks cannot be shown: in an excerpt, a description, the search.

What is struck out does not stand, and the sign of a footnote is no part of the sentence. A raised or lowered
figure is written as Unicode has it, where it has one: the square of m, and ten to the third, not 103.
"""

from typing import Final

from shared.blocks import Text

GONE: Final = {"deleted", "footnote"}
"""Marks over what does not stand."""
FIGURES: Final = "0123456789+-=()"
SHIFTED: Final = {"superscript": "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾", "subscript": "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"}
"""The same, raised and lowered."""
_MAPS: Final = {kind: dict(zip(FIGURES, shifted, strict=True)) for kind, shifted in SHIFTED.items()}
_LONGEST: Final = 16
"""Characters of a raised or lowered figure; more is no figure."""


def plain_text(text: Text) -> str:
    """Give what a text says without its marks."""
    if not text.marks:
        return text.text
    letters = list(text.text)
    for mark in text.marks:
        shifted = _MAPS.get(mark.kind)
        if shifted is not None and mark.end - mark.start <= _LONGEST:
            figure = letters[mark.start : mark.end]
            if all(letter in shifted for letter in figure):
                letters[mark.start : mark.end] = [shifted[letter] for letter in figure]
    written: list[str] = []
    at = 0
    for mark in sorted(text.marks, key=lambda mark: mark.start):
        if mark.kind in GONE and mark.end > at:
            written += letters[at : mark.start]
            at = mark.end
    return "".join((*written, *letters[at:]))


def mark_texts(text: Text) -> tuple[str, ...]:
    """Give what marks say that the text does not: readings, and what abbreviations stand for."""
    return tuple(
        mark.text for mark in text.marks or () if mark.kind in ("ruby", "abbreviation") and mark.text
    )
