"""A finished answer, joined of fragments that are hashed and compressed once, whatever pages show them.

A fragment is deflated by itself up to a whole byte, so a page's packed fragments behind one another are one
gzip member: header, fragments, an empty last block, checksum, length (RFC 1951, RFC 1952). As no fragment
can refer to another, that is a tenth more bytes than the whole page compressed; and nearly no work, as mostly
one fragment of a page is new. The checksum is computed over the whole page: at gigabytes a second that is
less than combining those of the fragments.
"""

import zlib
from hashlib import blake2b
from typing import Final

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"

_LEVEL: Final = 6
_HEAD: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
"""Deflated, no name, no time (replicas send the same bytes), unknown system."""
_LAST_BLOCK: Final = b"\x03\x00"
_MAIN: Final = b"<main"
"""Before it, a page is ASCII as a rule, and behind it Chinese: each is deflated by a code of its own."""


class Fragment:
    """A stretch of pages' bytes, always the same object as long as its bytes are."""

    __slots__ = ("_packed", "body", "digest")

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.digest = blake2b(body, digest_size=12).digest()
        self._packed: bytes | None = None

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes, packed too."""
        return len(self.body) * 4 // 3 + 200

    @property
    def packed(self) -> bytes:
        """The bytes deflated up to a whole byte, when first asked for."""
        if self._packed is None:
            # a small fragment in a small window: clearing a large one would cost more than compressing
            small = len(self.body) <= 4096
            deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -12 if small else -15, 7 if small else 8)
            head, main, text = self.body.partition(_MAIN)
            packed = deflate.compress(head)
            if main:
                packed += deflate.flush(zlib.Z_BLOCK) + deflate.compress(main + text)
            self._packed = packed + deflate.flush(zlib.Z_SYNC_FLUSH)
        return self._packed


class Page:
    """An answer: `status`, `media_type`, `tag`, and its bytes as `body` or as `gzip`.

    The tag is made of the fragments' bytes alone, so replicas that cut alike agree on it. A page never
    changes, and is the same object as long as it is the right answer: what is made of it is kept with it.

    What programs of others read says `since` when (Unix s) it is so: since the second before it was made,
    or the next one that no version before it has at this address, which may lie ahead.
    """

    __slots__ = ("_body", "_gzip", "fragments", "heads", "media_type", "since", "size", "status", "tag")

    def __init__(self, status: int, media_type: str, *fragments: Fragment, since: int | None = None) -> None:
        self.since = since
        self.status = status
        self.media_type = media_type
        self.fragments = fragments
        self.size = sum(len(fragment.body) for fragment in fragments)
        digests = b"".join([fragment.digest for fragment in fragments])
        self.tag = blake2b(digests, digest_size=12).hexdigest()
        self.heads: dict[bool, tuple[str, tuple[bytes, bytes] | None, bytes, bytes]] = {}
        """By whether compressed, what `adapters/http/answer.py` writes before the bytes."""
        self._body: bytes | None = None
        self._gzip: bytes | None = None

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes besides its fragments, if asked for in both forms."""
        return self.size * 4 // 3 + 2000

    @property
    def body(self) -> bytes:
        """The bytes as they are."""
        if self._body is None:
            self._body = b"".join([fragment.body for fragment in self.fragments])
        return self._body

    @property
    def gzip(self) -> bytes:
        """The bytes as one gzip member."""
        if self._gzip is None:
            checksum = 0
            for fragment in self.fragments:
                checksum = zlib.crc32(fragment.body, checksum)
            packed = [fragment.packed for fragment in self.fragments]
            end = checksum.to_bytes(4, "little") + (self.size & 0xFFFFFFFF).to_bytes(4, "little")
            self._gzip = b"".join((_HEAD, *packed, _LAST_BLOCK, end))
        return self._gzip
