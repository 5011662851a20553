"""Whom a picture is owed to, from its caption: `(图取自法新社档案照)`, `图/中央社`, `(AP Photo/Jane Doe)`.

A credit is the last thing of a caption, in brackets or behind a sentence or space, and names a source:
behind a label (图:, 摄影:), before a word for giving (提供, 摄, 档案照), or as a known source alone. What is
found is the caption's own wording without the label: 法新社档案照, 中央社. Descriptions in the same places —
(左二), (老照片), 图:市长在典礼上 — are none, and outside brackets a label is asked for.
"""

import re
from typing import Final

from services.ingest.core.datelines.names import (
    AGENCIES,
    LATIN_AGENCIES,
    LATIN_PICTURE_SOURCES,
    PICTURE_SOURCES,
)

_REACH: Final = 120
"""Characters looked at, from the caption's end."""

_HAN: Final = r"\u3400-\u9fff"
_NAMES: Final = rf"[{_HAN}·]{{2,4}}(?:[、\s][{_HAN}·]{{2,4}}){{0,3}}"
_AGENCY: Final = rf"(?:{'|'.join(map(re.escape, AGENCIES))})"
_SOURCE: Final = (
    rf"(?:{_AGENCY}|{'|'.join(map(re.escape, PICTURE_SOURCES))}"
    rf"|[{_HAN}]{{1,6}}?(?:[日晚早晨时時商][报報]|通[讯訊]社))"
)
_LATIN_SOURCE: Final = rf"(?:{'|'.join(map(re.escape, (*LATIN_AGENCIES, *LATIN_PICTURE_SOURCES)))})"
_KEPT: Final = r"(?:[档檔]案|[资資]料)(?:照片?|[图圖]片?)"
_BEFORE: Final = r"(?:\A|[。！？!?”」)）\s])"
_END: Final = r"[。.\s]{0,3}\Z"

_STRONG: Final = (
    r"(?:(?:[图圖照]片?|影片)?[来來]源|[图圖]源|[摄攝]影|[图圖照]片提供)\s?[:：／/╱]"
    r"|(?:[图圖]片?|照片|[画畫]面|影片)?(?:取自|[来來]自|源自|摘自|[转轉]自)"
    r"|[图圖照]片?由"
)
"""Labels that stand before nothing but a credit."""
_WEAK: Final = (
    r"(?:[图圖]片?|照片|[图圖]文|文[／/、]?[图圖]|[图圖][／/、]文)\s?[:：／/╱]"
    r"|[图圖照]片?(?=截|翻|[撷擷])"
)
"""Labels that stand before descriptions too."""
_LABEL: Final = rf"(?:[题題][图圖]|[压壓][题題])?(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK}))\s?"

_TELLS: Final = re.compile(
    "|".join(
        (
            # 法新社, 美联社照片, 法新社/苏明月
            rf"{_SOURCE}(?:\s?(?:照片?|[图圖]片?|[视視][频頻]|影片|[截绘繪制製供][图圖]))*"
            r"(?:[／/、・·\s][^，。；;]{1,30})?",
            # 热门资料照; 資料照，記者某某攝
            rf"[^，,。；;:：]{{0,12}}{_KEPT}(?:[，,／/、\s][^。；;]{{2,30}})?",
            # 截自视频; 示意圖／取自Pixabay
            r"(?:示意[图圖][，,／/、])?(?:截|[截撷擷]取|截[图圖]|翻[摄攝拍]|取|[来來])自?[^，。；;在]{2,40}(?<![摄攝])",
            # 白沙小学提供; 由记者某某摄
            r"(?!免|不|只|可|按)由?[^，,。；;:：由]{2,24}(?<!免费)(?<!免費)(?<![场場拍])"
            r"(?:提供|供[图圖]|[摄攝]影?|[绘繪制製][图圖])",
            r"(?:[视視][频頻]|影片|[网網][络絡页頁路])截[图圖]",
            # AP Photo/Jane Doe; Jane Doe/AFP via Getty Images
            rf"{_LATIN_SOURCE}(?:(?:\s(?:[Pp]hoto|[Ff]ile)|/)[^。;]{{0,60}})?",
            rf"[^。;:]{{2,40}}(?:/|\svia\s){_LATIN_SOURCE}(?:\s[Pp]hoto)?",
        )
    )
)
"""What names a source by its own wording."""
_NO_SOURCE: Final = re.compile(r"[左右中上下前后後][图圖]?(?:\Z|[为為起一二三四五者方排边邊侧側])|[为為第]")
_CLAUSE: Final = re.compile(r"[在正于於将將是了的着著，,。]")
_LONGEST_NAME: Final = 12
"""Characters of a source that only a weak label tells of; what is longer describes the picture."""
_LONGEST_SOURCE: Final = 40
"""Characters of a source that a strong label tells of."""

_IN_BRACKETS: Final = re.compile(
    rf"[(（【〔［\[]\s?(?:{_LABEL})?(?P<credit>[^()（）【】〔〕［］\[\]]{{1,90}}?)\s?[)）】〕］\]]{_END}"
)
_LABELLED: Final = re.compile(rf"{_BEFORE}(?!.自){_LABEL}(?P<credit>[^\s。！？!?][^。！？!?]{{0,60}}?){_END}")
_PLAIN: Final = tuple(
    map(
        re.compile,
        (
            # 新华社发（张某摄）
            rf"{_BEFORE}(?P<credit>[新中][华華新]社[发發](?:[(（][^()（）]{{2,20}}[摄攝][)）])?){_END}",
            # 新华社记者 某某 摄; 中央社記者某某攝 115年11月15日
            rf"{_BEFORE}(?P<credit>{_SOURCE}?(?:特[约約派]|[实實][习習])?[记記]者\s?{_NAMES}\s?[摄攝]影?)"
            rf"(?:\s?\d{{2,4}}年\d{{1,2}}月\d{{1,2}}日)?{_END}",
            # 某某 摄
            rf"{_BEFORE}(?P<credit>{_NAMES}\s[摄攝]){_END}",
            # —法新社—, -- Bernama photo
            rf"[-—–]\s?(?P<credit>(?:{_SOURCE}|{_LATIN_SOURCE})(?:\s?(?:照片|[Pp]hoto|[Pp]ic))?)"
            rf"\s?[-—–]{{0,2}}{_END}",
            # (Photo by Jane Doe), Photo: Jane Doe, © Jane Doe
            r"(?:(?:\A|[.。()（\s])(?:Photo(?:s|graph)?|Image|Picture|Pic|Credit|Source)"
            r"(?:\s?:\s?|\sby\s|\s[Cc]ourtesy\sof\s)|[Cc]ourtesy\sof\s|©\s?)"
            rf"(?P<credit>[^。;:()（）]{{2,60}})[)）]?{_END}",
            # 法新社档案照, as a sentence of its own
            rf"(?:\A|[。！？!?])(?P<credit>{_AGENCY}(?:{_KEPT}|照片?|[图圖]片?)?){_END}",
        ),
    )
)
"""Credits that need no label."""


def find_credit(caption: str) -> str | None:
    """Find the credit that a caption ends with."""
    tail = caption[-_REACH:]
    for pattern in _PLAIN:
        if found := pattern.search(tail):
            return found["credit"].strip()
    found = _IN_BRACKETS.search(tail)
    in_brackets = found is not None
    found = found or _LABELLED.search(tail)
    if found is None:
        return None
    credit = found["credit"].strip()
    if not credit or _NO_SOURCE.match(credit):
        return None
    if _TELLS.fullmatch(credit) and (in_brackets or found["strong"] or found["weak"]):
        return credit
    longest = _LONGEST_SOURCE if found["strong"] else _LONGEST_NAME if found["weak"] and in_brackets else 0
    return credit if len(credit) <= longest and not _CLAUSE.search(credit) else None
