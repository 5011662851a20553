"""The headers on every answer of every service, whoever writes it: routes, refusals, the server."""

from typing import Final

Header = tuple[bytes, bytes]

ALWAYS: Final[list[Header]] = [
    (b"x-content-type-options", b"nosniff"),
    # neither those who keep a picture nor those a page links to are told who reads what
    (b"referrer-policy", b"no-referrer"),
]
NO_PAGE: Final[Header] = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
"""For what is not a page: whatever it holds, a browser that shows it runs and loads nothing."""
NO_STORE: Final[Header] = (b"cache-control", b"no-store")


def as_text(*headers: Header) -> list[tuple[str, str]]:
    """Give headers as uvicorn's settings have them."""
    return [(name.decode(), value.decode()) for name, value in headers]
