"""The containers of a running site, through `docker compose`; what fails ends the program."""

import os
import signal
import subprocess
import time


class Site:
    """A site that `docker compose` runs; `options` are compose's own, such as `-p NAME`."""

    def __init__(self, options: list[str]) -> None:
        self._compose = ["docker", "compose", *options]

    def door(self, port: int) -> str:
        """Give the address at which a port of the edge is published."""
        return f"http://{_said(*self._compose, 'port', 'edge', str(port))}"

    def publish_token(self) -> str:
        """Give the operator's first token."""
        show = ("run", "--rm", "--no-deps", "-T", "setup", "show", "operator/publish_token")
        return _said(*self._compose, *show)

    def replicas(self, service: str) -> list[str]:
        """Give the running containers of a service, the oldest first."""
        found = _said(*self._compose, "ps", "-q", service).split()
        return sorted(found, key=lambda one: _said("docker", "inspect", "-f", "{{.Created}}", one))

    def scale(self, service: str, replicas: int) -> None:
        """Have so many of a service; return when they are healthy. Those that run stay as they are."""
        up = ("up", "-d", "--no-deps", "--no-recreate", "--wait", "--scale", f"{service}={replicas}", service)
        _said(*self._compose, *up)

    def roll(self, service: str) -> None:
        """Replace every replica of a service by one of the present image: each comes before another goes."""
        old = self.replicas(service)
        for replica in old:
            self.scale(service, len(old) + 1)
            _said("docker", "stop", replica)
            _said("docker", "rm", "-v", replica)

    def kill(self, replica: str) -> None:
        """Kill a replica as a lack of memory would; return when Docker has it back, and healthy."""
        # `docker kill` would count as told to stop, and nobody would start it again
        killed = _said("docker", "inspect", "-f", "{{.State.Pid}}", replica)
        os.kill(int(killed), signal.SIGKILL)
        state = ("docker", "inspect", "-f", "{{.State.Pid}} {{.State.Health.Status}}", replica)
        while (now := _said(*state).split())[0] in ("0", killed) or now[1] != "healthy":
            time.sleep(0.2)


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr.strip()}")
    return done.stdout.strip()
