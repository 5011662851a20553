"""How outcomes are shown: a bar and then a table, a line each while watching, or JSON Lines."""

import json
import sys
from collections import Counter
from typing import Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from publisher.adapters.sending import Outcome
from publisher.core.finished import lines_of
from shared.terminal import harmless, harmless_line

_STYLES: Final = {
    "accepted": "green",
    "refused": "red",
    "pending": "yellow",
    "not sent": "green",
    "unchanged": "dim",
}
_PENDING: Final = "not decided in time; it is in ingest.v1 and will be decided once ingest runs"
_WIDTH_OF_A_PIPE: Final = 160


def output() -> Console:
    """Give what prints on standard output, where a pipe has a width, too."""
    return Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE, highlight=False)


def complain(message: object) -> None:
    """Say on standard error why it does not go on."""
    Console(stderr=True, highlight=False).print(shown(str(message), "red"), soft_wrap=True)


def shown(sent: str, style: str = "") -> Text:
    """Show what came from outside, which the terminal does not obey."""
    return Text(harmless(sent), style)


def print_json(told: str) -> None:
    """Print a line of JSON, which stays the same JSON and is nothing else on a terminal."""
    typer.echo(harmless(told))


def folding_table(*columns: str) -> Table:
    """Make a table that loses nothing where it is too narrow."""
    table = Table(*columns)
    for column in table.columns:
        column.overflow = "fold"
    return table


class Report:
    """Shows outcomes while the block lasts: `at_once` a line each as they come, else a table at its end."""

    def __init__(self, *, as_json: bool, at_once: bool = False) -> None:
        self._as_json = as_json
        self._at_once = at_once
        self._counts: Counter[str] = Counter()
        self._outcomes: list[Outcome] = []
        self._out = output()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True, highlight=False),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._bar = self._progress.add_task("Waiting for Kafka …", total=None)

    def __enter__(self) -> "Report":
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()
        if self._outcomes:
            table = folding_table("file", "id", "outcome", "address, or what to change")
            for one in self._outcomes:
                table.add_row(*_cells(one))
            self._out.print(table)
        self._sum_up()

    def _sum_up(self) -> None:
        """Say at the end how many there were of each outcome."""
        if self._outcomes:
            self._out.print(self._tally())

    @property
    def all_accepted(self) -> bool:
        """Whether nothing was refused or left pending, or would be."""
        return self._counts.total() == sum(
            self._counts[name] for name in ("accepted", "unchanged", "not sent")
        )

    def reading(self, name: str) -> None:
        """Say what is read before anything can be sent."""
        self._progress.start()
        self._progress.update(self._bar, description=f"Reading {harmless_line(name)} …")

    def expect(self, articles: int) -> None:
        """Say how many there will be, as far as is known by now."""
        self._progress.update(self._bar, total=articles)

    def show(self, outcome: Outcome) -> None:
        """Take in an outcome."""
        self._counts[outcome.outcome] += 1
        self._progress.update(self._bar, advance=1, description=self._tally())
        if self._as_json:
            print_json(json.dumps(outcome.as_json(), ensure_ascii=False))
        elif self._at_once:
            self._progress.stop()
            self._out.print(Text("  ").join(filter(None, _cells(outcome))), soft_wrap=True)
        elif self._is_listed(outcome):
            self._outcomes.append(outcome)

    def _is_listed(self, outcome: Outcome) -> bool:
        """Tell whether an outcome has a line in the table."""
        return True

    def _tally(self) -> str:
        return ", ".join(f"{self._counts[name]:,} {name}" for name in _STYLES if self._counts[name])


def _cells(one: Outcome) -> tuple[Text, ...]:
    file = f"{one.file}, {one.place}" if one.place else one.file
    outcome = Text(one.outcome, _STYLES[one.outcome])
    return shown(harmless_line(file)), shown(harmless_line(one.id or "")), outcome, shown(_saying(one))


def _saying(one: Outcome) -> str:
    """Give the address, or the faults, and the notes, one a line with their places."""
    notes = [f"{note.did}: {note.pointer} {note.detail}" for note in one.notes]
    if one.article is not None:
        return "\n".join(map(harmless_line, ("", *lines_of(one.article), "", *notes)))
    if one.problem is None:
        said = {"accepted": one.url, "pending": _PENDING}.get(one.outcome)
        return "\n".join(filter(None, (said, *map(harmless_line, notes))))
    faults: list[dict[str, Any]] = one.problem.get("errors") or [{"detail": one.problem.get("detail", "")}]
    lines = (": ".join(filter(None, (fault.get("pointer"), fault["detail"]))) for fault in faults)
    return "\n".join(map(harmless_line, (*lines, *notes)))
