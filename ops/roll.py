"""Replace each replica of a service by one of its newest image, without anybody's noticing.

    docker compose build ingest && python3 ops/roll.py ingest [docker compose options, such as -p NAME]

A new one comes, and when it is healthy an old one is told to end; with one replica too. Volumes without a
name go with them: a render folds the log anew before it is healthy.
"""

import sys
from pathlib import Path

# Python puts ops/ itself here; the repository is what we import from.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from ops.containers import Site  # noqa: E402 - only now can it be found

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    Site(sys.argv[2:]).roll(sys.argv[1])
