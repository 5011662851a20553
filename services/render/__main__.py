"""`python -m services.render` runs the service; `--check` wires everything and exits 0.

`python -m services.render snapshot FOLDER` copies the files of the replica in RENDER_DATA, running or not.
"""

import sqlite3
import sys
from pathlib import Path

from services.render.adapters import snapshot
from services.render.app import run
from services.render.settings import Settings
from shared.runtime import configure_logging
from shared.settings import read


def main(arguments: list[str]) -> None:
    """Do what the command line asks for."""
    if arguments[:1] != ["snapshot"]:
        run(read(Settings), check="--check" in arguments)
        return
    if len(arguments) != 2:
        raise SystemExit("usage: python -m services.render snapshot FOLDER")
    try:
        snapshot.write(read(Settings).data, Path(arguments[1]))
    except (OSError, sqlite3.Error) as error:
        raise SystemExit(f"no snapshot was written: {error}") from None


if __name__ == "__main__":
    configure_logging("render")
    main(sys.argv[1:])
