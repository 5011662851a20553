"""What becomes of a site of Hugo."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from publisher.core.imports import hugo
from publisher.core.imports.hugo_fields import split
from publisher.core.imports.posts import Importing, Passed
from publisher.core.reading import Reading
from services.ingest.core.faults import Rejection

IMPORTING = Importing(ZoneInfo("Asia/Kuala_Lumpur"), "综合")
CONFIG: dict[str, Any] = {"baseurl": "https://old.example/", "languagecode": "zh-cn"}
POST = "---\ntitle: 旧邮局\ndate: 2020-03-05\n---\n河城旧邮局周日开放。\n"


def found(pages: dict[str, str], config: dict[str, Any] = CONFIG) -> dict[str, Reading | Rejection | Passed]:
    every = [hugo.Page(path, text) for path, text in pages.items()]
    site = hugo.survey(every, config, IMPORTING)
    return {one.place: one.read for one in hugo.posts(every, site, IMPORTING)}


def reading(text: str = POST, path: str = "posts/post-office.md", config: dict[str, Any] = CONFIG) -> Reading:
    one = found({path: text}, config)[path]
    assert isinstance(one, Reading), one
    return one


def above(*lines: str) -> str:
    return "\n".join(["---", "title: 旧邮局", *lines, "---", "河城旧邮局周日开放。", ""])


def test_a_text_is_an_article() -> None:
    assert reading().sent == {
        "id": "post-office",
        "title": "旧邮局",
        "section": "posts",
        "body": "河城旧邮局周日开放。\n",
        "format": "markdown",
        "base": "https://old.example/posts/post-office/",
        "published_at": "2020-03-05T00:00:00+08:00",
        "language": "zh-cn",
        "aliases": ["/posts/post-office/"],
    }


@pytest.mark.parametrize(
    "text",
    [
        '+++\ntitle = "旧邮局"\ndate = 2020-03-05T10:00:00+08:00\ntags = ["a"]\n+++\n文。',
        '---\ntitle: "旧邮局"\ndate: 2020-03-05 10:00:00 +0800\ntags: [a]\n---\n文。',
        '{"title": "旧邮局", "date": "2020-03-05T10:00:00+08:00", "tags": ["a"]}\n文。',
        '\ufeff\r\n---\r\nTitle: "旧邮局"\r\nDate: 2020-03-05T10:00:00+08:00\r\nTags: a\r\n---\r\n文。',
    ],
)
def test_all_three_languages_of_fields_say_the_same(text: str) -> None:
    sent = reading(text).sent
    assert (sent["title"], sent["tags"]) == ("旧邮局", ["a"])
    assert sent["published_at"] == "2020-03-05T10:00:00+08:00"
    assert sent["body"].strip() == "文。"


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["draft: true"], "draft"),
        (['draft: "True"'], "draft"),
        (["headless: true"], "headless"),
        (["build: {render: never}"], "not rendered"),
        (["_build:\n  render: false"], "not rendered"),
    ],
)
def test_what_hugo_makes_no_page_of_is_passed_over(lines: list[str], kind: str) -> None:
    assert found({"posts/a.md": above(*lines)}) == {"posts/a.md": Passed(kind)}


@pytest.mark.parametrize(
    "line", ["draft: in progress", "private: true", "status: review", "published: false"]
)
def test_what_may_forbid_publication_is_a_fault(line: str) -> None:
    assert [fault.pointer for fault in reading(above(line)).faults] == [line.partition(":")[0]]


def test_dates_ahead_and_of_the_end_are_obeyed() -> None:
    sent = reading(
        above("date: 2020-01-01", "publishDate: 2027-01-01T08:00:00Z", "expiryDate: 2028-01-01")
    ).sent
    assert sent["embargo_until"] == "2027-01-01T08:00:00+00:00"
    assert sent["expires_at"] == "2028-01-01T00:00:00+08:00"
    assert reading(above("lastmod: 2020-01-02T00:00:00Z")).sent["revision"] == 1577923200


def test_a_text_in_a_folder_of_its_own_is_called_by_the_folder() -> None:
    pages = {"news/harbour/index.md": POST, "news/harbour/notes.md": POST, "news/bridge/index.md": POST}
    made = found(pages)
    harbour, bridge = made["news/harbour/index.md"], made["news/bridge/index.md"]
    assert isinstance(harbour, Reading)
    assert isinstance(bridge, Reading)
    assert (harbour.sent["id"], bridge.sent["id"]) == ("harbour", "bridge")
    assert harbour.sent["base"] == "https://old.example/news/harbour/"
    assert made["news/harbour/notes.md"] == Passed("part of another text")


def test_the_page_of_a_section_names_it() -> None:
    pages = {"news/_index.md": "---\ntitle: 新闻\n---\n", "news/a.md": POST}
    made = found(pages)
    assert made["news/_index.md"] == Passed("page of a section")
    assert isinstance(one := made["news/a.md"], Reading)
    assert one.sent["section"] == "新闻"
    assert reading(above("categories: [国际, 欧洲]")).sent["section"] == "国际"


@pytest.mark.parametrize("cascade", ["{draft: true}", "[{build: {render: never}}]", "{private: yes}"])
def test_what_a_sections_page_forbids_holds_below_it(cascade: str) -> None:
    pages = {"news/_index.md": f"---\ncascade: {cascade}\n---\n", "news/deep/a.md": POST, "b.md": POST}
    made = found(pages)
    assert isinstance(below := made["news/deep/a.md"], Reading)
    assert [fault.pointer for fault in below.faults] == ["news/_index, cascade"]
    assert isinstance(beside := made["b.md"], Reading)
    assert not beside.faults


def test_two_texts_of_one_id_are_both_refused() -> None:
    made = found({"news/a.md": POST, "blog/a.md": POST, "blog/b.md": POST})
    assert isinstance(made["news/a.md"], Rejection)
    assert isinstance(made["blog/a.md"], Rejection)
    assert isinstance(made["blog/b.md"], Reading)


@pytest.mark.parametrize(
    ("config", "lines", "path"),
    [
        ({}, [], "/posts/post-office/"),
        ({"uglyurls": True}, [], "/posts/post-office.html"),
        ({}, ["slug: Old Office"], "/posts/old-office/"),
        ({}, ["url: /x/y.html"], "/x/y.html"),
        ({"permalinks": {"posts": "/:year/:month/:day/:slugorfilename/"}}, [], "/2020/03/05/post-office/"),
        ({"permalinks": {"page": {"posts": "/b/:contentbasename"}}}, [], "/b/post-office/"),
        ({"permalinks": {"posts": "/b/:contentbasename.html"}}, [], "/b/post-office.html"),
        ({"permalinks": {"posts": "/:section/:title/"}}, [], "/posts/旧邮局/"),
        ({"baseurl": "https://old.example/blog/"}, [], "/blog/posts/post-office/"),
    ],
)
def test_the_old_address_is_kept(config: dict[str, Any], lines: list[str], path: str) -> None:
    assert reading(above("date: 2020-03-05", *lines), config=CONFIG | config).sent["aliases"] == [path]


def test_old_addresses_of_the_text_itself_are_kept_and_a_rule_nobody_knows_is_told() -> None:
    sent = reading(above("aliases: [/2019/old/, older]")).sent
    assert sent["aliases"] == ["/posts/post-office/", "/2019/old/", "/posts/older"]
    one = reading(config=CONFIG | {"permalinks": {"posts": "/:new_kind/"}})
    assert "alias" in [note.kind for note in one.notes]


@pytest.mark.parametrize("picture", ["![x](boat.jpg)", '<img src="boat.jpg">'])
def test_a_picture_beside_the_text_needs_the_sites_address(picture: str) -> None:
    text = POST + picture
    assert not reading(text).faults
    assert "boat.jpg" in reading(text, config={}).faults[0].detail
    assert reading(text, config={"baseurl": "/"}).faults


PAGE = "https://old.example/posts/post-office/"


@pytest.mark.parametrize(
    ("lines", "url", "caption", "alt"),
    [
        (["images: [a.jpg, b.jpg]"], f"{PAGE}a.jpg", "", ""),
        (["cover: {image: /c.jpg, caption: 说明, alt: 船}"], "https://old.example/c.jpg", "说明", "船"),
        (["featured_image: https://p.example/d.jpg"], "https://p.example/d.jpg", "", ""),
    ],
)
def test_the_picture_of_a_text_is_found(lines: list[str], url: str, caption: str, alt: str) -> None:
    assert reading(above(*lines)).sent["picture"] == {"url": url, "caption": caption, "alt": alt}


def test_all_authors_are_named() -> None:
    assert reading(above("authors: [甲, {name: 乙}]")).sent["byline"] == "甲, 乙"
    assert reading(above("author: {name: 丙}")).sent["byline"] == "丙"


def test_a_language_in_the_name_is_the_texts_own() -> None:
    config = CONFIG | {"defaultcontentlanguage": "zh", "languages": {"zh": {}, "en": {}}}
    sent = reading(path="posts/a.en.md", config=config).sent
    assert (sent["id"], sent["language"], sent["aliases"]) == ("a.en", "en", ["/en/posts/a/"])
    assert reading(path="posts/a.zh.md", config=config).sent["id"] == "a"


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("a.org", "文", "only Markdown and HTML"),
        ("a.md", "---\ntitle: a", "does not end"),
        ("a.md", "+++\ntitle = \n+++\n", "TOML"),
        ("a.md", "---\ntitle: [\n---\n", "YAML at line"),
        ("a.md", "---\na: &x 1\nb: *x\n---\n", "alias"),
        ("a.md", '{"title": }', "JSON"),
        ("a.md", "---\n- a\n---\n", "fields"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(path: str, text: str, says: str) -> None:
    one = found({path: text})[path]
    assert isinstance(one, Rejection)
    assert says in one.detail


def test_what_is_not_used_is_told() -> None:
    one = reading(above("description: 摘要", "series: 一", "weight: 3", "params: {math: true}"))
    assert {note.pointer for note in one.notes} == {"date", "description", "series", "math"}


def test_fields_stand_only_at_the_top() -> None:
    assert split("{{< figure >}}\n文") == ({}, "{{< figure >}}\n文")
