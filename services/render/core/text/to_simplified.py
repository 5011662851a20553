"""Signs of Traditional that are two in Simplified, each where it is meant: 著 is 着 or 著, 乾 is 干 or 乾.

Taiwan writes 著 for both, and so do many in Hong Kong and Macau, where 着 is taught. OpenCC knows phrases,
which miss most of what is written (张著, 新著), and in Hong Kong's way all that is a suffix (看著). Here a
word decides: the text is cut into words with the sign and without it, and the longer word is right, of two
the commoner. Where neither is in a word, the sign stays in a person's name, behind one (鲁迅 著), and where
a clause tells what somebody wrote (著有《…》); everywhere else it is the common one. Taiwan also writes 畫
for 劃 and 沈 for 沉, where a word says so: 計畫, 沈沒; 帳 of money is 账 (帳單, but 帳篷). What is
written with 份 there is 分 where that is the commoner word (過份, 部份, 積極份子), as 身分 is 身份.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from services.render.core.text.segmentation import segmenter

COMMON: Final = {"著": "着", "乾": "干"}
"""What each sign is as a rule."""

_BY_WORDS: Final = {one: (one, other) for one, other in ("沈沉", "份分", "分份")} | {
    "畫": ("画", "划"),
    "帳": ("帐", "账"),
}
"""What else two signs are, of which the second needs a word."""
_SHAPES: Final = str.maketrans("妳衹祇搥衞", "你只只捶衛")
"""What Simplified does not know, nor OpenCC in a text of the other region."""
_GODS: Final = re.compile("(?<=[神地])祇")

_SIGNS: Final = re.compile("[著乾]")
_OTHERS: Final = re.compile("[畫沈帳份]|(?<=身)分")
_SURELY: Final = frozenset("沉账")
"""Meant wherever there is such a word."""
_STAY: Final = frozenset(
    "帐篷 蚊帐 营帐 帐幕 帐下 帐中 帐子 床帐 帐幔 纱帐 罗帐 份子 份量 份额".split()  # noqa: SIM905
)
"""Words of tents and of shares, although the dictionary has one with the other sign."""
_PEOPLE: Final = re.compile(r"(?<=[\u4e00-\u9fff][^\W凑随出交收送的个笔股月年省身备])份(?=子(?!钱))")
"""Those who are of a kind (激进分子), and not what guests give together (凑份子)."""
_DRY: Final = "乾"
"""What the dictionary has with either sign is dry (擦乾), and its own word stays."""
_HEAVEN: Final = "乾坤"
_WRITTEN: Final = re.compile("著(?=有|于|[《〈「『])")
_BEHIND_A_NAME: Final = "著"
_OF_WRITERS: Final = frozenset("所合等编译")
_WHO_OR_WHEN: Final = frozenset("他她其曾还并另")
"""Before 著有, where a verb would make it 看着 有趣."""

_Words = dict[int, tuple[int, int]]
"""By place of a sign, where the word begins and ends that holds it."""


class ToSimplified:
    """A conversion into Simplified, corrected where the text had one of these signs."""

    def __init__(self, convert: Callable[[str], str]) -> None:
        self._convert = convert

    def __call__(self, text: str) -> str:
        """Convert a text."""
        written = self._convert(_GODS.sub("\ue000", text).translate(_SHAPES)).replace("\ue000", "祇")
        if len(written) == len(text) and _OTHERS.search(text):
            written = _by_words(text, written)
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
            stays = (text[place] != _DRY or _HEAVEN in one) and segmenter().suggest_freq(
                one
            ) >= segmenter().suggest_freq(other)
        else:
            stays = len(one) > len(other) and not _is_dried(one)
        if stays:
            without[place] = text[place]
    return "".join(without)


def _by_words(text: str, written: str) -> str:
    """Give what was written with the second of two signs where a word is likelier made of that."""
    one, other = list(written), list(written)
    places = [found.start() for found in _OTHERS.finditer(text)]
    for place in places:
        one[place], other[place] = _BY_WORDS[text[place]]
    # what else has two signs is as a rule the common one, or 沉着 would be no word
    kept, changed = _common(_PEOPLE.sub("分", "".join(one))), _common("".join(other))
    of_kept, of_changed = _words(kept, places), _words(changed, places)
    for place in places:
        pair = kept[slice(*of_kept[place])], changed[slice(*of_changed[place])]
        # 全部/份額 holds no 部分
        moved = len(pair[0]) == len(pair[1]) and of_kept[place] != of_changed[place]
        is_said = kept[place] == other[place]
        if is_said or (pair[0] not in _STAY and not moved and _is_likelier(*pair)):
            one[place] = other[place]
    return "".join(one)


def _is_likelier(one: str, other: str) -> bool:
    """Tell whether of two words the second is meant."""
    if len(other) == len(one) > 1:
        often = segmenter().suggest_freq
        return not _SURELY.isdisjoint(other) or often(other) > often(one)
    return len(other) > len(one)


def _words(text: str, places: list[int]) -> _Words:
    wanted = set(places)
    return {
        place: (start, end)
        for start, end in _spans(segmenter().cut(text, False))
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
    for word, kind in segmenter().tag(text, True):
        is_name = kind.startswith("nr") and not (segmenter().has_word(_common(word)) or _is_dried(word))
        if is_name:
            found.update(range(start, start + len(word)))
        elif behind and word == _BEHIND_A_NAME:
            found.add(start)
        start += len(word)
        # a space stands between a name and what its bearer did
        behind = kind.startswith("nr") or (behind and word.isspace())
    return found


def _is_dried(word: str) -> bool:
    """Tell whether what is taken for a name says what was dried: 擦乾, 龍眼乾."""
    before = word[:-1]
    if not word.endswith("乾") or not before:
        return False
    tagged = segmenter().tag(before, False)
    return tagged[0][1] == "v" if len(before) == 1 else segmenter().has_word(before)


def _common(word: str) -> str:
    return "".join(COMMON.get(sign, sign) for sign in word)


def _is_written(text: str, place: int) -> bool:
    """Tell whether somebody wrote something, as neighbours of a sign that is in no word say it."""
    if text[place] != _BEHIND_A_NAME:
        return False
    before = text[:place].rstrip()[-1:]
    begins = not before.isalnum() or before in _WHO_OR_WHEN
    return before in _OF_WRITERS or (begins and _WRITTEN.match(text, place) is not None)
