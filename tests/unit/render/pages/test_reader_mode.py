"""What shows the text of a page alone takes the article, and neither 热门新闻 nor the cards."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from services.render.core.text.script_converter import ScriptConverter
from services.render.core.text.scripts import SCRIPTS, Script
from shared.blocks import Paragraph, Picture
from tests.builders import NOON, published
from tests.unit.render.press import GLOSSARY, Press

OWN = "市民可以在阅览厅里读到一百年来的报纸，也可以带孩子来听故事。"
OTHERS = "城东新桥周一通车，早高峰的车不再绕行，住在河对岸的人说，上班路上的时间少了一半。"
TITLE, BYLINE = "旧邮局改成图书馆", "记者 苏明月"
SENTENCES = [1, 2, 4, 8, 14, 17, 20, 60]
"""Long of a text; Readability takes one of 500 characters for an article at once."""
_NODE = shutil.which("node")
_READ = """
const {Readability} = require("@mozilla/readability"), {JSDOM} = require("jsdom");
const pages = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(pages.map((html) => {
  const dom = new JSDOM(html, {url: "http://127.0.0.1:8080/article/a"});
  const {title, byline, lang, publishedTime, textContent} = new Readability(dom.window.document).parse();
  return {title, byline, lang, publishedTime, textContent};
})));
"""


def picture(name: str) -> tuple[Picture, ...]:
    return (Picture(url=f"https://p.example/{name}.jpg", caption=OTHERS, width=1200, height=800),)


@pytest.fixture
def press(press: Press) -> Press:
    """Give six that are read and ten cards, each with more text than a short article has."""
    press.fold(
        *(
            published(
                f"o{n}", second=n, published_at=NOON - timedelta(minutes=n), title=f"{n}：{OTHERS}",
                section=("地方", "国际")[n % 2], pictures=picture(f"{n}"),
                blocks=(Paragraph(text=OTHERS * 3),),
            )
            for n in range(30)
        )
    )  # fmt: skip
    press.read(now=[f"o{n}" for n in range(1, 8)])
    return press


def pages(press: Press, script: Script) -> Iterator[tuple[int, str]]:
    """Give an article's page with every length of its text, and with a picture and without."""
    for second, sentences in enumerate(SENTENCES, 40):
        paragraphs = [OWN * min(3, sentences - begun) for begun in range(0, sentences, 3)]
        press.fold(
            published(
                "a", second=second, published_at=NOON - timedelta(hours=9), title=TITLE,
                blocks=tuple(Paragraph(text=text) for text in paragraphs), byline=BYLINE,
                pictures=(Picture(url="https://p.example/a.jpg", caption="阅览"),) * (sentences % 2),
            )
        )  # fmt: skip
        page = press.in_script[script].article("a", press.now)
        assert page is not None
        yield sentences, page.body.decode()


class Lists(HTMLParser):
    """The texts of the sections of lists, and whether each stands in a footer of its section."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._open: list[str] = []
        self.texts: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element."""
        if tag not in ("meta", "link", "img", "input", "br"):
            self._open.append(f"{tag}.{dict(attrs).get('class')}")

    def handle_endtag(self, _tag: str) -> None:
        """Leave an element."""
        self._open.pop()

    def handle_data(self, text: str) -> None:
        """Note a text of a list."""
        lists = [place for place, one in enumerate(self._open) if one in ("section.hot", "section.cards")]
        if lists and text.strip():
            self.texts.append((text, self._open[lists[0] + 1].startswith("footer.")))


@pytest.mark.parametrize("script", SCRIPTS)
def test_all_of_a_list_stands_in_the_footer_of_its_section(press: Press, script: Script) -> None:
    for _, html in pages(press, script):
        found = Lists(html).texts
        assert len(found) > 16 * 3
        assert [text for text, inside in found if not inside] == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_readability_takes_the_article_alone(press: Press, script: Script) -> None:
    if _NODE is None or subprocess.run([_NODE, "-e", _READ.splitlines()[1]], capture_output=True).returncode:
        pytest.skip("node, or @mozilla/readability and jsdom in NODE_PATH, are not there")
    asked = list(pages(press, script))
    sent = json.dumps([html for _, html in asked]).encode()
    done = subprocess.run([_NODE, "-e", _READ], input=sent, capture_output=True, check=True)
    converter = ScriptConverter(script, GLOSSARY)
    own, others, title, byline = (converter.text(text, "zh") for text in (OWN, OTHERS, TITLE, BYLINE))
    for (sentences, _), read in zip(asked, json.loads(done.stdout), strict=True):
        assert read["textContent"].count(own) == sentences
        for text in (others[:8], "阅读全文", "閱讀全文", "热门新闻", "熱門新聞"):
            assert text not in read["textContent"], (sentences, read["textContent"])
        assert (read["title"], read["byline"]) == (title, byline)
        assert read["lang"] == script
        assert read["publishedTime"].startswith("2026-11-15T11:00")
