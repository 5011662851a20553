"""What front matter calls things, and in which forms it lists them."""

import re
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from publisher.core.feed_elements import names
from publisher.core.ids import fits
from services.ingest.core.publication_words import DATED, ENDS, WAITS

NESTED: Final = ("params", "extra")
DATES: Final = (*DATED, "created", "createdat", "creationdate", "createdate", "createtime", "创建时间")
CHANGED: Final = names(
    """
    lastmod updated updatedat updatedate updatetime modified modifiedat modifiedtime lastmodified
    lastmodifiedat lastmodifieddate lastupdated datemodified moddatetime 更新时间 更新日期
    """
)
EXPIRES: Final = ENDS
EMBARGOED: Final = WAITS
PICTURES: Final = names(
    """
    cover image thumbnail featuredimage featureimage banner hero heroimage topimg ogimage coverimage images
    headerimage teaserimage thumb featured_image photos header indeximg bannerimg coverimg overlayimage
    """
)
WHERE: Final = ("url", "src", "image", "path", "teaser", "overlay_image", "overlayImage", "href", "file")
"""What an object calls the address of its picture."""
CAPTIONS: Final = names("imagecaption covercaption featuredimagecaption caption")
ALTS: Final = names("coveralt imagealt thumbnailalt featuredimagealt featureimagealt alt")
CREDITS: Final = names("imagecredit covercredit photocredit")
SUMMARIES: Final = names("description summary excerpt subtitle lead abstract deck desc standfirst")
PLACES: Final = names("permalink url path canonical canonicalurl originalurl link")
FORMER: Final = names("aliases alias redirectfrom")
COMMA: Final = re.compile(r"\s*[,，]\s*")
MOST: Final = {"tags": 100, "aliases": 20}
_NAMING: Final = ("name", "title", "display_name", "displayname", "label", "nickname", "value", "slug")
LETTERS: Final = re.compile(r"[\W_]+")
TIMES: Final = ("published_at", "embargo_until", "expires_at")


NATIVE: Final = names(
    "id title section format body base picture pictures byline source tags language published_at revision "
    "embargo_until expires_at sponsored sensitive correction uri aliases urgency"
)


def plain(name: str) -> str:
    """Give a name in one spelling."""
    return re.sub(r"[\s_-]", "", name).lower()


def text(value: Any) -> str:
    """Give a text or a number as text, nothing of anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def one(value: Any) -> Any:
    """Give what stands for one value, be it a number, or alone in a list."""
    if isinstance(value, list) and len(value) == 1:
        return one(value[0])
    return text(value) or value


def strings(value: Any, *, parted: bool = True) -> list[str]:
    """Give the names that a field lists, in whatever form it lists them."""
    if isinstance(value, list):
        return [one for entry in value for one in strings(entry, parted=False)]
    if isinstance(value, dict):
        if (name := _name_of(value)) is not None:
            return strings(name, parted=False)
        return [one for entry in value.values() if isinstance(entry, dict) for one in strings(entry)]
    written = text(value).strip()
    return [one for one in (COMMA.split(written) if parted else [written]) if one]


def nameless(value: Any) -> list[str]:
    """Give the beginnings of objects that name nothing, so that nothing stands for them."""
    if isinstance(value, list):
        return [one for entry in value for one in nameless(entry)]
    if not isinstance(value, dict) or strings(value):
        return []
    return [str(value)[:200]]


def _name_of(value: dict[Any, Any]) -> Any:
    return next((value[key] for key in _NAMING if value.get(key) and not isinstance(value[key], dict)), None)


def former_path(address: str) -> str:
    """Give the path of a former address, or a former id."""
    parts = urlsplit(address) if address.startswith(("http://", "https://")) else None
    if parts is None:
        return address if address.startswith("/") or fits(address) else f"/{address}"
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def is_path(text: str) -> bool:
    """Tell whether a text can be a former path."""
    return text.startswith("/") and not re.search(r"[\s#]", text) and len(text) <= 2_048


def joined(base: Any, address: str) -> str:
    """Read an address against a base, if there is one."""
    try:
        return urljoin(base, address) if isinstance(base, str) else address
    except ValueError:
        return address
