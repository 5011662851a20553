"""The same page in two scripts: where each is, how they know of each other, and what they share."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from services.render.core.text.scripts import OTHER, PREFIX, SCRIPTS, Script, link_in
from shared.blocks import Embed, Mark, Paragraph
from tests.builders import NOON, published, withdrawn
from tests.unit.render.http.test_web import Render, good_view
from tests.unit.render.press import Press
from tests.unit.render.reading import Reading

SITE = "http://127.0.0.1:8080"
PAGES = [
    "/", "/article/a", "/section/国际", "/series/发现", "/search", "/search?q=头发",
    "/hot", "/hot?list=24h", "/hot?list=3d",
]  # fmt: skip
SHARED = ["/views", "/v.gif", "/static/remen.css", "/healthz", "/readyz", "/metrics", "/robots.txt"]


@pytest.fixture
async def render(press: Press) -> AsyncIterator[Render]:
    of_series = {"title": "【发现】头发", "series": "发现", "section": "国际"}
    press.fold(*(published(f"a{n}", second=n, **of_series) for n in range(1, 30)))
    press.fold(published("a", second=30, **of_series), published("w"))
    press.fold(withdrawn("w", second=1), published("over", expires_at=NOON))
    english = Paragraph(text="The Library opens on Sunday.")
    press.fold(published("en", second=31, title="Library", language="en", section="国际", blocks=(english,)))
    press.index_all()
    press.read(as_of=datetime.now(UTC), now=["a"])
    made = Render(press)
    async with made.client:
        yield made


def address_in(script: Script, path: str) -> str:
    return PREFIX[script] + quote(path, safe="/?=&%")


def links(html: bytes, **wanted: str) -> list[dict[str, str]]:
    """Give the attributes of every link and anchor that has these."""
    found = (
        {name: value.replace("&amp;", "&") for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        for tag in re.findall(r"<(?:link|a) ([^>]*)>", html.decode())
    )
    return [one for one in found if wanted.items() <= one.items()]


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("path", PAGES)
async def test_a_page_names_itself_and_the_same_page_in_both_scripts(
    render: Render, path: str, script: Script
) -> None:
    page = await render.get(address_in(script, path))
    assert page.status_code == 200
    assert f'<html lang="{script}">' in page.text
    (canonical,) = links(page.content, rel="canonical")
    assert canonical["href"] == SITE + address_in(script, path)
    alternates = {
        one["hreflang"]: one["href"] for one in links(page.content, rel="alternate") if "hreflang" in one
    }
    assert alternates == {
        "zh-Hans": SITE + address_in("zh-Hans", path),
        "zh-Hant": SITE + address_in("zh-Hant", path),
        "x-default": SITE + address_in("zh-Hans", path),
    }
    other = OTHER[script]
    switch = [one for one in links(page.content, hreflang=other, lang=other) if "rel" not in one]
    # in the masthead the same page, at the end of every page the front page
    assert [one["href"] for one in switch] == [address_in(other, path), address_in(other, "/")]
    assert (await render.get(switch[0]["href"])).status_code == 200


@pytest.mark.parametrize("script", SCRIPTS)
async def test_a_text_in_another_language_has_one_address(render: Render, script: Script) -> None:
    page = await render.get(address_in(script, "/article/en"))
    (canonical,) = links(page.content, rel="canonical")
    assert canonical["href"] == SITE + "/article/en"
    assert f'<meta property="og:url" content="{SITE}/article/en">' in page.text
    assert f'"mainEntityOfPage":{{"@type":"WebPage","@id":"{SITE}/article/en"}}' in page.text
    # of all links with a language that of the front page alone, at the end of every page
    found = [one for one in links(page.content) if "hreflang" in one]
    assert [one["href"] for one in found] == [address_in(OTHER[script], "/")]
    # and who reads the one script goes on in it
    assert links(page.content, href=address_in(OTHER[script], "/article/en"))


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("sent", "path"),
    [
        (SITE, "/"), (f"{SITE}/zh-hant", "/"), (f"{SITE}/article/a", "/article/a"),
        (f"{SITE}/zh-hant/article/a?from=x#fn-1-a", "/article/a?from=x#fn-1-a"),
        (f"https{SITE[4:]}/section/%E5%9B%BD%E9%99%85", "/section/%E5%9B%BD%E9%99%85"),
        (f"{SITE}/hot?list=24h", "/hot?list=24h"), (f"{SITE}/search?q=%E6%A1%A5", "/search?q=%E6%A1%A5"),
        # an article's former address
        (f"{SITE}/2019/03/bridge/", "/2019/03/bridge/"), (f"{SITE}/?p=12", "/?p=12"),
        (f"{SITE}/news.php?id=3#end", "/news.php?id=3#end"), (f"{SITE}/n/2019.shtml", "/n/2019.shtml"),
    ],
)  # fmt: skip
async def test_a_link_of_a_text_to_the_site_stays_in_the_script(
    render: Render, script: Script, sent: str, path: str
) -> None:
    text = Paragraph(text="见旧文", marks=(Mark(kind="link", start=0, end=3, url=sent),))
    embed = Embed(url=sent, text="旧文")
    base = f"{sent.partition('://')[0]}://{SITE.partition('://')[2]}{PREFIX[script]}{path}"
    for language in ("zh-Hans", "zh-Hant", "en"):
        render.press.fold(published("l", second=40, language=language, blocks=(text, embed)))
        page = await render.get(address_in(script, "/article/l"))
        body = page.text.partition('class="text"')[2].partition("</article>")[0]
        assert re.findall(r'<a href="([^"]*)"', body) == [base, base]
        feed = await render.get(address_in(script, "/feed.json"))
        assert feed.json()["items"][0]["content_html"].count(f'<a href="{base}"') == 2


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    "url",
    [
        f"{SITE}/static/remen.css", f"{SITE}/files/report.pdf", f"{SITE}/robots.txt", f"{SITE}/hot.json",
        f"{SITE}/uploads/bridge.JPG", f"{SITE}/data.7z", f"{SITE}/feed.xml", f"{SITE}/zh-hant/2019/bridge",
        f"{SITE}0/article/a", "http://127.0.0.1/article/a", "https://other.example/article/a",
        "http://127.0.0.1:8080@other.example/article/a", "mailto:desk@paper.example",
    ],
)  # fmt: skip
def test_a_link_to_anything_else_stands_as_sent(script: Script, url: str) -> None:
    assert link_in(script, url, SITE) == url


@pytest.mark.parametrize("script", SCRIPTS)
async def test_the_place_in_a_sections_archive_is_kept(render: Render, script: Script) -> None:
    first = await render.get(address_in(script, "/section/国际"))
    (earlier,) = links(first.content, rel="next")
    second = await render.get(earlier["href"])
    other = await render.get(links(second.content, hreflang=OTHER[script], lang=OTHER[script])[0]["href"])
    for page in (second, other):
        assert page.status_code == 200
        assert re.findall(r"/article/(\w+)\"", second.text) == re.findall(r"/article/(\w+)\"", page.text)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("path", "status", "same"),
    [("/nothing", 404, "/"), ("/article/w", 410, "/article/w"), ("/article/over", 410, "/article/over")],
)
async def test_what_is_not_there_is_in_both_scripts_for_readers_alone(
    render: Render, path: str, status: int, same: str, script: Script
) -> None:
    page = await render.get(address_in(script, path))
    assert page.status_code == status
    assert f'<html lang="{script}">' in page.text
    found = [one for one in links(page.content) if "hreflang" in one]
    assert [one["href"] for one in found] == [address_in(OTHER[script], to) for to in (same, "/")]
    assert not [one for one in found if "rel" in one]


@pytest.mark.parametrize(
    ("asked", "given"), [("/zh-hant", "/zh-hant/"), ("/zh-hant?from=mail", "/zh-hant/?from=mail")]
)
async def test_the_front_page_is_found_without_its_slash(render: Render, asked: str, given: str) -> None:
    answer = await render.get(asked)
    assert (answer.status_code, answer.headers["location"]) == (308, given)


@pytest.mark.parametrize("path", [*SHARED, "/zh-hant/", "/zh-hant", "x"])
async def test_what_is_no_page_is_at_one_address(render: Render, path: str) -> None:
    missing = await render.get("/zh-hant/nothing")
    answer = await render.get("/zh-hant" + path)
    assert answer.status_code == 404
    if path != "x":
        assert answer.content == missing.content
    if path == "/views":
        assert (await render.client.post("/zh-hant/views", json=good_view())).status_code == 405


async def test_a_view_counts_for_the_article_whatever_it_was_read_in(render: Render) -> None:
    pages = [await render.get(address_in(script, "/article/a")) for script in SCRIPTS]
    sent = [re.findall(r'data-(article|token)="([^"]+)"|(/v\.gif[^"]+)', page.text) for page in pages]
    assert sent[0] == sent[1]
    assert len(sent[0]) == 3


@pytest.mark.parametrize("script", SCRIPTS)
async def test_the_page_asks_for_the_list_in_its_own_script(render: Render, script: Script) -> None:
    page = await render.get(address_in(script, "/article/a1"))
    asked = re.search(r'data-hot="([^"]+)"', page.text)
    assert asked is not None
    html = (await render.get(asked[1] + "?article=a1")).json()["html"]
    assert html in page.text
    assert f'href="{PREFIX[script]}/article/a"' in html


@pytest.mark.parametrize("script", SCRIPTS)
async def test_all_addresses_of_a_page_lead_to_pages_in_its_script(render: Render, script: Script) -> None:
    for path in PAGES:
        page = await render.get(address_in(script, path))
        for one in links(page.content):
            if one["href"].startswith("/") and one.get("lang") != OTHER[script]:
                ours = one["href"].startswith(
                    (PREFIX[script] + "/", "/static/", "/site.webmanifest", "/favicon")
                )
                assert ours, one
                assert script == "zh-Hant" or not one["href"].startswith(PREFIX["zh-Hant"]), one


@pytest.mark.parametrize("script", SCRIPTS)
async def test_names_keep_their_address_and_are_read_in_the_pages_script(
    render: Render, script: Script
) -> None:
    reads = {"zh-Hans": ("国际", "【发现】"), "zh-Hant": ("國際", "【發現】")}[script]
    page = await render.get(address_in(script, "/article/a"))
    section = links(page.content, href=address_in(script, "/section/国际"))
    series = links(page.content, href=address_in(script, "/series/发现"))
    assert section
    assert len(series) == 1
    assert set(reads) <= set(Reading(page.content).lines) | {
        "【发现】" if script == "zh-Hans" else "【發現】"
    }
    for path, name in (("/section/国际", reads[0]), ("/series/发现", reads[1])):
        assert f">{name}</" in re.sub(r"\s", "", (await render.get(address_in(script, path))).text)


@pytest.mark.parametrize("script", SCRIPTS)
async def test_an_article_in_another_language_says_so_on_both_pages(render: Render, script: Script) -> None:
    page = await render.get(address_in(script, "/article/en"))
    assert '<article lang="en">' in page.text
    assert "<p>The Library opens on Sunday.</p>" in page.text
    listed = await render.get(address_in(script, "/section/国际"))
    assert re.search(r'<li class="lead" lang="en">', listed.text)
