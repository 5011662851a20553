"""A Chinese text word by word, so that what is looked up in it never runs over the border of a word.

Chinese writes no spaces, and a dictionary of phrases finds some that begin in one word and end in the next.
The words here are those of the most probable segmentation (jieba's dictionary and algorithm, in Rust). A long
word of its dictionary that is made of two commoner ones counts as these: 分配制度 holds 配制, too.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from rjieba import Jieba

_LONG: Final = 4
"""Characters of a word that may be made of two."""
_UNASKED: Final = frozenset("的了是在和与及或吗呢吧啊着过也都就被把") | {
    *("什么", "什么时候", "时候", "怎么", "为什么", "如何", "怎样", "哪里", "哪些", "多少", "关于"),
}
"""Words of a question that its answer need not hold."""


def words(text: str) -> list[str]:
    """Give the words of a text in Simplified, also names that stand in no dictionary."""
    return [part for word in segmenter().cut(text, True) for part in parts_of(word)]


def is_asked_for(word: str) -> bool:
    """Tell whether who types this word in a question looks for it."""
    return word not in _UNASKED


def parts_of(word: str) -> Iterator[str]:
    """Give a word, or the two that it is made of if both are commoner than it is."""
    known = segmenter()
    places = range(2, len(word) - 1) if len(word) >= _LONG else ()
    pairs = [(word[:place], word[place:]) for place in places]
    among = [pair for pair in pairs if all(map(known.has_word, pair))]
    best = max(among, key=_rarer, default=())
    yield from best if best and _rarer(best) > known.suggest_freq(word) else (word,)


def _rarer(pair: tuple[str, ...]) -> int:
    return min(map(segmenter().suggest_freq, pair))


@lru_cache(1)
def segmenter() -> Jieba:
    """Load the dictionary, which takes a quarter of a second and 24 MiB, when it is first asked."""
    return Jieba()
