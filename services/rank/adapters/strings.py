"""Long strings of a partition in Redis, read in pieces: no single answer of theirs would come in time."""

from typing import Final, cast

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from services.rank.core.layout import ids_lengths
from services.rank.core.position import Position
from shared import redis

PIECE_BYTES: Final = 16 * 1024 * 1024
"""Others wait some milliseconds for such a piece."""


async def in_pieces(client: Redis, name: str, piece_bytes: int = PIECE_BYTES) -> bytes:
    """Read a string; nothing where a key of another type lies."""
    pieces: list[bytes] = [b""]
    read = 0
    try:
        while not pieces[-1] or len(pieces[-1]) == piece_bytes:
            piece = await client.getrange(name, read, read + piece_bytes - 1)
            if not piece:
                break
            pieces.append(cast("bytes", piece))
            read += len(piece)
    except ResponseError as error:
        if not redis.is_wrong_type(error):
            raise
        return b""
    return b"".join(pieces)


async def ids_of_day(
    client: Redis, partition: int, at: Position, day: str, piece_bytes: int = PIECE_BYTES
) -> bytes:
    """Read the ids that a day has at a position; what has come since is left out."""
    parts = [await in_pieces(client, name, piece_bytes) for name in ids_lengths(partition, at, day)]
    return b"".join(parts)[: at.ids.get(day, 0)]
