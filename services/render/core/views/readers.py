"""Who counts as one reader, without knowing who it is.

A reader is one address with one agent on one article on one reading day: a keyed hash, whose key (the salt)
is drawn anew for each day and then destroyed. The segment is coarser still, 16 bits of the network: enough to
take back a fraud, too little to find anyone. Both differ from article to article, so nothing in the log joins
what a reader read. Neither address nor agent is written anywhere.

Whoever pretends to be many is few: a network (/24, of IPv6 a /48) has so many seats on an article a day as
the site says, and an address an eighth of them, whatever agents it shows. Two on one seat are one reader.
"""

import hmac
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from zoneinfo import ZoneInfo

from crawleruseragents import is_crawler

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Proxies = Sequence[Network] | int
"""The networks of our own proxies, or how many stand one behind the other."""

DAY_BEGINS: Final = timedelta(hours=4)
"""A reading day begins at 04:00 site time, when the fewest people read."""

_OF_AN_ADDRESS: Final = 8
"""An address has one in so many of its network's seats."""

_BROWSER: Final = re.compile(r"Mozilla|Opera|\[FB(?:AN|_IAB)/|.*\b(?:UCWEB|MIDP)")
"""What the agent of every browser for people begins with, but those of old telephones and of one app."""
_TOOL: Final = re.compile(
    # Cubot is a maker of telephones
    r"(?<!cu)bot\b|(?<!cu)bot[/_-]|crawl|spider|slurp|archiver|scrap|monitor|preview|lighthouse|externalhit"
    r"|feed|fetch|http|curl|wget|\bpython|\bjava/|libwww|axios|\bperl|\bruby|\bphp|synthetic|inspection"
    r"|headless|cypress|puppeteer|playwright|jsdom|wkhtmlto|splash version|webpagetest|sitespeed|pinger"
    r"|catchpoint|compatible;(?! ?(?:MSIE|Konqueror))",
    re.IGNORECASE,
)
_DEVICE: Final = re.compile(
    r"Mozilla/5\.0 \((?!.*(?:compatible;|\+http))"
    r"(?P<telephone>iP(?:hone|ad|od)|(?:Linux; )?(?:U; )?(?:\w+; )?Android|(?:Phone|Tablet); OpenHarmony)?"
    r"[^()]*(?:\([^()]*\)[^()]*)*\)"
)
"""The system and the model of a device; telephones are called whatever their makers like."""
_NO_MODEL: Final = re.compile(r"https?:|[+@]|(?<!cu)bot[/-]|spider/|crawler", re.IGNORECASE)
_APPS: Final = re.compile(
    r"\b(?:feedly|newsblur|inoreader|flipboard|netnewswire|reeder|whatsapp|viber|sogou\w*|metaiab facebook)\b"
    r"|\b\w*feed(?:s|er|me)?\b|\b(?:ok)?http(?:dns)?\b(?!:)",
    re.IGNORECASE,
)
"""What apps, in whose browsers people read, write behind the device; the maker's fetcher names no device."""
_LONGEST_AGENT: Final = 512
"""Characters that are looked at; people's are shorter."""
_AGENTS: Final = 10_000
"""Of which it is remembered what they are; looking one up takes a thousand patterns."""

_FOR: Final = re.compile(r'(?:^|;)\s*for\s*=\s*"?([^";\s]+)', re.IGNORECASE)
_QUOTED: Final = re.compile(r'(?P<of_for>\bfor\s*=\s*)?"(?:[^"\\]|\\.)*"', re.IGNORECASE)
"""Of a hop; a quoted host is what a reader asked for, and may hold a `;for=` of his own."""
_CARRIERS: Final = tuple(
    map(IPv6Network, ("::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"))
)
"""Addresses of IPv6 whose last 32 bits are one of IPv4: mapped, translated, and two of NAT64's networks."""
_PORT: Final = re.compile(r"(?<=\.)(\d+):[\w.-]*$")
"""Behind the last number of an IPv4."""
_GROUPS: Final = 8
"""Of an address of IPv6; a port behind fewer cannot be told from them, and stands behind brackets."""


def reading_day(now: datetime, zone: ZoneInfo) -> date:
    """Give the day to which a view at `now` belongs."""
    return (now.astimezone(zone) - DAY_BEGINS).date()


@lru_cache(_AGENTS)
def is_bot(agent: str) -> bool:
    """Tell whether an agent says itself that it is not a person's browser; saying nothing counts as that.

    The names are those of the package crawler-user-agents, and words that nobody's browser has; neither are
    looked for in what a telephone is called, nor in what an app adds to its browser's name.
    """
    agent = agent[:_LONGEST_AGENT]
    if not _BROWSER.match(agent):
        return True
    if (device := _DEVICE.match(agent)) is not None:
        is_model = device["telephone"] and not _NO_MODEL.search(device[0])
        agent = ("" if is_model else device[0]) + _APPS.sub("", agent[device.end() :])
    return _TOOL.search(agent) is not None or is_crawler(agent)


def client_address(peer: str, forwarded_for: str, trusted: Proxies) -> Address | None:
    """Find the reader's address: the last in the chain that is no trusted proxy; None without any.

    `peer` is the other end of the connection, `forwarded_for` the header as received, nearest hop last. Of a
    chain that says somewhere `unknown`, or what is no address, only what stands behind it is believed.
    """
    chain = [hop for hop in forwarded_for.split(",") if hop.strip()]
    address = _address(peer)
    for number, hop in enumerate(reversed(chain)):
        if address is None or not _is_proxy(address, number, trusted):
            break
        before = _address(hop)
        if before is None:
            break
        address = before
    return address


def _is_proxy(address: Address, hop: int, trusted: Proxies) -> bool:
    if isinstance(trusted, int):
        return hop < trusted
    return any(address in network for network in trusted)


def reader_key(salt: bytes, address: Address, agent: str, article_id: str, seats: int) -> int:
    """Make the key of one reader of one article on the salt's day, below 2^53.

    A network has so many `seats`, an address every eighth of them: that many readers it can be.
    """
    # an address's own place in its network, in both halves of what a network of IPv6 gives out
    number = int(address) >> (0 if isinstance(address, IPv4Address) else 64)
    place = (number ^ number >> 8) % 256 * seats // 256
    browser = _number(salt, f"browser|{agent}|{article_id}") % max(1, seats // _OF_AN_ADDRESS)
    seat = (place + browser) % seats
    return _number(salt, f"reader|{_network(address)}|{seat}|{article_id}") >> 11


def segment(salt: bytes, address: Address, article_id: str) -> int:
    """Make the 16 bits by which an article's views from one network can be voided."""
    return _number(salt, f"segment|{_network(address)}|{article_id}") >> 48


def _number(salt: bytes, text: str) -> int:
    return int.from_bytes(hmac.digest(salt, text.encode(errors="surrogateescape"), "sha256")[:8], "big")


def forwarded(header: str) -> str:
    """Give the chain of a header `Forwarded` (RFC 7239) as `X-Forwarded-For` would have it.

    A hop that names nobody is `unknown`. No name of a hop holds a comma, so no quotation mark that a reader
    leaves open reaches into what a proxy wrote behind it.
    """
    hops = [_QUOTED.sub(_of_for, hop) for hop in header.split(",") if hop.strip()]
    return ",".join("unknown" if (found := _FOR.search(hop)) is None else found[1] for hop in hops)


def _of_for(quoted: re.Match[str]) -> str:
    return quoted[0] if quoted["of_for"] else ""


def _address(text: str) -> Address | None:
    """Read an address, also with a port, in brackets or in quotes; of IPv6 that carries an IPv4 that one."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == _GROUPS:
        bare = bare.rpartition(":")[0]
    try:
        address = ip_address(_PORT.sub(r"\1", bare).partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and any(address in network for network in _CARRIERS):
        embedded = int(address) & 0xFFFFFFFF
        return IPv4Address(embedded) if embedded else address
    return address


def _network(address: Address) -> Network:
    return ip_network(f"{address}/{24 if isinstance(address, IPv4Address) else 48}", strict=False)
