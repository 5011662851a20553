"""Signs with which Markdown's dialects mark words: highlighted, inserted, raised, and what an editor changed.

`==…==`, `++…++`, `x^2^` and `H~2~O` (Pandoc, markdown-it, Obsidian), CriticMarkup (`{++…++}`, `{>>…<<}`),
spans with attributes (`[…]{.underline}`, as Pandoc writes of Word's files) and abbreviations (`*[WTO]: …`). A
comment of an editor's is not for readers. Beside letters and digits the signs are more likely `C++` or
`a == b`, and stay.
"""

import re
from html import escape
from itertools import count
from typing import Final

from services.ingest.core.bodies.commands import Said
from services.ingest.core.bodies.presence import has_any
from services.ingest.core.bodies.shortcodes import Write
from services.ingest.core.faults import TooLargeError

_MARKS: Final = ("==", "++", "^", "~", "{")
_SIGNS: Final = re.compile(
    r"\{>>(?P<comment>[^{}]{0,2000}+)(?<=<<)\}"
    r"|\{(?P<sign>\+\+|--|~~|==)(?P<edited>[^{}]{0,2000}+)(?<=(?:\+\+|--|~~|==))\}"
    r"|(?<![=A-Za-z0-9<>!+*/-])==(?![\s=])(?P<marked>(?:[^=\n]|=(?!=)){1,500}+)(?<!\s)==(?![=A-Za-z0-9])"
    r"|(?<![+A-Za-z0-9)])\+\+(?![\s+])(?P<added>(?:[^+\n]|\+(?!\+)){1,500}+)(?<!\s)\+\+(?![+A-Za-z0-9])"
    r"|(?<=[\w)\]）”])\^(?P<raised>\[\d{1,4}\]|[-+−]?\d{1,4}[-+−]?|st|nd|rd|th|TM)\^(?!\^)"
    r"|(?<=[A-Za-z)])~(?P<lowered>\d{1,3})~(?![~\d])"
    r"|\[(?P<span>[^\[\]\n]{0,1000}+)\]\{(?P<said>[.#][\w-][^{}\n]{0,500}+)\}"
)
_MOST_SIGNS: Final = 20_000
_HIGHLIGHTED: Final = "mark"
_SPANS: Final = (
    (re.compile(r"\.(?:deletion|del|strike(?:out|through)?|s)\b"), "del"),
    (re.compile(r"\.(?:insertion|ins)\b"), "ins"),
    (re.compile(r"\.(?:sup|superscript)\b"), "sup"),
    (re.compile(r"\.(?:sub|subscript)\b"), "sub"),
)
_EDITED: Final = {"++": "ins", "--": "del", "==": _HIGHLIGHTED}

_MEANING: Final = re.compile(
    r"^[ ]{0,3}\*\[(?P<term>[^\[\]\n]{1,100})\]:[ \t]*(?P<meant>[^\n]{0,1999}[^\s*])[ \t]*\r?$", re.MULTILINE
)
_MOST_TERMS: Final = 200
_USED: Final = 2
"""Times that a term stands in a text which uses it: once with its meaning."""
_SKIPPED: Final = r"<(?P<raw>pre|code|abbr|script|style)\b.*?(?:</(?P=raw)\s*>|\Z)|<[^<>]*+>"


def carried_out(text: str, write: Write) -> str:
    """Give a text without them; `write` puts in what they mean."""
    if not has_any(text, _MARKS):
        return text
    numbers = count(1)

    def meant(found: re.Match[str]) -> str:
        if next(numbers) > _MOST_SIGNS:
            raise TooLargeError(
                f"has over {_MOST_SIGNS:,} signs that set words apart; at most so many are possible"
            )
        return _meant(found, write)

    return _SIGNS.sub(meant, text)


def _meant(found: re.Match[str], write: Write) -> str:
    whole = found.group()
    if found["comment"] is not None:
        return write(Said("comment", is_unknown=True), whole)
    if sign := found["sign"]:
        return _edited(sign, found["edited"], whole, write)
    if found["said"] is not None:
        return _span(found["span"], found["said"], whole, write)
    for name, tag in (("marked", _HIGHLIGHTED), ("added", "ins"), ("raised", "sup"), ("lowered", "sub")):
        if (text := found[name]) is not None:
            return _within(tag, text, whole, write)
    return whole


def _within(tag: str, text: str, whole: str, write: Write) -> str:
    """Write a text between the tags that its signs mean."""
    if not text:
        return ""
    before, _, behind = whole.partition(text)
    return (
        write(Said(f"{before}…{behind}", f"<{tag}>"), before) + text + write(Said(tag, f"</{tag}>"), behind)
    )


def _edited(sign: str, inside: str, whole: str, write: Write) -> str:
    if not inside.endswith(sign) or "\n\n" in inside:
        return whole
    text = inside[:-2]
    if sign != "~~":
        return _within(_EDITED[sign], text, whole, write)
    old, arrow, new = text.partition("~>")
    if not arrow:
        return whole
    # what stood there is struck out, as what was cut is
    return _within("del", old, "{~~" + old, write) + _within("ins", new, "~>" + new + "~~}", write)


def _span(text: str, said: str, whole: str, write: Write) -> str:
    """Read a span of Pandoc: a tracked change is one, a comment is for no reader."""
    if "comment-start" in said or "comment-end" in said:
        return write(Said("comment", is_unknown=True), whole)
    tag = next((tag for says, tag in _SPANS if says.search(said)), "span")
    if not text:
        return write(Said("span", is_unknown=True), whole)
    return _within(tag, text, whole, write)


def without_meanings(text: str, write: Write) -> tuple[str, dict[str, str]]:
    """Give a text without the lines that explain the abbreviations it uses, and what they say."""
    meanings: dict[str, str] = {}
    tried = 0

    def taken(found: re.Match[str]) -> str:
        nonlocal tried
        term, tried = found["term"], tried + 1
        if term in meanings or tried > _MOST_TERMS or text.count(term) < _USED:
            return found.group()
        meanings[term] = found["meant"].strip()
        return write(Said(f"*[{term}]"), found.group())

    return _MEANING.sub(taken, text) if has_any(text, ("*[",)) else text, meanings


def explained(html: str, meanings: dict[str, str]) -> str:
    """Give HTML whose abbreviations say what they mean."""
    meant = {escape(term, quote=False): escape(said) for term, said in meanings.items()}
    terms = "|".join(map(re.escape, sorted(meant, key=len, reverse=True)))
    pattern = re.compile(rf"{_SKIPPED}|(?<![A-Za-z0-9])(?P<term>{terms})(?![A-Za-z0-9])", re.DOTALL)

    def written(found: re.Match[str]) -> str:
        term = found["term"]
        return f'<abbr title="{meant[term]}">{term}</abbr>' if term else found.group()

    return pattern.sub(written, html)
