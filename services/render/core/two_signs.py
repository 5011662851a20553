"""Signs of Traditional that are two in Simplified, each where it is meant: 著 is 着 or 著, 乾 is 干 or 乾.

Taiwan writes 著 for both, and so do many in Hong Kong and Macau, where 着 is taught. OpenCC knows phrases,
which miss most of what is written (张著, 新著), and in Hong Kong's way all that is a suffix (看著). Here a
word decides: the text is cut into words with the sign and without it, and the longer word is right, of two
the commoner. Where neither is in a word, the sign stays in a person's name, behind one (鲁迅 著), and where
a clause tells what somebody wrote (著有《…》); everywhere else it is the common one.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from services.render.core.segmentation import known_words

COMMON: Final = {"著": "着", "乾": "干"}
"""What each sign is as a rule."""

_SIGNS: Final = re.compile("[著乾]")
_WRITTEN: Final = re.compile("著(?=有|于|[《〈「『])")
_BEHIND_A_NAME: Final = "著"
_OF_WRITERS: Final = frozenset("所合等编译")
_WHO_OR_WHEN: Final = frozenset("他她其曾还并另")
"""Before 著有, where a verb would make it 看着 有趣."""

_Words = dict[int, tuple[int, int]]
"""By place of a sign, where the word begins and ends that holds it."""


class WithTwoSigns:
    """A conversion into Simplified, corrected where the text had one of these signs."""

    def __init__(self, convert: Callable[[str], str]) -> None:
        self._convert = convert

    def __call__(self, text: str) -> str:
        """Convert a text."""
        written = self._convert(text)
        places = [found.start() for found in _SIGNS.finditer(text)]
        # one character for one, or nothing can be said of places
        if not places or len(written) != len(text):
            return written
        signs = list(written)
        for place in places:
            signs[place] = text[place]
        return _chosen("".join(signs), places)


def _chosen(text: str, places: list[int]) -> str:
    """Give the text with every sign at these places as it is meant."""
    without = list(text)
    for place in places:
        without[place] = COMMON[text[place]]
    common = "".join(without)
    kept, changed = _words(text, places), _words(common, places)
    named: set[int] | None = None
    for place in places:
        one, other = (text[slice(*kept[place])], common[slice(*changed[place])])
        if len(one) == len(other) == 1:
            named = _in_names(text) if named is None else named
            stays = place in named or _is_written(text, place)
        elif len(one) == len(other):
            stays = known_words().suggest_freq(one) >= known_words().suggest_freq(other)
        else:
            stays = len(one) > len(other)
        if stays:
            without[place] = text[place]
    return "".join(without)


def _words(text: str, places: list[int]) -> _Words:
    wanted = set(places)
    return {
        place: (start, end)
        for start, end in _spans(known_words().cut(text, False))
        for place in range(start, end)
        if place in wanted
    }


def _spans(words: list[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for word in words:
        yield start, start + len(word)
        start += len(word)


def _in_names(text: str) -> set[int]:
    """Give the places in what is taken for a person's name, and of a 著 behind one."""
    found: set[int] = set()
    start, behind = 0, False
    for word, kind in known_words().tag(text, True):
        is_name = kind.startswith("nr") and not known_words().has_word(_common(word))
        if is_name:
            found.update(range(start, start + len(word)))
        elif behind and word == _BEHIND_A_NAME:
            found.add(start)
        start += len(word)
        # a space stands between a name and what its bearer did
        behind = kind.startswith("nr") or (behind and word.isspace())
    return found


def _common(word: str) -> str:
    return "".join(COMMON.get(sign, sign) for sign in word)


def _is_written(text: str, place: int) -> bool:
    """Tell whether somebody wrote something, as neighbours of a sign that is in no word say it."""
    if text[place] != _BEHIND_A_NAME:
        return False
    before = text[:place].rstrip()[-1:]
    begins = not before.isalnum() or before in _WHO_OR_WHEN
    return before in _OF_WRITERS or (begins and _WRITTEN.match(text, place) is not None)
