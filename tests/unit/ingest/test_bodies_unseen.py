"""What a page keeps beside its text, in attributes, scripts and style sheets: used, or told."""

import pytest

from tests.unit.ingest.reading_bodies import blocks, noted, pictures, read, texts

URL = "https://i.example/p.jpg"


@pytest.mark.parametrize(
    ("html", "kind", "told"),
    [
        ('<map><area href="https://a.example" alt="东岸"></map>', "link",
         "area: a link inside a picture: 东岸 https://a.example"),
        ('<script type="text/template"><b>模板字</b></script>', "element", "script text/template: 模板字"),
        ('<script type="text/html"><p>字</p></script>', "element", "script text/html: 字"),
        ('<script>document.write("字")</script>', "element",
         'script: what it writes is not shown: document.write("字")'),
        ('<style>.a::after { content: "（广告）" }</style>', "element", "style content: （广告）"),
        (f'<input type="image" src="{URL}" alt="上船">', "picture",
         f"input: the picture '{URL}' on a button: 上船"),
        (f'<img src="{URL}" title="码头">', "attribute", "img title: 码头"),
        (f'<img src="{URL}" alt="x" data-caption="甲摄">', "attribute", "img data-caption: 甲摄"),
        ('<mpvoice name="录音" class="a"></mpvoice>', "element",
         "mpvoice: an unknown element; its text stays (name=录音)"),
        ('<qqmusic music_name="渔歌"></qqmusic>', "element",
         "qqmusic: an unknown element; its text stays (music_name=渔歌)"),
    ],
)  # fmt: skip
def test_it_is_told(html: str, kind: str, told: str) -> None:
    _, notes = read(f"<p>文</p>{html}")
    assert told in noted(notes, kind)


@pytest.mark.parametrize(
    "html",
    [
        "<script>var a = '字'</script>",
        '<script type="application/ld+json">{"name": "字"}</script>',
        '<style>.a::before { content: "\\201c" } .b { content: "→" }</style>',
        f'<figure><img src="{URL}" title="码头"><figcaption>码头，甲摄</figcaption></figure>',
        f'<img src="{URL}" alt="码头" title="码头">',
    ],
)
def test_what_says_nothing_to_readers_or_stands_there_is_not(html: str) -> None:
    assert not read(f"<p>文</p>{html}")[1]


@pytest.mark.parametrize(
    "html",
    [
        "<p>文</p><![CDATA[<p>内</p>]]>",
        "<![CDATA[<p>文</p>]]><p>内</p>",
        "<p>文</p><p><![CDATA[内]]></p>",
        "<![CDATA[<p>文</p><p>内</p>",
    ],
)
def test_a_section_of_xml_is_text(html: str) -> None:
    assert texts(html) == ["文", "内"]


@pytest.mark.parametrize(
    ("linked", "small"),
    [
        (URL, "https://i.example/p-300x200.jpg"),
        ("https://i.example/p-1024x683.jpg", "https://i.example/p-300x200.jpg"),
        (URL, f"{URL}?w=240"),
        ("https://1.bp.blogspot.com/-a/s1600/p.jpg", "https://1.bp.blogspot.com/-a/s320/p.jpg"),
        ("https://blogger.googleusercontent.com/img/a=s1600", "https://blogger.googleusercontent.com/img/a=w320-h200"),
    ],
)  # fmt: skip
def test_a_small_picture_that_leads_to_itself_in_full_is_shown_so(linked: str, small: str) -> None:
    html = f'<p>文</p><a href="{linked}"><img src="{small}" width="300" height="200"></a>'
    assert pictures(html) == [(linked, "")]
    assert "width" not in blocks(html)[1]["picture"]


@pytest.mark.parametrize(
    ("linked", "shown"),
    [
        (URL, "https://i.example/p-1024x683.jpg"),
        ("https://a.example/page", "https://i.example/p-300x200.jpg"),
        ("https://i.example/other.jpg", "https://i.example/p-300x200.jpg"),
        ("https://i.example/p-150x150.jpg", "https://i.example/p-300x200.jpg"),
    ],
)
def test_any_other_link_around_a_picture_is_told_with_where_it_leads(linked: str, shown: str) -> None:
    html = f'<p>文</p><a href="{linked}"><img src="{shown}"></a>'
    assert pictures(html) == [(shown, "")]
    assert linked in "".join(noted(read(html)[1], "link"))


def test_a_player_of_youtube_by_its_own_element_is_a_link() -> None:
    found = blocks('<p>文</p><lite-youtube videoid="w7Ft2"></lite-youtube>')
    assert found[1] == {"kind": "embed", "url": "https://www.youtube.com/watch?v=w7Ft2", "text": ""}
