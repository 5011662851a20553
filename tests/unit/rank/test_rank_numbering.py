"""Numbers and columns that grow without being copied: what was made before does not see what came later."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.rank.core.numbering import Numbers, grown


@given(st.lists(st.integers(0, 3), max_size=12))
def test_a_numbering_is_what_a_copied_one_would_be(steps: list[int]) -> None:
    made = [(Numbers(), dict[str, int]())]
    for step, back in enumerate(steps):
        # on from one made before, perhaps from one that something else has been appended to since
        numbers, plain = made[max(0, len(made) - 1 - back)]
        ids = [f"a{step}", f"b{step}"]
        made.append((numbers.with_more(ids), plain | {i: len(plain) + at for at, i in enumerate(ids)}))
    for numbers, plain in made:
        assert (dict(numbers), list(numbers), len(numbers)) == (plain, list(plain), len(plain))
        assert [numbers.name(number) for number in plain.values()] == list(plain)
        assert [i in numbers for i in ("a0", "a5", "b11")] == [i in plain for i in ("a0", "a5", "b11")]
        assert numbers.get("a9", -1) == plain.get("a9", -1)


def test_what_is_appended_is_not_copied() -> None:
    few = Numbers(map(str, range(1000)))
    more = few.with_more(["new"])
    assert (len(few), "new" in few, more["new"]) == (1000, False, 1000)
    assert more._ids is few._ids


def test_a_column_keeps_what_it_has_and_goes_on_with_zeros() -> None:
    column = grown(np.array([4, 5], np.int64), 3)
    assert column.tolist() == [4, 5, 0]
    column[2] = 6
    longer = grown(column, 5)
    assert longer.tolist() == [4, 5, 6, 0, 0]
    longer[3] = 9
    assert grown(column, 4).tolist() == [4, 5, 6, 0]
    assert grown(longer, 1000).tolist()[:3] == [4, 5, 6]
