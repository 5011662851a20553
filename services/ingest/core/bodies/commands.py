"""What the known commands of site programs mean, as HTML."""

import re
from html import escape, unescape
from typing import Final, NamedTuple


class Said(NamedTuple):
    """A command: the HTML that it means, "" if only the text that it encloses stays."""

    name: str
    html: str = ""
    is_unknown: bool = False
    is_bare: bool = False
    """Whether `html` is a text or an address that stands for it, no element."""
    unused: str = ""
    """What it says to readers and is not shown."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class _Given:
    """The arguments of a command; those that nobody took are known."""

    def __init__(self, named: dict[str, str], bare: list[str]) -> None:
        self.named, self.bare = named, bare
        self._taken: set[str] = set()

    def first(self, *names: str) -> str:
        """Give the first of some that is said."""
        name = next((name for name in names if self.named.get(name)), "")
        self._taken.add(name)
        return self.named.get(name, "")

    def unused(self, *shown: str) -> str:
        """Give what was not taken and is not shown, but for what only says how it looks."""
        left = (
            f"{name}={value}"
            for name, value in self.named.items()
            if name not in self._taken | _LOOKS and value and not any(value in one for one in shown)
        )
        return " ".join(left)


_ARGUMENT: Final = re.compile(
    r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))|"([^"]*)"|'([^']*)'|`([^`]*)`|([^\s"'`]+)"""
)
_PICTURE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp)(?:[?#]\S*)?\Z", re.I)
_SIZE: Final = re.compile(r"\d{1,5}(?:x\d{1,5})?")
_SAYS: Final = re.compile(r"[^\W\d_]{2}|[\u3400-\u9fff]")
_VIDEOS: Final = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "youtubeplayer": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "bilibili": "https://www.bilibili.com/video/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
    "instagram": "https://www.instagram.com/p/{}/",
    "tweet": "https://x.com/i/status/{}",
    "twitter": "https://x.com/i/status/{}",
    "x": "https://x.com/i/status/{}",
    "gist": "https://gist.github.com/{}",
    "codepen": "https://codepen.io/{}",
}
_WHICH: Final = {
    **dict.fromkeys(("gist", "codepen"), slice(0, 2)),
    **dict.fromkeys(("tweet", "twitter", "x"), slice(-1, None)),
}
"""Which of the bare arguments name what is played; elsewhere the first does."""
_REFERENCES: Final = frozenset({"ref", "relref", "post_url", "asset_path"})
"""Commands that only write an address."""
_PLAYED: Final = frozenset({"video", "audio", "iframe", "embed"})
_ADDRESS_INSIDE: Final = frozenset({"embed", "youtube", "vimeo"})
"""Commands that enclose the address of what they play."""
ENCLOSING: Final = _ADDRESS_INSIDE | {"caption", "wp_caption", "ref", "efn_note", "footnote", "mfn", "fn"}
"""Commands that are nothing without an end."""
_NOTES: Final = frozenset({"ref", "efn_note", "note", "footnote", "mfn", "fn", "sidenote"})
"""Of plugins for footnotes: in the middle of a sentence, which a note must not become a part of."""
_LOOKS: Final = _words(
    """
    id class style width height align position loading autoplay autopause controls controlslist muted
    loop preload target rel size command options quality webp sizes lightbox border fit anchor method
    start end t playsinline frameborder allowfullscreen allow scrolling float lang language dnt theme
    cards caption-position
    """
)
"""Arguments that say nothing to readers."""
_PLACED: Final = frozenset(
    {"left", "right", "center", "middle", "full", "fullscreen", "true", "false", "nofancybox"}
)
"""The same of arguments without a name."""
_SHORT: Final = {"b": "b", "i": "i", "s": "s", "strike": "s", "quote": "blockquote", "code": "code"}
"""Of forums: brackets that are HTML by another name."""


def wordpress(name: str, said: str, is_end: bool) -> Said:
    """Read a command in square brackets."""
    if name in {"caption", "wp_caption"}:
        given = _given(said)
        text = escape(given.first("caption"))
        meant = "</figure>" if is_end else f'<figure class="x-caption">{text}'
        return Said(name, meant, unused=given.unused())
    if name in _NOTES:
        return Said(name, "]" if is_end else " [")
    if name in _ADDRESS_INSIDE and "src=" not in said:
        return Said(name, "</x-played>" if is_end else "<x-played>", unused=_given(said).unused())
    if name in _SHORT:
        given = _given(said)
        unused = " ".join(filter(None, (given.unused(), *(one.strip("=") for one in given.bare))))
        return Said(name, f"</{_SHORT[name]}>" if is_end else f"<{_SHORT[name]}>", unused=unused)
    if is_end:
        # told where it began
        return Said(name)
    given = _given(said)
    source = given.first("src", "url", "mp4", "m4v", "webm", "mp3", "m4a", "ogg", "href")
    if name in _PLAYED and source:
        return Said(name, _played(source, given.first("title")), unused=given.unused())
    return Said(name, is_unknown=True)


def hugo_or_hexo(said: str) -> Said:
    """Read a command in braces."""
    name, rest = (*said.split(None, 1), "")[:2]
    if name.startswith("/") or name.startswith("end"):
        return Said(name)
    given = _given(rest)
    if name in _REFERENCES:
        return Said(name, (given.bare or [""])[0] or given.first("path"), is_bare=True)
    if name == "post_link" and len(given.bare) > 1:
        return Said(name, " ".join(given.bare[1:]), is_bare=True)
    if name == "include" and given.bare:
        name = re.sub(r"\.\w+\Z", "", given.bare[0].rsplit("/", 1)[-1])
        given = _Given(given.named, given.bare[1:])
    if shown := _shown(name, given):
        seen = unescape(shown)
        more = [one for one in given.bare if _SAYS.search(one) and one not in _PLACED and one not in seen]
        return Said(name, shown, unused=" ".join(filter(None, (given.unused(seen), *more))))
    return Said(name, is_unknown=name not in {"raw", "more"})


def obsidian(said: str) -> Said:
    """Read what Obsidian puts in from another file: a picture is shown, a text or a player is not at hand."""
    place, *more = (part.strip() for part in said.split("|"))
    address = place.partition("#")[0]
    if not _PICTURE.search(address):
        return Said("![[…]]", is_unknown=True)
    alt = " ".join(part for part in more if not _SIZE.fullmatch(part))
    width = next((part.partition("x")[0] for part in more if _SIZE.fullmatch(part)), "")
    return Said("![[…]]", f'<img src="{escape(address)}" alt="{escape(alt)}" width="{escape(width)}">')


def _shown(name: str, given: _Given) -> str:
    if name in _VIDEOS:
        return _video(name, given)
    source = given.first("src", "url", "image", "link", "image_path", "file")
    is_picture = any(word in name for word in ("img", "image", "figure", "picture", "photo"))
    if source and (is_picture or _PICTURE.search(source)):
        width, height = given.first("width"), given.first("height")
        caption = " ".join(filter(None, (given.first("title"), given.first("caption"), given.first("attr"))))
        return _picture(source, caption, given.first("alt"), width, height)
    if name in _PLAYED and (source := source or (given.bare or [""])[0]):
        return _played(source, given.first("title"))
    if is_picture:
        return _hexo_picture(given.bare)
    return ""


def _hexo_picture(bare: list[str]) -> str:
    """Read `[classes] address [width] [height] [title [alt]]`."""
    place = next((number for number, one in enumerate(bare) if _PICTURE.search(one)), None)
    if place is None:
        return ""
    said = bare[place + 1 :]
    sides = [one for one in said[:2] if one.isascii() and one.isdigit()]
    width, height = (*sides, "", "")[:2]
    texts = said[len(sides) :]
    if len(texts) == 1:
        # a title and a text in its place, in quotes inside the quotes
        parts = re.findall(r"""["']([^"']*)["']""", texts[0]) or texts
    else:
        parts = texts[:2] if any(" " in text for text in texts) or len(texts) == 2 else [" ".join(texts)]
    title, alt = (*parts, "", "")[:2]
    return _picture(bare[place], title, alt, width, height)


def _video(name: str, given: _Given) -> str:
    user, number = given.first("user"), given.first("id", "videoid", "bvid", "src")
    said = number or "/".join(given.bare[_WHICH.get(name, slice(0, 1))])
    if not said:
        return ""
    if user and number:
        said = number
    address = said if said.startswith(("http://", "https://", "//")) else _VIDEOS[name].format(said)
    return _played(address, given.first("title"))


def _picture(source: str, caption: str, alt: str, width: str, height: str) -> str:
    sides = f' width="{escape(width)}" height="{escape(height)}"' if width or height else ""
    image = f'<img src="{escape(source)}" alt="{escape(alt)}"{sides}>'
    return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>"


def _played(source: str, title: str) -> str:
    return f'<iframe src="{escape(source)}" title="{escape(title)}"></iframe>'


def _given(said: str) -> _Given:
    named: dict[str, str] = {}
    bare: list[str] = []
    for found in _ARGUMENT.finditer(said):
        name, *values = found.groups()
        value = next((one for one in values if one is not None), "")
        if name:
            named.setdefault(name.lower(), value)
        else:
            bare.append(value)
    return _Given(named, bare)
