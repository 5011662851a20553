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


def _page(body: str, head: str = "<title>旧桥重开 - 河城报</title>") -> str:
    return f"<html><head>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('<article class="post-1 post status-draft"><h1>题</h1><p>文</p></article>', "article class"),
        ('<article class="status-private"><h1>题</h1><p>文</p></article>', "article class"),
        ('<main class="post-password-required"><h1>题</h1><p>文</p></main>', "main class"),
        ("<article hidden><h1>题</h1><p>文</p></article>", "article"),
        ('<article data-status="Draft"><h1>题</h1><p>文</p></article>', "article data-status"),
    ],
)
def test_an_article_that_says_by_its_element_that_it_is_not_out_is_refused(
    tmp_path: Path, body: str, place: str
) -> None:
    assert published(tmp_path, "p.html", _page(body)).refused.startswith(f"{place}: ")


@pytest.mark.parametrize(
    "body",
    [
        '<article class="status-publish"><h1>题</h1><p>文</p></article>',
        '<main data-state="open"><h1>题</h1><p>文</p></main>',
        '<article class="status-draft"><p>荐</p></article><article><h1>题</h1><p>文</p></article>',
    ],
)
def test_another_element_does_not_speak_for_it(tmp_path: Path, body: str) -> None:
    assert published(tmp_path, "p.html", _page(body)).refused == ""


@pytest.mark.parametrize(
    "content",
    [
        '<div class="entry-content"><div>正文</div></div>',
        '<div itemprop="articleBody"><div>正文</div></div>',
        '<div id="js_content"><div>正文</div></div>',
        '<td class="article-body"><div>正文</div></td>',
    ],
)
def test_what_is_called_an_articles_content_is_the_text(tmp_path: Path, content: str) -> None:
    body = f"<h1>题</h1>{content}<div class='comments'><p>读者说好</p></div>"
    found = published(tmp_path, "p.html", _page(body))
    assert (found.sent["title"], found.sent["body"]) == ("题", "<div>正文</div>")
    assert "4 letters stand outside" in found.note("outside")


@pytest.mark.parametrize(
    "body",
    [
        "<header><h1>河城报</h1></header><article><h2>旧桥重开</h2><p>文</p></article>",
        '<h1 style="display:none">河城报</h1><main><p>文</p></main>',
    ],
)
def test_the_sites_name_is_no_title(tmp_path: Path, body: str) -> None:
    title = published(tmp_path, "p.html", _page(body)).sent["title"]
    assert title in {"旧桥重开", "旧桥重开 - 河城报"}


def test_small_letters_of_a_heading_stay_small_and_what_is_struck_out_is_not_in_the_title(
    tmp_path: Path,
) -> None:
    found = published(tmp_path, "p.html", _page("<h1>H<sub>2</sub>O 每吨<s>十</s>九元</h1><p>文</p>"))
    assert found.sent["title"] == "H₂O 每吨九元"
    assert found.note("title")


def test_a_head_is_used_in_the_words_of_others_too(tmp_path: Path) -> None:
    head = (
        '<link rel="image_src" href="https://i.e/a.jpg"><meta http-equiv="Content-Language" content="zh-TW">'
        '<meta name="ContentSource" content="河城日报"><meta name="ColumnName" content="国际">'
    )
    sent = published(tmp_path, "p.html", _page("<h1>题</h1><p>文</p>", head)).sent
    assert sent["picture"]["url"] == "https://i.e/a.jpg"
    assert (sent["language"], sent["source"], sent["section"]) == ("zh-TW", "河城日报", "国际")
