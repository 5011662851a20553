"""Claim: a page whose hot list changed is fresh again in at most 50 µs of CPU, with its tag and compressed.

A page is joined of fragments that are rendered, hashed and compressed once. What a change costs is told in
two parts: the new list itself, once for all pages that show it, and then each page. The peer makes the same
page as most sites do: the template of everything, a hash of the whole, gzip of the whole.
"""

import gzip
import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from statistics import median

from bench.measuring import cpu_us, head, resident, show
from bench.stored import article_id, records
from services.render.adapters.store.fold import apply
from services.render.core.pages.page import Page
from shared.events import ArticlePublished
from tests.unit.render.folded import Folded
from tests.unit.render.press import Press

ARTICLES = 2000
READ = 200
"""Articles that are being read."""


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        folded = Folded(Path(folder))
        log = list(records(ARTICLES + 100))
        apply(folded.store.writer, log[:ARTICLES])
        press = Press(folded)
        measure(press)
        publish(press, log[ARTICLES:])
        folded.store.close()
    memory()


def measure(press: Press) -> None:
    """Print what a new list costs, and what a page is made of."""
    ids = [article_id(n) for n in range(ARTICLES - READ, ARTICLES)]
    pages: dict[str, Callable[[], Page | None]] = {
        "article": lambda: press.article(random.choice(ids)),
        "front page": lambda: press.pages.home(press.now),
        "section": lambda: press.pages.section("地方", None, press.now),
        "chart": lambda: press.pages.hot("now", press.now),
    }
    head("a new hot list: CPU until a page is fresh again, tag and gzip included")
    for one in ids:
        press.article(one)
    new_list, each = after_a_new_list(press, ids)
    whole = [cpu_us(lambda one=one: whole_page(press, one), 50, 3) for one in ids[:5]]  # type: ignore[misc]
    peer = median(whole)
    show(
        "the list itself, once for all pages",
        f"{new_list:.0f} µs",
        "rendered, hashed, compressed whole",
        "",
    )
    show("then each article", f"{each:.1f} µs", f"{peer:.0f} µs", f"{each / peer:.3f} ×")
    again = cpu_us(lambda: press.article(ids[0]))
    show("unchanged", f"{again:.2f} µs", f"{peer:.0f} µs", f"{again / peer:.4f} ×")
    head("bytes of a page, compressed")
    for name, ask in pages.items():
        page = ask()
        assert page is not None
        joined, at_once = len(page.gzip), len(gzip.compress(page.body, 6))
        show(
            f"{name}, {len(page.body):,} bytes",
            f"{joined:,} bytes",
            f"gzip of the whole {at_once:,} bytes",
            f"{joined / at_once:.2f} ×",
        )


def after_a_new_list(press: Press, ids: Sequence[str]) -> tuple[float, float]:
    """Give µs of the new list (the edition and the first page) and of each page after it."""
    lists = [random.sample(ids, 20) for _ in range(12)]
    firsts, others = [], []
    for one in lists:
        press.read(now=one)
        began = time.process_time_ns()
        first = press.article(ids[0])
        assert first is not None
        assert first.gzip
        then = time.process_time_ns()
        for article in ids[1:]:
            page = press.article(article)
            assert page is not None
            assert page.gzip
        ended = time.process_time_ns()
        firsts.append((then - began) / 1000)
        others.append((ended - then) / 1000 / (len(ids) - 1))
    return median(firsts), median(others)


def whole_page(press: Press, article: str) -> bytes:
    """Make an article's page without a memory, but for the texts."""
    templates, edition = press.templates, press.edition
    text = press.folded.store.find(article)
    assert isinstance(text, ArticlePublished)
    items = press.caches["zh-Hans"].newest_of(text.section, edition.at)
    hot = templates.hot(
        [templates.hot_entry(item.story, edition.today) for item in items[:6]], latest=False, updated=None
    )
    cards = templates.cards(text.section, [templates.card(item.story, edition.today) for item in items[6:16]])
    body = b"".join(
        (
            templates.article_top(text, edition.sections, edition.today),
            hot,
            cards,
            templates.article_end(text),
            templates.tail(article, edition.token),
        )
    )
    blake2b(body).hexdigest()
    return gzip.compress(body, 6)


def publish(press: Press, log: Sequence[object]) -> None:
    """Print what the turn of an edition costs after each publication."""
    turns, fronts = [], []
    press.pages.home(press.now)
    for record in log:
        changes = apply(press.folded.store.writer, [record])  # type: ignore[list-item]
        began = time.process_time_ns()
        press.editions["zh-Hans"].articles_changed(changes)
        press.editions["zh-Hans"].at(press.now)
        then = time.process_time_ns()
        assert press.pages.home(press.now).gzip
        fronts.append((time.process_time_ns() - then) / 1000)
        turns.append((then - began) / 1000)
    head("an article published: CPU of the next edition")
    turn, front = median(turns), median(fronts)
    show("the turn", f"{turn:.0f} µs", "at 50 a second, of a core", f"{turn * 50 / 1e4:.2f} %")
    show("the front page made anew", f"{front:.0f} µs", "", f"{front * 50 / 1e4:.2f} %")


def memory() -> None:
    """Print how many bytes a page takes that is kept, in both forms."""
    with tempfile.TemporaryDirectory() as folder:
        folded = Folded(Path(folder))
        apply(folded.store.writer, records(READ))
        press = Press(folded)
        press.pages.home(press.now)
        before = resident(os.getpid())
        for number in range(READ):
            page = press.article(article_id(number))
            assert page is not None
            assert page.gzip
        taken = (resident(os.getpid()) - before) / READ
        counted = press.pages.finished.weight / READ
        folded.store.close()
    head("memory of an article's page that was read compressed, text of 3 KB")
    show("all that is kept of it", f"{taken:,.0f} bytes", f"counted {counted:,.0f} bytes", "")


if __name__ == "__main__":
    main()
