"""The language of a text by its letters, where they say for sure what a feed or a file says otherwise."""

import re
from typing import Final, NamedTuple

from services.ingest.core.notes import Note

_HAN: Final = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA: Final = re.compile("[\u3041-\u30ff]")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f]")
_SIMPLIFIED: Final = frozenset(
    "们这个来时国说会对经发现还没过开关门问间见车东长马鸟鱼龙风飞书学习电话语读写请谢让认识应该气医药银钱铁钟错"
    "给红绿级纪线组织结终统续维总编缩网罗义乐买卖亲从众优伤传众体兴养写军农决况冲净几凤刘则刚创别办务动劳势单卫厂"
    "历压厅县参双变台叶号员响哑团园围图圆圣场坏块坚报声处备复够头夹奋奖妇孙宁宝实审宪宫宽宾寻导寿尔层届属岁岛岭"
)
_TRADITIONAL: Final = frozenset(
    "們這個來時國說會對經發現還沒過開關門問間見車東長馬鳥魚龍風飛書學習電話語讀寫請謝讓認識應該氣醫藥銀錢鐵鐘錯"
    "給紅綠級紀線組織結終統續維總編縮網羅義樂買賣親從眾優傷傳體興養軍農決況衝淨幾鳳劉則剛創別辦務動勞勢單衛廠"
    "歷壓廳縣參雙變臺葉號員響啞團園圍圖圓聖場壞塊堅報聲處備復夠頭夾奮獎婦孫寧寶實審憲宮寬賓尋導壽爾層屆屬歲島嶺"
)
_ONLY_SIMPLIFIED: Final = _SIMPLIFIED - _TRADITIONAL
_ONLY_TRADITIONAL: Final = _TRADITIONAL - _SIMPLIFIED
_OF_OLD: Final = {"zh-cht": "zh-Hant", "zh-chs": "zh-Hans"}
"""What .NET called scripts."""
_ENOUGH: Final = 3
_LOOKED_AT: Final = 20_000


class Found(NamedTuple):
    """The language that an article has, and what is to be told of it."""

    language: str | None
    note: Note | None = None


def tag_of(said: str | None) -> str | None:
    """Write a language in the way of the web: zh_CN.UTF-8 is zh-CN."""
    if not said:
        return None
    tag = said.partition(".")[0].partition("@")[0].strip().replace("_", "-")
    return _OF_OLD.get(tag.lower(), tag) or None


def language_of(text: str, said: str | None) -> Found:
    """Give the language of a text of which this is said."""
    tag = tag_of(said)
    meant = _by_letters(text[:_LOOKED_AT], tag or "")
    if meant is None:
        return Found(tag)
    why = f"is written in {meant}" + (f", not in {tag}" if tag else ", which is not said")
    return Found(meant, Note("/language", "changed", "language", f"{why}: read from its letters"))


def _by_letters(text: str, tag: str) -> str | None:
    """Give the language that letters are surely of and that is not the one which is said."""
    primary = tag.partition("-")[0].lower()
    han, kana, hangul, latin = (len(kind.findall(text)) for kind in (_HAN, _KANA, _HANGUL, _LATIN))
    if kana > _ENOUGH and kana * 5 > han and kana + han > latin:
        return None if primary == "ja" else "ja"
    if hangul > _ENOUGH and hangul > han and hangul > latin:
        return None if primary == "ko" else "ko"
    if han < _ENOUGH or han < latin or kana or hangul or primary in ("ja", "ko", "yue", "lzh", "wuu", "nan"):
        return None
    script = _script(text)
    if primary != "zh":
        # of a text without a language the rule book knows what it is, unless its letters know better
        return script or ("zh" if tag else None) if tag or script == "zh-Hant" else None
    told = "Hant" if re.search("-(hant|tw|hk|mo)", tag, re.IGNORECASE) else "Hans"
    return script if script and script != f"zh-{told}" else None


def _script(text: str) -> str | None:
    simplified = sum(letter in _ONLY_SIMPLIFIED for letter in text)
    traditional = sum(letter in _ONLY_TRADITIONAL for letter in text)
    if simplified >= _ENOUGH and simplified > 9 * traditional:
        return "zh-Hans"
    return "zh-Hant" if traditional >= _ENOUGH and traditional > 9 * simplified else None
