"""HTML as somebody else's program wrote it, as the tree that a browser makes of it.

Lexbor builds it as the HTML standard says, of broken markup too. Three things are settled before. XHTML
closes empty elements (`<iframe src="…"/>`) and prefixes names (`<xhtml:p>`), which in HTML would swallow the
rest of the text or mean nothing. Bold and italics that are never closed are repeated by the standard in every
paragraph that follows; under names of our own they end with their paragraph. And the time that a tree takes
grows with the square of its depth, and of the attributes of a tag, so both have a limit.
"""

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.ingest.core.faults import TooLargeError

ROOT: Final = "x-root"
"""Holds all: of a topmost node selectolax tells what stands behind it, too, as what is inside it."""
MOST_TAGS: Final = 20_000
"""Of a body, end tags included; the worst that so many can be made to cost is half a second."""
MOST_ATTRIBUTES: Final = 1_000
"""Of a tag."""
_SHORT: Final = 2 * MOST_ATTRIBUTES
"""Characters that hold no more."""

_PREFIX: Final = re.compile(r"<(/?)[A-Za-z][\w.-]*:(?=[A-Za-z])")
_CLOSED_AT_ONCE: Final = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)"
    r"([A-Za-z][\w.-]*)((?:\s[^<>]*[\s\"'])?)/>"
)
# the letters in front save most of the time
_REPEATED: Final = re.compile(
    r"<(/?)(?=[bcefinstuBCEFINSTU])((?i:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u))(?=[\s/>])"
)

_TAG: Final = re.compile("<[A-Za-z]")
_END: Final = re.compile(r"</([A-Za-z][^\s<>/]{0,100})")
_BARE: Final = re.compile(r"<([A-Za-z][^\s<>/=]{0,100})(?![^\s/>])[^<>=]{0,100}>")
_S: Final = r"\t\n\f\r "
# where an attribute begins and ends by the standard; a quote that nobody closes goes on to the end
_ATTRIBUTE: Final = re.compile(
    rf"""[{_S}/]*+[^{_S}/>][^{_S}/>=]*+(?:[{_S}]*+=[{_S}]*+"""
    rf"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^{_S}>"'][^{_S}>]*+)?+)?+"""
)
_ATTRIBUTES: Final = re.compile(f"(?:{_ATTRIBUTE.pattern})*+")


def tree_of(html: str, most_tags: int = MOST_TAGS) -> LexborNode | None:
    """Give the first of the topmost nodes, if any; TooLargeError says of what there is too much."""
    tags = html.count("<")
    if tags > most_tags:
        raise TooLargeError(f"has {tags:,} tags, at most {most_tags:,} are possible")
    if ":" in html:
        html = _PREFIX.sub(r"<\1", html)
    if "/>" in html:
        html = _CLOSED_AT_ONCE.sub(r"<\1\2></\1>", html)
    html = _REPEATED.sub(r"<\1x-\2", html)
    _check_attributes(html)
    if ROOT in html:
        html = html.replace(ROOT, f"{ROOT}-")
    root = LexborHTMLParser(f"<{ROOT}>{html}</{ROOT}>", is_fragment=True).root
    return root.child if root else None


def not_ended(html: str) -> dict[str, str]:
    """Give the tags that nobody ends, by name, as written first; one with attributes is an element's."""
    ended = {name.lower() for name in _END.findall(html)}
    bare = reversed([(one[1].lower(), one[0]) for one in _BARE.finditer(html)])
    found = {name: tag for name, tag in bare if name not in ended}
    return {name: tag for name, tag in found.items() if "-" not in name and not tag.endswith("/>")}


def _check_attributes(html: str) -> None:
    """Look at all that may be a tag, inside comments and attributes too."""
    left = 4 * len(html)
    for tag in _TAG.finditer(html) if len(html) > _SHORT else ():
        attributes = _ATTRIBUTES.match(html, tag.end())
        length = len(attributes.group()) if attributes else 0
        left -= length
        if left < 0:
            raise ValueError("has tags inside the quotes of other tags; close the quotes")
        if attributes and length > _SHORT:
            number = len(_ATTRIBUTE.findall(attributes.group()))
            if number > MOST_ATTRIBUTES:
                raise TooLargeError(
                    f"has a tag with {number:,} attributes, at most {MOST_ATTRIBUTES:,} are possible"
                )
