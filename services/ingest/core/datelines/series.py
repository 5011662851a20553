"""Which series a title belongs to: the name in 【】 at its very beginning.

A mark of form in the same brackets — 【视频】, 【图】, 【更新】, 【独家】 — says how the piece is made or how
fresh it is. It joins articles that have nothing to do with each other, so it is no series; neither is a
dateline there. A kind of writing (【社论】, 【人物】) stays one: readers do look for the others.
"""

import re
from typing import Final

from services.ingest.core.datelines.dateline import find_dateline
from services.ingest.core.datelines.names import FORM_WORDS

_SERIES: Final = re.compile(r"【(?P<name>[^【】]{1,20})】(?=\s*\S)")
_OF_FORM: Final = re.compile(rf"(?:{'|'.join(FORM_WORDS)}|[\W\d_])+", re.IGNORECASE)
"""Marks of form, joined or with a time or number, 【图/视频】, 【15:30更新】; and what has no letter."""


def find_series(title: str) -> str | None:
    """Find the series that a title begins with, without its brackets."""
    found = _SERIES.match(title)
    if found is None or _OF_FORM.fullmatch(found["name"]) or find_dateline(found.group()):
        return None
    return found["name"]
