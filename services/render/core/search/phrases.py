"""Parts of a query in the language of FTS5, and as regular expressions that find them in a folded text.

The runs of a part stand side by side: a phrase. Its last word may be unfinished, and a word that is written
with a hyphen by some and as one by others is found either way.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from services.render.core.search.bigrams import JOINERS, RUN, joined, pairs, word
from services.render.core.search.folding import CHINESE
from services.render.core.search.variants import variants

_BETWEEN: Final = r"[\W_]*"
_WITHIN: Final = rf"(?:{JOINERS}| )?"
_ONLY_CHINESE: Final = re.compile(f"[{CHINESE}]+")
_FINISHABLE: Final = 2
"""A word of fewer letters is not completed: too much begins with it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what was typed, folded."""

    text: str
    quoted: bool = False
    unfinished: bool = False

    @property
    def expression(self) -> str:
        """Find it as it stands, written as one word, or with its numbers in the other way."""
        phrases = dict.fromkeys(map(self._phrase, filter(RUN.search, self._ways())))
        return next(iter(phrases)) if len(phrases) == 1 else f"({' OR '.join(phrases)})"

    @property
    def pattern(self) -> str:
        """Find it in a folded text."""
        ways = (self.text,) if self.quoted else (self.text, *variants(self.text))
        return "|".join(dict.fromkeys(map(self._pattern, filter(RUN.search, ways))))

    def _ways(self) -> Iterator[str]:
        yield self.text
        yield joined(self.text)
        if not self.quoted:
            yield from variants(self.text)

    def _pattern(self, text: str) -> str:
        found: list[str] = []
        runs = list(RUN.finditer(joined(text)))
        for run in runs:
            if run["chinese"]:
                found.append(run[0])
            elif run[0].isdigit():
                found.append(rf"(?<![0-9]){run[0]}(?![0-9])")
            else:
                # a word begins and ends where its letters do: `art` is not in `party`
                end = "" if run is runs[-1] and self._is_begun(run[0]) else "(?![a-z])"
                found.append(f"(?<![a-z]){_WITHIN.join(run[0])}{end}")
        return _BETWEEN.join(found)

    def _phrase(self, text: str) -> str:
        runs = list(RUN.finditer(text))
        terms: list[str] = []
        open_ended = False
        for run in runs:
            last = run is runs[-1]
            if not run["chinese"]:
                open_ended = last and self._is_begun(run[0])
                terms.append(word(run[0]))
                continue
            terms += pairs(run[0])
            # What follows the last run is not known, so that one's last character is not asked for by itself:
            # unless it is the only one, and then it begins some pair, or is filed alone.
            open_ended = last and len(run[0]) == 1
            if not last or open_ended:
                terms.append(run[0][-1])
        return f'"{" ".join(terms)}"' + ("*" if open_ended else "")

    def _is_begun(self, run: str) -> bool:
        """Tell whether the last run may be the beginning of a word; a number is whole."""
        return self.unfinished and len(run) >= _FINISHABLE and not run.isdigit()


def neighbours(parts: Iterable[Part]) -> Iterator[str]:
    """Give for each character of Chinese words in a row that it stands beside a neighbour.

    Other parts as they are.
    """
    row = ""
    for part in (*parts, Part("")):
        if not part.quoted and _ONLY_CHINESE.fullmatch(part.text):
            row += part.text
            continue
        if row:
            found = [f'"{pair}"' for pair in pairs(row)] or [f'"{row}"*']
            yield found[0]
            for place in range(2, len(found) - 1):
                yield f"({found[place - 1]} OR {found[place]})"
            yield found[-1]
        row = ""
        if part.text:
            yield part.expression
