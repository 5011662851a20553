"""What may be a dateline in Chinese: the forms, in the order in which they are written.

    据 新华社 记者某某 北京 5月1日 综合外电
    ── ────── ──────── ──── ───── ────────
      who     reporter place date   how

A pattern is generous, `dateline` decides; what may repeat has a bound, so matching ends soon on any text. The
last group of each is the kind of the closing mark: wire, told, notice or dash.
"""

import re
from typing import Final

from services.ingest.core.datelines.names import AGENCIES, SHORT_AGENCIES

OPENING: Final = "(（【〔［[〖"
_CLOSING: Final = ")）】〕］]〗"
_HAN: Final = r"\u3400-\u9fff"
_SHORT: Final = "|".join(SHORT_AGENCIES)

_LIKE_ONE: Final = (
    rf"(?=[{_HAN}]{{2,9}}?[报報社网網])[{_HAN}]{{1,6}}?"
    r"(?:[日晚早晨时時商快都新邮郵][报報]|青年报|都市报|法制报|通[讯訊]社|新[闻聞][网網]|[^联聯电電球][网網]"
    r"|[报報社](?=[记記]者))"
)
"""A name that ends like a paper's or an agency's: 河城日报, 河城通讯社."""
_AGENCY: Final = (
    rf"(?:(?:{'|'.join(map(re.escape, AGENCIES))}|{_LIKE_ONE})(?:客[户戶]端|[网網](?![络絡页頁]))?"
    # 中央社会…, 新华社区… begin with no agency
    r"(?:(?<!社)|(?![会會区區交团團员員]))"
    rf"|(?:{_SHORT})(?=[{_HAN}\d０-９])(?![社网網]))"
)
_WHO: Final = (
    rf"(?P<quoted>[据據])?(?:综合|綜合)?\s?"
    rf"(?:(?P<house>本[报報网網社刊台臺站])|(?P<agency>{_AGENCY}(?:[、和／/]{_AGENCY}){{0,2}}))"
    r"[\s／/╱]{0,2}"
)
_DESK: Final = rf"[{_HAN}]{{2,4}}(?:新[闻聞]|[频頻]道|中心|[组組])\s?[／/╱](?=[综綜]|[记記])"
_REPORTER: Final = (
    rf"(?:[驻駐][{_HAN}]{{1,6}}?)?(?:首席|特派|特[约約]|[实實][习習]|[见見][习習]){{0,2}}"
    rf"(?:[记記]者|[编編][译譯])(?P<crew>[{_HAN}·、,，\s／/╱]{{2,30}}?)"
)
_PLACES: Final = rf"(?P<places>[{_HAN}A-Za-z·・‧、,，／/╱&\s]{{2,24}}?(?:[（(][{_HAN}]{{2,8}}[）)])?)"
"""With the country behind a place, if it stands there: 吕勒奥（瑞典）."""
_NUMBER: Final = r"(?:[0-9０-９]{1,2}|[一二三四五六七八九十廿卅]{1,3})"
_DATE: Final = (
    rf"[\s·・‧．.]?(?:[0-9０-９〇○零一二三四五六七八九]{{4}}年)?\s?"
    rf"(?:(?P<month>{_NUMBER})\s?月)?\s?(?P<day>{_NUMBER})\s?日"
)
_HOW: Final = (
    rf"\s?(?:(?P<wire>(?:综合|綜合)?(?:[专專特外快急]|(?P<wire_agency>{_SHORT}))?[讯訊电電]"
    r"(?:[报報][道导導])?)"
    r"|(?P<told>(?:综合|綜合|[连連][线線]|即[时時])?[报報][道导導])"
    r"|(?P<notice>消息|[特专專]稿))"
)
"""The closing mark: 讯, 综合外电, 专电, 法新电, or 综合报道, or 消息."""
_TAIL: Final = rf"(?:[\s／/，,、]{{0,2}}[记記]者[{_HAN}·、\s]{{2,20}})?"
_CORE: Final = rf"(?:{_REPORTER}|{_PLACES})??(?:{_DATE})?"

BRACKETED: Final = re.compile(
    rf"\s{{0,8}}[{re.escape(OPENING)}]\s{{0,2}}(?:{_DESK}|{_WHO})?{_CORE}{_HOW}{_TAIL}"
    rf"\s{{0,2}}[{re.escape(_CLOSING)}]"
)
"""(安卡拉15日讯), 【本报讯】, （中央社記者某某台北15日電）, 〔體育中心／綜合報導〕."""
OPEN: Final = tuple(
    re.compile(r"\s{0,8}" + form)
    for form in (
        # 新华社北京5月1日电, 本报讯, 路透伦敦11月15日 -
        rf"{_WHO}{_CORE}(?:{_HOW}|\s(?P<dash>[-—–]{{1,2}})(?=\s))",
        # 安卡拉15日讯
        rf"(?=.{{3,26}}?日.{{0,4}}?[讯訊电電])(?P<places>[{_HAN}·、／/]{{2,14}}?){_DATE}{_HOW}",
        # 综合外电
        rf"(?=综合|綜合){_HOW}",
        # 記者某某／台北報導
        rf"{_REPORTER}{_HOW}",
    )
)
MAY_CLOSE: Final = re.compile(r"[讯訊电電道导導息稿—–-]")
"""Without one of these near its beginning a text has no dateline: most texts end their search here."""

REPORTS: Final = frozenset(("讯", "訊", "专讯", "專訊", "特讯", "特訊"))
"""The marks that hardly anything but a dateline has."""
GAP: Final = re.compile(r"[\s:：—–|｜│【（(〔／/]|-\s|$")
"""What shows that nothing ordinary goes on behind a dateline."""
JOINS_ON: Final = frozenset(
    "息号號问問框飞飛录錄道佳实實栏欄话話影视視力台臺脑腦子器信报報邮郵梯池商源网網流路压壓波动動"
    "机機车車线線缆纜费費价價气氣竞競玩召厂廠贺賀唁告称稱说說"
)
"""Behind 讯 or 电 these make another word of it, or a sentence: 讯息, 电话, 15日电称."""
JOINS_BEFORE: Final = frozenset(
    "资資通简簡短快腾騰音视視喜死传傳审審闻聞捷噩佳近警军軍问問科电電来來致停充供发發断斷用水家核风風急"
)
"""Before 讯 or 电 these make another word of it: 通讯, 来电."""
