"""What a reader sees of a page, taken from its HTML without a browser."""

from html.parser import HTMLParser


class Reading(HTMLParser):
    """A page as lines of text: every tag begins a new line but those that stand inside a text."""

    INSIDE = frozenset({"series", "dateline"})
    VOID = frozenset({"meta", "link", "img"})

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.lines = [""]
        self.attributes: list[tuple[str, str, str]] = []
        self._open: list[bool] = []
        self.feed(html.decode())
        self.lines = [line for line in self.lines if line.strip()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a new line, unless the tag stands inside a text."""
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        inside = dict(attrs).get("class") in self.INSIDE
        if tag not in self.VOID:
            self._open.append(inside)
        if not inside:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        """Begin a new line behind what began one."""
        if not self._open.pop():
            self.lines.append("")

    def handle_data(self, text: str) -> None:
        """Go on with the line."""
        self.lines[-1] += text

    def all(self, name: str) -> list[str]:
        """Give every value of an attribute."""
        return [value for _, attribute, value in self.attributes if attribute == name]
