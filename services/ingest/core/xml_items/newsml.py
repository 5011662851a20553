"""A text item of NewsML-G2, alone or in a newsMessage, in ninjs's words."""

import re
from typing import Any, Final
from xml.etree.ElementTree import Element

from services.ingest.core.addresses import web_address
from services.ingest.core.publication import told_to_the_desk
from services.ingest.core.xml_items import nitf
from services.ingest.core.xml_items.markup import html_of, with_dateline
from services.ingest.core.xml_items.words import Words, line_of, named, names_in

_OTHERS: Final = {
    "packageItem": "is a package of NewsML-G2; send the text items in it one by one",
    "conceptItem": "describes a concept; only text items can be published here",
    "knowledgeItem": "is a list of concepts; only text items can be published here",
    "planningItem": "tells the desk what is planned; only text items can be published here",
}
_STOPS: Final = re.compile("kill|cancel|withh|withdr|retract|embargo")
"""In a signal to the desk: what it asks for must be a status that is known, or the item is refused."""
_READ_ITEM_META: Final = named(
    """
    itemClass provider versionCreated firstCreated embargoed expires pubStatus title profile generator
    fileName
    """
)
_READ_CONTENT_META: Final = named(
    """
    urgency headline by creditline dateline language subject contentCreated contentModified creator
    contributor infoSource
    """
)


def read(root: Element) -> Words:
    """Read an item; ValueError says what to change."""
    if root.tag in _OTHERS:
        raise ValueError(_OTHERS[root.tag])
    if root.tag == "newsItem":
        return _read(root, [])
    found = [one for one in root.iter() if one.tag == "newsItem"]
    texts = [one for one in found if _class(one) == "text"]
    if not found:
        other = next((one.tag for one in root.iter() if one.tag in _OTHERS), None)
        raise ValueError(_OTHERS[other] if other else "is a newsMessage without a newsItem")
    if len(texts) > 1:
        raise ValueError(f"carries {len(texts)} text items; send them one by one")
    chosen = texts[0] if texts else found[0]
    return _read(chosen, [one for one in found if one is not chosen])


def _read(item: Element, beside: list[Element]) -> Words:
    words, meta, about = Words(), _in(item, "itemMeta"), _in(item, "contentMeta")
    words.put("uri", item.get("guid", "").strip(), "newsItem/@guid")
    words.put("version", item.get("version"), "newsItem/@version")
    words.put("type", _class(item), "itemClass/@qcode")
    words.put("pubstatus", _code(meta.find("pubStatus")), "pubStatus/@qcode")
    words.put("expires", line_of(meta.find("expires")), "expires")
    terms = (one for one in item.findall("rightsInfo/usageTerms") if "embargo" in line_of(one).lower())
    for note in (*meta.findall("edNote"), *terms):
        if told := told_to_the_desk(line_of(note)):
            raise ValueError(f"is not for readers by its {note.tag}, which {told}")
    for name, place in (("firstcreated", "firstCreated"), ("versioncreated", "versionCreated")):
        words.put(name, line_of(meta.find(place)), place)
    words.put("firstcreated", line_of(about.find("contentCreated")), "contentCreated")
    if meta.find("embargoed") is not None:
        # one without a time says that it is embargoed, and nobody knows until when
        until = line_of(meta.find("embargoed"))
        words.put("embargoed" if until else "pubstatus", until or "withheld", "embargoed")
        if not until and words.sent.get("pubstatus") == "usable":
            words.sent["pubstatus"] = "withheld"
    for signal in map(_code, meta.findall("signal")):
        if _STOPS.search(signal) and words.sent.get("pubstatus") not in ("canceled", "withheld"):
            words.sent["pubstatus"], words.places["/pubstatus"] = signal, "signal/@qcode"
    _put_names(words, item, meta, about)
    _put_texts(words, item, meta, about)
    _put_pictures(words, item, beside)
    words.set_aside_others(meta, _READ_ITEM_META)
    words.set_aside_others(about, _READ_CONTENT_META)
    words.set_aside_others(item.find("rightsInfo"), frozenset({"copyrightHolder"}))
    return words


def _put_names(words: Words, item: Element, meta: Element, about: Element) -> None:
    words.put("byline", ", ".join(names_in(about.findall("by"))), "by")
    words.put("byline", ", ".join(filter(None, map(_name, about.findall("creator")))), "creator")
    words.put("language", _in(about, "language").get("tag") or item.get("lang"), "language/@tag")
    words.put("urgency", line_of(about.find("urgency")), "urgency")
    subjects = (line_of(one.find("name")) for one in about.findall("subject"))
    words.put("subject", [{"name": one} for one in dict.fromkeys(subjects) if one], "subject/name")
    for path in ("provider", "creditline", "infoSource", "copyrightHolder"):
        found = meta.find(path) if path == "provider" else about.find(path)
        found = item.find(f"rightsInfo/{path}") if path == "copyrightHolder" else found
        if found is not None and (name := _name(found)):
            words.put("infosource", [{"name": name}], path)


def _put_texts(words: Words, item: Element, meta: Element, about: Element) -> None:
    headlines = sorted(about.findall("headline"), key=lambda one: "main" not in one.get("role", "main"))
    words.put("headline", next(filter(None, map(line_of, headlines)), ""), "headline")
    words.put("headline", line_of(meta.find("title")), "itemMeta/title")
    if "headline" not in words.sent:
        words.places["/headline"] = "headline"
    for other in headlines[1:]:
        words.set_aside("headline", "field", f"{line_of(other)[:100]} is another headline")
    words.places["/body_text"] = "contentSet/inlineXML"
    contents = [one for one in _in(item, "contentSet") if one.tag in ("inlineXML", "inlineData")]
    contents.sort(key=lambda one: one.tag != "inlineXML")
    for other in contents[1:]:
        words.set_aside(f"contentSet/{other.tag}", "text", "is another form of the text")
    if contents:
        _put_content(words, contents[0], line_of(about.find("dateline")))


def _put_content(words: Words, content: Element, dateline: str) -> None:
    place = f"contentSet/{content.tag}"
    if content.tag == "inlineData":
        is_html = "html" in content.get("contenttype", "")
        name = "body_html" if is_html else "body_text"
        if encoding := content.get("encoding"):
            raise ValueError(f"has a text in {encoding[:20]} ({place}); send it as it is read")
        words.put(name, (content.text or "").strip(), place)
        if dateline:
            words.set_aside("dateline", "dateline", f"{dateline[:100]} is not put into a plain text")
        return
    root = next(iter(content), None)
    if root is None:
        return
    if root.tag == "nitf":
        inner = nitf.read(root)
        for name in ("headline", "byline", "body_xhtml", "language"):
            words.put(name, inner.sent.get(name), inner.places.get(f"/{name}", place))
        for note in inner.notes.told():
            words.notes.add(*note)
        return
    body = root.find("body")
    html = html_of(
        content if body is None and root.tag != "html" else (root if body is None else body), words, place
    )
    words.put("body_xhtml", with_dateline(html, dateline, words, "dateline"), place)


def _put_pictures(words: Words, item: Element, beside: list[Element]) -> None:
    """Take the item's own remote contents, and the picture items that came with it."""
    associations = []
    for one in (item, *beside):
        renditions = [
            _rendition(r) for r in one.findall("contentSet/remoteContent") if _is_on_the_web(r, words)
        ]
        if one is not item and _class(one) not in ("picture", "graphic"):
            words.set_aside("newsItem", "item", f"a {_class(one)} item came with it")
        elif renditions:
            about = _in(one, "contentMeta")
            said = {
                "type": "picture",
                "renditions": renditions,
                "pubstatus": _code(one.find("itemMeta/pubStatus")),
                "embargoed": line_of(one.find("itemMeta/embargoed")),
                "description_text": "" if one is item else line_of(about.find("description")),
                "headline": "" if one is item else line_of(about.find("headline")),
                "byline": ""
                if one is item
                else line_of(about.find("creditline")) or line_of(about.find("by")),
            }
            associations.append({key: value for key, value in said.items() if value})
    words.put("associations", associations, "contentSet/remoteContent")


def _rendition(remote: Element) -> dict[str, Any]:
    sizes = {name: int(text) for name in ("width", "height") if (text := remote.get(name, "")).isdecimal()}
    said = {"name": _after(remote.get("rendition", "")), "href": remote.get("href")}
    return {**said, "mimetype": remote.get("contenttype", ""), **sizes}


def _is_on_the_web(remote: Element, words: Words) -> bool:
    address = remote.get("href", "")
    if web_address(address) is None:
        says = f"{address[:80]} is no address that begins with http:// or https://"
        words.set_aside("remoteContent/@href", "picture", says)
        return False
    return True


def _class(item: Element) -> str:
    return _code(item.find("itemMeta/itemClass")) or "text"


def _code(element: Element | None) -> str:
    """Give what a QCode or an address of one says, without its scheme."""
    if element is None:
        return ""
    said = element.get("qcode") or element.get("uri") or element.get("literal") or line_of(element)
    return _after(said).lower()


def _after(code: str) -> str:
    return code.replace("/", ":").rpartition(":")[2].strip()


def _name(element: Element) -> str:
    """Name a party: by its name, as written, or by its code."""
    named = line_of(element.find("name")) or element.get("literal") or line_of(element)
    return named.strip() or _after(element.get("qcode", ""))


_NONE: Final = Element("none")


def _in(element: Element, path: str) -> Element:
    """Give an element inside; an empty one if there is none."""
    found = element.find(path)
    return _NONE if found is None else found
