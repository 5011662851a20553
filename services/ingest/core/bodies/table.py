"""A table of a body, cell by cell.

A cell that covers several columns or rows is followed by empty ones, so that each column stays under its
head. A table of a single column without caption and head is only layout, as old pages use it: its lines are
paragraphs. The cells of a table inside a cell are lines of that cell.
"""

from typing import Final

from services.ingest.core.bodies.holders import Attributes, as_paragraph
from services.ingest.core.bodies.line import joined
from shared.blocks import Block, Table, Text

_MOST_SPANNED: Final = 50
"""Columns or rows that one cell may cover."""
_MOST_CELLS: Final = 20_000
"""Of a table; beyond that a cell covers nothing but itself."""

_NOTHING: Final = Text(text="")
_Cell = list[Text]


class TableHolder:
    """The lines of a table that is being read."""

    def __init__(self) -> None:
        self._caption: list[Text] = []
        self._rows: list[list[_Cell]] = []
        self._cell: _Cell = self._caption
        self._covered: dict[int, int] = {}
        self._cells = 0
        self._nested = 0
        self._first_is_head = False
        self._in_head = False

    def starts(self, tag: str, attributes: Attributes) -> None:
        """Begin a part of the table."""
        self._nested += tag == "table"
        if self._nested:
            return
        if tag in {"thead", "tbody", "tfoot"}:
            self._in_head = tag == "thead"
        elif tag == "tr":
            self._begin_row()
        elif tag in {"td", "th"}:
            self._begin_cell(tag, _span(attributes, "colspan"), _span(attributes, "rowspan"))

    def ends(self, tag: str) -> None:
        """End a table in the table."""
        self._nested -= tag == "table"

    def add(self, line: Text) -> None:
        """Take a line of the caption or of a cell."""
        self._cell.append(line)

    def blocks(self) -> list[Block]:
        """Give the table, or the paragraphs for whose layout it was."""
        rows = [row for row in self._rows if any(row)]
        if not self._first_is_head and not self._caption and all(len(row) == 1 for row in rows):
            return [as_paragraph(line) for (cell,) in rows for line in cell]
        texts = [tuple(joined(cell, "\n") if cell else _NOTHING for cell in row) for row in rows]
        has_head = self._first_is_head and bool(rows) and rows[0] is self._rows[0]
        caption = joined(self._caption, " ").text if self._caption else ""
        if not texts:
            return [as_paragraph(joined(self._caption, " "))] if caption else []
        head, behind = (texts[0], texts[1:]) if has_head else ((), texts)
        return [Table(caption=caption, head=head, rows=tuple(behind))]

    def _begin_row(self) -> None:
        if self._rows:
            self._fill(self._rows[-1])
        self._rows.append([])
        if len(self._rows) == 1:
            self._first_is_head = True

    def _begin_cell(self, tag: str, columns: int, rows: int) -> None:
        if not self._rows:
            self._begin_row()
        row = self._rows[-1]
        self._fill(row)
        if len(self._rows) == 1 and tag == "td" and not self._in_head:
            self._first_is_head = False
        if self._cells > _MOST_CELLS:
            columns = rows = 1
        if rows > 1:
            self._covered |= dict.fromkeys(range(len(row), len(row) + columns), rows - 1)
        self._cell = []
        row += [self._cell, *([] for _ in range(columns - 1))]
        self._cells += columns * rows

    def _fill(self, row: list[_Cell]) -> None:
        """Put empty cells where cells of rows above reach down."""
        while self._covered.get(len(row), 0):
            self._covered[len(row)] -= 1
            row.append([])


def _span(attributes: Attributes, name: str) -> int:
    sent = attributes.get(name, "")
    return min(int(sent), _MOST_SPANNED) if sent.isascii() and sent.isdigit() and int(sent) else 1
