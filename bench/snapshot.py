"""Claim: a replica that begins with a snapshot has its store in a tenth of the time of folding the log.

The peer is the fold of the same log without Kafka: reading it over the network comes on top. Articles of
3 KB; of 10⁶ the text has two paragraphs, so that the files fit on a small disk.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.measuring import head, show
from bench.store import SHORT, file_mb, fold_into
from bench.stored import records
from services.render.adapters.store import snapshot
from services.render.adapters.store.store import Store
from tests.unit.render.folded import Folded

SIZES = ((100_000, None), (1_000_000, SHORT))


def main() -> None:
    """Print the table."""
    sizes = [(int(size), SHORT) for size in sys.argv[1:]] or SIZES
    for size, paragraphs in sizes:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), size, paragraphs)


def measure(folder: Path, size: int, paragraphs: int | None) -> None:
    """Fold, write a snapshot and begin with it."""
    folded = Folded(folder / "other")
    log = records(size) if paragraphs is None else records(size, paragraphs)
    fold_s = fold_into(folded, log)["s"]
    write_s = seconds(lambda: snapshot.write(folder / "other", folder / "snapshot"))
    folded.store.close()

    def begin() -> None:
        store = Store(folder / "new", folder / "snapshot")
        assert store.last_change() == size
        store.close()

    begin_s = seconds(begin)
    head(f"a store of {size:,} articles, {file_mb(folder / 'new'):,.0f} MB")
    show("ready", f"{begin_s:.2f} s", f"fold {fold_s:.1f} s", f"{begin_s / fold_s:.3f} ×")
    show("the snapshot written", f"{write_s:.2f} s", f"fold {fold_s:.1f} s", f"{write_s / fold_s:.3f} ×")


def seconds(work: Callable[[], object]) -> float:
    """Give the time of a call in seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
