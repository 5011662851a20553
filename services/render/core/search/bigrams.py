"""What a text is found by: pairs of neighbouring Chinese characters, words and numbers.

Chinese writes no spaces and no dictionary knows tomorrow's names, so a run of characters is filed under each
pair: 图书馆 under 图书, 书馆 and, because a run's last character begins no pair, 馆. A word of any length is
then a phrase of pairs, and a single character the beginning of a pair. A text is folded first (folding.py).

Letters and digits are terms of their own, with a space between them or not: iPhone 16 is iphone16, and a
phrase of two terms. What stands between letters is written by some and not by others: so words that a hyphen,
an apostrophe or a dot joins, names of a few words, initials and numbers in groups are filed as one word, too
(wifi 6 e of Wi-Fi6E, 0312345678), in a tail behind the text that is no part of any phrase of it.
"""

import re
from collections.abc import Iterator
from operator import add
from typing import Final

from services.render.core.search.folding import CHINESE, DOTS, HYPHENS, folded

LATIN: Final = rf"[^\W_{CHINESE}]"
"""A letter or digit of a script that writes spaces."""
RUN: Final = re.compile(rf"(?P<chinese>[{CHINESE}]+)|[0-9]+|[^\W\d_{CHINESE}]+")
"""A run of Chinese, of letters, or of digits; what lies between is not searched."""
JOINERS: Final = rf"['’.&{DOTS}{HYPHENS}]"
_JOINED: Final = re.compile(rf"(?<!{LATIN}){LATIN}+(?:{JOINERS}{LATIN}+)+")
_NAME: Final = re.compile(
    rf"(?<!{LATIN})(?<!{LATIN}[ '’.&-]){LATIN}+(?:[ '’.&-]{LATIN}+){{1,5}}(?![ '’.&-]?{LATIN})"
)
"""A few words, and no sentence of another language."""
_INITIALS: Final = re.compile(
    rf"(?<!{LATIN})[^\W\d_{CHINESE}](?:\. ?[^\W\d_{CHINESE}])+(?:\. ?{LATIN}+)?(?!{LATIN})"
)
_FIGURES: Final = re.compile(r"(?<![0-9])[0-9]+(?:[-. ][0-9]+){1,5}(?![0-9])")
"""A number in groups: a telephone's, a flight's, PM2.5."""
NUMBER: Final = 7
"""Figures that a telephone's number has at least."""
_MOST_LETTERS: Final = 4
_LETTERS_BEFORE: Final = re.compile(rf"(?<!{LATIN})[^\W\d_{CHINESE}]+$")
_BETWEEN_LETTERS: Final = re.compile(rf"(?<=[^\W\d_])(?:{JOINERS}| )(?=[^\W\d_])")
_LONGEST: Final = 64
"""A word is told from another by so many characters."""
_BORDER: Final = "\ue000"
"""A term that is in no phrase."""
_OF_SECTION: Final = "\ue001"
"""Begins the term under which all of a section are filed."""


def terms(text: str) -> list[str]:
    """Give the terms under which a folded text is filed, in its order, and then its tail."""
    found = _terms(text)
    for whole in dict.fromkeys(_unparted(text)):
        found += (_BORDER, *_terms(whole))
    tail = dict.fromkeys(match[0] for form in (_JOINED, _NAME) for match in form.finditer(text))
    for whole in dict.fromkeys(map(joined, tail)):
        if whole not in tail:
            found += (_BORDER, *_terms(whole))
    return found


def _unparted(text: str) -> Iterator[str]:
    """Give initials and numbers in groups as one, a telephone's number also without its first groups."""
    for initials in _INITIALS.finditer(text):
        yield re.sub(r"\. ?", "", initials[0])
    for figures in _FIGURES.finditer(text):
        groups = re.split(r"[-. ]", figures[0])
        letters = _LETTERS_BEFORE.search(text, max(0, figures.start() - _MOST_LETTERS), figures.start())
        if letters is not None:
            yield letters[0] + "".join(groups)
        for first in range(len(groups) - 1):
            if len(number := "".join(groups[first:])) >= NUMBER:
                yield number


def joined(text: str) -> str:
    """Write words that are apart in a folded text as one; what stands beside a digit is apart anyway."""
    return _BETWEEN_LETTERS.sub("", text)


def _terms(text: str) -> list[str]:
    found: list[str] = []
    for run in RUN.finditer(text):
        if run["chinese"]:
            found += pairs(run[0])
            found.append(run[0][-1])
        else:
            found.append(word(run[0]))
    return found


def pairs(run: str) -> list[str]:
    """Give each pair of neighbours in a run of Chinese."""
    return list(map(add, run, run[1:]))


def word(run: str) -> str:
    """Give the term of a word that is not Chinese."""
    return run[:_LONGEST]


def of_section(name: str) -> str:
    """Give the term of all articles of a section, whatever script its name is written in."""
    return _OF_SECTION + "".join(run[0] for run in RUN.finditer(folded(name)))
