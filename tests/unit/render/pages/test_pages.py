"""Pages as readers get them: what they show of store, hot list and clock, and when they stay the same."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.render.core.articles import cursors
from services.render.core.articles.cursors import Place
from services.render.core.pages import article_cache
from services.render.core.pages.page import Page
from services.render.core.text.scripts import SCRIPTS
from shared.articles import ArticleEvent
from shared.blocks import Paragraph, Picture
from tests.builders import NOON, published, withdrawn
from tests.unit.render.folded import Folded
from tests.unit.render.press import Press


def html(page: Page | None) -> str:
    assert page is not None
    return page.body.decode()


def hot(page: Page | None) -> tuple[str, list[str]]:
    """Give the heading of the list and the ids of its entries."""
    found = re.search(r'<section class="hot".*?</section>', html(page), re.DOTALL)
    assert found is not None
    heading = re.search(r"<h2[^>]*>(.*?)</h2>", found[0])
    assert heading is not None
    return heading[1], ids_in(found[0])


def cards(page: Page | None) -> list[str]:
    found = re.search(r'<section class="cards".*?</section>', html(page), re.DOTALL)
    return ids_in(found[0]) if found else []


def ids_in(text: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="/article/([^"]+)"', text)))


def many(count: int, section: str = "地方", prefix: str = "a") -> list[ArticleEvent]:
    """Give articles of which a0 is the newest."""
    return [
        published(f"{prefix}{n}", section=section, published_at=NOON - timedelta(minutes=n))
        for n in range(count)
    ]


def test_a_section_of_which_all_is_over_is_not_looked_through_for_everyone_who_asks(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = NOON - timedelta(hours=1)
    press.fold(*(published(f"e{n}", second=n, section="展览", expires_at=over) for n in range(30)))
    press.fold(published("a"))
    store, looked = press.folded.store, Counter[str]()
    newest = store.newest_of_section

    def counted(section: str, *asked: Any, **more: Any) -> list[str]:
        looked[section] += 1
        return newest(section, *asked, **more)

    press.pages.home(press.now)
    monkeypatch.setattr(store, "newest_of_section", counted)
    for before in (None, cursors.write(Place(cursors.microseconds(NOON), "z"))):
        assert press.pages.section("展览", before, press.now) is None
    assert press.pages.spelled("展览", press.now) is None
    assert press.feeds["zh-Hans"].feed("xml", "展览", press.now) is None
    assert press.pages.section("地方", None, press.now) is not None
    assert looked["展览"] == 0
    # and it is there again with its next article
    press.fold(published("new", section="展览"))
    assert 'href="/article/new"' in html(press.pages.section("展览", None, press.now))


def test_an_article_shows_its_text_then_six_then_ten(press: Press) -> None:
    press.fold(*many(30))
    press.read(now=["a3", "a5"], day=["a5", "a9"])
    page = press.article("a0")
    assert hot(page) == ("热门新闻", ["a3", "a5", "a9", "a1", "a2", "a4"])
    assert cards(page) == ["a6", "a7", "a8", "a10", "a11", "a12", "a13", "a14", "a15", "a16"]
    text = html(page)
    assert text.index("首日有三百人到访") < text.index("热门新闻") < text.index('class="cards"')


def test_no_page_recommends_itself(press: Press) -> None:
    press.fold(*many(8))
    press.read(now=["a0", "a1", "a2", "a3", "a4", "a5", "a6"])
    assert hot(press.article("a2"))[1] == ["a0", "a1", "a3", "a4", "a5", "a6"]
    assert hot(press.article("a6"))[1] == ["a0", "a1", "a2", "a3", "a4", "a5"]
    assert hot(press.article("a7"))[1] == ["a0", "a1", "a2", "a3", "a4", "a5"]


@pytest.mark.parametrize(
    "change",
    [
        lambda: withdrawn("a0", second=1),
        lambda: published("a0", second=1, sensitive=True),
        lambda: published("a0", second=1, sponsored=True),
        lambda: published("a0", second=1, expires_at=NOON),
        lambda: published("a0", second=1, embargo_until=NOON + timedelta(1)),
    ],
)
def test_what_may_not_be_hot_leaves_the_list_though_rank_still_has_it(
    press: Press, change: Callable[[], ArticleEvent]
) -> None:
    press.fold(*many(9))
    press.read(now=["a0", "a1", "unknown"])
    assert hot(press.article("a8"))[1][:2] == ["a0", "a1"]
    press.fold(change())
    assert "a0" not in hot(press.article("a8"))[1]
    assert len(hot(press.article("a8"))[1]) == 6


def test_without_readers_the_list_is_the_newest_and_is_called_so(press: Press) -> None:
    press.fold(*many(8))
    assert hot(press.article("a0")) == ("最新新闻", ["a1", "a2", "a3", "a4", "a5", "a6"])
    press.read(now=[], day=[])
    assert hot(press.article("a0"))[0] == "最新新闻"


def test_a_list_says_its_age_after_two_minutes_and_gives_way_after_sixty(press: Press) -> None:
    press.fold(*many(9))
    press.read(now=["a7"])
    assert "更新于" not in html(press.article("a0"))
    press.later(minutes=3)
    assert "更新于" in html(press.article("a0"))
    assert hot(press.article("a0"))[0] == "热门新闻"
    press.later(minutes=58)
    assert "更新于" not in html(press.article("a0"))
    assert hot(press.article("a0")) == ("最新新闻", ["a1", "a2", "a3", "a4", "a5", "a6"])


def test_a_list_written_anew_each_second_leaves_the_page_the_same(press: Press) -> None:
    press.fold(*many(9))
    press.read(now=["a7"])
    first = press.article("a0")
    press.later(seconds=1)
    press.read(now=["a7"])
    assert press.article("a0") is first
    press.read(now=["a8"])
    assert press.article("a0") is not first


def test_no_story_stands_twice_also_where_stories_are_soon_forgotten(
    folded: Folded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_cache, "_STORIES", 2)
    press = Press(folded)
    press.fold(*many(30))
    for first in range(5):
        press.read(now=[f"a{n}" for n in range(first, 6 + first)])
        page = press.article("a20")
        assert len(hot(page)[1] + cards(page)) == len({*hot(page)[1], *cards(page), "a20"}) - 1 == 16


def test_another_sections_news_leaves_the_page_the_same(press: Press) -> None:
    press.fold(*many(9), *many(9, "体育", "s"))
    press.read(now=["a1", "a2", "a3", "a4", "a5", "a6", "a7"])
    first = press.article("a0")
    press.fold(published("s99", section="体育", published_at=NOON))
    assert press.article("a0") is first


def test_a_revision_is_shown_in_the_page_and_in_every_list(press: Press) -> None:
    press.fold(*many(12))
    press.read(now=["a1"])
    pages = [press.article("a0"), press.article("a1"), press.pages.home(NOON)]
    assert all("改过的标题" not in html(page) for page in pages)
    press.fold(published("a1", second=1, title="改过的标题", published_at=NOON))
    pages = [press.article("a0"), press.article("a1"), press.pages.home(NOON)]
    assert all("改过的标题" in html(page) for page in pages)


def test_a_withdrawn_article_says_why_and_is_gone_everywhere(press: Press) -> None:
    press.fold(*many(12))
    press.read(now=["a1"], three=["a1"])
    everywhere: list[Callable[[], Page | None]] = [
        lambda: press.article("a0"),
        lambda: press.pages.home(press.now),
        lambda: press.pages.section("地方", None, press.now),
        lambda: press.pages.hot("now", press.now),
        lambda: press.pages.hot("3d", press.now),
        lambda: press.pages.hot_json("a0", press.now),
        lambda: press.pages.missing(press.now),
    ]
    assert all("/article/a1" in html(page()) for page in everywhere)
    press.fold(withdrawn("a1", second=1))
    gone = press.article("a1")
    assert gone is not None
    assert gone.status == 410
    assert "法律原因" in html(gone)
    assert all("/article/a1" not in html(page()).replace("/article/a10", "").replace("/article/a11", "")
               for page in everywhere)  # fmt: skip


def test_an_embargoed_article_is_the_same_as_none_and_appears_by_itself(press: Press) -> None:
    press.fold(*many(3), published("secret", section="文化", embargo_until=NOON + timedelta(seconds=5)))
    assert press.article("secret") is None
    assert not press.pages.shows("secret", press.now)
    assert press.pages.section("文化", None, press.now) is None
    assert "文化" not in html(press.pages.home(press.now))
    press.later(seconds=5)
    assert press.article("secret") is not None
    assert press.pages.shows("secret", press.now)
    assert "/article/secret" in html(press.pages.home(press.now))
    assert "文化" in html(press.article("a0"))


def test_an_article_expires_by_itself(press: Press) -> None:
    press.fold(*many(3), published("short", expires_at=NOON + timedelta(seconds=5)))
    assert "/article/short" in html(press.article("a0"))
    press.later(seconds=5)
    gone = press.article("short")
    assert gone is not None
    assert (gone.status, "已过刊载期限" in html(gone)) == (410, True)
    assert "/article/short" not in html(press.article("a0"))


def test_midnight_changes_the_date_and_ten_minutes_the_token(press: Press) -> None:
    press.fold(*many(3))
    press.now = datetime(2026, 11, 15, 15, 59, 59, tzinfo=UTC)
    before = html(press.article("a0"))
    press.later(seconds=1)
    after = html(press.article("a0"))
    assert ("十一月十五日" in before, "十一月十六日" in after) == (True, True)
    assert re.findall('data-token="[^"]+"', before) != re.findall('data-token="[^"]+"', after)


def test_home_has_a_lead_with_a_picture_two_seconds_and_no_story_twice(press: Press) -> None:
    picture = Picture(url="https://pictures.example/1.jpg")
    press.fold(*many(9), published("pictured", section="体育", published_at=NOON - timedelta(hours=1),
                                   pictures=(picture,)))  # fmt: skip
    page = html(press.pages.home(press.now))
    without_hot = re.sub(r'<section class="hot".*?</section>', "", page, flags=re.DOTALL)
    assert ids_in(without_hot) == ["pictured", "a0", "a1", "a2", "a3", "a4", "a5", "a6"]
    assert re.search('class="lead".*?/article/pictured', without_hot, re.DOTALL)


def leads(page: Page | None) -> list[str]:
    """Give the ids of the stories that are shown larger than others."""
    return re.findall(r'class="lead".*?/article/([^"]+)', html(page), re.DOTALL)


def test_what_was_paid_for_never_leads_and_says_so_wherever_it_stands(press: Press) -> None:
    picture = Picture(url="https://pictures.example/ad.jpg")
    paid = [
        published(f"paid{n}", sponsored=True, series="桥", tags=("桥",), pictures=(picture,))
        for n in range(13)
    ]
    press.fold(*paid)
    front = html(press.pages.home(press.now))
    assert (leads(press.pages.home(press.now)), "还没有新闻" in front) == ([], False)
    press.fold(published("true", published_at=NOON - timedelta(days=2)))
    assert leads(press.pages.home(press.now)) == ["true"]
    for script, said in zip(SCRIPTS, ("赞助内容", "贊助內容"), strict=True):
        pages = press.in_script[script]
        for page in (
            pages.home(press.now), pages.section("地方", None, press.now),
            pages.series("桥", None, press.now),
            pages.article("true", press.now), pages.article("paid0", press.now),
        ):  # fmt: skip
            assert said in html(page)
    assert leads(press.pages.section("地方", None, press.now)) == []


def test_the_first_story_of_a_band_is_one_that_nobody_paid_for(press: Press) -> None:
    press.fold(
        *many(6), published("paid", sponsored=True, published_at=NOON - timedelta(minutes=3, seconds=1))
    )
    band = html(press.pages.home(press.now)).partition('class="band"')[2]
    assert ids_in(band)[:5] == ["a3", "a4", "a5", "paid"]


def test_an_empty_site_has_a_front_page_and_no_lists(press: Press) -> None:
    assert press.pages.home(press.now).status == 200
    assert press.pages.missing(press.now).status == 404
    assert press.pages.hot("now", press.now).status == 200
    assert press.pages.section("地方", None, press.now) is None


def test_sections_stand_in_the_order_of_the_setting_then_by_name(press: Press) -> None:
    press.fold(
        *(published(name, section=name_of) for name, name_of in [("x", "乙"), ("y", "地方"), ("z", "丙")])
    )
    nav = re.findall(r'<li><a href="/section/[^>]*>([^<]+)</a>', html(press.pages.home(press.now)))
    assert nav == ["地方", "丙", "乙"]


def test_an_archive_is_gone_through_by_its_links(press: Press) -> None:
    press.fold(*many(45))
    seen: list[str] = []
    before: str | None = None
    for _ in range(3):
        text = html(press.pages.section("地方", before, press.now))
        main = re.sub(r'<section class="hot".*?</section>', "", text, flags=re.DOTALL)
        seen += ids_in(main)
        link = re.search(r"\?before=([^\"]+)\"[^>]*>更早", main)
        before = link[1] if link else None
    assert seen == [f"a{n}" for n in range(45)]
    assert before is None
    assert press.pages.section("地方", "nonsense", press.now) is None


def test_a_series_is_all_its_articles(press: Press) -> None:
    press.fold(*many(3), published("s1", series="旧城", title="【旧城】一"), published("s2", series="旧城"))
    assert set(ids_in(html(press.pages.series("旧城", None, press.now)))) >= {"s1", "s2"}
    assert press.pages.series("新城", None, press.now) is None


def test_a_long_series_goes_on_with_earlier_news(press: Press) -> None:
    press.fold(
        *(published(f"s{n}", series="旧 城", published_at=NOON - timedelta(minutes=n)) for n in range(101))
    )
    first = html(press.pages.series("旧 城", None, press.now))
    link = re.search(r'rel="next" href="/series/%E6%97%A7%20%E5%9F%8E\?before=([^"]+)">更早的新闻', first)
    assert link is not None
    assert "/article/s100" not in first
    last = html(press.pages.series("旧 城", link[1], press.now))
    listed = re.sub(r'<section class="hot".*?</section>', "", last, flags=re.DOTALL)
    assert ids_in(listed) == ["s100"]
    assert "更早的新闻" not in last
    assert 'href="/series/%E6%97%A7%20%E5%9F%8E">回到最新' in last
    assert (
        f'<link rel="canonical" href="http://127.0.0.1:8080/series/%E6%97%A7%20%E5%9F%8E?before={link[1]}">'
        in last
    )
    assert press.pages.series("旧 城", "nonsense", press.now) is None


@pytest.mark.parametrize("article_id", ["", "a/b", "ä", "a" * 65, "\ud800", "a\n"])
def test_what_is_no_id_is_no_article(press: Press, article_id: str) -> None:
    assert press.article(article_id) is None
    assert not press.pages.shows(article_id, press.now)


def test_the_scripts_list_is_a_new_answer_only_when_the_list_is(press: Press) -> None:
    press.fold(*many(9))
    press.read(now=["a1", "a2"])
    first = press.pages.hot_json("a1", press.now)
    press.later(seconds=1)
    press.read(now=["a1", "a2"])
    assert press.pages.hot_json("a1", press.now) is first
    assert press.pages.hot_json("a2", press.now).tag != first.tag
    assert press.pages.hot_json(None, press.now) is press.pages.hot_json("unknown", press.now)


def test_the_scripts_list_brings_the_token_of_the_moment(press: Press) -> None:
    press.fold(*many(9))
    press.read(now=["a1", "a2"])
    for _ in range(2):
        page, known = html(press.article("a1")), json.loads(press.pages.hot_json("a1", press.now).body)
        assert f'data-token="{known["token"]}"' in page
        press.later(minutes=10)
    assert json.loads(press.pages.hot_json("a1", press.now).body) == known | {"token": press.edition.token}


def test_the_same_page_of_two_replicas_has_the_same_tag(press: Press, folded: Folded) -> None:
    press.fold(*many(9))
    other = Press(folded)
    one, two = press.article("a0"), other.article("a0")
    assert one is not None
    assert two is not None
    assert one is not two
    assert one.tag == two.tag
    assert one.gzip == two.gzip


def test_everything_is_forgotten_when_the_store_begins_anew(press: Press) -> None:
    press.fold(*many(3))
    assert press.article("a0") is not None
    press.folded.store.start_over("the log is another one")
    press.forget()
    assert press.article("a0") is None


def test_a_body_of_markup_is_text(press: Press) -> None:
    press.fold(published("a", title="<script>alert(1)</script>", blocks=(Paragraph(text="<b>&amp;</b>"),)))
    assert "&lt;script&gt;" in html(press.article("a"))
    assert "<script>alert" not in html(press.article("a"))
