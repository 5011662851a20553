"""The files beside the pages, each at an address that holds its hash: kept for ever, never stale."""

import gzip
import re
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from services.render.adapters.http.answer import Answer, takes_gzip

_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json",
}
_FOR_EDITORS: Final = re.compile(rb"/\*.*?\*/|\n", re.DOTALL)
"""What a style sheet holds for those alone who edit it: comments, and every rule on a line of its own."""
_OF_SCRIPTS_FOR_EDITORS: Final = re.compile(rb"^ *//.*\n|^ +", re.MULTILINE)
"""What a script holds for those alone: lines of comments, and indentation."""
_VARIABLE: Final = re.compile(rb"--[a-z]+")


@dataclass(frozen=True, slots=True)
class _File:
    media_type: str
    plain: bytes
    packed: bytes


class Static:
    """The files of a folder, read once; `addresses` says where each is."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, _File] = {}
        self.addresses: dict[str, str] = {}
        for path in sorted(folder.iterdir()):
            plain = path.read_bytes()
            if path.suffix == ".css":
                plain = _as_sent(plain)
            if path.suffix == ".js":
                plain = _OF_SCRIPTS_FOR_EDITORS.sub(b"", plain)
            address = f"/static/{path.stem}.{blake2b(plain, digest_size=8).hexdigest()}{path.suffix}"
            self.addresses[path.name] = address
            self._files[address] = _File(_MEDIA_TYPES[path.suffix], plain, gzip.compress(plain, mtime=0))

    def answer(self, address: str, accept_encoding: bytes) -> Answer | None:
        """Answer with a file, None where there is none."""
        found = self._files.get(address)
        if found is None:
            return None
        headers = [
            (b"content-type", found.media_type.encode()),
            (b"cache-control", b"max-age=31536000, immutable"),
            (b"vary", b"accept-encoding"),
        ]
        if takes_gzip(accept_encoding) and len(found.packed) < len(found.plain):
            return Answer(200, [*headers, (b"content-encoding", b"gzip")], found.packed)
        return Answer(200, headers, found.plain)


def _as_sent(style: bytes) -> bytes:
    """Write a style sheet as short as it can be sent: its variables, at most 26, have names of one letter."""
    style = _FOR_EDITORS.sub(b"", style)
    names = dict(zip(sorted(set(_VARIABLE.findall(style))), range(ord("a"), ord("z") + 1), strict=False))
    return _VARIABLE.sub(lambda found: b"--%c" % names[found[0]], style)
