"""Idempotency-Key: which request repeats an earlier one, and which uses its key for something else.

A request with a key is named after the key and its body instead of at random, and the name travels with the
input. What an accepted input becomes carries the names of the last few requests of its article, its own
included. So the newest record of an article, which compaction keeps, is enough to know them: after a restart,
in every instance, for as long as the article is in the log.
"""

import hashlib
import re
from typing import Final, Literal

from services.ingest.core.faults import Fault, Rejection

Judgement = Literal["new", "repeat", "misused"]

KEY: Final = r"[!-~]{1,255}"
"""What a key may be: visible ASCII characters."""
REMEMBERED: Final = 8
"""Requests per article; each is 38 bytes in a header of every record that the article gets from then on."""

REQUEST_BYTES: Final = 16
"""Of a name written as short as it goes."""

_NAME: Final = re.compile(r"(idem-[0-9a-f]{16})-[0-9a-f]{16}\Z")


def name_request(publisher: str, key: str, body: bytes) -> str:
    """Name a request after the publisher's key and what it says."""
    return f"idem-{_digest(f'{publisher} {key}'.encode())}-{_digest(body)}"


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def key_of(name: str) -> str | None:
    """Give the part of a request's name that stands for its key; None if it has none."""
    found = _NAME.match(name)
    return found and found[1]


def request_in_bytes(name: str) -> bytes:
    """Write the name of a request with a key in 16 bytes; ValueError if it has none."""
    if key_of(name) is None:
        raise ValueError(f"{name} is not the name of a request with a key")
    _, key, body = name.split("-")
    return bytes.fromhex(key + body)


def request_from(content: bytes) -> str:
    """Read the name that `request_in_bytes` wrote."""
    digests = content.hex()
    return f"idem-{digests[:16]}-{digests[16:]}"


def says(name: str, body: bytes) -> bool:
    """Tell whether the request of this name, made with a key, said this."""
    return key_of(name) is not None and name.endswith(_digest(body))


def judge(name: str, accepted: tuple[str, ...]) -> Judgement:
    """Compare a request with those accepted before it."""
    if name in accepted:
        return "repeat"
    key = key_of(name)
    return "misused" if key is not None and key in map(key_of, accepted) else "new"


def remember(accepted: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Give the requests to know from now on; one without a key is not remembered."""
    return accepted if key_of(name) is None else (*accepted, name)[-REMEMBERED:]


def misused(article_id: str) -> Rejection:
    """Refuse an input whose key was used for another one."""
    found = "this Idempotency-Key was used for another message; use a new key"
    return Rejection(409, found, (Fault("", found),), article_id)
