"""What a body plays of other sites: of videos, frames and the like only a link remains."""

import re
from html import unescape
from typing import Any, Final

from selectolax.lexbor import LexborNode

from services.ingest.core.bodies.body import excerpt
from services.ingest.core.bodies.described import described
from services.ingest.core.bodies.passage import Opened, Opens, Passage
from services.ingest.core.bodies.pictures import show

MEDIA: Final = {
    **dict.fromkeys(("iframe", "video", "audio", "embed"), "src"),
    **dict.fromkeys(("amp-iframe", "amp-video", "amp-audio"), "src"),
    "amp-youtube": "data-videoid",
    "lite-youtube": "videoid",
    "object": "data",
}
"""Elements that a browser plays, and where they say what."""
_LAZY: Final = ("data-src", "data-lazy-src", "data-original")
_YOUTUBE: Final = "https://www.youtube.com/watch?v="
_PICTURE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp|svg)(?:[?#]|\Z)", re.I)
_TAG: Final = re.compile("<[^>]*+>")


def embed(element: LexborNode, passage: Passage) -> None:
    """Show a link to what an element or one inside it would play; its text is for browsers that cannot."""
    body, tag, said = passage.body, element.tag or "", element.attributes
    if tag in {"object", "embed"} and (picture := _picture(tag, said)):
        show(element, picture, passage)
        body.leave_out(element, f"{tag}: text for browsers that cannot show it")
        return
    url = next(filter(None, (_source(one, passage) for one in _all_of(element))), None)
    _tell_the_rest(tag, said, passage)
    if url is None and said.get("srcdoc"):
        return
    if url is None:
        name = next((name for name in (MEDIA[tag], *_LAZY) if said.get(name)), MEDIA[tag])
        body.note(
            "set aside", "embed", f"{tag} {name}: {(said.get(name) or '')[:60]!r} is no address of the web"
        )
    else:
        title = described(element.attributes.get("title"), "title of an embed", url, body)
        passage.show({"kind": "embed", "url": url, "text": title})
    body.leave_out(element, f"{tag}: text for browsers that cannot play it")


def _picture(tag: str, said: dict[str, Any]) -> dict[str, Any] | None:
    """Give what an element that holds a picture says of it, in the words of `img`."""
    address, kind = said.get(MEDIA[tag]) or "", (said.get("type") or "").lower()
    if not (kind.startswith("image/") or (not kind and _PICTURE.search(address))):
        return None
    alt = said.get("alt") or said.get("aria-label") or said.get("title")
    return {"src": address, "alt": alt, "width": said.get("width"), "height": said.get("height")}


def _tell_the_rest(tag: str, said: dict[str, Any], passage: Passage) -> None:
    """Tell of the page that a frame brings along, and of the picture before a video begins."""
    if page := said.get("srcdoc"):
        letters = excerpt(unescape(_TAG.sub(" ", page)))
        passage.body.note("set aside", "embed", f"{tag} srcdoc: not shown: {letters or 'no letters'}")
    if poster := said.get("poster"):
        passage.body.note("set aside", "picture", f"{tag} poster: {poster[:200]!r} is not shown")


LATER: Final = frozenset({"div", "figure", "blockquote", "oembed", "section", "p", "span"})
"""Elements that a script of another site fills."""
_WHERE: Final = (
    "data-instgrm-permalink",
    "data-href",
    "data-oembed-url",
    "data-src",
    "data-url",
    "cite",
    "url",
)
_FILLED: Final = re.compile(
    r"(?:^|[\s_-])(?:embed|instagram-media|fb-(?:post|video)|tiktok|twitter|datawrapper|flourish|infogram|reddit|bluesky"
    r"|mastodon|telegram|player|video|widget|oembed)",
    re.I,
)
_PLACES: Final = {"flourish": "https://flo.uri.sh/{}/embed", "infogram": "https://infogram.com/{}"}


def played_later(element: LexborNode, said: dict[str, Any], passage: Passage) -> Opens | None:
    """Give how to open an empty element in whose place a script would play something; None of any other."""
    name = f"{said.get('class') or ''} {said.get('id') or ''}"
    if element.tag != "oembed" and not _FILLED.search(name):
        return None
    if element.text().strip() or element.css_first("img, iframe, video, audio, embed, object, a") is not None:
        return None
    url = next(filter(None, (passage.body.source(said.get(where)) for where in _WHERE)), None)
    if url is None:
        for site, place in _PLACES.items():
            if site in name and (number := said.get("data-src") or said.get("data-id")):
                url = passage.body.source(place.format(number))
    if url is not None:
        return _as_link(url)
    told = " ".join(f"{one}={value}" for one, value in said.items() if one.startswith("data-") and value)
    if told:
        passage.body.note("set aside", "embed", f"{element.tag} {name.strip()[:60]}: {told[:200]}")
    return None


def _as_link(url: str) -> Opens:
    def open_it(element: LexborNode, passage: Passage) -> None:
        title = element.attributes.get("data-title") or element.attributes.get("title")
        passage.show(
            {"kind": "embed", "url": url, "text": described(title, "title of an embed", url, passage.body)}
        )

    return open_it


def _all_of(element: LexborNode) -> list[LexborNode]:
    inside: list[LexborNode] = element.css("*")
    return [element, *inside]


def _source(element: LexborNode, passage: Passage) -> str | None:
    said, tag = element.attributes, element.tag or ""
    if tag in {"amp-youtube", "lite-youtube"} and (video := said.get(MEDIA[tag])):
        return passage.body.source(_YOUTUBE + video)
    if tag in {"img", "image"}:
        return None
    return next(
        filter(None, (passage.body.source(said.get(name)) for name in (MEDIA.get(tag, "src"), *_LAZY))), None
    )


def played(_: LexborNode, outer: Passage) -> Opened:
    """Open an element whose text is the address of what is to be played."""
    inside = Passage(outer.body)

    def end() -> None:
        inside.end_line()
        texts = [line["text"] for line in inside.lines]
        url = outer.body.source(texts[0]) if len(texts) == 1 else None
        if url is not None:
            outer.show(
                {"kind": "embed", "url": url, "text": described("", "title of an embed", url, outer.body)}
            )
        for line in inside.lines if url is None else ():
            outer.take(line)
        for block in inside.shown:
            outer.show(block)

    return inside, end
