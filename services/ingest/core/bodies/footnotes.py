"""Footnotes in HTML, whoever wrote them: a link to a place in the text, from which a link leads back.

So do Markdown's renderers, WordPress, Pandoc, Hugo, Word and encyclopaedias, each with names of its own. One
that leads back nowhere is a footnote if its name says so. The place with the way back becomes a footnote and
is taken out of the text; its number, as the text has it, becomes a mark.
"""

import re
from itertools import islice
from typing import Final, NamedTuple

from selectolax.lexbor import LexborNode

from services.ingest.core.bodies import comments_on
from services.ingest.core.bodies.body import Body
from services.ingest.core.bodies.line import Written
from services.ingest.core.bodies.passage import Block, Opened, Passage
from services.ingest.core.bodies.tree import ROOT

_HOLDS: Final = frozenset({"li", "p", "div", "dd", "aside", "td", "section"})
_FAR: Final = 6
"""Elements up from a link that its own end of the two may be."""
_NAMED: Final = re.compile(
    r"[_:]*(?:fn|ftn|footnote|cite_note|endnote|note|reference|edn)[-_:.]?\w*\d\w*", re.I
)
_IN_LINES: Final = frozenset({"a", "span", "sup", "x-b", "x-strong", "x-i", "x-em", "x-small", "x-font"})
_NO_NOTE: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "table"})
_LARGEST: Final = 200
"""Elements in a note."""
_SIGN: Final = re.compile(
    r"[\s\[(（〔【]*(?:(?:注|註|note|fn)?\s*\d{1,4}|[①-⑳㈠-㈩*†‡§¶※]{1,3}|[a-z]|[ivxlc]{1,6})[\s\])）〕】]*",
    re.I,
)
_OWN: Final = re.compile(
    r"[\s\u3000]*(?:[\[(（〔【]\s*(?:注|註|note|fn)?\s*(?P<enclosed>\d{1,4}|[①-⑳])\s*[\])）〕】][.．、:：]?"
    r"|(?:注|註)?(?P<stopped>\d{1,4})(?:[.．:：](?!\d)|[、)）])|(?P<circled>[①-⑳])|(?P<raised>\d{1,4}))[\s\u3000]*",
    re.I,
)
"""A number that a note begins with, as who wrote it by hand has put it there."""
_MOST_BACK: Final = 50
"""Links back that one note may have."""
_SAYS_SO: Final = re.compile(r"href\s*=\s*[\"']?#", re.I)


class Found(NamedTuple):
    """What of a body is footnotes, by the elements' `mem_id`."""

    references: dict[int, str]
    """Links in the text, and the name of the note that each leads to."""
    notes: dict[int, str]
    """Elements that hold a note, and its name."""
    backs: frozenset[int]
    """Links back, which are not shown."""
    comments: frozenset[int]
    """What an editor's program writes of comments on the text: their signs in it, and the comments."""


NONE: Final = Found({}, {}, frozenset(), frozenset())


def may_have(html: str) -> bool:
    """Tell whether looking for footnotes is worth while."""
    return "#" in html and _SAYS_SO.search(html) is not None


def find(root: LexborNode) -> Found:
    """Find the footnotes of a body."""
    parser = root.parser
    places: dict[str, LexborNode] = {}
    for element in parser.css("[id], a[name]"):
        for name in (element.attributes.get("id"), element.attributes.get("name")):
            if name:
                places.setdefault(name, element)
    leading = [
        (link, place)
        for link in parser.css('a[href^="#"]')
        if (place := places.get((link.attributes["href"] or "")[1:])) is not None
    ]
    order = {link.mem_id: number for number, link in enumerate(parser.css("*"))}
    returning: dict[int, list[tuple[LexborNode, LexborNode]]] = {}
    for link, place in leading:
        for near in _around(link):
            returning.setdefault(near, []).append((link, place))
    return _paired(leading, returning, order)


def _paired(
    leading: list[tuple[LexborNode, LexborNode]],
    returning: dict[int, list[tuple[LexborNode, LexborNode]]],
    order: dict[int, int],
) -> Found:
    references: dict[int, str] = {}
    notes: dict[int, str] = {}
    backs: set[int] = set()
    comments: set[int] = set()
    for link, place in leading:
        if (
            comments_on.IS_ONE.fullmatch(link.attributes.get("href") or "")
            and order[place.mem_id] > order[link.mem_id]
        ):
            comments.add(link.mem_id)
            comments.update(one.mem_id for one in comments_on.holders(place))
            continue
        if link.mem_id in backs or order[place.mem_id] < order[link.mem_id] or not _is_reference(link):
            continue
        around = _around(link)
        back = [
            one
            for one, leads_to in returning.get(place.mem_id, [])[:_MOST_BACK]
            if leads_to.mem_id in around or _within(leads_to, link)
        ]
        holder = _holder(place)
        if holder is None or not (back or _is_named(place)) or holder.mem_id in around:
            continue
        references[link.mem_id] = notes.setdefault(holder.mem_id, str(len(notes) + 1))
        backs.update(one.mem_id for one in back)
    return Found(references, notes, frozenset(backs), frozenset(comments))


def _around(element: LexborNode) -> list[int]:
    """Give an element and those that it stands in, up to its block."""
    found, one = [element.mem_id], element
    while len(found) < _FAR and (outer := one.parent) is not None and outer.tag != ROOT:
        found.append(outer.mem_id)
        one = outer
        if outer.tag == "li":
            break
    return found


def _within(inner: LexborNode, outer: LexborNode) -> bool:
    return outer.mem_id in _around(inner)


def _holder(place: LexborNode) -> LexborNode | None:
    """Give the element that holds the whole note: the place itself, or the block that it begins."""
    one: LexborNode | None = place
    for _ in range(_FAR):
        if one is None or one.tag not in _HOLDS | _IN_LINES:
            return None
        outer = one.parent
        if one.tag in _HOLDS:
            # Word: the paragraphs of a note stand in a division of its own
            if one.tag == "p" and outer is not None and "mso-element:footnote" in _style(outer):
                return outer
            # a heading belongs to a chapter, whose place in a table of contents is linked likewise
            return one if one.tag in {"p", "li"} or _may_be_note(one) else None
        one = outer
    return None


def _may_be_note(element: LexborNode) -> bool:
    inside = [one.tag for one in islice(element.traverse(), _LARGEST)]
    return len(inside) < _LARGEST and _NO_NOTE.isdisjoint(inside)


def _style(element: LexborNode) -> str:
    return (element.attributes.get("style") or "").replace(" ", "")


def _is_reference(link: LexborNode) -> bool:
    """Tell whether a link is a number or a sign, as those to notes are, and those to chapters are not."""
    outer = link.parent
    if "footnote" in (link.attributes.get("class") or "") or (outer is not None and outer.tag == "sup"):
        return True
    first = link.child
    return (first is not None and first.tag == "sup") or _SIGN.fullmatch(link.text()) is not None


def _is_named(place: LexborNode) -> bool:
    return _NAMED.fullmatch(place.attributes.get("id") or place.attributes.get("name") or "") is not None


def opened(name: str, passage: Passage) -> Opened:
    """Open a footnote, which goes behind the whole text."""
    inside = Passage(passage.body)
    passage.end_line()

    def end() -> None:
        inside.end_line()
        passage.body.footnotes.setdefault(name, []).extend(inside.lines)
        for block in inside.shown:
            passage.show(block)

    return inside, end


def _without_gap(lines: list[Written]) -> list[Written]:
    """Take away the no-break space that stood before the way back."""
    if lines and lines[-1]["text"].endswith("\xa0") and not lines[-1].get("marks"):
        return [*lines[:-1], lines[-1] | {"text": lines[-1]["text"].rstrip("\xa0")}]
    return lines


def _without_number(lines: list[Written], number: int) -> list[Written]:
    """Take away the number that a note writes itself, where it is the one that it has in the list."""
    length = _before_text(lines[0], number) if lines else 0
    if not length or length == len(lines[0]["text"]):
        return lines
    first = lines[0]
    marks = first.get("marks") or []
    kept = [
        mark | {"start": max(0, mark["start"] - length), "end": mark["end"] - length}
        for mark in marks
        if mark["end"] > length
    ]
    as_is = [
        (max(0, start - length), end - length) for start, end in first.get("as_is") or () if end > length
    ]
    left = {"text": first["text"][length:], "marks": kept or None, "as_is": as_is or None}
    return [left, *lines[1:]]


def _before_text(line: Written, number: int) -> int:
    """Give how many characters stand before the text of a note: its own number, or a gap."""
    text, found = line["text"], _OWN.match(line["text"])
    gap = len(text) - len(text.lstrip("\xa0 "))
    if found is None or _value(next(filter(None, found.groups()))) != number:
        return gap
    marks = line.get("marks") or ()
    is_raised = found["raised"] is None or any(
        mark["kind"] == "superscript" and mark["end"] <= found.end() for mark in marks
    )
    return found.end() if is_raised else gap


def _value(number: str) -> int:
    return int(number) if number.isdecimal() else ord(number) - ord("①") + 1


def block(body: Body) -> Block | None:
    """Give the block of all footnotes, in the order in which the text refers to them."""
    if not body.footnotes:
        return None
    body.spend("paragraphs", len(body.footnotes))
    ordered = sorted(body.footnotes.items(), key=lambda note: int(note[0]))
    notes = [
        {"name": name, "paragraphs": _without_number(_without_gap(lines), number)}
        for number, (name, lines) in enumerate(ordered, 1)
    ]
    return {"kind": "footnotes", "notes": notes}
