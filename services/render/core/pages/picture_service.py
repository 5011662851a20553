"""Addresses of pictures at a service that gives them in any width: imgproxy, thumbor, what the clouds have.

A template says how such a service wants to be asked. `{url}` is the picture's address: as it is where the
template begins with it, percent-encoded anywhere else; `{plain}` is the address as it is in any place,
`{base64}` in the URL-safe alphabet without padding. `{width}` is in pixels, `{format}` what every browser can
show. In place of `{imgproxy}` or `{thumbor}`, a segment of the path, stands the signature of all that follows
it, as that service makes it.
"""

import base64
import hashlib
import hmac
import re
from string import Formatter
from typing import Final
from urllib.parse import quote, urlsplit

_SIGNED: Final = re.compile(r"/\{(imgproxy|thumbor)\}/")
_ADDRESS: Final = frozenset({"url", "plain", "base64"})
_PLACES: Final = (*sorted(_ADDRESS), "width", "format", "imgproxy", "thumbor")
_BEGINNINGS: Final = ("https://", "http://", "/", "{url}")
_OF_ADDRESSES: Final = "%/:?=&;,@+$!*'()[]~"
"""What stands in an address as it is, besides letters and figures."""
_HOST: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?[/?]")
_ENDING: Final = re.compile(r"\.(png|gif|webp|svg)(?:[?#]|$)", re.IGNORECASE)


class PictureService:
    """A service, asked by a template; `key` and `salt` are for signatures."""

    def __init__(self, template: str, key: str = "", salt: str = "") -> None:
        """Take the template apart; ValueError says what is wrong, with it or with its signature's secrets."""
        _check(template)
        found = _SIGNED.search(template)
        self._signer: Final = found[1] if found else ""
        self._before: Final = template[: found.start()] if found else template
        self._after: Final = template[found.end() :] if found else ""
        _check_secrets(self._signer, key, salt)
        is_hex = self._signer == "imgproxy"
        self._key: Final = bytes.fromhex(key) if is_hex else key.encode()
        self._salt: Final = bytes.fromhex(salt) if is_hex else b""

    @property
    def host(self) -> str:
        """The source of a CSP where the service's pictures come from; "" for the site or a picture's own."""
        parts = urlsplit(self._before)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    def address(self, url: str, width: int) -> str:
        """Give the address of a picture in this width."""
        url = quote(url.partition("#")[0], safe=_OF_ADDRESSES)
        values = {
            "url": quote(url, safe=""),
            "plain": url,
            "base64": _base64(url.encode()).rstrip("="),
            "width": width,
            "format": format_of(url),
        }
        if self._before.startswith("{url}"):
            rest = self._before.removeprefix("{url}").format_map(values)
            # an address that has a query gets no second one
            return url + ("&" + rest[1:] if "?" in url and rest.startswith("?") else rest)
        before = self._before.format_map(values)
        if not self._signer:
            return before
        after = self._after.format_map(values)
        return f"{before}/{self._signature(after)}/{after}"

    def _signature(self, path: str) -> str:
        if self._signer == "thumbor":
            return _base64(hmac.digest(self._key, path.encode(), hashlib.sha1))
        return _base64(hmac.digest(self._key, self._salt + f"/{path}".encode(), hashlib.sha256)).rstrip("=")


def is_drawn(url: str) -> bool:
    """Tell whether a picture is a drawing, of any size as it is."""
    return format_of(url) == "svg"


def format_of(url: str) -> str:
    """Give the format to ask for: a picture's own if it may be transparent or move, else a photograph's."""
    found = _ENDING.search(url)
    return found[1].lower() if found else "jpg"


def _check(template: str) -> None:
    try:
        read = [place for place in Formatter().parse(template) if place[1] is not None]
    except ValueError:
        raise ValueError("must have a } for every {") from None
    names = [name or "" for _, name, _, _ in read]
    for _, name, how, conversion in read:
        if name not in _PLACES or how or conversion:
            raise ValueError(f"has {{{name}}}: what can stand there is {{{'}, {'.join(_PLACES)}}}")
    if not template.startswith(_BEGINNINGS) or template.startswith("//"):
        raise ValueError("must begin with https://, http://, / (the site itself) or {url}")
    if template.startswith("http") and not _HOST.match(template):
        raise ValueError("must name the service's host before the first {")
    if len(_ADDRESS.intersection(names)) != 1 or "width" not in names:
        raise ValueError("must have {width}, and of {url}, {plain} and {base64} exactly one")
    if re.search(r"\s|,$|#", template):
        raise ValueError("must have no white space, no # and no comma at its end")
    signers = [name for name in names if name in ("imgproxy", "thumbor")]
    if len(signers) != len(_SIGNED.findall(template)) or len(signers) > 1:
        raise ValueError("must have {imgproxy} or {thumbor} once, between two / of the path")
    if signers and ("?" in template or template.startswith("{url}")):
        raise ValueError("must have no query, and begin with the service's address, as its path is signed")


def _check_secrets(signer: str, key: str, salt: str) -> None:
    if signer and not key:
        raise ValueError(f"asks for RENDER_PICTURE_KEY, as {{{signer}}} stands for a signature")
    if signer != "imgproxy":
        return
    if not salt:
        raise ValueError("asks for RENDER_PICTURE_SALT, as imgproxy signs with a key and a salt")
    try:
        bytes.fromhex(key), bytes.fromhex(salt)
    except ValueError:
        raise ValueError(
            "asks for RENDER_PICTURE_KEY and RENDER_PICTURE_SALT in hexadecimal, as imgproxy has them"
        ) from None


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()
