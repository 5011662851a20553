"""Claim: a window spares most of a replica's disk, and the page of an archived article takes little longer.

Articles of 3 KB, of which the newest tenth is the window; a real PostgreSQL on this machine, so the network
to another comes on top. A replica's disk is that of its store and its search. A page is one that nobody has
asked for before: it is read, rendered, hashed and compressed. Each replica is measured in its own process.

    python -m bench.archive [SIZE…]
"""

import asyncio
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final

import uvloop

from bench.measuring import head, show
from bench.store import file_mb
from bench.stored import NOON, article_id, records
from services.render.adapters.archive import archive_fold, postgres
from services.render.adapters.archive.archive import Archive
from services.render.adapters.archive.postgres import ArchiveAddress
from services.render.adapters.log.records import Record
from services.render.adapters.store.fold import Evictable, apply
from services.render.core.articles.articles import ArchivedArticle, TextArchivedError
from services.render.core.pages.page import Page
from tests.postgres import Postgres, binaries
from tests.unit.render.folded import Folded
from tests.unit.render.press import Press

SIZES: Final = (10_000, 30_000)
WINDOW: Final = 10
"""One in so many articles is in it."""
BATCH: Final = 2000
ASKED: Final = 300


def main() -> None:
    """Print the tables."""
    if binaries() is None:
        print("archive: PostgreSQL is not installed here, nothing is measured")
        return
    for size in [int(one) for one in sys.argv[1:]] or SIZES:
        with running() as archive:
            began = time.perf_counter()
            run(fold_archive(archive.address, size))
            folded_s = time.perf_counter() - began
            whole, window = child("whole", size, archive), child("window", size, archive)
            head(f"a replica of {size:,} articles, {size // WINDOW:,} of them in its window")
            for name, unit in (
                ("disk", "MB"),
                ("of it the search", "MB"),
                ("process at most", "MB"),
                ("fold", "s"),
            ):
                ours, peer = window[name], whole[name]
                show(name, f"{ours:,.1f} {unit}", f"everything {peer:,.1f} {unit}", f"{ours / peer:.2f} ×")
            beyond = 1 - 1 / WINDOW
            past = (window["disk"] - whole["disk"] / WINDOW) * 1e6 / (size * beyond)
            show("an article behind the window", f"{past:,.0f} B", f"{whole['disk'] * 1e6 / size:,.0f} B", "")
            show("the archive", f"{archive.size() / 1e6:,.1f} MB", f"{folded_s:.1f} s to fold", "")
            head("the page of an article that nobody has asked for")
            for name in ("its text", "page", "page, CPU"):
                ours, peer = window[f"archived {name}"], window[f"recent {name}"]
                show(
                    name, f"archived {ours:,.0f} µs", f"in the window {peer:,.0f} µs", f"{ours / peer:.2f} ×"
                )


@contextmanager
def running() -> Iterator[Postgres]:
    """Give a PostgreSQL of the bench's own."""
    made = Postgres()
    try:
        made.start()
        yield made
    finally:
        made.remove()


def child(what: str, size: int, archive: Postgres) -> dict[str, float]:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "bench.archive", what, str(size), archive.address.url]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def run(work: Any) -> Any:
    """Run a coroutine as the services do."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def batches(size: int) -> Iterator[list[Record]]:
    """Give the log as it is read."""
    log = records(size)
    while batch := list(islice(log, BATCH)):
        yield batch


async def fold_archive(address: ArchiveAddress, size: int) -> None:
    """Fold the log into the archive."""
    connection = await postgres.connect(address)
    await archive_fold.make_tables(connection)
    believed: dict[int, tuple[int, int]] = {}
    for batch in batches(size):
        believed = await archive_fold.apply(connection, batch, believed)
    await connection.close()


async def replica(folder: Path, size: int, archive: Archive | None) -> dict[str, float]:
    """Fold the log into an empty replica; with an archive, as one that has a window does."""
    folded = Folded(folder)
    since = NOON - timedelta(minutes=size / WINDOW)
    took = 0.0
    for batch in batches(size):
        began = time.perf_counter()
        past = None
        if archive is not None:
            texts = [((one.key or b"").decode(), zlib.crc32(one.value or b"")) for one in batch]
            past = Evictable(since, await archive.held(texts))
        apply(folded.store.writer, batch, past)
        took += time.perf_counter() - began
    press = Press(folded)
    index, store = press.index, folded.store
    index.open()
    at = index.follow(store.origin(), store.last_change())
    while changes := store.changes_after(at, 200):
        index.take(changes, NOON)
        at = changes[-1].number
    pages = {} if archive is None else await measure(press, size, archive)
    press.close()
    store.close()
    search = index.path.stat().st_size / 1e6
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "disk": file_mb(folder),
        "of it the search": search,
        "process at most": used,
        "fold": took,
    } | pages


async def measure(press: Press, size: int, archive: Archive) -> dict[str, float]:
    """Give the times in µs of pages in and behind the window, each asked for the first time."""
    beyond = size - size // WINDOW
    drawn = random.Random(1)
    # what all pages share is there
    press.article(article_id(size - 1))
    found: dict[str, float] = {}
    for where, numbers in (("recent", range(beyond + 1, size - 1)), ("archived", range(beyond - 1))):
        texts, pages, cpu = [], [], []
        for number in drawn.sample(numbers, min(ASKED, len(numbers))):
            one = article_id(number)
            began, cpu_began = time.perf_counter_ns(), time.process_time_ns()
            page = await ask(press, one, archive)
            assert page is not None
            assert page.gzip
            pages.append((time.perf_counter_ns() - began) / 1000)
            cpu.append((time.process_time_ns() - cpu_began) / 1000)
            began = time.perf_counter_ns()
            await text(press, one, archive)
            texts.append((time.perf_counter_ns() - began) / 1000)
        found |= {f"{where} page": median(pages), f"{where} page, CPU": median(cpu)}
        found[f"{where} its text"] = median(texts)
    return found


async def ask(press: Press, one: str, archive: Archive) -> Page | None:
    """Give an article's page as the web does."""
    try:
        return press.article(one)
    except TextArchivedError as wanted:
        return press.pages.article(one, press.now, await archive.fetch(wanted))


async def text(press: Press, one: str, archive: Archive) -> None:
    """Look an article up, wherever its text is, and read it."""
    found = press.folded.store.find(one)
    if isinstance(found, ArchivedArticle):
        archive.forget([one])
        await archive.fetch(TextArchivedError(one, found.checksum))


if __name__ == "__main__":
    if sys.argv[1:2] in (["whole"], ["window"]):
        with tempfile.TemporaryDirectory() as one:
            there = Archive(ArchiveAddress(sys.argv[3])) if sys.argv[1] == "window" else None
            print(json.dumps(run(replica(Path(one), int(sys.argv[2]), there))))
    else:
        main()
