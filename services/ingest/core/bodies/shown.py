"""What a body shows besides text: pictures, and embeds, of which only a link remains."""

from typing import Final

from selectolax.lexbor import LexborNode

from services.ingest.core.addresses import source_address
from services.ingest.core.bodies.budget import A_PICTURE, Budget
from services.ingest.core.bodies.passage import Passage
from services.ingest.core.characters import no_control_in_body
from services.ingest.core.field_types import no_long_caption

MEDIA: Final = {"iframe": "src", "video": "src", "audio": "src", "embed": "src", "object": "data"}
"""Elements that a browser plays, and where they say what."""

_LARGEST_SIDE: Final = 100_000
"""Of a picture, in pixels; what claims more tells nothing of it."""


def picture(element: LexborNode, passage: Passage) -> None:
    """Show a picture."""
    said = element.attributes
    url = source_address(said.get("src"))
    width, height = _side(said.get("width")), _side(said.get("height"))
    if url is None or 1 in (width, height):
        return  # one pixel is no picture, it counts readers
    alt = _described(said.get("alt"), "text in place of a picture", url, passage.budget)
    shown = {"url": url, "alt": alt, "width": width, "height": height}
    passage.show({"kind": "picture", "picture": shown})


def embed(element: LexborNode, passage: Passage) -> None:
    """Show a link to what an element or one inside it would play; its text is for browsers that cannot."""
    url = next(filter(None, map(_source, _all_of(element))), None)
    if url is not None:
        title = _described(element.attributes.get("title"), "title of an embed", url, passage.budget)
        passage.show({"kind": "embed", "url": url, "text": title})


def _all_of(element: LexborNode) -> list[LexborNode]:
    inside: list[LexborNode] = element.css("*")
    return [element, *inside]


def _source(element: LexborNode) -> str | None:
    return source_address(element.attributes.get(MEDIA.get(element.tag or "", "src")))


def _described(text: str | None, kind: str, url: str, budget: Budget) -> str:
    described = (text or "").strip()
    no_control_in_body(described)
    no_long_caption(described, kind)
    budget.spend("bytes", A_PICTURE + len(described.encode()) + len(url.encode()))
    return described


def _side(said: str | None) -> int | None:
    """Give a picture's width or height in pixels, None if it is not said in pixels."""
    side = int(said) if said and said.isascii() and said.isdigit() and len(said) < 7 else 0
    return side if 1 <= side <= _LARGEST_SIDE else None
