"""Reading an input beside the event loop where that may take long.

A body that is made to be slow takes seconds to read as HTML or Markdown. Meanwhile the loop must go on: a
worker that is silent for longer than its session loses its partitions, and the next one meets the same body.
"""

import asyncio
from typing import Final

from services.ingest.core.faults import Rejection
from services.ingest.core.reading import Defaults, Headers, read
from services.ingest.core.submissions import Submission

LARGE_BYTES: Final = 50_000
"""No input below it takes longer than some tenths of a second; a thread for each would cost more."""


async def read_bounded(
    value: bytes | None, defaults: Defaults, headers: Headers = ()
) -> Submission | Rejection:
    """Read an input's bytes as what was meant; never raises."""
    if value is None or len(value) < LARGE_BYTES:
        return read(value, defaults, headers)
    return await asyncio.to_thread(read, value, defaults, headers)
