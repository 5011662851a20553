"""Claim: ten thousand open connections cost render a few KiB each, and nobody is served later for them.

All of them ask for a page once and are then held open. What the process holds more than before is shared
among them; the peer is the same reader's time before they came.
"""

import resource
import socket
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from bench.measuring import cpu_s, head, percentile, resident, show
from bench.rendering import a_render
from tests.builders import published
from tests.integration.render.serving import Client, request

CONNECTIONS: Final = 10_000
QUESTIONS: Final = 2000
IDLE_S: Final = 5.0


def main() -> None:
    """Print the table."""
    files = CONNECTIONS + 1000
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < files + 1000:
        sys.exit(f"open_connections: {files + 1000} files are needed, {hard} are allowed (`ulimit -Hn`)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as readers:
        render = readers.enter_context(a_render(Path(folder), published("a")))
        pid = render.pid or 0

        def connect() -> Client:
            return readers.enter_context(
                Client(socket.create_connection(("127.0.0.1", render.port), timeout=30))
            )

        one = connect()
        alone = _times(one)
        before = resident(pid)
        held = []
        for _ in range(CONNECTIONS):
            held.append(connect())
            held[-1].send(request("/article/a"))
        answered = sum(reader.answer().status == 200 for reader in held)
        each = (resident(pid) - before) / CONNECTIONS / 1024
        began = cpu_s(pid)
        time.sleep(IDLE_S)
        busy = (cpu_s(pid) - began) / IDLE_S
        among = _times(one)
        answered_again = sum(reader.ask("/article/a").status == 200 for reader in held)
    head(f"{CONNECTIONS:,} connections held open")
    show("answered, and again at the end", f"{answered:,}, {answered_again:,}", "", "")
    show("memory of each", f"{each:.1f} KiB", "", "")
    show("CPU while nothing is asked", f"{busy:.1%} of a core", "", "")
    for name, percent in (("median", 50), ("p99", 99)):
        ours, peer = percentile(among, percent), percentile(alone, percent)
        show(f"a page among them, {name}", f"{ours:.2f} ms", f"alone {peer:.2f} ms", f"{ours / peer:.2f} ×")


def _times(reader: Client) -> list[float]:
    """Give the milliseconds that pages take over one connection."""
    found = []
    for _ in range(QUESTIONS):
        began = time.perf_counter()
        reader.ask("/article/a")
        found.append((time.perf_counter() - began) * 1000)
    return found


if __name__ == "__main__":
    main()
