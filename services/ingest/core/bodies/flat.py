"""A line as bare text, for captions and titles, which have no marks.

What would mean something else without its mark is written in other letters, or left out and told.
"""

from typing import Final

from services.ingest.core.bodies.body import Body, excerpt
from services.ingest.core.bodies.line import Written

_RAISED: Final = dict(zip("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", strict=True))
_LOWERED: Final = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))
_OTHER: Final = {"superscript": _RAISED, "footnote": _RAISED, "subscript": _LOWERED}


def flat(line: Written, body: Body) -> str:
    """Give the text of a line."""
    text: str = line["text"]
    marks = line.get("marks")
    if not marks:
        return text
    letters = list(text)
    for mark in marks:
        kind, start, end = mark["kind"], mark["start"], mark["end"]
        if kind == "deleted":
            letters[start:end] = [""] * (end - start)
            body.note("set aside", "deleted", f"struck out in a caption or title: {excerpt(text[start:end])}")
        elif other := _OTHER.get(kind):
            letters[start:end] = [other.get(letter, letter) for letter in letters[start:end]]
            if not set(text[start:end]) <= other.keys():
                body.note("changed", "element", f"{kind} in a caption or title: {excerpt(text[start:end])}")
        elif kind == "ruby":
            letters[end - 1] += f"（{mark['text']}）"
        elif kind == "link":
            body.note("set aside", "link", "a link in a caption or title: its text stays")
    return "".join(letters)
