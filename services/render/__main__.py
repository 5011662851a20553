"""`python -m services.render` runs the service; `--check` wires everything and exits 0.

`python -m services.render snapshot FOLDER` copies the files of the replica in RENDER_DATA, running or not.
`python -m services.render archive` folds the log into the archive that replicas with RENDER_KEEP ask.
"""

import sqlite3
import sys
from pathlib import Path

from services.render.adapters.store import snapshot
from services.render.app import run, run_archive
from services.render.settings import Settings
from shared.runtime import configure_logging
from shared.settings import read


def main(arguments: list[str]) -> None:
    """Do what the command line asks for."""
    match arguments:
        case ["archive", *options]:
            run_archive(read(Settings), check="--check" in options)
        case ["snapshot", folder]:
            try:
                snapshot.write(read(Settings).data, Path(folder))
            except (OSError, sqlite3.Error) as error:
                raise SystemExit(f"no snapshot was written: {error}") from None
        case ["snapshot", *_]:
            raise SystemExit("usage: python -m services.render snapshot FOLDER")
        case _:
            run(read(Settings), check="--check" in arguments)


if __name__ == "__main__":
    configure_logging("render")
    main(sys.argv[1:])
