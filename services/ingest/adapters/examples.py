"""The words and examples of the OpenAPI document; a test holds each example to its schema."""

from typing import Any, Final

from shared.problem import problem

ABOUT: Final = """\
Articles, actions on them and desk actions, answered with their outcome. What is sent here becomes a message
of the topic ingest.v1 and is decided by the same rules as one that came through Kafka.

In a message, null means the same as leaving the field out. Any of the messages may come in a CloudEvent 1.0,
structured (`application/cloudevents+json`) or binary; every JSON media type is taken.

**Idempotency-Key.** A message that was accepted is remembered by its key with the article, as one of the
eight newest. The same key and body again: the answer of the first time with `Idempotent-Replayed: true`, and
nothing happens, however much was published since. The same key with another body: 409. A message that was
refused may be sent again with its key; it is decided anew. The body is compared byte by byte.
"""

TAGS: Final = {
    "articles": "Publish, withdraw, reinstate, and ask what is known of an article",
    "desk": "What an editor does to the hot list and to the front page",
    "rejections": "What was refused, and why",
}

_ARTICLE: Final = {
    "id": "harbour-library",
    "title": "旧邮局改成图书馆 周日开放",
    "section": "地方",
    "body": "(河城15日讯)河城旧邮局改建的图书馆周日开放。\n首日有三百人到访。",
    "revision": 1,
}
_URI: Final = "urn:example:agency:river-bridge"

MESSAGES: Final[dict[str, Any]] = {
    "article": _ARTICLE,
    "articleWithEverything": {
        "id": "harbour-library-2",
        "title": "旧邮局图书馆首周 借出两千本书",
        "section": "地方",
        "format": "markdown",
        "body": "河城旧邮局图书馆开放首周，借出**两千本**书。\n\n## 周末延长\n\n周末开放到晚上九时。",
        "picture": {
            "url": "https://pictures.example/library.jpg",
            "caption": "图书馆的阅览室。（河城日报照片）",
            "alt": "长桌边坐满了读书的人",
            "credit": "河城日报",
            "width": 1200,
            "height": 800,
            "renditions": [{"url": "https://pictures.example/library-600.jpg", "width": 600, "height": 400}],
        },
        "pictures": [],
        "byline": "林晓岚",
        "source": "河城日报",
        "tags": ["图书馆", "河城"],
        "language": "zh-Hans",
        "published_at": "2026-11-15T18:30:00+08:00",
        "revision": 3,
        "embargo_until": None,
        "expires_at": "2036-11-15T00:00:00+08:00",
        "sponsored": False,
        "sensitive": False,
        "correction": "更正：开放时间是周日，不是周六。",
    },
    "withdrawal": {
        "id": "harbour-fire",
        "action": "withdraw",
        "reason": "error",
        "note": "数字有误",
        "public_note": "核实后重发",
    },
    "reinstatement": {"id": "harbour-fire", "action": "reinstate"},
    "ninjs1": {"uri": _URI, "type": "text", "headline": "河上新桥通车", "body_text": "河城新桥周一通车。"},
    "ninjs3": {
        "uri": _URI,
        "type": "text",
        "headlines": [{"value": "河上新桥通车"}],
        "bodies": [{"contentType": "text/plain", "value": "河城新桥周一通车。"}],
    },
}

CLOUD_EVENTS: Final[dict[str, Any]] = {
    "cloudEvent": {
        "specversion": "1.0",
        "id": "4711",
        "source": "https://cms.example/articles",
        "type": "example.article.saved",
        "datacontenttype": "application/json",
        "data": _ARTICLE,
    }
}

NITF: Final = (
    '<nitf><head><docdata><doc-id id-string="harbour-library"/></docdata></head><body><body.head><hedline>'
    "<hl1>旧邮局改成图书馆</hl1></hedline></body.head><body.content><p>周日开放。</p></body.content></body></nitf>"
)

_BY: Final = {"who": "林编辑", "why": "周日开放"}
DESK_ACTIONS: Final[dict[str, Any]] = {
    "pin": {"action": "pin", "article": "harbour-library", "scope": "all", "position": 1, **_BY},
    "ban": {"action": "ban", "article": "harbour-library", "scope": "section:地方", "until": None, **_BY},
    "release": {"action": "release", "article": "harbour-library", "scope": "all", **_BY},
    "feature": {"action": "feature", "article": "harbour-library", "slot": "lead", "until": None, **_BY},
    "unfeature": {"action": "unfeature", "article": "harbour-library", "slot": "section:地方", **_BY},
    "void": {
        "action": "void",
        "segment": 4711,
        "article": None,
        "from": "2026-11-15T09:00:00+08:00",
        "until": "2026-11-15T12:30:00+08:00",
        **_BY,
    },
}

_URL: Final = "http://127.0.0.1:8080/article/harbour-library"
OUTCOMES: Final[dict[int, dict[str, Any]]] = {
    200: {"id": "harbour-fire", "outcome": "accepted", "url": "http://127.0.0.1:8080/article/harbour-fire"},
    201: {"id": "harbour-library", "outcome": "accepted", "url": _URL, "revision": 1, "notes": []},
    202: {"id": "harbour-library", "outcome": "pending", "url": _URL, "revision": 1, "notes": []},
}
RIGHTS: Final = {"name": "local", "sections": ["地方"], "desk": False}
KNOWN: Final = {"id": "harbour-library", "state": "published", "revision": 1, "section": "地方", "url": _URL}

_STALE: Final = "article harbour-library has the newer revision 3; send a revision that is not below it"
_GONE: Final = "article harbour-library is withdrawn"
_REFUSED: Final = (
    problem(400, "the message is not JSON (UTF-8)"),
    problem(401, "send a known publisher's token in the header Authorization: Bearer …"),
    problem(403, "sports may not write the section 地方", id="harbour-library"),
    problem(404, "no article harbour-library is known", id="harbour-library"),
    problem(409, _STALE, id="harbour-library", errors=[{"pointer": "", "detail": _STALE}]),
    problem(410, _GONE, id="harbour-library", state="withdrawn", revision=3),
    problem(413, "the message is too large, at most 1,000,000 bytes are possible"),
    problem(415, "send JSON with Content-Type: application/json, not text/plain"),
    problem(422, "/title: is required", errors=[{"pointer": "/title", "detail": "is required"}]),
    problem(429, "sports asks too much at once; wait"),
    problem(500, "something went wrong here; it is in the log"),
    problem(503, "Kafka did not take the message in time; send it again (a repeat changes nothing)"),
)
PROBLEMS: Final[dict[int, dict[str, Any]]] = {refused["status"]: refused for refused in _REFUSED}


def summed_up(named: dict[str, Any]) -> dict[str, Any]:
    """Give examples as OpenAPI wants them, each with its name as its summary."""
    return {name: {"summary": name, "value": value} for name, value in named.items()}
