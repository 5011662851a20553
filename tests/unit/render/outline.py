"""A page as its elements, for what holds of its HTML; what a reader sees of it is in reading.py."""

from html.parser import HTMLParser
from typing import Final

VOID: Final = {"meta", "link", "img", "input", "br"}


class Element:
    """An element with its attributes, and the text inside it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.text = ""

    def get(self, name: str) -> str:
        """Give an attribute; an empty one where there is none."""
        return self.attributes.get(name, "")


class Outline(HTMLParser):
    """A page's elements in their order; what is not closed by its own tag fails the test."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        assert len(dict(attrs)) == len(attrs), (tag, attrs)
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)
        for outer in self._open:
            outer.text += element.get("alt") if tag == "img" else ""

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self._open, tag
        assert self._open.pop().tag == tag

    def handle_data(self, text: str) -> None:
        """Give a text to all that it stands in."""
        for element in self._open:
            element.text += text

    def all(self, *tags: str) -> list[Element]:
        """Give the elements of these names."""
        return [element for element in self.elements if element.tag in tags]

    def having(self, name: str) -> list[Element]:
        """Give the elements with this attribute."""
        return [element for element in self.elements if name in element.attributes]
