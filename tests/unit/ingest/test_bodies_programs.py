"""What programs leave in a text that was written with them: comments, tracked changes, players."""

import pytest

from tests.unit.ingest.reading_bodies import blocks, marked, noted, pictures, read, texts


@pytest.mark.parametrize(
    "html",
    [
        '<p>三人<sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup>受伤。</p>'
        '<div><p><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>问过吗？</span></p><p>还没有。</p></div>',
        '<p>三人<a class=msocomanchor href="#_msocom_1">[L1]</a>受伤。</p>'
        '<div id="_com_1" class=msocomtxt><p>问过吗？</p></div>',
        '<p>三人<sup><a href="#comment-0" id="comment-ref-0">[LY1]</a></sup>受伤。</p><dl>'
        '<dt id="comment-0">Comment [LY1]</dt>\n<dd><p>问过吗？<a href="#comment-ref-0">↑</a></p></dd></dl>',
        '<p>三人<span class="comment-start" id="0" data-author="林">问过吗？</span>受伤<span '
        'class="comment-end" id="0"></span>。</p>',
    ],
    ids=["Google Docs", "Word", "Mammoth", "Pandoc"],
)
def test_an_editors_comment_is_for_no_reader_and_is_told(html: str) -> None:
    found, notes = read(html)
    assert [block.get("text") for block in found] == ["三人受伤。"]
    assert "问过吗？" in "".join(note.detail for note in notes)


def test_a_footnote_of_google_docs_is_one_though_its_paragraph_says_nothing_of_itself() -> None:
    html = (
        '<p>文<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup>。</p>'
        '<div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>&nbsp;通报。</span></p></div>'
    )
    text, notes = blocks(html)
    assert marked(text) == [("footnote", "[1]", "1")]
    assert notes["notes"] == [{"name": "1", "paragraphs": [{"text": "通报。"}]}]


def test_changes_that_pandoc_tracked_are_marks() -> None:
    (found,) = blocks('<p>共<span class="deletion">三</span><span class="insertion">五</span>人</p>')
    assert marked(found) == [("deleted", "三"), ("inserted", "五")]


@pytest.mark.parametrize(
    "hidden",
    [
        '<p class="screen-reader-text">密</p>',
        '<span class="sr-only">密</span>',
        '<div class="box d-none">密</div>',
        '<div class="hidden">密</div>',
        '<font class="jammer">密</font>',
        '<span style="color:#fff;font-size:0px">密</span>',
    ],
)
def test_letters_that_no_reader_sees_are_told(hidden: str) -> None:
    found, notes = read(f"<p>前</p>{hidden}<p>后</p>")
    assert [block["text"] for block in found] == ["前", "后"]
    assert "密" in "".join(noted(notes, "hidden"))


@pytest.mark.parametrize(
    "shown",
    [
        '<p class="hidden md:block">字</p>',
        '<p class="d-none d-md-block">字</p>',
        '<p style="font-size:0.9em">字</p>',
        '<p style="font-size:0"><span style="font-size:16px">字</span></p>',
        '<p style="visibility:hidden">字</p>',
    ],
)
def test_what_is_hidden_here_and_there_is_shown(shown: str) -> None:
    assert texts(shown) == ["字"]


@pytest.mark.parametrize(
    ("empty", "url"),
    [
        (
            '<div class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/x/"></div>',
            "https://www.instagram.com/p/x/",
        ),
        ('<div class="fb-post" data-href="https://f.example/1"></div>', "https://f.example/1"),
        (
            '<blockquote class="tiktok-embed" cite="https://t.example/1"><section></section></blockquote>',
            "https://t.example/1",
        ),
        ('<figure><oembed url="https://v.example/1"></oembed></figure>', "https://v.example/1"),
        ('<div class="datawrapper-embed" data-src="https://d.example/1/"></div>', "https://d.example/1/"),
        (
            '<div class="flourish-embed" data-src="visualisation/12"></div>',
            "https://flo.uri.sh/visualisation/12/embed",
        ),
    ],
)
def test_what_a_script_would_play_in_an_empty_element_is_a_link(empty: str, url: str) -> None:
    assert blocks(f"<p>文</p>{empty}")[1:] == [{"kind": "embed", "url": url, "text": ""}]


def test_one_that_names_no_address_is_told() -> None:
    _, notes = read('<p>文</p><div class="chart-embed" data-id="12" data-title="雨量"></div>')
    assert list(noted(notes, "embed")) == ["div chart-embed: data-id=12 data-title=雨量"]


@pytest.mark.parametrize("title", ["title", "data-tooltip", "data-original-title"])
def test_what_is_seen_only_when_pointed_at_is_told(title: str) -> None:
    _, notes = read(f'<p>去<span {title}="河城旧名">水口</span></p>')
    assert list(noted(notes, "attribute")) == [f"span {title}: 河城旧名"]
    _, notes = read(f'<p>去<span {title}="水口">水口</span></p>')
    assert not list(noted(notes, "attribute"))


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<ol style="list-style-type: upper-roman"><li>甲</ol>', {"ordered": True, "numbering": "I"}),
        ('<ol style="list-style: lower-alpha inside"><li>甲</ol>', {"ordered": True, "numbering": "a"}),
        ('<ol><li data-list="bullet"><span></span>甲</ol>', {"ordered": False}),
        ('<ol><li data-list="ordered">甲</ol>', {"ordered": True}),
    ],
)
def test_a_list_has_the_signs_that_its_program_shows(html: str, said: dict[str, object]) -> None:
    assert blocks(html) == [{"kind": "list", "items": [{"text": "甲"}]} | said]


def test_a_fraction_does_not_join_the_number_before_it() -> None:
    fraction = "<frac><frac-num>1</frac-num><frac-sep>/</frac-sep><frac-den>2</frac-den></frac>"
    assert texts(f"<p>水位1{fraction}米</p>") == ["水位1 1/2米"]


def test_a_choice_says_whether_it_is_made() -> None:
    assert texts("<p><input type=radio checked>是<input type=radio>否</p>") == ["◉是○否"]


def test_a_sites_icon_is_no_picture_and_a_lost_object_no_text() -> None:
    found, notes = read('<p>\ufffc</p><p>文</p><img class="kg-bookmark-icon" src="https://b.example/i.ico">')
    assert [block["text"] for block in found] == ["文"]
    assert not pictures('<p>文</p><img class="kg-bookmark-icon" src="https://b.example/i.ico">')
    assert list(noted(notes, "picture")) == ["U+FFFC: an object stood here, and did not come along"]
