"""Of all the addresses that a page gives for a picture, the one to show.

Scripts that load pictures late keep the address in attributes of their own and something empty in `src`. Of
several sizes the largest that a page needs is taken; the others come along.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from selectolax.lexbor import LexborNode

from services.ingest.core.addresses import LONGEST
from services.ingest.core.bodies.body import Body
from services.ingest.core.bodies.described import side

WIDEST: Final = 2_000
"""Pixels; no page shows a wider one."""

_LATE: Final = (
    *("data-original", "data-actualsrc", "data-lazy-src", "data-src", "data-lazyload", "data-lazy"),
    *("data-echo", "data-original-src", "data-ks-lazyload", "data-croporisrc"),
)
_LAST: Final = (
    *("zoomfile", "file", "data-url", "data-full-url", "data-large-file", "data-orig-file"),
    *("data-hi-res-src", "data-image-src"),
)
"""Looked at where `src` has nothing to show; elsewhere they may lead to a page."""
_SETS: Final = ("srcset", "data-srcset", "data-lazy-srcset", "data-original-set")
_PLACEHOLDER: Final = re.compile(
    r"(?:^|[/_.-])(?:blank|spacer|loading|placeholder|lazy(?:load)?|pagespeed|spinner|none|gr[ea]y|transparent|pixel|loader|1x1)"
    r"(?:[_.-][\w-]*)?\.(?:gif|png|svg|jpe?g|webp)(?:\?|$)",
    re.I,
)
_NO_ADDRESS: Final = frozenset({"src", "alt", "title", "id", "class", "style", "longdesc", "usemap"})
_IS_PICTURE: Final = re.compile(r"\A\S+\.(?:jpe?g|png|webp|gif|avif|bmp)(?:[?!#]\S*)?\Z", re.I)
_CANDIDATE: Final = re.compile(r"[\s,]*+(\S*[^\s,])(?:,|\s*+([^,]*+)(?:,|\Z))")
_MOST_CANDIDATES: Final = 20
_LONGEST_SET: Final = 20_000


def is_late(said: dict[str, Any]) -> bool:
    """Tell whether a script would show another picture than `src` says."""
    return any(said.get(name) for name in (*_LATE, *_LAST, *_SETS))


def largest(
    element: LexborNode, said: dict[str, Any], body: Body
) -> tuple[tuple[str, int | None] | None, list[dict[str, Any]]]:
    """Give the address to show, with its width if known, and the other sizes."""
    sets = [said.get(name) for name in _SETS]
    outer = element.parent
    single = _single(said, body)
    if outer is not None and outer.tag == "picture" and single is None:
        sets += [
            one.attributes.get(name)
            for one in islice(outer.iter(), 10)
            if one.tag == "source"
            for name in _SETS
        ]
    by_width: dict[int, str] = {}
    by_density: dict[float, str] = {}
    for candidate, size in (one for written in sets if written for one in _candidates(written)):
        url = body.source(candidate)
        if url is None:
            continue
        number = size[:-1]
        if size.endswith("w") and number.isascii() and number.isdigit() and 0 < len(number) < 6:
            by_width.setdefault(int(number) or 1, url)
        else:
            by_density.setdefault(_density(size), url)
    fit = [width for width in by_width if width <= WIDEST] or sorted(by_width)[:1]
    if fit and max(fit) >= (side(said.get("width")) or 0 if single else 0):
        widest = max(fit)
        others = [{"url": by_width[width], "width": width} for width in sorted(fit) if width != widest]
        return (by_width[widest], widest), others
    if by_density:
        return (by_density[max(by_density)], None), []
    return (single, None) if single else None, []


def _single(said: dict[str, Any], body: Body) -> str | None:
    """Give the address that is no set's: a late one before that of `src`, which may be a placeholder."""
    for name in (*_LATE, "src", *_LAST):
        url = body.source(said.get(name))
        if url is None:
            continue
        if name != "src" or not _PLACEHOLDER.search(url):
            return url
        if not is_late(said):
            # a script of its own keeps the picture under another name, unless there is none
            return next((other for _, other in _other_addresses(said, body)), url)
    # a script of its own: any attribute that leads to a picture
    return next((url for _, url in _other_addresses(said, body)), None)


def _other_addresses(said: dict[str, Any], body: Body) -> Iterator[tuple[str, str]]:
    for name, written in said.items():
        if (
            name not in _NO_ADDRESS
            and written
            and _IS_PICTURE.search(written)
            and (url := body.source(written))
        ):
            yield name, url


def _candidates(written: str) -> Iterator[tuple[str, str]]:
    for found in islice(_CANDIDATE.finditer(written[:_LONGEST_SET]), _MOST_CANDIDATES):
        yield found.group(1), (found.group(2) or "").strip()


def _density(size: str) -> float:
    number = size.removesuffix("x")
    try:
        return min(float(number), 9.0) if len(number) < 6 and number.replace(".", "").isdigit() else 1.0
    except ValueError:
        return 1.0


def unfit(element: LexborNode, said: dict[str, Any], body: Body) -> str:
    """Say which attribute holds no address that a browser could fetch."""
    name, written = next(
        ((name, said[name]) for name in (*_LATE, *_LAST, *_SETS, "src") if said.get(name)),
        ("src", said.get("src") or ""),
    )
    shown = written if len(written) <= 80 else written[:60] + "…"
    why = (
        f"is longer than {LONGEST:,} characters"
        if len(written) > LONGEST
        else "is no whole address of the web"
    )
    alt = (said.get("alt") or "").strip()
    return f"{element.tag} {name}: {shown!r} {why}" + (f" (alt: {alt[:60]})" if alt else "")
