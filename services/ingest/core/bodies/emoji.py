"""Pictures that stand for letters: the emoji and smileys of WordPress, Twitter, WeChat, Weibo and forums."""

import re
from typing import Any, Final

_CLASS: Final = re.compile(
    r"(?:^|[\s_-])(?:wp-smiley|(?:tw|g-|we|wx_?)?emoji|emoticon|icon_emotion\w*|smil(?:ey|ie))(?=$|[\s_-])",
    re.I,
)
_PLACE: Final = re.compile(
    r"s\.w\.org/images/core/emoji/|/qzone/em/|/twemoji@[\w.]+/|/(?:twemoji|emoji|newemoji|we-emoji|emoticons?|emotions?|smil(?:ey|ie)s?|face)/"
    r"|/emoji_u[0-9a-f]",
    re.I,
)
_CODES: Final = re.compile(
    r"(?:/|emoji_u)((?:[0-9a-f]{4,5}|[23][0-9a-f])(?:[-_][0-9a-f]{2,5})*)\.(?:png|svg|gif|webp)", re.I
)
_EMOJI: Final = re.compile(
    "[\U0001f000-\U0001faff\u2190-\u2bff\u3030\u303d\u3297\u3299\u00a9\u00ae\u203c\u2049\u2122\u2139\u200d\ufe0f\u20e3"
    "\U000e0020-\U000e007f0-9#*]+"
)
_NAMED: Final = re.compile(r"\[[^\[\]]{1,10}\]|:[\w+-]{1,30}:")
_WRITTEN: Final = re.compile(
    r"(?:^|[\s/_-])(?:latex|tex|gaiji)(?=[\s/_.-]|$)|/latex\.php\?|latex\.codecogs\.com|/equation\?tex=|mwe-math-fallback",
    re.I,
)
"""Formulae and rare characters that a page shows as pictures; the text in their place is what is meant."""
_LONGEST_WRITTEN: Final = 500
_LONGEST: Final = 30
_MOST_SIDE: Final = 100
"""Pixels; a larger picture is one."""


def letters(said: dict[str, Any]) -> str | None:
    """Give the letters that a picture stands for, "" if it is a smiley that names none; None of a picture."""
    place, alt = said.get("src") or said.get("data-src") or "", (said.get("alt") or "").strip()
    if alt and _WRITTEN.search(f"{said.get('class') or ''} {place}") and len(alt) <= _LONGEST_WRITTEN:
        return alt
    is_emoji = _EMOJI.fullmatch(alt) is not None and not alt.isascii()
    by_class = _CLASS.search(said.get("class") or "") is not None or any(
        name in said for name in ("smilieid", "data-emoji", "data-emoji-code", "data-stringify-type")
    )
    by_place = _PLACE.search(place) is not None
    if not (is_emoji or by_class or by_place) or _is_large(said):
        return None
    codes = _CODES.search(place)
    if is_emoji or (alt and len(alt) <= _LONGEST and (by_class or _NAMED.fullmatch(alt))):
        return alt
    if codes and (by_class or by_place):
        return "".join(_letter(code) for code in re.split("[-_]", codes.group(1)))
    return "" if by_class and not alt else None


def _letter(code: str) -> str:
    number = int(code, 16)
    return chr(number) if 0x20 < number < 0x110000 and not 0xD800 <= number < 0xE000 else ""


def _is_large(said: dict[str, Any]) -> bool:
    return any(
        side.isdigit() and len(side) < 9 and int(side) > _MOST_SIDE
        for side in ((said.get(name) or "").strip().removesuffix("px") for name in ("width", "height"))
        if side.isascii()
    )
