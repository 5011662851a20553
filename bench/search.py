"""Claim: among 10⁵ articles, 99 of 100 searches take at most 50 ms.

The articles are a made-up newspaper's year (bench/newspaper.py), read by the search's own index as it reads
a store. One thing is looked for after another, each once, by way of the search's threads; a search gives the
best twenty with their windows, and the count of all. The peer looks through the same texts with LIKE, as one
does who keeps no index, and gives the newest twenty and the count. An argument is another number of articles.
"""

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from datetime import UTC, datetime
from operator import add
from pathlib import Path
from typing import Final

from bench.measuring import head, percentile, show
from bench.newspaper import Newspaper, as_in_the_log
from services.render.adapters.search.search import BusyError, Search
from services.render.adapters.search.search_index import SearchIndex
from services.render.adapters.store.queries import Change
from services.render.core.search.query import read

ARTICLES: Final = 100_000
SEED: Final = 20261115
_BATCH: Final = 25
"""As many as the service reads in one transaction."""
_PEERS: Final = 20


def main(count: int = ARTICLES) -> None:
    """Print the table."""
    head(f"search among {count:,} articles")
    with tempfile.TemporaryDirectory() as folder:
        index = SearchIndex(Path(folder))
        index.open()
        index.follow("bench", count)
        peer = sqlite3.connect(Path(folder) / "peer.sqlite3")
        peer.execute("CREATE TABLE articles (number INTEGER PRIMARY KEY, title TEXT, body TEXT)")
        newspaper = Newspaper(SEED)
        titles, cpu_s, took_s = _fill(index, peer, newspaper, count)
        show(
            "an article filed, CPU (all of it, by the clock)",
            f"{cpu_s / count * 1e3:.2f} ms ({took_s:.0f} s)",
            "",
            "",
        )
        ours, theirs = index.path.stat().st_size / count, _size(peer) / count
        show(
            "file, an article",
            f"{ours:,.0f} bytes",
            f"texts alone {theirs:,.0f} bytes",
            f"{ours / theirs:.1f} ×",
        )
        asyncio.run(_ask(index, peer, _questions(newspaper, titles)))
        peer.close()


def _fill(
    index: SearchIndex, peer: sqlite3.Connection, newspaper: Newspaper, count: int
) -> tuple[list[str], float, float]:
    """File all articles; give some of their titles, and the CPU and clock seconds of the index."""
    titles: list[str] = []
    cpu_s = took_s = 0.0
    batch: list[Change] = []
    for number, article in enumerate(newspaper.articles(count), 1):
        batch.append(Change(number, article["id"], as_in_the_log(article).encode()))
        body = "\n".join(block["text"] for block in article["blocks"])
        peer.execute("INSERT INTO articles VALUES (?, ?, ?)", (number, article["title"], body))
        if number % (count // 200 or 1) == 0:
            titles.append(article["title"])
        if len(batch) == _BATCH or number == count:
            began, cpu_began = time.perf_counter(), time.process_time()
            index.take(batch, datetime.now(UTC))
            cpu_s += time.process_time() - cpu_began
            took_s += time.perf_counter() - began
            batch = []
    peer.commit()
    return titles, cpu_s, took_s


def _questions(newspaper: Newspaper, titles: list[str]) -> dict[str, list[str]]:
    """Give what people look for, by kind; a kind is asked as often as it is thought to be."""
    draw = random.Random(SEED)
    words = [word for word in newspaper.some(1200) if len(word) > 1]
    cuts = [draw.randrange(len(title) - 4) for title in titles]
    return {
        "a word": words[:500],
        "two words": [" ".join(pair) for pair in zip(words[500:700], words[700:900], strict=True)],
        "two words without a space": list(map(add, words[500:700], words[700:900])),
        "part of a title": [title[cut : cut + 6] for title, cut in zip(titles, cuts, strict=True)][:150],
        "one of the 100 most common words": newspaper.words[:100],
        "one character": [word[0] for word in words[900:950]],
    }


async def _ask(index: SearchIndex, peer: sqlite3.Connection, questions: dict[str, list[str]]) -> None:
    search = Search(index, {})
    all_ms: list[float] = []
    all_cpu_ms: list[float] = []
    for kind, asked in questions.items():
        ours_ms, late = [], 0
        for one in dict.fromkeys(asked):
            began, cpu_began = time.perf_counter(), time.process_time()
            try:
                await search.find(read(one), 1, datetime.now(UTC))
            except BusyError:
                late += 1
            all_cpu_ms.append((time.process_time() - cpu_began) * 1e3)
            ours_ms.append((time.perf_counter() - began) * 1e3)
        theirs_ms = [_scan(peer, one) for one in asked[:_PEERS]]
        _show(kind + (f", {late} not answered" if late else ""), ours_ms, theirs_ms)
        all_ms += ours_ms
    show(
        "all searches, p99 (of it CPU)",
        f"{percentile(all_ms, 99):.1f} ms ({percentile(all_cpu_ms, 99):.1f})",
        "",
        "",
    )
    search.close()


def _scan(peer: sqlite3.Connection, asked: str) -> float:
    """Give the time in ms of looking for something with LIKE."""
    words = [f"%{word}%" for word in asked.split()]
    where = " AND ".join("(title LIKE ? OR body LIKE ?)" for _ in words)
    values = [word for word in words for _ in "tb"]
    began = time.perf_counter()
    newest = f"SELECT number, count(*) OVER () FROM articles WHERE {where} ORDER BY 1 DESC LIMIT 20"  # noqa: S608
    peer.execute(newest, values).fetchall()
    return (time.perf_counter() - began) * 1e3


def _show(kind: str, ours_ms: list[float], theirs_ms: list[float]) -> None:
    middles = percentile(ours_ms, 50), percentile(theirs_ms, 50)
    show(
        f"{kind}, p50 and p99",
        f"{middles[0]:.1f} and {percentile(ours_ms, 99):.1f} ms",
        f"LIKE {middles[1]:.0f} ms",
        f"{middles[0] / middles[1]:.3f} ×",
    )


def _size(connection: sqlite3.Connection) -> int:
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages * size)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
