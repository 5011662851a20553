"""Fetching a feed from the web, which may not lead us where only we can go.

Each host is asked for once and connected to at the very address that was looked at, so no name can mean one
address when it is checked and another when it is used. Names are resolved here also where a proxy is used.
"""

import asyncio
import socket
from typing import Final

import httpx

from publisher.adapters.failures import CommandError
from publisher.core.redirections import is_named_as_it_is, is_public, redirected

LARGEST_FEED_BYTES: Final = 10_000_000
FETCH_S: Final = 30.0
USER_AGENT: Final = "Remen-import-feed/1"
_MOST_REDIRECTIONS: Final = 5


def fetch(address: str, *, private: bool = False) -> tuple[bytes, str, str | None]:
    """Give what lies at an address, the address at which it was found in the end, and its named encoding.

    `private`: it may lie in a network of our own. One that says so itself, `http://10.0.0.5/`, need not be
    told; it may lead to itself and to the Internet.
    """
    return asyncio.run(_fetched(address, private=private))


async def _fetched(address: str, *, private: bool) -> tuple[bytes, str, str | None]:
    at = address
    try:
        async with asyncio.timeout(FETCH_S), _client() as client:
            given = await _resolve(address) if is_named_as_it_is(_url(address).host) else []
            for _ in range(_MOST_REDIRECTIONS + 1):
                found = await _resolve(at)
                allowed = [ip for ip in found if private or ip in given or is_public(ip)]
                if not allowed:
                    raise CommandError(_not_followed(address, at, found[0]))
                content, location, charset = await _ask(client, at, allowed)
                if location is None:
                    return content, at, charset
                try:
                    at = redirected(at, location)
                except ValueError as error:
                    raise CommandError(f"{at} {error}, which is not followed") from None
    except TimeoutError:
        raise CommandError(f"{at} was not received in full within {FETCH_S:g} s") from None
    except httpx.HTTPStatusError as error:
        raise CommandError(f"{at} answers {error.response.status_code}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CommandError(f"{at} cannot be fetched: {error or type(error).__name__}") from None
    raise CommandError(f"{address} leads on and on, more than {_MOST_REDIRECTIONS} times")


def check_size(content: bytes | bytearray, source: str) -> None:
    """Check that a feed is not larger than one may be."""
    if len(content) > LARGEST_FEED_BYTES:
        raise CommandError(
            f"{source} is larger than {LARGEST_FEED_BYTES:,} bytes, the most that a feed may have"
        )


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=FETCH_S, headers={"user-agent": USER_AGENT})


async def _resolve(address: str) -> list[str]:
    """Give the IP addresses of an address's host, at least one."""
    url, loop = _url(address), asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(url.raw_host.decode("ascii"), url.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CommandError(f"{address} cannot be fetched: {error}") from None
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def _url(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise CommandError(f"{address} cannot be fetched: {error}") from None
    if not url.host:
        raise CommandError(f"{address} cannot be fetched: it names no host")
    return url


async def _ask(client: httpx.AsyncClient, at: str, ips: list[str]) -> tuple[bytes, str | None, str | None]:
    """Give what is answered at one of these IP addresses of a host, or where it leads to."""
    *others, last = ips
    for ip in others:
        try:
            return await _answer(client, at, ip)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            continue
    return await _answer(client, at, last)


async def _answer(client: httpx.AsyncClient, at: str, ip: str) -> tuple[bytes, str | None, str | None]:
    url, content = _url(at), bytearray()
    named = {"host": url.netloc.decode("ascii")}
    # whose certificate it must be is the name's to say, wherever it leads
    who = {"sni_hostname": url.raw_host.decode("ascii")}
    async with client.stream("GET", url.copy_with(host=ip), headers=named, extensions=who) as answer:
        if answer.has_redirect_location:
            return b"", answer.headers["location"], None
        answer.raise_for_status()
        async for chunk in answer.aiter_bytes():
            content += chunk
            check_size(content, at)
        return bytes(content), None, answer.charset_encoding


def _not_followed(address: str, at: str, ip: str) -> str:
    if at == address:
        says = "if the feed is meant to lie there, say --private"
        return f"{address} lies at {ip}, in no public network; {says}"
    return f"{address} leads to {at} at {ip}, in no public network, which is not followed"
