"""Cards are made of the beginning of an article: what is shown is the same, and a long text costs no more."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.render.core.articles.stories import abridged, story_of
from services.render.core.text.script_converter import ScriptConverter
from services.render.core.text.scripts import SCRIPTS, Script
from shared.blocks import Block, Items, Mark, Paragraph, Picture, PictureBlock, Text
from shared.events import ArticlePublished, Dateline
from tests.builders import published
from tests.unit.render.press import GLOSSARY, Press

Convert = Callable[[ArticlePublished], ArticlePublished]

CLAUSES = st.sampled_from(
    [
        "头发很长,",
        "银行干预汇市。",
        "理发店里的面条,",
        "一个中学",
        "出租车在软件园。",
        "信息",
        "👨‍👩‍👧",
        "é",
        " ",
        "　",
    ]
)
TEXTS = st.lists(CLAUSES, max_size=300).map("".join)
KINDS = st.sampled_from(["deleted", "footnote", "strong", "superscript", "code"])
MARKS = st.lists(st.tuples(KINDS, st.integers(0, 900), st.integers(1, 700)), max_size=3).map(
    lambda marks: tuple(Mark(kind=kind, start=start, end=start + length) for kind, start, length in marks)
)
BLOCKS = st.lists(
    st.one_of(
        st.builds(Paragraph, text=TEXTS, marks=MARKS),
        st.builds(Items, items=st.lists(st.builds(Text, text=TEXTS, marks=MARKS), max_size=3).map(tuple)),
        st.builds(
            PictureBlock, picture=st.builds(Picture, url=st.just("https://a.example/a"), caption=TEXTS)
        ),
    ),
    max_size=4,
).map(tuple)


@pytest.mark.parametrize("script", SCRIPTS)
@given(BLOCKS, st.sampled_from(["zh-Hans", "zh-TW", "zh-HK", "en"]), st.integers(0, 20))
def test_a_story_is_the_same_in_short(
    script: Script, blocks: tuple[Block, ...], language: str, filed: int
) -> None:
    converter = ScriptConverter(script, GLOSSARY)
    first = next((block.text for block in blocks if isinstance(block, Paragraph)), "")
    article = published(
        blocks=blocks,
        language=language,
        dateline=Dateline(text=first[:filed]) if filed else None,
        pictures=(Picture(url="https://a.example/b", caption=first),) if filed % 2 else (),
    )
    assert story_of(converter.article(abridged(article))) == story_of(converter.article(article))


@pytest.mark.parametrize(
    "blocks",
    [
        (Paragraph(text="长" * 300_000),),
        tuple(Paragraph(text="很长。" * 100) for _ in range(1000)),
        (Items(items=tuple(Text(text="很长。" * 100) for _ in range(1000))),),
        (
            Paragraph(text="短。"),
            PictureBlock(picture=Picture(url="https://a.example/a", caption="长" * 9999)),
        ),
    ],
    ids=["one", "many", "no paragraph", "a caption"],
)
def test_a_card_of_a_long_article_costs_the_conversion_of_a_short_one(
    press: Press, monkeypatch: pytest.MonkeyPatch, blocks: tuple[Block, ...]
) -> None:
    press.fold(published("long", blocks=blocks, tags=("标签",) * 1000))
    cache = press.caches["zh-Hant"]
    converter = cache._converter
    converted: list[ArticlePublished] = []

    def noted(sent: ArticlePublished, convert: Convert = converter.article) -> ArticlePublished:
        converted.append(sent)
        return convert(sent)

    monkeypatch.setattr(converter, "article", noted)
    assert cache.story("long", press.now) is not None
    assert sum(len(article.model_dump_json()) for article in converted) < 10_000
