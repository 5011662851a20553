"""Texts and numbers beside a picture or an embed, from attributes."""

import unicodedata
from typing import Final

from services.ingest.core.bodies.body import Body
from services.ingest.core.bodies.budget import A_PICTURE
from services.ingest.core.characters import no_control_in_body
from services.ingest.core.field_types import no_long_caption

_LARGEST_SIDE: Final = 100_000
"""Of a picture, in pixels; what claims more tells nothing of it."""


def described(text: str | None, kind: str, url: str, body: Body) -> str:
    """Give what is said beside an address, both counted; ValueError says what to change."""
    said = (text or "").strip()
    no_control_in_body(said)
    no_long_caption(said, kind)
    body.spend("bytes", A_PICTURE + len(said.encode()) + len(url.encode()))
    return unicodedata.normalize("NFC", said)


def side(said: str | None) -> int | None:
    """Give a picture's width or height in pixels, None if it is not said in pixels."""
    said = (said or "").strip().removesuffix("px")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0
    return number if 1 <= number <= _LARGEST_SIDE else None
