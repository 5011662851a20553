"""What stands around an article, or is sent in place of its text, is named with what to send instead."""

import json
from typing import Any

import pytest

from services.ingest.core.faults import Rejection
from services.ingest.core.reading import DEFAULTS, read
from services.ingest.core.submissions import Publish

ARTICLE: dict[str, Any] = {"id": "bridge", "title": "通车", "section": "地方", "body": "新桥通车。"}
CMS = {"title": "通车", "content": "<p>新桥通车。</p>"}


def _refused(sent: object) -> str:
    found = read(json.dumps(sent).encode(), DEFAULTS)
    assert isinstance(found, Rejection)
    return found.detail


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"data": ARTICLE}, "its article inside data; send what is in data by itself"),
        ({"article": ARTICLE, "meta": {"page": 1}}, "inside article"),
        ({"status": "ok", "result": {"headline": "通车"}}, "inside result"),
        ({"newsItem": CMS}, "inside newsItem"),
        ({"anything": CMS}, "inside anything"),
        ({"articles": [ARTICLE, ARTICLE]}, "2 articles in a list articles; send each by itself"),
        ({"items": [CMS], "total": 1}, "an article in a list items"),
        ({"posts": []}, "no article in its list posts"),
        ({"payload": json.dumps(ARTICLE)}, "JSON as a text in payload"),
        ([ARTICLE, ARTICLE, ARTICLE], "not a list of 3; send each by itself"),
    ],
)
def test_a_wrapper_is_named_by_its_field(sent: object, says: str) -> None:
    assert says in _refused(sent)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"Type": "Notification", "Message": json.dumps(ARTICLE)}, "of Amazon SNS; set raw"),
        ({"Type": "SubscriptionConfirmation", "SubscribeURL": "https://a.example"}, "confirm a subscription"),
        ({"detail-type": "x", "source": "y", "detail": ARTICLE}, "EventBridge; send what is in detail"),
        ({"Records": [{"body": "{}"}]}, "a batch of AWS (Records)"),
        ({"message": {"data": "e30=", "messageId": "1"}, "subscription": "s"}, "Google Pub/Sub"),
        ({"id": "1", "eventType": "x", "eventTime": "y", "data": ARTICLE}, "Azure Event Grid"),
        ({"cloudEventsVersion": "0.1", "data": ARTICLE}, "older than 1.0"),
        ({"records": [{"value": ARTICLE}]}, "Kafka's REST proxy"),
        ({"before": None, "after": ARTICLE, "op": "c"}, "Debezium; send the article itself, which"),
        ({"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [CMS]}, "a JSON Feed"),
        ({"id": 12, "title": {"rendered": "通车"}, "content": {"rendered": "<p>x"}}, "WordPress's REST API"),
        ({"id": 12, "title": {"raw": "通车", "rendered": "x"}}, "content.rendered as body"),
        ({"@context": "https://schema.org", "@type": "NewsArticle", "headline": "x"}, "articleBody as body"),
        ({"@graph": [{"@type": "NewsArticle"}]}, "JSON-LD"),
        ({"@context": "https://www.w3.org/ns/activitystreams", "type": "Create"}, "ActivityPub"),
        ({"sys": {"id": "1"}, "fields": {"title": {"zh": "x"}}}, "an entry of Contentful"),
        ({"data": {"id": 1, "attributes": CMS}}, "Strapi, or of JSON:API; send what is in attributes"),
        ({"data": [{"id": 1, "attributes": CMS}]}, "Strapi"),
        ({"id": 1, "attributes": CMS}, "Strapi"),
        ({"_type": "post", "_id": "1", "title": "x", "body": [{"_type": "block"}]}, "a document of Sanity"),
        ({"name": "x", "fields": {"title": {"stringValue": "x"}}}, "Firestore"),
        ({"id": {"S": "1"}, "title": {"S": "x"}}, "DynamoDB"),
        ({"nid": [{"value": 1}], "title": [{"value": "x"}]}, "a node of Drupal"),
        ({"_index": "x", "_source": ARTICLE}, "Elasticsearch; send what is in _source"),
        ({"hits": {"hits": []}}, "Elasticsearch"),
        ({"db": [{"data": {"posts": []}}]}, "remen import ghost"),
    ],
)  # fmt: skip
def test_a_systems_own_form_is_named(sent: object, says: str) -> None:
    told = _refused(sent)
    assert says in told
    assert "is required" not in told


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([{"_type": "block", "children": []}], "Portable Text of Sanity"),
        ({"nodeType": "document", "content": []}, "Contentful"),
        ({"ops": [{"insert": "x"}]}, "a Delta of Quill"),
        ({"blocks": [], "entityMap": {}}, "Draft.js"),
        ({"time": 1, "blocks": [{"type": "paragraph", "data": {}}]}, "Editor.js"),
        ({"root": {"children": []}}, "Lexical"),
        ({"type": "doc", "content": [{"type": "paragraph"}]}, "ProseMirror"),
        ([{"type": "paragraph", "children": [{"text": "x"}]}], "an editor keeps"),
        ({"rendered": "<p>x</p>"}, "send what is in rendered, with format html"),
        ({"html": "<p>x</p>"}, "must be text in quotes, not an object"),
        (["第一段。", "第二段。"], "must be one text, not a list; join its paragraphs"),
        (5, "must be text in quotes"),
    ],
)
def test_what_an_editor_keeps_is_no_text_and_named(body: object, says: str) -> None:
    told = _refused(ARTICLE | {"body": body})
    assert told.startswith("/body: ")
    assert says in told


@pytest.mark.parametrize(
    ("missing", "called"),
    [("title", "headline"), ("title", "标题"), ("body", "content"), ("body", "articleBody"),
     ("body", "content_html"),
     ("section", "category"), ("section", "栏目"), ("id", "slug"), ("id", "_id")],
)  # fmt: skip
def test_a_field_that_every_article_has_is_asked_for_by_its_name(missing: str, called: str) -> None:
    sent = {name: value for name, value in ARTICLE.items() if name != missing} | {called: "x"}
    assert f"/{called}: unknown field; did you mean {missing}?" in _refused(sent)
    assert isinstance(read(json.dumps(ARTICLE | {called: "x"}).encode(), DEFAULTS), Publish)


@pytest.mark.parametrize(
    "more",
    [{"data": {"views": 3}}, {"fields": {"title": "x"}}, {"items": [CMS]}, {"seo": CMS}, {"Message": "x"}],
)
def test_a_part_beside_an_article_is_no_wrapper(more: dict[str, Any]) -> None:
    found = read(json.dumps(ARTICLE | more).encode(), DEFAULTS)
    assert isinstance(found, Publish)
    assert len(found.notes) == len(more)


def test_the_data_of_a_cloud_event_is_an_object() -> None:
    event = {"specversion": "1.0", "id": "1", "source": "x", "type": "y"}
    assert isinstance(read(json.dumps(event | {"data": ARTICLE}).encode(), DEFAULTS), Publish)
    assert "data is a text; put the article there as an object" in _refused(
        event | {"data": json.dumps(ARTICLE)}
    )
    assert "or send the XML without" in _refused(event | {"data": "<nitf/>"})
    assert "inside article" in _refused(event | {"data": {"article": ARTICLE}})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id: bridge\ntitle: 通车\nbody: x\n", "is YAML"),
        ("---\ntitle: 通车\n---\n新桥通车。", "front matter (---)"),
        ("+++\ntitle = '通车'\n+++\n新桥。", "TOML (+++)"),
        ("# 通车\n\n新桥通车。", "is Markdown"),
        ("通车\n===\n\n新桥通车。", "is Markdown"),
        ("id=bridge&title=%E9%80%9A%E8%BD%A6&body=x", "is form-encoded"),
        ('--x\r\nContent-Disposition: form-data; name="id"\r\n\r\nbridge', "multipart/form-data"),
        ("<p>新桥通车。<p>又", "is HTML"),
        ("<article><h1>通车</h1></article>", "is HTML"),
        ("<item><title>通车</title></item>", "is XML, but neither NITF nor NewsML-G2"),
        ("%7B%22id%22%3A1%7D", "percent-encoded"),
        ('show({"id": "bridge"})', "JSONP"),
        ("export default {id: 1}", "JavaScript"),
        ('a:1:{s:2:"id";s:6:"bridge";}', "PHP's serialize()"),
        ("[object Object]", "JSON.stringify()"),
        ("Subject: x\nMIME-Version: 1.0\n\nx", "an e-mail"),
        ("{'id': 'bridge'}", "single quotes"),
        ("{“id”: “bridge”}", "typographic quotes"),
        ('{// x\n"id": 1}', "comments"),
        ("{id: 'bridge'}", "names without quotes"),
        ("id,title,body\nbridge,通车,x\n", "a table (CSV)"),
        ('{"id": "a"}\n{"id": "b"}\n', "several JSON objects, one a line"),
        ("eyJpZCI6ICJicmlkZ2UifQ==", "is Base64"),
        ("{\\rtf1\\ansi x}", "is RTF"),
        ("  \n", "is empty"),
    ],
)
def test_what_is_no_json_is_named(text: str, says: str) -> None:
    found = read(text.encode(), DEFAULTS)
    assert isinstance(found, Rejection)
    assert says in found.detail


@pytest.mark.parametrize(
    ("title", "codec", "names"),
    [("通车", "gbk", "GBK"), ("通車", "big5", "Big5"), ("café", "cp1252", "Windows-1252")],
)
def test_json_in_another_encoding_is_told_by_it(title: str, codec: str, names: str) -> None:
    sent = {"id": "bridge", "title": title, "section": "news", "body": title}
    found = read(json.dumps(sent, ensure_ascii=False).encode(codec), DEFAULTS)
    assert isinstance(found, Rejection)
    assert "is not UTF-8 at byte" in found.detail
    assert names in found.detail
