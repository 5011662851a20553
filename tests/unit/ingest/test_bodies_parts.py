"""Parts of a body that other programs drop without a word: shown, or told with their address or letters."""

from typing import Any

import pytest

from services.ingest.core.bodies import Format
from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN
from tests.builders import arrival, as_json, sent_article
from tests.unit.ingest.accepting import accept
from tests.unit.ingest.reading_bodies import blocks, marked, noted, pictures, read, texts

URL = "https://i.example/p.jpg"


@pytest.mark.parametrize(
    ("table", "head", "row"),
    [
        ("|队|分|\n|-|-|\n|甲|3|胜|\n", "队 分 ", "甲 3 胜"),
        ("队 | 分\n--- | ---\n甲 | 3 | 胜 | 负\n", "队 分  ", "甲 3 胜 负"),
        ("| 队 |\n| :-: |\n| 甲 | 3 |\n", "队 ", "甲 3"),
        ("|队\\|组|分|\n|-|-|\n|甲|3\\|4|\n", "队|组 分", "甲 3|4"),
        ("文\n\n```\n|a|\n|-|\n|1|2|\n```\n\n|队|\n|-|\n|甲|3|\n", "队 ", "甲 3"),
        ("- 项\n\n\n|队|分|\r\n|-|-|\r\n|甲|3|胜|\r\n", "队 分 ", "甲 3 胜"),
    ],
)
def test_a_row_of_markdown_that_is_longer_than_the_head_keeps_its_cells(
    table: str, head: str, row: str
) -> None:
    found = next(block for block in blocks(table, "markdown") if block["kind"] == "table")
    assert " ".join(cell["text"] for cell in found["head"]) == head
    assert " ".join(cell["text"] for cell in found["rows"][0]) == row


def test_a_table_in_code_stays_as_it_is_written() -> None:
    assert texts("```\n|a|b|\n|-|-|\n|1|2|3|\n```\n", "markdown") == ["|a|b|", "|-|-|", "|1|2|3|"]


def test_a_row_that_is_far_longer_than_its_head_is_told() -> None:
    found, notes = read("|队|\n|-|\n|甲|" + "0|" * 50 + "末|\n", "markdown")
    assert len(found[0]["head"]) == 51
    assert list(noted(notes, "table")) == ["a row of 52 cells under 1: 末"]


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ('<iframe srcdoc="<p>框内&lt;b&gt;文字</b></p>"></iframe>', "iframe srcdoc: not shown: 框内 文字"),
        ("<iframe src='https://v.example/1' srcdoc='<h1>题</h1>'></iframe>", "iframe srcdoc: not shown: 题"),
        ('<iframe srcdoc="&lt;p&gt;框&lt;/p&gt;">旧</iframe>', "iframe srcdoc: not shown: 框"),
        ('<iframe srcdoc="<img src=/a.jpg>"></iframe>', "iframe srcdoc: not shown: no letters"),
    ],
)
def test_the_page_that_a_frame_brings_along_is_told(html: str, told: str) -> None:
    _, notes = read(f"<p>文</p>{html}")
    assert told in noted(notes, "embed")


@pytest.mark.parametrize(
    ("html", "readings"),
    [
        ("<rb>東</rb><rb>京</rb><rt>とう</rt><rt>きょう</rt>", [("東", "とう"), ("京", "きょう")]),
        ("<rb>北<rb>京<rt>Běi<rt>jīng", [("北", "Běi"), ("京", "jīng")]),
        ("<rb>北</rb><rb>京</rb><rtc><rt>Běi</rt><rt>jīng</rt></rtc>", [("北", "Běi"), ("京", "jīng")]),
        ("<rb>東</rb><rt>とう</rt><rb>京</rb><rt>きょう</rt>", [("東", "とう"), ("京", "きょう")]),
        ("<rb>東</rb><rb>京</rb><rt>とうきょう</rt>", [("東京", "とうきょう")]),
        (
            "<rb><b>東</b></rb> <rb>京</rb><rp>(</rp><rt>a</rt><rt>b</rt><rp>)</rp>",
            [("東", "a"), ("京", "b")],
        ),
    ],
)
def test_each_part_of_a_base_has_its_own_reading(html: str, readings: list[tuple[str, str]]) -> None:
    (block,) = blocks(f"<p>在<ruby>{html}</ruby>。</p>")
    assert [found[1:] for found in marked(block) if found[0] == "ruby"] == readings


def test_a_reading_without_a_part_stands_in_brackets() -> None:
    html = "<p><ruby><rb>東</rb><rb>京</rb><rt>a</rt><rt>b</rt><rt>c</rt></ruby></p>"
    assert texts(html) == ["東京（c）"]


@pytest.mark.parametrize(
    "html",
    [
        f"<div style=\"background-image: url('{URL}')\"></div>",
        f'<section style="BACKGROUND:#fff url({URL}) no-repeat">文</section>',
        f'<table background="{URL}"><tr><td>1<td>2</table>',
        f"<style>.hero {{ background: url({URL}) }}</style><p class='big hero'>文</p>",
        f'<div class="lazy" data-bg="{URL}"></div>',
        f'<div data-background-image="{URL}">文</div>',
        f'<video src="https://v.example/v.mp4" poster="{URL}"></video>',
        f'<svg viewBox="0 0 9 9"><image href="{URL}"/></svg>',
        f'<svg><g><image xlink:href="{URL}"/></g></svg>',
        f'<form><img src="{URL}" alt="码头"></form>',
        f'<button><img src="{URL}"></button>',
    ],
)
def test_a_picture_that_is_not_shown_is_told_with_its_address(html: str) -> None:
    _, notes = read(f"<p>文</p>{html}")
    assert [URL in note for note in noted(notes, "picture")] == [True]


def test_colours_gradients_and_places_in_the_page_are_no_pictures() -> None:
    html = (
        '<p style="background:#eee;fill:url(#a)">文</p><p style="background:linear-gradient(red,blue)">二</p>'
    )
    assert not list(noted(read(html)[1], "picture"))


@pytest.mark.parametrize(
    "html",
    [
        f'<object data="{URL}" type="image/jpeg" width="600"></object>',
        f'<object data="{URL}"></object>',
        f'<embed src="{URL}" type="image/jpeg">',
        f'<p><embed src="{URL}"></p>',
    ],
)
def test_a_picture_in_an_object_is_one(html: str) -> None:
    assert pictures(f"<p>文</p>{html}") == [(URL, "")]


def test_what_stands_in_a_picture_s_place_is_told() -> None:
    _, notes = read(f'<p>文</p><object data="{URL}">码头的<b>照片</b></object>')
    assert list(noted(notes, "element")) == ["object: text for browsers that cannot show it: 码头的照片"]


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ("p-300x200.jpg", "p.jpg", "p.jpg"),
        ("p.jpg", "p-300x200.jpg", "p.jpg"),
        ("p-300x200.jpg", "p-1024x683.jpg", "p-1024x683.jpg"),
        ("p.jpg?w=300", "p.jpg?w=1200", "p.jpg?w=1200"),
        ("p.jpg?resize=300,200", "p.jpg", "p.jpg"),
    ],
)
def test_of_two_sizes_of_one_picture_the_larger_is_shown(first: str, second: str, shown: str) -> None:
    of = "https://i.example/"
    html = (
        f'<p>文</p><img src="{of}{first}" alt="码头"><p>间</p><figure><img src="{of}{second}"><figcaption>图'
    )
    assert pictures(html) == [(of + shown, "图")]
    lead: Any = {
        "picture": {"url": of + first},
        "format": "html",
        "body": f'<p>文</p><img src="{of}{second}">',
    }
    accepted = accept(as_json(sent_article(**lead)), UNKNOWN, arrival())
    assert isinstance(accepted, Accepted)
    assert [picture.url for picture in accepted.articles[0].pictures] == [of + shown]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "found", "alt"),
    [
        ("![[p.jpg]]", URL, ""),
        ("![[p.jpg|300]]", URL, ""),
        ("![[p.jpg|码头|300x200]]", URL, "码头"),
        ("![[图 片.png]]", "https://i.example/图%20片.png", ""),
        (f"![[{URL}|码头]]", URL, "码头"),
    ],
)
def test_a_picture_of_obsidian_is_one(written: str, found: str, alt: str) -> None:
    shown = [one["picture"] for one in blocks(f"文\n\n{written}", "markdown", "https://i.example/")[1:]]
    assert [(one["url"], one["alt"]) for one in shown] == [(found, alt)]


@pytest.mark.parametrize("written", ["![[笔记]]", "![[笔记#一节]]", "![[a.pdf]]", "![[录音.mp3]]"])
def test_what_obsidian_puts_in_from_elsewhere_is_told(written: str) -> None:
    found, notes = read(f"前{written}后", "markdown")
    assert ([block["text"] for block in found], list(noted(notes, "shortcode"))) == (["前后"], [written])


@pytest.mark.parametrize("written", ["`![[p.jpg]]`", "    ![[p.jpg]]", "![[1]](https://i.example/1.jpg)"])
def test_what_only_looks_like_one_of_obsidian_s_is_none(written: str) -> None:
    assert not list(noted(read(f"文\n\n{written}", "markdown")[1], "shortcode"))


@pytest.mark.parametrize(
    "line", ["*码头一角*", "_码头 **一** 角_", "*码头[一角](https://a.example)。甲摄*", "  *图：码头*"]
)
@pytest.mark.parametrize("before", ["\n", "  \n", "\\\n"])
def test_a_line_of_emphasis_right_below_a_picture_is_its_caption(line: str, before: str) -> None:
    body = f"文\n\n![x]({URL}){before}{line}\n\n后"
    ((_, caption),) = pictures(body, "markdown")
    assert caption in line.replace("*", "").replace("[", "").replace("](https://a.example)", "").replace(
        "_", ""
    )
    assert texts(body, "markdown") == ["文", "后"]


@pytest.mark.parametrize(
    "line", ["*编者按*：码头。", "**码头**", "码头 *一角*", "*码头*\n又一行", "\n*码头*"]
)
def test_other_lines_below_a_picture_are_text(line: str) -> None:
    body = f"文\n\n![x]({URL})\n{line}"
    assert pictures(body, "markdown") == [(URL, "")]
    assert len(texts(body, "markdown")) == 2


@pytest.mark.parametrize("line", ["*图为码头。甲摄*", "**图：码头**", "*▲码头*"])
def test_a_paragraph_that_says_what_the_picture_shows_may_be_emphasised(line: str) -> None:
    assert pictures(f"文\n\n![x]({URL})\n\n{line}", "markdown") == [(URL, line.strip("*"))]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (f'{{{{< figure src="{URL}" link="https://l.example/" class="a" width="9" >}}}}', "figure: link=https://l.example/"),
        ('{{< youtube w7Ft2 "会议录像" >}}', "youtube: 会议录像"),
        ('[quote author="张三"]话[/quote]', "quote: author=张三"),
        ("[quote=张三]话[/quote]", "quote: 张三"),
        (f'[video src="https://v.example/1.mp4" poster="{URL}"]', f"video: poster={URL}"),
        ('[embed caption="会议"]https://v.example/1[/embed]', "embed: caption=会议"),
        ("{{< bilibili BV1x 会议录像 >}}", "bilibili: 会议录像"),
        ('[caption id="a" credit="甲摄"]![x](https://i.example/p.jpg) 桥[/caption]', "caption: credit=甲摄"),
    ],
)  # fmt: skip
def test_an_argument_that_a_known_command_does_not_use_is_told(command: str, told: str) -> None:
    _, notes = read(f"文\n\n{command}", "markdown")
    assert told in noted(notes, "shortcode")


@pytest.mark.parametrize(
    ("command", "written_in"),
    [
        (f'{{{{< figure src="{URL}" caption="桥" alt="x" width="9" class="left" >}}}}', "markdown"),
        ("{% asset_img left p.jpg 300 200 桥 %}", "markdown"),
        ("{% youtube w7Ft2 480 360 %}", "markdown"),
        ('[video width="9" mp4="https://v.example/1.mp4" autoplay="on"][/video]', "html"),
    ],
)
def test_how_a_command_s_result_looks_is_not(command: str, written_in: Format) -> None:
    _, notes = read(f"<p>文</p>\n\n{command}", written_in, "https://i.example/")
    assert [note.did for note in notes if note.kind == "shortcode"] == ["used"]


def test_of_the_bare_words_of_a_player_the_first_names_the_video() -> None:
    found = blocks("文\n\n{% youtube w7Ft2 480 360 %}", "markdown")
    assert found[1]["url"] == "https://www.youtube.com/watch?v=w7Ft2"
