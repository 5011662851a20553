"""Front matter of Hugo, Hexo and Jekyll: each field is used or told."""

from pathlib import Path

import pytest

from publisher.adapters.files import Files, found
from tests.unit.publisher.doors import ZONE, markdown, published


@pytest.mark.parametrize(
    ("lines", "sent"),
    [
        (["author: 甲"], {"byline": "甲"}),
        (["authors: [甲, {name: 乙}]"], {"byline": "甲、乙"}),
        (["author: {name: Lin, email: l@r.example}"], {"byline": "Lin"}),
        (["categories: [[财经, 股市], 国际]"], {"section": "财经", "tags": ["股市", "国际"]}),
        (["category: 国际，亚洲"], {"section": "国际", "tags": ["亚洲"]}),
        (["tags: [桥, 2026]"], {"tags": ["桥", "2026"]}),
        (["tags: 桥, 河"], {"tags": ["桥", "河"]}),
        (["keywords: [桥]"], {"tags": ["桥"]}),
        (["cover: https://i.example/a.jpg"], {"picture": {"url": "https://i.example/a.jpg"}}),
        (["image: {url: https://i.example/a.jpg, caption: 桥, credit: 丙}"],
         {"picture": {"url": "https://i.example/a.jpg", "caption": "桥", "credit": "丙"}}),
        (["cover: {image: a.jpg, alt: 桥}", "canonical_url: https://r.example/p/"],
         {"picture": {"url": "https://r.example/p/a.jpg", "alt": "桥"}, "base": "https://r.example/p/",
          "aliases": ["/p/"]}),
        (["params: {thumbnail: https://i.example/a.jpg}"], {"picture": {"url": "https://i.example/a.jpg"}}),
        (["images: [https://i.example/a.jpg]", "imageCaption: 桥"],
         {"picture": {"url": "https://i.example/a.jpg", "caption": "桥"}}),
        (["slug: old-bridge"], {"id": "old-bridge"}),
        (["permalink: /2019/03/bridge/"], {"aliases": ["/2019/03/bridge/"]}),
        (["aliases: [/a/, b-c]", "redirect_from: https://r.example/old?id=3"],
         {"aliases": ["/old?id=3", "/a/", "b-c"]}),
        (["lang: zh_TW"], {"language": "zh-TW"}),
        (["locale: zh_CN.UTF-8"], {"language": "zh-CN"}),
        (["source: 河城社"], {"source": "河城社"}),
    ],
)  # fmt: skip
def test_a_field_is_read_in_the_words_of_the_system_that_wrote_it(
    tmp_path: Path, lines: list[str], sent: dict[str, object]
) -> None:
    found = markdown(tmp_path, *lines)
    assert found.refused == ""
    assert {name: value for name, value in found.sent.items() if name in sent} == sent
    assert not found.notes


@pytest.mark.parametrize(
    ("line", "kind", "says"),
    [
        ("description: 一句摘要", "text", "description is another text, of 4 letters"),
        ("summary: 另一句", "text", "summary is another text"),
        ("cover: /img/a.jpg", "picture", "has no web address"),
        ("slug: 旧桥", "id", "slug '旧桥' is not the id"),
        ("permalink: /:year/:title/", "field", "is no address"),
        ("author: 甲\nbyline: 乙", "field", "author is not used beside byline"),
        (
            "date: 2020-01-01\npublished_at: 2021-01-01T00:00:00Z",
            "date",
            "date is not used beside published_at",
        ),
        ("tags: [" + "长" * 51 + "]", "field", "does not fit tags"),
        ("weight: 3", "field", "weight 3 is not a field of an article"),
        ("layout: post", "field", "layout 'post' is not a field of an article"),
        ("imageCaption: 桥", "field", "has no picture"),
        ("extra: {mood: 好}", "field", "mood '好' is not a field of an article"),
    ],
)
def test_a_field_that_is_not_used_is_told(tmp_path: Path, line: str, kind: str, says: str) -> None:
    found = markdown(tmp_path, *line.split("\n"))
    assert found.refused == ""
    assert says in found.note(kind), found.notes


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("+++\ntitle = '题'\n+++\n文", "TOML front matter (+++) is not read; write YAML between ---"),
        ("\n\n+++ \ntitle = '题'\n+++\n文", "TOML front matter (+++) is not read"),
        (';;;\n"title": "题"\n;;;\n文', "JSON front matter that ends in ;;; is not read"),
        ('"title": "题",\n"date": "2020"\n;;;\n文', "JSON front matter that ends in ;;; is not read"),
        ("title: 题\ndate: 2020-01-01\n---\n文", "the front matter does not begin; write a line ---"),
        ("<!-- x -->\n---\ntitle: 题\n---\n文", "nothing may stand above the front matter"),
        ("\n---\ntitle: a: b\n---\n文", "at line 3, column 9"),
    ],
)
def test_front_matter_that_is_not_read_is_refused_with_what_to_change(
    tmp_path: Path, text: str, says: str
) -> None:
    assert says in published(tmp_path, "a.md", text).refused


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff---\ntitle: 题\n---\n文",
        "\n \n---\ntitle: 题\n---\n文",
        "---\r\ntitle: 题\r\n---\r\n文",
        "---\ntitle: 题\n...\n文",
        '{"title": "题"}\n文',
        '{\n  "title": "题"\n}\n\n文',
    ],
)
def test_front_matter_is_read_with_what_editors_put_around_it(tmp_path: Path, text: str) -> None:
    found = published(tmp_path, "a.md", text)
    assert (found.refused, found.sent["title"], found.sent["body"].strip()) == ("", "题", "文")


@pytest.mark.parametrize(
    ("name", "article_id"),
    [
        ("bridge/index.md", "bridge"),
        ("bridge/_index.md", "bridge"),
        ("bridge/README.markdown", "bridge"),
        ("bridge/Default.html", "bridge"),
        ("bridge/index.zh.md", "bridge.zh"),
        ("bridge/indexes.md", "indexes"),
    ],
)
def test_an_id_is_never_taken_from_a_name_that_is_not_its_own(
    tmp_path: Path, name: str, article_id: str
) -> None:
    content = "<h1>题</h1><p>文</p>" if name.endswith("html") else "# 题\n文"
    assert published(tmp_path, name, content).sent["id"] == article_id


@pytest.mark.parametrize(
    ("names", "contents"),
    [
        (("a/x.md", "b/x.md"), ("# 题\n甲", "# 题\n乙")),
        (("a.md", "b.md"), ("---\nid: same\n---\n# 题\n甲", "---\nid: same\n---\n# 题\n乙")),
        (("same.md", "b.md"), ("# 题\n甲", "---\nslug: same\n---\n# 题\n乙")),
        (("a/x.md", "b/x.json"), ("# 题\n甲", '{"title": "题", "section": "地方", "body": "乙"}')),
        (("a/x.html", "x/index.html"), ("<h1>题</h1>甲", "<h1>题</h1>乙")),
        (("same.md", "b.md"), ("# 题\n甲", "---\nSlug: same\n---\n# 题\n乙")),
        (("a.md", "b.md"), ("---\nparams: {slug: x}\n---\n# 题\n甲", "---\nextra: {slug: x}\n---\n# 题\n乙")),
        (("x.md", "b.json"), ("# 题\n甲", '[{"id": "x", "title": "题", "section": "地方", "body": "乙"}]')),
    ],
)
def test_two_files_that_claim_one_id_are_refused_before_either_is_sent(
    tmp_path: Path, names: tuple[str, str], contents: tuple[str, str]
) -> None:
    paths = [tmp_path / name for name in names]
    for path, content in zip(paths, contents, strict=True):
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    files = Files("地方", zone=ZONE)
    files.look_ahead(paths)
    said = [
        one.value.detail for path in paths for one in files.read(path) if not isinstance(one.value, bytes)
    ]
    assert [str(paths[1]) in said[0], str(paths[0]) in said[1]] == [True, True]
    paths[1].unlink()
    files.look_ahead(paths[:1])
    assert [type(one.value) for one in files.read(paths[0])] == [bytes], "the other one is gone"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a.mdx", "components of MDX are not read"),
        ("a.wiki", "save it as Markdown (.md) or HTML"),
        ("a.docx", "save it as Markdown (.md) or HTML"),
        ("a.rst", "save it as Markdown (.md) or HTML"),
        ("a.txt", "name it .md"),
    ],
)
def test_a_text_of_another_kind_is_told_with_what_to_do(tmp_path: Path, name: str, says: str) -> None:
    assert says in published(tmp_path, name, "文").refused


def test_a_folder_tells_its_texts_of_other_kinds_and_leaves_the_rest(tmp_path: Path) -> None:
    for name in ("a.md", "b.mdx", "c.docx", "d.jpg", "e.css", "robots.txt"):
        (tmp_path / name).write_text("x")
    assert [path.name for path in found([tmp_path])] == ["a.md", "b.mdx", "c.docx"]


def test_an_export_of_ghost_is_told_where_it_goes(tmp_path: Path) -> None:
    assert "use import ghost" in published(tmp_path, "a.json", '{"db": [{"data": {}}]}').refused


def test_mojibake_in_a_file_is_refused_at_its_place(tmp_path: Path) -> None:
    assert "/body: contains U+FFFD" in markdown(tmp_path, body="通\ufffd车").refused
    assert "/title: contains 锟斤拷" in published(tmp_path, "a.md", "# 锟斤拷\n文").refused


def test_an_authors_mailbox_is_not_for_readers(tmp_path: Path) -> None:
    assert markdown(tmp_path, "author: 林 <lin@r.example>").sent["byline"] == "林"
    assert "byline" not in markdown(tmp_path, "author: lin@r.example").sent


@pytest.mark.parametrize(
    ("fields", "picture"),
    [
        ("header:\n  overlay_image: https://i.e/a.jpg\n  caption: 图注", {"caption": "图注"}),
        ("index_img: https://i.e/a.jpg", {}),
        ("cover: https://i.e/a.jpg\ncover_alt: 桥", {"alt": "桥"}),
    ],
)
def test_a_theme_calls_the_picture_in_its_own_way(
    tmp_path: Path, fields: str, picture: dict[str, str]
) -> None:
    assert markdown(tmp_path, fields).sent["picture"] == {"url": "https://i.e/a.jpg"} | picture


def test_an_object_that_names_no_picture_is_told(tmp_path: Path) -> None:
    found = markdown(tmp_path, "header: {show: true, caption: 图注}")
    assert "names no picture" in found.note("picture")


def test_a_script_by_its_name_of_old_is_that_script(tmp_path: Path) -> None:
    assert markdown(tmp_path, "language: zh-cht").sent["language"] == "zh-Hant"


@pytest.mark.parametrize("kind", ["toml", "json", "js"])
def test_front_matter_that_names_its_kind_is_named(tmp_path: Path, kind: str) -> None:
    found = published(tmp_path, "a.md", f'---{kind}\ntitle = "题"\n---\n正文。\n')
    assert found.refused == f"front matter that begins with ---{kind} is not read; write YAML between ---"
