"""Commands of site programs in a text, and text that leaves its paragraphs to line breaks."""

from typing import Any

import pytest

from services.ingest.core.bodies import Format
from tests.unit.ingest.reading_bodies import blocks, noted, pictures, read, texts

URL = "https://i.example/p.jpg"


@pytest.mark.parametrize(
    ("body", "written_in", "expected"),
    [
        (f'{{{{< figure src="{URL}" caption="桥" >}}}}', "markdown", (URL, "桥")),
        (f"{{{{<figure src='{URL}' title='桥' alt='x'>}}}}", "markdown", (URL, "桥")),
        (f'前{{{{% img\n src="{URL}"\n caption="桥" %}}}}后', "markdown", (URL, "桥")),
        ("{% asset_img p.jpg 桥 %}", "markdown", (URL, "桥")),
        ('{% asset_img left p.jpg 300 200 "桥 上" "x" %}', "markdown", (URL, "桥 上")),
        ("""{% asset_img p.jpg '"桥" "x"' %}""", "markdown", (URL, "桥")),
        (f"{{% img {URL} %}}", "html", (URL, "")),
        (f'{{% include figure.html src="{URL}" caption="桥" %}}', "markdown", (URL, "桥")),
        (f'[caption id="a" width="3"]![x]({URL}) 桥[/caption]', "markdown", (URL, "桥")),
        ("![x]({{ site.baseurl }}/p.jpg)", "markdown", (URL, "")),
        ("![x]({{ '/p.jpg' | relative_url }}){width=50%}", "markdown", (URL, "")),
    ],
)
def test_a_command_that_shows_a_picture_is_one(
    body: str, written_in: Format, expected: tuple[str, str]
) -> None:
    body = f"文。\n\n{body}" if written_in == "markdown" else f"<p>文。</p>{body}"
    assert pictures(body, written_in, "https://i.example/") == [expected]
    assert not any("{" in text or "[/" in text for text in texts(body, written_in))


@pytest.mark.parametrize(
    ("command", "url"),
    [
        ("{{< youtube w7Ft2 >}}", "https://www.youtube.com/watch?v=w7Ft2"),
        ('{{< youtube id="w7Ft2" autoplay="true" >}}', "https://www.youtube.com/watch?v=w7Ft2"),
        ("{% youtube w7Ft2 %}", "https://www.youtube.com/watch?v=w7Ft2"),
        ("{{< bilibili BV1x >}}", "https://www.bilibili.com/video/BV1x"),
        ('{{< tweet user="x" id="12" >}}', "https://x.com/i/status/12"),
        ("{{< gist someone 1 >}}", "https://gist.github.com/someone/1"),
        ("[embed]https://v.example/1[/embed]", "https://v.example/1"),
        ('[embed width="300"]https://v.example/1[/embed]', "https://v.example/1"),
        ('[video mp4="https://v.example/1"][/video]', "https://v.example/1"),
        ('[audio src="https://v.example/1"]', "https://v.example/1"),
    ],
)
@pytest.mark.parametrize("written_in", ["markdown", "html"])
def test_a_command_that_plays_something_is_a_link(command: str, url: str, written_in: Format) -> None:
    body = f"文\n\n{command}" if written_in == "markdown" else f"<p>文</p><p>{command}</p>"
    assert blocks(body, written_in)[1:] == [{"kind": "embed", "url": url, "text": ""}]


@pytest.mark.parametrize(
    ("body", "text", "told"),
    [
        ('[contact-form-7 id="1" title="联系我们"]', "前后", '[contact-form-7 id="1" title="联系我们"]'),
        ('[su_box title="提示"]内[/su_box]', "前内后", '[su_box title="提示"]'),
        ("[dropcap]内[/dropcap]", "前内后", "[dropcap]"),
        ('{{< admonition tip "注意" >}}内{{< /admonition >}}', "前内后", '{{< admonition tip "注意" >}}'),
        ("{{% notice %}}内{{% /notice %}}", "前内后", "{{% notice %}}"),
        ("{% note info %}内{% endnote %}", "前内后", "{% note info %}"),
    ],
)
@pytest.mark.parametrize("written_in", ["markdown", "html"])
def test_an_unknown_command_is_told_and_the_text_in_it_stays(
    body: str, text: str, told: str, written_in: Format
) -> None:
    found, notes = read(f"前{body}后" if written_in == "markdown" else f"<p>前{body}后</p>", written_in)
    assert [block["text"] for block in found] == [text]
    assert list(noted(notes, "shortcode")) == [told]


@pytest.mark.parametrize(
    "text",
    [
        "[1] 见[2]与[美联社]",
        "他说[sic]，[AP]报道[图]",
        "[video] 现场",
        "a[i] = b[j]",
        "[记者] 问",
        "[/] 与 [x",
        "{a} 与 {{ name }} 与 {% 折扣",
    ],
)
@pytest.mark.parametrize("written_in", ["markdown", "html"])
def test_a_bracket_in_prose_is_no_command(text: str, written_in: Format) -> None:
    assert texts(text if written_in == "markdown" else f"<p>{text}</p>", written_in) == [text]


@pytest.mark.parametrize(
    ("body", "written_in"),
    [
        ("写`{{< youtube x >}}`", "markdown"),
        ("写<code>[caption id=1]x[/caption]</code>", "html"),
        ("写<pre>[gallery ids=1]</pre>", "html"),
        ("写\n\n```\n{% note %}\n[su_box a=b]c[/su_box]\n```", "markdown"),
        ("写\n\n    {% note %}", "markdown"),
    ],
)
def test_in_code_nothing_is_a_command(body: str, written_in: Format) -> None:
    found, notes = read(body, written_in)
    assert notes == ()
    assert "".join(block["text"] for block in found).count("写") == 1
    assert any(
        sign in str(found)
        for sign in ("{{< youtube x >}}", "id=1]x[/caption]", "[gallery ids=1]", "{% note %}")
    )


def test_a_command_without_its_end_does_not_take_the_rest() -> None:
    found, notes = read(f'<p>一</p>[caption id="1"]<img src="{URL}"> 二<p>三</p>')
    assert [block["kind"] for block in found] == ["paragraph", "picture", "paragraph", "paragraph"]
    assert list(noted(notes, "shortcode")) == ['[caption id="1"]']


def test_in_an_attribute_nothing_is_a_command() -> None:
    assert pictures(f'文<img src="{URL}" alt="[gallery ids=1]">') == [(URL, "")]


def test_attributes_of_markdown_are_no_text() -> None:
    found, notes = read("## 题 {#a-b}\n\n文{: .center}\n\n{:toc}\n", "markdown")
    assert [block["text"] for block in found] == ["题", "文"]
    assert len(list(noted(notes, "shortcode"))) == 3


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("（河城15日讯）一。\n\n二。", ["（河城15日讯）一。", "二。"]),
        ("一。\n二。\r\n\r\n　　三 &amp; &#22235;&lt;五&gt;", ["一。", "二。", "　　三 & 四<五>"]),
        ("一 < 二\n3<4", ["一 < 二", "3<4"]),
        ("一。", ["一。"]),
        ("一<b>粗</b>\n次行\n\n二<a href='https://a.example'>连</a>", ["一粗", "次行", "二连"]),
        ("一。\n\n<blockquote>引</blockquote>\n二。\n\n三。", ["一。", "二。", "三。"]),
        ("<p>一</p>\n\n二\n \n三<b>粗</b>\n\n<p>四</p>", ["一", "二", "三粗", "四"]),
        ("<!-- 注 -->一\n\n二", ["一", "二"]),
        ("<p>一\n\n二</p>", ["一二"]),
        ("<b>一</b>\n二", ["一二"]),
        ("一<br>\n二\n三", ["一", "二三"]),
    ],
)
def test_text_without_paragraphs_has_those_of_its_lines(html: str, expected: list[Any]) -> None:
    assert texts(html) == expected


@pytest.mark.parametrize("written_in", ["markdown", "html"])
@pytest.mark.parametrize("name", ["ref", "efn_note", "mfn"])
def test_a_note_in_a_sentence_stands_in_brackets(name: str, written_in: Format) -> None:
    body = f"减税[{name}]以公报为准。[/{name}]两成。"
    found, _ = read(body if written_in == "markdown" else f"<p>{body}</p>", written_in)
    assert [block["text"] for block in found] == ["减税 [以公报为准。]两成。"]
