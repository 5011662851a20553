"""What the head of a page says of its article: meta tags, JSON-LD, links and times.

What is used stands in `_META`; what is for machines alone, a viewport, a theme's colour, is passed over; all
else is told.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urljoin

from publisher.core.dates import SiteTime, as_revision, read_date
from publisher.core.feed_elements import names
from publisher.core.feed_fields import joined_names
from publisher.core.front_matter_words import nameless, strings
from publisher.core.languages import tag_of
from services.ingest.core.addresses import web_address
from services.ingest.core.faults import Fault
from services.ingest.core.field_types import LONGEST_TAG
from services.ingest.core.notes import Notes
from services.ingest.core.publication import not_for_readers, plain, speaks_of_publication
from services.ingest.core.publication_words import DATED

_PUBLISHED: Final = names(
    """
    article:published_time datepublished og:article:published_time og:published_time pubdate publishdate
    publish_date publication_date dc.date.issued dcterms.issued dcterms.created dc.date dcterms.date date
    parsely-pub-date sailthru.date article.published originalpublicationdate firstpublishedtime
    """
)
_CREATED: Final = ("createdat", "createat", "created", "releasedate")
"""What may be the time of publication where nothing is called so."""
_CHANGED: Final = names(
    """
    modifiedtime datemodified lastmodified modified lastupdated updatedtime updatedat updatetime revised
    lastmod
    """
)
_EXPIRES: Final = names("article:expiration_time expires_at expirydate unpublish_date dcterms.valid expires")
_EMBARGOED: Final = names("embargo embargo_until embargoed dcterms.available")
_AUTHORS: Final = names("author article:author dc.creator dcterms.creator parsely-author byl sailthru.author")
_TAGS: Final = names("article:tag")
_KEYWORDS: Final = names("news_keywords keywords")
_SECTIONS: Final = names("article:section parsely-section section columnname")
_PICTURES: Final = names(
    "og:image og:image:url og:image:secure_url twitter:image twitter:image:src image image_src thumbnailurl"
)
_ALTERNATIVES: Final = names("og:image:alt twitter:image:alt")
_TITLES: Final = names("og:title twitter:title dc.title dcterms.title headline")
_SOURCES: Final = names("source contentsource og:site_name application-name dc.publisher")
_SAID_AGAIN: Final = names(
    "og:url og:locale og:type og:image:width og:image:height og:image:type language dc.language "
    "content-language"
)
_FOR_MACHINES: Final = re.compile(
    r"(?:viewport|generator|theme-color|color-scheme|robots|googlebot|bingbot|referrer|format-detection|rating|"
    r"renderer|force-rendering|applicable-device|mobile-agent|handheldfriendly|mobileoptimized|csrf-.*|"
    r"apple-.*|msapplication-.*|twitter:.*|fb:.*|al:.*|ia:.*|.*-site-verification|.*verif.*|position|og:locale:.*|"
    r"supported-color-schemes|progid|originator)\Z",
    re.IGNORECASE,
)
_ARTICLES: Final = re.compile(
    r"(?:News|Blog|Report|Social|Tech|Scholarly|Analysis|Opinion|Background|Review)*(?:Article|Posting|Report)\Z|WebPage\Z"
)
_WORDS: Final = (*_TITLES, *_TAGS, *_KEYWORDS, *_SECTIONS, "description", "og:description")
"""What says in the writer's own words, be it one: a draft of players is news."""
_COMMA: Final = re.compile(r"\s*[,，]\s*")
_WRAPPED: Final = re.compile(
    r"\A\s*(?:<!--|//<!\[CDATA\[|/\*<!\[CDATA\[\*/)|(?:-->|//\]\]>|/\*\]\]>\*/)\s*\Z"
)
_ADDRESS: Final = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_MOST_TAGS: Final = 100
_MOST_LINKED: Final = 200_000
"""Characters of JSON-LD that are looked at."""


@dataclass(slots=True)
class Said:
    """What a page says beside its text."""

    language: str = ""
    base: str = ""
    canonical: str = ""
    metas: list[tuple[str, str]] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    """What `time` elements say that may be of the publication, the surest first."""
    linked: list[str] = field(default_factory=list)
    """JSON-LD, as written."""


class Head:
    """What a page says of its article, as fields of the native format."""

    def __init__(self, said: Said, site: SiteTime) -> None:
        self.sent: dict[str, Any] = {}
        self.notes = Notes()
        self.faults: list[Fault] = []
        self.places: dict[str, str] = {}
        self.title = ""
        self._said, self._site = said, site
        self._metas: dict[str, list[tuple[str, str]]] = {}
        for name, content in said.metas:
            self._metas.setdefault(name.lower(), []).append((name, content))
        # a page says of itself what its article says better
        described = sorted(_articles(said.linked, self.notes), key=_is_of_page)
        self._linked = {
            key: value for one in reversed(described) for key, value in one.items() if value is not None
        }
        self.language = (
            tag_of(
                self._first(("og:locale", "language", "dc.language", "content-language"))[1]
                or _text(self._linked.get("inLanguage"))
            )
            or ""
        )
        """Where the page's own element says none."""

    def map(self) -> None:
        """Map all that is known, and tell the rest."""
        self._refuse()
        self.title = self._first(_TITLES)[1] or _text(self._linked.get("headline"))
        self._map_addresses()
        self._put("section", self._first(_SECTIONS), _text(self._linked.get("articleSection")))
        publisher = self._linked.get("publisher")
        name = publisher.get("name") if isinstance(publisher, dict) else publisher
        self._put("source", self._first(_SOURCES), _text(name))
        self._map_times()
        self._map_authors()
        tags = [one for _, one in self._all(_TAGS)] or [
            part for _, one in self._all(_KEYWORDS) for part in _COMMA.split(one) if part
        ]
        linked = self._linked.get("keywords")
        if not tags and linked:
            tags = strings(linked)
        for tag in tags:
            if len(tag) > LONGEST_TAG:
                self.notes.add("article:tag", "set aside", "field", f"{tag[:200]!r} is too long for a tag")
        self.sent["tags"] = [one for one in dict.fromkeys(tags) if len(one) <= LONGEST_TAG][:_MOST_TAGS]
        self._tell_the_rest()

    def _first(self, wanted: Iterable[str]) -> tuple[str, str]:
        return next(((name, said) for name, said in self._all(wanted) if said), ("", ""))

    def _all(self, wanted: Iterable[str]) -> Iterator[tuple[str, str]]:
        return (one for name in wanted for one in self._metas.get(name, ()))

    def _called(self, wanted: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Give what stands under these names in whatever spelling, behind whatever system's prefix."""
        plainly = {plain(re.split(r"[.:]", name)[-1]): name for name in reversed(self._metas)}
        return (one for name in wanted if name in plainly for one in self._metas[plainly[name]])

    def _put(self, field_name: str, found: tuple[str, str], otherwise: str) -> None:
        name, value = found
        if value or otherwise:
            self.sent[field_name] = value or otherwise
            self.places[f"/{field_name}"] = name or "JSON-LD"

    def _refuse(self) -> None:
        said = [(name, content, name) for name, content in self._said.metas if name.lower() not in _PUBLISHED]
        status = self._linked.get("creativeWorkStatus")
        if status is not None:
            said.append(("status", _text(status), "creativeWorkStatus"))
        for name, content, place in said:
            own = re.split(r"[.:]", name)[-1]
            if _speaks(name, content):
                self.faults += (Fault(place, one.detail) for one in not_for_readers({own: content}))
        if _text(self._linked.get("isAccessibleForFree")).lower() == "false":
            self.faults.append(
                Fault("isAccessibleForFree", "is false; only what is for all readers is published")
            )
        if self._first(("article:content_tier",))[1].lower() == "locked":
            self.faults.append(
                Fault("article:content_tier", "is locked; only what is for all readers is published")
            )

    def _map_addresses(self) -> None:
        own = self._said.canonical or self._first(("og:url",))[1] or _text(self._linked.get("url"))
        base = _joined(own, self._said.base) if self._said.base else own
        if web_address(base):
            self.sent["base"] = base
        name, picture = self._first(_PICTURES)
        if not picture:
            name, picture = "JSON-LD", _address_of(self._linked.get("image"))
        if not picture:
            return
        picture = _joined(base, picture)
        if web_address(picture):
            self.sent["picture"] = {"url": picture, "alt": self._first(_ALTERNATIVES)[1]}
            self.places |= {"/picture/url": name, "/picture/alt": "og:image:alt"}
        else:
            told = f"{name} {picture[:80]!r} has no web address, so no reader could see it"
            self.notes.add(name, "set aside", "picture", told)
        for name, other in self._all(("og:image",)):
            if _joined(base, other) != picture:
                self.notes.add(name, "set aside", "picture", f"{name} {other[:200]} is another picture")

    def _map_times(self) -> None:
        published = [*self._all(_PUBLISHED), ("datePublished", _text(self._linked.get("datePublished")))]
        published += [("time", said) for said in self._said.times]
        published += [*self._called(DATED), *self._called(_CREATED)]
        self._take_time("published_at", published)
        for wanted, name, key in ((_EXPIRES, "expires_at", "expires"), (_EMBARGOED, "embargo_until", "")):
            self._take_time(name, [*self._all(wanted), (key, _text(self._linked.get(key)))], must=True)
        changed = [*self._called(_CHANGED), ("dateModified", _text(self._linked.get("dateModified")))]
        for name, said in changed:
            moment = read_date(said, self._site.zone).moment
            if "revision" not in self.sent and (revision := as_revision(moment, self._site.now)):
                self.sent["revision"], self.places["/revision"] = revision, name

    def _take_time(self, field_name: str, found: Iterable[tuple[str, str]], *, must: bool = False) -> None:
        for name, said in found:
            if not said:
                continue
            moment, told = read_date(said, self._site.zone)
            if told and moment is None and must:
                self.faults.append(Fault(name, f"{told}; until it is clear, the text is not published"))
            elif told:
                self.notes.add(name, "changed" if moment else "set aside", "date", told)
            if moment:
                self.sent[field_name] = said if _is_iso(said) else moment.isoformat()
                self.places[f"/{field_name}"] = name
                return

    def _map_authors(self) -> None:
        said = [(name, one) for name, one in self._all(_AUTHORS) if one]
        people = dict.fromkeys(one for _, one in said if not _ADDRESS.match(one))
        linked = self._linked.get("author")
        people = people or dict.fromkeys(_people(linked))
        for author in nameless(linked):
            self.notes.add("JSON-LD", "set aside", "field", f"author {author} has no name")
        for name, one in said:
            if _ADDRESS.match(one):
                self.notes.add(name, "set aside", "field", f"{name} {one[:200]} is an address and no name")
        if people:
            self.sent["byline"] = joined_names(people)
            self.places["/byline"] = said[0][0] if said else "JSON-LD"

    def _tell_the_rest(self) -> None:
        used = {
            *_PUBLISHED, *_EXPIRES, *_EMBARGOED, *_AUTHORS, *_SECTIONS, *_PICTURES, *_ALTERNATIVES, *_TITLES,
            *_SOURCES, *_TAGS, *_SAID_AGAIN,
        }  # fmt: skip
        used |= {name.lower() for name, _ in self._called((*DATED, *_CREATED, *_CHANGED))}
        used |= set() if self._metas.keys() & set(_TAGS) else set(_KEYWORDS)
        for name in ("articleBody", "alternativeHeadline", "abstract", "backstory", "correction"):
            if said := _text(self._linked.get(name)):
                self.notes.add("JSON-LD", "set aside", "field", f"{name} {said[:80]!r} is not used")
        for name, content in self._said.metas:
            if not content or name.lower() in used or _FOR_MACHINES.match(name) or _speaks(name, content):
                continue
            self.notes.add(name, "set aside", "field", f"{name} {content[:80]!r} is not used")


def _speaks(name: str, content: str) -> bool:
    own = re.split(r"[.:]", name)[-1]
    return speaks_of_publication(own, content, by_itself=name.lower() not in _WORDS)


def _articles(linked: Iterable[str], notes: Notes) -> Iterator[dict[str, Any]]:
    """Give the articles that JSON-LD describes."""
    for written in linked:
        try:
            # some wrap it for browsers of old, and leave line breaks in its texts
            plainly = _WRAPPED.sub("", written)
            found = json.loads(plainly, strict=False) if len(written) <= _MOST_LINKED else None
        except (ValueError, RecursionError) as error:
            notes.add("JSON-LD", "set aside", "field", f"JSON-LD is not read: {str(error)[:100]}")
            continue
        for one in found if isinstance(found, list) else [found]:
            yield from _articles_in(one)


def _articles_in(described: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(described, dict):
        return
    graph, entity = described.get("@graph"), described.get("mainEntity")
    for one in (described, entity, *(graph if isinstance(graph, list) else ())):
        if isinstance(one, dict) and any(map(_ARTICLES.match, _kinds(one))):
            yield one


def _kinds(described: dict[str, Any]) -> list[str]:
    kinds = described.get("@type")
    return [one for one in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(one, str)]


def _is_of_page(described: dict[str, Any]) -> bool:
    return all(kind == "WebPage" for kind in _kinds(described))


def _people(author: Any) -> Iterator[str]:
    for one in author if isinstance(author, list) else [author]:
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and name and not _ADDRESS.match(name):
            yield name


def _address_of(image: Any) -> str:
    """Give the address of what JSON-LD describes as a picture, the first of several."""
    one = image[0] if isinstance(image, list) and image else image
    return _text(one.get("url") or one.get("contentUrl")) if isinstance(one, dict) else _text(one)


def _is_iso(said: str) -> bool:
    try:
        return datetime.fromisoformat(said).tzinfo is not None
    except ValueError:
        return False


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), "")
    return value.strip() if isinstance(value, str) else ""


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address
