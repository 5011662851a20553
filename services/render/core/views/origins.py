"""Whether a view was sent by a page of ours, or by another's page in which our addresses stand.

A page cannot change what its browser says of it in `Sec-Fetch-Site`. Ours send views to where they came from,
so even a neighbour under the same domain (`same-site`) is another's. Browsers of before 2023, and all where a
site has no TLS, leave it out: then `Origin` tells, then `Referer`. Who says nothing at all is believed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Sender:
    """What a browser says of the page that sends a request; "" where it says nothing."""

    host: str = ""
    """Of the address that it asks, as it names it."""
    fetch_site: str = ""
    origin: str = ""
    referer: str = ""


def is_cross_site(sender: Sender, homes: Collection[str]) -> bool:
    """Tell whether another's page sent it; `homes` are hosts of the site besides the one that was asked."""
    if sender.fetch_site:
        return sender.fetch_site != "same-origin"
    page = sender.origin or sender.referer
    return bool(page) and host_of(page) not in {host_of(f"//{sender.host}"), *homes} - {""}


def host_of(address: str) -> str:
    """Give the host that an address names, without its port, which a proxy may hide; "" if it names none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
