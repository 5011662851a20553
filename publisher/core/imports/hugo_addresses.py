"""How Hugo calls a text by its file, and at which address it was found."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

_TOKEN: Final = re.compile(r":([a-z]+)(?:\[[^\]]*\])?")
_DROPPED: Final = re.compile(r"[^\w./+~-]")


class Name(NamedTuple):
    """What the place of a file says: `news/harbour/index.en.md`."""

    folder: str
    stem: str
    language: str
    """That the name says, where it is not the site's own."""
    ending: str

    @property
    def is_bundle(self) -> bool:
        """Whether the folder is the text's own."""
        return self.stem == "index"

    @property
    def called(self) -> str:
        """What the text is called by its place."""
        return self.folder.rpartition("/")[2] or self.stem if self.is_bundle else self.stem


def name_of(path: str, config: Mapping[str, Any]) -> Name:
    """Take the place of a file, relative to `content/`, apart."""
    folder, _, file = path.rpartition("/")
    stem, _, ending = file.rpartition(".")
    languages = config.get("languages")
    before, _, code = stem.rpartition(".")
    language = code if before and isinstance(languages, dict) and code.lower() in languages else ""
    own = str(config.get("defaultcontentlanguage") or "en").lower()
    return Name(
        folder, before if language else stem, "" if language.lower() == own else language, ending.lower()
    )


def address_of(
    fields: Mapping[str, Any], name: Name, config: Mapping[str, Any], dated: str | None
) -> tuple[str, str]:
    """Give the path of a text, and the part of the site's rule that is not known (then there is no path)."""
    root = urlsplit(str(config.get("baseurl") or "")).path.rstrip("/")
    root += f"/{name.language.lower()}" if name.language else ""
    if (url := fields.get("url")) and isinstance(url, str):
        return (url if "://" in url else f"{root}/{url.lstrip('/')}"), ""
    slug = str(fields.get("slug") or name.called)
    folder = name.folder.rpartition("/")[0] if name.is_bundle else name.folder
    rule = _rule(config, name.folder.split("/")[0] if name.folder else "")
    if rule is None:
        path = f"{folder}/{slug}"
    else:
        known = _values(fields, slug, name, folder, dated)
        unknown = next((f":{token}" for token in _TOKEN.findall(rule) if token not in known), "")
        if unknown:
            return "", unknown
        path = _TOKEN.sub(lambda found: known[found[1]], rule)
    is_ugly = config.get("uglyurls") is True
    shown = _as_path(path, lower=config.get("disablepathtolower") is not True).strip("/")
    if "." in shown.rpartition("/")[2] and rule is not None:
        return f"{root}/{shown}", ""
    return f"{root}/{shown}.html" if is_ugly else f"{root}/{shown}/", ""


def _rule(config: Mapping[str, Any], section: str) -> str | None:
    rules = config.get("permalinks")
    of_pages = rules.get("page") if isinstance(rules, dict) else None
    for found in (of_pages, rules):
        rule = found.get(section.lower()) if isinstance(found, dict) else None
        if isinstance(rule, str):
            return rule
    return None


def _values(
    fields: Mapping[str, Any], slug: str, name: Name, folder: str, dated: str | None
) -> dict[str, str]:
    title = str(fields.get("title") or "")
    known = {
        "slug": str(fields.get("slug") or title),
        "slugorcontentbasename": slug,
        "slugorfilename": slug,
        "contentbasename": name.called,
        "filename": name.called,
        "title": title,
        "section": name.folder.split("/")[0],
        "sections": folder,
    }
    try:
        at = datetime.fromisoformat(dated or "")
    except ValueError:
        return known
    times = {"year": "%Y", "month": "%m", "monthname": "%B", "day": "%d", "yearday": "%j"}
    return known | {token: at.strftime(form) for token, form in times.items()}


def _as_path(text: str, *, lower: bool) -> str:
    path = _DROPPED.sub("", re.sub(r"\s+", "-", text.strip()))
    return path.lower() if lower else path
