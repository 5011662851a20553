"""One valid input of every kind, and what must hold for the outcome of any input at all.

The property tests and the fuzzer start from the same inputs, spoil them, and ask the same questions.
"""

import json
import re
from base64 import b64encode
from typing import Any, Final

from services.ingest.core.decide import Accepted
from services.ingest.core.editions import Edition
from services.ingest.core.faults import LARGEST_PROBLEM_BYTES, Rejection
from services.ingest.core.reading import DEFAULTS, Headers
from shared import problem, wire
from shared.articles import MARK_SUFFIX, TextErased
from shared.events import Arrival, ArticlePublished
from shared.topics import ARTICLES, DESK
from tests.builders import NOON, parse, sent_article
from tests.unit.ingest.accepting import accept

ID: Final = "harbour-library"

MARKDOWN: Final = """\
## 开放时间

(河城15日讯)**图书馆**周日开放，[时刻表](https://a.example/t)在此。

> 像回到*小时候*。
>
> 林女士

- 一楼：童书
- 二楼：报纸

1. 借书证
2. 身份证

![阅览室](https://a.example/1.jpg "图：资料照")

| 日 | 时 |
|---|---|
| 周日 | 9–17 |
"""
HTML: Final = """\
<h2>开放时间</h2>
<p>(河城15日讯)<strong>图书馆</strong>周日开放，<a href="https://a.example/t">时刻表</a>在此。</p>
<blockquote><p>像回到<em>小时候</em>。</p><p>林女士</p></blockquote><ul><li>一楼<ol><li>童书</li></ol></li></ul>
<figure><img src="https://a.example/1.jpg" alt="阅览室" width="640" height="480">
<figcaption>图：资料照</figcaption></figure>
<iframe src="https://video.example/1"></iframe><p>a<br>b&nbsp;&amp;&#x4e00;</p><script>x()</script>
<table><caption>时间</caption><thead><tr><th>日</th></tr></thead><tbody><tr><td>周日</td></tr></tbody></table>
"""
_PICTURE: Final = {
    "url": "https://a.example/1.jpg",
    "caption": "(图:资料照)",
    "width": 640,
    "height": 480,
    "renditions": [{"url": "https://a.example/320.jpg", "width": 320, "height": 240}],
}
_DESK: Final = {"article": ID, "scope": "all", "who": "林编辑", "why": "开放日"}
_HOUR: Final = "2026-11-15T18:30:00+08:00"

NATIVE: Final[list[dict[str, Any]]] = [
    sent_article(),
    sent_article(
        format="plain",
        picture=_PICTURE,
        pictures=[_PICTURE | {"alt": "阅览室", "credit": "林"}],
        byline="林记者",
        source="河城报",
        tags=["图书", "旧物"],
        language="zh-Hans",
        published_at=_HOUR,
        revision=3,
        embargo_until=_HOUR,
        expires_at="2026-12-15T18:30:00Z",
        sponsored=True,
        sensitive=False,
        correction="日子写错了",
        uri="urn:newsml:a.example:1",
        urgency=4,
    ),
    sent_article(format="markdown", body=MARKDOWN),
    sent_article(format="html", body=HTML),
    {"id": ID, "action": "withdraw", "reason": "legal", "note": "法庭令"},
    {"id": ID, "action": "reinstate"},
    _DESK | {"action": "pin", "position": 2, "until": _HOUR},
    _DESK | {"action": "ban", "scope": "section:地方"},
    _DESK | {"action": "release"},
]

_NINJS_1: Final[dict[str, Any]] = {
    "uri": "https://a.example/items/1",
    "type": "text",
    "version": "2",
    "versioncreated": _HOUR,
    "pubstatus": "usable",
    "embargoed": _HOUR,
    "urgency": 3,
    "language": "zh-Hans",
    "byline": "林记者",
    "headline": "旧邮局改成图书馆",
    "body_xhtml": HTML,
    "body_text": "(河城15日讯)图书馆周日开放。",
    "subject": [{"name": "地方", "code": "1"}],
    "associations": {
        "lead": {
            "uri": "https://a.example/items/2",
            "type": "picture",
            "headline": "阅览室",
            "description_text": "图：资料照",
            "renditions": {
                "web": {
                    "href": "https://a.example/1.jpg",
                    "mimetype": "image/jpeg",
                    "width": 640,
                    "height": 480,
                }
            },
        }
    },
}
_NINJS_3: Final[dict[str, Any]] = {
    "uri": "https://a.example/items/3",
    "standard": {"name": "ninjs", "version": "3.1"},
    "type": "text",
    "version": "7",
    "versionCreated": _HOUR,
    "pubStatus": "usable",
    "embargoedUntil": _HOUR,
    "expires": "2026-12-15T18:30:00Z",
    "urgency": 3,
    "language": "zh-Hans",
    "by": "林记者",
    "headlines": [{"role": "main", "value": "旧邮局改成图书馆"}],
    "bodies": [
        {"role": "main", "contentType": "text/plain", "value": "(河城15日讯)图书馆周日开放。"},
        {"role": "web", "contentType": "text/html", "value": HTML},
    ],
    "subjects": [{"name": "地方", "uri": "https://a.example/s/1"}],
    "associations": [
        {
            "name": "lead",
            "uri": "https://a.example/items/2",
            "type": "picture",
            "headlines": [{"value": "阅览室"}],
            "descriptions": [{"role": "caption", "value": "图：资料照"}],
            "renditions": [
                {"name": "web", "href": "https://a.example/1.jpg", "contentType": "image/jpeg", "width": 640}
            ],
        }
    ],
}
NINJS: Final[list[dict[str, Any]]] = [
    _NINJS_1,
    {k: v for k, v in _NINJS_1.items() if k not in {"headline", "body_xhtml"}}
    | {"headline_main": "旧邮局改成图书馆", "body_main": "(河城15日讯)图书馆周日开放。"},
    _NINJS_1 | {"pubstatus": "canceled"},
    _NINJS_1 | {"pubstatus": "withheld"},
    _NINJS_3 | {"standard": {"name": "ninjs", "version": "2.2"}},
    _NINJS_3,
    _NINJS_3 | {"type": "picture", "bodies": [], "renditions": [{"href": "https://a.example/1.jpg"}]},
    _NINJS_3 | {"type": "event", "event": {"headlines": [{"value": "开放日"}]}},
]

_ENVELOPE: Final = {"specversion": "1.0", "id": "7", "source": "/desk", "type": "article.sent"}


def in_cloud_event(sent: Any) -> dict[str, Any]:
    """Put an input into a CloudEvent in structured mode."""
    return _ENVELOPE | {"datacontenttype": "application/json", "data": sent}


def in_base64(sent: Any) -> dict[str, Any]:
    """Put an input into a CloudEvent in structured mode, as bytes."""
    return _ENVELOPE | {"data_base64": b64encode(json.dumps(sent).encode()).decode()}


BINARY_MODE: Final[Headers] = (
    ("ce_specversion", b"1.0"),
    ("ce_id", b"7"),
    ("ce_source", b"/desk"),
    ("ce_type", b"article.sent"),
    ("content-type", b"application/json"),
)
STRUCTURED_MODE: Final[Headers] = (("content-type", b"application/cloudevents+json; charset=utf-8"),)

_POINTER: Final = re.compile(r"(/([^~/]|~[01])*)*\Z")
_HEADERS_BYTES: Final = 1024
"""What the headers of an event, an id's key and the record itself take at most."""


def outcome_of(
    value: bytes | None, edition: Edition, arrival: Arrival, headers: Headers = ()
) -> Accepted | Rejection:
    """Give the outcome of an input, having checked all that must hold for it."""
    outcome = accept(value, edition, arrival, DEFAULTS, headers)
    assert accept(value, edition, arrival, DEFAULTS, headers) == outcome, "the same input decides the same"
    if isinstance(outcome, Rejection):
        _check_refusal(outcome)
    else:
        _check_accepted(outcome)
    return outcome


def _check_refusal(refusal: Rejection) -> None:
    document = problem.as_bytes(refusal.problem())
    assert len(document) <= LARGEST_PROBLEM_BYTES
    read_back = json.loads(document.decode())
    assert read_back == refusal.problem()
    assert 400 <= read_back["status"] <= 499
    assert read_back["detail"]
    assert read_back["errors"]
    for error in read_back["errors"]:
        assert _POINTER.match(error["pointer"])
        assert error["detail"]


def _check_accepted(accepted: Accepted) -> None:
    assert bool(accepted.articles) != (accepted.desk is not None)
    if accepted.desk is not None:
        written = wire.encode(accepted.desk)
        assert type(accepted.desk).model_validate_json(written) == accepted.desk
        assert len(written) + _HEADERS_BYTES < int(DESK.config.get("max.message.bytes", 1024 * 1024))
    for event in accepted.articles:
        if isinstance(event, TextErased):
            continue
        headers = tuple(wire.event_headers(event, source="/test", event_id="x", at=NOON))
        written = wire.encode(event)
        key = event.id if isinstance(event, ArticlePublished) else event.id + MARK_SUFFIX
        assert parse(key.encode(), written, headers) == event
        assert len(written) + _HEADERS_BYTES < int(ARTICLES.config["max.message.bytes"])
