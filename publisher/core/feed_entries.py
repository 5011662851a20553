"""An entry of a feed as an article, whatever the feed's version.

The feed's name and the address of an entry, hashed, are its id, and the second in which it was updated is
its revision: an entry that is imported again is the same article, and an older copy never replaces a newer.
The name is given by who imports; what a feed says of itself, and of others, names nothing. A time that has
not come yet is no revision: no later copy could replace it. Of several texts the longest is the article's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from publisher.core.dates import as_revision, read_date
from publisher.core.feed_elements import Element, Feed, names
from publisher.core.feed_fields import AUTHORS, byline_of, link_of, section_of, tags_of
from publisher.core.feed_marks import not_published
from publisher.core.feed_media import PICTURES, picture_of
from publisher.core.feed_texts import Text, line_of, longest, text_of_feed
from publisher.core.ids import feed_id
from publisher.core.languages import language_of
from publisher.core.markup import text_of
from publisher.core.reading import Reading
from services.ingest.core.addresses import web_address
from services.ingest.core.faults import Rejection, invalid, unreadable
from services.ingest.core.notes import Notes
from services.ingest.core.publication import plain
from services.ingest.core.publication_words import DATED, ENDS, WAITS

_SPACE: Final = re.compile(r"[ \t\r\n]+")

_PUBLISHED: Final = (
    *names(
        "published issued pubdate dc:date dcterms:issued prism:publicationdate wp:post_date_gmt wp:post_date"
    ),
    *DATED,
    *names("dcterms:created dc:created created"),
)
_UPDATED: Final = names(
    "updated modified dcterms:modified lastbuilddate wp:post_modified_gmt wp:post_modified"
)
_EXPIRES: Final = (*ENDS, "dcterms:valid", "prism:expirationdate")
_EMBARGOED: Final = (*WAITS, "prism:embargodate", "dcterms:available")
_IN_UTC: Final = "_gmt"
_USED: Final = names(
    """
    dc:title title link guid id @rdf:about category dc:subject author
    author/email author/uri keywords dc:language
    language media:group media:content media:thumbnail enclosure wp:status wp:post_type wp:post_password
    app:control app:control/app:draft wp:post_name wp:post_id wp:postmeta
    """
)
"""Elements that are used, or noted, where they are read."""
_MEDIA: Final = ("media:content", "media:thumbnail", "media:group", "enclosure")


@dataclass(frozen=True, slots=True)
class Importing:
    """What holds for all entries of a feed, whatever it says."""

    name: str
    """Of the feed; entries of one guid are one article only under one name."""
    now: datetime
    section: str | None = None
    default_section: str = "综合"
    zone: tzinfo = UTC
    """Of times that name none."""


def read_entries(feed: Feed, importing: Importing) -> Iterator[Reading | Rejection]:
    """Read each entry as a native article, or say why it cannot be one."""
    of_feed = _OfFeed.of(feed, importing.zone)
    standing = {one.text for entry in feed.entries for one in entry} if of_feed.deleted else set()
    untold = {ref: when for ref, when in of_feed.deleted.items() if ref not in standing}
    seen: dict[str, int] = {}
    for number, entry in enumerate(feed.entries, 1):
        if refused := not_published(entry):
            yield invalid(refused, None)
            continue
        try:
            read = _Entry(entry, of_feed, importing).read(untold)
            untold = {}
            first = seen.setdefault(read.sent["id"], number)
            if first != number:
                raise ValueError(
                    f"has the guid or link of entry {first}, {read.sent['uri'][:200]!r}; give each its own"
                )
        except ValueError as error:
            yield unreadable(422, str(error))
        else:
            yield read


@dataclass(frozen=True, slots=True)
class _OfFeed:
    is_atom: bool
    title: str
    link: str
    language: str | None
    byline: str
    """Of entries that name no author; only Atom says so."""
    deleted: dict[str, datetime | None]
    """Entries of Atom that are there no more, and since when (RFC 6721)."""

    @classmethod
    def of(cls, feed: Feed, zone: tzinfo) -> "_OfFeed":
        own = {one.name: one for one in reversed(feed.own)}
        language = next((own[name].text for name in ("language", "dc:language") if name in own), "")
        said = next((one.language for one in feed.own if one.language), "")
        title = line_of(own["title"], feed.is_atom) if "title" in own else ""
        byline = byline_of([one for one in feed.own if one.path in AUTHORS], Notes()) if feed.is_atom else ""
        deleted = {
            _SPACE.sub(" ", ref): read_date(one.attributes.get("when"), zone).moment
            for one in feed.own
            if one.name.removeprefix("at:") == "deleted-entry"
            and (ref := one.attributes.get("ref", "").strip())
        }
        return cls(feed.is_atom, title, link_of(feed.own, ""), language or said or None, byline, deleted)


class _Entry:
    def __init__(self, elements: Sequence[Element], feed: _OfFeed, importing: Importing) -> None:
        self._elements, self._feed, self._importing = elements, feed, importing
        self._notes = Notes()
        self._read: set[str] = set()
        """Paths of elements that were looked at."""
        self._places: dict[str, str] = {}

    def read(self, deleted: Mapping[str, datetime | None]) -> Reading:
        """Read it; of `deleted` entries that the feed has no more it tells."""
        address, link = self._address(), link_of(self._elements, self._feed.link)
        texts = [one for element in self._elements if (one := text_of_feed(element, self._feed.is_atom))]
        self._read.update(one.path for one in texts)
        body = longest(texts)
        base = web_address(body.base) or web_address(link) or web_address(self._feed.link) or ""
        published, updated = self._date(_PUBLISHED, "/published_at"), self._date(_UPDATED, "")
        self._check_deleted(address, updated or published)
        for ref in deleted:
            stands = feed_id(self._importing.name, self._named(ref))
            told = f"{ref[:200]} is deleted in the feed; remen withdraw {stands} takes it down here"
            self._notes.add("at:deleted-entry", "set aside", "deleted", told)
        tags = tags_of(self._elements, self._notes)
        title = self._title()
        picture = picture_of(self._elements, base, self._notes)
        sent = {
            "id": feed_id(self._importing.name, address),
            "uri": address,
            "title": title,
            "section": self._importing.section or section_of(tags) or self._importing.default_section,
            "format": body.format,
            "base": base,
            "body": body.value,
            "picture": picture,
            "byline": byline_of(self._elements, self._notes) or self._inherited_byline(),
            "tags": tags,
            "published_at": _in_utc(published or updated),
            "revision": as_revision(updated, self._importing.now)
            or as_revision(published, self._importing.now),
            "expires_at": _in_utc(self._date(_EXPIRES, "/expires_at", must=True)),
            "embargo_until": _in_utc(self._date(_EMBARGOED, "/embargo_until", must=True)),
            "source": self._feed.title,
            "language": self._language(body, title),
        }
        self._note_the_rest(texts, body, picture or {})
        given = {name: value for name, value in sent.items() if value}
        return Reading(given, (), self._notes.told(), self._places)

    def _title(self) -> str:
        named = (one for path in ("title", "dc:title") for one in self._elements if one.path == path)
        lines = list(filter(None, (line_of(one, self._feed.is_atom) for one in named)))
        for other in dict.fromkeys(lines[1:]):
            if other != lines[0]:
                self._notes.add("title", "set aside", "text", f"title {other[:200]!r} is another one")
        return lines[0] if lines else ""

    def _text(self, path: str) -> str:
        return next((one.text for one in self._elements if one.path == path and one.text), "")

    def _address(self) -> str:
        named = (
            self._text("guid") or self._text("id") or self._text("@rdf:about") or link_of(self._elements, "")
        )
        if not named:
            raise ValueError(
                "has neither a guid nor a link, so it could not be recognised when imported again"
            )
        return self._named(_SPACE.sub(" ", named))

    def _named(self, named: str) -> str:
        return named if ":" in named else f"{self._feed.link or self._feed.title}#{named}"

    def _check_deleted(self, address: str, changed: datetime | None) -> None:
        """Refuse an entry that was deleted after its last change; ValueError."""
        own = address.removeprefix(self._named(""))
        ref = next((ref for ref in (address, own) if ref in self._feed.deleted), None)
        if ref is None:
            return
        when = self._feed.deleted[ref]
        if when is None or changed is None or changed <= when:
            raise ValueError("is deleted in the same feed (at:deleted-entry), so it is not published")

    def _inherited_byline(self) -> str:
        """Give the authors of the feed that an Atom entry was taken from, else of the one it stands in."""
        of_source = [
            replace(one, path=one.path.removeprefix("source/"))
            for one in self._elements
            if one.path.startswith("source/author")
        ]
        byline = byline_of(of_source, self._notes) or self._feed.byline
        if byline:
            self._read.update(f"source/{path}" for path in AUTHORS)
            self._notes.add("author", "used", "field", f"author: {byline[:200]}, of the feed")
        return byline

    def _date(self, names: Sequence[str], field: str, *, must: bool = False) -> datetime | None:
        """Give the first that can be read of several dates; `must`: one that cannot be read is a fault."""
        for name in names:
            for one in self._elements:
                if one.path != name and (":" in one.path or plain(one.path) != name):
                    continue
                self._read.add(one.path)
                if not one.text:
                    continue
                zone = UTC if name.endswith(_IN_UTC) else self._importing.zone
                moment, told = read_date(one.text, zone)
                if told and moment is None and must:
                    raise ValueError(f"{name}: {told}; until it is clear, the text is not published")
                if told and not (name.endswith(_IN_UTC) and moment):
                    self._notes.add(name, "changed" if moment else "set aside", "date", told)
                if moment:
                    self._places.setdefault(field, name)
                    return moment
        return None

    def _language(self, body: Text, title: str) -> str | None:
        own = self._text("dc:language") or self._text("language")
        found = language_of(f"{title}\n{body.plain}", own or body.language or self._feed.language)
        if found.note:
            self._notes.add(*found.note)
        return found.language

    def _note_the_rest(self, texts: Sequence[Text], body: Text, picture: dict[str, Any]) -> None:
        for text in texts:
            if text is not body and text.letters not in body.letters:
                told = f"{text.path} is another text, of {len(text.letters):,} letters"
                self._notes.add(text.path, "set aside", "text", told)
        shown = {picture.get("caption"), picture.get("credit")}
        for one in self._elements:
            if (
                one.path in _USED
                or one.path in PICTURES
                or one.path in self._read
                or one.path in AUTHORS
                or one.name in _MEDIA
            ):
                continue
            said = one.text
            if (said or one.attributes) and not (one.path.startswith("media:") and text_of(said) in shown):
                path = one.path if not one.path.startswith("wp:comment/") else "wp:comment"
                told = f"{path} {said[:80]!r}" if said and path == one.path else path
                self._notes.add(path, "set aside", "element", f"{told} is not used")


def _in_utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
