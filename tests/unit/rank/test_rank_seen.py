"""The exact set: of equal hashes the first in the log is the one that counts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.rank.core.seen import first_of_each, no_keys


@given(st.integers(0, 3000), st.integers(1, 5000), st.integers(0, 2**32 - 1))
def test_each_key_stands_where_the_log_has_it_first(count: int, readers: int, seed: int) -> None:
    keys = np.random.default_rng(seed).integers(0, readers, count).astype(np.uint64) << np.uint64(51)
    first_seen: dict[int, int] = {}
    for place, key in enumerate(keys.tolist()):
        first_seen.setdefault(key, place)
    unique, first = first_of_each(keys)
    assert list(zip(unique.tolist(), first.tolist(), strict=True)) == sorted(first_seen.items())


def test_without_keys_there_is_none() -> None:
    unique, first = first_of_each(no_keys())
    assert len(unique) == len(first) == 0
