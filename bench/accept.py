"""Claim: deciding about an article of 3 KB costs 12 times what parsing it does, as markup 34 to 44 times.

The peer only parses the same JSON and checks the types of its fields (pydantic, a model of plain strings):
it refuses nothing, normalises nothing, makes no blocks and finds no dateline. REMEN_BESIDE=FOLDER has another
checkout, with its own environment, measured in the same run.
"""

import os
import subprocess
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from bench.articles import value
from bench.measuring import cpu_us, head, show
from services.ingest.core.editions import UNKNOWN
from shared.events import Arrival
from tests.unit.ingest.accepting import accept

ARRIVAL = Arrival(1_796_000_000_000, 3, 7)


class Plain(BaseModel):
    """The peer's article."""

    id: str
    title: str
    section: str
    body: str
    format: str
    byline: str
    published_at: datetime


def main() -> None:
    """Print the table."""
    head("accept, CPU of one article of 3 KB")
    sent = value()
    peer = cpu_us(lambda: Plain.model_validate_json(sent))
    for written_in in ("plain", "markdown", "html"):
        one = value(0, written_in)
        ours = cpu_us(lambda one=one: accept(one, UNKNOWN, ARRIVAL), 500)  # type: ignore[misc]
        show(written_in, f"{ours:.1f} µs", f"parse and check types {peer:.1f} µs", f"{ours / peer:.1f} ×")
    if beside := os.environ.get("REMEN_BESIDE"):
        other = Path(beside).resolve()
        environment = {name: value for name, value in os.environ.items() if name != "REMEN_BESIDE"}
        print(f"\nbeside: {other.name}", flush=True)
        python = other / ".venv/bin/python"
        subprocess.run([python, "-m", "bench.accept"], cwd=other, env=environment, check=True)


if __name__ == "__main__":
    main()
