"""Simulated readers: they open pages, take the view token out of them and report views, as browsers do.

Every view is another reader's, with an address and a browser of its own. Few of them fetch the page first:
the token is the same on all pages of the moment, so one fetched page serves many readers and the processor
rests. What they read is decided in interest.py. When the page is away, or says that it has too much to do,
they slow down until it answers again.
"""

import asyncio
import re
import time
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from itertools import accumulate
from random import Random
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from dev.demo.interest import interest
from shared.runtime import log

VIEWS_PER_S: Final = 30.0
AT_ONCE: Final = 8
"""So many readers at most wait for an answer at the same time."""
PAGES: Final = 1 / 30
"""The part of the views that fetch a page first."""
HOME_PAGES: Final = 1 / 8
"""The part of the pages that are the front page, where new articles are found."""
MOST_ARTICLES: Final = 300
DEADLINE_S: Final = 5.0
SLOWEST: Final = 32.0
"""A page that is away is asked about once a second."""

_LINK: Final = re.compile(r'/article/([A-Za-z0-9._-]{1,64})"')
_TOKEN: Final = re.compile(r'data-token="([^"]+)"')
_BROWSERS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Safari/604",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 (KHTML, like Gecko) Safari/605.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
)


def token_in(page: str) -> str | None:
    """Find the view token that a page carries; None if it carries none."""
    match = _TOKEN.search(page)
    return match[1] if match else None


@dataclass(slots=True)
class _Site:
    """What the readers know of the site, and how much slower than usual they read it."""

    page: str
    http: ClientSession
    seed: int
    dice: Random = field(default_factory=Random)
    started: float = field(default_factory=time.monotonic)
    articles: list[str] = field(default_factory=list)
    token: str | None = None
    slower: float = 1.0
    _odds: list[float] = field(default_factory=list)
    _odds_of: tuple[int, int] = (0, 0)

    def pick(self) -> str:
        """Choose an article by the interest of this second."""
        t = time.monotonic() - self.started
        if self._odds_of != (int(t), len(self.articles)):
            self._odds_of = int(t), len(self.articles)
            self._odds = list(accumulate(interest(self.articles, t, self.seed)))
        return self.dice.choices(self.articles, cum_weights=self._odds)[0]

    def forget(self, article: str) -> None:
        """Read an article no more: it has been taken down."""
        if article in self.articles:
            self.articles.remove(article)

    def answered(self, well: bool, reason: str = "") -> None:
        """Read faster after a good answer, up to the usual, and slower after a bad one."""
        before = self.slower
        self.slower = max(1.0, before / 2) if well else min(SLOWEST, before * 2)
        if before == 1.0 < self.slower:
            log.warning("slower", page=self.page, reason=reason)
        elif before > 1.0 == self.slower:
            log.info("reading", page=self.page, views_per_s=VIEWS_PER_S)


async def read(page: str) -> None:
    """Read the site at `page` until cancelled."""
    timeout = ClientTimeout(total=DEADLINE_S)
    async with ClientSession(timeout=timeout) as http, asyncio.TaskGroup() as group:
        site = _Site(page, http, seed=Random().randrange(2**32))
        log.info("readers_started", page=page, seed=site.seed, views_per_s=VIEWS_PER_S)
        for _ in range(AT_ONCE):
            group.create_task(_read(site))


async def _read(site: _Site) -> None:
    while True:
        await asyncio.sleep(site.dice.expovariate(VIEWS_PER_S / AT_ONCE) * site.slower)
        try:
            await _visit(site)
        except (ClientError, OSError, TimeoutError, UnicodeError) as error:
            site.answered(False, reason=str(error) or type(error).__name__)


async def _visit(site: _Site) -> None:
    """Be one reader: perhaps open a page, then report the view."""
    headers = _reader(site.dice)
    if not site.articles or site.dice.random() < PAGES * HOME_PAGES:
        await _open(site, "/", headers)
        return
    article = site.pick()
    if site.token is None or site.dice.random() < PAGES:
        await _open(site, f"/article/{article}", headers)
    if site.token is None:
        site.answered(False, reason="no page has a token")
        return
    view = {"article": article, "token": site.token}
    async with site.http.post(f"{site.page}/views", json=view, headers=headers) as answer:
        if answer.status in (404, 410):
            site.forget(article)
        if answer.status == 403:
            site.token = None
        site.answered(answer.status in (204, 404, 410), reason=f"{answer.status} to a view")


async def _open(site: _Site, path: str, headers: dict[str, str]) -> None:
    """Fetch a page and learn from it: its links are what can be read, its token what shows that it was."""
    async with site.http.get(site.page + path, headers=headers) as answer:
        text = await answer.text()
    if answer.status == 200:
        site.token = token_in(text) or site.token
        known = {*site.articles}
        found = dict.fromkeys(article for article in _LINK.findall(text) if article not in known)
        site.articles += list(found)[: MOST_ARTICLES - len(known)]
        if not site.articles:
            site.answered(False, reason="no page has an article")
    elif answer.status in (404, 410):
        site.forget(path.removeprefix("/article/"))
    else:
        site.answered(False, reason=f"{answer.status} for {path}")


def _reader(dice: Random) -> dict[str, str]:
    """Make up a browser at an address that is nobody's: in 10.0.0.0/8 or IPv6's range for documentation."""
    address: IPv4Address | IPv6Address = IPv4Address((10 << 24) + dice.getrandbits(24))
    if dice.random() < 0.2:
        address = IPv6Address((0x20010DB8 << 96) + dice.getrandbits(96))
    return {
        "User-Agent": dice.choice(_BROWSERS),
        "Accept-Language": "zh-CN,zh;q=0.9",
        "X-Forwarded-For": str(address),
    }
