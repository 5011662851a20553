"""What a page, or the element of its article, says of its own publication by classes and attributes."""

import re
from collections.abc import Iterable
from typing import Final

from publisher.core.markup import Tag
from services.ingest.core.faults import Fault
from services.ingest.core.publication_words import NOT_PUBLISHED

_NOT_OUT: Final = re.compile(
    r"(?:^|\s)(status-(?:draft|pending|private|future|trash|auto-draft)|post-password-(?:required|protected))"
    r"(?=\s|$)"
)
"""Classes that WordPress gives a post which is not for everybody."""
_STATES: Final = ("data-status", "data-visibility", "data-post-status")


def not_published(marked: Iterable[tuple[Tag, dict[str, str]]], start: int) -> tuple[Fault, ...]:
    """Give a fault for each mark of the page, or of the article whose text begins here."""
    faults: list[Fault] = []
    for tag, said in marked:
        if tag.name == "article" and tag.end != start:
            continue
        if found := _NOT_OUT.search(said.get("class", "")):
            faults.append(Fault(f"{tag.name} class", f"{found[1]}: only published posts are imported"))
        if "hidden" in said and tag.name != "body":
            faults.append(Fault(tag.name, "is hidden; only what is for all readers is published"))
        for name in _STATES:
            if (value := said.get(name, "").strip().lower()) in NOT_PUBLISHED:
                faults.append(Fault(f"{tag.name} {name}", f"{value}: only published posts are imported"))
    return tuple(faults)
