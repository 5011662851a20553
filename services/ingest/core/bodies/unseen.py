"""What a browser does not show as it stands: scripts that write, texts of style sheets, sections of XML."""

import re
from typing import Any, Final

from selectolax.lexbor import LexborNode

from services.ingest.core.bodies.body import Body, excerpt

_SECTION: Final = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_CONTENT: Final = re.compile(r"""\bcontent\s*:\s*(?:"([^"\n]{1,500})"|'([^'\n]{1,500})')""")
_TAGS: Final = re.compile(r"<[^>]*+>")
_LETTERS: Final = re.compile(r"[^\W\d_]")
_FOR_LOOKS: Final = frozenset(
    {"class", "style", "id", "width", "height", "slot", "dir", "align", "role", "hidden"}
)
_LONGEST: Final = 200


def tell(element: LexborNode, tag: str, body: Body) -> None:
    """Tell of a script that writes text or is a template, and of letters that a style sheet adds."""
    inside = element.text() or ""
    if not inside:
        return
    if tag == "style":
        for found in _CONTENT.finditer(inside):
            if _LETTERS.search(said := found[1] or found[2]) and "\\" not in said:
                body.note("set aside", "element", f"style content: {excerpt(said)}")
        return
    kind = (element.attributes.get("type") or "").lower()
    if "template" in kind or kind in {"text/html", "text/x-handlebars", "text/markdown", "text/plain"}:
        if letters := excerpt(_TAGS.sub(" ", inside)):
            body.note("set aside", "element", f"script {kind}: {letters}")
    elif "document.write" in inside:
        body.note("set aside", "element", f"script: what it writes is not shown: {excerpt(inside)}")


def without_sections(html: str, body: Body) -> str:
    """Read what stands between the marks of XML for verbatim text, which a browser takes for a comment."""

    def meant(found: re.Match[str]) -> str:
        body.note("changed", "element", f"<![CDATA[: its text stays: {excerpt(found[1])}")
        return found[1]

    return _SECTION.sub(meant, html)


def attributes(said: dict[str, Any]) -> str:
    """Give, of an element that nobody knows, what its attributes say."""
    told = " ".join(f"{name}={value}" for name, value in said.items() if value and name not in _FOR_LOOKS)
    return f" ({told[:_LONGEST]})" if told else ""
