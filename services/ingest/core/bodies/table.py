"""A table of a body, cell by cell.

A cell that covers several columns or rows is followed by empty ones, so that each column stays under its
head. A table of a single column without caption and head is only layout, as old pages use it: its lines are
paragraphs. The cells of a table inside a cell are lines of that cell.
"""

from itertools import islice
from typing import Final

from selectolax.lexbor import LexborNode

from services.ingest.core.bodies.body import Body
from services.ingest.core.bodies.budget import A_CELL
from services.ingest.core.bodies.flat import flat
from services.ingest.core.bodies.holders import Flow
from services.ingest.core.bodies.line import Written, joined
from services.ingest.core.bodies.passage import Opened, Passage
from services.ingest.core.field_types import no_long_caption

_MOST_SPANNED: Final = 50
"""Columns or rows that one cell may cover."""
_NOTHING: Final[Written] = {"text": ""}


class _Table(Passage):
    """A table that is being read; its own lines are its caption."""

    def __init__(self, body: Body) -> None:
        super().__init__(body)
        self.rows: list[list[list[Written]]] = []
        self.first_is_head = True
        self._covered: dict[int, int] = {}

    def begin_row(self) -> None:
        """Begin a row; the one before is full."""
        self.end_row()
        self.rows.append([])

    def end_row(self) -> None:
        """Fill the row up."""
        if self.rows:
            self._fill(self.rows[-1])

    def begin_cell(self, cell: list[Written], columns: int, rows: int) -> None:
        """Put a cell into the row."""
        row = self.rows[-1]
        self._fill(row)
        self._spend(columns)
        if rows > 1:
            self._covered |= dict.fromkeys(range(len(row), len(row) + columns), rows - 1)
        row += [cell, *([] for _ in range(columns - 1))]

    def _spend(self, cells: int) -> None:
        self.body.spend("table cells", cells)
        self.body.spend("bytes", A_CELL * cells)

    def _fill(self, row: list[list[Written]]) -> None:
        """Put empty cells where cells of rows above reach down."""
        while self._covered.get(len(row), 0):
            self._spend(1)
            self._covered[len(row)] -= 1
            row.append([])


def table(element: LexborNode, flow: Flow) -> Opened:
    """Open a table; one of a single cell is the frame of a text."""
    if _is_frame(element):
        return flow, flow.end_line
    inside = _Table(flow.body)

    def end() -> None:
        inside.end_line()
        inside.end_row()
        _add(inside, flow)
        flow.show_all(inside.shown)

    return inside, end


def _is_frame(element: LexborNode) -> bool:
    one: LexborNode | None = element
    while one is not None and one.tag not in {"td", "th"}:
        inside = list(islice((child for child in one.iter() if child.tag != "colgroup"), 2))
        one = inside[0] if len(inside) == 1 else None
    return one is not None


def _add(read: _Table, flow: Flow) -> None:
    rows = [row for row in read.rows if any(row)]
    caption = joined(read.lines, " ") if read.lines else _NOTHING
    has_head = read.first_is_head and bool(rows) and rows[0] is read.rows[0]
    if not rows:
        if caption["text"]:
            flow.take(caption)
    elif not caption["text"] and not read.first_is_head and all(len(row) == 1 for row in rows):
        for (cell,) in rows:
            for line in cell:
                flow.take(line)
    else:
        said = flat(caption, flow.body)
        no_long_caption(said)
        texts = [[joined(cell, "\n") if cell else _NOTHING for cell in row] for row in rows]
        head, behind = (texts[0], texts[1:]) if has_head else ([], texts)
        flow.show({"kind": "table", "caption": said, "head": head, "rows": behind})


def _row(_: LexborNode, read: _Table) -> Opened:
    read.begin_row()
    return read, read.end_line


def _cell(element: LexborNode, read: _Table) -> Opened:
    row = element.parent
    part = row.parent if row else None
    if len(read.rows) == 1 and element.tag == "td" and (part is None or part.tag != "thead"):
        read.first_is_head = False
    inside = Passage(read.body)
    columns, rows = _span(element, "colspan"), _span(element, "rowspan")
    read.begin_cell(inside.lines, columns, rows)
    if columns > 1 or rows > 1:
        read.body.note(
            "changed",
            "element",
            f"{element.tag} over several cells: stands in the first, the others are empty",
        )

    def end() -> None:
        inside.end_line()
        read.shown += inside.shown

    return inside, end


_Table.elements = {**Passage.elements, "tr": _row, "td": _cell, "th": _cell}


def _span(element: LexborNode, name: str) -> int:
    said = element.attributes.get(name) or ""
    return min(int(said), _MOST_SPANNED) if said.isascii() and said.isdigit() and int(said) else 1
