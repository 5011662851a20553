"""The token that shows a view comes from a page of ours, and from a fresh one.

It is a keyed hash of the current ten minutes, the same on all pages, so it costs a page nothing and says
nothing about its reader. Accepted are the current slot, the one before (the page was open a while, or lay in
a cache) and the one after (the replica that made it has a faster clock).
"""

import hmac
from base64 import urlsafe_b64encode
from typing import Final

SLOT_S: Final = 600


def slot_of(now_s: float) -> int:
    """Give the number of the ten minutes in which Unix second `now_s` lies."""
    return int(now_s // SLOT_S)


def token(key: bytes, slot: int) -> str:
    """Make the token of a slot: 16 URL-safe characters."""
    return urlsafe_b64encode(hmac.digest(key, b"view/%d" % slot, "sha256")[:12]).decode()


def accepts(key: bytes, shown: str, now_s: float) -> bool:
    """Tell whether a token is one of the slots that count at `now_s`."""
    slot = slot_of(now_s)
    given = shown.encode(errors="replace")
    return any(hmac.compare_digest(token(key, s).encode(), given) for s in (slot, slot - 1, slot + 1))
