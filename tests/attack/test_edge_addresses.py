"""Under which address the edge keeps a page: what render does not read of one makes no other page."""

import time
from collections.abc import Iterator
from itertools import pairwise, permutations
from math import ceil
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from dev.environment import ROOT
from services.render.core.articles import aliases
from services.render.core.articles.aliases import OF_CAMPAIGNS
from tests.attack.test_edge import Edge, running
from tests.builders import published
from tests.integration.render.serving import Client

SECTION = f"/section/{quote('地方')}"
CAMPAIGNS = [f"{field.decode()}{'' if b'=' in field else 'x='}" for field in OF_CAMPAIGNS]
READ_WHOLE = [
    "/article/a", "/zh-hant/article/b", SECTION, "/hot", "/hot?list=24h", "/hot.json?article=a", "/search",
    "/search?q=%E6%96%87", "/feed.xml", f"{SECTION}/feed.json",
    "/hot/feed.atom?list=24h", "/sitemap.xml", "/robots.txt",
]  # fmt: skip
SPELLED = [
    "/hot?list=3d&list=now", "/hot?LIST=3d", "/hot?l%69st=3d", "/hot?list=3%64", "/hot?a=list=3d",
    "/hot?alist=3d", "/hot?list&list=3d", "/hot?list=3d;list=now", "/hot?&&list=3d&",
    f"/hot?{'&' * 20}list=3d", f"/hot?{'&' * 19}list=3d", f"/hot?list=3d{'&x' * 19}",
    f"/hot?list=3d{'&x' * 20}",
    "/hot?list=3d", "/hot", "/hot?x=1", "/search?q=a&page=2", "/search?page=1&q=a", "/search?q&q=a",
    "/search?q=a",
    "/search?page=2&x=q=a", f"{SECTION}?before=x", f"{SECTION}?Before=x", f"{SECTION}?x=before=x",
    f"/search?q=a&section={quote('地方')}", "/search?order=newest&q=a", "/search?order=x&q=a",
    "/search?q=a&section=x",
    "/hot/feed.xml", "/hot/feed.xml?list=24h", "/hot/feed.xml?x=1&list=3d",
    f"/hot/feed.xml?section={quote('地方')}",
    "/hot.json?article=a", "/hot.json?Article=a", "/hot.json?article=b&article=a", "/?p=12", "/?p=13",
    "/?utm_source=p&p=12", "/?p=12&fbclid=1", "/?fbclid=1", "/?fbclid", "/?from=elsewhere", "/?from=timeline",
    "/article/moved?p=1", "/article/none?p=1", "/article/a/?x=1", "/article/a/?x=2",
]  # fmt: skip


def answered(client: Client, path: str) -> tuple[int, str | None, bytes]:
    answer = client.ask(path)
    return answer.status, answer.headers.get("location"), answer.body


@pytest.fixture(scope="module")
def edge(nginx: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Give an edge that these tests share: what one address may is not what they ask."""
    with running(tmp_path_factory.mktemp("edge"), one_may=1_000_000) as made:
        yield made


@pytest.mark.parametrize("path", READ_WHOLE)
def test_a_page_that_many_ask_for_by_addresses_of_their_own_costs_render_a_request_a_second(
    edge: Edge, path: str
) -> None:
    mark = "&" if "?" in path else "?"
    with edge.client() as client:
        whole = client.ask(path)
        before, began = edge.render.asked, time.monotonic()
        for number in range(60):
            address = f"{path}{mark}fbclid={number}&x{number}={number}"
            known = f"if-none-match: {whole.headers['etag']}"
            assert client.ask(address).body == whole.body
            assert client.ask(address, "HEAD").headers["content-length"] == str(len(whole.body))
            assert client.ask(address, "GET", known).status == 304
        assert edge.render.asked - before <= ceil(time.monotonic() - began) + 1


@pytest.mark.parametrize("field", CAMPAIGNS)
def test_the_front_page_is_one_whatever_campaign_leads_there(edge: Edge, field: str) -> None:
    with edge.client() as client:
        front = client.ask("/")
        before, began = edge.render.asked, time.monotonic()
        for number in range(20):
            value = "" if field.startswith("from=") else number
            assert client.ask(f"/?utm_source={number}&{field}{value}").body == front.body
        assert edge.render.asked - before <= ceil(time.monotonic() - began) + 1


def test_the_front_page_is_one_more_whatever_else_is_asked_of_it(edge: Edge) -> None:
    with edge.client() as client:
        front = client.ask("/")
        before, began = edge.render.asked, time.monotonic()
        for number in range(60):
            for address in (f"/?x{number}={number}", f"/?x={number}&utm_source={number}", f"/?{number}"):
                assert client.ask(address).body == front.body
                known = f"if-none-match: {front.headers['etag']}"
                assert client.ask(address, "GET", known).status == 304
        assert edge.render.asked - before <= ceil(time.monotonic() - began) + 1


def test_the_front_page_is_kept_for_no_address_that_an_article_may_have_had(
    nginx: str, tmp_path: Path
) -> None:
    """Whatever such an address looks like, and whatever was asked before."""
    moved = published("thread", second=9, aliases=("/?thread=7",))
    asked = [
        *("/?x=1", "/?thread=7", "/?thread=8", "/?", "/?&", "/?&&", "/?fbclid=1", "/?from=time%6cine"),
        *("/", "/?p=12", "/?thread=7&p=13", "/?p&thread=7", "/?utm_source=1&thread=7", "/?thread=7&x=1"),
        *("/?%74hread=7", "/?thread=7&thread=8", "/?thread=%37", "/?;thread=7"),
        *("/zh-hant/?thread=7", "/zh-hant/?x=1", "/zh-hant/"),
    ]
    with running(tmp_path, one_may=1_000_000, also=[moved]) as edge:
        with edge.render.client() as render:
            right = {path: answered(render, path) for path in asked}
        assert right["/?thread=7"][:2] == (301, "/article/thread")
        with edge.client() as readers:
            for first, second in permutations(asked, 2):
                for path in (first, second):
                    assert answered(readers, path) == right[path], (first, second)


def test_render_and_the_edge_know_the_same_fields() -> None:
    conf = (ROOT / "ops" / "edge" / "nginx.conf").read_text()
    assert aliases._CAMPAIGNS.pattern.decode() in conf
    assert f"(?:{'|'.join(field.decode() for field in aliases.OF_ARTICLES)})(?:=|&|$)" in conf


def test_the_order_of_what_is_read_makes_no_other_page(edge: Edge) -> None:
    asked = ["q=a", "page=1", "x=1"]
    with edge.client() as client:
        first = client.ask(f"/search?{'&'.join(asked)}")
        before, began = edge.render.asked, time.monotonic()
        for _ in range(20):
            asked.append(asked.pop(0))
            assert client.ask(f"/search?{'&'.join(asked)}").body == first.body
        assert edge.render.asked - before <= ceil(time.monotonic() - began) + 1


def test_what_is_read_otherwise_gets_no_other_addresses_page(edge: Edge) -> None:
    """Each address is asked before and behind each of its neighbours, so that either could be kept for it."""
    with edge.client() as readers, edge.render.client() as render:
        right = {path: answered(render, path) for path in SPELLED}
        for first, second in [*pairwise(SPELLED), *pairwise(SPELLED[::-1])]:
            for path in (first, second):
                assert answered(readers, path) == right[path], path


def test_a_page_says_its_address_without_what_it_does_not_read(edge: Edge) -> None:
    for path in ("/article/a", "/hot?list=24h", SECTION, "/"):
        page = httpx.get(f"{edge.url}{path}{'&' if '?' in path else '?'}fbclid=x").text
        assert f'<link rel="canonical" href="http://127.0.0.1:8080{path}">' in page


def test_readers_of_a_page_that_nobody_keeps_do_not_wait_in_a_row(edge: Edge) -> None:
    with edge.client() as warm:
        warm.ask("/article/none")
    clients = [edge.client() for _ in range(30)]
    began = time.monotonic()
    for client in clients:
        client.send("GET /article/none?x=1 HTTP/1.1\r\nhost: test\r\n\r\n")
    assert {client.answer().status for client in clients} == {404}
    assert time.monotonic() - began < 2
    for client in clients:
        client.socket.close()
