"""One section whose name is written in two scripts: one page, one place in every list, one address."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote

import pytest

from services.render.core.text.scripts import PREFIX, SCRIPTS, Script
from shared.sections import one_name, one_scope
from tests.builders import NOON, published, withdrawn
from tests.unit.render.feeds.test_sitemaps import SITE, urls
from tests.unit.render.folded import Folded
from tests.unit.render.http.test_web import Render
from tests.unit.render.press import Press

HOUR = timedelta(hours=1)
HANS, HANT = "国际", "國際"
FIRST = published("a", section=HANS, published_at=NOON - 2 * HOUR)
SECOND = published("b", section=HANT, language="zh-Hant", published_at=NOON - HOUR)


@pytest.fixture
async def render(press: Press) -> AsyncIterator[Render]:
    press.fold(FIRST, SECOND, published("c", section="地方", published_at=NOON - 3 * HOUR))
    made = Render(press)
    async with made.client:
        yield made


@pytest.mark.parametrize(
    ("names", "one"),
    [
        (("国际", "國際"), "国际"), (("体育", "體育"), "体育"), (("财经", "財經"), "财经"),
        (("里弄", "裡弄", "裏弄"), "里弄"), (("台湾", "臺灣", "台灣"), "台湾"), (("文艺", "文藝"), "文艺"),
        (("World", ), "World"), (("",), ""), (("际" * 200,), "际" * 200), (("際" * 200,), "際" * 200),
    ],
)  # fmt: skip
def test_spellings_have_one_name(names: tuple[str, ...], one: str) -> None:
    assert {one_name(name) for name in names} == {one}
    assert one_name(one) == one
    assert {one_scope(f"section:{name}") for name in names} == {f"section:{one}"}
    assert one_scope("all") == "all"


@pytest.mark.parametrize("script", SCRIPTS)
async def test_a_section_is_one_everywhere(render: Render, script: Script) -> None:
    home = await render.get(f"{PREFIX[script]}/")
    masthead = home.text.partition("<nav")[2].partition("</nav>")[0]
    assert masthead.count(f"/section/{quote(HANS)}") == 1
    assert quote(HANT) not in home.text
    page = await render.get(f"{PREFIX[script]}/section/{HANS}")
    assert page.status_code == 200
    for article in "ab":
        assert f'/article/{article}"' in page.text
        of_article = await render.get(f"{PREFIX[script]}/article/{article}")
        assert quote(HANT) not in of_article.text
        # a's page has a card of b, and the other way round, unless it stands in the six
        assert f'/article/{"b" if article == "a" else "a"}"' in of_article.text
    feed = await render.get(f"{PREFIX[script]}/section/{HANS}/feed.json")
    assert [item["id"].rpartition("/")[2] for item in feed.json()["items"]] == ["b", "a"]


async def test_a_sitemap_has_the_first_spelling_alone(render: Render) -> None:
    found = await urls(render.press, "sitemap-pages-1.xml")
    assert f"{SITE}/section/{quote(HANS)}" in found
    assert not [address for address in found if quote(HANT) in address]


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        (f"/section/{HANT}", f"/section/{quote(HANS)}"),
        (f"/section/{HANT}?before=x", f"/section/{quote(HANS)}?before=x"),
        (f"/section/{HANT}/feed.atom", f"/section/{quote(HANS)}/feed.atom"),
    ],
)
async def test_the_other_spelling_leads_to_the_first(
    render: Render, script: Script, asked: str, leads_to: str
) -> None:
    for method in ("GET", "HEAD"):
        answer = await render.get(PREFIX[script] + asked, method)
        assert (answer.status_code, answer.headers["location"]) == (301, PREFIX[script] + leads_to)
        # which is the first may change, and a browser that kept this would then be led in a circle
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/section/體育", f"/section/{HANS}/x", f"/section/{HANT}/x"])
async def test_a_section_that_is_not_there_leads_nowhere(render: Render, path: str) -> None:
    answer = await render.get(path)
    assert answer.status_code == 404


async def test_the_first_text_that_stands_spells_the_name(render: Render) -> None:
    press = render.press
    press.fold(withdrawn("a", second=5))
    assert (await render.get(f"/section/{HANT}")).status_code == 200
    assert (await render.get(f"/section/{HANS}")).headers["location"] == f"/section/{quote(HANT)}"
    home = await render.get("/")
    assert (quote(HANT) in home.text, quote(HANS) in home.text) == (True, False)
    assert quote(HANT) in (await render.get("/article/b")).text
    press.fold(published("d", section=HANS, second=6, published_at=NOON - 5 * HOUR))
    assert (await render.get(f"/section/{HANT}")).status_code == 301
    assert quote(HANT) not in (await render.get("/article/b")).text


async def test_an_embargoed_text_spells_nothing(render: Render) -> None:
    press = render.press
    press.fold(
        published("e", section=HANT, published_at=NOON - 9 * HOUR, embargo_until=NOON + 10_000 * HOUR),
        published("f", section="體育", embargo_until=NOON + 10_000 * HOUR),
    )
    assert (await render.get(f"/section/{HANS}")).status_code == 200
    assert (await render.get("/section/体育")).status_code == 404


def test_the_spelling_does_not_depend_on_the_order_of_the_log(folded: Folded) -> None:
    folded.fold(SECOND)
    assert folded.store.sections(NOON) == {HANS: HANT}
    assert folded.fold(FIRST).respelled
    assert folded.store.sections(NOON) == {HANS: HANS}
    assert not folded.fold(published("x", section=HANT, second=3)).respelled
    plan = folded.store.writer.execute(
        "EXPLAIN QUERY PLAN SELECT section FROM articles WHERE one_name = ?"
        " ORDER BY max(published_us, coalesce(embargo_us, published_us)), id LIMIT 1", ("x",)
    ).fetchall()  # fmt: skip
    assert "INDEX spellings" in str(plan)
    assert "B-TREE" not in str(plan)


def test_the_order_of_the_masthead_knows_every_spelling(press: Press) -> None:
    # the press has 地方 first
    press.fold(published("a", section="文化"), published("b", section="天氣"))
    assert press.edition.sections == ("天氣", "文化")
