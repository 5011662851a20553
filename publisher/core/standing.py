"""Whether what is to be sent stands already, by the newest record of its article.

A request is named after what it says and after the record that it would replace. So the same text sent again
is recognised, in another run and on another machine, and a text that comes back after another one stood is a
request of its own.
"""

from typing import NamedTuple

from services.ingest.core.idempotency import name_request, says


class Newest(NamedTuple):
    """The newest record of an article."""

    position: str = ""
    """Where the input that it came of lies; empty where there is no record."""
    request: str = ""
    is_text: bool = False


NONE = Newest()


def request_for(value: bytes, newest: Newest) -> str | None:
    """Name the request that makes an input stand; None if it does already."""
    if newest.is_text and says(newest.request, value):
        return None
    return name_request("publisher", f"{newest.position} {name_request('', '', value)}", value)
