"""What others put around an article, or send in its place: named, with what to send instead.

Nothing but a CloudEvent is taken off: which of the fields outside bear on what is inside, a draft's mark say,
is known to who put them there. All that is here is told at once, before fields are missed one by one.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

Sent = Mapping[str, Any]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES: Final = frozenset({"title", "headline", "headlines", "name", "articletitle"})
_TEXTS: Final = frozenset(
    {"body", "bodies", "content", "text", "html", "articlebody", "bodytext", "bodyhtml", "contenthtml"}
)
_AROUND: Final = _words(
    """
    data article articles item items post posts entry entries story stories news newsitem newsitems
    content contents document documents doc docs result results record records value payload message
    messages body object response event node nodes fields attributes properties detail list rows page
    pages feed
    """
)
"""Names under which an article, or several, are sent."""


def around(sent: Sent) -> str | None:
    """Say what was put around an article and is not taken off; None if nothing was."""
    if "uri" in sent or ("id" in sent and sent.get("body").__class__ is str):
        return None  # nearly all that comes
    if known := next((said for looks_so, said in _KNOWN if looks_so(sent)), None):
        return known
    if "action" in sent or "title" in sent:
        return None
    return next(filter(None, (_inside(name, value, len(sent) == 1) for name, value in sent.items())), None)


def kind_of_text(body: Any) -> str | None:
    """Say what an editor keeps in place of a text; None if it is nothing that is known."""
    return next((said for looks_so, said in _EDITORS if looks_so(body)), None)


def _inside(name: str, value: Any, alone: bool) -> str | None:
    is_usual = _plain(name) in _AROUND
    several = value if isinstance(value, list) else [value]
    if is_usual and not several:
        return f"has no article in its list {name}; send one by itself"
    if is_usual and isinstance(value, str) and value.lstrip()[:1] == "{" and alone:
        return f"is JSON as a text in {name}; send that JSON by itself, not as a text"
    if not several or not all(isinstance(one, dict) for one in several):
        return None
    names = {_plain(key) for key in several[0]}
    has_title, has_text = not names.isdisjoint(_TITLES), not names.isdisjoint(_TEXTS)
    if not (has_title and has_text) and not (is_usual and (has_title or has_text or alone)):
        return None
    if isinstance(value, list):
        number = f"{len(several)} articles" if len(several) > 1 else "an article"
        return f"has {number} in a list {name}; send each by itself, with its fields at the top"
    return f"has its article inside {name}; send what is in {name} by itself, its fields at the top"


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).lower()


def _has(*names: str) -> Callable[[Any], bool]:
    return lambda sent: isinstance(sent, dict) and all(name in sent for name in names)


def _holds(name: str, *inner: str) -> Callable[[Any], bool]:
    """Tell whether a field is an object that has one of some names."""

    def looks_so(sent: Any) -> bool:
        inside = sent.get(name) if isinstance(sent, dict) else None
        return isinstance(inside, dict) and any(one in inside for one in inner)

    return looks_so


def _is_list_of(*names: str) -> Callable[[Any], bool]:
    """Tell whether a value is a list of objects that have one of some names."""
    return lambda value: (
        isinstance(value, list)
        and any(isinstance(one, dict) and any(name in one for name in names) for one in value[:10])
    )


def _lists(field: str, *names: str) -> Callable[[Any], bool]:
    is_such = _is_list_of(*names)
    return lambda sent: isinstance(sent, dict) and is_such(sent.get(field))


def _any_of(*forms: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda sent: any(form(sent) for form in forms)


def _typed(*kinds: str) -> Callable[[Any], bool]:
    """Tell whether values are written with their types, as databases write them."""
    return lambda sent: (
        isinstance(sent, dict)
        and any(isinstance(one, dict) and one.keys() <= set(kinds) and one for one in sent.values())
    )


_CONNECT: Final = (
    "is Kafka Connect's envelope (schema, payload); set value.converter.schemas.enable=false, or send what "
    "is in payload"
)
_TITLED: Final = "title, body (format html for HTML), id and section of its own"
_KNOWN: Final[tuple[tuple[Callable[[Any], bool], str], ...]] = (
    (lambda sent: sent.keys() == {"schema", "payload"}, _CONNECT),
    (
        lambda sent: "payload" in sent and bool({"op", "source"} & sent.keys()),
        "is a change event of Debezium; send the article itself",
    ),
    (
        lambda sent: {"before", "after"} <= sent.keys() and bool({"op", "source"} & sent.keys()),
        "is a change event of Debezium; send the article itself, which is in after",
    ),
    (_has("Type", "SubscribeURL"), "is Amazon SNS's request to confirm a subscription, and no article"),
    (
        _has("Type", "Message"),
        "is a notification of Amazon SNS; set raw message delivery, or send what is in Message by itself",
    ),
    (_has("detail-type", "detail"), "is an event of Amazon EventBridge; send what is in detail by itself"),
    (
        _lists("Records", "body", "Sns", "kinesis", "eventSource"),
        "is a batch of AWS (Records); send what each record has in its body by itself",
    ),
    (
        lambda sent: _holds("message", "data", "messageId")(sent) and "subscription" in sent,
        "is a push of Google Pub/Sub; send what message.data has in Base64 by itself",
    ),
    (
        _has("eventType", "eventTime", "data"),
        "is an event of Azure Event Grid; let it write CloudEvents 1.0, or send what is in data by itself",
    ),
    (_has("cloudEventsVersion"), "is a CloudEvent older than 1.0; write version 1.0 (specversion)"),
    (
        _lists("records", "value"),
        "is a request for Kafka's REST proxy; send it there, or what is in value by itself",
    ),
    (
        lambda sent: str(sent.get("version")).startswith("https://jsonfeed.org/"),
        "is a JSON Feed; send each item by itself: content_html as body with format html, date_published as "
        "published_at; or use remen import-feed with its RSS or Atom",
    ),
    (_has("db"), "is an export of Ghost; use remen import ghost"),
    (
        _any_of(_holds("title", "rendered", "raw"), _holds("content", "rendered", "raw")),
        "is a post of WordPress's REST API; send title.rendered as title, content.rendered as body with "
        "format html, slug as id and date_gmt with Z as published_at; or use remen import wordpress",
    ),
    (
        lambda sent: "activitystreams" in str(sent.get("@context")),
        f"is an activity of ActivityPub; send what is in its object: {_TITLED}",
    ),
    (
        _any_of(_has("@type"), _has("@graph"), _has("@context")),
        "is JSON-LD of schema.org; send headline as title, articleBody as body, datePublished as "
        "published_at and the author's name as byline, with id and section",
    ),
    (_has("sys", "fields"), f"is an entry of Contentful; send what is in fields, of one language: {_TITLED}"),
    (
        _any_of(_holds("data", "attributes"), _has("attributes"), _lists("data", "attributes")),
        f"is a record of Strapi, or of JSON:API; send what is in attributes: {_TITLED}",
    ),
    (_has("_type", "_id"), f"is a document of Sanity; send {_TITLED}"),
    (
        lambda sent: isinstance(sent.get("fields"), dict) and _typed("stringValue")(sent["fields"]),
        f"is a document of Firestore; send its values without their types: {_TITLED}",
    ),
    (_typed("S", "M", "L"), f"is an item of DynamoDB; send its values without their types: {_TITLED}"),
    (
        _any_of(_lists("title", "value"), _lists("body", "value", "processed")),
        f"is a node of Drupal; send the values of its fields: {_TITLED}",
    ),
    (_has("_source"), "is a document of Elasticsearch; send what is in _source by itself"),
    (_holds("hits", "hits"), "is an answer of Elasticsearch; send the _source of each hit by itself"),
)
_AS_HTML: Final = "write it as HTML with format html (or as Markdown, or plain)"
_EDITORS: Final[tuple[tuple[Callable[[Any], bool], str], ...]] = (
    (_is_list_of("_type"), f"is Portable Text of Sanity; {_AS_HTML}"),
    (_has("nodeType"), f"is rich text of Contentful; {_AS_HTML}"),
    (_has("ops"), f"is a Delta of Quill; {_AS_HTML}"),
    (_has("entityMap"), f"is a text of Draft.js; {_AS_HTML}"),
    (_lists("blocks", "type"), f"is a text of Editor.js; {_AS_HTML}"),
    (_holds("root", "children"), f"is a text of Lexical; {_AS_HTML}"),
    (_lists("content", "type"), f"is a text of ProseMirror or TipTap; {_AS_HTML}"),
    (
        _is_list_of("children", "blockName", "insert"),
        f"is what an editor keeps (Slate, Gutenberg); {_AS_HTML}",
    ),
    (_has("rendered"), "is an object of WordPress; send what is in rendered, with format html"),
    (
        _any_of(_has("html"), _has("value"), _has("text"), _has("content")),
        "must be text in quotes, not an object",
    ),
    (_is_list_of("text", "content", "value", "type"), f"must be one text, not a list of parts; {_AS_HTML}"),
    (
        lambda body: isinstance(body, list) and all(isinstance(one, str) for one in body),
        "must be one text, not a list; join its paragraphs with line breaks",
    ),
)
