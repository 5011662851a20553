"""A finished answer: its bytes, their tag, and the same compressed."""

import gzip
from hashlib import blake2b
from typing import Final

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"


class Page:
    """An answer's bytes; the tag is made of them alone, so replicas agree on it."""

    __slots__ = ("_gzip", "body", "media_type", "status", "tag")

    def __init__(self, status: int, media_type: str, body: bytes) -> None:
        self.status = status
        self.media_type = media_type
        self.body = body
        self.tag = blake2b(body, digest_size=12).hexdigest()
        self._gzip: bytes | None = None

    @property
    def gzip(self) -> bytes:
        """The body compressed, when first asked for."""
        if self._gzip is None:
            self._gzip = gzip.compress(self.body, 5, mtime=0)
        return self._gzip
