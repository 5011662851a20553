"""What files and feeds hold is read in time that grows with their length, and not with its square.

Each text is so long that a second look at all of it from each of its places would take minutes. It is read in
a process that the system kills after so much work, however slow the machine is.
"""

import multiprocessing
import resource
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from publisher.core.feed_entries import Importing, read_entries
from publisher.core.front_matter import LONGEST_FRONT_MATTER, read_markdown
from publisher.core.web_page import read_html
from tests.builders import NOON

LENGTH = 1_000_000
CPU_S = 30

PAGES = [
    "<!--", "<!", "<?", "</", "<", "<a ", "<a b='", '<a b="', "<a b=", "<a =", "<a = ", "<a b ", "<a\n", "&",
    "<h1>", "<title>", "<script>", "<article>", "</article>", "<p>", "<img src=x>", "<![CDATA[",
    "<meta name=author>",
]  # fmt: skip
FRONT_MATTERS = [
    "[", "{a: ", "- ", "? ", "a: {", "1:", "1.", "_1", "k: v\n", "<<: {a: 1}, ", "--- a\n", "#\n", "x\n ",
    "'", " ",
]  # fmt: skip


def within_bounds(read: Callable[[], object]) -> bool:
    """Tell whether something can be read, or refused, with so much work."""

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
        with suppress(ValueError):
            read()

    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    child.join()
    return child.exitcode == 0


def repeated(piece: str, length: int = LENGTH) -> str:
    return piece * (length // len(piece))


@pytest.mark.parametrize("piece", PAGES)
@pytest.mark.parametrize("form", ["{}", "<h1>{}</h1>", "<img {}>", "<!-- {}"])
def test_a_web_page(piece: str, form: str) -> None:
    assert within_bounds(lambda: read_html(form.format(repeated(piece))))


@pytest.mark.parametrize("piece", FRONT_MATTERS)
def test_front_matter(piece: str) -> None:
    text = repeated(piece, LONGEST_FRONT_MATTER - 10)
    assert within_bounds(lambda: read_markdown(f"---\na: {text}\n---\nx"))


def test_front_matter_that_is_longer_is_refused_by_its_length() -> None:
    with pytest.raises(ValueError, match="the front matter has 100,004 characters, at most 100,000"):
        read_markdown(f"---\na: {repeated('x', LONGEST_FRONT_MATTER)}\n---\nx")


@pytest.mark.parametrize("form", ["{}x", "# x{}x\n", "---\n{}x", "---\npublished_at: '{}x'\n---\n"])
def test_spaces_in_a_markdown_file(form: str) -> None:
    assert within_bounds(lambda: read_markdown(form.format(repeated(" ", 99_000))))


@pytest.mark.parametrize("piece", ["a", "@", "a@", "@ ", " ", "(", "a@a ", "a@a (", "<a@"])
def test_an_author(piece: str) -> None:
    entry = {"id": "urn:x", "summary": "x", "author": repeated(piece) + "x"}
    assert within_bounds(lambda: list(read_entries({}, [entry], Importing("feed", NOON))))


@pytest.mark.parametrize("name", ["title", "link", "summary"])
def test_a_text_of_an_entry(name: str) -> None:
    entry = {"id": "urn:x", "summary": "x", name: repeated("<div>")}
    assert within_bounds(lambda: list(read_entries({}, [entry], Importing("feed", NOON))))


def test_what_is_the_feeds_is_read_once_and_not_for_each_entry() -> None:
    class Asked(dict[str, Any]):
        times = 0

        def get(self, name: str, default: Any = None) -> Any:
            self.times += 1
            return default

    few, many = Asked(), Asked()
    entry = {"id": "urn:x", "summary": "x"}
    for feed, entries in ((few, 1), (many, 50)):
        assert len(list(read_entries(feed, [entry] * entries, Importing("feed", NOON)))) == entries
    assert few.times == many.times > 0
