"""Who has read what today: an exact set of 64-bit hashes of (article, reader).

No Bloom filter: a false positive would be a lost view. Two readers of one article never share a hash unless
their own keys are equal (the mixing is a bijection); for two articles the chance is that of any 64-bit hash.
The set is kept as two sorted runs, a big one and a small one for what came lately, like a log-structured
merge tree of two levels: 8 bytes a view, read from Redis part by part and sorted once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]

KEY_BYTES: Final = 8

_READERS: Final = blake2b(digest_size=KEY_BYTES, person=b"reader")

# Above this share of the big run the small one is merged into it: each key is moved about 16 times in all.
_SMALL_SHARE: Final = 16


LARGE: Final = 2**22
"""Hashes of a day: more are merged beside the event loop, which would stand still for it."""


@lru_cache(maxsize=1 << 18)
def article_key(article_id: str) -> int:
    """Hash an article's id into 64 bits, alike in every process."""
    return int.from_bytes(blake2b(article_id.encode(), digest_size=KEY_BYTES, person=b"article").digest())


def reader_key(reader: str) -> int:
    """Hash a plain view's reader into 64 bits; a batch brings its readers as integers."""
    keyed = _READERS.copy()  # quicker than to set one up for each
    keyed.update(reader.encode(errors="surrogatepass"))
    return int.from_bytes(keyed.digest())


def seats_of(segments: npt.NDArray[np.int64], readers: Keys, seats: int) -> Keys:
    """Give each reader the number of a seat, so many in every segment; two readers may share one.

    All views of one seat of an article are one reader's, however many agents and addresses a network shows.
    """
    return segments.astype(np.uint64) * np.uint64(seats) + readers % np.uint64(seats)


def view_keys(articles: Keys, readers: Keys) -> Keys:
    """Hash (article, reader) row by row."""
    return _mix(articles ^ _mix(readers))


def _mix(x: Keys) -> Keys:
    """Scatter the bits of each key, one to one (the finaliser of splitmix64, Steele et al. 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def first_of_each(keys: Keys) -> tuple[Keys, npt.NDArray[np.int64]]:
    """Give the different keys, ascending, and where each stands first.

    `np.unique` says the same by a stable sort. numpy's other sort takes a third of the time where a processor
    sorts vectors; of equal keys the lowest place is looked for afterwards.
    """
    order = np.argsort(keys)
    ordered = keys[order]
    is_first = np.ones(len(keys), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    begins = np.flatnonzero(is_first)
    if len(begins) == len(keys):
        return ordered, order
    return ordered[begins], np.minimum.reduceat(order, begins)


def no_keys() -> Keys:
    """Give an empty set of hashes."""
    return np.empty(0, np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The hashes counted on one reading day, as two sorted runs."""

    big: Keys = field(default_factory=no_keys)
    small: Keys = field(default_factory=no_keys)

    def __len__(self) -> int:
        return len(self.big) + len(self.small)

    def has(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """Tell of each key whether it is in the set; sorted keys are found fastest."""
        return _in_run(self.big, keys) | _in_run(self.small, keys)

    def add(self, keys: Keys) -> "Seen":
        """Give the set with sorted keys that are not in it yet."""
        small = _merge(self.small, keys)
        if len(small) * _SMALL_SHARE > len(self.big):
            return Seen(_merge(self.big, small))
        return Seen(self.big, small)


def from_bytes(parts: Sequence[bytes], views: int) -> Seen:
    """Read the set of `views` hashes, written one behind the other; ValueError if they are not one."""
    keys = np.concatenate([no_keys(), *(np.frombuffer(part, "<u8") for part in parts)], dtype=np.uint64)
    keys.sort()
    if len(keys) != views or (keys[1:] == keys[:-1]).any():
        raise ValueError("hashes are missing, or there twice")
    return Seen(keys)


def to_bytes(keys: Keys) -> bytes:
    """Write hashes one behind the other, in the order given."""
    return keys.astype("<u8", copy=False).tobytes()


def _in_run(run: Keys, keys: Keys) -> npt.NDArray[np.bool_]:
    if not len(run):
        return np.zeros(len(keys), np.bool_)
    at = np.searchsorted(run, keys)
    at[at == len(run)] = 0
    found: npt.NDArray[np.bool_] = run[at] == keys
    return found


def _merge(run: Keys, more: Keys) -> Keys:
    if not len(run):
        return more
    merged = np.concatenate((run, more))
    # a stable sort finds the two runs and merges them; in place, because a copy would take a third more
    merged.sort(kind="stable")
    return merged
