"""What a reader asks of the search, whatever was typed: what is to be found, the closest first.

What stands between spaces is a word, and so is what stands between quotation marks with its spaces. Chinese
is typed without spaces, so a word may be several: 首相访问北京 is looked for as it stands, then as 首相, 访问
and 北京 wherever they stand. A segmenter errs; so where hardly anything is found, it is enough that every
character stands beside one of its neighbours, which the words of any segmentation do.

The last word may be unfinished: `rem` also finds Remen. There are no operators: AND, *, : and - are what they
are in a text. What holds no letter and no digit asks for nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from services.render.core.search.bigrams import RUN, of_section
from services.render.core.search.folding import CHINESE, folded
from services.render.core.search.phrases import Part, neighbours
from services.render.core.text.segmentation import is_asked_for, words

LONGEST: Final = 100
"""Characters that are read of a query; nobody types more, and programs are told."""
LONGEST_SECTION: Final = 20
_MOST_WORDS: Final = 32
"""So many words, or pairs, are asked for at most; what more was typed is found side by side alone."""
_QUOTES: Final = '"＂“”„「」『』'
_WORD: Final = re.compile(f"[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)[{_QUOTES}]?|(?P<bare>[^\\s{_QUOTES}]+)")
_STRETCH: Final = re.compile(rf"(?P<chinese>[{CHINESE}]+)|[^{CHINESE}]+")
_UNPRINTABLE: Final = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+"
)
"""Taken for spaces: controls, also those that turn the direction of a line, and what is not a character."""


@dataclass(frozen=True)
class Query:
    """A query as it is shown again, and as it is looked up."""

    text: str
    cut: bool
    """Whether more was asked than is read."""
    section: str
    """The section that alone is asked for, in any script; empty if all are."""
    by_date: bool
    """Whether the newest come first, and not the best."""
    close: tuple[str, ...]
    """For FTS5, each finding what fits less well than the one before; none if nothing is asked for."""
    loose: str
    """For FTS5, where these find too little; empty if it is among them."""
    phrases: tuple[str, ...]
    """Regular expressions of what was typed, on a folded text."""
    words: tuple[str, ...]
    """Regular expressions of the words that were found in it."""

    @cached_property
    def phrase(self) -> re.Pattern[str]:
        """Find in a folded text what was typed, as it stands."""
        return _any_of(self.phrases)

    @cached_property
    def hit(self) -> re.Pattern[str]:
        """Find in a folded text what was typed or a word of it; of several at one place the longest."""
        return _any_of((*self.phrases, *self.words))


def read(asked: str, section: str = "", order: str = "") -> Query:
    """Read a query, and what of the found is wanted; never fails."""
    whole = _printable(asked, LONGEST * 4)
    text = whole[:LONGEST].rstrip()
    typed = list(_typed(text))
    parted = [(one, list(_parts(one))) for one in typed]
    section = _printable(section, LONGEST_SECTION)
    close = dict.fromkeys(
        (
            # a word as it was typed goes before those that begin with it
            _as_it_stands(text, typed, unfinished=False),
            _as_it_stands(text, typed, unfinished=True),
            _all_of(one.expression for one in typed),
            _all_of(part.expression for _, parts in parted for part in parts),
        )
    )
    loose = _all_of(clause for _, parts in parted for clause in neighbours(parts))
    among = [_of_section(one, section) for one in close if one]
    phrases = dict.fromkeys(one.pattern for one in typed)
    patterns = dict.fromkeys(
        part.pattern for _, parts in parted for part in parts if _is_telling(part, parts)
    )
    return Query(
        text,
        cut=len(whole) > len(text) or len(asked) > LONGEST * 4,
        section=section,
        by_date=order == "date",
        close=tuple(among),
        loose="" if loose in close else _of_section(loose, section),
        phrases=tuple(phrases),
        words=tuple(one for one in patterns if one not in phrases),
    )


def _printable(text: str, longest: int) -> str:
    return _UNPRINTABLE.sub(" ", unicodedata.normalize("NFC", text[:longest])).strip()


def _typed(text: str) -> Iterator[Part]:
    """Give what stands between spaces or quotation marks."""
    for found in _WORD.finditer(text):
        one = folded(found["bare"] or found["quoted"] or "")
        if RUN.search(one):
            quoted = found["bare"] is None
            yield Part(one, quoted, unfinished=not quoted and found.end() == len(text))


def _parts(typed: Part) -> Iterator[Part]:
    """Give the words of what was typed as one."""
    if typed.quoted:
        yield typed
        return
    parts: list[str] = []
    before = ""
    for stretch in _STRETCH.finditer(typed.text):
        if stretch["chinese"]:
            found = words(stretch[0])
            # none that the segmenter knows is likelier one that it does not know
            found = [stretch[0]] if max(map(len, found)) == 1 else found
            if before and len(found[0]) == 1 and is_asked_for(found[0]):  # 11月, a股
                parts[-1] += found.pop(0)
            parts += found
            before = ""
        elif RUN.search(stretch[0]):
            parts.append(before := stretch[0])
    last = len(parts) - 1
    asked = [
        Part(part, unfinished=typed.unfinished and place == last)
        for place, part in enumerate(parts)
        if is_asked_for(part)
    ]
    yield from asked or [typed]


def _as_it_stands(text: str, typed: list[Part], *, unfinished: bool) -> str:
    """Find all that was typed side by side; nothing where quotation marks say what stands so."""
    if not typed or any(one.quoted for one in typed):
        return ""
    return Part(folded(text), unfinished=unfinished and typed[-1].unfinished).expression


def _is_telling(part: Part, parts: list[Part]) -> bool:
    """Tell whether a word is marked in a text: one character among longer words stands everywhere."""
    return len(part.text) > 1 or len(parts) == 1


def _of_section(expression: str, section: str) -> str:
    return f'({expression}) AND "{of_section(section)}"' if section else expression


def _all_of(expressions: Iterable[str]) -> str:
    return " AND ".join(list(dict.fromkeys(expressions))[:_MOST_WORDS])


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(patterns, key=len, reverse=True)) or r"(?!)")
