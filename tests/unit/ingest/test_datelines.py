"""Datelines and series: found as data, never guessed."""

import pytest

from services.ingest.core.datelines import find_dateline, find_series


@pytest.mark.parametrize(
    ("paragraph", "text", "places", "agency", "day"),
    [
        ("(安卡拉15日讯)土耳其", "(安卡拉15日讯)", ("安卡拉",), None, 15),
        ("（吉隆坡15日讯）首相", "（吉隆坡15日讯）", ("吉隆坡",), None, 15),
        ("　　(河城3日讯)河城", "　　(河城3日讯)", ("河城",), None, 3),
        ("(赫尔松、莫斯科15日讯)综合", "(赫尔松、莫斯科15日讯)", ("赫尔松", "莫斯科"), None, 15),
        ("(法新社巴黎14日电)法国", "(法新社巴黎14日电)", ("巴黎",), "法新社", 14),
        ("(綜合31日訊)各地", "(綜合31日訊)", ("綜合",), None, 31),
        ("新华社北京5月1日电 国务院", "新华社北京5月1日电", ("北京",), "新华社", 1),
        ("中央社台北15日電 行政院", "中央社台北15日電", ("台北",), "中央社", 15),
        ("【本报讯】市议会", "【本报讯】", (), None, None),
        ("本报讯 市议会", "本报讯", (), None, None),
    ],
)
def test_a_dateline_gives_places_agency_and_day(
    paragraph: str, text: str, places: tuple[str, ...], agency: str | None, day: int | None
) -> None:
    found = find_dateline(paragraph)
    assert found is not None
    assert paragraph.startswith(found.text)
    assert (found.text, found.places, found.agency, found.day) == (text, places, agency, day)


@pytest.mark.parametrize(
    "paragraph",
    [
        "他15日讯问了证人。",
        "安卡拉15日讯息中心开放。",
        "(图:本报资料照)",
        "(见第15日的报道)河城",
        "(河城45日讯)不存在的一天",
        "本报讯息部",
        "新华社记者15日在北京说",
        "星期日讯号中断",
        "河城旧邮局(15日讯)",
    ],
)
def test_ordinary_words_are_no_dateline(paragraph: str) -> None:
    assert find_dateline(paragraph) is None


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("【河城纪事】 邮局旧事", "河城纪事"),
        ("【河城纪事】邮局旧事", "河城纪事"),
        ("邮局【旧事】新说", None),
        ("【河城纪事】", None),
        ("【】空", None),
    ],
)
def test_a_series_is_what_a_title_begins_with_in_brackets(title: str, name: str | None) -> None:
    assert find_series(title) == name
