"""Under which keys former addresses of articles are kept, and under which of them a request is looked up.

A key is the path as bytes, whatever way it was written: percent-encoded or not, in either case, in Unicode's
composed form, without a slash at its end; behind a `?` the fields of a query, in one order. A former id
stands for its page. What else stands in an address counts as it is written: `index.html` is another name.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import parse_qsl, unquote_to_bytes

MOST: Final = 20
"""Of an article; what else the log says is not kept."""
_LONGEST: Final = 2048
"""Bytes of a key, and of an address that is looked up."""
_FIELDS: Final = 20
OF_CAMPAIGNS: Final = (
    *(b"utm_", b"fbclid=", b"gclid=", b"gbraid=", b"wbraid=", b"dclid=", b"msclkid=", b"yclid=", b"twclid="),
    *(b"ttclid=", b"igshid=", b"mc_cid=", b"mc_eid=", b"spm=", b"nsukey=", b"isappinstalled="),
    *(b"from=timeline", b"from=singlemessage", b"from=groupmessage"),
)
"""What others than the site put into a query, to count where readers come from; ops/edge knows the same."""
_CAMPAIGNS: Final = re.compile(
    b"(?:(?:utm_[^=&]*|%b)(?:=[^&]*)?(?:&|$)|from=(?:%b)(?:&|$))+"
    % (
        b"|".join(field[:-1] for field in OF_CAMPAIGNS if field.endswith(b"=")),
        b"|".join(field[5:] for field in OF_CAMPAIGNS if field.startswith(b"from=")),
    )
)
OF_ARTICLES: Final = (b"p", b"page_id")
"""Fields that make a former address of the front page's; with any of them the edge asks render, too."""


def keys_of(aliases: Iterable[str]) -> set[bytes]:
    """Give the keys of an article's aliases."""
    found = set()
    for alias in list(aliases)[:MOST]:
        if not alias.startswith("/"):
            alias = f"/article/{alias}"
        path, _, query = alias.encode("utf-8", "replace").partition(b"?")
        found.add(_key(path, _fields(query)))
    return {key for key in found if len(key) <= _LONGEST}


def keys_asked(path: bytes, query: bytes) -> Iterator[bytes]:
    """Give the keys under which an address may be kept, the most exact first.

    Others than its own may have put fields into a query: so it is looked up whole, without what campaigns
    put there, and by each field alone; at last the path, unless that is the front page's.
    """
    if len(path) + len(query) > _LONGEST:
        return
    fields = _fields(query)
    own = [field for field in fields if not field.startswith(OF_CAMPAIGNS)]
    tried = [fields, own, *([field] for field in own)] if own else []
    if _path(path) != b"/":
        tried.append([])
    for some in dict.fromkeys(map(tuple, tried)):
        yield _key(path, some)


def asks_for_more(query: bytes) -> bool:
    """Tell whether a query may be part of a former address; ops/edge tells it by the same letters."""
    return query != b"" and _CAMPAIGNS.fullmatch(query) is None


def ranges_of_home() -> list[tuple[bytes, bytes]]:
    """Give where the keys lie of the front page's address with fields that are no `OF_ARTICLES`."""
    ranges = []
    for home in (b"/", b"/zh-hant"):
        begins = home + b"?"
        for name in sorted(OF_ARTICLES):
            ranges.append((begins, home + b"?" + name + b"="))
            begins = home + b"?" + name + b">"
        ranges.append((begins, home + b"@"))
    return ranges


def _key(path: bytes, fields: Iterable[bytes]) -> bytes:
    query = b"&".join(sorted(fields))
    return _path(path) + (b"?" + query if query else b"")


def _path(path: bytes) -> bytes:
    return _composed(unquote_to_bytes(path)).rstrip(b"/") or b"/"


def _fields(query: bytes) -> list[bytes]:
    """Read a query's fields, each once; none of one that has more than any address of an article."""
    try:
        read = parse_qsl(
            query.decode("latin-1"), keep_blank_values=True, max_num_fields=_FIELDS, encoding="latin-1"
        )
    except ValueError:
        return []
    return list(dict.fromkeys(_composed(f"{name}={value}".encode("latin-1")) for name, value in read))


def _composed(text: bytes) -> bytes:
    """Bring a text to Unicode's composed form, and leave bytes that are none as they are."""
    try:
        return unicodedata.normalize("NFC", text.decode()).encode()
    except UnicodeDecodeError:
        return text
