"""From a body, as its format has it, to the list of blocks that every reader of the log gets."""

from collections.abc import Callable
from typing import Final, Literal

from services.ingest.core.bodies.html import from_html
from services.ingest.core.bodies.markdown import from_markdown
from services.ingest.core.bodies.plain import from_plain
from services.ingest.core.field_types import body_text
from services.ingest.core.notes import Notes
from shared.blocks import Block, Embed, PictureBlock

Format = Literal["plain", "markdown", "html"]

_READERS: Final[dict[Format, Callable[[str, Notes, str], tuple[Block, ...]]]] = {
    "plain": from_plain,
    "markdown": from_markdown,
    "html": from_html,
}
_NO_TEXT: Final = (PictureBlock, Embed)


def read_body(text: str, written_in: Format, notes: Notes | None = None, base: str = "") -> tuple[Block, ...]:
    """Read a body as blocks, its relative addresses against `base`; ValueError says what to change."""
    blocks = _READERS[written_in](body_text(text), Notes() if notes is None else notes, base)
    if all(isinstance(block, _NO_TEXT) for block in blocks):
        raise ValueError(f"has no text that could be shown once it is read as {written_in}")
    return blocks
