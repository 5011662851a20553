"""What a replica's files take, and what the disk beneath them has left; looked up when asked for."""

import contextlib
import shutil
from functools import partial
from pathlib import Path
from typing import Final, Literal

from prometheus_client import Gauge

_bytes = Gauge(
    "remen_render_store_bytes",
    "Bytes of a file of SQLite's, what waits to be written back included",
    ["file"],
)
_free = Gauge("remen_render_disk_free_bytes", "Bytes that are free on the disk of the replica's files")
_size = Gauge("remen_render_disk_bytes", "Bytes that the disk of the replica's files has")

_BESIDE: Final = ("", "-wal", "-shm")


def measure(folder: Path, files: tuple[str, ...]) -> None:
    """Have the metrics tell of these files of a folder from now on."""
    for file in files:
        _bytes.labels(Path(file).stem).set_function(partial(_bytes_of, folder, file))
    _free.set_function(lambda: _of_disk(folder, "free"))
    _size.set_function(lambda: _of_disk(folder, "total"))


def _bytes_of(folder: Path, file: str) -> float:
    found = 0
    for beside in _BESIDE:
        # what lies beside a file comes and goes
        with contextlib.suppress(FileNotFoundError):
            found += (folder / f"{file}{beside}").stat().st_size
    return found


def _of_disk(folder: Path, what: Literal["free", "total"]) -> float:
    try:
        return float(getattr(shutil.disk_usage(folder), what))
    except OSError:
        return float("nan")
