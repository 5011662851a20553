"""The two Chinese scripts: their names, where their pages are, and which of them a language is written in."""

import re
from typing import Final, Literal
from urllib.parse import urlsplit

Script = Literal["zh-Hans", "zh-Hant"]

SCRIPTS: Final[tuple[Script, ...]] = ("zh-Hans", "zh-Hant")
PREFIX: Final[dict[Script, str]] = {"zh-Hans": "", "zh-Hant": "/zh-hant"}
"""What stands before the path of every page in this script."""
OTHER: Final[dict[Script, Script]] = {"zh-Hans": "zh-Hant", "zh-Hant": "zh-Hans"}

_PAGES: Final = {"", "article", "section", "series", "hot", "search"}
"""First parts of the paths that lead to pages of both scripts."""
_FILE: Final = re.compile(r"\.(?![sx]?html?$|php\d?$|aspx?$|jspx?$|cgi$)(?=\d*[A-Za-z])\w{1,11}$")
"""Ends a path that is at one address: a file, a feed, a picture, and no page that an article once had."""

_CHINESE: Final = {"zh", "cmn", "yue", "hak", "nan", "wuu"}
_OF_HANT: Final = {"hant", "tw", "hk", "mo"}


def script_of(language: str) -> Script | None:
    """Tell the script of a language tag; None if the language is not Chinese."""
    name, *parts = language.lower().split("-")
    if name not in _CHINESE:
        return None
    return "zh-Hant" if "hans" not in parts and _OF_HANT.intersection(parts) else "zh-Hans"


def script_at(path: str) -> tuple[Script, str]:
    """Tell in which script the page of a path is, and its path without the prefix."""
    before = PREFIX["zh-Hant"]
    if path == before or path.startswith(before + "/"):
        return "zh-Hant", path[len(before) :]
    return "zh-Hans", path


def link_in(script: Script, url: str, site_url: str) -> str:
    """Give a link as a page of this script has it: one to a page of the site leads there in this script.

    What else is no file may be an article's former address (aliases.py), which either script's prefix may
    stand before; one that has the prefix already may have had it then.
    """
    site, parts = urlsplit(site_url), urlsplit(url)
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != site.netloc.lower():
        return url
    of, path = script_at(parts.path)
    if path[1:].partition("/")[0] not in _PAGES and (_FILE.search(path) or of == "zh-Hant"):
        return url
    return parts._replace(path=PREFIX[script] + (path or "/")).geturl()
