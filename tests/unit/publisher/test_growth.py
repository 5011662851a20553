"""What files and feeds hold is read in time that grows with their length, and not with its square.

Each text is so long that a second look at all of it from each of its places would take minutes. It is read in
a process that the system kills after so much work, however slow the machine is.
"""

import multiprocessing
import resource
from collections.abc import Callable
from contextlib import suppress

import pytest

from publisher.core.feed_elements import scan
from publisher.core.feed_entries import Importing, read_entries
from publisher.core.front_matter import LONGEST_FRONT_MATTER, read_markdown
from publisher.core.web_page import read_html
from tests.builders import NOON
from tests.unit.publisher.doors import SITE

LENGTH = 300_000
OF_A_FEED = 100_000
CPU_S = 30

PAGES = [
    "<!--", "<!", "<?", "</", "<", "<a ", "<a b='", '<a b="', "<a b=", "<a =", "<a = ", "<a b ", "<a\n", "&",
    "<h1>", "<title>", "<script>", "<article>", "</article>", "<p>", "<img src=x>", "<![CDATA[",
    "<meta name=author content=a>", "<article>a</article>", "<h1>a</h1>", "<time>",
    "<article><h1>a</h1></article>",
    "<meta name=keywords content=a>", "<script type=ld+json>{", "<main>a</main>a",
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
    assert within_bounds(lambda: read_html(form.format(repeated(piece)), SITE))


@pytest.mark.parametrize("piece", FRONT_MATTERS)
def test_front_matter(piece: str) -> None:
    text = repeated(piece, LONGEST_FRONT_MATTER - 10)
    assert within_bounds(lambda: read_markdown(f"---\na: {text}\n---\nx", SITE))


def test_front_matter_that_is_longer_is_refused_by_its_length() -> None:
    with pytest.raises(ValueError, match="the front matter has 100,004 characters, at most 100,000"):
        read_markdown(f"---\na: {repeated('x', LONGEST_FRONT_MATTER)}\n---\nx", SITE)


@pytest.mark.parametrize("form", ["{}x", "# x{}x\n", "---\n{}x", "---\npublished_at: '{}x'\n---\n"])
def test_spaces_in_a_markdown_file(form: str) -> None:
    assert within_bounds(lambda: read_markdown(form.format(repeated(" ", 99_000)), SITE))


def entries(text: str) -> list[object]:
    return list(read_entries(scan(text), Importing("feed", NOON)))


@pytest.mark.parametrize("piece", ["a", "@", "a@", "@ ", " ", "(", "a@a ", "a@a (", "&lt;a@"])
def test_an_author(piece: str) -> None:
    author = repeated(piece, OF_A_FEED)
    item = f"<guid>urn:x</guid><description>x</description><author>{author}x</author>"
    assert within_bounds(lambda: entries(f"<rss><channel><item>{item}</item></channel></rss>"))


@pytest.mark.parametrize("name", ["description", "x:y"])
@pytest.mark.parametrize(
    "piece", ["&lt;div&gt;", "<div>", "<![CDATA[", "&", "\n\n", "<p>a", "</item", "<!--"]
)
def test_a_text_of_an_entry(name: str, piece: str) -> None:
    text = repeated(piece, OF_A_FEED)
    item = f"<guid>urn:x</guid><{name}>{text}</{name}><description>x</description>"
    assert within_bounds(lambda: entries(f"<rss><channel><item>{item}</item></channel></rss>"))


@pytest.mark.parametrize(
    "piece",
    [
        "<", "<a", "<a>", "</a>", "<a/>", "<a><b>", "<a></b>", "<item>", "<item/>", "</item>", "<title>",
        "<!--", "<![CDATA[", "<!", "<?", "<a b='", "<a b=c ", "<a xmlns:b='c'/>",
        "<!DOCTYPE a [", "<category>a</category>",
        "<media:content url='https://a.example/a.jpg'/>",
        "<media:group><media:content url='x'/></media:group>",
        "<item><guid>x</guid><description>x</description></item>", "<wp:postmeta/>", "<pubDate>x</pubDate>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["<rss><channel>{}", "<rss><channel><item>{}"])
def test_a_feed(piece: str, form: str) -> None:
    assert within_bounds(lambda: entries(form.format(repeated(piece, OF_A_FEED))))


def test_what_has_more_elements_than_any_feed_is_refused() -> None:
    with pytest.raises(ValueError, match="has more than 200,000 elements"):
        scan(f"<rss><channel><item>{'<a/>' * 200_001}")
    with pytest.raises(ValueError, match="more than 20 inside one another"):
        scan(f"<rss><channel><item>{'<a>' * 21}")
