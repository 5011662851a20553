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

_STYLES: Final = {"accepted": "green", "refused": "red", "pending": "yellow"}
_PENDING: Final = "not decided in time; it is in ingest.v1 and will be decided once ingest runs"
_WIDTH_OF_A_PIPE: Final = 160


class Report:
    """Shows outcomes: `at_once` a line each as they come, else in a table when `finish` is called."""

    def __init__(self, *, as_json: bool, at_once: bool = False) -> None:
        self._as_json = as_json
        self._at_once = at_once
        self._counts: Counter[str] = Counter()
        self._outcomes: list[Outcome] = []
        self._out = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE, highlight=False)
        self._error = Console(stderr=True, highlight=False, soft_wrap=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._error,
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._bar = self._progress.add_task("Waiting for Kafka …", total=None)

    def __enter__(self) -> "Report":
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    @property
    def all_accepted(self) -> bool:
        """Whether nothing was refused or left pending."""
        return self._counts.total() == self._counts["accepted"]

    def expect(self, articles: int) -> None:
        """Say how many there will be, as far as is known by now."""
        self._progress.update(self._bar, total=articles)

    def show(self, outcome: Outcome) -> None:
        """Take in an outcome."""
        self._counts[outcome.outcome] += 1
        self._progress.update(self._bar, advance=1, description=self._tally())
        if self._as_json:
            typer.echo(json.dumps(outcome.as_json(), ensure_ascii=False))
        elif self._at_once:
            self._progress.stop()
            self._out.print(_line(outcome), soft_wrap=True)
        else:
            self._outcomes.append(outcome)

    def finish(self) -> None:
        """Print the table and how many became what."""
        self._progress.stop()
        if self._as_json or not self._outcomes:
            return
        table = Table("file", "id", "outcome", "address, or what to change")
        for column in table.columns:
            column.overflow = "fold"
        for one in self._outcomes:
            table.add_row(
                _file(one), Text(one.id or ""), Text(one.outcome, _STYLES[one.outcome]), Text(_saying(one))
            )
        self._out.print(table)
        self._out.print(self._tally())

    def fail(self, message: object) -> None:
        """Say why it does not go on."""
        self._progress.stop()
        self._error.print(Text(str(message), "red"))

    def _tally(self) -> str:
        return ", ".join(f"{self._counts[name]:,} {name}" for name in _STYLES if self._counts[name])


def _line(one: Outcome) -> Text:
    outcome = Text(one.outcome, _STYLES[one.outcome])
    return Text("  ").join(filter(None, (_file(one), Text(one.id or ""), outcome, Text(_saying(one)))))


def _file(one: Outcome) -> Text:
    return Text(f"{one.file}, {one.place}" if one.place else one.file)


def _saying(one: Outcome) -> str:
    """Give the address, or the faults, one a line with their places."""
    if one.problem is None:
        return str(one.url if one.outcome == "accepted" else _PENDING)
    faults: list[dict[str, Any]] = one.problem.get("errors") or [{"detail": one.problem.get("detail", "")}]
    return "\n".join(": ".join(filter(None, (fault.get("pointer"), fault["detail"]))) for fault in faults)
