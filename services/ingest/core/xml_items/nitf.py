"""A document in NITF (3.x, with or without its namespace), in ninjs's words."""

import re
from html import escape
from typing import Final
from xml.etree.ElementTree import Element

from services.ingest.core.publication import meant_for, not_for_readers, told_to_the_desk
from services.ingest.core.xml_items.markup import html_of, with_dateline
from services.ingest.core.xml_items.words import Words, line_of, named, names_in

_STATUS: Final = "docdata/@management-status"
_KILLED: Final = ("canceled", "cancelled", "killed")
_TIMES: Final[dict[str | None, str]] = {"embargo_until": "embargoed", "expires_at": "expires"}
"""Of a `meta` that means one of these: what ninjs calls it."""
_FOR_MACHINES: Final = re.compile(r"\d{8}")
_READ_DOCDATA: Final = named(
    """
    doc-id date.issue date.release date.expire urgency key-list doc.copyright doc.rights du-key
    """
)
_READ_BODY_HEAD: Final = frozenset({"hedline", "byline", "dateline", "rights", "distributor"})


def read(root: Element) -> Words:
    """Read a document; ValueError says what to change."""
    words = Words()
    for meta in root.findall("head/meta"):
        for fault in not_for_readers({meta.get("name", ""): meta.get("content", "")}):
            raise ValueError(f"is not for readers by its head/meta: {fault.detail}")
        if meant_for(meta.get("name", "")) in _TIMES and (until := meta.get("content", "").strip()):
            words.put(_TIMES[meant_for(meta.get("name", ""))], until, "head/meta")
    docdata = _in(root, "head/docdata")
    notes = (docdata.find("ed-msg"), *root.findall("body/body.head/note"))
    for note in notes:
        said = line_of(note) or (note.get("info", "") if note is not None else "")
        if told := told_to_the_desk(said):
            raise ValueError(
                f"is not for readers by its {note.tag if note is not None else ''}, which {told}"
            )
    _put_identity(words, docdata)
    _put_times(words, root, docdata)
    _put_subjects(words, root, docdata)
    _put_texts(words, root)
    _put_sources(words, root, docdata)
    words.set_aside_others(docdata, _READ_DOCDATA)
    words.set_aside_others(root.find("body/body.head"), _READ_BODY_HEAD)
    words.set_aside_others(root.find("head"), frozenset({"title", "docdata", "tobject", "pubdata"}))
    return words


def _put_identity(words: Words, docdata: Element) -> None:
    """Say which document it is and what becomes of it: this one's status, or what it orders of another."""
    of_other, order = docdata.get("management-doc-idref"), docdata.get("management-idref-status", "")
    status = docdata.get("management-status", "").strip().lower()
    if of_other and (status in _KILLED or order.lower() in _KILLED):
        words.put("uri", of_other.strip(), "docdata/@management-doc-idref")
        words.put("pubstatus", "canceled", _STATUS)
        return
    if of_other:
        words.set_aside("docdata/@management-doc-idref", "field", f"{of_other[:60]} is not changed by it")
    words.put("uri", _in(docdata, "doc-id").get("id-string", "").strip(), "doc-id/@id-string")
    key = _in(docdata, "du-key")
    words.put("uri", key.get("key", "").strip(), "du-key/@key")
    if "uri" not in words.sent:
        words.places["/uri"] = "doc-id/@id-string"
    words.put("version", key.get("version"), "du-key/@version")
    if status in _KILLED:
        status = "canceled"
    elif status == "embargoed":
        # until when says date.release; without that nobody knows
        status = "usable" if docdata.find("date.release") is not None else "withheld"
    words.put("pubstatus", status, _STATUS)


def _put_times(words: Words, root: Element, docdata: Element) -> None:
    for name, element in (
        ("firstcreated", "date.issue"),
        ("firstcreated", "date.release"),
        ("embargoed", "date.release"),
        ("expires", "date.expire"),
    ):
        norm = _in(docdata, element).get("norm", "").strip()
        words.put(name, norm, f"{element}/@norm")
        if not norm and line_of(docdata.find(element)):
            words.set_aside(element, "date", "has no norm, so it cannot be read for sure")
    published = _in(root, "head/pubdata").get("date.publication", "").strip()
    words.put("firstcreated", published, "pubdata/@date.publication")
    urgency = _in(docdata, "urgency").get("ed-urg", "")
    words.put("urgency", urgency, "urgency/@ed-urg")


def _put_subjects(words: Words, root: Element, docdata: Element) -> None:
    names = []
    for subject in root.findall("head/tobject/tobject.subject"):
        said = (subject.get(f"tobject.subject.{part}") for part in ("type", "matter", "detail"))
        names += [name.strip() for name in said if name]
    names += [one.get("key", "").strip() for one in docdata.findall("key-list/keyword")]
    words.put("subject", [{"name": name} for name in dict.fromkeys(names) if name], "tobject.subject")


def _put_texts(words: Words, root: Element) -> None:
    head = _in(root, "body/body.head")
    words.put("headline", line_of(head.find("hedline/hl1")), "hedline/hl1")
    words.put("headline", line_of(root.find("head/title")), "head/title")
    if "headline" not in words.sent:
        words.places["/headline"] = "hedline/hl1"
    words.put("byline", ", ".join(names_in(head.findall("byline"))), "byline")
    body = "".join(html_of(one, words, "body.content") for one in root.findall("body/body.content"))
    pieces = []
    for second in names_in(head.findall("hedline/hl2")):
        if second != words.sent.get("headline"):
            words.notes.add("hedline/hl2", "changed", "element", "stands as a heading above the text")
            pieces.append(f"<h2>{escape(second)}</h2>")
    pieces.append(with_dateline(body, _dateline(head.find("dateline"), words), words, "dateline"))
    for end in root.findall("body/body.end/*"):
        if line_of(end):
            pieces.append(f"<p>{html_of(end, words, f'body.end/{end.tag}')}</p>")
    body = "".join(pieces)
    words.put("body_xhtml", body, "body.content")
    words.places["/body_text"] = "body.content"
    of_content = _in(root, "body/body.content").get("lang")
    words.put("language", of_content or root.get("lang") or _in(root, "body").get("lang"), "xml:lang")


def _put_sources(words: Words, root: Element, docdata: Element) -> None:
    words.put("infosource", _as_names(_in(docdata, "doc.rights").get("owner")), "doc.rights/@owner")
    if limits := _in(docdata, "doc.rights").get("limitations"):
        words.set_aside("doc.rights/@limitations", "rights", limits[:100])
    words.put("copyrightholder", _in(docdata, "doc.copyright").get("holder"), "doc.copyright/@holder")
    words.put("source", line_of(root.find("body/body.head/distributor")), "distributor")
    if rights := line_of(root.find("body/body.head/rights")):
        words.set_aside("rights", "rights", rights[:100])
    pubdata = _in(root, "head/pubdata")
    for name, value in pubdata.attrib.items():
        if name != "date.publication":
            words.set_aside(f"pubdata/@{name}", "field", f"{value[:60]} is not a field of an article")


def _as_names(name: str | None) -> list[dict[str, str]]:
    return [{"name": name}] if name else []


def _dateline(dateline: Element | None, words: Words) -> str:
    """Give a dateline as it is read; a date for machines is none."""
    said = line_of(dateline)
    dated = line_of(dateline.find("story.date")) if dateline is not None else ""
    if _FOR_MACHINES.match(dated):
        words.set_aside("dateline/story.date", "dateline", f"{dated[:40]} is a date for machines")
        return said.replace(dated, "").strip(" ,")
    return said


_NONE: Final = Element("none")


def _in(element: Element, path: str) -> Element:
    """Give an element inside; an empty one if there is none."""
    found = element.find(path)
    return _NONE if found is None else found
