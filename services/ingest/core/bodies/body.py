"""What is known of the body that is being read: what it spent, its base, and what became of its parts."""

import re
from functools import cached_property
from typing import Any, Final

from selectolax.lexbor import LexborNode

from services.ingest.core.addresses import link_address, source_address
from services.ingest.core.bodies.budget import Budget
from services.ingest.core.notes import Did, Notes

_SHOWN: Final = 60
"""Characters of a text that a note tells."""
_LONGEST_ADDRESS: Final = 200
_BACKGROUND: Final = re.compile(r"\burl\(\s*[\"']?(?!#)([^\"')]+)", re.I)
_TAG: Final = re.compile("<[^>]*+>")
_SPACE: Final = re.compile(r"\s+")


class Body:
    """A body that is being read."""

    def __init__(self, notes: Notes, base: str = "") -> None:
        self.html = ""
        """As it is read; "" if it is not at hand."""
        self.not_ended: dict[str, str] | None = None
        """Its tags that nobody ends, once somebody asks."""
        self.meanings: dict[str, str] = {}
        """What its own style sheet says of a class, where that bears on what the words say."""
        self.spend = Budget().spend
        self.base = base
        self.is_checked = False
        """Whether all its texts are parts of one whose characters have been checked and normalised."""
        self.quotes = 0
        """Quotation marks that are open."""
        self.footnotes: dict[str, list[dict[str, Any]]] = {}
        """The paragraphs of each, by its name."""
        self.last_picture: str | None = None
        """The address of the picture that was shown last; None behind one that could not be."""
        self.beside: list[tuple[str, str]] = []
        """Texts that stand in attributes, and may stand in the text, too."""
        self._notes = notes
        self._awaiting: str | None = None

    @cached_property
    def has_backgrounds(self) -> bool:
        """Tell whether its attributes may name pictures behind the text."""
        return "background" in self.html or "data-bg" in self.html

    def note(self, did: Did, kind: str, detail: str) -> None:
        """Tell what became of a part."""
        self._notes.add("/body", did, kind, detail)

    def tell_beside(self, blocks: list[dict[str, Any]]) -> None:
        """Tell of texts in attributes that are not on the page."""
        shown = str(blocks)
        for place, text in self.beside:
            if text not in shown and repr(text)[1:-1] not in shown:
                self.note("set aside", "attribute", f"{place}: {excerpt(text)}")

    def leave_out(self, element: LexborNode, why: str, kind: str = "element") -> None:
        """Tell of an element that is not shown, if letters or pictures are lost with it."""
        # a template's text is no child of it
        whole = element.html or "" if element.tag == "template" else ""
        text = _TAG.sub(" ", whole) if whole else element.text()
        shown = [] if element.tag == "noscript" else element.css("img, image, amp-img")
        pictures = [(one.attributes.get("alt") or "").strip() for one in shown]
        if letters := excerpt(" ".join((text, *filter(None, pictures)))):
            self.note("set aside", kind, f"{why}: {letters}")
        addresses = list(filter(None, map(_address, shown)))
        if not letters and not addresses and (pictures or "<img" in whole):
            self.note("set aside", kind, f"{why}: a picture")
        for address in addresses:
            self.note("set aside", "picture", f"{why}: the picture {address[:_LONGEST_ADDRESS]!r} in it")

    def tell_background(self, tag: str, style: str) -> None:
        """Tell of pictures that stand behind an element: they are no part of the text."""
        for found in _BACKGROUND.finditer(style):
            self.note(
                "set aside", "picture", f"{tag} background: {found[1][:_LONGEST_ADDRESS]!r} is not shown"
            )

    def await_picture(self, detail: str | None) -> None:
        """Keep a note on a picture that could not be shown until it is known that no other shows it."""
        if self._awaiting:
            self.note("set aside", "picture", self._awaiting)
        self._awaiting = detail

    def forgive_picture(self) -> None:
        """Drop the note that is kept: another element shows the picture."""
        self._awaiting = None

    def source(self, written: str | None) -> str | None:
        """Give the address of the web that a picture's or a frame's attribute means."""
        return source_address(written, self.base)

    def link(self, written: str | None) -> str | None:
        """Give the address that a link means."""
        return link_address(written, self.base)


def _address(picture: LexborNode) -> str:
    said = picture.attributes
    address = said.get("src") or said.get("href") or said.get("xlink:href") or said.get("data-src") or ""
    return address if address.startswith(("http", "/")) else ""


def excerpt(text: str) -> str:
    """Give the beginning of a text as a note tells it; "" if it has no letters or signs."""
    said = _SPACE.sub(" ", text[: 20 * _SHOWN]).strip()
    if not said and text[20 * _SHOWN :].strip():
        said = "…"
    return said if len(said) <= _SHOWN else said[:_SHOWN] + "…"
