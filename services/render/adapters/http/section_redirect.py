"""Addresses of a section under another spelling of its name (国际, 國際), which lead to the one it has."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from services.render.adapters.http.feed_routes import FEEDS
from services.render.core.pages.pages import Pages
from services.render.core.pages.site import section_path
from services.render.core.text.scripts import PREFIX, Script


def section_redirect(
    script: Script, path: str, query: Mapping[str, str], pages: Pages, now: datetime
) -> str | None:
    """Give the address of what is here under another name; None where nothing is, or the name is right.

    The spelling may change with what is published, so nobody is to keep it.
    """
    place, _, behind = path.removeprefix("/section/").partition("/")
    of_section = path.startswith("/section/") and behind in ("", *FEEDS)
    of_list = path == "/hot" or path.removeprefix("/hot/") in FEEDS
    asked = place if of_section else query.get("section", "") if of_list else ""
    spelled = pages.spelled(asked, now) if asked else None
    if spelled is None or spelled == asked:
        return None
    if of_section:
        path = section_path(spelled) + (f"/{behind}" if behind else "")
    else:
        query = {**query, "section": spelled}
    return f"{PREFIX[script]}{path}{'?' if query else ''}{urlencode(query)}"
