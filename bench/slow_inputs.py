"""Inputs that are made to be slow, of any size, for every path of ingest.

A family is a text that grows; a path puts a text of any family into an input, where some reader will meet it.
Each repeats, nests or never closes what some parser or pattern looks for.
"""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final

from bench.articles import article

Family = Callable[[int], str]
"""Gives a text of about so many bytes of UTF-8."""


def of(unit: str, *, begins: str = "", ends: str = "") -> Family:
    """Repeat a piece."""
    size = len(unit.encode())
    return lambda n: begins + unit * (n // size) + ends


def halves(one: str, other: str, between: str = "") -> Family:
    """Repeat a piece, then as often another: opened and closed."""
    size = len((one + other).encode())
    return lambda n: one * (n // size) + between + other * (n // size)


def numbered(piece: str, behind: str = "") -> Family:
    """Repeat a piece with a number in it that is never the same, then another with the same numbers."""

    def text(n: int) -> str:
        count = max(1, n // (len((piece + behind).encode()) + 2 * len(str(n // 8)) - 6))
        return "".join(map(piece.format, range(count))) + "".join(map(behind.format, range(count)))

    return text


def _backticks(n: int) -> str:
    lengths = range(1, max(2, int((2 * n) ** 0.5)))
    return "".join("e" + "`" * length for length in lengths)


def _table(columns: int, rows: int) -> str:
    return "|a" * columns + "|\n" + "|-" * columns + "|\n" + ("|b" * columns + "|\n") * rows


TEXTS: Final[dict[str, Family]] = {
    "ordinary": of("河城旧邮局改建的图书馆周日开放，首日有三百人到访，馆方说书架还空着一半。\n"),
    "marks in no order": of("\u0315\u0300"),
    "marks on letters": of("a" + "\u0315\u0300" * 15),
    "composed marks": of("\u0f71\u0f72\u0f74"),
    "notes (three in NFC)": of("\U0001d160"),
    "invisible": of("\u200b"),
    "wide spaces": of("\u3000"),
    "spaces": of(" ", ends="a"),
    "line breaks": of("\n", ends="a"),
    "lines": of("a\n"),
    "breaks and spaces": of(" \n \t", ends="a"),
    "quotes": of('"'),
    "backslashes": of("\\"),
    "emoji": of("\U0001f469\u200d"),
    "Big5 read as GBK": of("\u3055\u3071\ue4c7\u7658\ue02b\u7320"),
    "quoted signs": of("\u201c\xe4\xb8\xad\u201d"),
    "letters lost": of("\ufffd"),
    "Thai": of("\u0e01\u0e49\u0e33"),
}
MARKDOWN: Final[dict[str, Family]] = {
    "brackets": of("["),
    "brackets closed": halves("[", "]", "a"),
    "pictures open": of("!["),
    "links open": of("[a]("),
    "links open in angles": of("[a](<b"),
    "links nested": halves("[a", "](b)"),
    "links closed": of("](b)"),
    "links": of("[a](http://b) "),
    "link far away": lambda n: f"[a](http://b/{'c' * (n // 2)}) [{'d' * (n // 2)}](http://b)",
    "link with wide spaces": lambda n: f"[a](http://b/{chr(0x3000) * (n // 3)})",
    "link title open": of('[a](b "'),
    "references": numbered("[{0}] ", "\n\n[{0}]: http://b/{0}\n"),
    "references open": numbered("[{0}]: <"),
    "reference of many": lambda n: "[a] " * (n // 8) + "\n\n[a]: http://b/" + "c" * (n // 2),
    "reference labels": of("[a]\n", begins="[x]: /y\n\n"),
    "brackets and breaks": of("](\n"),
    "brackets and parentheses": of("[ (]("),
    "emphasis open": of("*a "),
    "emphasis closed": of("a* "),
    "emphasis nested": halves("*a **a ", "a** a*"),
    "emphasis mixed": of("*a_ "),
    "emphasis of threes": of("a***b** c* "),
    "emphasis long": of("*"),
    "emphasis in links": of("*[a](b)"),
    "emphasis Chinese": of("他**说“"),
    "strong": of("**a** "),
    "backticks": _backticks,
    "backticks escaped": of("\\``"),
    "code open": of("`a``"),
    "fences": of("```\n"),
    "quotes nested": lambda n: ">" * n + "a",
    "quotes nested, lines": lambda n: "".join(">" * min(i, 500) + "a\n" for i in range(int((2 * n) ** 0.5))),
    "lists nested": lambda n: "".join("  " * i + "- a\n" for i in range(int(n**0.5))),
    "list marks": of("- "),
    "list numbers": of("1. "),
    "list items": of("- a\n"),
    "lists and quotes": of("> - "),
    "headings": of("# a\n"),
    "underlines": of("a\n=\n"),
    "rules": of("* "),
    "table wide": lambda n: _table(n // 6, 1),
    "table square": lambda n: _table(max(1, int((n / 2) ** 0.5)), int((n / 2) ** 0.5)),
    "table of short rows": lambda n: "|a" * (n // 8) + "|\n" + "|-" * (n // 8) + "|\n" + "|\n" * (n // 4),
    "table cells open": of("|"),
    "tables": of("|a|\n|-|\n"),
    "autolinks": of("<http://b>"),
    "autolinks open": of("<http://b"),
    "autolink mail": of("<a@b"),
    "tags empty": of("<>"),
    "tags": of("<a>"),
    "tags with attributes": of('<a b="'),
    "comments open": of("a <!--"),
    "comments short": of("!-- <"),
    "instructions open": of("a<?"),
    "declarations open": of("a<!A "),
    "CDATA open": of("a<![CDATA["),
    "entities": of("&a"),
    "entities numbered": of("&#x4e00;"),
    "entities Chinese": of("&amp;字"),
    "hard breaks": of("a  \n"),
    "HTML blocks": of("<div>\n"),
    "tabs": of("\ta\n"),
    "tildes": of("~"),
    "highlights": of("==a== "),
    "highlights open": of("(==a "),
    "raised": of("a^1^"),
    "edits open": of("{++a"),
    "edits": of("{>>a<<}"),
    "spans": of("[a]{.b}"),
    "spans open": of("[a]{.b"),
    "abbreviations": of("*[a]: b\n"),
    "boxes": of("!!! a\n    b\n"),
    "terms": of("a\n: b\n"),
    "classes": of("a {.b}\n"),
    "emoji by name": of(":smile:"),
    "notes that number themselves": numbered("[^{0}] ", "\n\n[^{0}]: {0}. a\n"),
    "template values": of("{{a}}"),
    "template values open": of("{{ a"),
    "template comments": of("{# a #}"),
    "template comments open": of("{% comment %}"),
    "addresses": of("http://b "),
}
HTML: Final[dict[str, Family]] = {
    "paragraphs": of("<p>一二三四五六七八九十。</p>\n"),
    "div open": of("<div>"),
    "div closed": halves("<div>", "</div>", "a"),
    "lists open": of("<ul><li>"),
    "list items": of("<li>a"),
    "quotes open": of("<blockquote>"),
    "headings open": of("<h1>a"),
    "definition lists": of("<dl><dd>"),
    "bold open": of("<b>"),
    "bold of paragraphs": of("<b><p>a"),
    "bold, italics, crossed": of("<b><i>a</b></i>"),
    "marks reopened": lambda n: "".join(f"<b {i}>" for i in range(n // 16)) + "<p>a" * (n // 8),
    "marks crossed": lambda n: (
        "".join(f"<b {i}>" for i in range(n // 24))
        + "".join(f"<i {i}>" for i in range(n // 24))
        + "x</b>" * (n // 15)
    ),
    "fonts": numbered("<font size={0}>", "<p>a"),
    "links open": of("<a href=http://b>"),
    "links crossed": of("<a href=http://b><p>"),
    "links": of("<a href=http://b>a</a> "),
    "end tags": of("</p>"),
    "end tags of marks": of("</b>"),
    "breaks by end tag": of("</br>"),
    "tables nested": of("<table><tr><td>"),
    "tables open": of("<table>"),
    "table text": of("a<p>", begins="<table>"),
    "table cells": of("<td>a", begins="<table><tr>"),
    "table rows": of("<tr><td>a", begins="<table>"),
    "table spans": of("<td colspan=50 rowspan=50>a", begins="<table><tr>"),
    "table spans, short rows": lambda n: (
        ("<table><tr>" + "<td colspan=50 rowspan=50>a" * 8 + "<tr><td>b" * 49) * max(1, n // 668)
    ),
    "table span wide": of("<tr><td colspan=1000>a", begins="<table>"),
    "captions": of("<figure><figcaption>a"),
    "figures": of("<figure><img src=http://b/1.jpg><figcaption>图：资料照</figcaption></figure>"),
    "pictures": of("<img src=http://b>"),
    "pictures in links": of("<a href=http://b><img src=http://b></a>"),
    "sources": of("<picture><source src=http://b>"),
    "frames": of("<iframe src=http://b></iframe>"),
    "frames open": of("<iframe>"),
    "objects": of("<object data=http://b>"),
    "selects": of("<select><option>"),
    "templates": of("<template>"),
    "SVG": of("<svg><a>"),
    "MathML": of("<math><mi>"),
    "SVG and back": of("<svg><desc><b>"),
    "forms": of("<form><button>"),
    "buttons": of("<button>"),
    "scripts": of("<script>"),
    "attributes": numbered("<p a{0}=b"),
    "attributes of one tag": lambda n: "<p " + "".join(f"a{i} " for i in range(n // 7)) + ">a",
    "attribute long": lambda n: f'<a href="http://b/{"c" * n}">a</a>',
    "address of wide spaces": lambda n: f'<a href="http://b/{chr(0x3000) * (n // 3)}">a</a>',
    "addresses of colons": lambda n: f'<a href="{"http:" * (n // 5)}">a</a>',
    "mail of signs": lambda n: f'<a href="mailto:{"@" * n}">a</a>',
    "tags unfinished": of("<p "),
    "less": of("<"),
    "less with spaces": of("< "),
    "ampersands": of("&"),
    "entities": of("&amp;"),
    "entities unfinished": of("&am"),
    "comments open": of("<!--"),
    "comments": of("<!---->"),
    "CDATA": of("<![CDATA["),
    "declarations": of("<!a "),
    "instructions": of("<?a "),
    "prefixes": of("<a:b:c:d:e:"),
    "prefixed": of("<a:p>"),
    "closed at once": of("<p />"),
    "closed at once, spaces": lambda n: "<p " + " '" * (n // 2),
    "unknown elements": of("<x-y>"),
    "unknown, numbered": numbered("<x{0}>"),
    "no translation": of("<span translate=no>"),
    "code": of("<code>a"),
    "pre": of("<pre>\n"),
    "NITF media": of("<media><media-reference source=http://b />"),
    "NITF body": of("<body.content>"),
    "ruby": of("<ruby><rt>"),
    "WordPress blocks hidden": of('<!-- wp:a {"m":{"blockVisibility":false}} -->'),
    "WordPress blocks open": of('<!-- wp:a {"blockVisibility"'),
    "empty embeds": of('<div class="x-embed" data-id=1></div>'),
    "titles of words": of("<i title=a>b</i>"),
    "comments on the text": numbered('<a href="#cmnt{0}">a</a>', '<p><a id="cmnt{0}">b</a></p>'),
    "programs": of("<?php ?>"),
}
_NINJS: Final = {
    "uri": "urn:a",
    "type": "text",
    "headline": "旧邮局",
    "versioncreated": "2026-11-15T18:30:00Z",
}
_DESK: Final = {"action": "pin", "article": "a", "who": "林编辑", "why": "开放日"}


def _as_json(sent: dict[str, Any]) -> bytes:
    return json.dumps(sent, ensure_ascii=False).encode()


def _native(**fields: Any) -> bytes:
    return _as_json(article() | {"body": "一\n二"} | fields)


def _ninjs(**fields: Any) -> bytes:
    return _as_json(_NINJS | {"body_text": "一\n二"} | fields)


def _in_base64(value: bytes) -> bytes:
    return _as_json({"specversion": "1.0", "data_base64": b64encode(value).decode()})


Path = Callable[[str], bytes]
BODIES: Final[dict[str, tuple[Path, dict[str, Family]]]] = {
    "plain": (lambda text: _native(body=text, format="plain"), TEXTS),
    "markdown": (lambda text: _native(body=text, format="markdown"), MARKDOWN | TEXTS),
    "markdown, html": (lambda text: _native(body=text, format="markdown"), HTML),
    "html": (lambda text: _native(body=text, format="html"), HTML | TEXTS),
    "ninjs 1 xhtml": (lambda text: _ninjs(body_xhtml=text), HTML | TEXTS),
    "ninjs 1 text": (lambda text: _ninjs(body_text=text), TEXTS),
    "ninjs 3 bodies": (
        lambda text: _ninjs(bodies=[{"role": "main", "contentType": "text/html", "value": text}]),
        HTML,
    ),
    "ninjs headline": (lambda text: _ninjs(headline=text), HTML | TEXTS),
    "ninjs caption": (
        lambda text: _ninjs(
            associations={
                "a": {
                    "type": "picture",
                    "description_html": text,
                    "renditions": {"b": {"href": "http://b/1.jpg"}},
                }
            }
        ),
        HTML | TEXTS,
    ),
    "CloudEvent base64": (lambda text: _in_base64(_native(body=text, format="html")), HTML),
    "title": (lambda text: _native(title=text), TEXTS),
    "section": (lambda text: _native(section=text), TEXTS),
    "caption": (lambda text: _native(picture={"url": "http://b", "caption": text}), TEXTS),
    "byline": (lambda text: _native(byline=text), TEXTS),
    "language": (lambda text: _native(language=text), TEXTS | {"subtags": of("zh-")}),
    "tag": (lambda text: _native(tags=[text]), TEXTS),
    "who": (lambda text: _as_json(_DESK | {"who": text}), TEXTS),
    "scope": (lambda text: _as_json(_DESK | {"scope": f"section:{text}"}), TEXTS),
    "picture": (
        lambda text: _native(picture={"url": text}),
        {
            "colons": of("http:"),
            "slashes": of("/", begins="http:"),
            "long": of("a", begins="http://"),
            "wide": of("\u3000", begins="http://a"),
            "marks": of("\u0315\u0300", begins="http://a"),
        },
    ),
    "time": (lambda text: _native(published_at=text), {"digits": of("9", begins="2026-11-15T18:30:00.")}),
    "ninjs uri": (lambda text: _ninjs(uri=text), TEXTS),
    "ninjs subject": (lambda text: _ninjs(subject=[{"name": text}]), TEXTS),
}


def _list(entry: str) -> Family:
    return lambda n: "[" + ",".join([entry] * (n // (len(entry) + 1))) + "]"


def _object(entry: str, shown: str = "") -> Family:
    return lambda n: (
        "{" + ",".join(entry.replace("#", f"{i:x}") for i in range(n // (len(entry) + 4))) + shown + "}"
    )


def _in(name: str, family: Family, sent: dict[str, Any]) -> Callable[[int], bytes]:
    return lambda n: _as_json(sent | {name: "@@"}).replace(b'"@@"', family(n).encode())


_ARTICLE: Final = article() | {"body": "一"}
_SUBJECTS: Final = _NINJS | {"body_text": "一"}
SHAPES: Final[dict[str, Callable[[int], bytes]]] = {
    "deep lists": _in("tags", lambda n: "[" * n, _ARTICLE),
    "deep objects": _in("tags", lambda n: '{"a":' * (n // 5), _ARTICLE),
    "empty lists": _in("x", _list("[]"), _ARTICLE),
    "small objects": _in("x", _list('{"a":0}'), _ARTICLE),
    "numbers": _in("tags", _list("0"), _ARTICLE),
    "floats": _in("tags", _list("1.5"), _ARTICLE),
    "one long number": _in("revision", lambda n: "9" * n, _ARTICLE),
    "one long fraction": _in("revision", lambda n: "0." + "9" * n, _ARTICLE),
    "an exponent": _in("revision", lambda n: "1e" + "9" * n, _ARTICLE),
    "tags": _in("tags", _list('"a"'), _ARTICLE),
    "pictures without address": _in("pictures", _list("{}"), _ARTICLE),
    "pictures": _in("pictures", _list('{"url":"http://b","caption":"(图:资料照)"}'), _ARTICLE),
    "renditions": _in("picture", lambda n: '{"url":"http://b","renditions":' + _list("0")(n) + "}", _ARTICLE),
    "unknown fields": lambda n: _object('"titl#":0')(n).encode(),
    "unknown fields, long names": lambda n: _object(f'"{"titl" * 200}#":0')(n).encode(),
    "faults in long names": lambda n: json.dumps({"titel" * (n // 5): 1}).encode(),
    "escapes": lambda n: ('{"title":"' + "\\u4e00" * (n // 6) + '"}').encode(),
    "ninjs, names in either case": lambda n: (
        '{"uri":"a",' + _object('"hEadline_#":0,"heaDline_#":1')(n)[1:]
    ).encode(),
    "ninjs, headlines": lambda n: ('{"uri":"a",' + _object('"headline_#":"<b>"')(n)[1:]).encode(),
    "ninjs, blank headlines": lambda n: ('{"uri":"a",' + _object('"headline_#":"<b> </b>"')(n)[1:]).encode(),
    "ninjs, bodies": _in("bodies", _list('{"role":"x","value":"<p> </p>"}'), _NINJS),
    "ninjs, subjects": _in("subject", _list('{"name":"aaaaaaaaaaaaaaaaaaaaaaaa"}'), _SUBJECTS),
    "ninjs, other subjects": _in("subject", _object('"#":{"name":"/#"}'), _SUBJECTS),
    "ninjs, authors": _in("authors", _list('{"name":"a"}'), _SUBJECTS),
    "ninjs, associations": _in("associations", _object('"#":{"type":"picture"}'), _SUBJECTS),
    "ninjs, pictures": _in(
        "associations",
        _object('"#":{"type":"picture","headline":"a","renditions":{"a":{"href":"http://b/#.jpg"}}}'),
        _SUBJECTS,
    ),
    "ninjs, captions": _in(
        "associations",
        _object(
            '"#":{"type":"picture","description_html":"<b>a","renditions":{"a":{"href":"http://b/#.jpg"}}}'
        ),
        _SUBJECTS,
    ),
    "ninjs, renditions": _in(
        "associations",
        lambda n: '{"a":{"renditions":' + _object('"#":{"href":"http://b/#.jpg","width":9}')(n) + "}}",
        _SUBJECTS,
    ),
    "ninjs, sources in the body": _in(
        "body_html", lambda n: '"' + "src='http://b'" * (n // 14) + '"', _NINJS
    ),
    "base64": lambda n: json.dumps({"specversion": "1.0", "data_base64": "A" * n}).encode(),
    "base64 of lists": lambda n: _in_base64(b'{"tags":' + b"[]," * (n // 4)),
}
"""Inputs whose JSON itself grows."""


def families() -> dict[str, Callable[[int], bytes]]:
    """Give every path with every family, by a name for both; an input has about so many bytes."""

    def made(path: Path, family: Family) -> Callable[[int], bytes]:
        return lambda n: path(family(n))

    bodies = {
        f"{name}: {kind}": made(path, family)
        for name, (path, kinds) in BODIES.items()
        for kind, family in kinds.items()
    }
    return bodies | {f"JSON: {name}": shape for name, shape in SHAPES.items()}
