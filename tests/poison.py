"""Records that something else might write to our topics: none may end a service or spoil what is right.

Every topic gets the same garbage as value, key and headers, around what is right of it otherwise, so that it
is read and not put aside at once; and what only that topic can suffer from. The same list is given to the
pure parsers (tests/unit/test_poison_parsed.py) and to a running site (tests/integration/test_poison.py).
"""

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from shared import topics, wire
from shared.articles import MARK_SUFFIX
from shared.blocks import Part
from shared.events import HotPinned, SaltDrawn, ViewsSeen
from tests.builders import NOON_MS, as_json, published, sent_article, withdrawn

GOOD: Final = "poisoned-neighbour"
"""An article that foreign records claim to be about, though it lies in their partition only by chance."""
HOME: Final = wire.partition_for(GOOD)
MIB: Final = 1024 * 1024
GZIP, SNAPPY, LZ4, ZSTD = 1, 2, 3, 4

Headers = tuple[tuple[bytes, bytes | None], ...]


class Poison(NamedTuple):
    """One record; of a bomb the value is `times` as long, and the batch is compressed."""

    topic: str
    name: str
    value: bytes | None
    key: bytes | None = None
    headers: Headers = ()
    partition: int = HOME
    times: int = 1
    codec: int = 0

    def __str__(self) -> str:
        return f"{self.topic}: {self.name}"

    @property
    def read_headers(self) -> tuple[tuple[str, bytes | None], ...]:
        """The headers as our consumers give them."""
        return tuple((name.decode(errors="replace"), value) for name, value in self.headers)


VALUES: Final[dict[str, bytes | None]] = {
    "null": None,
    "empty": b"",
    "a space": b" ",
    "not UTF-8": b'{"id": "\xff\xfe"}',
    "UTF-16": '{"id": "a"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "zero bytes": b"\0" * 1000,
    "JSON null": b"null",
    "JSON true": b"true",
    "a number": b"0",
    "a text": b'"x"',
    "an empty list": b"[]",
    "an empty object": b"{}",
    "cut off": b'{"id": "a", "title": ',
    "something behind it": b"{} {}",
    "not a number": b'{"id": NaN, "article": Infinity, "articles": [NaN]}',
    "an endless number": b'{"id": 1e999999, "article": -1e999999, "articles": [1e999999]}',
    "a number of 5,000 digits": b'{"article": ' + b"9" * 5000 + b', "articles": [' + b"9" * 5000 + b"]}",
    "half a character": b'{"id": "\\ud800", "article": "\\udfff", "title": "\\ud83d"}',
    "10,000 lists deep": b"[" * 10_000,
    "100,000 lists deep, closed": b'{"articles": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "100,000 objects deep": b'{"article":' * 100_000 + b"1" + b"}" * 100_000,
    "100,000 fields": json.dumps({f"f{n}": n for n in range(100_000)}).encode(),
    "900 KB of one text": b'{"id": "' + b"a" * 900_000 + b'"}',
    "a pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07builtins\x94.",
    "Avro with a schema id": b"\x00\x00\x00\x00\x07\x02\x06abc",
    "protobuf": b"\x0a\x03abc\x10\x96\x01",
    "gzip inside": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    "HTML": b"<!doctype html><title>502 Bad Gateway</title>",
}
KEYS: Final[dict[str, bytes | None]] = {
    "null": None,
    "empty": b"",
    "not UTF-8": b"\xff\xfe",
    "with a line break": f"{GOOD}\n".encode(),
    "another article's": b"somebody-else",
    "the mark of nobody": MARK_SUFFIX.encode(),
    "marked twice": f"{GOOD}{MARK_SUFFIX}{MARK_SUFFIX}".encode(),
    "a path": b"../../etc/passwd",
    "zero byte": b"a\0b",
    "100 KB": b"k" * 100_000,
}
_TYPE: Final = b"ce_type"
HEADERS: Final[dict[str, Headers]] = {
    "null": ((b"ce_type", None), (b"ce_id", None), (b"ce_input", None), (b"ce_arrived", None)),
    "a name that is not UTF-8": ((b"\xff\xfe", b"1"), (b"ce_\xff", None)),
    "no name": ((b"", b""), (b"", None)),
    "values that are not UTF-8": tuple(
        (name, b"\xff\xfe")
        for name in (b"ce_input", b"ce_arrived", b"ce_requests", b"ce_requestid", b"traceparent", b"ce_time")
    ),
    "an input that is no place": ((b"ce_input", b"x"),),
    "an input of negative numbers": ((b"ce_input", b"-1/-1/-1"),),
    "an input of numbers too large": (
        (b"ce_input", b"9" * 5000 + b"/0/0"),
        (b"ce_arrived", b"1/1/" + b"9" * 30),
    ),
    "numbers of another script": ((b"ce_input", "१/२/३".encode()), (b"ce_arrived", "१/२/३".encode())),
    "numbers with decoration": ((b"ce_input", b" +1/1_0/ 2"), (b"ce_arrived", b" +1/1_0/ 2")),
    "a request of 500 KB": ((b"ce_requestid", b"r" * 500_000),),
    "100,000 requests": ((b"ce_requests", b"," * 100_000),),
    "20,000 headers": tuple((b"h", b"") for _ in range(20_000)),
    "a problem of 90 KB of [": ((b"remen-problem", b"[" * 90_000),),
    "a problem that is a list": (
        (b"remen-problem", b"[]"),
        *((name, b"1") for name in (b"remen-topic", b"remen-partition", b"remen-offset")),
    ),
    "a problem with odd fields": (
        (b"remen-problem", b'{"id": 7, "status": "x", "errors": 1, "detail": null}'),
        (b"remen-topic", b"\xff"),
        (b"remen-partition", b"9" * 5000),
        (b"remen-offset", "१".encode()),
    ),
    "a problem at an absurd place": (
        (b"remen-problem", b'{"id": "\\u0000", "status": 1e99, "title": {}, "detail": [[[]]], "errors": {}}'),
        (b"remen-topic", b""),
        (b"remen-partition", b"-1"),
        (b"remen-offset", b"-99999999999999999999"),
    ),
    "a CloudEvent of version 99": ((b"ce_specversion", b"99"), (b"ce_type", b"")),
    "an unknown media type": ((b"content-type", b"\x00/\xff; charset=utf-7"),),
}


def headers_of(kind: str) -> Headers:
    """Give the headers that a record of this class needs to be read."""
    return ((b"ce_specversion", b"1.0"), (b"ce_id", b"foreign"), (_TYPE, f"remen.{kind}".encode()))


def _arrival_of(order: Any) -> Any:
    return order[1] if isinstance(order, list) else order


def _changed(event: Part, changes: dict[str, Any]) -> bytes:
    return json.dumps(json.loads(wire.encode(event)) | changes).encode()


_ORDERS: Final = {
    "negative numbers in its order": [-1, [-1, -1, -1]],
    "numbers past 64 bits in its order": [2**64, [2**64, 2**63, 2**70]],
    "a revision no later one can pass": [2**63 - 1, [NOON_MS, 3, 0]],
    "numbers of 400 digits in its order": [10**400, [10**400, 10**400, 10**400]],
    "an order that is a text": "x",
}
_TEXT: Final = {"kind": "paragraph", "text": "河城"}
ARTICLE_CHANGES: Final[dict[str, dict[str, Any]]] = {
    "no section": {"section": ""},
    "a section with a line break": {"section": "国\n际"},
    "a section with a slash": {"section": "../x"},
    "a section of 10,000 characters": {"section": "国" * 10_000},
    "no title": {"title": ""},
    "a title of control characters": {"title": "\x00\x1b[31m\x07\u2028"},
    "a title of 100,000 characters": {"title": "题" * 100_000},
    **{
        f"{field} at {moment}": {field: moment}
        for field in ("published_at", "modified_at", "embargo_until", "expires_at")
        for moment in (
            "9999-12-31T23:59:59.999999Z",
            "9999-12-31T23:59:59-14:00",
            "0001-01-01T00:00:00+14:00",
            "0001-01-01T00:00:00Z",
            "2026-11-15T12:00:00",
            "253402300800000",
        )
    },
    **{name: {"order": order} for name, order in _ORDERS.items()},
    "a link that is a script": {
        "blocks": [_TEXT | {"marks": [{"kind": "link", "start": 0, "end": 2, "url": "javascript:alert(1)"}]}]
    },
    "an embed that is a script": {"blocks": [{"kind": "embed", "url": "JavaScript:alert(1)"}]},
    "a picture that is data": {"pictures": [{"url": "data:image/svg+xml,<svg onload=alert(1)>"}]},
    "a rendition that is a script": {
        "pictures": [
            {"url": "https://a.example/1.jpg", "renditions": [{"url": " javascript:alert(1)", "width": 9}]}
        ]
    },
    **{
        f"a picture of {width} by {height}": {
            "blocks": [
                {
                    "kind": "picture",
                    "picture": {"url": "https://a.example/1", "width": width, "height": height},
                }
            ]
        }
        for width, height in ((0, 0), (-1, 5), (10**400, 1), (2**70, 2**70))
    },
    "marks that end before they begin": {
        "blocks": [_TEXT | {"marks": [{"kind": "strong", "start": 2**70, "end": 1}], "as_is": [[2**65, 1]]}]
    },
    "a table without rows that are lists": {"blocks": [{"kind": "table", "rows": [1, None]}]},
    "blocks that are no blocks": {"blocks": [None, [], 7, {"kind": None}, {"kind": "paragraph"}]},
    "200,000 empty blocks": {"blocks": [{}] * 200_000},
    "no id": {"id": ""},
    "another id": {"id": "somebody-else"},
    "a day of 400 digits": {"dateline": {"text": "(", "day": 10**400}, "urgency": 10**400},
}
VIEW_CHANGES: Final[dict[str, dict[str, Any]]] = {
    "columns of different lengths": {"article": [0, 0]},
    "an article past the end": {"article": [7]},
    "no articles": {"articles": []},
    "negative numbers": {"article": [-1], "reader": [-1], "at": [-1], "segment": [-1]},
    "numbers past 64 bits": {"article": [2**64], "reader": [2**64], "at": [2**64], "segment": [2**64]},
    "fractions": {"article": [0.5], "at": [NOON_MS + 0.5]},
    "texts for numbers": {"article": ["0"], "reader": ["1"]},
    "booleans for numbers": {"article": [False], "segment": [True]},
    "lists in columns": {"article": [[0]], "at": [{}]},
    "ids that are none": {"articles": ["../x"]},
    "the year 287396": {"at": [2**53 - 1]},
    "60,000 articles": {"articles": [f"a{n}" for n in range(60_000)], "article": [0]},
    "a column that is a text": {"reader": "1"},
    "a way of 100 KB": {"via": "v" * 100_000},
}
DESK_CHANGES: Final[dict[str, dict[str, Any]]] = {
    "a position of 0": {"position": 0},
    "a position past 64 bits": {"position": 2**70},
    "until the end of the calendar": {"until": "9999-12-31T23:59:59.999999-14:00"},
    "until before the calendar": {"until": "0001-01-01T00:00:00+14:00"},
    "a scope of 100 KB": {"scope": "section:" + "s" * 100_000},
    "a scope that is a list": {"scope": []},
    "a scope with a line break and zero": {"scope": "section:a\nb\0"},
    "no article": {"article": ""},
}
SALT_CHANGES: Final[dict[str, dict[str, Any]]] = {
    "a day that is none": {"day": "2026-13-45"},
    "the last day": {"day": "9999-12-31"},
    "the first day": {"day": "0001-01-01"},
    "a day in another script": {"day": "२०२६-११-१५"},
    "a week": {"day": "2026-W46-7"},
    "a salt too short": {"salt": "00"},
    "a salt in capitals": {"salt": "A" * 64},
    "a salt of 1 MB": {"salt": "0" * 900_000},
}
INPUT_CHANGES: Final[dict[str, dict[str, Any]]] = {
    "an id that is a list": {"id": []},
    "an id of 100 KB": {"id": "i" * 100_000},
    "a revision past 64 bits": {"revision": 2**70},
    "the end of the calendar": {"published_at": "9999-12-31T23:59:59.999999-14:00"},
    "before the calendar": {"published_at": "0001-01-01T00:00:00+14:00"},
    "an action that is a list": {"action": []},
    "a body that is a list": {"body": ["x"]},
    "2,000 unknown fields": {f"x{n}": n for n in range(2000)},
}
_PIN: Final = HotPinned(article="somebody-else", who="nobody", why="test")
_VIEWS: Final = ViewsSeen(articles=["somebody-else"], article=[0], reader=[1], at=[NOON_MS], segment=[0])
_SALT: Final = SaltDrawn(day="2020-01-01", salt="0" * 64)
SALT: Final = wire.encode(_SALT)
_TEXT_KEY: Final = GOOD.encode()
_MARK_KEY: Final = f"{GOOD}{MARK_SUFFIX}".encode()


def articles() -> Iterator[Poison]:
    """Give what must not stand in articles.v1."""
    text, mark, elsewhere = published(GOOD, second=9), withdrawn(GOOD, second=9), (HOME + 1) % 12
    of_text, of_mark = headers_of("ArticlePublished"), headers_of("ArticleWithdrawn")
    for n, (name, changes) in enumerate(ARTICLE_CHANGES.items()):
        own = f"odd-{n}"
        changed = _changed(text, {"id": own} | changes)
        yield Poison("articles.v1", name, changed, own.encode(), of_text, wire.partition_for(own))
    of_marks = {f"with {name}": {"arrival": _arrival_of(order)} for name, order in _ORDERS.items()}
    for at in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"):
        of_marks[f"at {at}"] = {"withdrawn_at": at}
    for n, (name, changes) in enumerate(of_marks.items()):
        own = f"odd-mark-{n}"
        key = (own + MARK_SUFFIX).encode()
        changed = _changed(mark, {"id": own} | changes)
        yield Poison("articles.v1", f"a withdrawal {name}", changed, key, of_mark, wire.partition_for(own))
    good, taken = wire.encode(text), wire.encode(mark)
    yield Poison("articles.v1", "in the wrong partition", good, _TEXT_KEY, of_text, elsewhere)
    yield Poison("articles.v1", "erased in the wrong partition", None, _TEXT_KEY, of_text, elsewhere)
    yield Poison("articles.v1", "withdrawn in the wrong partition", taken, _MARK_KEY, of_mark, elsewhere)
    yield Poison("articles.v1", "withdrawn under the text's key", taken, _TEXT_KEY, of_mark)
    yield Poison("articles.v1", "published under the mark's key", good, _MARK_KEY, of_text)
    yield Poison(
        "articles.v1",
        "withdrawn under another's key",
        taken,
        b"nobody#withdrawn",
        of_mark,
        wire.partition_for("nobody"),
    )
    yield Poison("articles.v1", "a mark erased", None, _MARK_KEY, of_mark)
    yield Poison("articles.v1", "of a class of the future", good, _TEXT_KEY, headers_of("ArticleMoved"))
    with_headers = wire.encode(published("odd-headers"))
    for name, headers in HEADERS.items():
        # in front of the right ones, so that each of ours is there twice and the first is wrong
        yield Poison(
            "articles.v1",
            f"published, headers: {name}",
            with_headers,
            b"odd-headers",
            (*headers, *of_text),
            wire.partition_for("odd-headers"),
        )
        yield Poison(
            "articles.v1", f"erased, headers: {name}", None, b"nobody", headers, wire.partition_for("nobody")
        )


def everything() -> list[Poison]:
    """Give all of it but the bombs."""
    around: dict[str, tuple[bytes, bytes | None, Headers]] = {
        "ingest.v1": (as_json(sent_article(GOOD)), _TEXT_KEY, ()),
        "ingest.v1.dead": (b"{}", None, ()),
        "articles.v1": (b"{}", _TEXT_KEY, headers_of("ArticlePublished")),
        "views.v1": (wire.encode(_VIEWS), b"somebody-else", headers_of("ViewsSeen")),
        "desk.v1": (wire.encode(_PIN), None, headers_of("HotPinned")),
        "salts.v1": (SALT, None, headers_of("SaltDrawn")),
        "hot.v1": (b"{}", b"all", headers_of("HotListChanged")),
    }
    changes = {
        "views.v1": (_VIEWS, VIEW_CHANGES),
        "desk.v1": (_PIN, DESK_CHANGES),
        "salts.v1": (_SALT, SALT_CHANGES),
    }
    found = list(articles())
    for topic in topics.ALL:
        value, key, headers = around[topic.name]
        home = HOME if topic.partitions > 1 else 0
        if topic.name in changes:
            event, of_topic = changes[topic.name]
            found += [
                Poison(topic.name, name, _changed(event, change), key, headers, home)
                for name, change in of_topic.items()
            ]
        found += [Poison(topic.name, f"value: {n}", v, key, headers, home) for n, v in VALUES.items()]
        if topic.name == "ingest.v1":
            found += [
                Poison(topic.name, name, as_json(sent_article("odd") | change), b"odd", (), home)
                for name, change in INPUT_CHANGES.items()
            ]
            continue  # under any key and with any headers an input may be right
        found += [Poison(topic.name, f"key: {n}", value, k, headers, home) for n, k in KEYS.items()]
        found += [
            Poison(topic.name, f"headers: {n}", b"{}", key, (*more, *headers), home)
            for n, more in HEADERS.items()
        ]
    return found


def bombs() -> list[Poison]:
    """Give batches of some kilobytes that would be many megabytes."""
    codecs = {"gzip": GZIP, "snappy": SNAPPY, "lz4": LZ4, "zstd": ZSTD}
    sizes = {GZIP: 64, SNAPPY: 17, LZ4: 64, ZSTD: 256}
    return [
        Poison(
            topic.name,
            f"{sizes[codec]} MiB by {name}",
            b" ",
            _TEXT_KEY,
            times=sizes[codec] * MIB,
            codec=codec,
        )
        for topic in topics.ALL
        if topic is not topics.HOT
        for name, codec in codecs.items()
    ]
