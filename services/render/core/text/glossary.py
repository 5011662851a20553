"""Terms that are written as the house says: how each reads in the other script, and what stands in both.

A glossary is a file of lines: a term in Simplified, a tab, the same in Traditional, and behind further tabs
other spellings in Traditional, which are read as the same and never written. A term alone stands as it is in
either script. Empty lines and lines that begin with `#` say nothing; of two lines for one term the later
counts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from services.render.core.text.scripts import Script

_NEVER: Final = "(?!)"


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one script: what each is in the other, and a pattern that splits a text at them."""

    by_name: Mapping[str, str]
    pattern: re.Pattern[str]


Glossary = Mapping[Script, Terms]
"""Terms by the script they are found in."""


def read(lines: Iterable[str]) -> Glossary:
    """Read the lines of a glossary; ValueError names the first line that is not one."""
    hans: dict[str, str] = {}
    hant: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        terms = [term.strip() for term in line.split("\t")]
        if terms == [""] or line.startswith("#"):
            continue
        if "" in terms:
            raise ValueError(f"line {number}: a term is empty; write Simplified, one tab, Traditional")
        simplified, *traditional = terms if len(terms) > 1 else terms * 2
        hans[simplified] = traditional[0]
        hant.update(dict.fromkeys(traditional, simplified))
    return {"zh-Hans": _terms(hans), "zh-Hant": _terms(hant)}


def _terms(by_name: Mapping[str, str]) -> Terms:
    longest_first = sorted(by_name, key=len, reverse=True)
    return Terms(by_name, re.compile(f"({'|'.join(map(re.escape, longest_first)) or _NEVER})"))
