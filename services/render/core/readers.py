"""Who counts as one reader, without knowing who it is.

A reader is one address with one agent on one article on one reading day: a keyed hash, whose key (the salt)
is drawn anew for each day and then destroyed. Keys differ from article to article, so the log holds no
reading trail. The segment is coarser still, 16 bits of network and kind of agent: enough to take back a
fraud, too little to find anyone. Neither address nor agent is kept anywhere.
"""

import hmac
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from zoneinfo import ZoneInfo

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

DAY_BEGINS: Final = timedelta(hours=4)
"""A reading day begins at 04:00 site time, when the fewest people read."""

_BOT: Final = re.compile(
    # Cubot is a maker of telephones
    r"(?<!cu)bot\b|(?<!cu)bot[/_-]|crawl|spider|slurp|archiver|scrap|monitor|preview|lighthouse|externalhit"
    r"|feed|fetch|http|curl|wget|python|java/|libwww|axios|perl|ruby|php",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(r"mobi|android|iphone|ipad", re.IGNORECASE)
_FAMILY: Final = re.compile(r"edg|opr|firefox|chrom|safari", re.IGNORECASE)


def reading_day(now: datetime, zone: ZoneInfo) -> date:
    """Give the day to which a view at `now` belongs."""
    return (now.astimezone(zone) - DAY_BEGINS).date()


def is_bot(agent: str) -> bool:
    """Tell whether an agent says itself that it is no person's browser; saying nothing counts as that."""
    return not agent.strip() or _BOT.search(agent) is not None


def client_address(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> Address | None:
    """Find the reader's address: the last in the chain that is no trusted proxy; None without any.

    `peer` is the other end of the connection, `forwarded_for` the header as received, nearest hop last.
    """
    address = _address(peer)
    for hop in reversed(forwarded_for.split(",") if forwarded_for else []):
        if address is None or not any(address in network for network in trusted):
            break
        before = _address(hop.strip())
        if before is None:
            break
        address = before
    return address


def reader_key(salt: bytes, address: Address, agent: str, article_id: str) -> int:
    """Make the key of one reader of one article on the salt's day, below 2^53."""
    message = f"reader|{_network(address, 32, 64)}|{agent}|{article_id}".encode(errors="surrogateescape")
    return int.from_bytes(hmac.digest(salt, message, "sha256")[:8], "big") >> 11


def segment(salt: bytes, address: Address, agent: str) -> int:
    """Make the 16 bits by which views of one network and kind of agent can be voided."""
    family = _FAMILY.search(agent)
    kind = f"{'phone' if _PHONE.search(agent) else 'desk'}|{family[0].lower() if family else 'other'}"
    message = f"segment|{_network(address, 24, 48)}|{kind}".encode()
    return int.from_bytes(hmac.digest(salt, message, "sha256")[:2], "big")


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _network(address: Address, v4_bits: int, v6_bits: int) -> Network:
    bits = v4_bits if isinstance(address, IPv4Address) else v6_bits
    return ip_network(f"{address}/{bits}", strict=False)
