"""Which addresses an article may lead to: whole ones of the web, and in a text mailboxes too.

Every pattern here goes over an address once: one that is longer than any browser takes is not an address.
"""

import math
import re
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from services.ingest.core.characters import INVISIBLE

LONGEST: Final = 2_048
"""Characters of an address; sitemaps take no longer ones, and links this long are still signed pictures."""

WEB_ADDRESS: Final = f"[Hh][Tt][Tt][Pp][Ss]?://[^{INVISIBLE}/?#][^{INVISIBLE}]*"
"""What an address of the web looks like, written as Python and ECMAScript both read it."""
_WEB: Final = re.compile(WEB_ADDRESS)
_MAILBOX: Final = re.compile(f"[Mm][Aa][Ii][Ll][Tt][Oo]:[^{INVISIBLE}@]+@[^{INVISIBLE}]+")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|#")
"""How an address begins that is read against no base; a place in the text itself leads to no other page."""
_BREAKS: Final = re.compile(r"[\t\r\n]")
_INVISIBLE: Final = re.compile(f"[{INVISIBLE}]")


def web_address(text: str) -> str | None:
    """Give an address of the web as it was sent, None for any other text."""
    return text if len(text) <= LONGEST and _WEB.fullmatch(text) else None


# Photon of WordPress.com, and the names that WordPress gives to smaller copies
_RESIZER: Final = re.compile(r"i\d\.wp\.com/(?=[^/]+\.)")
_SIZE: Final = re.compile(r"-(?:\d{2,4}x\d{2,4}|scaled)(?=\.\w{3,4}\Z)")
_WIDTH: Final = re.compile(r"-(\d{2,4})x\d{2,4}\.\w{3,4}\Z")
_ASKED_WIDTH: Final = re.compile(r"(?:^|&)(?:w|width|resize|fit)=(\d{1,5})\b")
_BLOGGER: Final = re.compile(
    r"(?<=\.com)(/.*)/[sw](\d{2,4})(?:-[a-z0-9-]+)?(/[^/]+)\Z|(?<=\.com)(/.*)=[sw](\d{2,4})(?:-[a-z0-9-]+)?\Z"
)
"""Blogger's and Google's: /s320/ before a picture's name, or =s320 behind it."""
_FULL_WIDTH: Final = 800
_SIZED: Final = re.compile(r"(?:(?:w|h|width|height|resize|fit|quality|strip|ssl)=[\w%,.]*+&?)*+")


def source_address(written: str | None, base: str = "") -> str | None:
    """Give the address of the web that a page's markup means, None for any other."""
    return web_address(_mended(written, base))


def link_address(written: str | None, base: str = "") -> str | None:
    """Give the address that a page's link means: of the web, or a mailbox; None for any other."""
    mended = _mended(written, base)
    return mended if len(mended) <= LONGEST and _MAILBOX.fullmatch(mended) else web_address(mended)


def same_picture(address: str) -> str:
    """Give what is the same for a picture's addresses, whatever scheme, resizing host and size they name."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    whole = _RESIZER.sub("", parts.netloc + parts.path)
    if "google" in parts.netloc or "blogspot" in parts.netloc:
        whole = _BLOGGER.sub(lambda found: (found[1] or found[4]) + (found[3] or ""), whole)
    return _SIZE.sub("", whole) + ("" if _SIZED.fullmatch(parts.query) else f"?{parts.query}")


def is_larger(one: str, other: str) -> bool:
    """Tell of two addresses of the same picture whether the first is of the larger one, by their names."""
    return _named_width(one) > _named_width(other)


def is_small(address: str) -> bool:
    """Tell whether an address names a width that is less than a page shows."""
    return _named_width(address) < _FULL_WIDTH


def _named_width(address: str) -> float:
    """Give the width that an address names; one that names none is of the picture as it was made."""
    path, _, query = address.partition("?")
    found = _ASKED_WIDTH.search(query) or _WIDTH.search(path)
    if found is None and (found := _BLOGGER.search(path)):
        return int(found[2] or found[5])
    return int(found[1]) if found else math.inf


def _mended(written: str | None, base: str) -> str:
    """Read an address as browsers do: unwrapped, its spaces written as %20; one without scheme is https."""
    if not written or len(written) > LONGEST:
        return ""
    address = _BREAKS.sub("", written).strip()
    if address.startswith("//"):
        address = f"https:{address}"
    elif base and address and not _SCHEME.match(address):
        try:
            address = urljoin(base, address)
        except ValueError:
            return ""
    return _INVISIBLE.sub(lambda found: quote(found.group()), address)
