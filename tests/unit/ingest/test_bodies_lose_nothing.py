"""Of whatever a text is made: each letter that a reader would see is on the page, or a note has it."""

import re
from collections.abc import Callable
from itertools import count
from typing import Any, Final

from hypothesis import example, given
from hypothesis import strategies as st

from services.ingest.core.bodies import Format
from tests.unit.ingest.reading_bodies import read

LETTER: Final = "□"
"""Stands for a letter that is found nowhere else in the text."""
INSIDE: Final = "■"
"""Stands for what else may stand there."""
IMG: Final = '<img src="https://i.example/1.jpg">'
UNFIT: Final = '<img src="cid:1" alt="□">'

HTML: Final = (
    *("□", "□<br>□", "\n\n□\n□", " □ ", f"□{IMG}□", f"{UNFIT}□", "<!-- x -->□", "□&amp;□"),
    *(f"<{tag}>■</{tag}>" for tag in ("p", "div", "b", "del", "ins", "sup", "code", "q", "h2", "section")),
    *(f"<{tag}>■</{tag}>" for tag in ("form", "button", "canvas", "noscript", "nobody", "dialog")),
    *(
        "<p hidden>■</p>",
        '<span style="display:none">■</span>',
        "<textarea>□</textarea>",
        "<svg><text>□</svg>",
    ),
    *("<blockquote>■</blockquote>", "<pre>■\n□</pre>", "<details><summary>□</summary>■</details>"),
    *(
        "<ul><li>■<li>□</ul>",
        "<ol start=4><li>■<ul><li>□</ul>□<li value=9>□</ol>",
        "<ol reversed><li>□<li>■</ol>",
    ),
    *(
        "<dl><dt>□<dd>■<dt>□</dl>",
        "<table><caption>□</caption><tr><th>□<td>■</table>",
        "<table><tr><td>■</table>",
    ),
    *("<ruby>□<rt>□</rt></ruby>", '<abbr title="x">□</abbr>', "<input type=checkbox>□"),
    *(f"<figure>{IMG}<figcaption>■</figcaption></figure>", "<figure>■<figcaption>□</figcaption></figure>"),
    *(
        f'<div class="wp-caption">{IMG}<p class="wp-caption-text">■</p></div>',
        f"{IMG}<p class=MsoCaption>□</p>",
    ),
    *(f"[caption id=1]{IMG}□[/caption]", "[su_box title='□']■[/su_box]", '[form name="□"]', "[□]", "[1]□"),
    *("<iframe src=https://v.example/1>□</iframe>", "<video src=x>□</video>", "<object data=x>■</object>"),
    '<p>□<a id="r" href="#n">1</a></p><p id="n">□<a href="#r">^</a></p>',
)
MARKDOWN: Final = (
    *(
        "□\n□",
        "\n\n□\n\n",
        "**□**~~□~~`□`",
        "# □\n",
        "> □\n> □\n\n",
        "- □\n  1. □\n- [ ] □\n\n",
        "□[^1]\n\n[^1]: □\n\n",
    ),
    *(
        "\n[记者]: □\n[□]:□\n",
        "\n[□]: https://a.example\n",
        "\n[^□]: □\n\n",
        "[□](https://a.example)",
        "^[□]",
    ),
    *(
        "\n[a]: /x\n\n[a]",
        "![□](https://i.example/1.jpg '□')",
        "\n\n|□|□|\n|-|-|\n|□|□|\n\n",
        "\n\n```\n□{% □ %}\n```\n\n",
    ),
    *(
        "{{< figure src='https://i.example/1.jpg' caption='□' >}}",
        "{{% note '□' %}}□{{% /note %}}",
        "{% quote □ %}□{% endquote %}",
    ),
    *(
        "\n\n<div>□</div>\n\n",
        "<del>□</del>",
        "$□_1$",
        "3~□",
        "{{ □ }}",
        "[//]: # (□)\n",
        "\n\n    □\n\n",
        "\\[□\\]: □",
    ),
)


@st.composite
def pieces(draw: Callable[[Any], Any], of: tuple[str, ...], deepest: int = 3) -> str:
    """Put a text together; what stands in it is made likewise, up to a depth."""
    parts = draw(st.lists(st.sampled_from(of), min_size=1, max_size=3))
    made = "".join(parts)
    while INSIDE in made:
        inner = draw(st.sampled_from(of)) if deepest else LETTER
        made = made.replace(INSIDE, inner, 1)
        deepest -= 1
        if deepest <= 0:
            made = made.replace(INSIDE, LETTER)
    return made


@given(pieces(HTML))
@example("<blockquote><ol><li>□</ol></blockquote>")
def test_no_letter_of_html_is_lost(html: str) -> None:
    loses_nothing("<p>文</p>" + html, "html")


@given(pieces(MARKDOWN))
def test_no_letter_of_markdown_is_lost(markdown: str) -> None:
    loses_nothing("文\n\n" + markdown, "markdown")


def loses_nothing(body: str, written_in: Format) -> None:
    letters = (chr(0x5000 + number) for number in count())
    written = re.sub(LETTER, lambda _: next(letters), body)
    found, notes = read(written, written_in)
    told = " ".join(note.detail for note in notes)
    # of a longer text a note tells the beginning
    if "…" not in told:
        lost = set(re.findall("[\u5000-\u6000]", written)) - set(str(found) + told)
        assert lost == set(), (written, found, notes)
