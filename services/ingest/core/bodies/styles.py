"""What an element says of its text by its name and attributes: marks, and that it is not shown."""

import re
import unicodedata
from itertools import islice
from typing import Any, Final

from selectolax.lexbor import LexborNode

from services.ingest.core.bodies.body import Body
from services.ingest.core.bodies.elements import MARKS
from services.ingest.core.bodies.footnotes import Found
from services.ingest.core.bodies.line import Kind, Style, Styles
from services.ingest.core.characters import no_control
from services.ingest.core.field_types import no_long_caption

# visibility and opacity are not among them: WeChat's whole text has them until a script has run
_HIDES: Final = re.compile(r"(?:display\s*:\s*none|mso-hide\s*:\s*all|mso-element\s*:\s*comment-list)", re.I)
_MEANS: Final[tuple[tuple[str, Kind], ...]] = (
    ("line-through", "deleted"),
    ("super", "superscript"),
    ("sub", "subscript"),
)
_STYLE: Final = re.compile(
    r"\btext-decoration[\w-]*\s*:[^;]*\b(line-through)|vertical-align\s*:\s*(super|sub)\b", re.I
)
_TRACKED: Final[dict[str, Kind]] = {
    "msoDel": "deleted",
    "msoIns": "inserted",
    "deletion": "deleted",
    "insertion": "inserted",
}
"""Of Word, and of Pandoc."""
_NOT_SEEN: Final = {
    **dict.fromkeys(
        ("screen-reader-text", "sr-only", "visually-hidden", "d-none", "hidden", "is-hidden"), "not seen"
    ),
    **dict.fromkeys(
        ("comment-start", "msocomanchor", "msocomtxt", "MsoCommentText"), "a comment on the text"
    ),
    "jammer": "letters that nobody sees",
    **dict.fromkeys(
        ("kg-bookmark-icon", "kg-audio-player", "kg-video-player"), "a part of a player or a card"
    ),
}
_WIDTHS: Final = re.compile(r":|\bd-(?:sm|md|lg|xl|xxl)-")
"""What is hidden at some widths alone is not hidden."""
_NO_SIZE: Final = re.compile(r"font-size\s*:\s*0(?:px|pt|r?em|%)?\s*(?:;|!|$)", re.I)


def _has_elements(element: LexborNode) -> bool:
    return any(True for _ in element.iter())


def hidden_by_class(element: LexborNode, said: dict[str, Any]) -> str | None:
    """Tell why an element is not shown by its class, or because its letters have no size."""
    style = said.get("style")
    if style and "font-size" in style and _NO_SIZE.search(style) and not _has_elements(element):
        return f"{element.tag} without a size"
    if not (name := said.get("class")):
        return None
    found = next((one for one in name.split() if one in _NOT_SEEN), None)
    return f"{_NOT_SEEN[found]} ({found})" if found and not _WIDTHS.search(name) else None


_EXPLAINS: Final = ("title", "data-tooltip", "data-tip", "data-original-title")
"""Attributes whose text is seen when a reader points at the words."""
_BACKGROUNDS: Final = ("background", "data-bg", "data-background", "data-background-image", "data-bgset")
_RULE: Final = re.compile(r"\.([\w-]{1,40})\s*\{([^{}]{0,2000})\}")
_STRUCK: Final = re.compile(r"(?:^|[\s-])(?:line-through|strike(?:through)?|ice-del)(?=\s|$)", re.I)
_MOST_RULES: Final = 2_000


def meanings(html: str) -> dict[str, str]:
    """Give, of the classes of a body's own style sheets, the styles that bear on words or show a picture."""
    sheets = "".join(re.findall(r"<style\b[^>]*+>(.*?)(?:</style|\Z)", html, re.I | re.DOTALL))
    found = islice(_RULE.finditer(sheets), _MOST_RULES)
    return {rule[1]: rule[2] for rule in found if _STYLE.search(rule[2]) or "url(" in rule[2]}


def left_out(tag: str, said: dict[str, Any]) -> str | None:
    """Tell why an element is not shown, None if it is."""
    if "hidden" in said:
        return f"{tag} hidden"
    if (style := said.get("style")) and (found := _HIDES.search(style)):
        return f"{tag} style={found.group()}"
    if tag == "dialog" and "open" not in said:
        return "dialog that is closed"
    # what KaTeX draws of the formula whose TeX is written
    return "katex-html" if said.get("class") == "katex-html" else None


def styled(
    element: LexborNode, tag: str, said: dict[str, Any], styles: Styles, found: Found, body: Body
) -> Styles:
    """Add what an element says of its text; of a kind that is open already the outer one counts."""
    kinds = MARKS.get(tag, ())
    if said:
        if tag == "a":
            styles = _linked(element, said, styles, found, body)
        elif tag in {"abbr", "acronym"} and (title := said.get("title")) and not _has("abbreviation", styles):
            no_control(title)
            no_long_caption(title, "title of an abbreviation")
            meant = unicodedata.normalize("NFC", title.strip())
            styles = (*styles, Style("abbreviation", element.mem_id, None, meant)) if meant else styles
        else:
            body.beside += [
                (f"{tag} {one}", said[one].strip()) for one in _EXPLAINS if (said.get(one) or "").strip()
            ]
        style = said.get("style") or ""
        if name := said.get("class"):
            if body.meanings:
                style += ";".join(["", *(body.meanings.get(one, "") for one in name.split())])
            if ("strike" in name or "line-through" in name or "ice-del" in name) and _STRUCK.search(name):
                kinds += ("deleted",)
        if style:
            if "url(" in style:
                body.tell_background(tag, style)
            meant = " ".join(one for pair in _STYLE.findall(style) for one in pair).lower()
            kinds += tuple(kind for word, kind in _MEANS if word in meant.split())
        for name in _BACKGROUNDS if body.has_backgrounds else ():
            if address := said.get(name):
                body.note("set aside", "picture", f"{tag} {name}: {address[:200]!r} is not shown")
        if tag == "span" and (tracked := _TRACKED.get((said.get("class") or "").partition(" ")[0])):
            kinds += (tracked,)
        if said.get("translate") == "no":
            kinds += ("as is",)
    for kind in kinds:
        if not any(style.kind == kind or (style.kind, kind) == _NUMBERED for style in styles):
            styles = (*styles, Style(kind, element.mem_id))
    return styles


def _has(kind: Kind, styles: Styles) -> bool:
    return any(style.kind == kind for style in styles)


_NUMBERED: Final = ("footnote", "superscript")


def _linked(element: LexborNode, said: dict[str, Any], styles: Styles, found: Found, body: Body) -> Styles:
    name = found.references.get(element.mem_id)
    if name:
        others = tuple(style for style in styles if style.kind not in {"link", "superscript", "footnote"})
        return *others, Style("footnote", element.mem_id, None, name)
    url = body.link(said.get("href"))
    if url is None:
        if (said.get("href") or "").strip():
            body.note("set aside", "link", "a: its href leads nowhere on the web; its text stays")
        return styles
    return *(style for style in styles if style.kind != "link"), Style("link", element.mem_id, url)
