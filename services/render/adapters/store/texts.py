"""A text as it lies in the store, whole or packed, and the checksum by which damage is noticed."""

import zlib
from typing import Final

from services.render.adapters.store.sqlite_file import CorruptError
from services.render.core.articles.stories import abridged
from shared import wire
from shared.articles import article
from shared.events import ArticlePublished

FASTEST: Final = 1
"""How texts are packed: a third of the time of zlib's own choice, and two percent larger."""


def verified(text: bytes, checksum: int) -> bytes:
    """Give a text that is as it was written."""
    if not isinstance(text, bytes) or zlib.crc32(text) != checksum:
        raise CorruptError("a text is not as it was written")
    return text


def article_in(text: bytes, checksum: int, archived: int | None = None) -> ArticlePublished:
    """Give an article that is as it was written; if it is archived, what lists show of it."""
    text = verified(text, checksum)
    try:
        return article(text if archived is None else zlib.decompress(text))
    except (ValueError, zlib.error):
        raise CorruptError("a text cannot have been written like this") from None


def packed_short(text: ArticlePublished) -> bytes:
    """Pack what stays of a text that the archive holds: what lists show of it."""
    return zlib.compress(wire.encode(abridged(text).model_copy(update={"aliases": None})), FASTEST)
