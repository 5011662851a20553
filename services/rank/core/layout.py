"""How a partition lies in Redis, all under one hash tag, and what one run of the script is asked to write."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from services.rank.core import buckets, desk, facts, seen, voids
from services.rank.core.clock import is_possible, reading_day
from services.rank.core.fold import Effects, State
from services.rank.core.position import Piece, Position
from services.rank.core.scores import Candidate
from services.rank.core.seen import Keys

FACTS_COUNT: Final = b"#"
"""Field of `articles` with the number of changes written to it; ids never contain the sign."""

DESK_FIELD: Final = b"#desk"
"""Field of partition 0's `articles` with the history of desk actions."""

VOIDS_FIELD: Final = b"#voids"
"""Field of partition 0's `articles` with the voids that desk.v1 has; every partition reads them there."""

AS_OF: Final = b"as_of"
DIGEST: Final = b"digest"
INCOMPLETE: Final = b"incomplete"
WHOLE: Final = b"whole"
"""Fields of `top` beside the lists: the moment (Unix ms) it was made for, a digest of everything else in it,
whether views may be missing because the log began after the position, and whether its owner has read all its
topics to their ends: until then it may not know yet what was withdrawn, pinned or voided."""


_LONGEST_MOMENT: Final = 15


class Write(NamedTuple):
    """One Redis command on one key of the partition."""

    command: str
    key: str
    arguments: tuple[bytes, ...]


def key(partition: int, name: str) -> str:
    """Name a key of a partition."""
    return f"{{r{partition}}}:{name}"


def views_key(partition: int, day: str) -> str:
    """Name the key of a reading day's buckets."""
    return key(partition, f"views:{day}")


def ids_key(partition: int, day: str, part: int = 0) -> str:
    """Name the key of a part of a reading day's ids."""
    return key(partition, f"ids:{day}:{part}" if part else f"ids:{day}")


def seen_key(partition: int, day: str, part: int = 0) -> str:
    """Name the key of a part of a reading day's hashes; the first has the name that layout 1 had for all."""
    return key(partition, f"seen:{day}:{part}" if part else f"seen:{day}")


def ids_lengths(partition: int, at: Position, day: str) -> dict[str, int]:
    """Give the STRLEN that each part of a day's ids has at a position."""
    return {ids_key(partition, day, part): n for part, n in enumerate(at.id_parts(day))}


def seen_lengths(partition: int, at: Position, day: str) -> dict[str, int]:
    """Give the STRLEN that each part of a day has at a position."""
    return {seen_key(partition, day, part): n * seen.KEY_BYTES for part, n in enumerate(at.parts(day))}


def lengths(partition: int, at: Position) -> dict[str, int]:
    """Give the STRLEN that each string of all days has at a position."""
    return {
        name: length
        for day in at.days
        for of_day in (ids_lengths(partition, at, day), seen_lengths(partition, at, day))
        for name, length in of_day.items()
    }


def seen_writes(partition: int, after: Position, day: str, keys: Keys) -> list[Write]:
    """Give the commands that append hashes to a day, which at the position `after` are its last.

    What lies where a part begins is none of ours: a backup that was put back key by key has left it. Of each
    part there is one APPEND at most, so one to an empty key cannot be too long, as Redis has taken it in.
    """
    commands = []
    end = after.days[day]
    given = 0
    for piece in after.pieces(day, end - len(keys), end):
        some = keys[given : given + piece.last - piece.first]
        commands += _appended(seen_key(partition, day, piece.part), piece, seen.to_bytes(some))
        given += len(some)
    return commands


def ids_writes(partition: int, after: Position, day: str, ids: Sequence[str]) -> list[Write]:
    """Give the commands that append ids to a day, which at the position `after` are its last."""
    commands = []
    blob = b"".join(i.encode() + b"\n" for i in ids)
    end = after.ids[day]
    given = 0
    for piece in after.id_pieces(end - len(blob), end):
        some = blob[given : given + piece.last - piece.first]
        commands += _appended(ids_key(partition, day, piece.part), piece, some)
        given += len(some)
    return commands


def _appended(name: str, piece: Piece, blob: bytes) -> list[Write]:
    append = Write("APPEND", name, (blob,))
    return [append] if piece.first else [Write("UNLINK", name, ()), append]


def day_deletions(partition: int, before: Position, day: str) -> list[Write]:
    """Give the commands that delete a day as it lies there at the position `before`."""
    names = [
        views_key(partition, day),
        *ids_lengths(partition, before, day),
        *seen_lengths(partition, before, day),
    ]
    return [Write("UNLINK", name, ()) for name in names]


def writes(before: Position, state: State, effects: Effects, zone: ZoneInfo) -> list[Write]:
    """Give the commands that carry a fold's effects into Redis; `state` is the state after it."""
    n, at = state.partition, state.position
    articles = key(n, "articles")
    # first, because a day that was undone may begin again
    gone = (*effects.days_undone, *effects.days_over)
    commands = [write for day in gone for write in day_deletions(n, before, day)]
    commands += [
        Write("UNLINK", views_key(n, day), ())
        for day, keys in effects.seen.items()
        if len(keys) == at.days[day]
    ]
    commands += [Write("HSET", articles, (i.encode(), facts.encode(f))) for i, f in effects.facts.items()]
    if effects.desk is not None:
        commands.append(Write("HSET", articles, (DESK_FIELD, desk.encode(effects.desk))))
    if effects.known_voids is not None:
        commands.append(Write("HSET", articles, (VOIDS_FIELD, voids.encode(effects.known_voids))))
    if effects.facts or effects.desk is not None or effects.known_voids is not None:
        commands.append(Write("HSET", articles, (FACTS_COUNT, b"%d" % state.position.facts)))
    for bucket, content in effects.buckets.items():
        field = (b"%d" % bucket, buckets.pack(content))
        commands.append(Write("HSET", views_key(n, reading_day(bucket, zone)), field))
    for day, ids in effects.ids.items():
        commands += ids_writes(n, at, day, ids)
    for day, keys in effects.seen.items():
        commands += seen_writes(n, at, day, keys)
    return commands


@dataclass(frozen=True, slots=True)
class Flush:
    """What one run of the script is asked: write, if the store is exactly where it is believed to be.

    `position` and `top_as_of` are the strings believed to be stored (None: not there), `facts` the number of
    changes in `articles` and `lengths` the STRLEN of keys, as the position names them; `present` are hashes
    that the position says are there; `writes` may be empty.
    """

    partition: int
    position: bytes | None
    top_as_of: bytes | None
    facts: int
    lengths: Mapping[str, int]
    next_position: bytes
    writes: Sequence[Write]
    present: Sequence[str] = ()


def top_fields(lists: Mapping[str, Sequence[Candidate]]) -> dict[bytes, bytes]:
    """Write a partition's bests, a field per list, named `scope:list`."""
    return {
        name.encode(): json.dumps(entries, ensure_ascii=False, separators=(",", ":")).encode()
        for name, entries in lists.items()
    }


def top_lists(top: Mapping[bytes, bytes]) -> dict[str, list[Candidate]]:
    """Read a partition's bests."""
    return {
        name.decode(): [Candidate(*entry) for entry in json.loads(blob)]
        for name, blob in top.items()
        if name not in (AS_OF, DIGEST, INCOMPLETE, WHOLE)
    }


def top_writes(
    partition: int, as_of: bytes, before: Mapping[bytes, bytes] | None, after: Mapping[bytes, bytes]
) -> list[Write]:
    """Give the commands that replace the bests `before` (None: not known) by those `after`."""
    top = key(partition, "top")
    commands = [Write("UNLINK", top, ())] if before is None else []
    known = before or {}
    commands.append(Write("HSET", top, (AS_OF, as_of)))
    commands += [Write("HSET", top, item) for item in after.items() if known.get(item[0]) != item[1]]
    commands += [Write("HDEL", top, (name,)) for name in known if name not in after]
    if before is None or before != after:
        commands.append(Write("HSET", top, (DIGEST, _digest(after))))
    return commands


def is_whole(top: Mapping[bytes, bytes]) -> bool:
    """Tell whether a partition's bests are those that were written, by their moment and their digest."""
    after = {name: blob for name, blob in top.items() if name not in (AS_OF, DIGEST)}
    return moment_of(top.get(AS_OF)) is not None and top.get(DIGEST) == _digest(after)


def moment_of(as_of: bytes | None) -> int | None:
    """Read the moment of bests (Unix ms); None if it is missing or impossible."""
    if as_of is None or not as_of.isdigit() or len(as_of) > _LONGEST_MOMENT:
        return None
    return int(as_of) if is_possible(int(as_of)) else None


def _digest(top: Mapping[bytes, bytes]) -> bytes:
    content = b"".join(b"%s=%s;" % item for item in sorted(top.items()))
    return blake2b(content, digest_size=8).hexdigest().encode()
