"""A conversion of Simplified word by word: what begins in one and ends in the next is not looked up."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from services.render.core.text.joined_words import JoinedWords
from services.render.core.text.segmentation import parts_of, segmenter

_SURNAMES: Final = frozenset("于余范郁岳涂游朴")
"""Those that are other words, too, and as these are written with another sign."""
_FULL_NAME: Final = 3
_REMEMBERED: Final = 50_000
_AS_PRINTED: Final = """
    马里=馬里 确系=確係 纯系=純係 实系=實係 均系=均係 疑系=疑係 乃系=乃係 系指=係指 系因=係因 系属=係屬
    系安全带=繫安全帶 系领带=繫領帶 系鞋带=繫鞋帶 系围巾=繫圍巾 系红领巾=繫紅領巾 算不准=算不準
    猜不准=猜不準 看不准=看不準 对不准=對不準 测不准=測不準 瞄不准=瞄不準 打不准=打不準 投不准=投不準
    说不准=說不準 拿不准=拿不準 吃不准=吃不準 钟楚红=鍾楚紅 准入=准入 准生证=准生證 免签=免簽 续签=續簽
    补签=補簽 拒签=拒簽 返签=返簽 换签=換簽 改签=改簽 代签=代簽 网签=網簽 面签=面簽 电子签=電子簽
    点赞=點讚 获赞=獲讚 赞誉=讚譽 赞赏=讚賞 赞不绝口=讚不絕口 郁金香=鬱金香 里脊=里脊 百里挑一=百里挑一
    一碗面=一碗麵 两碗面=兩碗麵 三碗面=三碗麵 几碗面=幾碗麵 这碗面=這碗麵 那碗面=那碗麵 每碗面=每碗麵
    碗面=碗麵 碗牛肉面=碗牛肉麵 龙眼干=龍眼乾 蛋卷=蛋捲 内卷=內捲 得力干将=得力幹將 谷价=穀價 护发=護髮
    歌后=歌后 影后=影后 视后=視后 天后宫=天后宮 天后庙=天后廟 半钟=半鐘 一座钟=一座鐘 这座钟=這座鐘
    那座钟=那座鐘 里海=里海 里皮=里皮 里贝里=里貝里 里弗斯=里弗斯 自制炸弹=自製炸彈 自制炸药=自製炸藥
    自制枪=自製槍 当当网=當當網 游动=游動 冲咖啡=沖咖啡 冲奶粉=沖奶粉 冲茶=沖茶 岳阳=岳陽 南岳阳=南岳陽
    子丑=子丑 银行发卡=銀行發卡 发卡行=發卡行 发卡银行=發卡銀行 发卡量=發卡量 老范=老范
    郁郁不得志=鬱鬱不得志 郁郁寡欢=鬱鬱寡歡 干的事=幹的事 党支书=黨支書 加注=加注
"""
_OWN: Final = dict(term.split("=") for term in _AS_PRINTED.split())
"""What OpenCC gets wrong; unlike the glossary's terms, found in a word or of whole words alone."""
_ANY: Final = re.compile(f"({'|'.join(sorted(_OWN, key=len, reverse=True))})")


class ToTraditional:
    """A conversion of texts, applied to one word after another; a word that came before is remembered."""

    def __init__(self, convert: Callable[[str], str]) -> None:
        def word(text: str) -> str:
            if text not in _OWN and _is_name(text):
                return text[0] + convert(text[1:])
            return "".join(
                _OWN.get(one) or convert(one) for part in parts_of(text) for one in _ANY.split(part)
            )

        self._word = lru_cache(_REMEMBERED)(word)
        self._joined_words = JoinedWords(convert, _OWN)

    def __call__(self, text: str) -> str:
        """Convert a text."""
        words = segmenter().cut(text, False)
        written = list(map(self._word, words))
        for start, end, phrase in self._joined_words.phrases(words):
            written[start:end] = (phrase, *[""] * (end - start - 1))
        return "".join(written)


def _is_name(word: str) -> bool:
    """Tell whether a word is a person's full name that begins with a surname of these."""
    return len(word) == _FULL_NAME and word[0] in _SURNAMES and segmenter().tag(word, False)[0][1] == "nr"
