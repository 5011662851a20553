"""What a newsroom writes by custom — dateline, series, credit of a picture — found as data.

The texts are never changed: a dateline is the exact beginning of the first paragraph, a series stands at a
title's beginning, a credit at a caption's end, and all of them are read where they stand. A false hit would
set ordinary words in bold, name a wrong place or make a page for a series that is none: in doubt nothing is
found. Only a bounded stretch of a text is looked at, so the time does not grow with the text.
"""

from services.ingest.core.datelines.credit import find_credit
from services.ingest.core.datelines.dateline import find_dateline
from services.ingest.core.datelines.series import find_series

__all__ = ["find_credit", "find_dateline", "find_series"]
