"""`python3 dev COMMAND`: run from a fresh clone, by any Python from 3.11 on, with nothing installed."""

import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python should say so, not fail on our syntax
    sys.exit(f"Remen needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.")

# Python puts dev/ itself here; the repository is what we import from.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from dev.cli import main  # noqa: E402 - only now can it be found

main()
