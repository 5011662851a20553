"""Front matter in the words of Hugo, Hexo, Jekyll and their like, as fields of the native format.

A field of the native name stands as it is. What says whether the text is for readers stays in its place for
the rule book, which obeys it or refuses the file; so does what nobody knows, which is told.
"""

from collections.abc import Iterator
from typing import Any

from publisher.core import front_matter_words as words
from publisher.core.dates import SiteTime, as_revision, read_date
from publisher.core.feed_fields import joined_names, section_of, without_mailbox
from publisher.core.ids import fits
from publisher.core.languages import tag_of
from services.ingest.core.addresses import source_address, web_address
from services.ingest.core.faults import Fault
from services.ingest.core.field_types import LONGEST_TAG
from services.ingest.core.notes import Notes
from services.ingest.core.publication import not_for_readers, speaks_of_publication
from services.ingest.core.publication_words import FINAL_WORDS


class Fields:
    """Fields that are mapped, one kind after the other; `sent` is what has become of them."""

    def __init__(self, fields: dict[str, Any], site: SiteTime) -> None:
        self.sent = dict(fields)
        self.notes = Notes()
        self.faults: list[Fault] = []
        self.places: dict[str, str] = {}
        self._site = site
        self._nested: dict[str, str] = {}
        self._flatten()
        self._known = {words.plain(name): name for name in reversed(self.sent)}

    def map(self, body: str) -> None:
        """Map all that is known; `body` is the text below."""
        self._refuse()
        self._map_times()
        self._map_names()
        self._map_addresses()
        self._map_picture()
        for name, value in self._taken(words.SUMMARIES):
            if isinstance(value, str) and words.LETTERS.sub("", value) not in words.LETTERS.sub("", body):
                told = f"{name} is another text, of {len(words.LETTERS.sub('', value)):,} letters"
                self.notes.add(self._place(name), "set aside", "text", told)

    def _flatten(self) -> None:
        for group in words.NESTED:
            if not isinstance(inside := self.sent.get(group), dict):
                continue
            del self.sent[group]
            for name, value in inside.items():
                place = f"{group}.{name}"
                if name in self.sent:
                    self.faults += (Fault(place, one.detail) for one in not_for_readers({name: value}))
                    self.notes.add(place, "set aside", "field", f"{place} is not used beside {name}")
                else:
                    self.sent[str(name)] = value
                    self._nested[str(name)] = self.places[f"/{name}"] = place

    def _place(self, name: str) -> str:
        return self._nested.get(name, name)

    def _taken(self, wanted: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        """Take what is known by these names out of the fields, in their order."""
        for plain in map(words.plain, wanted):
            name = self._known.get(plain)
            if name in self.sent and self.sent[name] is not None and name not in words.NATIVE:
                yield name, self.sent.pop(name)

    def _refuse(self) -> None:
        if self.sent.get("permalink") is False:
            self.faults.append(
                Fault("permalink", "is false, so the text is for no reader; remove it to publish it")
            )
        if self.sent.get("headless") is True:
            self.faults.append(Fault("headless", "is a part of other pages; remove headless to publish it"))
        for group in ("_build", "build"):
            if not isinstance(asked := self.sent.get(group), dict):
                continue
            for name in ("render", "list"):
                if asked.get(name) in (False, "false", "never", "link", "local"):
                    place = f"{group}.{name}"
                    says = f"is {asked[name]}, so the text is not for all readers; remove it to publish it"
                    self.faults.append(Fault(place, says))

    def _map_times(self) -> None:
        for field in words.TIMES:
            if field in self.sent:
                self._mend(field)
        found = [
            (name, value) for name, value in self._taken(words.DATES) if not self._is_whether(name, value)
        ]
        for name, value in found:
            if "published_at" in self.sent:
                self.notes.add(
                    self._place(name), "set aside", "date", f"{name} is not used beside published_at"
                )
                continue
            self._take_time(name, value, "published_at")
        for field, wanted in (("expires_at", words.EXPIRES), ("embargo_until", words.EMBARGOED)):
            for name, value in self._taken(wanted):
                if field not in self.sent and not self._take_time(
                    name, value, field, must=value is not False
                ):
                    self.sent.pop(field, None)
        for name, value in self._taken(words.CHANGED):
            moment, told = read_date(words.one(value), self._site.zone)
            if told:
                did = "changed" if moment else "set aside"
                self.notes.add(self._place(name), did, "date", told)  # type: ignore[arg-type]
            if (revision := as_revision(moment, self._site.now)) and "revision" not in self.sent:
                self.sent["revision"] = revision
                self.places["/revision"] = self._place(name)

    def _is_whether(self, name: str, value: Any) -> bool:
        """Put back what says whether a text is published, not when."""
        if speaks_of_publication(name, value):
            self.sent[name] = value
            return True
        return False

    def _mend(self, field: str) -> None:
        """Write a time of the native format in its way, where it can be read for sure."""
        written = self.sent[field]
        text = words.text(written).strip()
        parts = text.rsplit(maxsplit=1)
        if len(parts) == 2 and parts[1][0] in "+-Zz":
            self.sent[field] = "".join(parts)
            return
        moment, told = read_date(text, self._site.zone)
        if moment and told:
            self.sent[field] = moment.isoformat()
            self.notes.add(field, "changed", "date", told)

    def _take_time(self, name: str, value: Any, field: str, *, must: bool = False) -> bool:
        moment, told = read_date(words.one(value), self._site.zone)
        if moment:
            self.sent[field] = moment.isoformat()
            self.places[f"/{field}"] = self._place(name)
        if told and moment is None and must:
            self.faults.append(
                Fault(self._place(name), f"{told}; until it is clear, the text is not published")
            )
        elif told:
            self.notes.add(self._place(name), "changed" if moment else "set aside", "date", told)
        return moment is not None

    def _map_names(self) -> None:
        for name in ("author", "authors", "categories", "category", "tags", "keywords"):
            if (known := self._known.get(name)) in self.sent:
                for one in words.nameless(self.sent[known]):
                    self.notes.add(self._place(known), "set aside", "field", f"{known} {one} has no name")
        people = dict.fromkeys(
            name
            for _, value in self._taken(("author", "authors"))
            for one in words.strings(value)
            if (name := without_mailbox(one))
        )
        if people and "byline" not in self.sent:
            self.sent["byline"] = joined_names(people)
            self.places["/byline"] = "author"
        elif people:
            self.notes.add("author", "set aside", "field", "author is not used beside byline")
        for name in ("categories", "category", "tags"):
            for one in words.strings(self.sent.get(self._known.get(name, name))):
                if one.lower() in FINAL_WORDS:
                    self.faults.append(Fault(name, f"{one}: only published posts are imported"))
        categories = [
            one for _, value in self._taken(("categories", "category")) for one in words.strings(value)
        ]
        if categories and "section" not in self.sent and (section := section_of(categories)):
            self.sent["section"] = section
            self.places["/section"] = "categories"
        keywords = [one for _, value in self._taken(("keywords",)) for one in words.strings(value)]
        given = self.sent.get("tags")
        tags = words.strings(given)
        tags += [one for one in (*categories, *(() if tags else keywords)) if one != self.sent.get("section")]
        if tags or given is not None:
            self._put("tags", tags, lambda tag: len(tag) <= LONGEST_TAG)
        for name, value in self._taken(("lang", "locale", "languagecode")):
            self.sent.setdefault("language", value)
            self.places["/language"] = self._place(name)
        if isinstance(said := self.sent.get("language"), str):
            self.sent["language"] = tag_of(said)

    def _put(self, field: str, values: list[str], fits_it: Any) -> None:
        """Put a list in its place, without what does not fit it."""
        fitting = list(dict.fromkeys(one for one in values if fits_it(one)))
        for one in values:
            if not fits_it(one):
                self.notes.add(field, "set aside", "field", f"{one[:200]!r} does not fit {field}")
        for one in fitting[words.MOST[field] :]:
            self.notes.add(field, "set aside", "field", f"{one[:200]!r} is more than {field} can have")
        self.sent[field] = fitting[: words.MOST[field]]

    def _map_addresses(self) -> None:
        for name, value in self._taken(("slug",)):
            slug = words.text(value)
            if "id" not in self.sent and fits(slug):
                self.sent["id"] = slug
                self.places["/id"] = self._place(name)
            else:
                self.notes.add(self._place(name), "set aside", "id", f"slug {slug[:80]!r} is not the id")
        former = [one for _, value in self._taken(words.FORMER) for one in words.strings(value, parted=False)]
        former += words.strings(self.sent.pop("aliases", None), parted=False)
        for name, value in self._taken(words.PLACES):
            address = words.text(value)
            if value is False:
                continue
            if web_address(address):
                self.sent.setdefault("base", address)
            if address.startswith(("/", "http://", "https://")) and "/:" not in address:
                former.append(address)
            else:
                self.notes.add(
                    self._place(name), "set aside", "field", f"{name} {address[:80]!r} is no address"
                )
        if former:
            self._put(
                "aliases",
                [words.former_path(one) for one in former],
                lambda one: fits(one) or words.is_path(one),
            )

    def _map_picture(self) -> None:
        captions = [(name, words.text(value)) for name, value in self._taken(words.CAPTIONS)]
        credited = [(name, words.text(value)) for name, value in self._taken(words.CREDITS)]
        alts = [(name, words.text(value)) for name, value in self._taken(words.ALTS)]
        for name, value in self._taken(words.PICTURES):
            several = value if isinstance(value, list) else [value]
            for one in several:
                self._take_picture(name, one)
        picture = self.sent.get("picture")
        if isinstance(picture, str):
            self.sent["picture"] = picture = {"url": picture}
        for field, found in (("caption", captions), ("credit", credited), ("alt", alts)):
            for name, text in found:
                if isinstance(picture, dict) and not picture.get(field):
                    picture[field] = text
                else:
                    self.notes.add(
                        self._place(name), "set aside", "field", f"{name} {text[:200]!r} has no picture"
                    )

    def _take_picture(self, name: str, value: Any) -> None:
        said = value if isinstance(value, dict) else {"url": value}
        written = next((said[key] for key in words.WHERE if said.get(key)), "")
        base = self.sent.get("base")
        address = source_address(words.joined(base, written) if isinstance(written, str) else None)
        if address is None:
            if not written and value:
                told = f"{name} {str(value)[:200]!r} names no picture"
                self.notes.add(self._place(name), "set aside", "picture", told)
            elif written:
                told = f"{name} {str(written)[:80]!r} has no web address, so no reader could see it"
                self.notes.add(self._place(name), "set aside", "picture", told)
        elif "picture" in self.sent:
            self.notes.add(
                self._place(name), "set aside", "picture", f"{name} {address[:200]} is another picture"
            )
        else:
            more = {key: words.text(said[key]) for key in ("caption", "alt", "credit") if said.get(key)}
            for key in ("title", "description", "text"):
                if said.get(key) and "caption" not in more:
                    more["caption"] = words.text(said[key])
            for key, other in said.items():
                if isinstance(other, str) and other not in (written, *more.values()):
                    told = f"{name}.{key} {other[:200]!r} is not used"
                    self.notes.add(self._place(name), "set aside", "field", told)
            self.sent["picture"] = {"url": address} | more
            self.places["/picture/url"] = self._place(name)
