"""What a folder of Hugo's texts is made of: which are texts, which are parts of others, what holds for them.

Names are those of Hugo in small letters, for it does not tell them apart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from publisher.core.ids import fitting_id
from publisher.core.imports.hugo_addresses import Name, name_of
from publisher.core.imports.hugo_fields import split
from publisher.core.imports.posts import Claims, Importing
from services.ingest.core.addresses import web_address


@dataclass(frozen=True, slots=True)
class Page:
    """A text of the site with its place, relative to `content/`."""

    path: str
    text: str
    unreadable: str = ""
    """Why it cannot be read."""


@dataclass(slots=True)
class Site:
    """What the texts refer to: the configuration, and what the pages of sections say."""

    config: Mapping[str, Any]
    sections: dict[str, str] = field(default_factory=dict)
    """The title of a folder's own page."""
    cascades: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What a folder's own page says of all below it."""
    bundles: set[str] = field(default_factory=set)
    """Folders that are one text."""
    claims: Claims = field(default_factory=Claims)
    posts: int = 0

    @property
    def address(self) -> str:
        """The site's address; empty where the configuration has none that is whole."""
        return web_address(str(self.config.get("baseurl") or "").strip()) or ""


def survey(pages: Iterable[Page], config: Mapping[str, Any], importing: Importing) -> Site:
    """Read what the texts refer to, and which ids they claim."""
    site = Site({**config, "baseurl": importing.site} if importing.site else config)
    claimed: list[tuple[str, str]] = []
    for page in pages:
        site.posts += 1
        name = name_of(page.path, site.config)
        if name.stem == "index":
            site.bundles.add(name.folder)
        try:
            fields, _ = split(page.text)
        except ValueError:
            continue
        if name.stem == "_index":
            site.sections[name.folder] = str(fields.get("title") or "")
            if cascade := _cascade(fields):
                site.cascades[name.folder] = cascade
        elif not not_rendered(fields):
            claimed.append((id_of(fields, name), page.path))
    for article_id, path in claimed:
        if not is_part(path, site):
            site.claims.add(article_id, path)
    return site


def not_rendered(fields: dict[str, Any]) -> str | None:
    """Give the kind of a text that Hugo makes no page of."""
    if fields.get("draft") is True or str(fields.get("draft")).lower() in ("true", "yes", "1"):
        return "draft"
    if fields.get("headless") is True:
        return "headless"
    build = fields.get("build", fields.get("_build"))
    render = build.get("render", "always") if isinstance(build, dict) else "always"
    return "not rendered" if render not in ("always", True) else None


def _cascade(fields: dict[str, Any]) -> dict[str, Any]:
    said = fields.get("cascade")
    found = said if isinstance(said, list) else [said]
    # whatever it is aimed at: what is aimed at some may be aimed at any of them
    joined = {name: value for one in found if isinstance(one, dict) for name, value in one.items()}
    return {name: value for name, value in joined.items() if name not in ("_target", "target")}


def is_part(path: str, site: Site) -> bool:
    """Tell whether a text lies in the folder of another one, which is a part of that."""
    name = name_of(path, site.config)
    folder = name.folder
    if name.stem == "index":
        folder = folder.rpartition("/")[0]
    while folder:
        if folder in site.bundles:
            return True
        folder = folder.rpartition("/")[0]
    return False


def id_of(fields: dict[str, Any], name: Name) -> str:
    """Give the id of a text: its slug, else what its place calls it."""
    slug = fields.get("slug")
    called = str(slug) if slug and isinstance(slug, str | int) else name.called
    return fitting_id(f"{called}.{name.language}" if name.language else called)
