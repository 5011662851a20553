"""What a publisher's files become: the articles they hold, or a sentence that says what to change."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.adapters.changed_files import Seen
from publisher.adapters.files import Files, Input, found, value_of
from publisher.core.dates import SiteTime
from publisher.core.front_matter import read_markdown
from publisher.core.web_page import read_html
from services.ingest.core.faults import Rejection
from tests.builders import as_json, sent_article

PIECES = st.lists(
    st.sampled_from(
        [
            "\n", " ", "---\n", "a: ", "- ", "? ", "!!int ", "&a ", "*a", "<<: ", "{", "}", "[", "![", "](",
            "<h1>", "</h1", ">", "<article", "</article>", "<![", "<![CDATA[", "<!", "<!--", "-->", "<?",
            "<title>", "<svg>", "<img src=", "<script>", "&#",
        ]
    )
).map("".join)  # fmt: skip


SITE = SiteTime(ZoneInfo("Asia/Kuala_Lumpur"), datetime(2026, 11, 29, tzinfo=UTC))


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, section: str | None = None) -> list[Input]:
    return list(Files(section).read(path))


def article(one: Input) -> dict[str, Any]:
    assert isinstance(one.value, bytes), one.value
    sent: dict[str, Any] = json.loads(one.value)
    return sent


def complaint(one: Input) -> str:
    assert isinstance(one.value, Rejection), one.value
    return one.value.detail


def test_front_matter_gives_every_field_by_its_name() -> None:
    text = (
        '---\r\ntitle: "河城: 旧邮局"\r\nsection: 地方\r\nrevision: 3\r\nsensitive: true\r\n'
        "tags: [图书馆, 开放]\r\npicture:\r\n  url: https://a.example/1.jpg\r\n---\r\n\r\n正文。\r\n"
    )
    read = read_markdown(text, SITE)
    assert read.sent == {
        "format": "markdown",
        "title": "河城: 旧邮局",
        "section": "地方",
        "revision": 3,
        "sensitive": True,
        "tags": ["图书馆", "开放"],
        "picture": {"url": "https://a.example/1.jpg"},
        "body": "\n正文。\n",
    }
    assert read.faults == ()


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("2026-11-15T18:30:00+08:00", "2026-11-15T18:30:00+08:00"),
        ("2026-11-15 18:30:00 +08:00", "2026-11-15 18:30:00+08:00"),
        ("2026-11-15 10:30:00 Z", "2026-11-15 10:30:00Z"),
        ("2026-11-15 18:30:00  -05:00", "2026-11-15 18:30:00-05:00"),
        ("2026-11-15 18:30:00", "2026-11-15T18:30:00+08:00"),
        ("2026-11-15", "2026-11-15T00:00:00+08:00"),
        ("soon", "soon"),
    ],
)
def test_a_time_in_front_matter_is_the_text_that_was_written_in_the_zone_of_the_site(
    written: str, sent: str
) -> None:
    fields = read_markdown(f"---\ntitle: 2026-11-15\npublished_at: {written}\n---\n正文", SITE).sent
    assert (fields["title"], fields["published_at"]) == ("2026-11-15", sent)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3", 3), ("-3", -3), ("3.0", 3.0), ("yes", True), ("~", None),
        ("12:30", "12:30"), ("010", "010"), ("1_000", "1_000"), (".nan", ".nan"), ("0x1f", "0x1f"),
        ("1:1" + 200 * ":1" + ".5", "1:1" + 200 * ":1" + ".5"), ("9" * 5000, "9" * 5000),
    ],
)  # fmt: skip
def test_only_what_json_would_read_so_is_a_number_in_front_matter(written: str, value: object) -> None:
    fields = read_markdown(f"---\ntitle: {written}\n---\n正文", SITE).sent
    assert fields["title"] == value


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# #\n正文", None, "# #\n正文"),
        ("#题目\n正文", None, "#题目\n正文"),
        ("#\t题 目#\n正文", "题 目#", "正文"),
        ("# 题目 #\n\n正文", "题目", "\n正文"),
        ("---\nsection: 地方\n---\n\n# 题目\n正文", "题目", "正文"),
        ("---\ntitle: 题目\n---\n# 小题\n正文", "题目", "# 小题\n正文"),
        ("正文\n\n# 小题", None, "正文\n\n# 小题"),
        ("题目\n====\n\n正文", "题目", "\n正文"),
        (
            "> 原文：https://a.example\n> * 译者\n\n# 题目\n\n正文",
            "题目",
            "> 原文：https://a.example\n> * 译者\n\n\n正文",
        ),
        ("![图](https://a.example/1.jpg)\n# 题目\n正文", "题目", "![图](https://a.example/1.jpg)\n正文"),
        ("正文\n正文\n====\n", None, "正文\n正文\n====\n"),
        ("=====\n正文", None, "=====\n正文"),
    ],
)
def test_a_heading_that_begins_the_body_is_the_title_where_none_is_given(
    text: str, title: str | None, body: str
) -> None:
    sent = read_markdown(text, SITE).sent
    assert (sent.get("title"), sent["body"]) == (title, body)


@pytest.mark.parametrize(
    ("front_matter", "says"),
    [
        ("title: a: b", "at line 2, column 9: mapping values are not allowed here"),
        ("a: &a [1]\nb: *a", "at line 3, column 4: an alias .* is not possible"),
        ("a: !!int 1", "write the plain value"),
        ("- 题目", "must consist of fields, one a line"),
        ("a: " + "[" * 2000, "nested too deeply"),
        ("title: x\n--- ---", "does not end"),
    ],
)
def test_front_matter_that_cannot_be_read_says_what_to_change(front_matter: str, says: str) -> None:
    end = "" if "--- ---" in front_matter else "\n---\n"
    with pytest.raises(ValueError, match=says):
        read_markdown(f"---\n{front_matter}{end}正文", SITE)


def test_a_web_page_gives_its_heading_its_head_and_its_main_part() -> None:
    read = read_html(
        '<!doctype html><html lang="zh-Hant"><head><title>港口 - 河城日報</title>'
        '<meta property="article:section" content="國際">'
        '<meta property="article:published_time" content="2026-11-15T18:30:00+08:00">'
        '<meta name="Author" content="林記者"><meta property="og:image" content="https://a.example/1.jpg">'
        '<meta property="og:image:alt" content="港口"></head><body><nav>首頁</nav>\n'
        "<article class=a><h1>港口 &amp;\n <em>燈塔</em></h1 ><p>第一段。<article>內</article></p></article>"
        "<article><p>別的</p></article></body></html>",
        SITE,
    )
    assert read.sent == {
        "title": "港口 & 燈塔",
        "format": "html",
        "body": "<p>第一段。<article>內</article></p>",
        "language": "zh-Hant",
        "section": "國際",
        "published_at": "2026-11-15T18:30:00+08:00",
        "byline": "林記者",
        "picture": {"url": "https://a.example/1.jpg", "alt": "港口"},
    }
    assert read.faults == ()


@pytest.mark.parametrize(
    ("page", "title", "body"),
    [
        ("<title>甲</title><body><p>乙</p></body>", "甲", "<p>乙</p>"),
        ("<body><h1>甲</h1><main><p>乙</p></main></body>", "甲", "<p>乙</p>"),
        ("<body><main><p>乙</p><h1>甲</h1><p>丙</p></main></body>", "甲", "<p>乙</p><p>丙</p>"),
        ("<h1>甲</h1><p>乙</p>", "甲", "<p>乙</p>"),
        ("<title>甲<b></title><!-- <main> --><body a='>'><p>乙</body>", "甲", "<p>乙"),
        ("<body><p>乙<!-- <h1>甲</h1>", "", "<p>乙<!-- <h1>甲</h1>"),
        ("<script>'<article>'</script><!-- <main> --><body><h1></h1>乙", "", "<h1></h1>乙"),
    ],
)
def test_title_and_text_of_a_page_are_found_in_what_there_is(page: str, title: str, body: str) -> None:
    sent = read_html(page, SITE).sent
    assert (sent["title"], sent["body"]) == (title, body)


@given(st.text() | PIECES | st.builds("---\n{}\n---\n{}".format, PIECES, PIECES))
def test_any_text_is_an_article_or_one_sentence(text: str) -> None:
    for reader in (read_markdown, read_html):
        try:
            sent = reader(text, SITE).sent
        except ValueError:
            continue
        assert isinstance(value_of(sent), bytes | Rejection)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "# 题目\n\n![图](pictures/1.jpg) ![图](https://a.example/2.jpg)"),
        ("a.html", "<img src=logo.png><article><img src='pictures/1.jpg'><p>文</p></article><img src=x>"),
    ],
)
def test_a_picture_beside_the_file_is_a_fault_of_the_body(tmp_path: Path, name: str, text: str) -> None:
    (one,) = read(write(tmp_path / name, text))
    (fault,) = one.faults
    assert fault.pointer == "/body"
    assert "'pictures/1.jpg' has no web address" in fault.detail


def test_the_files_name_is_the_id_or_a_hash_of_it_where_it_cannot_be(tmp_path: Path) -> None:
    nameless = as_json(sent_article() | {"id": None})
    fitting = article(read(write(tmp_path / "harbour-1.json", nameless))[0])["id"]
    hashed = [article(read(write(tmp_path / folder / "港口.json", nameless))[0])["id"] for folder in "ab"]
    own = article(read(write(tmp_path / "other.json", as_json(sent_article("own"))))[0])["id"]
    assert (fitting, own) == ("harbour-1", "own")
    assert hashed[0] == hashed[1]
    assert hashed[0].isalnum()


def test_two_files_of_one_name_do_not_become_one_article(tmp_path: Path) -> None:
    first, second = (write(tmp_path / folder / "river.md", "# 题\n文") for folder in "ab")
    files = Files("地方")
    assert article(next(files.read(first)))["id"] == "river"
    assert complaint(next(files.read(second))) == (
        f"claims the id river, and so does {first}; write an id of its own into one"
    )
    assert article(next(files.read(first)))["id"] == "river", "the same file again is no other"


def test_the_section_of_the_command_line_is_for_articles_that_name_none(tmp_path: Path) -> None:
    lines = [
        sent_article("a") | {"section": None},
        sent_article("b", section="国际"),
        {"action": "withdraw", "id": "c", "reason": "legal"},
        {"uri": "urn:x", "headline": "题"},
        {"specversion": "1.0", "data": {}},
    ]
    path = write(tmp_path / "all.jsonl", b"\n".join(map(as_json, lines)))
    assert [article(one).get("section") for one in read(path, "体育")] == ["体育", "国际", None, None, None]


def test_what_is_no_native_article_stays_as_it_stands(tmp_path: Path) -> None:
    item = {"uri": "urn:x", "headline": "题", "body_text": "文"}
    path = write(tmp_path / "item.json", as_json(item))
    assert [article(one) for one in read(path, "体育")] == [item]


def test_each_article_of_a_file_is_told_with_its_place(tmp_path: Path) -> None:
    several = write(tmp_path / "list.json", as_json([sent_article("a"), sent_article("b")]))
    lines = write(
        tmp_path / "lines.ndjson",
        b"\xef\xbb\xbf" + as_json(sent_article("c")) + b"\n\n{bad\n\xff\n" + as_json(sent_article("d")),
    )
    assert [(one.place, article(one)["id"]) for one in read(several)] == [
        ("article 1", "a"),
        ("article 2", "b"),
    ]
    first, bad, foreign, last = read(lines)
    assert [one.place for one in (first, bad, foreign, last)] == ["line 1", "line 3", "line 4", "line 5"]
    assert bad.value == b"{bad", "the rule book says what is wrong with it"
    assert complaint(foreign) == "is not UTF-8 at byte 1; save it as UTF-8"
    assert article(last)["id"] == "d"


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        (as_json(sent_article("a")), ["a"]),
        (json.dumps([sent_article("a"), sent_article("b")], indent=1).encode(), ["a", "b"]),
        (as_json(sent_article("a")) + b"\n" + as_json(sent_article("b")) + b"\n", ["a", "b"]),
    ],
)
def test_a_pipe_carries_json_or_json_lines(content: bytes, ids: list[str]) -> None:
    assert [article(one)["id"] for one in Files(None, content).read(Path("-"))] == ids


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.md", "题".encode("gbk"), "encoding unknown: is not UTF-8 at byte 1"),
        ("a.json", b"[]", "contains no article"),
        ("a.jsonl", b"\n", "contains no article"),
        (
            "a.jpg",
            b"x",
            "is not of a kind that can be published: .json, .jsonl, .ndjson, .md, .markdown, .html, .htm",
        ),
        ("a.md", '---\ntitle: "\\ud800"\n---\nx', "contains something that JSON cannot express"),
    ],
)
def test_a_file_that_holds_no_article_is_told(
    tmp_path: Path, name: str, content: str | bytes, says: str
) -> None:
    (one,) = read(write(tmp_path / name, content))
    assert complaint(one).startswith(says)


def test_a_name_in_another_encoding_can_be_told(tmp_path: Path) -> None:
    path = write(tmp_path / os.fsdecode(b"\xb8\xdb\xbf\xda.md"), "# 题\n文")
    (one,) = read(path, "地方")
    assert one.file.encode().endswith("\ufffd.md".encode())
    assert article(one)["id"].isalnum()


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (one,) = read(tmp_path / "none.json")
    assert complaint(one) == "cannot be read: No such file or directory"


def test_a_folder_gives_its_files_of_known_kinds_in_order_and_none_that_is_hidden(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.JSON", "a/.c.md", ".git/d.md", "e.jpg", "f.html"):
        write(tmp_path / name, "x")
    named = tmp_path / "e.jpg"
    assert found([tmp_path, named, tmp_path / "b.md"]) == [
        tmp_path / "a" / "z.JSON",
        tmp_path / "b.md",
        tmp_path / "f.html",
        named,
    ]


def test_a_file_that_may_not_be_read_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", path)

    seen, path = Seen(), write(tmp_path / "a.md", "一")
    monkeypatch.setattr(Path, "read_bytes", forbid)
    later = path.stat().st_mtime + 1
    assert seen.fresh([path], later) == ([path], False)
    assert seen.fresh([path], later) == ([], False)
    assert complaint(*read(path)) == "cannot be read: Permission denied"


def test_only_new_content_is_fresh_and_what_is_being_written_is_looked_at_again(tmp_path: Path) -> None:
    seen, path = Seen(), write(tmp_path / "a.md", "一")
    written_at = path.stat().st_mtime
    assert seen.fresh([path], written_at + 0.1) == ([], True)
    assert seen.fresh([path], written_at + 1) == ([path], False)
    path.touch()
    assert seen.fresh([path], path.stat().st_mtime + 1) == ([], False), "only its time has changed"
    write(path, "二")
    assert seen.fresh([path, tmp_path / "gone.md"], path.stat().st_mtime + 1) == ([path], False)
