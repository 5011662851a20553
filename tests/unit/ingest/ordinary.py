"""Ordinary paragraphs and captions that come as near to datelines and credits as news does.

Each is made of a beginning that looks like a dateline's, and words in which its closing mark goes on as
something else: 15日讯问, 电话, 通讯, (见第15日…). None of them has one.
"""

from random import Random
from typing import Final


def _words(text: str) -> list[str]:
    return text.split()


PEOPLE: Final = _words(
    """
    他 她 他们 市长 船长 一名店主 学生们 老邮差 苏明月 莫怀溪 三名证人 图书馆馆长
    """
)
PLACES: Final = _words(
    """
    河城 白沙 石桥镇 安卡拉 北京 吉隆坡 台北 巴黎 莫斯科 榕溪 香港 纽约
    """
)
NAMED: Final = _words(
    """
    新华社 法新社 路透社 中央社 本报 本报讯息部 美联社 联合早报 河城日报 央视网 中新社 马新社 本網 本台
    """
)
DAYS: Final = _words(
    """
    1日 15日 １５日 三十一日 昨日 11月15日 二十日 当日 每月15日 十二日
    """
)
GOES_ON: Final = _words(
    """
    讯问了证人 讯息中心开放 讯号中断 訊號中斷 电话响个不停 電話響個不停 电影院重开 電影院重開 电力恢复
    电视台播出 电脑送修 电车通车 电子票开售 电邮寄达 电报局拆除 電報局拆除 电台开播 电池回收 电贺白沙
    电称雨势减弱
    电说雨势减弱 电报道说雨势减弱 报道了渡轮的事 報導了渡輪的事 报道,渡轮换了新船 報道，渡輪換了新船
    消息灵通 消息,渡轮换了新船 消息人士说 来电询问 致电学校 停电两小时 供电恢复 充电站启用 发电量上升
    来讯道谢 通讯录寄出 通訊錄寄出 简讯收费 資訊展開幕 资讯科技展开幕 视讯会议开始 短讯骗案 喜讯传开
    审讯押后 闻讯赶来 腾讯搬家 快讯栏取消 家电行开张 水电费不变 核电厂检修 闪电劈中老树 特稿组解散
    专电号码启用
    """
)
"""What begins with 讯, 电, 报道 or 消息, and closes no dateline."""
BEHIND_A_PLACE: Final = _words("站 旧城 的雨 邮局 15日 十五日 记者 资讯 通讯 电信 电讯 电台 来电 简讯")
IN_BRACKETS: Final = _words(
    """
    见第15日的报道 见昨日讯 图:本报资料照 2026年11月15日 11月15日 星期日 资讯 通讯 简讯 通訊 資訊 视讯 音讯
    喜讯 快讯 短讯 腾讯 互联网资讯 科学通讯 体育快讯 财经短讯 国际资讯 无线通讯 移动通讯 电话 来电 停电 家电
    水电 充电 闪电 外电 深度报道 相关报道 后续报道 独家报道 见报道 本报资讯 本报通讯 本报读者来电
    本报热线电话 本报电子版 新华社通讯员 新华社记者 法新社 路透社 本报 记者苏明月 本报记者苏明月
    记者苏明月报道 编辑周讯 记者王小讯 作者李电 河城45日讯 河城0日讯 河城13月5日讯 他15日讯 我们15日讯
    截至15日讯 本月15日讯 第15日讯 昨15日讯 将于15日停电 15日来电 15日致电 15日通讯 15日 讯 电 左 左二 一
    附图 续前页 下转第3版 北京 吉隆坡 安卡拉、巴黎 AP AFP Bernama 体育讯 财经综合讯 公司讯 读者讯 特稿 专稿
    消息 综合 综合能力 最新消息 小道消息 据新华社报道 据法新社15日报道说 综合各地消息 新华社北京分社
    巴黎15日 巴黎15日晴 新闻通讯
    """
)
CLAUSES: Final = _words(
    """
    渡轮换了新船,首航坐满了人。 旧邮局改建的图书馆周日开放。 河边的柳树修剪完毕。
    钟楼的钟慢了三分钟,没有人介意。 “雨来得刚好。”茶农说。 茶园今年早开十天。 票价不变,班次照旧。
    孩子们第一个跑进门。 他说,明年还要再来。 (图见第3版)展览到月底结束。
    """
)
LATIN: Final = (
    "NASA — the agency — ",
    "WARNING: ",
    "KUALA LUMPUR (the capital) ",
    "PARIS, Texas, ",
    "The AP (a wire) — ",
    "UNESCO (Paris) — ",
    "Nov. 15 — ",
    "IN NOVEMBER (2026) -- ",
    "MIT (Boston) — ",
    "LONDON BRIDGE -- ",
    "(see page 3) - ",
    "(The harbour) — ",
    "A. B. Smith (1950-2026) — ",
    "AP photo -- ",
    "Reuters - ",
    "JANE DOE (captain) - ",
    "Paris, Nov. 15 — ",
    "(15 November) -- ",
    "WHO (Geneva) - ",
    "May 1 - ",
)


def paragraph(random: Random) -> str:
    """Make a paragraph that has no dateline."""
    place, day, named = random.choice(PLACES), random.choice(DAYS), random.choice(NAMED)
    who, goes_on = random.choice(PEOPLE), random.choice(GOES_ON)
    opening, closing = random.choice([("(", ")"), ("（", "）"), ("【", "】"), ("[", "]"), ("〔", "〕")])
    beginning = random.choice(
        [
            f"{who}{day}{goes_on}",
            f"{place}{day}{goes_on}",
            f"{place}、{random.choice(PLACES)}{day}{goes_on}",
            f"{named}{goes_on}",
            f"{named}{place}{goes_on}",
            f"{named}{place}{day}{goes_on}",
            f"据{named}{place}{day}{goes_on}",
            f"据{named}报道",
            f"据{named}{day}报道，{place}的渡轮停航",
            f"{named}记者{day}在{place}说",
            f"{named}记者苏明月从{place}报道说",
            f"{who}在{place}告诉{named}",
            f"{place}旧邮局({day}讯)挂牌",
            f"“{place}{day}讯”四个字印错了",
            f"《{named}讯》停刊",
            f"{opening}{random.choice(IN_BRACKETS)}{closing}{place}",
            f"{opening}{who}{day}{goes_on}{closing}",
            f"{opening}{place}{day}{goes_on}{closing}",
            f"{opening}{place}{random.choice(BEHIND_A_PLACE)}{closing}",
            f"{place}{random.choice(BEHIND_A_PLACE)}",
            f"{place}{day} ",
            random.choice(LATIN),
            f"{who}{random.choice(['说', '写道', '笑了', '来电', '来讯'])}：",
        ]
    )
    indent = random.choice(["", "", "　　", "  "])
    return (
        indent + beginning + random.choice(["，", ",", "。", "", "、", "的", "时"]) + random.choice(CLAUSES)
    )
