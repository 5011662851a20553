"""What time alone does to pages, at the very moment, whatever the zone and however the clock is set."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.render.core.pages.article_cache import ArticleCache
from services.render.core.pages.editions import Editions
from services.render.core.pages.hot_section import HotLists
from services.render.core.pages.page import Page
from services.render.core.pages.pages import Pages
from services.render.core.pages.shared_fragments import SharedFragments
from shared.events import HotEntry, HotListChanged, ListName
from tests.builders import NOON, published
from tests.unit.render.folded import Folded
from tests.unit.render.press import ZONE, Press

MOMENT = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
LISTS: tuple[ListName, ...] = ("now", "24h", "3d")


def everything(pages: Pages, now: datetime) -> Iterator[Page | None]:
    """Give every page that time can change."""
    yield from (pages.article(one, now) for one in ("a0", "a1", "secret", "short", "both"))
    yield pages.home(now)
    yield from (pages.section(name, None, now) for name in ("地方", "文化"))
    yield pages.series("桥", None, now)
    yield from (pages.hot(name, now) for name in LISTS)
    yield pages.missing(now)


def tags(pages: Pages, now: datetime) -> list[tuple[int, str] | None]:
    return [None if page is None else (page.status, page.tag) for page in everything(pages, now)]


def shown(press: Press) -> str:
    """Give all that readers can read at the moment."""
    return "".join(page.body.decode() for page in everything(press.pages, press.now) if page is not None)


def hot_list(name: ListName, as_of: datetime, *ids: str) -> HotListChanged:
    entries = tuple(HotEntry(id=one, score=1) for one in ids)
    return HotListChanged(scope="all", list=name, as_of=as_of, entries=entries)


def without_memory(press: Press, lists: HotLists) -> Pages:
    """Give pages over the same store and lists that were never asked before."""
    store, templates = press.folded.store, press.templates
    cache = ArticleCache(store, templates, 10**7)
    editions = Editions(store, cache, zone=ZONE, section_order=("地方",), token_key=b"key")
    editions.hot_changed(lists)
    return Pages(store, cache, templates, editions, SharedFragments(cache, templates, 10**7), 10**7)


def masthead(press: Press) -> str:
    found = re.search(r'<time class="ear".*?</time>', shown(press), re.DOTALL)
    assert found is not None
    return " ".join(re.sub("<[^>]+>", " ", found[0]).split())


def heading(press: Press) -> str:
    """Give what stands above the six: the heading, and the age if it is told."""
    page = press.article("a0")
    assert page is not None
    found = re.search(r'<section class="hot".*?<ol', page.body.decode(), re.DOTALL)
    assert found is not None
    return " ".join(re.sub("<[^>]+>", " ", found[0].removesuffix("<ol")).split())


MOMENTS = st.lists(
    st.one_of(
        st.sampled_from([0, 60, 120, 240, 3600, 4 * 3600]).flatmap(
            lambda s: st.sampled_from([timedelta(seconds=s), timedelta(seconds=s) - MOMENT])
        ),
        st.timedeltas(timedelta(hours=-30), timedelta(hours=30)),
    ),
    min_size=2,
    max_size=10,
)


def test_a_page_depends_on_the_moment_and_not_on_those_before_it(press: Press) -> None:
    press.fold(
        published("a0", published_at=NOON - MINUTE, tags=("桥", "河")),
        published("a1", section="文化", embargo_until=NOON + MINUTE, tags=("桥",)),
        published("secret", section="文化", series="桥", embargo_until=NOON + 2 * MINUTE, tags=("河",)),
        published("short", expires_at=NOON + 2 * MINUTE),
        published("both", embargo_until=NOON + MINUTE, expires_at=NOON + 4 * MINUTE),
        *(
            published(f"late{n}", section="体育", series="桥", embargo_until=NOON + n * MINUTE)
            for n in range(9)
        ),
        *(
            published(f"soon{n}", section="体育", tags=("河",), expires_at=NOON + n * MINUTE)
            for n in range(9)
        ),
    )
    lists: HotLists = {
        "now": hot_list("now", NOON, "a1", "a0"),
        "24h": hot_list("24h", NOON - MINUTE, "short"),
        "3d": hot_list("3d", NOON + MINUTE, "both", "secret"),
    }
    press.hot_changed(lists)

    @settings(max_examples=30, deadline=None)
    @given(MOMENTS)
    def holds(moments: list[timedelta]) -> None:
        for moment in moments:
            now = NOON + moment
            assert tags(press.pages, now) == tags(without_memory(press, lists), now)

    holds()


def test_an_embargo_lifts_everywhere_at_its_moment_and_not_one_before(press: Press) -> None:
    lifts = NOON + timedelta(minutes=3)
    press.fold(published("a0"), published("a1", section="文化", series="桥", title="密", embargo_until=lifts))
    press.read(now=["a1", "a0"], three=["a1"])
    press.now = lifts - MOMENT
    assert "密" not in shown(press)
    assert "文化" not in shown(press)
    press.now = lifts
    assert [
        page is not None and "密" in page.body.decode() for page in everything(press.pages, press.now)
    ] == [
        *(True, True, False, False, False),  # the articles: a0 lists it, the last three are not there
        *(True, True, True, True),  # home, both sections, the series
        *(True, False, True, True),  # the lists that were read
    ]


def test_a_clock_that_is_set_back_hides_again_what_it_showed_too_early(press: Press) -> None:
    lifts = NOON + timedelta(hours=1)
    press.fold(published("a0"), published("a1", section="文化", title="密", embargo_until=lifts))
    press.now = lifts
    assert "密" in shown(press)
    press.now = NOON
    assert "密" not in shown(press)
    assert press.article("a1") is None
    assert not press.pages.shows("a1", press.now)
    press.now = lifts - MOMENT
    assert "密" not in shown(press)
    press.now = lifts
    assert "密" in shown(press)


def test_a_clock_that_trembles_makes_no_page_anew(press: Press) -> None:
    press.fold(published("a0"))
    press.later(minutes=1)
    first = press.article("a0")
    for seconds in (-0.2, 0.3, -0.1):
        press.later(seconds=seconds)
        assert press.article("a0") is first


def test_an_article_expires_everywhere_at_its_moment(press: Press) -> None:
    press.fold(published("a0"), published("a1", title="短", expires_at=NOON + MINUTE))
    press.read(now=["a1"])
    press.now = NOON + MINUTE - MOMENT
    assert "短" in shown(press)
    press.now = NOON + MINUTE
    assert "短" not in shown(press)
    gone = press.article("a1")
    assert gone is not None
    assert gone.status == 410


@pytest.mark.parametrize(
    ("evening", "before", "after"),
    [
        (
            datetime(2026, 12, 31, 16, tzinfo=UTC),
            "二〇二六年十二月三十一日 星期四",
            "二〇二七年一月一日 星期五",
        ),
        (
            datetime(2028, 2, 28, 16, tzinfo=UTC),
            "二〇二八年二月二十八日 星期一",
            "二〇二八年二月二十九日 星期二",
        ),
        (datetime(2027, 2, 28, 16, tzinfo=UTC), "二〇二七年二月二十八日 星期日", "二〇二七年三月一日 星期一"),
    ],
)
def test_midnight_is_the_sites_own(press: Press, evening: datetime, before: str, after: str) -> None:
    press.fold(published("a0"))
    press.now = evening - MOMENT
    assert masthead(press) == before
    press.now = evening
    assert masthead(press) == after


def test_the_new_year_is_seen_in_every_list(press: Press) -> None:
    press.fold(*(published(f"a{n}", series="桥", published_at=NOON - n * MINUTE) for n in range(9)))
    press.now = datetime(2026, 12, 31, 16, tzinfo=UTC) - MOMENT
    lists: HotLists = {name: hot_list(name, press.now, "a1", "a2") for name in LISTS}
    press.hot_changed(lists)
    assert "2026年11月15日<" not in shown(press)
    assert 'data-day="11月15日 20:00"' in shown(press)
    press.now += MOMENT
    assert tags(press.pages, press.now) == tags(without_memory(press, lists), press.now)
    assert 'data-day="2026年11月15日"' in shown(press)
    assert '"11月15日' not in shown(press)
    press.now -= MOMENT
    assert tags(press.pages, press.now) == tags(without_memory(press, lists), press.now)


@pytest.mark.parametrize(
    ("zone", "noon", "midnights"),
    [
        # the clock goes on from 23:59 to 01:00: the day begins without a midnight
        ("America/Sao_Paulo", "2018-11-03T15:00", ["2018-11-04T03:00", "2018-11-05T02:00"]),
        # the clock goes back from 00:59 to 00:00: the day has two, and begins with the first
        ("America/Havana", "2024-11-02T16:00", ["2024-11-03T04:00", "2024-11-04T05:00"]),
        # the clock goes back from 23:59 to 23:00: the old day goes on for an hour
        ("America/Sao_Paulo", "2018-02-17T14:00", ["2018-02-18T03:00", "2018-02-19T03:00"]),
        # a whole day was left out
        ("Pacific/Apia", "2011-12-29T22:00", ["2011-12-30T10:00", "2011-12-31T10:00"]),
        ("Europe/Berlin", "2026-03-28T11:00", ["2026-03-28T23:00", "2026-03-29T22:00"]),
        ("Asia/Kathmandu", "2026-03-28T06:00", ["2026-03-28T18:15", "2026-03-29T18:15"]),
    ],
)
def test_the_date_changes_at_the_first_moment_of_each_local_day(
    folded: Folded, zone: str, noon: str, midnights: list[str]
) -> None:
    press = Press(folded, ZoneInfo(zone))
    press.fold(published("a0"))
    press.now = datetime.fromisoformat(noon).replace(tzinfo=UTC)
    dates = [masthead(press)]
    for midnight in midnights:
        press.now = datetime.fromisoformat(midnight).replace(tzinfo=UTC) - MOMENT
        assert masthead(press) == dates[-1]
        press.now += MOMENT
        dates.append(masthead(press))
    assert all(one != other for one, other in pairwise(dates))


def test_an_hour_without_kafka_and_redis_is_told_minute_by_minute(press: Press) -> None:
    press.fold(*(published(f"a{n}", published_at=NOON - n * MINUTE) for n in range(9)))
    press.read(now=["a5"], day=["a6"])
    said = []
    for minute in range(62):
        press.now = NOON + minute * MINUTE
        said.append(heading(press))
    assert said[:2] == ["热门新闻"] * 2
    assert said[2:60] == ["热门新闻 更新于 20:00"] * 58
    assert said[60:] == ["最新新闻"] * 2


def test_each_list_of_the_chart_tells_its_own_age(press: Press) -> None:
    press.fold(published("a0"))
    later = NOON + timedelta(seconds=90)
    press.hot_changed({"now": hot_list("now", later, "a0"), "24h": hot_list("24h", NOON, "a0")})
    chart = press.pages.hot("24h", press.now)
    press.now = NOON + 2 * MINUTE - MOMENT
    assert press.pages.hot("24h", press.now) is chart
    press.now = NOON + 2 * MINUTE
    assert "更新于" in press.pages.hot("24h", press.now).body.decode()
    assert "更新于" not in press.pages.hot("now", press.now).body.decode()
