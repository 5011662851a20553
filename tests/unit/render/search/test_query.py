"""Whatever is typed is a query, and what stands in a text is found by it and marked in it."""

import sqlite3
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from services.render.core.search.bigrams import terms
from services.render.core.search.folding import folded, places
from services.render.core.search.hits import highlighted, searchable_text, snippet
from services.render.core.search.query import read
from shared.blocks import Heading, Items, Paragraph, Picture, PictureBlock, Quote, Table, Text
from tests.builders import published

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=12)
TITLES = st.text(
    st.one_of(st.characters(), st.sampled_from("台湾臺灣图书馆,。 【】ABCabcＡ1é·- \u200b\u0301，㎏０")),
    max_size=40,
)


class Filed:
    """One text in an index of FTS5, as the search files it."""

    def __init__(self, text: str) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("CREATE VIRTUAL TABLE terms USING fts5 (text, content='', tokenize='ascii')")
        self.connection.execute("INSERT INTO terms VALUES (?)", (" ".join(terms(folded(text))),))

    def found_by(self, asked: str) -> bool:
        """Tell whether a query finds it."""
        query = read(asked)
        if not query.close:
            return False
        with self.connection as open_one:
            return bool(
                open_one.execute(
                    "SELECT 1 FROM terms WHERE terms MATCH ?",
                    (" OR ".join(f"({one})" for one in (*query.close, query.loose) if one),),
                ).fetchall()
            )


def found(text: str, asked: str) -> bool:
    filed = Filed(text)
    try:
        return filed.found_by(asked)
    finally:
        filed.connection.close()


@given(TITLES)
def test_a_fold_folds_no_further_and_tells_where_each_character_stands(text: str) -> None:
    fold, place = folded(text), places(text)
    assert folded(fold) == fold
    assert len(place) == len(fold) + 1
    assert list(place) == sorted(place)
    for at, character in zip(place, fold, strict=False):
        assert character in folded(text[at])


@given(st.text(max_size=300))
def test_any_text_is_a_query_that_can_be_looked_up_and_shown(asked: str) -> None:
    found("图书馆", asked)
    read(asked).text.encode()
    highlighted(asked, read(asked))
    snippet(asked, read(asked))


@pytest.mark.parametrize(
    "asked",
    ['"', '""', '"a', "a AND", "NOT", "OR OR", "NEAR(a b)", "a*", "*", "^a", "title:a", "-a", "(", "a\0b",
     "'",
     "👨‍👩‍👧‍👦", "\ud800", "图" * 10_000, "a " * 5_000,
     '"' * 10_000, "%_", ";--", "\u202e\ufeff", "+", "{a}: b"],
)  # fmt: skip
def test_what_means_something_to_a_database_is_a_text_like_any_other(asked: str) -> None:
    found("图书馆 a", asked)
    assert len(read(asked).text) <= 100


def test_of_very_many_words_the_first_are_asked_for() -> None:
    words = " ".join(f"a{chr(0x61 + n)}" for n in range(26)) + " zz yy xx ww vv uu"
    assert read(words + " tt").close[2].count(" AND ") == 31
    assert found(words, words + " tt")


def test_what_is_too_long_is_cut_and_says_so() -> None:
    assert not read("图" * 100).cut
    assert read("图" * 101).cut
    assert read("图" * 10_000).text == "图" * 100


@given(HAN, HAN, HAN)
def test_any_two_neighbours_of_a_text_or_more_find_it(before: str, asked: str, behind: str) -> None:
    assert found(before + unicodedata.normalize("NFC", asked) + behind, asked)


@pytest.mark.parametrize("asked", ["台湾大学", "臺灣大學", "台灣大学", "湾", "学", "台", "大学 台湾"])
def test_every_script_finds_every_script(asked: str) -> None:
    assert found("台湾大学", asked)
    assert found("在臺灣大學。", asked)


def test_a_shape_that_a_page_may_show_folds_to_the_shape_that_was_sent() -> None:
    ideographs = [chr(code) for code in range(0x3400, 0xA000) if chr(code).isalpha()]
    for name in ("s2tw", "s2hk", "s2t", "tw2s", "hk2s", "t2s"):
        other = OpenCC(name).convert("\n".join(ideographs)).split("\n")
        assert [folded(one) for one in other] == [folded(one) for one in ideographs]


@pytest.mark.parametrize(
    ("text", "asked", "is_found"),
    [
        ("图书馆开放", "图书馆 开放", True),
        ("图书馆开放", "开放 体育", False),
        ("旧邮局 周日开放", '"旧邮局 周日"', True),
        ("旧邮局在周日开放", '"旧邮局 周日"', False),
        ("旧邮局,周日开放", "局周", False),
        ("A股大涨", "A股", True),
        ("a股", "Ａ股", True),
        ("HA股", "A股", False),
        ("iPhone 15发布", "iphone", True),
        ("iPhone 15发布", "iph", True),
        ("iPhone 15发布", "iph 发布", False),
        ("iPhone 15发布", '"iph"', False),
        ("iPhone 15发布", "i", False),
        ("GDP增长3.5%", "3.5", True),
        ("GDP增长35%", "3.5", False),
        ("2026年11月15日", "11月", True),
        ("STRASSE İstanbul ΣΟΦΟΣ", "σοφος", True),
        ("々の〇", "〇", True),
    ],
)
def test_all_words_are_asked_for_each_as_it_stands(text: str, asked: str, is_found: bool) -> None:
    assert found(text, asked) is is_found


@pytest.mark.parametrize(
    ("text", "asked", "shown"),
    [
        ("臺灣與台灣", "台湾", "<mark>臺灣</mark>與<mark>台灣</mark>"),
        ("<b>图书馆</b>", "图书", "&lt;b&gt;<mark>图书</mark>馆&lt;/b&gt;"),
        ("图书馆", "图 图书馆", "<mark>图书馆</mark>"),
        ("party art Arts", "art", "party <mark>art</mark> <mark>Art</mark>s"),
        ("旧邮局 周日", '"旧邮局,周日"', "<mark>旧邮局 周日</mark>"),
        ("图书馆", "!", "图书馆"),
        ("首相今天访问北京", "首相访问北京", "<mark>首相</mark>今天<mark>访问</mark><mark>北京</mark>"),
        ("东姑·阿里 到", "东姑阿里", "<mark>东姑·阿里</mark> 到"),
        ("国家\u200b队。", "国家队", "<mark>国家\u200b队</mark>。"),
        ("Café, cafe\u0301!", "cafe", "<mark>Café</mark>, <mark>cafe\u0301</mark>!"),
        ("售RM4,999.00", "4999", "售RM<mark>4,999</mark>.00"),
        ("iPhone 16 Pro Max", "iphone16promax", "<mark>iPhone 16 Pro Max</mark>"),
        ("Wi-Fi6E", "wifi 6", "<mark>Wi-Fi</mark><mark>6</mark>E"),
        ("５㎏米", "5kg", "<mark>５㎏</mark>米"),
        ("㎏", "k", "㎏"),
        ("神舟十八号与歼-20", "神舟18号", "<mark>神舟十八号</mark>与歼-20"),
        ("长征5号", "长征五号", "<mark>长征5号</mark>"),
        ("气温38℃,走了5公里", "5km", "气温38℃,走了<mark>5公里</mark>"),
        ("於2026/11/05", "2026年11月5日", "於<mark>2026/11/05</mark>"),
        ("於2026/11/15", "2026年11月15日", "於<mark>2026/11/15</mark>"),
        ("我與妳", "我与你", "<mark>我與妳</mark>"),
    ],
)
def test_hits_are_marked_in_the_text_as_it_stands(text: str, asked: str, shown: str) -> None:
    assert highlighted(text, read(asked)) == shown


def test_a_window_shows_the_first_hit_with_its_sentence() -> None:
    body = "第一句话。" + "说" * 100 + "。图书馆周日开放," + "书" * 100
    assert snippet(body, read("周日")) == "图书馆周日开放," + "书" * 72 + "…"
    assert snippet(body, read("体育")).startswith("第一句话。说")
    assert snippet("说" * 100 + "图书馆", read("图书馆")) == "…" + "说" * 24 + "图书馆"
    assert snippet("短", read("长")) == "短"
    assert snippet("", read("长")) == ""


def test_a_window_shows_the_phrase_rather_than_a_word_that_stands_before_it() -> None:
    words = "首相到了。" + "说" * 50 + "。"
    assert snippet(words + "首相访问码头。", read("首相访问码头")) == "首相访问码头。"
    assert snippet(words + "码头关闭。", read("首相访问码头")).startswith("首相到了。")


def test_a_hit_far_behind_is_found_also_where_stretches_meet() -> None:
    for before in (3996, 3998, 4000, 9000):
        assert "灯塔守望者" in snippet("说\u200b" * (before // 2) + "灯塔守望者", read("灯塔守望者"))


def test_a_window_splits_no_grapheme() -> None:
    family = "👨‍👩‍👧‍👦"
    shown = snippet(family * 30 + "图" + family * 30, read("图"))
    assert shown.strip("…").replace(family, "") == "图"


def test_every_text_of_an_article_is_searched() -> None:
    article = published(
        "a",
        title="标题", section="栏目", series="系列", byline="作者", source="来源", tags=("标签",),
        pictures=(Picture(url="https://example.org/a.jpg", caption="图一"),),
        blocks=(
            Paragraph(text="段落"), Heading(text="小标题"), Quote(paragraphs=(Text(text="引语"),)),
            Items(items=(Text(text="条目"),)), Table(head=(Text(text="表头"),), rows=((Text(text="单元"),),)),
            PictureBlock(picture=Picture(url="https://example.org/b.jpg", caption="图二")),
        ),
    )  # fmt: skip
    texts = searchable_text(article)
    assert texts.title == "标题"
    assert texts.about.split("\n") == ["栏目", "系列", "作者", "来源", "标签"]
    assert texts.body.split("\n") == ["段落", "小标题", "引语", "条目", "表头", "单元", "图二", "图一"]
