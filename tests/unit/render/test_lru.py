"""A memory of bounded weight."""

from hypothesis import given
from hypothesis import strategies as st

from services.render.core.lru import Lru


def test_what_was_used_longest_ago_leaves_first() -> None:
    kept: Lru[str, str] = Lru(2)
    kept.put("a", "A")
    kept.put("b", "B")
    kept.get("a")
    kept.put("c", "C")
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == ("A", None, "C")


def test_one_value_is_kept_however_heavy_it_is() -> None:
    kept: Lru[str, bytes] = Lru(10, len)
    kept.put("a", b"1")
    kept.put("b", b"1" * 100)
    assert kept.get("b") is not None
    assert kept.get("a") is None


@given(st.lists(st.tuples(st.sampled_from(["put", "drop"]), st.integers(0, 9), st.integers(0, 20))))
def test_the_weight_is_what_is_kept_and_never_above_the_limit(steps: list[tuple[str, int, int]]) -> None:
    kept: Lru[int, int] = Lru(50, lambda value: value)
    for step, key, weight in steps:
        if step == "drop":
            kept.drop(key)
        else:
            kept.put(key, weight)
        assert kept.weight == sum(kept.get(key) or 0 for key in range(10)) <= 50
    kept.clear()
    assert kept.weight == 0
