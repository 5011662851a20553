"""Decompressing what others have compressed, into bounded room: half a kilobyte may stand for megabytes."""

import mmap
import struct
import threading
import zlib
from collections.abc import Callable
from typing import Final

import cramjam

LARGEST_BYTES: Final = 16 * 1024 * 1024
"""Of a batch. Kafka takes 4 MiB of it compressed; clients make at most 1 MB of it before they compress it
unless they are told otherwise, and an article's text shrinks to a quarter."""

_KEPT_BYTES: Final = 1024 * 1024
"""A larger batch's room is given back; the usual ones do not wait for new pages."""
_XERIAL: Final = b"\x82SNAPPY\0"
_XERIAL_HEADER_BYTES: Final = 16
_GZIP: Final = zlib.MAX_WBITS | 16


class _Room(threading.local):
    """A thread's room to decompress into; what was never written to takes no memory."""

    def __init__(self) -> None:
        self.pages = mmap.mmap(-1, LARGEST_BYTES, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


_room: Final = _Room()


def decompressed(codec: int, packed: memoryview) -> bytes:
    """Give what was packed; ValueError if that is too large, broken or of no known codec.

    `codec` is Kafka's number: 1 gzip, 2 snappy, 3 lz4, 4 zstd.
    """
    unpack = _CODECS.get(codec)
    if unpack is None:
        raise ValueError(f"codec {codec} is not known")
    room = memoryview(_room.pages)
    size = LARGEST_BYTES
    try:
        size = unpack(packed, room)
        return bytes(room[:size])
    except (cramjam.DecompressionError, zlib.error, struct.error) as error:
        raise ValueError(str(error)) from None
    finally:
        if size > _KEPT_BYTES:
            _room.pages.madvise(mmap.MADV_DONTNEED)


def _gzip(packed: memoryview, room: memoryview) -> int:
    stream = zlib.decompressobj(_GZIP)
    found = stream.decompress(packed, len(room))
    if not stream.eof:
        raise ValueError("cut off, or too large")
    room[: len(found)] = found
    return len(found)


def _snappy(packed: memoryview, room: memoryview) -> int:
    if bytes(packed[: len(_XERIAL)]) != _XERIAL:
        return _snappy_block(packed, room)
    # Java's clients write blocks, each behind its length
    at, size = _XERIAL_HEADER_BYTES, 0
    while at < len(packed):
        (length,) = struct.unpack_from(">I", packed, at)
        size += _snappy_block(packed[at + 4 : at + 4 + length], room[size:])
        at += 4 + length
    return size


def _snappy_block(packed: memoryview, room: memoryview) -> int:
    size: int = cramjam.snappy.decompress_raw_len(packed)
    if size > len(room):
        raise ValueError("too large")
    return int(cramjam.snappy.decompress_raw_into(packed, room)) if size else 0


_CODECS: Final[dict[int, Callable[[memoryview, memoryview], int]]] = {
    1: _gzip,
    2: _snappy,
    3: lambda packed, room: int(cramjam.lz4.decompress_into(packed, room)),
    4: lambda packed, room: int(cramjam.zstd.decompress_into(packed, room)),
}
