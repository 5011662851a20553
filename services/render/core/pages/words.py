"""What the site itself says: every word of every page that no publisher wrote, by hand in both scripts.

Nothing here is converted: 搜索 is 搜尋 where Traditional is read. Templates and code take their words from
here alone, so that a page is in one script. Dates are written as a newspaper writes them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from services.render.core.text.scripts import Script
from shared.events import ListName, WithdrawReason

GoneReason = WithdrawReason | Literal["expired"]

_DIGITS: Final = "〇一二三四五六七八九"
_WEEKDAYS: Final = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Words:
    """All words of one script, in the order in which a reader meets them."""

    # masthead and footer
    skip: str
    """The first link of a page, for who goes through it by keyboard: past the masthead."""
    sections: str
    other_script: str
    """The name of the other script, in that script."""
    search: str
    home: str
    chart: str
    """The page of all that is read: 热门排行."""
    privacy: str
    about: str
    """What the site is, behind its name."""
    # an article
    read_all: str
    correction: str
    sponsored: str
    """On what was paid for, wherever it stands."""
    of_year: str
    """Above the text of an article that is over a year old, with its year."""
    source: str
    """With its colon."""
    tags: str
    table: str
    notes: str
    """What a list of footnotes is called."""
    back: str
    """Names the link from a footnote to its place in the text; its number follows."""
    related: str
    # lists
    hot: str
    latest: str
    updated: str
    changed: str
    """Behind the heading of a list that changed, for who listens to the page."""
    no_news: str
    none_here: str
    earlier: str
    newest: str
    """Leads back from the earlier news of a section or a series."""
    # the chart
    spans: str
    lists: dict[ListName, str]
    counted: dict[ListName, str]
    """How a list is counted: one sentence."""
    incomplete: str
    """Behind it, while views may be missing."""
    nobody: str
    # the search
    search_for: str
    """The label of the field."""
    all_sections: str
    order: str
    """What the choice between these is called."""
    orders: dict[str, str]
    """How results are put in order, by what `order=` says."""
    found: str
    found_at_least: str
    found_none: str
    only_newest: str
    """Which of too many are listed."""
    too_long: str
    busy: str
    filling: str
    before: str
    """The page of results before this one."""
    after: str
    # a page that is not there
    withdrawn: str
    expired: str
    when: str
    why: str
    reasons: dict[GoneReason, str]
    note: str
    go_home: str
    missing: str
    missing_why: str


WORDS: Final[dict[Script, Words]] = {
    "zh-Hans": Words(
        skip="跳到正文",
        sections="栏目",
        other_script="繁體",
        search="搜索",
        home="首页",
        chart="热门排行",
        privacy="本站不用 cookie，不记录读者的阅读轨迹。",
        about="今天的新闻，和大家正在读的新闻",
        read_all="阅读全文",
        correction="更正",
        sponsored="赞助内容",
        of_year="这是{year}年的报道",
        source="来源：",
        tags="标签",
        table="表格",
        notes="注释",
        back="回到正文",
        related="相关报道",
        hot="热门新闻",
        latest="最新新闻",
        updated="更新于",
        changed="已更新",
        no_news="还没有新闻。第一篇发布后，就在这里。",
        none_here="这里还没有新闻。",
        earlier="更早的新闻",
        newest="回到最新",
        spans="时段",
        lists={"now": "现在", "24h": "24小时", "3d": "三天"},
        counted={
            "now": "过去一小时最多人读的新闻，一位读者一天只计一次。",
            "24h": "过去24小时最多人读的新闻，一位读者一天只计一次。",
            "3d": "过去三天最多人读的新闻，一位读者一天只计一次。",
        },
        incomplete="目前有些阅读还没有算进来。",
        nobody="这段时间还没有人读新闻。",
        search_for="搜索新闻",
        all_sections="全部栏目",
        order="排序",
        orders={"": "最相关", "date": "最新"},
        found="找到 {count} 篇。",
        found_at_least="找到至少 {count} 篇。",
        found_none="没有找到。换个短些、常见些的词试试。",
        only_newest="这里只列较新的 {count} 篇。",
        too_long="字太多了，只搜索了前 {count} 个字。",
        busy="搜索的人太多，请稍等再试。",
        filling="还有 {count} 篇没有收入搜索，结果还不全。",
        before="上一页",
        after="下一页",
        withdrawn="此文已撤下",
        expired="此文已到期",
        when="时间",
        why="原因",
        reasons={
            "legal": "法律原因",
            "licence": "授权原因",
            "error": "内容有误",
            "other": "其他原因",
            "expired": "已过刊载期限",
        },
        note="说明",
        go_home="回到首页",
        missing="找不到这一页",
        missing_why="网址可能写错了，或者文章还没有发布。",
    ),
    "zh-Hant": Words(
        skip="跳到正文",
        sections="欄目",
        other_script="简体",
        search="搜尋",
        home="首頁",
        chart="熱門排行",
        privacy="本站不用 cookie，不記錄讀者的閱讀軌跡。",
        about="今天的新聞，和大家正在讀的新聞",
        read_all="閱讀全文",
        correction="更正",
        sponsored="贊助內容",
        of_year="這是{year}年的報道",
        source="來源：",
        tags="標籤",
        table="表格",
        notes="註釋",
        back="回到正文",
        related="相關報道",
        hot="熱門新聞",
        latest="最新新聞",
        updated="更新於",
        changed="已更新",
        no_news="還沒有新聞。第一篇發布後，就在這裡。",
        none_here="這裡還沒有新聞。",
        earlier="更早的新聞",
        newest="回到最新",
        spans="時段",
        lists={"now": "現在", "24h": "24小時", "3d": "三天"},
        counted={
            "now": "過去一小時最多人讀的新聞，一位讀者一天只計一次。",
            "24h": "過去24小時最多人讀的新聞，一位讀者一天只計一次。",
            "3d": "過去三天最多人讀的新聞，一位讀者一天只計一次。",
        },
        incomplete="目前有些閱讀還沒有算進來。",
        nobody="這段時間還沒有人讀新聞。",
        search_for="搜尋新聞",
        all_sections="全部欄目",
        order="排序",
        orders={"": "最相關", "date": "最新"},
        found="找到 {count} 篇。",
        found_at_least="找到至少 {count} 篇。",
        found_none="沒有找到。換個短些、常見些的詞試試。",
        only_newest="這裡只列較新的 {count} 篇。",
        too_long="字太多了，只搜尋了前 {count} 個字。",
        busy="搜尋的人太多，請稍等再試。",
        filling="還有 {count} 篇沒有收入搜尋，結果還不全。",
        before="上一頁",
        after="下一頁",
        withdrawn="此文已撤下",
        expired="此文已到期",
        when="時間",
        why="原因",
        reasons={
            "legal": "法律原因",
            "licence": "授權原因",
            "error": "內容有誤",
            "other": "其他原因",
            "expired": "已過刊載期限",
        },
        note="說明",
        go_home="回到首頁",
        missing="找不到這一頁",
        missing_why="網址可能寫錯了，或者文章還沒有發布。",
    ),
}


def long_time(moment: datetime) -> str:
    """Write a local moment as under a headline: 2026年11月15日 18:30."""
    return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"


def short_time(moment: datetime) -> str:
    """Write a local moment of these days: 11月15日 18:30."""
    return f"{moment.month}月{moment.day}日 {moment:%H:%M}"


def listed_time(moment: datetime, today: date) -> str:
    """Write a local moment as in a list of news of any age: of another year with the year, and no hour."""
    if moment.year == today.year:
        return short_time(moment)
    return f"{moment.year}年{moment.month}月{moment.day}日"


def is_over_a_year(day: date, today: date) -> bool:
    """Tell whether a day is more than a year before today."""
    return (day.year + 1, day.month, day.day) < (today.year, today.month, today.day)


def masthead_date(day: date) -> tuple[str, str]:
    """Write a day as a Chinese newspaper does: 二〇二六年十一月十五日 and 星期日."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_numeral(day.month)}月{_numeral(day.day)}日", f"星期{_WEEKDAYS[day.weekday()]}"


def _numeral(number: int) -> str:
    """Write 1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "") + (_DIGITS[ones] if ones else "")
