"""Pictures of a body: found wherever a page keeps the address, each once, with its caption, no smileys."""

from typing import Any

import pytest

from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN
from tests.builders import arrival, as_json, sent_article
from tests.unit.ingest.accepting import accept
from tests.unit.ingest.reading_bodies import blocks, noted, pictures, read, texts

URL = "https://i.example/p.jpg"
EMPTY = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


@pytest.mark.parametrize(
    "html",
    [
        *(
            f'<img src="{EMPTY}" {name}="{URL}">'
            for name in (
                "data-src",
                "data-original",
                "data-lazy-src",
                "data-actualsrc",
                "data-url",
                "file",
                "zoomfile",
                "data-anything-new",
            )
        ),
        f'<img data-src="{URL}">',
        f'<img src="https://i.example/img/loading.gif" data-original="{URL}">',
        f'<img src="{EMPTY}"><noscript><img src="{URL}"></noscript>',
        f'<noscript><img src="{URL}"></noscript><img src="{EMPTY}">',
        f'<img src="{EMPTY}" data-src="{URL}"><noscript><img src="https://i.example/p-300x200.jpg"></noscript>',
        f'<a href="{URL}"><img src="{URL}"></a>',
        f'<amp-img src="{URL}" width="600" height="400"><noscript><img src="{URL}"></noscript></amp-img>',
        f'<picture><source srcset="{URL} 1x"><img src="{EMPTY}"></picture>',
        f'<picture><source data-srcset="{URL}"></picture>',
        '<img src="//i.example/p.jpg">',
        f'<img srcset="https://i.example/s.jpg 1x, {URL} 2x">',
        f'<img src="https://i.example/s.jpg" srcset="https://i.example/s.jpg 300w,{URL} 1200w, /b.jpg 4w">',
        f'<img src="{URL}"><p>间</p><img src="http://i.example/p-1024x768.jpg?w=640">',
        f'<image src="{URL}">',
        f'<img src="https://i.example/pagespeed.gif" data-pagespeed-lazy-src="{URL}">',
        f'<img src="https://i.example/loading.gif" web_uri="{URL}">',
        f'<img src="{URL}"><img src="https://t.example/count" style="display: none">',
        f'<img src="{URL}"><img src="https://rss.feedsportal.com/c/mf.gif" border="0">',
    ],
)
def test_the_picture_is_found_once(html: str) -> None:
    assert [url for url, _ in pictures(f"<p>文</p>{html}")] == [URL]


def test_a_noscript_with_another_picture_is_no_repetition() -> None:
    other = "https://i.example/other.jpg"
    html = f'<p>文</p><img src="{URL}"><noscript><img src="{other}"></noscript>'
    assert [url for url, _ in pictures(html)] == [URL, other]


def test_sizes_of_a_set_come_along() -> None:
    html = (
        "文<img src=/a-300x200.jpg width=300 height=200 srcset='/a-300x200.jpg 300w, /a-1500x1000.jpg 1500w, "
        "/a.jpg 3000w'>"
    )
    (_, found) = blocks(html, base="https://i.example/post/")
    assert found["picture"] == {
        "url": "https://i.example/a-1500x1000.jpg",
        "width": 1500,
        "height": 1000,
        "caption": "",
        "alt": "",
        "credit": "",
        "renditions": [{"url": "https://i.example/a-300x200.jpg", "width": 300}],
    }


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("a.jpg", "https://r.example/2019/a.jpg"),
        ("./a.jpg", "https://r.example/2019/a.jpg"),
        ("../a.jpg", "https://r.example/a.jpg"),
        ("/a b.jpg", "https://r.example/a%20b.jpg"),
        ("?p=1", "https://r.example/2019/?p=1"),
    ],
)
def test_relative_addresses_are_read_against_the_base(written: str, whole: str) -> None:
    base = "https://r.example/2019/"
    assert pictures(f'文<img src="{written}">', base=base) == [(whole, "")]
    assert pictures(f"文\n\n![x](<{written}>)", "markdown", base) == [(whole, "")]
    (found,) = blocks(f'<a href="{written}">连</a>', base=base)
    assert found["marks"][0]["url"] == whole


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ('<img src="/a.jpg">', "img src: '/a.jpg' is no whole address of the web"),
        (
            '<img data-src="a.jpg" alt="渡口">',
            "img data-src: 'a.jpg' is no whole address of the web (alt: 渡口)",
        ),
        ('<img src="cid:1@x">', "img src: 'cid:1@x' is no whole address of the web"),
        ('<img src="blob:https://a.example/1">', "img src: 'blob:https://a.example/1' is no whole address"),
        ('<img src="file:///c:/a.png">', "img src: 'file:///c:/a.png' is no whole address of the web"),
        (f'<img src="{EMPTY}">', "img src: 'data:image/gif"),
        ("<img srcset='a.jpg 2x'>", "img srcset: 'a.jpg 2x' is no whole address of the web"),
        ("<amp-img src=x></amp-img>", "amp-img src: 'x' is no whole address of the web"),
        ("<img alt=图>", "img src: '' is no whole address of the web (alt: 图)"),
    ],
)
def test_a_picture_that_cannot_be_fetched_is_told_with_its_attribute(html: str, told: str) -> None:
    found, notes = read(f"<p>文</p>{html}")
    assert len(found) == 1
    assert [detail.startswith(told) for detail in noted(notes, "picture")] == [True]


@pytest.mark.parametrize(
    ("image", "letters"),
    [
        (
            '<img src="https://s.w.org/images/core/emoji/15.0.3/72x72/1f389.png" alt="🎉" class="wp-smiley">',
            "🎉",
        ),
        ('<img src="https://s.w.org/images/core/emoji/15.0.3/svg/1f1e8-1f1f3.svg" class="wp-smiley">', "🇨🇳"),
        ('<img class="emoji" draggable="false" src="https://t.example/twemoji/72x72/1f600.png">', "😀"),
        (
            '<img class="icon_emotion_single" src="https://r.example/newemoji/2_02.png" alt="[微笑]">',
            "[微笑]",
        ),
        (
            '<img src="//h5.example/m/emoticon/icon/a.png" alt="[哈哈]" style="width:1em;height:1em">',
            "[哈哈]",
        ),
        ('<g-emoji class="g-emoji" alias="tada">🎉</g-emoji>', "🎉"),
        ('<img src="https://a.example/x.png" alt="👍🏽" width="20" height="20">', "👍🏽"),
        ('<img class="wp-smiley" alt=":)" src="https://a.example/icon_smile.gif">', ":)"),
        ('<img src="https://cdn.example/gh/twitter/twemoji@14.0.2/assets/72x72/1f600.png" alt="">', "😀"),
        ('<img src="https://a.example/x.png" alt=":smile:" data-stringify-type="emoji">', ":smile:"),
        ('<img class="latex" alt="E=mc^2" src="https://s0.example/latex.php?latex=E">', "E=mc^2"),
        ('<img class="gaiji" alt="𮢣" src="https://a.example/u2e8a3.png">', "𮢣"),
    ],
)
def test_a_smiley_becomes_its_letters(image: str, letters: str) -> None:
    found, _ = read(f"<p>今晚{image}<b>八点{image}</b>见。</p>")
    assert [block["text"] for block in found] == [f"今晚{letters}八点{letters}见。"]
    assert found[0]["marks"][0]["end"] == len(f"今晚{letters}八点{letters}")


def test_a_smiley_without_letters_goes_and_a_photograph_of_one_stays() -> None:
    found, notes = read('文<img src="static/image/smiley/default/smile.gif" smilieid="1" alt="">')
    assert len(found) == 1
    assert "smile.gif" in next(noted(notes, "picture"))
    assert pictures('文<img src="https://a.example/emoji/show.jpg" alt="表情包展览开幕" width="800">')


@pytest.mark.parametrize(
    "html",
    [
        "<img src=https://count.example/x width=1 height=1>",
        "<img src=https://count.example/x width=0 height=0>",
        '<img src="https://count.example/x" style="width:1px;height:1px">',
        '<img src="https://pixel.wp.com/g.gif?x">',
        '<img src="http://feeds.feedburner.com/~r/x/~4/y">',
    ],
)
def test_a_tracking_pixel_goes_and_is_told(html: str) -> None:
    found, notes = read(f"文{html}")
    assert len(found) == 1
    assert list(noted(notes, "tracking pixel"))


IMG = f'<img src="{URL}">'


@pytest.mark.parametrize(
    "html",
    [
        f"<figure>{IMG}<figcaption>码头。</figcaption></figure>",
        f'<div class="wp-caption alignnone">{IMG}<p class="wp-caption-text">码头。</p></div>',
        f'<div class="wp-caption"><a href="{URL}">{IMG}</a><div class=wp-caption-text>码头。</div></div>',
        f'[caption id="attachment_1" width="300"]<a href="{URL}">{IMG}</a> 码头。[/caption]',
        f'[caption width="300" caption="码头。"]{IMG}[/caption]',
        f"<p>[caption width='300']{IMG}<br>码头。[/caption]</p>",
        f"<table class=tr-caption-container><tr><td>{IMG}<tr><td class=tr-caption>码头。</table>",
        f'<dl class="gallery-item"><dt>{IMG}</dt><dd class="wp-caption-text">码头。</dd></dl>',
        f"<p>{IMG}</p><p class=MsoCaption>码头。</p>",
        f'<p>{IMG}</p><p class="image-caption">码头。</p>',
        f'<p>{IMG}</p><p class="pgc-img-caption">码头。</p>',
        f'<p class="f_center">{IMG}<br>码头。</p>',
        f'<div>{IMG}<div class="media-caption">码头。</div></div>',
        f"<ul><li><figure>{IMG}<figcaption>码头。</figcaption></figure></li></ul>",
        f'<blockquote><div class="wp-caption">{IMG}<p class="wp-caption-text">码头。</p></div></blockquote>',
        f"<table><tr><td><figure>{IMG}<figcaption>码头。</figcaption></figure></td></tr></table>",
        f"<figure>{IMG}<figcaption>码头。</figcaption></figure><p>间</p><figure>{IMG}</figure>",
        f"<p>{IMG}</p><p>间</p><figure>{IMG}<figcaption>码头。</figcaption></figure>",
    ],
)
def test_a_caption_stays_with_its_picture(html: str) -> None:
    assert pictures(f"<p>文</p>{html}") == [(URL, "码头。")]
    assert not any("码头" in text for text in texts(f"<p>文</p>{html}"))
    assert not any(block["kind"] in {"list", "table"} for block in blocks(f"<p>文</p>{html}"))


@pytest.mark.parametrize(
    "caption", ["▲ 码头。", "△码头", "图为码头。", "图/某某", "（图：本报）", "图片来源：本报"]
)
def test_a_paragraph_that_points_at_the_picture_is_its_caption(caption: str) -> None:
    assert pictures(f"<p>文</p><section>{IMG}</section><p>{caption}</p>") == [(URL, caption)]


@pytest.mark.parametrize("text", ["图书馆开放。", "图们江涨水。", "码头。"])
def test_an_ordinary_paragraph_behind_a_picture_is_none(text: str) -> None:
    assert texts(f"<p>文</p>{IMG}<p>{text}</p>") == ["文", text]


def test_a_gallery_is_pictures_with_their_captions() -> None:
    one, two = "https://i.example/1.jpg", "https://i.example/2.jpg"
    inner = [
        f"<figure><img src={url}><figcaption>{name}</figcaption></figure>"
        for url, name in zip((one, two), "一二", strict=True)
    ]
    shown = [(one, "一"), (two, "二")]
    lists = f"<ul class=blocks-gallery-grid><li>{inner[0]}</li><li>{inner[1]}</li></ul>"
    for html in (
        lists,
        f"<figure class=wp-block-gallery>{''.join(inner)}</figure>",
        f"<figure class=wp-block-gallery>{lists}<figcaption>全部</figcaption></figure>",
    ):
        assert pictures(f"<p>文</p>{html}") == shown
        assert texts(f"<p>文</p>{html}") == (["文", "全部"] if "全部" in html else ["文"])
    bare = f"<figure><img src={two}></figure>"
    only_last = f"<figure class=wp-block-gallery>{inner[0]}{bare}<figcaption>全部</figcaption></figure>"
    assert pictures(f"<p>文</p>{only_last}") == [(one, "一"), (two, "")]


def test_a_post_in_the_only_cell_of_a_table_keeps_its_order() -> None:
    html = f"<table><tbody><tr><td>甲{IMG}乙</td></tr></tbody></table>"
    assert [block["kind"] for block in blocks(html)] == ["paragraph", "picture", "paragraph"]


def published(**sent: Any) -> Any:
    outcome = accept(as_json(sent_article(format="html", **sent)), UNKNOWN, arrival())
    assert isinstance(outcome, Accepted), outcome
    return outcome.articles[0]


@pytest.mark.parametrize(
    ("above", "inside", "both"),
    [
        ("", "码头。", "码头。"),
        ("码头。", "", "码头。"),
        ("码头。", "码头。", "码头。"),
        ("码头。", "码头。甲摄", "码头。甲摄"),
        ("码头。", "渡轮。", "码头。 渡轮。"),
    ],
)
def test_the_picture_above_the_text_is_not_shown_again_in_it(above: str, inside: str, both: str) -> None:
    body = (
        "<p>文</p><figure><img src=https://i.example/p-300x200.jpg alt=替>"
        f"<figcaption>{inside}</figcaption></figure>"
        "<img src=https://i.example/other.jpg>"
    )
    found = published(body=body, picture={"url": URL, "caption": above})
    assert [(shown.url, shown.caption, shown.alt) for shown in found.pictures] == [(URL, both, "替")]
    assert [block.kind for block in found.blocks] == ["paragraph", "picture"]
