"""A page: which part of it is the article, and what becomes of the rest."""

from pathlib import Path

import pytest

from tests.unit.publisher.doors import Became, published


def page(folder: Path, body: str, head: str = "") -> Became:
    return published(folder, "a.html", f"<html><head>{head}</head><body>{body}</body></html>")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<article><h1>题</h1><p>文</p></article><article>荐</article>", "<p>文</p>"),
        ("<article>荐</article><main><h1>题</h1><p>正文在此</p></main>", "<p>正文在此</p>"),
        ("<main><h1>题</h1><p>正文在此，很长很长</p><article>荐</article></main>",
         "<p>正文在此，很长很长</p><article>荐</article>"),
        ("<main><h1>题</h1><article><p>正文在此很长</p></article>荐</main>", "<p>正文在此很长</p>"),
        ("<article>短</article><article><p>长长长</p></article>", "<p>长长长</p>"),
        ("<h1>题</h1><div>文</div>", "<div>文</div>"),
    ],
)  # fmt: skip
def test_the_main_part_is_the_one_with_the_heading_or_the_most_text(
    tmp_path: Path, body: str, text: str
) -> None:
    assert page(tmp_path, body, "<title>题</title>").sent["body"] == text


def test_letters_outside_the_article_are_told_with_their_number(tmp_path: Path) -> None:
    body = (
        "<nav>首页</nav><article><h1>题目</h1><p>正文</p></article><aside>广告语<script>x()</script></aside>"
    )
    assert page(tmp_path, body).note("outside") == ": 5 letters stand outside the article's text"
    assert page(tmp_path, "<article><h1>题目</h1><p>正文</p></article>").note("outside") == ""


@pytest.mark.parametrize(
    ("head", "sent"),
    [
        ('<link rel="canonical" href="https://r.example/s/">', {"base": "https://r.example/s/"}),
        ('<meta property="og:url" content="https://r.example/s">', {"base": "https://r.example/s"}),
        ('<base href="/x/"><link rel="canonical" href="https://r.example/s/">', {"base": "https://r.example/x/"}),
        ('<meta name="author" content="甲"><meta name="author" content="乙">', {"byline": "甲、乙"}),
        ('<script type="application/ld+json">{"@type":"NewsArticle","author":[{"name":"甲"},{"name":"乙"}],'
         '"articleSection":"国际"}</script>', {"byline": "甲、乙", "section": "国际"}),
        ('<meta property="article:tag" content="桥"><meta name="keywords" content="x,y">', {"tags": ["桥"]}),
        ('<meta name="keywords" content="桥，河">', {"tags": ["桥", "河"]}),
        ('<meta property="og:site_name" content="河城报">', {"source": "河城报"}),
        ('<meta property="og:image" content="/a.jpg"><meta property="og:url" content="https://r.example/s">',
         {"picture": {"url": "https://r.example/a.jpg", "alt": ""}}),
    ],
)  # fmt: skip
def test_the_head_says_who_where_and_what(tmp_path: Path, head: str, sent: dict[str, object]) -> None:
    found = page(tmp_path, "<h1>题</h1><p>文。</p>", head)
    assert found.refused == ""
    assert {name: value for name, value in found.sent.items() if name in sent} == sent


@pytest.mark.parametrize(
    ("head", "kind", "says"),
    [
        ('<meta name="description" content="摘要">', "field", "description '摘要' is not used"),
        (
            '<meta property="article:author" content="https://r.example/lin">',
            "field",
            "is an address and no name",
        ),
        ('<meta property="og:image" content="a.jpg">', "picture", "has no web address"),
        (
            '<meta property="article:tag" content="桥"><meta name="keywords" content="x">',
            "field",
            "keywords 'x'",
        ),
        ('<meta property="article:opinion" content="true">', "field", "article:opinion"),
    ],
)
def test_what_the_head_says_in_vain_is_told(tmp_path: Path, head: str, kind: str, says: str) -> None:
    assert says in page(tmp_path, "<h1>题</h1><p>文。</p>", head).note(kind)


def test_what_is_for_machines_alone_needs_no_note(tmp_path: Path) -> None:
    head = '<meta charset="utf-8"><meta name="viewport" content="x"><meta name="twitter:card" content="y">'
    assert page(tmp_path, "<h1>题</h1><p>文。</p>", head).notes == []


@pytest.mark.parametrize("said", ["zh_CN", "zh-CN", "zh_CN.utf8"])
def test_the_language_of_a_page_is_written_in_the_way_of_the_web(tmp_path: Path, said: str) -> None:
    found = published(tmp_path, "a.html", f'<html lang="{said}"><h1>题</h1><p>文。</p>')
    assert (found.refused, found.sent["language"]) == ("", "zh-CN")


def test_a_fault_names_the_place_in_the_page(tmp_path: Path) -> None:
    head = f'<meta property="article:section" content="{"长" * 21}">'
    assert page(tmp_path, "<h1>题</h1><p>文。</p>", head).refused.startswith("article:section: ")


def test_a_picture_that_a_page_names_in_another_attribute_is_no_fault(tmp_path: Path) -> None:
    assert page(tmp_path, '<h1>题</h1><p>文。</p><img data-src="https://i.example/p.png">').refused == ""
    assert "has no web address" in page(tmp_path, '<h1>题</h1><p>文。</p><img src="p.png">').refused
    base = '<base href="https://r.example/s/">'
    assert page(tmp_path, '<h1>题</h1><p>文。</p><img src="p.png">', base).refused == ""


@pytest.mark.parametrize(
    "linked",
    ["{", "[1, 2]", '{"@graph": 3}', '{"@type": {"a": 1}}', '"x"', "null", '{"@type": "NewsArticle"}'],
)
def test_json_ld_of_any_shape_is_harmless(tmp_path: Path, linked: str) -> None:
    head = f'<script type="application/ld+json">{linked}</script>'
    assert page(tmp_path, "<h1>题</h1><p>文。</p>", head).refused == ""
