"""Indexes, a day's numbers and columns that grow without being copied: none sees what came after it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.rank.core.numbering import DayNumbers, Indexes, grown, still_read


@given(st.lists(st.integers(0, 3), max_size=12))
def test_indexes_are_what_copied_ones_would_be(steps: list[int]) -> None:
    made = [(Indexes(), dict[str, int]())]
    for step, back in enumerate(steps):
        # on from one made before, perhaps from one that something else has been appended to since
        indexes, plain = made[max(0, len(made) - 1 - back)]
        ids = [f"a{step}", f"b{step}"]
        made.append((indexes.with_more(ids), plain | {i: len(plain) + at for at, i in enumerate(ids)}))
    for indexes, plain in made:
        assert (dict(indexes), list(indexes), len(indexes)) == (plain, list(plain), len(plain))
        assert [indexes.name(index) for index in plain.values()] == list(plain)
        assert [i in indexes for i in ("a0", "a5", "b11")] == [i in plain for i in ("a0", "a5", "b11")]
        assert indexes.get("a9", -1) == plain.get("a9", -1)
        asked = [*plain, "a0", "b11", "never"]
        assert indexes.of(asked).tolist() == [plain.get(i, -1) for i in asked]
        assert indexes.since(len(plain) - 1) == list(plain)[len(plain) - 1 :]
        every, found = indexes.with_all(["a0", "never", "a0", "b11"])
        assert every.names(found) == ["a0", "never", "a0", "b11"]


def test_what_is_appended_is_not_copied() -> None:
    few = Indexes(map(str, range(1000)))
    more = few.with_more(["new"])
    assert (len(few), "new" in few, more["new"]) == (1000, False, 1000)
    assert more._ids is few._ids


@given(
    st.lists(st.tuples(st.lists(st.integers(0, 40), max_size=6), st.booleans(), st.booleans()), max_size=12)
)
def test_a_day_numbers_as_a_dictionary_would_whatever_was_tried_before(
    steps: list[tuple[list[int], bool, bool]],
) -> None:
    day, plain = DayNumbers(), dict[int, int]()
    for wanted, is_kept, is_at_rest in steps:
        new = [index for index in dict.fromkeys(wanted) if index not in plain]
        assert day.of(np.array(new, np.int64)).tolist() == [-1] * len(new)
        # what comes of it is thrown away if the flush was refused; something else is tried then
        after = day.with_more(np.array(new, np.int64))
        if is_kept:
            day = after.only_read() if is_at_rest else after
            plain |= {index: len(plain) + at for at, index in enumerate(new)}
        asked = [*range(-1, 45)]
        assert day.of(np.array(asked, np.int64)).tolist() == [plain.get(index, -1) for index in asked]
        assert day.indexes.tolist() == list(plain)


def test_of_what_no_day_has_nothing_is_left() -> None:
    days = [DayNumbers().with_more(np.array(indexes, np.int64)) for indexes in ([4, 0], [], [0, 2])]
    left = still_read(6, days)
    assert left.tolist() == [0, 2, 4]
    to = np.zeros(6, np.int64)
    to[left] = np.arange(3)
    assert [day.moved(to).indexes.tolist() for day in days] == [[2, 0], [], [0, 1]]
    assert days[0].moved(to).of(np.array([0, 1, 2])).tolist() == [1, -1, 0]


def test_a_column_keeps_what_it_has_and_goes_on_with_zeros() -> None:
    column = grown(np.array([4, 5], np.int64), 3)
    assert column.tolist() == [4, 5, 0]
    column[2] = 6
    longer = grown(column, 5)
    assert longer.tolist() == [4, 5, 6, 0, 0]
    longer[3] = 9
    assert grown(column, 4).tolist() == [4, 5, 6, 0]
    assert grown(longer, 1000).tolist()[:3] == [4, 5, 6]
