"""`python -m services.render` runs the service; `--check` wires everything and exits 0."""

import sys

from services.render.app import run
from services.render.settings import Settings
from shared.runtime import configure_logging
from shared.settings import read

if __name__ == "__main__":
    configure_logging("render")
    run(read(Settings), check="--check" in sys.argv[1:])
