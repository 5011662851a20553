"""What every system's posts have in common on their way to an article.

A post is read, refused, or passed over because it is not for readers: then only its kind is told, for a site
has hundreds of drafts and revisions. Two posts that claim one id are both refused, whichever came first: who
reads the file the next time must find the same.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlsplit

from pydantic import TypeAdapter, ValidationError

from publisher.core.dates import read_date
from publisher.core.reading import Reading
from services.ingest.core.addresses import LONGEST
from services.ingest.core.characters import INVISIBLE
from services.ingest.core.faults import Fault, Rejection, invalid
from services.ingest.core.field_types import LONGEST_NAME, LONGEST_TAG, Language, section_name
from services.ingest.core.notes import Notes
from services.ingest.core.publication import (
    meant_for,
    not_for_readers,
    said_yes,
    speaks_of_publication,
)

_LANGUAGE: Final[TypeAdapter[str]] = TypeAdapter(Language)
_NOT_IN_AN_ALIAS: Final = re.compile(f"[{INVISIBLE}#]")
_MOST_ALIASES: Final = 20
_MOST_TAGS: Final = 100
_TIMES: Final = ("embargo_until", "expires_at")
_ZERO: Final = re.compile(r"0{3,4}[01]?-")
"""Of a year that systems write where there is no date."""


def words(text: str) -> frozenset[str]:
    """Give the words of a text, say the fields that are read."""
    return frozenset(text.split())


class Passed(NamedTuple):
    """A post that is not for readers, or no post at all, by its kind."""

    kind: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was made of a post, and where it stands."""

    place: str
    read: Reading | Rejection | Passed


@dataclass(frozen=True, slots=True)
class Importing:
    """What holds for all posts of a site, whatever it says."""

    zone: tzinfo
    """Of times that name none."""
    default_section: str = "综合"
    """Of posts whose categories fit no section's name."""
    site: str = ""
    """The address of the site, where it is told; else the site says it."""


class Claims:
    """Which posts claim which ids."""

    def __init__(self) -> None:
        self._by_id: dict[str, str] = {}
        self._twice: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, article_id: str, place: str) -> None:
        """Take in a post that is going to be sent."""
        first = self._by_id.setdefault(article_id, place)
        if first != place:
            self._twice.setdefault(article_id, [first]).append(place)

    def refusal(self, article_id: str, place: str) -> Rejection | None:
        """Refuse a post whose id others claim, too."""
        others = [one for one in self._twice.get(article_id, ()) if one != place]
        if not others:
            return None
        says = (
            f"the id {article_id} is claimed by {' and '.join(others[:3])}, too; give each a slug of its own"
        )
        return invalid([Fault("slug", says)], article_id)


@dataclass(slots=True)
class Making:
    """An article in the making."""

    sent: dict[str, Any]
    places: dict[str, str]
    notes: Notes = field(default_factory=Notes)
    faults: list[Fault] = field(default_factory=list)
    zone: tzinfo = UTC
    """Of times that name none."""

    def set_aside(self, place: str, kind: str, detail: str) -> None:
        """Note that a part is not used."""
        self.notes.add(place, "set aside", kind, detail)

    def put_sections(self, categories: Iterable[str], tags: Iterable[str], default: str, place: str) -> None:
        """Take the first fitting category as the section; the others are tags."""
        named = [" ".join(one.split()) for one in categories]
        section = next(filter(_can_be_a_section, named), None)
        if section is None and named:
            self.set_aside(place, "section", f"none of the categories can be a section, so it is {default}")
        self.sent["section"] = section or default
        wanted = dict.fromkeys(
            [*(one for one in named if one != section), *(" ".join(t.split()) for t in tags)]
        )
        fitting = [one for one in wanted if one and len(one) <= LONGEST_TAG]
        for one in wanted:
            if len(one) > LONGEST_TAG:
                self.set_aside(place, "tag", f"{one[:60]} is longer than {LONGEST_TAG} characters")
        if (more := len(fitting) - _MOST_TAGS) > 0:
            self.set_aside(place, "tag", f"{more} more than {_MOST_TAGS} tags")
        self.sent["tags"] = fitting[:_MOST_TAGS]

    def put_byline(self, names: Iterable[str], place: str) -> None:
        """Name all authors; those for whom there is no room are told."""
        every = list(dict.fromkeys(filter(None, (" ".join(name.split()) for name in names))))
        byline = ", ".join(every)
        while len(byline) > LONGEST_NAME:
            self.set_aside(place, "byline", f"there is no room for {every.pop()[:100]}")
            byline = ", ".join(every)
        self.sent["byline"] = byline

    def put_language(self, said: str | None, place: str) -> None:
        """Take a language where it is one."""
        if not said:
            return
        try:
            self.sent["language"] = _LANGUAGE.validate_python(said.strip().replace("_", "-"))
        except ValidationError:
            self.set_aside(place, "language", f"{said[:40]} is no language tag")

    def put_aliases(self, addresses: Iterable[str], place: str) -> None:
        """Keep the paths at which the post was found."""
        paths = list(dict.fromkeys(filter(None, map(alias_of, addresses))))
        if (more := len(paths) - _MOST_ALIASES) > 0:
            self.set_aside(place, "alias", f"{more} more than {_MOST_ALIASES} old addresses")
        self.sent["aliases"] = paths[:_MOST_ALIASES]

    def obey(self, fields: Mapping[str, Any], place: str = "") -> None:
        """Find fault with every field by which a post says that it is not for readers."""
        found = not_for_readers(fields)
        self.faults += [replace(one, pointer=place or one.pointer.removeprefix("/")) for one in found]

    def put_fields(self, unknown: Mapping[str, Any], place: str = "") -> None:
        """Obey every further field that speaks of publication, and note the others that say something."""
        self.obey(unknown, place)
        for name, value in unknown.items():
            if (field_name := meant_for(name)) in _TIMES and not isinstance(value, list | dict):
                self._put_time(field_name, value, place or name)
            elif "sponsored" in (name.lstrip("_"), field_name) and said_yes(value):
                self.sent["sponsored"], self.places["/sponsored"] = True, place or name
            elif value not in (None, "", [], {}, False) and not speaks_of_publication(name, value):
                self.set_aside(place or name, "field", f"{name} is not a field of an article")

    def _put_time(self, field_name: str, value: Any, place: str) -> None:
        """Obey a time that a plugin or a theme keeps; one that cannot be read keeps the post from readers."""
        if value in (None, "", False, "0", 0) or field_name in self.sent:
            return
        moment, told = read_date(str(value), self.zone)
        if moment is None:
            self.faults.append(Fault(place, f"{told}; until it is clear, the text is not published"))
        else:
            self.sent[field_name], self.places[f"/{field_name}"] = moment.isoformat(), place

    def reading(self) -> Reading:
        """Give what is to be judged and sent."""
        sent = {name: value for name, value in self.sent.items() if value not in (None, "", [], {})}
        return Reading(sent, tuple(self.faults), self.notes.told(), self.places)


def alias_of(address: str) -> str | None:
    """Give the path of an old address, with its query; None for the front page, and for what is no path."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    path = f"{path}?{parts.query}" if parts.query else path
    path = _NOT_IN_AN_ALIAS.sub(lambda found: quote(found.group()), path)
    return path if path != "/" and not path.startswith("//") and len(path) <= LONGEST else None


def moment(said: Any, zone: tzinfo) -> str | None:
    """Give a time with its zone; one that names none is of this zone; None where there is no time.

    What cannot be read is given as it is: the rule book says what is wrong with it.
    """
    if not isinstance(said, str):
        return None if said is None else str(said)
    text = said.strip()
    if not text or _ZERO.match(text):
        return None
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=zone)).isoformat()
    except (ValueError, OverflowError):
        return text


def revision(said: Any, zone: tzinfo) -> int | None:
    """Give the second of a time; None where it is none."""
    try:
        return max(0, int(datetime.fromisoformat(moment(said, zone) or "").astimezone(UTC).timestamp()))
    except (ValueError, OverflowError):
        return None


def _can_be_a_section(name: str) -> bool:
    try:
        section_name(name)
    except ValueError:
        return False
    return True
