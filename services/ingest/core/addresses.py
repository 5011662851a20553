"""Which addresses an article may lead to: whole ones of the web, and in a text mailboxes too.

Every pattern here goes over an address once: one that is longer than any browser takes is not an address.
"""

import re
from typing import Final
from urllib.parse import quote

from services.ingest.core.characters import INVISIBLE

LONGEST: Final = 2_048
"""Characters of an address; sitemaps take no longer ones, and links this long are still signed pictures."""

WEB_ADDRESS: Final = f"[Hh][Tt][Tt][Pp][Ss]?://[^{INVISIBLE}/?#][^{INVISIBLE}]*"
"""What an address of the web looks like, written as Python and ECMAScript both read it."""
_WEB: Final = re.compile(WEB_ADDRESS)
_MAILBOX: Final = re.compile(f"[Mm][Aa][Ii][Ll][Tt][Oo]:[^{INVISIBLE}@]+@[^{INVISIBLE}]+")
_BREAKS: Final = re.compile(r"[\t\r\n]")
_INVISIBLE: Final = re.compile(f"[{INVISIBLE}]")


def web_address(text: str) -> str | None:
    """Give an address of the web as it was sent, None for any other text."""
    return text if len(text) <= LONGEST and _WEB.fullmatch(text) else None


def source_address(written: str | None) -> str | None:
    """Give the address of the web that a page's markup means, None for any other."""
    return web_address(_mended(written))


def link_address(written: str | None) -> str | None:
    """Give the address that a page's link means: of the web, or a mailbox; None for any other."""
    mended = _mended(written)
    return mended if len(mended) <= LONGEST and _MAILBOX.fullmatch(mended) else web_address(mended)


def _mended(written: str | None) -> str:
    """Read an address as browsers do: unwrapped, its spaces written as %20; one without scheme is https."""
    if not written or len(written) > LONGEST:
        return ""
    address = _BREAKS.sub("", written).strip()
    address = f"https:{address}" if address.startswith("//") else address
    return _INVISIBLE.sub(lambda found: quote(found.group()), address)
