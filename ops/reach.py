"""Try, out of every running container, every door of every other; print which could be reached.

    python3 ops/reach.py [docker compose options, such as -p NAME]

Exit 1 if anything is reached that is not meant to be, or cannot be reached that must be.
"""

import subprocess
import sys
from itertools import product
from typing import Final

DOORS: Final = {
    "edge": (8080, 8081),
    "ingest": (8081,),
    "rank": (8082,),
    "render": (8080,),
    "kafka": (9092, 9094, 9095, 9093),
    "redis": (6379,),
    "pictures": (8080,),
    "prometheus": (9090,),
    "grafana": (3000,),
    "postgres": (5432,),
    "archive": (8080,),
}
"""9095 and 9093 are Kafka's own: whoever came to them would be its super user."""

OPTIONAL: Final = {"pictures", "prometheus", "grafana", "postgres", "archive"}
"""Run only with a profile: `pictures`, `observe`, `archive`."""

NEEDED: Final = {
    ("edge", "ingest", 8081),
    ("edge", "render", 8080),
    ("ingest", "kafka", 9092),
    ("rank", "kafka", 9092),
    ("render", "kafka", 9092),
    ("rank", "redis", 6379),
    ("render", "redis", 6379),
    ("edge", "pictures", 8080),
    ("prometheus", "ingest", 8081),
    ("prometheus", "rank", 8082),
    ("prometheus", "render", 8080),
    ("prometheus", "archive", 8080),
    ("grafana", "prometheus", 9090),
    ("archive", "kafka", 9092),
    ("archive", "postgres", 5432),
    ("render", "postgres", 5432),
}
# A network has no direction; and Kafka listens on all of its own for publishers, who need a password.
HARMLESS: Final = {(to, start, port) for start, to, _ in NEEDED for port in DOORS[start]} | {
    (start, "kafka", 9094) for start in ("ingest", "rank", "render", "archive")
}
_TRY: Final = """
import socket, sys
for word in sys.argv[1:]:
    host, port = word.split(":")
    try:
        socket.create_connection((host, int(port)), 1).close()
        print(word)
    except OSError:
        pass
"""


def main(options: list[str]) -> int:
    """Print the table; return the exit code."""
    compose = ["docker", "compose", *options]
    image = _said("docker", "inspect", "-f", "{{.Image}}", _said(*compose, "ps", "-aq", "setup"))
    running = _said(*compose, "ps", "--services").split()
    there = {name: ports for name, ports in DOORS.items() if name in running or name not in OPTIONAL}
    wanted = [f"{name}:{port}" for name, ports in there.items() for port in ports]
    reached: set[tuple[str, str, int]] = set()
    for start in there:
        container = _said(*compose, "ps", "-q", start).split()[0]
        inside = [
            "docker",
            "run",
            "--rm",
            "--network",
            f"container:{container}",
            "--entrypoint",
            "python",
            image,
        ]
        for found in _said(*inside, "-c", _TRY, *wanted).split():
            to, _, port = found.partition(":")
            reached.add((start, to, int(port)))
    doors = [(to, port) for to, ports in there.items() for port in ports]
    print("from".ljust(8), *(f"{to}:{port}".rjust(12) for to, port in doors))
    for start in there:
        marks = [_mark(start, to, port, (start, to, port) in reached) for to, port in doors]
        print(start.ljust(8), *(mark.rjust(12) for mark in marks))
    wrong = [
        (start, to, port)
        for start, (to, port) in product(there, doors)
        if _mark(start, to, port, (start, to, port) in reached) in ("OPEN", "MISSING")
    ]
    print(
        f"{len(wrong)} wrong"
        if wrong
        else "Each reaches what it needs; (open): the other end of its network."
    )
    return bool(wrong)


def _mark(start: str, to: str, port: int, is_open: bool) -> str:
    door = (start, to, port)
    if start == to:
        return "self"
    if door in NEEDED:
        return "open" if is_open else "MISSING"
    if door in HARMLESS:
        return "(open)" if is_open else "-"
    return "OPEN" if is_open else "-"


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
