"""Pictures of a body: what is one, what only stands for a letter or counts readers, and which are the same.

A `noscript` beside a picture that a script loads repeats it.
"""

import re
from itertools import islice
from typing import Any, Final

from selectolax.lexbor import LexborNode

from services.ingest.core.addresses import is_larger, is_small, same_picture
from services.ingest.core.bodies import emoji
from services.ingest.core.bodies.body import Body
from services.ingest.core.bodies.budget import A_PICTURE
from services.ingest.core.bodies.described import described, side
from services.ingest.core.bodies.line import Styles
from services.ingest.core.bodies.passage import Block, Passage
from services.ingest.core.bodies.picture_sources import is_late, largest, unfit
from services.ingest.core.field_types import LONGEST_LINE

PICTURES: Final = frozenset({"img", "image", "amp-img", "amp-anim"})
"""Elements; `image` is what old pages write for `img`."""
_COUNTS: Final = re.compile(
    r"//(?:pixel|beacon|analytics)\.|//stats\.wordpress\.com|feeds\.wordpress\.com/1\.0/|feedburner\.com/~[rf]+/"
    r"|/(?:pixel|1x1|spacer|blank|transparent)\.(?:gif|png)|google-analytics\.com|doubleclick\.net"
    r"|feedsportal\.com|scorecardresearch\.com|quantserve\.com",
    re.I,
)
"""Addresses of pictures that nobody sees."""
_LONGEST_TOLD: Final = 200
_MOST_SOURCES: Final = 20
_HIDDEN: Final = re.compile(r"display\s*:\s*none", re.I)
_TINY: Final = re.compile(r"(?:^|[;\s])(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|!|$)", re.I)


def picture(element: LexborNode, said: dict[str, Any], passage: Passage, styles: Styles) -> None:
    """Show a picture, or write the letters that it stands for."""
    body = passage.body
    if (letters := emoji.letters(said)) is not None:
        if letters:
            passage.write(letters, styles)
        else:
            body.note("set aside", "picture", f"a smiley without letters: {(said.get('src') or '')[:60]}")
        return
    passage.end_line()
    linked = next((style.url for style in styles if style.kind == "link" and style.url), None)
    if any(style.kind == "link" for style in styles):
        told = f"a: a link around a picture; the picture stays ({(linked or '')[:_LONGEST_TOLD]})"
        body.note("set aside", "link", told)
    if why := _unseen(said):
        body.note("set aside", "tracking pixel", f"img: {why}")
    elif (repeated := beside(element, "noscript")) is not None and repeated.css_first("img") is not None:
        if body.last_picture is None:
            show(element, said, passage, linked)
    else:
        show(element, said, passage, linked)


def sources(element: LexborNode, passage: Passage, styles: Styles) -> None:
    """Show a `picture` that has no `img`; of others the `img` is shown."""
    inside = list(islice(element.iter(), _MOST_SOURCES))
    if inside and all(one.tag == "source" for one in inside):
        picture(element, inside[0].attributes, passage, styles)


def fallback(element: LexborNode, passage: Passage) -> None:
    """Show the picture of a `noscript`, unless the one before it is the same."""
    shown, body = element.css_first("img"), passage.body
    if shown is not None and not _unseen(shown.attributes) and not _is_repeated(element, shown, body):
        passage.end_line()
        body.forgive_picture()
        show(shown, shown.attributes, passage)
    body.leave_out(element, "noscript: not shown")


def _is_repeated(element: LexborNode, shown: LexborNode, body: Body) -> bool:
    before = beside(element, *PICTURES, "picture", "a", "span", "div")
    if before is None or body.last_picture is None:
        return False
    late = before if before.tag in PICTURES else before.css_first("img, amp-img")
    url = body.source(shown.attributes.get("src")) or ""
    return late is not None and (
        is_late(late.attributes) or same_picture(url) == same_picture(body.last_picture)
    )


def beside(element: LexborNode, *tags: str) -> LexborNode | None:
    """Give the element right before, if it is one of these."""
    before = element.prev
    while before is not None and before.tag == "-text" and not (before.text_content or "").strip():
        before = before.prev
    return before if before is not None and before.tag in tags else None


def _unseen(said: dict[str, Any]) -> str:
    sizes = [(said.get(name) or "").strip().removesuffix("px") for name in ("width", "height")]
    if any(size in {"0", "1"} for size in sizes) or _TINY.search(said.get("style") or ""):
        return "of one pixel"
    if "kg-bookmark-icon" in (said.get("class") or ""):
        return "a site's icon"
    if not is_late(said) and ("hidden" in said or _HIDDEN.search(said.get("style") or "")):
        return "hidden"
    address = said.get("src") or ""
    return address[:80] if not is_late(said) and _COUNTS.search(address) else ""


def show(element: LexborNode, said: dict[str, Any], passage: Passage, linked: str | None = None) -> None:
    """Show a picture of which this is said; one that no browser could fetch is told.

    `linked`: where a link around it leads, which may be the same picture in full size.
    """
    body = passage.body
    found, others = largest(element, said, body)
    if found is None:
        body.last_picture = None
        body.await_picture(unfit(element, said, body))
        return
    url, width = found
    if linked and is_small(url) and is_larger(linked, url) and same_picture(linked) == same_picture(url):
        url, width = linked, None
        said = said | {"width": None, "height": None}
    for name in ("title", "data-caption", "data-title", "data-description"):
        if text := (said.get(name) or "").strip():
            body.beside.append((f"{element.tag} {name}", text))
    body.await_picture(None)
    body.last_picture = url
    alt = described(said.get("alt"), "text in place of a picture", url, body)
    sides = side(said.get("width")), side(said.get("height"))
    if width and width != sides[0]:
        sides = width, (round(sides[1] * width / sides[0]) or None if sides[0] and sides[1] else None)
    shown: dict[str, Any] = {"url": url, "alt": alt, "width": sides[0], "height": sides[1]}
    if others:
        body.spend("bytes", sum(A_PICTURE + len(other["url"].encode()) for other in others))
        shown["renditions"] = others
    passage.show({"kind": "picture", "picture": shown})


def merged(blocks: list[Block], body: Body) -> list[Block]:
    """Make one of pictures that are the same, the largest.

    The first keeps its place, and gets the captions of all.
    """
    kept: list[Block] = []
    seen: dict[str, dict[str, Any]] = {}
    for block in blocks:
        if block["kind"] == "picture":
            shown = block["picture"]
            first = seen.setdefault(same_picture(shown["url"]), shown)
            if (
                first is not shown
                and (caption := one_caption(first.get("caption"), shown.get("caption"))) is not None
            ):
                first["caption"] = caption
                first["alt"] = first["alt"] or shown["alt"]
                if is_larger(shown["url"], first["url"]):
                    first |= {name: shown.get(name) for name in ("url", "width", "height", "renditions")}
                alt = f" (alt: {shown['alt'][:60]})" if shown["alt"] not in first["alt"] else ""
                body.note("changed", "picture", f"the same picture twice is one{alt}")
                continue
        kept.append(block)
    return kept


def one_caption(first: str | None, second: str | None) -> str | None:
    """Give one caption for two, None where it would be too long."""
    first, second = first or "", second or ""
    if second in first:
        return first
    both = second if first in second else f"{first} {second}"
    return both if len(both) <= LONGEST_LINE else None
