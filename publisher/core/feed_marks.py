"""What an entry of a feed says of its own publication, in the words of the systems that write feeds.

Only posts that are published are imported: no drafts, pages, attachments, templates, settings or comments.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from publisher.core.feed_elements import Element
from services.ingest.core.faults import Fault
from services.ingest.core.publication import not_for_readers, speaks_of_publication
from services.ingest.core.publication_words import FINAL_WORDS

_POSTS: Final = {"wp:post_type": ("post",), "blogger:type": ("post",)}
_KIND: Final = "2005#kind"
_PRESENT: Final = (
    "draft",
    "isdraft",
    "private",
    "hidden",
    "trashed",
    "deleted",
    "premium",
    "paywall",
    "memberonly",
)
"""Marks that stand for themselves, without a text."""
_OF_OTHERS: Final = (
    "wp:comment",
    "media:",
    "source",
    "itunes:",
    "podcast:",
    "content",
    "description",
    "summary",
)
"""Elements that tell of something else than the entry."""
_DATES: Final = ("published", "issued")
_CATEGORIES: Final = ("category", "dc:subject", "keywords")
_WORDS: Final = (
    "title",
    "dc:title",
    "category",
    "dc:subject",
    "keywords",
    "author",
    "dc:creator",
    "link",
    "guid",
)
"""Elements whose text is the writer's own, be it one word: a draft of players is news."""


def not_published(elements: Sequence[Element]) -> tuple[Fault, ...]:
    """Give a fault for each mark by which an entry is not for publication, or might be."""
    return tuple(_faults(elements))


def _faults(elements: Sequence[Element]) -> Iterator[Fault]:
    key = ""
    for one in elements:
        if one.path.startswith(_OF_OTHERS):
            continue
        said = one.text
        if one.path == "wp:postmeta/wp:meta_key":
            key = said
        elif one.path == "wp:postmeta/wp:meta_value":
            yield from _asked(key, said, f"wp:postmeta {key}")
        elif one.name in _POSTS:
            if said and said.lower() not in _POSTS[one.name]:
                yield Fault(one.path, f"{one.name.rpartition(':')[2]} {said[:40]}: only posts are imported")
        elif one.path == "category" and one.attributes.get("scheme", "").endswith(_KIND):
            kind = one.attributes.get("term", "").rpartition("#")[2]
            if kind != "post":
                yield Fault("category", f"is a {kind[:40]} of Blogger; only posts are imported")
        elif one.path in _CATEGORIES and (written := one.attributes.get("term") or said) in FINAL_WORDS:
            yield Fault(one.path, f"{written}: only published posts are imported")
        elif one.name == "thr:in-reply-to":
            yield Fault(one.path, "is a reply to another entry, a comment; only posts are imported")
        elif one.path in _DATES:
            # Atom's word for when is others' for whether
            if said.lower() in ("false", "no", "0"):
                yield from _asked(one.path, said, one.path)
        else:
            plain = one.name.rpartition(":")[2].lstrip("@")
            if not said and plain.lower() in _PRESENT and not one.attributes:
                said = "true"
            yield from _asked(one.name.lstrip("@"), said, one.path)
            for name, value in one.attributes.items():
                if name in ("value", "content", "state") and not said:
                    yield from _asked(one.name, value, one.path)


def _asked(name: str, said: str, place: str) -> Iterator[Fault]:
    # what begins with a _ WordPress and its plugins keep for themselves, say what a post was before
    if speaks_of_publication(name, said, by_itself=place not in _WORDS and not name.startswith("_")):
        for fault in not_for_readers({name.rpartition(":")[2]: said}):
            yield Fault(place, fault.detail)
