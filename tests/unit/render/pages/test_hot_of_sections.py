"""The hot list of a section: its page, and the feeds of hot lists, of all and of sections."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import feedparser
import pytest

from services.render.core.pages.templates import FORMS
from services.render.core.text.scripts import PREFIX, SCRIPTS, Script
from shared.events import HotEntry, HotListChanged, ListName
from tests.builders import published
from tests.unit.render.http.test_web import Render
from tests.unit.render.outline import Outline
from tests.unit.render.press import Press
from tests.unit.render.text.test_both_scripts import SITE, links

AT = "/hot?section="
HANS, HANT, SPORT = quote("国际"), quote("國際"), quote("体育")


def read(press: Press, one: str, name: ListName, *ids: str, as_of: datetime | None = None) -> None:
    """Let rank have written a list of a section."""
    entries = tuple(HotEntry(id=one, score=1) for one in ids)
    moment = as_of or datetime.now(UTC)
    found = HotListChanged(scope=f"section:{one}", list=name, as_of=moment, entries=entries)
    for editions in press.editions.values():
        editions.hot_of_section_changed(one, {name: found})


@pytest.fixture
async def render(press: Press) -> AsyncIterator[Render]:
    press.fold(
        published("a", section="国际"),
        published("b", section="國際", second=1, title="繁體來稿", language="zh-Hant"),
        published("c", section="体育", second=2),
        published("paid", section="国际", second=3, sponsored=True),
    )
    press.read(as_of=datetime.now(UTC), now=["c", "a"], day=["c"])
    read(press, "国际", "now", "b", "a", "paid")
    made = Render(press)
    async with made.client:
        yield made


def order(html: str) -> list[str]:
    """Give the ids of a chart in its order."""
    chart = html.partition('<ol class="ranks">')[2]
    return [one.partition('"')[0] for one in chart.split('class="more" href="')[1:]]


@pytest.mark.parametrize("script", SCRIPTS)
async def test_a_section_has_its_own_chart(render: Render, script: Script) -> None:
    prefix = PREFIX[script]
    page = await render.get(f"{prefix}{AT}{HANS}")
    assert page.status_code == 200
    assert order(page.text) == [f"{prefix}/article/b", f"{prefix}/article/a"]
    words = {"zh-Hans": "国际 热门排行", "zh-Hant": "國際 熱門排行"}
    assert f"<h1>{words[script]}</h1>" in page.text
    assert f"<title>{words[script]} - " in page.text
    (canonical,) = links(page.content, rel="canonical")
    assert canonical["href"] == f"{SITE}{prefix}{AT}{HANS}"
    assert (await render.get(f"{prefix}/hot?list=24h&section={HANS}")).status_code == 200
    assert order((await render.get(f"{prefix}/hot")).text) == [f"{prefix}/article/c", f"{prefix}/article/a"]
    # nobody has read anything of it, or nothing is known of it yet
    assert order((await render.get(f"{prefix}{AT}{SPORT}")).text) == []


async def test_the_chart_leads_to_that_of_every_section_and_keeps_the_span(render: Render) -> None:
    page = await render.get(f"/hot?list=24h&section={HANS}")
    found = {one["href"] for one in links(page.content) if one.get("href", "").startswith("/hot")}
    assert {"/hot?list=24h", f"/hot?list=24h&section={HANS}", f"/hot?list=24h&section={SPORT}"} <= found
    assert {f"{AT}{HANS}", f"/hot?list=3d&section={HANS}"} <= found
    current = [one.text for one in Outline(page.text).having("aria-current")]
    assert current == ["热门排行", "24小时", "国际"]
    for path in found:
        assert (await render.get(path)).status_code == 200


async def test_a_list_of_a_section_shows_at_once_and_grows_old(render: Render) -> None:
    press, path = render.press, f"{AT}{HANS}"
    first = await render.get(path)
    read(press, "国际", "now", "a")
    second = await render.get(path)
    assert order(second.text) == ["/article/a"]
    assert second.headers["etag"] != first.headers["etag"]
    read(press, "国际", "now", "a", as_of=datetime.now(UTC) - timedelta(minutes=5))
    assert "更新于" in (await render.get(path)).text
    read(press, "国际", "now", "a", as_of=datetime.now(UTC) - timedelta(hours=2))
    assert order((await render.get(path)).text) == []


@pytest.mark.parametrize("path", ["/hot", "/hot/feed.xml", "/hot/feed.json"])
async def test_the_other_spelling_leads_to_the_first_and_no_section_nowhere(
    render: Render, path: str
) -> None:
    answer = await render.get(f"{path}?list=3d&section={HANT}")
    assert answer.status_code == 301
    asked = set(answer.headers["location"].partition("?")[2].split("&"))
    assert asked == {"list=3d", f"section={HANS}"}
    assert answer.headers["cache-control"] == "no-store"
    assert (await render.get(answer.headers["location"])).status_code == 200
    for wrong in (f"{path}?section={quote('文化')}", f"{path}?list=1h"):
        assert (await render.get(wrong)).status_code == 404
    assert (await render.get(f"{path}?section=")).status_code == 200


async def ids(render: Render, path: str) -> list[str]:
    """Give the ids of a feed of any form, having looked at what it says of itself."""
    answer = await render.get(path)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    if ".json" in path:
        document = answer.json()
        assert document["feed_url"] == SITE + path
        return [one["id"] for one in document["items"]]
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    assert {one.rel: one.href for one in parsed.feed.links}["self"] == SITE + path
    return [one.id for one in parsed.entries]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("script", SCRIPTS)
async def test_hot_lists_have_feeds_in_their_order(render: Render, script: Script, form: str) -> None:
    base = f"{PREFIX[script]}/hot/feed.{form}"
    assert await ids(render, base) == [f"{SITE}/article/c", f"{SITE}/article/a"]
    assert await ids(render, f"{base}?list=24h") == [f"{SITE}/article/c"]
    assert await ids(render, f"{base}?list=3d") == []
    assert await ids(render, f"{base}?section={HANS}") == [f"{SITE}/article/b", f"{SITE}/article/a"]
    # in the order of rank, and at once
    read(render.press, "国际", "now", "a", "b")
    assert await ids(render, f"{base}?section={HANS}") == [f"{SITE}/article/a", f"{SITE}/article/b"]


async def test_a_feed_of_a_hot_list_says_which_it_is(render: Render) -> None:
    document = (await render.get(f"/zh-hant/hot/feed.json?list=24h&section={HANS}")).json()
    assert document["title"] == "國際 熱門排行 24小時 - 河城日報"
    assert document["description"].startswith("過去24小時最多人讀的新聞")
    assert document["home_page_url"] == f"{SITE}/zh-hant/hot?list=24h&section={HANS}"
    assert json.dumps(document, ensure_ascii=False).count("/zh-hant/article/") == 0


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("page", "feed", "named"),
    [
        ("/", "/feed.{}", ""),
        (f"/section/{HANS}", f"/section/{HANS}/feed.{{}}", "国际 - "),
        ("/hot", "/hot/feed.{}", "热门排行 - "),
        (f"/hot?list=3d&section={HANS}", f"/hot/feed.{{}}?list=3d&section={HANS}", "国际 热门排行 - "),
    ],
)
async def test_a_page_names_its_own_feed_first_in_every_form(
    render: Render, script: Script, page: str, feed: str, named: str
) -> None:
    answer = await render.get(PREFIX[script] + page)
    found = [one for one in links(answer.content, rel="alternate") if "hreflang" not in one]
    own = [(one["type"], one["href"]) for one in found[:3]]
    assert own == [(media_type, PREFIX[script] + feed.format(form)) for form, media_type in FORMS.items()]
    assert {one["type"] for one in found[3:]} == {"application/rss+xml"}
    assert len({one["title"] for one in found[2:]}) == len(found[2:])
    if script == "zh-Hans":
        assert {one["title"] for one in found[:3]} == {f"{named}河城日报"}
    for one in found:
        answer = await render.get(one["href"])
        assert answer.headers["content-type"].partition(";")[0] == one["type"]
