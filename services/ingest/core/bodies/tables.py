"""Tables of Markdown whose rows have more cells than their head.

GitHub's tables, and with them every program that reads Markdown, drop what stands beyond the head without a
word. Here the head gets as many empty cells as the longest row has more.
"""

import re
from typing import Final

from services.ingest.core.bodies.body import Body, excerpt

_DELIMITERS: Final = re.compile(
    r"^[ \t>]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+\r?$", re.MULTILINE
)
_OPENED: Final = re.compile(r"\A(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*+")
_FENCE: Final = re.compile(r"[ \t>]*+(`{3,}+|~{3,}+)")
_CELL: Final = re.compile(r"(?<!\\)\|")
_MOST_ADDED: Final = 50
"""Cells; more would cost all other rows as many empty ones."""
_CODE: Final = 4
"""Columns before a line that may be code."""


def widened(text: str, body: Body) -> str:
    """Give a text whose heads are as long as their longest row."""
    if not _DELIMITERS.search(text):
        return text
    lines = text.split("\n")
    fence = ""
    number = 0
    while number < len(lines):
        line = lines[number]
        if found := _FENCE.match(line):
            if not fence:
                fence = found[1]
            elif found[1].startswith(fence):
                fence = ""
        elif not fence and number and "|" in line and _DELIMITERS.fullmatch(line) and not _is_code(line):
            number = _widen(lines, number, body)
            continue
        number += 1
    return "\n".join(lines)


def _widen(lines: list[str], at: int, body: Body) -> int:
    """Widen the head above the line of delimiters that stands here; give where the table is over."""
    head = _cells(lines[at - 1])
    behind = at + 1
    if len(head) != len(_cells(lines[at])):
        return behind
    most = len(head)
    # a line of delimiters in a table is a row
    while behind < len(lines) and "|" in lines[behind]:
        cells = _cells(lines[behind])
        if len(cells) - len(head) <= _MOST_ADDED:
            most = max(most, len(cells))
        elif letters := excerpt(" ".join(cells[len(head) + _MOST_ADDED :])):
            body.note("set aside", "table", f"a row of {len(cells):,} cells under {len(head):,}: {letters}")
            most = len(head) + _MOST_ADDED
        behind += 1
    if most > len(head):
        lines[at - 1] = _longer(lines[at - 1], "  |", most - len(head))
        lines[at] = _longer(lines[at], "-|", most - len(head))
    return behind


def _longer(line: str, cell: str, times: int) -> str:
    line = line.rstrip(" \t\r")
    return (line if _ends_open(line) else line + "|") + cell * times


def _ends_open(line: str) -> bool:
    return line.endswith("|") and not line.endswith("\\|")


def _cells(line: str) -> list[str]:
    row = _OPENED.sub("", line, count=1).strip(" \t\r")
    if _ends_open(row):
        row = row[:-1]
    return _CELL.split(row.removeprefix("|"))


def _is_code(line: str) -> bool:
    return line[:1] in " \t" and len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip(" ")) >= _CODE
