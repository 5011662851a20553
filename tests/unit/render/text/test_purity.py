"""No string of one script on a page of the other: every word of the site, every kind of page.

The judges are two that know nothing of each other: OpenCC, and the character sets that either side of the
strait once made for its own writing, GB 2312 and the first level of Big5.
"""

import ast
import re
from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from opencc import OpenCC

from services.render import app
from services.render.core.pages.words import WORDS
from services.render.core.text.scripts import PREFIX, SCRIPTS, Script
from shared.blocks import Embed, Heading, Items, Mark, Paragraph, Picture, PictureBlock, Quote, Table, Text
from shared.events import ArticlePublished
from tests.builders import NOON, published, withdrawn
from tests.unit.render.http.test_web import Render
from tests.unit.render.press import Press

SERVICE = Path(app.__file__).parent
INTO: dict[Script, OpenCC] = {"zh-Hans": OpenCC("tw2s"), "zh-Hant": OpenCC("s2tw")}
SPEECH = {
    "zh-Hans": "头发发展,干部干净,面条里程,皇后以后,台湾系统,著名跟着,制造制度,尸体忧郁,游览云南,“复杂”",
    "zh-Hant": "頭髮發展,幹部乾淨,麵條里程,皇后以後,台灣系統,著名跟著,製造制度,屍體憂鬱,遊覽雲南,「複雜」",
}
SECTION: dict[Script, str] = {"zh-Hans": "国际", "zh-Hant": "地產"}
SERIES: dict[Script, str] = {"zh-Hans": "发现", "zh-Hant": "專題"}


class Visible(HTMLParser):
    """All that a reader or a machine reads on a page, but what says that it is of the other script."""

    VOID = frozenset({"meta", "link", "img", "input", "br"})

    def __init__(self, html: str, script: Script) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._foreign: list[bool] = [False]
        self._script = script
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read the attributes, which are words or addresses."""
        lang = dict(attrs).get("lang")
        foreign = self._foreign[-1] if lang is None else lang.startswith("zh") and lang != self._script
        if tag not in self.VOID:
            self._foreign.append(foreign)
        if not foreign:
            self.texts += [value for _, value in attrs if value]

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._foreign.pop()

    def handle_data(self, data: str) -> None:
        """Read a text."""
        if not self._foreign[-1]:
            self.texts.append(data)


def in_level_one(sign: str) -> bool:
    code = sign.encode("big5", "ignore")
    return b"\xa4\x40" <= code <= b"\xc6\x7e"


def in_gb2312(sign: str) -> bool:
    return bool(sign.encode("gb2312", "ignore"))


def is_foreign(sign: str, script: Script) -> bool:
    """Tell whether a character exists only in the other script."""
    if not "\u3400" <= sign <= "\u9fff" or INTO[script].convert(sign) == sign:
        return False
    if script == "zh-Hans":
        return not in_gb2312(sign)
    return in_gb2312(sign) and not in_level_one(sign)


def foreign(text: str, script: Script) -> set[str]:
    return {sign for sign in text if is_foreign(sign, script)}


def test_the_judges_know_the_signs_of_either_script() -> None:
    assert foreign(SPEECH["zh-Hant"], "zh-Hans") >= set("頭髮發幹淨麵條灣統製複屍體憂鬱遊覽雲")
    assert foreign(SPEECH["zh-Hans"], "zh-Hant") >= set("头发净条湾统忧览")
    for script in SCRIPTS:
        assert foreign(SPEECH[script], script) == set()


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_word_of_the_site_is_in_its_script(script: Script) -> None:
    for name, word in words_of(script):
        if name != "other_script":
            assert INTO[script].convert(word) == word
            assert foreign(word, script) == set()


def test_both_scripts_say_as_much() -> None:
    hans, hant = (dict(words_of(script)) for script in SCRIPTS)
    assert hans.keys() == hant.keys()
    assert all(hans.values())
    assert all(hant.values())


def words_of(script: Script) -> list[tuple[str, str]]:
    """Give every word by its name, those of a mapping by their key too."""
    found: list[tuple[str, str]] = []
    for field in fields(WORDS[script]):
        value = getattr(WORDS[script], field.name)
        entries = value.items() if isinstance(value, dict) else [("", value)]
        found += [(f"{field.name}{key}", word) for key, word in entries]
    return found


WORD = re.compile(r"[\u4e01-\u9fa5]")
"""Neither end of the block: patterns that name ranges of characters name these."""


@pytest.mark.parametrize("path", sorted((SERVICE / "templates").iterdir()), ids=lambda path: path.name)
def test_no_template_has_words_of_its_own(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert WORD.search(text) is None


OF_TEXTS = (
    *("search/folding", "search/variants", "text/foreign_names", "text/joined_words", "text/segmentation"),
    *("text/to_simplified", "text/to_traditional"),
)
SPEAKING = {SERVICE / f"core/{name}.py" for name in ("pages/words", *OF_TEXTS)}
"""What the site says, and words, names and signs that are looked for in texts."""


@pytest.mark.parametrize("path", sorted({*SERVICE.rglob("*.py")} - SPEAKING), ids=str)
def test_no_module_has_words_of_its_own(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    explaining = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explaining
    ]
    assert [text for text in strings if WORD.search(text)] == []


@pytest.mark.parametrize("path", sorted((SERVICE / "static").glob("*.js")), ids=lambda path: path.name)
def test_no_script_has_words_of_its_own(path: Path) -> None:
    assert WORD.search(re.sub(r"//.*", "", path.read_text(encoding="utf-8"))) is None


ADDRESSES = [
    "/", "/hot", "/hot?list=24h", "/hot?list=3d", "/hot.json", "/hot.json?article=zh-Hans-0", "/nothing",
    "/search", "/search?q=制度", "/search?q=none",
    "/feed.xml", "/feed.atom", "/feed.json", "/section/地產/feed.xml", "/section/国际/feed.atom",
    "/section/国际", "/section/地產", "/series/发现", "/series/專題", "/site.webmanifest",
    "/article/zh-Hans-0", "/article/zh-Hant-0", "/article/zh-Hans-gone", "/article/zh-Hant-gone",
    "/article/over",
]  # fmt: skip
STATUS = {
    "/nothing": 404, "/article/zh-Hans-gone": 410, "/article/zh-Hant-gone": 410, "/article/over": 410
}  # fmt: skip


@pytest.fixture
async def render(press: Press) -> AsyncIterator[Render]:
    for script in SCRIPTS:
        press.fold(*(article(f"{script}-{n}", script, n) for n in range(25)))
        taken_down = withdrawn(f"{script}-gone", second=1)
        press.fold(taken_down.model_copy(update={"public_note": SPEECH[script]}))
    press.fold(published("over", expires_at=NOON))
    press.index_all()
    press.read(
        as_of=datetime.now(UTC) - timedelta(minutes=5), now=["zh-Hans-1", "zh-Hant-1"], day=["zh-Hans-2"]
    )
    made = Render(press)
    async with made.client:
        yield made


@pytest.mark.parametrize("script", SCRIPTS)
async def test_every_kind_of_page_is_in_its_script(render: Render, script: Script) -> None:
    pages = {address: await render.get(PREFIX[script] + quote(address, safe="/?=")) for address in ADDRESSES}
    earlier = re.search(r'href="(/[^"]*before=[^"]*)"', pages["/section/国际"].text)
    assert earlier is not None
    pages["earlier"] = await render.get(earlier[1])
    for address, page in pages.items():
        assert page.status_code == STATUS.get(address, 200), address
        is_html = page.headers["content-type"].startswith("text/html")
        texts = Visible(page.text, script).texts if is_html else [page.text]
        assert {text: foreign(text, script) for text in texts if foreign(text, script)} == {}, address
    # a quotation's marks are the publisher's, in either script
    assert "“" in pages["/article/zh-Hans-0"].text
    assert "「" in pages["/article/zh-Hant-0"].text
    assert {"zh-Hans", "zh-Hant"} <= set(re.findall(r"/article/(zh-Han.)", pages["/search?q=制度"].text))


@pytest.mark.parametrize("script", SCRIPTS)
async def test_in_its_own_script_every_text_is_on_the_page_as_sent(render: Render, script: Script) -> None:
    page = await render.get(f"{PREFIX[script]}/article/{script}-0")
    texts = Visible(page.text, script).texts
    assert f"【{SERIES[script]}】{SPEECH[script]}" in page.text.replace("</a>", "")
    # byline, correction, heading, embed, and caption and alternative text of three pictures
    assert texts.count(SPEECH[script]) >= 10


def article(article_id: str, script: Script, second: int) -> ArticlePublished:
    """Give an article that says the same hard words wherever an article can say something."""
    speech = SPEECH[script]
    marks = (
        Mark(kind="strong", start=0, end=1),
        Mark(kind="link", start=2, end=12, url="https://a.example/"),
    )
    text = Text(text=speech, marks=marks)
    picture = Picture(url="https://p.example/1.svg", caption=speech, alt=speech, credit=speech)
    return published(
        article_id,
        second=second,
        language=script,
        title=f"【{SERIES[script]}】{speech}",
        series=SERIES[script],
        section=SECTION[script],
        blocks=(
            Paragraph(text=speech, marks=marks),
            Heading(text=speech),
            Quote(paragraphs=(text,)),
            Items(items=(text,)),
            PictureBlock(picture=picture),
            Embed(url="https://v.example/", text=speech),
            Table(caption=speech, head=(text,), rows=((text,),)),
        ),
        pictures=(picture, picture),
        byline=speech,
        source=speech,
        tags=(speech[:4], speech[5:9]),
        correction=speech,
        modified_at=NOON + timedelta(days=1),
    )
