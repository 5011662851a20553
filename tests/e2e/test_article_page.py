"""The article page, read back from a real browser line by line: the contract's order and nothing between.

With JavaScript switched off, a page cannot be asked for its `innerText` by its own scripts; Chromium's
debugging interface still can.
"""

import re
import time
import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from tests.builders import as_json, sent_article
from tests.e2e.conftest import OpenPage
from tests.foreign import produce, until
from tests.real import Site

NOW = datetime.now(UTC)
LEAD = sent_article(
    "lead",
    title="【河城纪事】 旧邮局改成图书馆 周日开放",
    section="地方",
    body="\n".join(
        ["(河城15日讯)河城旧邮局改建的图书馆周日开放,首日有三百人到访(多是学生)。"]
        + [f"第{n}段:市议会说,“大家都想坐在从前寄信的地方看书”。" for n in "二三四五六七八"]
    ),
    picture={
        "url": "https://pictures.example/lead.svg",
        "caption": "图书馆阅览厅保留了旧邮局的柚木柜台。(图:热门资料照)",
        "width": 1200,
        "height": 800,
    },
    byline="记者 苏明月",
    published_at="2026-11-15T18:30:00+08:00",
)
BLOCKS = sent_article(
    "blocks",
    title="图书馆的第一周",
    section="副刊",
    format="html",
    body="""
<figure><img src="https://pictures.example/hall.svg" width="1200" height="800">
<figcaption>阅览厅。(图:资料照)</figcaption></figure>
<p>(河城15日讯)首周有<strong>一万人</strong>进馆,<a href="https://library.example/">时间表</a>如下。<br>第二段<em>也</em>在这里。</p>
<h3>修复的人</h3>
<blockquote><p>“大家都想坐在从前寄信的地方看书。”</p><p>——馆长</p></blockquote>
<ul><li>先登记<ol><li>领号码牌</li></ol></li><li>再入座</li></ul>
<figure><img src="https://pictures.example/counter.svg"><figcaption>柚木柜台。(图:热门)</figcaption></figure>
<table><caption>首周人次</caption><tr><th>日期</th><th>成人</th><th>儿童</th><th>比预计</th><th>备注</th></tr>
<tr><td>11月8日</td><td>1,820</td><td>604</td><td>+112%</td><td>开幕<br>放假</td></tr></table>
<iframe src="https://www.video.example/1"></iframe>
<p>完。</p>
""",
)
BLOCKS_READ = [
    "阅览厅。(图:资料照)",
    "(河城15日讯)首周有一万人进馆,时间表如下。",
    "第二段也在这里。",
    "修复的人",
    "“大家都想坐在从前寄信的地方看书。”",
    "——馆长",
    *["先登记", "领号码牌", "再入座"],
    "柚木柜台。(图:热门)",
    "首周人次",
    "日期\t成人\t儿童\t比预计\t备注",
    "11月8日\t1,820\t604\t+112%\t开幕",
    "放假",
    "video.example",
    "完。",
]
HOT: list[tuple[str, str | None]] = [
    ("北岸渡轮周末加开夜班 末班船十一点半", None),
    ("【小镇人物】 七旬师傅糊风筝 “风会告诉你哪里不对”", "陈师傅在自家晒刚上色的风筝。(图:热门)"),
    ("灯塔百年首次开放登塔 (每日限额60人)", "(图:海事局)"),
    ("小学象棋队三度封王: 最小棋手7岁?", "(法新社照片)"),
    ("植物园夜里等花开 《昙花》三年来首次", None),
    ("天文大潮将至 沿海三镇提前架堤", None),
]


def hot_article(n: int, title: str, caption: str | None) -> dict[str, Any]:
    picture = {"url": f"https://pictures.example/{n}.svg", "caption": caption} if caption else None
    return sent_article(
        f"hot-{n}",
        title=title,
        section="国际",
        picture=picture,
        published_at=str(NOW - timedelta(hours=n + 1)),
    )


def card_article(n: int) -> dict[str, Any]:
    body = (
        "短文,不到六十字。" if n == 3 else f"(白沙1{n}日讯)" + "山村小学只剩三名学生,老师把课堂搬到田里。" * 4
    )
    picture = {"url": f"https://pictures.example/c{n}.svg", "caption": f"第{n}张图。(图:资料照)"}
    return sent_article(
        f"card-{n}",
        title=f"第{n}条 山村小学的课堂",
        body=body,
        picture=picture if n % 2 else None,
        published_at=str(NOW - timedelta(minutes=n)),
    )


@pytest.fixture(scope="module")
def every_block(whole_site: Site) -> str:
    """Publish an HTML article with every kind of block; give its address."""
    return f"{whole_site.publish(BLOCKS)}/article/blocks"


@pytest.fixture(scope="module")
def article(whole_site: Site) -> str:
    """Publish the lead, six read articles and twelve of its section; give the lead's address."""
    kafka = whole_site.addresses["kafka"]
    hot = [hot_article(n, *entry) for n, entry in enumerate(HOT)]
    cards = [card_article(n) for n in range(1, 13)]
    page = whole_site.publish(LEAD, *hot, *cards)
    for n in range(len(HOT)):
        for _ in range(20 - n):
            view = {"article": f"hot-{n}", "reader": uuid.uuid4().hex, "at": datetime.now(UTC).isoformat()}
            produce(kafka, "views.v1", as_json(view))
    address = f"{page}/article/lead"
    wanted = [f"/article/hot-{n}" for n in range(len(HOT))]
    until(lambda: _hot_links(httpx.get(address).text) == wanted, "热门 shows what was read, in order", 60)
    return address


def _hot_links(page: str) -> list[str]:
    _, _, behind = page.partition("热门新闻</h2>")
    links = [part.partition('"')[0] for part in behind.partition("</ol>")[0].split('href="')[1:]]
    return list(dict.fromkeys(links))


def inner_text(page: Page) -> list[str]:
    """Give the text of main, line by line, as Chromium lays it out, scripts or none."""
    session = page.context.new_cdp_session(page)
    found = session.send(
        "Runtime.evaluate", {"expression": "document.querySelector('main').innerText", "returnByValue": True}
    )
    return [line for line in found["result"]["value"].split("\n") if line.strip()]


def expected() -> list[str]:
    lead_caption = LEAD["picture"]["caption"]
    lines = [LEAD["title"], "2026年11月15日 18:30", LEAD["byline"], LEAD["section"], lead_caption]
    lines += LEAD["body"].splitlines()
    lines.append("热门新闻")
    for title, caption in HOT:
        lines += ["阅读全文", *([caption] if caption else []), title]
    for n in range(1, 11):
        sent = card_article(n)
        text = sent["body"].replace("\n", "")
        lines += ["阅读全文", *([sent["picture"]["caption"]] if "picture" in sent else []), sent["title"]]
        lines += [sent["section"], text[:60] + "..." if len(text) > 60 else text]
    return lines


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_reads_in_the_contracts_order_and_nothing_between(
    article: str, open_page: OpenPage, scripts: bool, width: int
) -> None:
    assert inner_text(open_page(article, width=width, scripts=scripts)) == expected()


def test_each_link_to_read_on_has_a_name_of_its_own(article: str, open_page: OpenPage) -> None:
    page = open_page(article)
    links = page.get_by_role("link", name=re.compile("^阅读全文")).all()
    names = [link.get_attribute("aria-label") or "" for link in links]
    assert len(names) == len(set(names)) == 16
    assert all(len(name) > len("阅读全文:") for name in names)


@pytest.mark.parametrize("width", [320, 360, 390, 768, 1024, 1280, 1920])
def test_no_width_scrolls_sideways(article: str, open_page: OpenPage, width: int) -> None:
    page = open_page(article, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_kind_of_block_reads_in_the_order_it_was_sent_and_fits(
    every_block: str, open_page: OpenPage, width: int
) -> None:
    page = open_page(every_block, width=width, scripts=False)
    lines = inner_text(page)
    first = lines.index(BLOCKS_READ[0])
    assert lines[first : first + len(BLOCKS_READ)] == BLOCKS_READ
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", httpx.get(every_block).text)]
    assert levels[:2] == [1, 2]
    assert all(level - before <= 1 for before, level in pairwise(levels))


def test_a_reader_with_scripts_and_one_without_are_both_counted(
    whole_site: Site, article: str, open_page: OpenPage
) -> None:
    def readers_of(article_id: str) -> int:
        answer = httpx.get(f"{whole_site.addresses['rank']}/hot/{article_id}/why")
        return int(answer.json()["score"]) if answer.status_code == 200 else 0

    open_page(article, scripts=True)
    until(lambda: readers_of("lead") == 1, "the script's view is counted")
    open_page(article.replace("lead", "card-1"), scripts=False)
    until(lambda: readers_of("card-1") == 1, "the pixel's view is counted")


def test_the_list_moves_on_an_open_page_without_a_reload(
    whole_site: Site, article: str, open_page: OpenPage
) -> None:
    page = open_page(article)
    kafka = whole_site.addresses["kafka"]
    for _ in range(40):
        view = {"article": "hot-5", "reader": uuid.uuid4().hex, "at": datetime.now(UTC).isoformat()}
        produce(kafka, "views.v1", as_json(view))
    give_up = time.monotonic() + 60
    while page.locator("ol li h3, ol li a").first.get_attribute("href") != "/article/hot-5":
        assert time.monotonic() < give_up, "the open page shows the new first place"
        page.wait_for_timeout(200)
