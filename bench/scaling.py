"""Claim: while ingest goes 1 → 3 → 1 and one of three is killed, nobody is answered with a 5xx.

Five articles a second are sent over HTTP through the edge of `ops/edge`, as `ops/load.py` does it, and read
there.
"""

import tempfile
import time
from pathlib import Path
from typing import Final

from bench import nginx
from ops.load import Felt, Load, table
from tests.foreign import until
from tests.real import Site

QUIET_S: Final = 8.0


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        site = Site(folder / "site", "--scale", "ingest=3")
        try:
            print(table(measure(site, folder)))
        finally:
            site.down()


def measure(site: Site, folder: Path) -> dict[str, Felt]:
    """Let all of it happen; give what was felt, by step."""
    ports = [int(s["url"].rpartition(":")[2]) for s in site.status()["services"] if "ingest" in s["name"]]
    page = int(site.addresses["page"].rpartition(":")[2])
    site.stop("ingest-2")
    site.stop("ingest-3")
    with (
        nginx.edge(folder, page, ingest_ports=ports) as (edge, _),
        Load(edge, nginx.newsroom(edge), site.addresses["publish_token"]) as load,
    ):
        with load.step("one"):
            time.sleep(QUIET_S)
        with load.step("1 → 3"):
            site.start("ingest-2")
            site.start("ingest-3")
            time.sleep(QUIET_S)
        with load.step("one of three is killed"):
            killed = site.pid("ingest-2")
            site.kill("ingest-2")
            until(lambda: site.pid("ingest-2") not in (None, killed) and _all_ready(site), "it is back", 60)
            time.sleep(QUIET_S)
        with load.step("3 → 1"):
            site.stop("ingest-3")
            site.stop("ingest-1")
            time.sleep(QUIET_S)
    return load.felt


def _all_ready(site: Site) -> bool:
    return all(service["ready"] for service in site.status()["services"])


if __name__ == "__main__":
    main()
