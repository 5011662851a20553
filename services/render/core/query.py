"""What a reader asks of the search, whatever was typed: the words to be found, all of them.

A word is what stands between spaces, or between quotation marks with its spaces; its parts must stand side by
side. The last one may be unfinished: `rem` also finds Remen. There are no operators: AND, *, : and - are what
they are in a text. What holds no letter and no digit asks for nothing.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from services.render.core.bigrams import RUN, folded, pairs, shapes_of, word

LONGEST: Final = 100
"""Characters that are read of a query; nobody types more, and programs are told."""
_WORD: Final = re.compile('["“”„「『](?P<quoted>[^"“”„」』]*)["“”」』]?|(?P<bare>[^\\s"“”„「『」』]+)')
_BETWEEN: Final = r"[\W_]*"
_UNPRINTABLE: Final = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+"
)
"""Taken for spaces: controls, also those that turn the direction of a line, and what is not a character."""
_FINISHABLE: Final = 2
"""A word of fewer letters is not completed: too much begins with it."""


@dataclass(frozen=True)
class Query:
    """A query as it is shown again, and as it is looked up."""

    text: str
    cut: bool
    """Whether more was asked than is read."""
    expression: str
    """For FTS5; empty if nothing is asked for."""
    patterns: tuple[str, ...]
    """Regular expressions of the words, in all their shapes."""

    @cached_property
    def hit(self) -> re.Pattern[str]:
        """Find the words in a text; of those that begin at one place the longest."""
        return re.compile("|".join(sorted(self.patterns, key=len, reverse=True)) or r"(?!)", re.IGNORECASE)


def read(asked: str) -> Query:
    """Read a query; never fails."""
    whole = _UNPRINTABLE.sub(" ", unicodedata.normalize("NFC", asked[: LONGEST * 4])).strip()
    text = whole[:LONGEST].rstrip()
    expressions, patterns = [], []
    typed = folded(text)
    for found in _WORD.finditer(typed):
        runs = list(RUN.finditer(found["bare"] or found["quoted"] or ""))
        if runs:
            unfinished = found["bare"] is not None and found.end() == len(typed)
            expression, pattern = _phrase(runs, unfinished=unfinished)
            expressions.append(expression)
            patterns.append(pattern)
    return Query(
        text,
        cut=len(whole) > len(text) or len(asked) > LONGEST * 4,
        expression=" AND ".join(dict.fromkeys(expressions)),
        patterns=tuple(dict.fromkeys(patterns)),
    )


def _phrase(runs: list[re.Match[str]], *, unfinished: bool) -> tuple[str, str]:
    """Give runs that stand side by side as a phrase of FTS5 and as a regular expression."""
    terms: list[str] = []
    parts: list[str] = []
    for run in runs:
        last = run is runs[-1]
        if not run["chinese"]:
            open_ended = last and unfinished and len(run[0]) >= _FINISHABLE
            terms.append(word(run[0]))
            # a word begins and ends where its letters do: `art` is not in `party`
            parts.append(rf"(?<![a-z0-9]){_shapes(run[0])}" + ("" if open_ended else "(?![a-z0-9])"))
            continue
        terms += pairs(run[0])
        # What follows the last run is not known, so that one's last character is not asked for by itself:
        # unless it is the only one, and then it begins some pair, or is filed alone.
        open_ended = last and len(run[0]) == 1
        if not last or open_ended:
            terms.append(run[0][-1])
        parts.append(_shapes(run[0]))
    return f'"{" ".join(terms)}"' + ("*" if open_ended else ""), _BETWEEN.join(parts)


def _shapes(run: str) -> str:
    """Give the regular expression of a folded run in any script, width and case."""
    return "".join(f"[{re.escape(shapes_of(character))}]" for character in run)
