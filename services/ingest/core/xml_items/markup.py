"""The text of an item as HTML: XHTML as it is, the elements of NITF by what HTML calls them."""

import re
from html import escape
from typing import Final
from xml.etree.ElementTree import Element

from services.ingest.core.addresses import web_address
from services.ingest.core.ninjs.pictures import WIDEST
from services.ingest.core.xml_items.words import Words, line_of, named

_AS_HTML: Final = {"hl1": "h2", "hl2": "h2", "bq": "blockquote", "block": "div", "credit": "p"} | {
    # ninjs's reader takes what stands in a body.content for the whole text
    "body.content": "div",
    "note": "div",
}
_UNWRAPPED: Final = named(
    """
    person org location chron money num copyrite event function object.title virtloc pronounce lang city
    state region country sublocation q nitf-table classifier alt-code frac frac-num frac-sep frac-den
    name.given name.family copyrite.year copyrite.holder denom numer
    """
)
"""Of NITF, around words that stay as they are."""
_LEFT_OUT: Final = frozenset({"nitf-table-metadata", "media-metadata"})
_EMPTY: Final = frozenset({"br", "hr", "img", "source", "col", "wbr", "input", "embed"})
_MARKS_AT_THE_END: Final = re.compile(r"[-—–:：电電讯訊)）】\]〕]\Z")
_WORD: Final = re.compile(r"\w+")


def html_of(parent: Element, words: Words, place: str) -> str:
    """Write what stands inside an element."""
    pieces: list[str] = []
    _inside(parent, words, place, pieces)
    return "".join(pieces)


def with_dateline(html: str, dateline: str, words: Words, place: str) -> str:
    """Put a dateline before the text, unless the text begins with it."""
    text = re.sub(r"<[^>]*+>", "", html[:2_000]).strip()
    begins = _WORD.search(dateline)
    if not dateline or (begins and begins[0].lower() in text[: len(dateline) + 20].lower()):
        return html
    between = " " if _MARKS_AT_THE_END.search(dateline) else " -- "
    words.notes.add(place, "changed", "dateline", "stands at the beginning of the text")
    first = re.search(r"<p(?:\s[^>]*+)?>", html)
    at = first.end() if first else 0
    return f"{html[:at]}{escape(dateline)}{between}{html[at:]}"


def _inside(parent: Element, words: Words, place: str, pieces: list[str]) -> None:
    pieces.append(escape(parent.text or "", quote=False))
    for child in parent:
        _element(child, words, place, pieces)
        pieces.append(escape(child.tail or "", quote=False))


def _element(one: Element, words: Words, place: str, pieces: list[str]) -> None:
    tag = one.tag
    if tag == "media":
        pieces.append(_media(one, words))
    elif tag in _LEFT_OUT:
        words.set_aside(tag, "field", "is for machines")
    elif tag == "fn":
        words.notes.add(place, "changed", "footnote", "stands in brackets where it is called")
        pieces.append(f" [{escape(line_of(one))}]")
    elif tag in _UNWRAPPED:
        if tag == "frac" and pieces and pieces[-1][-1:].isdigit():
            # 1½ is not 11/2
            pieces.append(" ")
        _inside(one, words, place, pieces)
    else:
        name = _AS_HTML.get(tag, tag)
        attributes = "".join(f' {key}="{escape(value)}"' for key, value in one.attrib.items())
        pieces.append(f"<{name}{attributes}>")
        if tag not in _EMPTY:
            _inside(one, words, place, pieces)
            pieces.append(f"</{name}>")


def _media(media: Element, words: Words) -> str:
    """Write a picture with its caption, and any other medium as a link."""
    caption = " ".join(filter(None, map(line_of, media.findall("media-caption"))))
    producer = " ".join(filter(None, map(line_of, media.findall("media-producer"))))
    if producer and producer not in caption:
        caption = f"{caption} {producer}".strip()
        words.notes.add("media-producer", "changed", "credit", "stands behind the caption")
    references = [one for one in media.findall("media-reference") if _address(one)]
    if not references:
        words.set_aside("media-reference", "picture", "names no address that begins with http:// or https://")
        return f"<p>{escape(caption)}</p>" if caption else ""
    best = max(references, key=_worth)
    if media.get("media-type", "image") in ("image", ""):
        alt = escape(best.get("alternate-text") or "")
        shown = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
        return f'<figure><img src="{escape(_address(best))}" alt="{alt}">{shown}</figure>'
    return f'<p><a href="{escape(_address(best))}">{escape(caption or _address(best))}</a></p>'


def _address(reference: Element) -> str:
    return web_address((reference.get("source") or "").strip()) or ""


def _worth(reference: Element) -> tuple[int, int]:
    width = reference.get("width") or ""
    number = int(width) if re.fullmatch(r"[0-9]{1,6}", width) else 0
    return (0, -number) if number > WIDEST else (1, number)
