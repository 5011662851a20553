"""A page joined of fragments: one gzip member of the very bytes, and a tag on which replicas agree."""

import gzip
import zlib
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.render.core.pages.page import HTML, Fragment, Page
from shared.blocks import Paragraph
from tests.builders import NOON, published
from tests.unit.render.press import Press

BODIES = st.binary(max_size=6000)
FRAMES = st.tuples(BODIES, BODIES).map(b'<main class="page">'.join)
PIECES = st.lists(BODIES | FRAMES, max_size=6)


def page_of(pieces: list[bytes]) -> Page:
    return Page(200, HTML, *map(Fragment, pieces))


@given(PIECES)
def test_the_compressed_page_is_one_gzip_member_of_the_same_bytes(pieces: list[bytes]) -> None:
    page = page_of(pieces)
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    assert unpacking.decompress(page.gzip) + unpacking.flush() == page.body == b"".join(pieces)
    assert (unpacking.eof, unpacking.unused_data) == (True, b"")


@given(PIECES, PIECES)
def test_pages_that_are_cut_alike_have_the_same_tag_only_if_they_are_the_same(
    one: list[bytes], other: list[bytes]
) -> None:
    assert page_of(one).tag == page_of(one).tag
    assert (page_of(one).tag == page_of(other).tag) == (one == other)


@given(st.binary(min_size=1, max_size=50_000))
def test_a_fragment_shared_by_pages_is_compressed_once(shared: bytes) -> None:
    fragment = Fragment(shared)
    first = fragment.packed
    assert Page(200, HTML, fragment, Fragment(b"1")).gzip != Page(200, HTML, fragment, Fragment(b"2")).gzip
    assert fragment.packed is first


def test_what_stands_before_the_text_is_deflated_by_a_code_of_its_own(press: Press) -> None:
    line = "河城旧邮局改建的图书馆周日开放,首日有三百人到访,馆方说书架还空着一半,欢迎市民留下读完的书。"
    lines = [line[n:] + line[:n] for n in range(len(line))]
    press.fold(published("a", blocks=tuple(Paragraph(text=one) for one in lines)))
    page = press.article("a")
    assert page is not None
    top = page.fragments[0]
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    assert len(top.packed) < len(deflate.compress(top.body) + deflate.flush(zlib.Z_SYNC_FLUSH))


def test_the_end_of_an_article_is_deflated_with_what_follows_it(press: Press) -> None:
    for revision, tag in enumerate(("灯塔", "渡轮", "渡轮")):
        press.fold(published("a", revision=revision, tags=(tag,)))
        page = press.article("a")
        assert page is not None
        end = page.fragments[-1].body.decode()
        assert f">{tag}</a></li>" in end
        assert end.endswith("</html>\n")
        assert page.body.count(b'<ul class="tags"') == 1


def test_a_joined_page_is_hardly_larger_than_one_that_was_compressed_whole(press: Press) -> None:
    at = [NOON - timedelta(minutes=17 * n) for n in range(30)]
    press.fold(*(published(f"a{n}", title=f"第{n}篇", published_at=at[n]) for n in range(30)))
    for page in (press.article("a0"), press.pages.home(press.now)):
        assert page is not None
        assert len(page.gzip) - len(gzip.compress(page.body, 6)) < 250 * len(page.fragments)
