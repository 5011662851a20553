"""A site of Hugo, as articles: the texts under `content/`, each with its fields above it.

A text is called by its slug or its file, one in a folder of its own (`index.md`) by the folder. Names are
those of Hugo in small letters, for it does not tell them apart.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from typing import Any, Final
from urllib.parse import urljoin

from publisher.core import web_page
from publisher.core.front_matter_words import nameless, strings
from publisher.core.imports.hugo_addresses import Name, address_of, name_of
from publisher.core.imports.hugo_fields import split
from publisher.core.imports.hugo_site import Page, Site, id_of, is_part, not_rendered, survey
from publisher.core.imports.posts import Found, Importing, Making, Passed, moment, revision, words
from publisher.core.picture_addresses import unreachable
from publisher.core.reading import Reading
from services.ingest.core.bodies.markdown import as_html
from services.ingest.core.faults import Fault, Rejection, unreadable
from services.ingest.core.field_types import section_name

FORMATS: Final = {"md": "markdown", "markdown": "markdown", "html": "html", "htm": "html"}
NOT_READ: Final = ("org", "adoc", "asciidoc", "ad", "rst", "pandoc", "pdc", "mmark", "ipynb")
"""Texts, too, in languages that only other programs read."""

__all__ = ["FORMATS", "NOT_READ", "Page", "Site", "posts", "survey"]

_DATES: Final = ("date", "publishdate", "pubdate", "published")
_EXPIRES: Final = ("expirydate", "unpublishdate")
_MODIFIED: Final = ("lastmod", "modified")
_PICTURES: Final = (
    "images",
    "image",
    "featured_image",
    "featuredimage",
    "cover",
    "thumbnail",
    "feature",
    "banner",
)
_EXCERPTS: Final = ("description", "summary", "subtitle")
_READ: Final = words(
    """
    title slug url aliases draft tags categories author authors language weight layout type markup build
    _build headless iscjklanguage params
    """
) | {*_DATES, *_EXPIRES, *_MODIFIED, *_PICTURES, *_EXCERPTS}
_FOR_HUGO: Final = words(
    """
    weight layout type markup iscjklanguage build _build headless draft params
    """
)


def posts(pages: Iterable[Page], site: Site, importing: Importing) -> Iterator[Found]:
    """Read the texts, one at a time."""
    for page in pages:
        yield Found(page.path, _found(page, site, importing))


def _found(page: Page, site: Site, importing: Importing) -> Reading | Rejection | Passed:
    name = name_of(page.path, site.config)
    if name.stem == "_index":
        return Passed("page of a section")
    if is_part(page.path, site):
        return Passed("part of another text")
    if page.unreadable:
        return unreadable(422, page.unreadable)
    if name.ending not in FORMATS:
        return unreadable(422, f"is written in .{name.ending}; only Markdown and HTML are read")
    try:
        fields, body = split(page.text)
    except ValueError as error:
        return unreadable(422, str(error))
    if kind := not_rendered(fields):
        return Passed(kind)
    article_id = id_of(fields, name)
    if refusal := site.claims.refusal(article_id, page.path):
        return refusal
    making = _made(article_id, fields, body, name, site, importing)
    return making.reading()


def _made(
    article_id: str, fields: dict[str, Any], body: str, name: Name, site: Site, importing: Importing
) -> Making:
    written_in, zone = FORMATS[name.ending], importing.zone
    making = Making(
        {"id": article_id, "format": written_in, "body": body}, {"/id": "slug or the file's name"}, zone=zone
    )
    sent, places = making.sent, making.places
    sent["title"] = fields.get("title")
    date, said = _first(fields, *_DATES)
    sent["published_at"] = moment(said, zone)
    if date is None:
        making.set_aside("date", "date", "names none, so it is dated by its first arrival")
    if (waits := fields.get("publishdate")) is not None:
        sent["embargo_until"], places["/embargo_until"] = moment(waits, zone), "publishDate"
    ends, said = _first(fields, *_EXPIRES)
    sent["expires_at"], places["/expires_at"] = moment(said, zone), ends or ""
    sent["revision"] = revision(_first(fields, *_MODIFIED)[1], zone)
    places |= {
        "/published_at": date or "date",
        "/section": "categories",
        "/tags": "tags",
        "/byline": "authors",
    }
    making.put_language(name.language or _language(site.config), "language")
    making.put_byline(_names(fields.get("authors")) or _names(fields.get("author")), "authors")
    section = _section_of(name, site) or importing.default_section
    making.put_sections(_names(fields.get("categories")), _names(fields.get("tags")), section, "categories")
    _put_addresses(making, fields, name, site)
    _put_picture(making, fields)
    _put_the_rest(making, fields, name, site)
    return making


def _put_addresses(making: Making, fields: dict[str, Any], name: Name, site: Site) -> None:
    address, unknown = address_of(fields, name, site.config, moment(_first(fields, *_DATES)[1], UTC))
    if unknown:
        making.set_aside("permalinks", "alias", f"{unknown} is not known, so the old address is not kept")
    others = [str(one) for one in _names(fields.get("aliases"))]
    old = [address, *(urljoin(address.rstrip("/"), one) for one in others)] if address else others
    making.put_aliases(old, "aliases")
    if site.address:
        making.sent["base"] = urljoin(site.address, address or "")
    elif FORMATS[name.ending] == "markdown":
        making.faults += unreachable(_pictures(making.sent["body"]))
    else:
        making.faults += unreachable(web_page.pictures(making.sent["body"]))


def _put_picture(making: Making, fields: dict[str, Any]) -> None:
    name, said = _first(fields, *_PICTURES)
    one = said[0] if isinstance(said, list) and said else said
    of = one if isinstance(one, dict) else {"image": one}
    address = next((of[key] for key in ("image", "src", "url", "href") if isinstance(of.get(key), str)), "")
    if name is None or not address:
        return
    base = making.sent.get("base", "")
    making.sent["picture"] = {
        "url": urljoin(base, address) if base else address,
        "caption": str(of.get("caption") or ""),
        "alt": str(of.get("alt") or ""),
    }
    making.places |= {"/picture": name, "/picture/url": name}
    for other in _PICTURES:
        if other != name and fields.get(other):
            making.set_aside(other, "picture", f"{name} is taken")


def _put_the_rest(making: Making, fields: dict[str, Any], name: Name, site: Site) -> None:
    params = fields.get("params")
    others = {
        **(params if isinstance(params, dict) else {}),
        **{k: v for k, v in fields.items() if k not in _READ},
    }
    for key in ("authors", "author", "categories", "tags"):
        for one in nameless(fields.get(key)):
            making.set_aside(key, "field", f"{key} {one} has no name")
    for key in _EXCERPTS:
        if fields.get(key):
            making.set_aside(key, "excerpt", "cards show how the text begins")
    making.obey({name: value for name, value in fields.items() if name in _READ})
    for folder, cascade in site.cascades.items():
        if not folder or name.folder == folder or name.folder.startswith(f"{folder}/"):
            own = {key: value for key, value in cascade.items() if key not in fields}
            _put_cascade(making, own, f"{folder}/_index, cascade".removeprefix("/"))
    making.put_fields(others)


def _put_cascade(making: Making, cascade: dict[str, Any], place: str) -> None:
    if kind := not_rendered(cascade):
        making.faults.append(Fault(place, f"says that what stands below is not for readers ({kind})"))
        return
    making.put_fields({k: v for k, v in cascade.items() if k not in _FOR_HUGO}, place)


def _section_of(name: Name, site: Site) -> str:
    """Give the section by the first folder, as its own page calls it; empty where it cannot be one."""
    top = name.folder.split("/")[0] if name.folder and not (name.is_bundle and "/" not in name.folder) else ""
    for named in filter(None, (site.sections.get(top), top)):
        try:
            return section_name(named)
        except ValueError:
            continue
    return ""


def _first(fields: dict[str, Any], *names: str) -> tuple[str | None, Any]:
    return next(
        ((name, fields[name]) for name in names if fields.get(name) not in (None, "", [])), (None, None)
    )


def _names(said: Any) -> list[str]:
    """Give the names in a text, a list of texts, or a list of objects with a name."""
    every = said if isinstance(said, list) else [said]
    found = (next(iter(strings(one)), None) if isinstance(one, dict) else one for one in every)
    return [
        str(one) for one in found if isinstance(one, str | int) and not isinstance(one, bool) and one != ""
    ]


def _language(config: Mapping[str, Any]) -> str:
    code = config.get("defaultcontentlanguage")
    languages = config.get("languages")
    of = languages.get(code) if isinstance(languages, dict) else None
    said = of.get("languagecode") if isinstance(of, dict) else None
    return str(said or config.get("languagecode") or config.get("locale") or code or "")


def _pictures(body: str) -> Iterator[str]:
    try:
        return web_page.pictures(as_html(body))
    except ValueError:
        # the rule book says what is wrong with the body
        return iter(())
