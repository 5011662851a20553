"""Ordinary readers and those who want an article to look read: who they are, and how they report views.

The edge writes the address of the other end into X-Forwarded-For and drops what the caller wrote there; so
does this sender, unless an attacker has reached render past the edge.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address
from typing import Final, NamedTuple

import aiohttp

from services.render.core.views.readers import reader_key, segment
from services.render.settings import Settings
from shared.events import SaltDrawn
from shared.topics import SALTS
from tests.foreign import records

AT_ONCE: Final = 64
BUSY: Final = 503
"""A view that render could not pass on in time is reported again, which counts it once all the same."""

BROWSERS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0",
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Safari/604",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
)
DRIVEN: Final = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"
"""A browser that a program drives and that does not say so."""


class Report(NamedTuple):
    """One view as somebody reports it."""

    article: str
    token: str
    forwarded_for: str
    agent: str = BROWSERS[0]
    site: str = ""
    """What the browser says of the page, if it says anything."""


def readers(article: str, token: str, count: int, chance: random.Random) -> Iterable[Report]:
    """Give so many readers of an article from all over the world."""
    for _ in range(count):
        # nobody from a private network: render would take them for a proxy
        address = f"{chance.randint(11, 126)}.{chance.randint(0, 255)}.{chance.randint(0, 255)}.7"
        yield Report(article, token, address, chance.choice(BROWSERS))


def agents(count: int) -> list[str]:
    """Give so many agents, of all the kinds that render tells apart."""
    systems = ("Windows NT 10.0", "Linux; Android 15; Mobile")
    families = ("Chrome", "Firefox", "Safari", "Edg", "OPR", "Konqueror")
    return [f"Mozilla/5.0 ({systems[n % 2]}) {families[n // 2 % 6]}/{n}.0" for n in range(count)]


def report(url: str, reports: Sequence[Report]) -> Counter[int]:
    """Post views, many at a time; give how often each status was answered in the end."""
    # in a thread: the browser's tests leave their own loop running in this one
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(_report(url, reports))).result()


async def _report(url: str, reports: Sequence[Report]) -> Counter[int]:
    statuses: Counter[int] = Counter()
    waiting = iter(reports)

    async def worker(http: aiohttp.ClientSession) -> None:
        for one in waiting:
            headers = {"user-agent": one.agent, "x-forwarded-for": one.forwarded_for}
            headers |= {"sec-fetch-site": one.site} if one.site else {}
            body = json.dumps({"article": one.article, "token": one.token})
            status = BUSY
            while status == BUSY:
                async with http.post(f"{url}/views", data=body, headers=headers) as answer:
                    status = answer.status
            statuses[status] += 1

    connector, patience = aiohttp.TCPConnector(limit=AT_ONCE), aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(connector=connector, timeout=patience) as http:
        await asyncio.gather(*(worker(http) for _ in range(AT_ONCE)))
    return statuses


def crowd(bootstrap: str, network: str, many: Sequence[str], article: str) -> list[tuple[int, int]]:
    """Give (reader, segment) of every address of a /24 with each of many agents, as render writes them."""
    drawn = SaltDrawn.model_validate_json(records(bootstrap, SALTS.name)[0].value() or b"")
    salt, seats = bytes.fromhex(drawn.salt), Settings().seats
    return [
        (reader_key(salt, address, agent, article, seats), segment(salt, address, article))
        for address in map(IPv4Address, (f"{network}.{n}" for n in range(256)))
        for agent in many
    ]
