"""A plain body: every line that is not empty is a paragraph."""

from shared.events import Block, Paragraph


def from_plain(text: str) -> tuple[Block, ...]:
    """Read a plain body; the ideographic space that begins a line is kept."""
    lines = (line.strip(" \t\r") for line in text.splitlines())
    return tuple(Paragraph(text=line) for line in lines if line and not line.isspace())
