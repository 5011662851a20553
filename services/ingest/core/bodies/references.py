"""Definitions of links and footnotes in Markdown, and the lines that only look like some.

`[记者]: 您好吗？` is by CommonMark the definition of a link, which nobody sees. One that leads to no
address, or that nothing refers to, was meant as text; so was a footnote without a reference, and a second of
the same name. In those the bracket is replaced by a character that means nothing, until the HTML is written.
"""

import re
from collections import Counter
from typing import Final

from services.ingest.core.bodies.body import Body

BRACKET: Final = "\ufdd0"
"""In place of `[`; Unicode has made it no character."""

_DEFINITION: Final = re.compile(
    r"^([ \t>]*+(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*+)\[((?:\\.|[^\[\]\\]){1,999}+)\]:"
    r"[ \t]*+(?:\r?\n[ \t>]*+)?([^\r\n]*+)",
    re.MULTILINE,
)
_LABEL: Final = re.compile(r"(?<!\\)\[((?:\\.|[^\[\]\\])++)\]")
_ADDRESS: Final = re.compile(
    r"""(?:<[^<>]*+>|[A-Za-z][A-Za-z0-9+.-]*+:[^\s]|[/#?.]|[\w-]+(?:\.[\w-]+)*+\.[A-Za-z]{2,}(?=[/\s]|$)
      |[\x21-\x7e]*+/|[\x21-\x7e]+\.(?:html?|md|jpe?g|png|gif|webp|svg|pdf|php|aspx?)(?=\s|$))""",
    re.VERBOSE,
)
_COMMENT: Final = re.compile(r"(?://|comment|_metadata_.*|\.)", re.I)
_WEB: Final = re.compile(r"<?https?://\S+\s*\Z", re.I)


def as_text(text: str, body: Body) -> str:
    """Write what only looks like a definition so that it is read as text."""
    standing = Counter(map(_folded, _LABEL.findall(text)))
    standing.subtract(_folded(found.group(2)) for found in _DEFINITION.finditer(text))
    used = {label for label, times in standing.items() if times > 0}
    seen: set[str] = set()

    def written(found: re.Match[str]) -> str:
        before, label, leads_to = found.groups()
        folded = _folded(label)
        is_first = folded not in seen
        seen.add(folded)
        if label.startswith("^"):
            if is_first and folded in used:
                return found.group()
        elif _COMMENT.fullmatch(label) or leads_to.lstrip().startswith(("# (", "<> (", '<> "')):
            body.note("set aside", "comment", f"[{label}]: {leads_to[:60]}")
            return found.group()
        elif _ADDRESS.match(leads_to):
            if is_first and folded in used:
                return found.group()
            if label.isascii() and _WEB.match(leads_to):
                body.note("set aside", "reference", f"[{label}]: {leads_to[:200]} (nothing refers to it)")
                return found.group()
        whole = found.group()
        return f"{before}{BRACKET}{whole[len(before) + 1 :]}"

    return _DEFINITION.sub(written, text)


def restored(html: str) -> str:
    """Write the bracket again; each such line is one of its own."""
    return html.replace(BRACKET, "<br>[") if BRACKET in html else html


def _folded(label: str) -> str:
    return " ".join(label.split()).casefold()
