"""What the markup of every page promises to who listens to it, goes by keyboard or sees no pictures."""

import gzip
import re
from datetime import timedelta
from itertools import pairwise

import pytest

from services.render.core.pages.page import Page
from shared.blocks import Paragraph, Picture, PictureBlock
from tests.builders import NOON, published, withdrawn
from tests.unit.render.press import Press
from tests.unit.render.reading import Reading

HALL = Picture(url="https://p.example/hall.svg", caption="阅览厅。", width=1200, height=800)
LINK = re.compile(r"<a ([^>]*)>(.*?)</a>", re.DOTALL)


@pytest.fixture
def pages(press: Press) -> dict[str, str]:
    """Give a page of every kind, in both scripts."""
    press.fold(
        *(
            published(
                f"story-{n}",
                second=n,
                title=f"【河城纪事】第{n}篇",
                series="河城纪事",
                section="地方" if n % 5 else "国际",
                pictures=(HALL,) if n % 3 else (),
                tags=("图书馆",),
                published_at=NOON - timedelta(minutes=n + 1),
                correction="应为1926年。" if n == 1 else None,
            )
            for n in range(30)
        ),
        published(
            "abroad", second=31, title="Library reopens", section="国际", language="en", byline="A. Reader"
        ),
        published(
            "inside",
            second=32,
            title="图片在文中",
            blocks=(Paragraph(text="一。"), PictureBlock(picture=HALL)),
        ),
        published("gone", second=33),
        withdrawn("gone", second=34),
    )
    press.read(now=[f"story-{n}" for n in range(9)], day=["story-1"], three=["story-2"])
    found: dict[str, str] = {}
    for script, of_script in press.in_script.items():

        def keep(name: str, page: Page | None, script: str = script) -> None:
            assert page is not None, name
            found[f"{script} {name}"] = page.body.decode()

        now = press.now
        for article_id in ("story-1", "story-3", "abroad", "inside", "gone"):
            keep(article_id, of_script.article(article_id, now))
        keep("home", of_script.home(now))
        keep("section", of_script.section("地方", None, now))
        earlier = re.search(r'rel="next" href="[^"]*before=([^"]*)"', found[f"{script} section"])
        assert earlier is not None
        keep("section earlier", of_script.section("地方", earlier[1], now))
        keep("series", of_script.series("河城纪事", None, now))
        keep("hot", of_script.hot("now", now))
        keep("missing", of_script.missing(now))
    return found


def test_the_first_link_of_every_page_leads_past_its_masthead(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        first = LINK.search(page)
        assert first is not None
        assert 'class="skip" href="#main"' in first[0], name
        assert re.findall(r'<(\w+)[^>]* id="main"', page) == ["main"], name


def test_every_page_has_one_main_headline_and_leaves_no_level_out(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
        assert levels.count(1) == 1, name
        assert levels[0] == 1, name
        assert all(level - before <= 1 for before, level in pairwise(levels)), name


def test_links_of_one_name_lead_to_one_place(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        places: dict[str, set[str]] = {}
        for attributes, inside in LINK.findall(page):
            label = re.search(r'aria-label="([^"]*)"', attributes)
            href = re.search(r'href="([^"]*)"', attributes)
            assert href is not None
            said = label[1] if label else re.sub(r"<[^>]*>", "", inside)
            places.setdefault(said, set()).add(href[1])
        assert "" not in places, name
        assert [said for said, hrefs in places.items() if len(hrefs) > 1] == [], name


def test_landmarks_of_one_kind_have_names_of_their_own(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        names = re.findall(r'<(nav|section)\b[^>]* aria-label(?:ledby)?="([^"]+)"', page)
        assert len(names) == len(re.findall(r"<(?:nav|section)\b", page)), name
        assert len(set(names)) == len(names), name


def test_behind_every_picture_stands_the_character_that_is_left_if_it_fails(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        shown = page.replace('<img class="pixel"', "")
        behind = re.findall(
            r'<(?:figure|a class="more")[^>]* data-tile="[^"]"[^>]*>\s*<img [^>]*alt="', shown
        )
        assert len(behind) == shown.count("<img "), name


def test_only_the_first_picture_of_a_page_is_fetched_at_once(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        pictures = re.findall(r"<img (?!class=\"pixel\")[^>]*>", page)
        assert all('loading="lazy"' in one for one in pictures[1:]), name
    assert "fetchpriority" in pages["zh-Hans home"]
    assert "fetchpriority" in pages["zh-Hans section"]


def test_in_a_story_of_another_language_the_sites_own_words_say_which_theirs_is(
    pages: dict[str, str],
) -> None:
    page = pages["zh-Hant abroad"]
    assert '<article lang="en">' in page
    assert re.search(r'<a class="of" lang="zh-Hant"[^>]*>國際</a>', page)
    assert '<span lang="zh-Hant">閱讀全文</span>' in pages["zh-Hant home"]


def test_earlier_news_leads_back_to_the_newest(pages: dict[str, str]) -> None:
    assert "回到最新" not in pages["zh-Hans section"]
    assert re.search(
        r'<a class="button" href="/section/[^"?]*">回到最新</a>', pages["zh-Hans section earlier"]
    )


def test_the_script_is_told_where_the_list_of_its_own_script_is(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        prefix = "/zh-hant" if name.startswith("zh-Hant") else ""
        assert Reading(page.encode()).all("data-hot") == [f"{prefix}/hot.json"], name


def test_style_sheet_and_script_stay_within_their_budgets(press: Press) -> None:
    def sent(name: str) -> bytes:
        answer = press.static.answer(press.static.addresses[name], b"")
        assert answer is not None
        return answer.body

    style = sent("remen.css")
    assert len(style) <= 12 * 1024
    assert b"/*" not in style
    scripts = [sent("remen.js"), sent("view.js")]
    assert len(scripts[1]) <= 1536
    assert sum(len(gzip.compress(script)) for script in scripts) <= 2 * 1024
    assert not any(re.search(rb"^(//| )", script, re.MULTILINE) for script in scripts)


def test_every_browser_can_read_the_script_that_sends_the_view(press: Press) -> None:
    answer = press.static.answer(press.static.addresses["view.js"], b"")
    assert answer is not None
    words = rb"\b(?:const|let|class|async|await|of|import|export)\b"
    newer = rb"=>|`|\?\.|\?\?|\.\.\.|\*\*|catch *\{|[{,]\s*\w+\s*[,}]|" + words
    assert re.findall(newer, re.sub(rb"'[^']*'", b"''", answer.body)) == []
