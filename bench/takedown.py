"""Claim: of 100 withdrawals under load, 99 % are gone from every surface behind the edge within 2 s.

An article is published and read until it stands everywhere: its page, the front page, its section, its
series, 热门, feeds, sitemaps, search, in both scripts. Then it is withdrawn over HTTP, and every address is
asked for through the edge of `ops/edge` until it shows the article no longer (its own page: until it is a
410), while other readers keep the edge and render busy. The peer is the newsroom's door: the time until
`DELETE` was answered.
"""

import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

import httpx

from bench import nginx
from bench.measuring import head, percentile, show
from tests.builders import as_json, sent_article
from tests.foreign import produce, until
from tests.real import Site

WITHDRAWALS: Final = 100
OTHERS: Final = 30
VIEWS: Final = 5
BUSY: Final = 8
"""Readers who ask for one page after the other meanwhile."""

SECTION: Final = "国内"
SERIES: Final = "河城纪事"


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        site = Site(Path(folder) / "site")
        try:
            port = int(site.addresses["page"].rpartition(":")[2])
            with nginx.edge(Path(folder), port) as (edge, _):
                took, answered = measure(site, edge)
        finally:
            site.down()
    everywhere = [max(of.values()) for of in took]
    title = f"withdrawn → gone, {len(took)} times, from {len(took[0])} addresses behind the edge"
    head(f"{title}, {BUSY} readers")
    for name, percent in (("median", 50), ("p99", 99), ("longest", 100)):
        ours, peer = percentile(everywhere, percent) * 1000, percentile(answered, percent) * 1000
        door = f"DELETE answered {peer:.0f} ms"
        show(f"{name}, the last of them", f"{ours:.0f} ms", door, f"{ours / peer:.0f} ×")
    for address in took[0]:
        found = [of[address] * 1000 for of in took]
        show(address, f"median {statistics.median(found):.0f} ms", f"longest {max(found):.0f} ms", "")


def measure(site: Site, edge: str) -> tuple[list[dict[str, float]], list[float]]:
    """Give the seconds until an article was gone, by address, and until `DELETE` was answered."""
    for number in range(OTHERS):
        _publish(site, f"other-{number}", "旧闻")
    took: list[dict[str, float]] = []
    answered: list[float] = []
    with _readers(edge), ThreadPoolExecutor(40) as asking:
        for number in range(WITHDRAWALS):
            article = f"gone-{number}"
            word = f"甲{number}乙"
            _publish(site, article, word)
            for _ in range(VIEWS):
                produce(site.addresses["kafka"], "views.v1", _view(article))
            places = _places(article, word)
            addresses = [edge + place for place in places]
            list(asking.map(_shown, addresses, [article] * len(places)))
            began = time.perf_counter()
            gone = asking.map(_gone_after, addresses, [article] * len(places), [began] * len(places))
            _newsroom(site, "DELETE", f"/articles/{article}?reason=error")
            answered.append(time.perf_counter() - began)
            took.append(dict(zip((_name(place, article) for place in places), gone, strict=True)))
    return took, answered


def _places(article: str, word: str) -> list[str]:
    """Give every address that shows the article."""
    section, series = f"/section/{quote(SECTION)}", f"/series/{quote(SERIES)}"
    sitemap = f"/sitemap-{datetime.now(UTC).date().isoformat()}-1.xml"
    pages = [
        f"/article/{article}", "/", section, series, "/hot", "/hot.json", f"/search?q={quote(word)}",
        "/feed.xml", "/feed.atom", "/feed.json", f"{section}/feed.xml", f"{section}/feed.atom",
        f"{section}/feed.json", "/news-sitemap.xml",
    ]  # fmt: skip
    return [*pages, *(f"/zh-hant{page}" for page in pages), sitemap]


def _name(place: str, article: str) -> str:
    """Name an address for the table."""
    return unquote(place.partition("?")[0]).replace(article, "…")


def _shown(address: str, article: str) -> None:
    """Wait until an address shows the article."""
    with httpx.Client() as client:
        until(lambda: article in client.get(address).text, f"{address} shows {article}", 30)


def _gone_after(address: str, article: str, began: float) -> float:
    """Ask until the article is gone; give the seconds until the first such answer was asked for."""
    with httpx.Client() as client:
        while True:
            asked = time.perf_counter()
            answer = client.get(address)
            if answer.status_code == 410 or (answer.status_code == 200 and article not in answer.text):
                return asked - began
            time.sleep(0.005)


def _publish(site: Site, article: str, word: str) -> None:
    title = f"【{SERIES}】{word}的消息"
    _newsroom(site, "POST", "/articles", json=sent_article(article, title=title, section=SECTION))


def _newsroom(site: Site, method: str, path: str, **more: Any) -> None:
    headers = {"Authorization": f"Bearer {site.addresses['publish_token']}"}
    httpx.request(method, site.addresses["ingest"] + path, headers=headers, **more).raise_for_status()


def _view(article: str) -> bytes:
    return as_json({"article": article, "reader": uuid.uuid4().hex, "at": datetime.now(UTC).isoformat()})


@contextmanager
def _readers(edge: str) -> Iterator[None]:
    """Let readers ask for articles and the front page, one after the other."""
    over = threading.Event()

    def read(reader: int) -> None:
        with httpx.Client() as client:
            number = reader
            while not over.is_set():
                client.get(f"{edge}/article/other-{number % OTHERS}" if number % 4 else f"{edge}/")
                number += 1

    threads = [threading.Thread(target=read, args=(reader,)) for reader in range(BUSY)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main()
