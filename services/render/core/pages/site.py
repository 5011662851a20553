"""What every page says of its newspaper, and where its lists are."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from services.render.core.pages.picture_service import PictureService
from shared.events import ListName


@dataclass(frozen=True, slots=True)
class Site:
    """A newspaper; `static` gives a static file's address by its name.

    `referrer` is what whoever keeps a picture is told of the page that shows it (a referrer policy);
    `pictures` gives them in the widths of pages, without it they are loaded as publishers have them.
    """

    name: str
    url: str
    zone: ZoneInfo
    static: Mapping[str, str]
    referrer: str = "no-referrer"
    pictures: PictureService | None = None


def section_path(name: str) -> str:
    """Give the path of a section's page."""
    return f"/section/{quote(name, safe='')}"


def series_path(name: str) -> str:
    """Give the path of a series' page."""
    return f"/series/{quote(name, safe='')}"


def hot_path(list_name: ListName, section: str | None = None, place: str = "/hot") -> str:
    """Give the path of a hot list's page; `place`: or of its feed."""
    asked: dict[str, str] = {} if list_name == "now" else {"list": list_name}
    if section is not None:
        asked["section"] = section
    return f"{place}?{urlencode(asked)}" if asked else place
