"""Whether any of several marks stands in a text: asked of every body, of which nearly none has one."""

from collections.abc import Iterable


def has_any(text: str, marks: Iterable[str]) -> bool:
    """Tell whether one of these marks stands in a text.

    The last sign of each is looked for first: in a Chinese text one is found twenty times as fast as two.
    """
    for mark in marks:  # noqa: SIM110 - a generator takes half as long again
        if mark[-1] in text and mark in text:
            return True
    return False
