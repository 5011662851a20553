"""Pieces of pages: the order and the letters of what a reader sees, and that nothing else is there."""

import gzip
import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.render.core.articles.stories import Story, story_of
from services.render.core.pages import templates as module
from services.render.core.pages.site import Site
from services.render.core.pages.templates import Templates, jinja_environment, split_title
from services.render.core.pages.words import GoneReason, masthead_date
from services.render.core.text import glossary
from services.render.core.text.script_converter import ScriptConverter
from shared.blocks import Mark, Paragraph, Picture
from shared.events import ArticlePublished, Dateline
from tests.builders import NOON, published
from tests.unit.render.reading import Reading

SERVICE = Path(module.__file__).parents[2]
STATIC = {path.name: f"/static/{path.stem}.0123abcd{path.suffix}" for path in (SERVICE / "static").iterdir()}
SECTIONS = ("国际", "地方")
TODAY = date(2026, 11, 15)
HOSTILE = '<script>alert(1)</script>"\'&amp; <b onclick="x">'
TEMPLATES = jinja2.FileSystemLoader(SERVICE / "templates")
PIECES = Templates(
    Site("河城日报", "https://news.example", ZoneInfo("Asia/Kuala_Lumpur"), STATIC),
    ScriptConverter("zh-Hans", glossary.read(())),
    jinja_environment(TEMPLATES),
)


def read(html: bytes) -> list[str]:
    return Reading(html).lines


def story(article_id: str, **changes: Any) -> Story:
    return story_of(published(article_id, **changes))


def lead() -> ArticlePublished:
    return published(
        "lead",
        title="【河城纪事】旧邮局改成图书馆 “开放”了(首周)",
        series="河城纪事",
        byline="记者 苏明月",
        pictures=(
            Picture(url="https://p.example/1.svg", caption="阅览厅。(图:资料)", width=1200, height=800),
        ),
        blocks=(Paragraph(text="(河城15日讯)河城,今天。"), Paragraph(text="第二段:  两个空格。")),
        dateline=Dateline(text="(河城15日讯)"),
    )


def article_page(article: ArticlePublished, entries: list[Story], cards: list[Story]) -> bytes:
    hot = PIECES.hot([PIECES.hot_entry(entry, TODAY) for entry in entries], latest=False, updated=None)
    return b"".join(
        (
            PIECES.article_top(article, SECTIONS, TODAY),
            hot,
            PIECES.cards(article.section, [PIECES.card(card, TODAY) for card in cards]),
            PIECES.article_end(article),
            PIECES.tail(article.id, "slot-token"),
        )
    )


def full_page() -> bytes:
    picture = Picture(url="https://p.example/2.svg", caption="(图:受访者)")
    return article_page(
        lead(),
        [story("hot-1", title="【人物】七旬师傅 糊风筝", series="人物", pictures=(picture,)), story("hot-2")],
        [story(f"card-{n}", pictures=(picture,)) for n in range(3)],
    )


@cache
def every_page() -> dict[str, bytes]:
    stories = [story("one"), story("two", title=HOSTILE, section=HOSTILE[:20].replace("/", ""))]
    hot = PIECES.hot([PIECES.hot_entry(one, TODAY) for one in stories], latest=True, updated=NOON)

    def page(path: str, main: bytes, found: bool = True) -> bytes:
        top = PIECES.top(title="页", path=path, found=found, current="地方", sections=SECTIONS, today=TODAY)
        return top + main + PIECES.tail(None, "")

    hostile = published(
        "hostile",
        title=HOSTILE,
        byline=HOSTILE,
        source=HOSTILE,
        tags=(HOSTILE,),
        correction=HOSTILE,
        blocks=(Paragraph(text=HOSTILE),),
        pictures=(Picture(url="https://p.example/" + HOSTILE, caption=HOSTILE, alt=HOSTILE),) * 2,
    )
    return {
        "article": full_page(),
        "hostile": article_page(hostile, stories, stories),
        "bare": article_page(published("bare"), [], []),
        "home": page(
            "/", PIECES.home(stories[0], stories, hot, [("地方", stories), (HOSTILE, stories)], today=TODAY)
        ),
        "no news": page("/", PIECES.home(None, [], b"", [], today=TODAY)),
        "section": page("/section/x", PIECES.section(HOSTILE, stories, hot, "a b&c", today=TODAY)),
        "series": page("/series/x", PIECES.series(HOSTILE, stories, hot, today=TODAY)),
        "hot": page("/hot", PIECES.hot_page("24h", stories, NOON, today=TODAY)),
        "nobody reads": page("/hot", PIECES.hot_page("now", [], None, today=TODAY)),
        "gone": page("/article/x", PIECES.gone("legal", NOON, HOSTILE, hot), found=False),
        "missing": page("", PIECES.missing(hot), found=False),
    }


def test_an_article_reads_in_the_order_of_the_contract_letter_by_letter() -> None:
    lines = read(full_page())
    first = lines.index("【河城纪事】旧邮局改成图书馆 “开放”了(首周)", 1)
    card = ["阅读全文", "(图:受访者)", "旧邮局改成图书馆 周日开放", "地方"]
    excerpt = "河城旧邮局改建的图书馆周日开放。首日有三百人到访。"
    assert lines[first : lines.index("河城日报", first)] == [
        "【河城纪事】旧邮局改成图书馆 “开放”了(首周)",
        "2026年11月15日 20:00",
        "记者 苏明月",
        "地方",
        "阅览厅。(图:资料)",
        "(河城15日讯)河城,今天。",
        "第二段:  两个空格。",
        "热门新闻",
        *["阅读全文", "(图:受访者)", "【人物】七旬师傅 糊风筝"],
        *["阅读全文", "旧邮局改成图书馆 周日开放"],
        *[*card, excerpt] * 3,
    ]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=200))
def test_a_title_is_read_back_as_sent(title: str) -> None:
    html = PIECES.hot_entry(story("one", title=title), TODAY).decode()
    shown = re.search(
        r'<h3 class="title"><a title="[^"]+" href="/article/one">(.*)</a></h3>', html, re.DOTALL
    )
    assert shown is not None
    parser = Reading(f"<p>{shown[1]}</p>".encode())
    assert "".join(parser.lines) == (title if title.strip() else "")


@given(st.text(max_size=30), st.none() | st.text(max_size=5))
def test_a_title_and_its_series_mark_are_the_whole_title(title: str, series: str | None) -> None:
    for sent in (title, f"【{series}】{title}"):
        assert "".join(split_title(sent, series)) == sent


def test_the_series_is_a_link_in_the_headline_and_none_in_lists() -> None:
    top = PIECES.article_top(lead(), SECTIONS, TODAY).decode()
    assert '<a class="series" href="/series/%E6%B2%B3%E5%9F%8E%E7%BA%AA%E4%BA%8B">【河城纪事】</a>' in top
    assert '<span class="series">【河城纪事】</span>' in PIECES.hot_entry(story_of(lead()), TODAY).decode()


def test_a_dateline_is_marked_only_where_the_text_begins_with_it() -> None:
    top = PIECES.article_top(lead(), SECTIONS, TODAY).decode()
    assert '<p><span class="dateline">(河城15日讯)</span>河城,今天。</p>' in top
    elsewhere = lead().model_copy(update={"dateline": Dateline(text="(别处1日讯)")})
    assert 'class="dateline"' not in PIECES.article_top(elsewhere, SECTIONS, TODAY).decode()


def test_a_paragraph_that_brings_its_own_indent_gets_no_second_one() -> None:
    sent = published(blocks=(Paragraph(text="\u3000\u3000自带缩进"), Paragraph(text="没有缩进")))
    top = PIECES.article_top(sent, SECTIONS, TODAY).decode()
    assert '<p class="indented">\u3000\u3000自带缩进</p>\n<p>没有缩进</p>' in top


def test_a_paragraph_of_code_alone_is_a_line_of_a_listing() -> None:
    code = (Mark(kind="code", start=0, end=5),)
    sent = published(blocks=(Paragraph(text="  a=1", marks=code), Paragraph(text="a = 1。", marks=code)))
    top = PIECES.article_top(sent, SECTIONS, TODAY).decode()
    assert '<p class="indented code"><code>  a=1</code></p>\n<p><code>a = 1</code>。</p>' in top


@pytest.mark.parametrize("name", every_page())
def test_every_page_is_safe_and_leads_only_where_something_is(name: str) -> None:
    html = every_page()[name]
    page = Reading(html)
    assert not [attribute for _, attribute, _ in page.attributes if re.match(r"on|style$", attribute)]
    ours = [STATIC["remen.js"], *([STATIC["view.js"]] if b"data-token" in html else [])]
    assert [value for tag, at, value in page.attributes if (tag, at) == ("script", "src")] == ours
    assert html.count(b"<script") - html.count(b'<script type="application/ld+json">') == len(ours)
    named = r"/(article|section|series)/[^/ ]+"
    page_of_ours = rf"(/zh-hant)?(/|/search(\?q=[^ ]+)?|/hot(\?list=(24h|3d))?|{named})"
    for_machines = r"(/section/[^/ ]+|/hot)?/feed\.xml|/site\.webmanifest"
    known = rf"{page_of_ours}|{for_machines}|#main|/static/.*|https://news\.example/.*"
    assert not [href for href in page.all("href") if not re.fullmatch(known, href)]
    drawn = rb'<time class="note" datetime="[^"]+" data-day="[^"]+"></time>'
    assert not re.search(rb"<(?!script\b)(\w+)[^>]*>\s*</\1>", re.sub(drawn, b"", html)), "an empty element"


def test_lists_say_how_old_a_story_is_to_eye_and_ear_and_their_text_stays_as_it_is() -> None:
    for at, said in ((NOON, "11月15日 20:00"), (datetime(2019, 11, 29, 2, tzinfo=UTC), "2019年11月29日")):
        old = story("old", published_at=at)
        for html in (PIECES.hot_entry(old, TODAY), PIECES.card(old, TODAY)):
            page = Reading(html)
            assert page.all("data-day") == [said]
            assert ("a", "title", said) in page.attributes, "what a screen reader tells of the link"
            assert page.all("datetime") == [at.astimezone(PIECES.site.zone).date().isoformat()]
            assert "11月" not in "".join(page.lines)


def test_what_was_paid_for_says_so_above_its_text_and_on_its_card() -> None:
    paid = published("paid", title="一篇广告", sponsored=True)
    top = read(PIECES.article_top(paid, SECTIONS, TODAY))
    assert top.index("一篇广告", 1) < top.index("赞助内容") < top.index("首日有三百人到访。")
    card = read(PIECES.card(story_of(paid), TODAY))
    assert card[:-1] == ["阅读全文", "一篇广告", "地方", "赞助内容"]
    assert b"\xe8\xb5\x9e\xe5\x8a\xa9" not in PIECES.card(story("one"), TODAY)


@pytest.mark.parametrize(("today", "told"), [(date(2020, 11, 29), False), (date(2020, 11, 30), True)])
def test_an_article_over_a_year_old_says_so_above_its_text(today: date, told: bool) -> None:
    lines = read(
        PIECES.article_top(published(published_at=datetime(2019, 11, 28, 20, tzinfo=UTC)), SECTIONS, today)
    )
    assert ("这是2019年的报道" in lines) is told
    if told:
        assert lines.index("地方", lines.index("2019年11月29日 04:00")) < lines.index("这是2019年的报道")
        assert lines.index("这是2019年的报道") < lines.index("首日有三百人到访。")


def test_every_link_to_the_whole_text_has_a_name_of_its_own() -> None:
    names = [name for name in Reading(full_page()).all("aria-label") if name.startswith("阅读全文")]
    assert names[0] == "阅读全文:【人物】七旬师傅 糊风筝"
    assert len(names) == 5


def test_a_story_without_a_picture_shows_its_sections_first_character_on_a_tile() -> None:
    card = PIECES.card(story("one"), TODAY).decode()
    assert 'data-tile="地"' in card
    assert "<img" not in card
    assert "阅读全文" in read(card.encode())


def test_lists_keep_each_storys_own_language() -> None:
    assert '<li lang="zh-Hant">' in PIECES.hot_entry(story("one", language="zh-Hant"), TODAY).decode()
    assert b'<article lang="en">' in PIECES.article_top(published(language="en"), SECTIONS, TODAY)


def test_the_list_is_called_latest_when_nobody_has_read_and_says_how_old_it_is() -> None:
    entry = PIECES.hot_entry(story("one"), TODAY)
    assert read(PIECES.hot([entry], latest=True, updated=None))[0] == "最新新闻"
    assert "更新于" not in PIECES.hot([entry], latest=False, updated=None).decode()
    old = PIECES.hot([entry], latest=False, updated=NOON).decode()
    assert '更新于 <time datetime="2026-11-15T20:00:00+08:00">20:00</time>' in old
    assert PIECES.hot([], latest=True, updated=None) == PIECES.cards("地方", []) == b""


def test_a_correction_says_the_day_when_it_is_not_the_articles_own() -> None:
    def correction(modified_at: datetime) -> list[str]:
        sent = published(correction="应为1926年。", modified_at=modified_at)
        lines = read(PIECES.article_top(sent, SECTIONS, TODAY))
        return lines[lines.index("更正") :][:3]

    assert correction(NOON + timedelta(hours=1)) == ["更正", "应为1926年。", "21:00 更正"]
    assert correction(NOON + timedelta(days=1)) == ["更正", "应为1926年。", "2026年11月16日 20:00 更正"]


def test_further_pictures_source_and_tags_come_at_the_end() -> None:
    assert PIECES.article_end(published()) == b""
    pictures = (
        Picture(url="https://p.example/1.svg"),
        Picture(url="https://p.example/2.svg", caption="第二张"),
    )
    end = PIECES.article_end(published(pictures=pictures, source="河城社", tags=("古迹", "河城")))
    assert read(end) == ["第二张", "来源：河城社", "古迹", "河城"]
    assert b"1.svg" not in end


def test_only_an_articles_page_sends_a_view_with_script_or_without() -> None:
    tail = PIECES.tail("harbour-library", "a+b=").decode()
    view = (
        f'<script src="{STATIC["view.js"]}" defer data-article="harbour-library" data-token="a+b="></script>'
    )
    assert view in tail
    assert 'src="/v.gif?article=harbour-library&amp;token=a%2Bb%3D"' in tail
    assert "token" not in PIECES.tail(None, "a+b=").decode()
    assert "view.js" not in PIECES.tail(None, "a+b=").decode()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("legal", "法律原因"),
        ("licence", "授权原因"),
        ("error", "内容有误"),
        ("other", "其他原因"),
        ("expired", "已过刊载期限"),
    ],
)
def test_a_withdrawn_article_says_when_and_why(reason: GoneReason, words: str) -> None:
    lines = read(PIECES.gone(reason, NOON, "记者误信了公告。", b""))
    assert lines[0] == ("此文已到期" if reason == "expired" else "此文已撤下")
    assert lines[1:7] == ["时间", "2026年11月15日 20:00", "原因", words, "说明", "记者误信了公告。"]
    assert "说明" not in read(PIECES.gone(reason, NOON, "", b""))


def test_a_section_leads_to_its_earlier_news_until_the_end() -> None:
    assert (
        'href="/section/%E5%9C%B0%E6%96%B9?before=a%20b%26c">更早的新闻'
        in PIECES.section("地方", [story("one")], b"", "a b&c", today=TODAY).decode()
    )
    assert "更早的新闻" not in PIECES.section("地方", [story("one")], b"", None, today=TODAY).decode()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 15), ("二〇二六年十一月十五日", "星期日")),
        (date(2027, 10, 10), ("二〇二七年十月十日", "星期日")),
        (date(2030, 12, 20), ("二〇三〇年十二月二十日", "星期五")),
        (date(2026, 1, 31), ("二〇二六年一月三十一日", "星期六")),
    ],
)
def test_the_masthead_writes_the_day_as_a_newspaper_does(day: date, words: tuple[str, str]) -> None:
    assert masthead_date(day) == words


def test_a_page_stays_within_its_budget() -> None:
    card = story("one", blocks=(Paragraph(text="字" * 60),), title="题" * 30)
    page = article_page(lead(), [card] * 6, [card] * 10)
    assert len(gzip.compress(page)) <= 30_000


def test_a_chart_with_views_missing_says_so() -> None:
    said = "目前有些阅读还没有算进来。"
    assert said in PIECES.hot_page("now", [], None, incomplete=True, today=TODAY).decode()
    assert said not in PIECES.hot_page("now", [], None, today=TODAY).decode()
