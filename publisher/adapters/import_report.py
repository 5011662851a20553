"""How the import of a site is shown: what asks for a look in a table, and the rest by numbers."""

import json
from collections import Counter

from publisher.adapters.reporting import Report, folding_table, print_json, shown
from publisher.adapters.sending import Outcome
from shared.terminal import harmless_line

_MOST_LISTED = 1_000


class ImportReport(Report):
    """Lists what was not accepted, and counts notes, and what is not for readers, by their kinds."""

    def __init__(self, *, as_json: bool, at_once: bool = False) -> None:
        super().__init__(as_json=as_json, at_once=at_once)
        self._notes: Counter[str] = Counter()
        self._passed: Counter[str] = Counter()

    def passed(self, kind: str) -> None:
        """Take in a post that is not for readers."""
        self._passed[kind] += 1
        self._progress.update(self._bar, advance=1)

    def show(self, outcome: Outcome) -> None:
        """Take in an outcome."""
        self._notes.update({note.kind for note in outcome.notes})
        super().show(outcome)

    def _is_listed(self, outcome: Outcome) -> bool:
        return outcome.outcome in ("refused", "pending") and len(self._outcomes) < _MOST_LISTED

    def _sum_up(self) -> None:
        told = {
            "outcomes": dict(self._counts),
            "not for readers": dict(self._passed.most_common()),
            "posts with notes": dict(self._notes.most_common()),
        }
        if self._as_json:
            print_json(json.dumps({"summary": told}, ensure_ascii=False))
            return
        if (unlisted := self._counts["refused"] + self._counts["pending"] - len(self._outcomes)) > 0:
            self._out.print(f"and {unlisted:,} more that were not accepted; --json names all")
        table = folding_table("", "kind", "posts")
        for what, kinds in told.items():
            for kind, posts in kinds.items():
                table.add_row(what, shown(harmless_line(kind)), f"{posts:,}")
        if table.row_count:
            self._out.print(table)
