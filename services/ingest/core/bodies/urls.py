"""Which addresses a body may lead to: whole ones of the web, and mailboxes."""

import re
from typing import Final

_WEB: Final = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_MAIL: Final = re.compile(r"mailto:[^\s@]+@\S+", re.IGNORECASE)


def web_address(sent: str | None) -> str | None:
    """Give an address of the web, None for any other; one that leaves the scheme open means https."""
    # an address may have been wrapped (browsers drop that) or contain a space (they write %20)
    address = re.sub(r"[\t\r\n]", "", sent or "").strip().replace(" ", "%20")
    address = f"https:{address}" if address.startswith("//") else address
    return address if _WEB.fullmatch(address) else None


def link_address(sent: str | None) -> str | None:
    """Give an address that a link may lead to: of the web, or a mailbox."""
    mail = (sent or "").strip()
    return mail if _MAIL.fullmatch(mail) else web_address(sent)
