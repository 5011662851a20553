"""A withdrawal beats heat: gone everywhere within two seconds, and nothing brings the article back."""

import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from redis import Redis

from tests.builders import as_json, sent_article
from tests.foreign import produce, until
from tests.real import Service, Site

pytestmark = pytest.mark.alone

TAKEDOWN_S = 2.0
"""What an editor is promised."""


def view(article_id: str) -> bytes:
    return as_json({"article": article_id, "reader": uuid.uuid4().hex, "at": datetime.now(UTC).isoformat()})


def ask(site: Site, method: str, path: str, **more: object) -> httpx.Response:
    headers = {"Authorization": f"Bearer {site.addresses['publish_token']}"}
    return httpx.request(method, site.addresses["ingest"] + path, headers=headers, **more)  # type: ignore[arg-type]


def test_the_withdrawn_top_article_is_gone_from_every_surface_and_stays_gone(
    whole_site: Site, tmp_path: Path
) -> None:
    page, kafka = whole_site.addresses["page"], whole_site.addresses["kafka"]
    redis = Redis.from_url(whole_site.addresses["redis"], decode_responses=True)
    articles = [sent_article(f"piece-{n}", title=f"第{n}条要闻", section="国内") for n in range(9)]
    for article in articles:
        assert ask(whole_site, "POST", "/articles", json=article).status_code == 201
    for n in range(9):
        for _ in range(12 - n):
            produce(kafka, "views.v1", view(f"piece-{n}"))
    until(lambda: redis.zrevrange("hot:all:now", 0, 0) == ["piece-0"], "the first piece is the hottest")
    lists = [*redis.scan_iter("hot:*:now"), *redis.scan_iter("hot:*:24h"), *redis.scan_iter("hot:*:3d")]
    assert "hot:section:国内:3d" in lists
    sitemap = re.search(r"/sitemap-\d[\d-]+\.xml", httpx.get(f"{page}/sitemap.xml").text)
    assert sitemap is not None
    pages = {
        *("/", "/article/piece-1", "/section/国内", "/hot"),
        *("/feed.xml", "/section/国内/feed.atom", "/zh-hant/feed.json"),
        *("/news-sitemap.xml", "/zh-hant/news-sitemap.xml", sitemap[0]),
    }
    for path in pages:
        until(lambda path=path: "/article/piece-0" in httpx.get(page + path).text, f"{path} shows it")  # type: ignore[misc]

    # one connection: to make a client for every question would take as long as the takedown itself
    reader = httpx.Client(base_url=page)
    withdrawn_at = time.monotonic()
    said = {"reason": "legal", "note": "线人", "public_note": "法庭令"}
    answer = ask(whole_site, "DELETE", "/articles/piece-0", params=said)
    assert answer.status_code == 200

    def gone_from(path: str) -> Callable[[], bool]:
        return lambda: "piece-0" not in reader.get(path).text

    until(lambda: reader.get("/article/piece-0").status_code == 410, "the page says 410", TAKEDOWN_S)
    for path in pages:
        until(gone_from(path), f"{path} does not show it", TAKEDOWN_S)
    until(
        lambda: not any("piece-0" in redis.zrange(name, 0, -1) for name in lists),
        "no list has it",
        TAKEDOWN_S,
    )
    assert time.monotonic() - withdrawn_at <= TAKEDOWN_S
    reader.close()
    gone = httpx.get(f"{page}/article/piece-0").text
    assert ("法庭令" in gone, "线人" in gone) == (True, False)

    produce(kafka, "ingest.v1", as_json(sent_article("piece-0", revision=99)))
    produce(kafka, "views.v1", view("piece-0"))
    assert ask(whole_site, "POST", "/articles", json=articles[0]).status_code == 409
    ask(whole_site, "POST", "/articles", json=sent_article("later"))
    replica = Service(
        "render",
        tmp_path,
        KAFKA_BOOTSTRAP_SERVERS=kafka,
        REDIS_URL=whole_site.addresses["redis"],
        RENDER_DATA=str(tmp_path / "replica"),
    )
    try:
        replica.start()
        for address in (page, replica.url):
            until(lambda a=address: httpx.get(f"{a}/article/later").status_code == 200, "it is up to date")  # type: ignore[misc]
            assert httpx.get(f"{address}/article/piece-0").status_code == 410
            assert "piece-0" not in httpx.get(address).text
    finally:
        replica.stop()
    assert not any("piece-0" in redis.zrange(name, 0, -1) for name in lists)
