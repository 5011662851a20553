"""HTML as somebody else's program wrote it, made clean and well-formed by nh3.

nh3 builds the same tree from broken markup as a browser, and keeps of it only what is allowed here. Three
things must be settled before. XHTML closes empty elements (`<iframe src="…"/>`) and prefixes names
(`<xhtml:p>`), which in HTML would swallow the rest of the text or mean nothing. Bold and italics that are
never closed are repeated by the tree in every paragraph that follows; under names of our own they end with
their paragraph. And the tree's time grows with the square of its depth (200,000 open `<div>`: two and a half
minutes), so the number of tags has a limit.
"""

import re
from typing import Final

import nh3

from services.ingest.core.bodies.line import MarkKind

MOST_TAGS: Final = 20_000
"""Of a body, end tags included; the worst that so many can be made to cost is about a second."""
MOST_REFERENCES: Final = 100_000
"""Signs & of a body: a million of them without an end would take the tree's parser seven seconds."""

MARKS: Final[dict[str, MarkKind]] = {
    "a": "link",
    "x-b": "strong",
    "x-strong": "strong",
    "x-i": "emphasis",
    "x-em": "emphasis",
}
CODE: Final = {"x-code", "x-tt"}
WITHOUT_END: Final = {"br", "embed", "hr", "img", "source"}
"""Elements that HTML writes without an end tag."""
MEDIA: Final = {"iframe": "src", "video": "src", "audio": "src", "embed": "src", "object": "data"}
HEADINGS: Final = {"h1": 2, "h2": 2, "h3": 3, "h4": 4, "h5": 4, "h6": 4, "hl1": 2, "hl2": 3}
"""Levels of headings; the title of the article is level 1. hl1 and hl2 are NITF's."""

_HOLDERS: Final = {"blockquote", "ul", "ol", "table", "figcaption"}
_PARTS: Final = {"li", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"}
_BLOCKS: Final = {
    *(
        "address",
        "article",
        "aside",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figure",
        "footer",
        "header",
    ),
    *("hr", "main", "nav", "p", "pre", "section", "summary"),
    # NITF
    *(
        "abstract",
        "block",
        "body.content",
        "body.end",
        "body.head",
        "byline",
        "byttl",
        "distributor",
        "hedline",
    ),
    *("media", "media-caption", "note", "tagline"),
}
_DROPPED: Final = {
    *(
        "applet",
        "button",
        "canvas",
        "datalist",
        "form",
        "head",
        "noembed",
        "noframes",
        "noscript",
        "optgroup",
    ),
    *("option", "script", "select", "style", "svg", "template", "textarea", "title"),
}
_CLEANER: Final = nh3.Cleaner(
    tags={"br", "img", "source", "span", *CODE, *MARKS, *MEDIA, *HEADINGS, *_HOLDERS, *_PARTS, *_BLOCKS},
    clean_content_tags=_DROPPED,
    attributes={
        "*": {"translate"},
        "a": {"href"},
        "img": {"src", "alt", "width", "height"},
        "source": {"src"},
        **{tag: {source, "title"} for tag, source in MEDIA.items()},
        "blockquote": {"class", "cite", "data-instgrm-permalink"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan"},
    },
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)

_PREFIX: Final = re.compile(r"<(/?)[A-Za-z][\w.-]*:(?=[A-Za-z])")
_CLOSED_AT_ONCE: Final = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)"
    r"([A-Za-z][\w.-]*)((?:\s[^<>]*[\s\"'])?)/>"
)
_REPEATED: Final = re.compile(
    r"<(/?)(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)


def clean(html: str) -> str:
    """Clean HTML of any quality; ValueError says what to change."""
    tags = html.count("<")
    if tags > MOST_TAGS:
        raise ValueError(f"has {tags:,} tags, at most {MOST_TAGS:,} are possible")
    references = html.count("&")
    if references > MOST_REFERENCES:
        raise ValueError(f"has {references:,} signs &, at most {MOST_REFERENCES:,} are possible")
    html = _PREFIX.sub(r"<\1", html)
    html = _CLOSED_AT_ONCE.sub(r"<\1\2></\1>", html)
    return _CLEANER.clean(_REPEATED.sub(r"<\1x-\2", html))
