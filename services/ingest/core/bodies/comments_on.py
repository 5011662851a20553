"""Comments on a text that an editor's program exports with it, each linked to its place."""

import re
from typing import Final

from selectolax.lexbor import LexborNode

from services.ingest.core.bodies.tree import ROOT

_HOLDS: Final = frozenset({"dt", "li", "p", "div", "dd", "aside"})
_FAR: Final = 6
"""Elements up from the place that is linked."""
IS_ONE: Final = re.compile(r"#?(?:[\w-]*-)?(?:_?cmnt|comment-|_?msocom_?)\d+", re.I)
"""What a link to such a comment says."""


def holders(place: LexborNode) -> list[LexborNode]:
    """Give what holds a comment that this place is named for."""
    one, holder = place, place
    for _ in range(_FAR):
        if one.tag in _HOLDS:
            holder = one
            break
        if one.parent is None or one.parent.tag == ROOT:
            break
        one = one.parent
    outer = holder.parent
    if holder.tag == "dt":
        behind = holder.next
        while behind is not None and behind.tag == "-text":
            behind = behind.next
        return [holder, behind] if behind is not None and behind.tag == "dd" else [holder]
    # each comment stands in a division of its own, which has no other and no text that is commented on
    if outer is not None and outer.tag == "div" and holder.tag == "p":
        others = [link for link in outer.css("a[id], a[name]") if link.mem_id != place.mem_id]
        if not others and outer.mem_id != place.mem_id:
            return [outer]
    return [holder]
