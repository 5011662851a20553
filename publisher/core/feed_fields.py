"""Who wrote an entry, where it lies and what it is about."""

import re
from collections.abc import Sequence
from typing import Final

from publisher.core.feed_elements import Element
from publisher.core.markup import text_of
from services.ingest.core.addresses import web_address
from services.ingest.core.field_types import LONGEST_TAG, section_name
from services.ingest.core.notes import Notes

_BY_WORTH: Final = (("dc:creator",), ("author/name", "author"), ("itunes:author",))
AUTHORS: Final = tuple(path for paths in _BY_WORTH for path in paths)
_CATEGORIES: Final = ("category", "dc:subject", "keywords")
_OF_OTHERS: Final = ("post_format", "nav_menu")
"""What WordPress lists among categories, and which are none."""
_MOST_TAGS: Final = 100
_WORD: Final = re.compile(r"\s*+\S++")
_SPACE: Final = re.compile(r"[ \t\r\n]+")
_HAN: Final = re.compile("[\u3400-\u9fff]")


def link_of(elements: Sequence[Element], otherwise: str) -> str:
    """Give where an entry, or a feed, lies on the web."""
    for one in elements:
        if one.path == "link" and one.attributes.get("rel", "alternate").lower() == "alternate":
            address = (one.attributes.get("href") or one.text).strip()
            if address:
                return address
    guid = next((one for one in elements if one.path == "guid"), None)
    is_link = guid is not None and guid.attributes.get("ispermalink", "true").lower() == "true"
    return guid.text if guid is not None and is_link and web_address(guid.text) else otherwise


def tags_of(elements: Sequence[Element], notes: Notes) -> list[str]:
    """Give the names of all categories, those that WordPress calls so before its tags."""
    found: dict[str, bool] = {}
    for one in elements:
        said = one.attributes
        if one.path not in _CATEGORIES or said.get("domain") in _OF_OTHERS:
            continue
        if said.get("scheme", "").endswith("#kind"):
            continue
        name = _SPACE.sub(" ", text_of(said.get("label") or said.get("term") or one.text))
        if len(name) > LONGEST_TAG:
            notes.add(one.path, "set aside", "field", f"{one.path} {name[:200]} is too long for a tag")
        elif name:
            found[name] = found.get(name, False) or said.get("domain") != "post_tag"
    if (more := len(found) - _MOST_TAGS) > 0:
        notes.add("category", "set aside", "field", f"{more} categories are more than an article has")
    return sorted(found, key=lambda name: not found[name])[:_MOST_TAGS]


def section_of(tags: Sequence[str]) -> str | None:
    """Give the first name that a section can have."""
    for name in tags:
        try:
            return section_name(name)
        except ValueError:
            continue
    return None


def byline_of(elements: Sequence[Element], notes: Notes) -> str:
    """Give the names of all authors, without mailboxes, which are not for readers."""
    chosen: dict[str, None] = {}
    for paths in _BY_WORTH:
        # of an author in parts, the name is one of its own
        here = [one for one in elements if one.path in paths and not (one.path == "author" and one.has_tags)]
        names = dict.fromkeys(filter(None, map(_person, here)))
        chosen = chosen or names
        if left := [name for name in names if name not in chosen]:
            told = f"{here[0].path} {', '.join(left)[:200]} is not in the byline"
            notes.add(here[0].path, "set aside", "field", told)
    return joined_names(chosen)


def joined_names(names: Sequence[str] | dict[str, None]) -> str:
    """Write names in a row, as their script does."""
    return ("、" if any(map(_HAN.search, names)) else ", ").join(names)


def _person(one: Element) -> str:
    return without_mailbox(one.text)


def without_mailbox(author: str) -> str:
    """Give the name of an author without the mailbox, which is not for readers."""
    author = _SPACE.sub(" ", author)
    mailbox, _, name = author.partition(" (")
    if _is_mailbox(mailbox) and name.endswith(")"):
        return name[:-1]
    return "".join(word for word in _WORD.findall(author) if not _is_mailbox(word.lstrip())).strip()


def _is_mailbox(text: str) -> bool:
    return "@" in text[1:-1] and not _SPACE.search(text)
