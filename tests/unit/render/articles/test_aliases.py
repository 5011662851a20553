"""Former addresses: how they are read, who has one that several claim, and what is answered there."""

import itertools
import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.render.adapters.store.store import Store
from services.render.core.articles.aliases import keys_asked, keys_of
from shared.blocks import Mark, Paragraph
from shared.events import ArticlePublished
from tests.builders import NOON, published, reinstated, withdrawn
from tests.unit.render.folded import Folded
from tests.unit.render.http.test_web import Render
from tests.unit.render.press import Press

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
SITE = "http://127.0.0.1:8080"


@pytest.fixture
async def render(press: Press) -> AsyncIterator[Render]:
    press.now = NOW
    made = Render(press)
    async with made.client:
        yield made


def leads(alias: str, target: str) -> bool:
    path, _, query = target.encode().partition(b"?")
    return bool(keys_of((alias,)).intersection(keys_asked(path, query)))


@pytest.mark.parametrize(
    ("alias", "targets"),
    [
        (
            "/2019/03/bridge/",
            [
                "/2019/03/bridge/",
                "/2019/03/bridge",
                "/2019/03/bridge/?utm_source=x",
                "/2019/03/bridge?fbclid=1",
            ],
        ),
        ("/2019/03/bridge", ["/2019/03/bridge/", "/2019/03/bridge", "/2019/03/%62ridge"]),
        ("/新桥/", ["/%E6%96%B0%E6%A1%A5/", "/%e6%96%b0%e6%a1%a5", "/%e6%96%B0%E6%a1%a5/?replytocom=7"]),
        ("/%e6%96%b0%e6%a1%a5/", ["/%E6%96%B0%E6%A1%A5"]),
        ("/%D0%C2%C7%C5.html", ["/%d0%c2%c7%c5.html"]),
        ("/cafe\u0301/", ["/caf%C3%A9/", "/cafe%CC%81"]),
        (
            "/?p=12",
            ["/?p=12", "/?p=12&utm_source=a&utm_medium=b", "/?fbclid=x&p=12", "/?p=12&page=2", "/?%70=12"],
        ),
        ("/index.php?id=3&lang=zh", ["/index.php?lang=zh&id=3", "/index.php?id=3&utm_campaign=y&lang=zh"]),
        ("/thread.php?tid=5", ["/thread.php?tid=5&extra=page%3D1"]),
        ("/bridge.html", ["/bridge.html"]),
        ("/a/index.html", ["/a/index.html"]),
        ("old-id", ["/article/old-id", "/article/old-id?utm_source=x"]),
    ],
)
def test_an_address_is_known_however_it_is_written(alias: str, targets: list[str]) -> None:
    assert [target for target in targets if not leads(alias, target)] == []


@pytest.mark.parametrize(
    ("alias", "targets"),
    [
        (
            "/2019/03/bridge/",
            ["/2019/03/bridge/index.html", "/2019/03/bridge.html", "/2019/03/Bridge/", "/2019/03"],
        ),
        ("/a/index.html", ["/a/", "/a"]),
        ("/?p=12", ["/", "/?p=1", "/?p=123", "/?q=12", "/?utm_source=p%3D12", "/x?p=12", "/?p"]),
        ("/x?p=12", ["/x", "/x?p=13"]),
        ("/index.php?id=3&lang=zh", ["/index.php?id=3", "/index.php", "/index.php?id=3&lang=en"]),
        ("old-id", ["/old-id", "/article/OLD-ID", "/article/old-id.html"]),
        ("/", ["/", "/?p=12"]),
        ("/%2561", ["/a"]),
    ],
)
def test_what_is_written_otherwise_is_another_address(alias: str, targets: list[str]) -> None:
    assert [target for target in targets if leads(alias, target)] == []


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_no_address_is_too_odd_to_be_looked_up(path: bytes, query: bytes) -> None:
    keys = list(keys_asked(b"/" + path, query))
    assert len(keys) <= 23
    assert all(0 < len(key) <= 2048 for key in keys)


def test_an_address_of_any_length_takes_no_time() -> None:
    began = time.perf_counter()
    for path, query in (
        (b"/" + b"%41" * 100_000, b""),
        (b"/a", b"&".join([b"a=1"] * 100_000)),
        (b"/", b"&" * 99_999),
    ):
        assert list(keys_asked(path, query)) == []
    assert time.perf_counter() - began < 1


def claiming(
    article_id: str, *aliases: str, second: int = 0, hours: float = 0, **changes: object
) -> ArticlePublished:
    return published(
        article_id,
        second=second,
        aliases=aliases or None,
        **({"published_at": NOON + hours * HOUR} | changes),
    )


def at(store: Store, alias: str, now: datetime = NOON + 24 * HOUR) -> str | None:
    (key,) = keys_of((alias,))
    return store.formerly_at((key,), now)


def test_of_several_that_claim_an_address_the_first_published_has_it_in_whatever_order_they_come(
    tmp_path: Path,
) -> None:
    first = claiming("m", "/x", hours=1)
    later = claiming("a", "/x", second=9, hours=2)
    revised = claiming("m", "/x/", second=20, hours=1, revision=2)
    same_time = claiming("b", "/x", second=9, hours=2)
    for number, order in enumerate(itertools.permutations((first, later, revised, same_time))):
        folded = Folded(tmp_path / str(number))
        for event in order:
            folded.fold(event)
        assert at(folded.store, "/x") == "m"
        folded.fold(withdrawn("m", second=30))
        assert at(folded.store, "/x") == "a"
        folded.fold(withdrawn("a", second=31), withdrawn("b", second=32))
        assert at(folded.store, "/x") == "m"
        folded.store.close()


def test_an_alias_that_a_newer_text_does_not_have_is_gone_and_a_stale_text_brings_none(
    folded: Folded,
) -> None:
    folded.fold(claiming("a", "/x", "/y", revision=2, second=2))
    folded.fold(claiming("a", "/y", revision=3, second=3))
    folded.fold(claiming("a", "/z", revision=1, second=1))
    assert [at(folded.store, one) for one in ("/x", "/y", "/z")] == [None, "a", None]
    assert at(folded.reopen(), "/y") == "a"
    folded.fold(withdrawn("a", second=5))
    assert at(folded.store, "/y") == "a"
    folded.fold(reinstated("a", second=6))
    assert at(folded.store, "/y") is None


def test_more_aliases_than_may_be_and_longer_ones_are_not_kept(folded: Folded) -> None:
    folded.fold(claiming("a", *(f"/{n}" for n in range(30)), second=1))
    folded.fold(claiming("b", "/" + "字" * 2000, "/w"))
    found = folded.store.writer.execute("SELECT id, count(*) FROM aliases GROUP BY id").fetchall()
    assert found == [("a", 20), ("b", 1)]


async def location(render: Render, path: str, method: str = "GET") -> str | int:
    answer = await render.get(path, method)
    if answer.status_code == 301:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.content == b""
        return answer.headers["location"]
    return answer.status_code


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_former_address_leads_to_the_article_in_the_readers_script(
    render: Render, method: str
) -> None:
    aliases = ("old", "/2019/03/新桥/", "/?p=12", "/static/old.html", "/zh-hant/2019/a", "/section/旧栏/1")
    render.press.fold(claiming("a", *aliases))
    for path in (
        *(
            "/article/old",
            "/2019/03/%E6%96%B0%E6%A1%A5",
            "/2019/03/%e6%96%b0%e6%a1%a5/",
            "/?p=12&utm_source=x",
        ),
        *("/static/old.html", "/section/%E6%97%A7%E6%A0%8F/1"),
    ):
        assert await location(render, path, method) == "/article/a", path
        if not path.startswith("/static"):
            assert await location(render, f"/zh-hant{path}", method) == "/zh-hant/article/a", path
    assert await location(render, "/zh-hant/2019/a", method) == "/zh-hant/article/a"
    assert await location(render, "/article/old/", method) == 308
    assert await location(render, "/static/none.html", method) == 404
    for path in ("/", "/?p=13", "/?utm_source=x", "/?"):
        assert await location(render, path, method) == 200, path


async def test_a_page_goes_before_an_alias_and_comes_back_before_it(render: Render) -> None:
    taken = (
        "b",
        "/article/b",
        "/",
        "/hot",
        "/search",
        "/feed.xml",
        "/section/地方",
        "/robots.txt",
        "/hot?list=now",
    )
    render.press.fold(published("b"), claiming("a", *taken, second=1))
    for path in ("/article/b", "/", "/hot", "/search", "/feed.xml", "/robots.txt", "/hot?list=now"):
        assert await location(render, path) == 200, path
    render.press.fold(withdrawn("b", second=2))
    assert await location(render, "/article/b") == 410
    render.press.fold(reinstated("b", second=3))
    assert await location(render, "/article/b") == "/article/a"
    render.press.fold(published("b", second=4))
    assert await location(render, "/article/b") == 200


async def test_the_front_page_that_was_asked_for_before_leads_on_once_an_article_says_so(
    render: Render,
) -> None:
    assert await location(render, "/?p=12") == 200
    render.press.fold(claiming("a", "/?p=12"))
    assert await location(render, "/?p=12") == "/article/a"
    assert render.press.pages.redirect_to(keys_asked(b"/", b"p=12"), NOW) == "/article/a"
    render.press.fold(claiming("a", revision=1, second=1))
    assert await location(render, "/?p=12") == 200


@pytest.mark.parametrize(
    ("alias", "kept"),
    [
        ("/2019/a?x=1", True), ("/?p=12", True), ("/?page_id=3&x=1", True),
        ("/?page=3", False), ("/?x=1", False), ("/?o=1&p=12", False), ("/?pp=1", False),
        ("/zh-hant/?a=1", False), ("/zh-hant/?p=1", True),
    ],
)  # fmt: skip
async def test_what_else_is_asked_of_the_front_page_is_one_page_until_an_article_was_there(
    render: Render, alias: str, kept: bool
) -> None:
    async def is_kept(path: str) -> bool:
        answer = await render.get(path)
        assert answer.status_code == 200
        return answer.headers["x-accel-expires"] != "0"

    render.press.fold(published("a"))
    assert await is_kept("/?none=1")
    render.press.fold(claiming("a", alias, revision=1, second=1))
    assert await is_kept("/?none=1") == kept
    for path in ("/", "/?", "/?fbclid=1"):
        assert await is_kept(path)
    render.press.fold(claiming("a", revision=2, second=2))
    assert await is_kept("/?none=1")


async def test_an_alias_tells_of_no_embargo_and_of_a_withdrawal_what_its_page_does(render: Render) -> None:
    press = render.press
    press.fold(
        claiming("secret", "/secret", embargo_until=NOW + HOUR),
        claiming("old", "/old", expires_at=NOW - HOUR),
        claiming("gone", "/gone"),
        withdrawn("gone", second=1),
    )
    unknown = await render.get("/unknown")
    told = await render.get("/secret")
    assert told.status_code == unknown.status_code == 404
    assert told.content == unknown.content
    assert {**told.headers} == {**unknown.headers}
    for name in ("old", "gone"):
        assert await location(render, f"/{name}") == f"/article/{name}"
        assert await location(render, f"/article/{name}") == 410
    press.fold(claiming("open", "/secret", second=2, hours=1))
    assert await location(render, "/secret") == "/article/open"


async def test_aliases_that_lead_to_each_other_end_at_a_page(render: Render) -> None:
    tomorrow = NOW + 24 * HOUR
    render.press.fold(
        claiming("a", "a", "b", "c"),
        claiming("b", "a", "b", "c", embargo_until=tomorrow, second=1),
        claiming("c", "a", "b", second=2),
    )
    for start in "abc":
        at_, steps = f"/article/{start}", 0
        while isinstance(found := await location(render, at_), str):
            at_, steps = found, steps + 1
            assert steps < 2
        assert found == 200


async def test_canonical_links_and_sitemaps_know_no_alias(render: Render) -> None:
    render.press.fold(claiming("a", "/former/address", "former-id"))
    for path in ("/article/a", "/sitemap.xml", "/sitemap-2026-11-15-1.xml", "/feed.xml", "/"):
        assert "former" not in (await render.get(path)).text, path


async def test_a_link_to_a_former_address_leads_to_the_article_in_the_script_that_is_read(
    render: Render,
) -> None:
    former = f"{SITE}/2019/03/新桥/"
    text = Paragraph(text="见旧文", marks=(Mark(kind="link", start=0, end=3, url=former),))
    render.press.fold(claiming("bridge", "/2019/03/新桥/"), published("new", second=1, blocks=(text,)))
    for prefix in ("", "/zh-hant"):
        body = (await render.get(f"{prefix}/article/new")).text.partition('class="text"')[2]
        (link,) = re.findall(rf'<a href="{SITE}([^"]*/2019/[^"]*)"', body)
        assert await location(render, link) == f"{prefix}/article/bridge"
