"""Scale, kill and replace parts of a running site, and tell what publishers and readers felt.

    python3 ops/rehearse.py [--service ingest …] [--quiet 10] [-- docker compose options, such as -p NAME]

Each service goes 1 → 3, one of the three is killed, all three are replaced, and it goes back to 1, while
articles are published and read through the edge (`ops/load.py`). It ends with 1 if anybody was answered with
a failure, or if of a hundred articles more than one was not readable within two seconds. It kills processes,
so it runs as root.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Final

# Python puts ops/ itself here; the repository is what we import from.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from ops.containers import Site  # noqa: E402 - only now can it be found
from ops.load import Felt, Load, percentile, table  # noqa: E402

SERVICES: Final = ("ingest", "rank", "render")
READABLE_S: Final = 2.0
EDGE, NEWSROOM = 8080, 8081


def main() -> int:
    """Rehearse; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--service", action="append", choices=SERVICES, help="all, unless some are named")
    parser.add_argument("--quiet", type=float, default=10.0, help="seconds between what is done")
    parser.add_argument("--articles", type=float, default=5.0, help="a second")
    parser.add_argument("--pages", type=float, default=20.0, help="a second")
    parser.add_argument("compose", nargs="*", help="options of docker compose")
    asked = parser.parse_args()
    site = Site(asked.compose)
    rates = {"articles_a_second": asked.articles, "pages_a_second": asked.pages}
    load = Load(site.door(EDGE), site.door(NEWSROOM), site.publish_token(), **rates)
    try:
        with load:
            for service in asked.service or SERVICES:
                rehearse(site, load, service, asked.quiet)
    finally:
        print(table(load.felt))
    felt = sum(load.felt.values(), Felt())
    late = percentile(felt.readable, 99) > READABLE_S
    print("noticed" if felt.failures or late else "nobody noticed anything")
    return bool(felt.failures or late)


def rehearse(site: Site, load: Load, service: str, quiet_s: float) -> None:
    """Let everything happen to one service."""
    with load.step(f"{service}: one"):
        time.sleep(quiet_s)
    with load.step(f"{service}: 1 → 3"):
        site.scale(service, 3)
        time.sleep(quiet_s)
    with load.step(f"{service}: one is killed"):
        site.kill(site.replicas(service)[0])
        time.sleep(quiet_s)
    with load.step(f"{service}: all are replaced"):
        site.roll(service)
        time.sleep(quiet_s)
    with load.step(f"{service}: 3 → 1"):
        site.scale(service, 1)
        time.sleep(quiet_s)


if __name__ == "__main__":
    sys.exit(main())
