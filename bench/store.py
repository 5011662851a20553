"""Claim: a page costs the same whether the store has 10³ or 10⁶ articles, and 10⁵ are folded in seconds.

Each size runs in a process of its own, so that its memory can be told. A page is asked for that nobody has
asked for before, so it is read from SQLite, rendered, hashed and compressed; `look-ups` is the store's part
of it. The first fold's peer reads the same values as JSON and puts them into one table without an index.
"""

import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Final

from bench.measuring import head, show
from bench.stored import article_id, records
from services.render.adapters.log.records import Record
from services.render.adapters.store.fold import apply
from services.render.core.pages.page import Page
from tests.unit.render.folded import Folded
from tests.unit.render.press import Press

SIZES: Final = (1_000, 100_000, 1_000_000)
SHORT: Final = 2
"""Paragraphs of an article where only their number counts."""
BATCH: Final = 2000
ASKED: Final = 200


def main() -> None:
    """Print the table."""
    head("the first fold of 100,000 articles of 3 KB")
    ours, peer = child("fold", 100_000), child("peer", 100_000)
    for unit in ("s", "CPU s"):
        mine, other = ours[unit], peer[unit]
        show("time", f"{mine:.1f} {unit}", f"JSON into one table {other:.1f} {unit}", f"{mine / other:.1f} ×")
    show("memory beyond the process", f"{ours['MB']:.0f} MB", f"{peer['MB']:.0f} MB", "")
    show("file", f"{ours['file']:.0f} MB", f"{peer['file']:.0f} MB", f"{ours['file'] / peer['file']:.2f} ×")
    head("a page nobody has asked for, CPU")
    found = {size: child("pages", size) for size in SIZES}
    first = found[SIZES[0]]
    for size in SIZES[1:]:
        for name, µs in found[size].items():
            show(
                f"{name}, {size:,} articles",
                f"{µs:.0f} µs",
                f"{SIZES[0]:,} articles {first[name]:.0f} µs",
                f"{µs / first[name]:.2f} ×",
            )


def child(what: str, size: int) -> dict[str, float]:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "bench.store", what, str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def fold(folder: Path, size: int) -> dict[str, float]:
    """Fold so many articles into an empty store."""
    folded = Folded(folder)
    taken = fold_into(folded, records(size))
    folded.store.close()
    return taken | {"file": file_mb(folder)}


def peer(folder: Path, size: int) -> dict[str, float]:
    """Put the same values into one table."""
    connection = sqlite3.connect(folder / "peer.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE articles (id TEXT, text BLOB)")

    def put(batch: list[Record]) -> None:
        connection.execute("BEGIN")
        values = ((json.loads(record.value or b"")["id"], record.value) for record in batch)
        connection.executemany("INSERT INTO articles VALUES (?, ?)", values)
        connection.execute("COMMIT")

    taken = in_batches(put, records(size))
    connection.close()
    return taken | {"file": file_mb(folder)}


def fold_into(folded: Folded, log: Iterable[Record]) -> dict[str, float]:
    """Fold a log as a replica does that catches up."""
    return in_batches(lambda batch: apply(folded.store.writer, batch), log)


def in_batches(take: Callable[[list[Record]], object], log: Iterable[Record]) -> dict[str, float]:
    """Give the seconds of taking, and the memory in use at the most beyond that before it, in MB."""
    rest = iter(log)
    took, cpu, before = 0.0, 0.0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    while batch := list(islice(rest, BATCH)):
        began, cpu_began = time.perf_counter(), time.process_time()
        take(batch)
        took += time.perf_counter() - began
        cpu += time.process_time() - cpu_began
    return {
        "s": took,
        "CPU s": cpu,
        "MB": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }


def file_mb(folder: Path) -> float:
    """Give the size of a folder's files in MB."""
    return sum(path.stat().st_size for path in folder.iterdir()) / 1e6


def pages(folder: Path, size: int) -> dict[str, float]:
    """Give the CPU time in µs of the pages that were never asked for, and of their look-ups."""
    folded = Folded(folder)
    fold_into(folded, records(size, SHORT))
    press = Press(folded)
    store, now = folded.store, press.now
    ids = [article_id(n) for n in random.Random(1).sample(range(size), ASKED)]
    rest = iter(ids)

    def first_time(ask: Callable[[], Page | None]) -> Callable[[], object]:
        def asked() -> object:
            press.forget()
            page = ask()
            return page is not None and page.gzip

        return asked

    press.pages.home(now)
    found = {
        "article, look-ups": cpu(lambda: store.find(random.choice(ids))),
        "article": cpu(lambda: first_of(press, next(rest))),
        "front page": cpu(first_time(lambda: press.pages.home(now)), 20),
        "section": cpu(first_time(lambda: press.pages.section("地方", None, now)), 20),
        "lists, look-ups": cpu(
            lambda: (
                store.newest(now, 12, hot=False),
                store.newest_of_section("地方", now, 21),
                store.sections(now),
                store.next_timed_change(now),
            )
        ),
    }
    store.close()
    return found


def first_of(press: Press, article: str) -> bytes:
    """Give an article's page that was not asked for yet."""
    page = press.article(article)
    assert page is not None
    return page.gzip


def cpu(work: Callable[[], object], times: int = ASKED) -> float:
    """Give the CPU time of a call in µs: the median, as each is another one."""
    found = []
    for _ in range(times):
        began = time.process_time_ns()
        work()
        found.append((time.process_time_ns() - began) / 1000)
    return median(found)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        with tempfile.TemporaryDirectory() as one:
            measure = {"fold": fold, "peer": peer, "pages": pages}[sys.argv[1]]
            print(json.dumps(measure(Path(one), int(sys.argv[2]))))
    else:
        main()
