"""Names that were written by their sound, as 阿莱格里: there a 里 is no 裡, whatever stands beside it.

Such names are in no dictionary, and the segmentation takes them to pieces. But they are written with few
characters, of which ordinary words are seldom made alone.
"""

from collections.abc import Sequence
from typing import Final

from services.render.core.text.segmentation import segmenter

_BY_SOUND: Final = frozenset(
    "阿埃艾安奥巴贝本比彼宾波伯勃博布查茨达戴丹道德登迪蒂东杜多顿恩尔法范菲费芬丰佛夫弗福盖甘冈高戈哥格根古圭哈汉豪赫"
    "亨洪胡华霍基吉加伽贾简杰金京卡凯坎康考科克肯孔库拉莱兰朗劳勒雷里利理莉列琳隆龙卢鲁伦罗洛马玛迈麦曼芒毛梅蒙米密莫姆"
    "穆纳南瑙内尼宁纽努诺欧帕潘佩蓬皮普奇齐恰乔切琴丘热荣茹若萨塞桑瑟森沙莎尚绍舍申圣施史士斯司思松苏索塔泰坦汤唐特滕提廷"
    "图托瓦旺威韦维魏温翁沃乌武西希锡夏肖谢辛欣休雅亚延扬耶叶伊因英尤约扎赞泽詹珍祖佐娜妮妲娅"
)
_NAMES: Final = ("nr", "ns", "nz")
"""Kinds of words for people, places and what else has a name."""
_LONG: Final = 4
_FULL: Final = 3
_INSIDE: Final = frozenset(("内里", "汤里", "沙里", "图里", "卡里", "海里", "博里", "皮里", "林里"))
"""What is in something, and no name."""


def is_of_a_foreign_name(words: Sequence[str], place: int) -> bool:
    """Tell whether a word of these is a foreign name, or a piece of one."""
    word = words[place]
    if not _BY_SOUND.issuperset(word):
        return False
    if len(word) >= _FULL:
        return True
    if len(word) > 1:
        of_another = place and segmenter().has_word(words[place - 1] + word[:-1])
        return not of_another and word not in _INSIDE and _is_name(word)
    if place and words[place - 1] + word in _INSIDE:
        return False
    start, end = place, place + 1
    while start and _BY_SOUND.issuperset(words[start - 1]):
        start -= 1
    while end < len(words) and _BY_SOUND.issuperset(words[end]):
        end += 1
    pieces = words[start:end]
    if len(pieces) > 1 and sum(map(len, pieces)) >= _LONG and sum(len(piece) == 1 for piece in pieces) > 1:
        return True
    at = sum(map(len, words[start:place]))
    for name, kind in segmenter().tag("".join(pieces), True):
        if at < len(name):
            return len(name) > 1 and (kind.startswith(_NAMES) or len(name) >= _FULL)
        at -= len(name)
    return False


def _is_name(word: str) -> bool:
    tagged = segmenter().tag(word, False)
    return tagged[0][0] == word and tagged[0][1].startswith(_NAMES)
