"""Where a feed may lead who fetches it: not to plain text or another scheme, and not into our networks.

A public address is one that everybody on the Internet has the same host behind; of those that carry an IPv4
address inside, that one counts.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urljoin, urlsplit

_UNICAST: Final = IPv6Network("2000::/3")
_FROM_IPV4: Final = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether an IP address is a host's on the Internet."""
    ip: IPv4Address | IPv6Address | None = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        if ip in _FROM_IPV4:
            return is_public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
        if inside := ip.ipv4_mapped or ip.sixtofour:
            return is_public(str(inside))
        return ip.is_global and ip in _UNICAST
    return ip is not None and ip.is_global and not ip.is_multicast


def redirected(address: str, location: str) -> str:
    """Give where an answer leads to; ValueError says why it is not followed."""
    target = urljoin(address, location)
    before, after = urlsplit(address).scheme, urlsplit(target).scheme
    if after != before and (before, after) != ("http", "https"):
        raise ValueError(f"leads from {before} to {after or 'nothing'}")
    return target


def is_named_as_it_is(host: str) -> bool:
    """Tell whether a host's name alone says in which network it is: an IP address, or this machine."""
    name = host.strip("[]").partition("%")[0].lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
