"""Fetch the missing jars of Kafka, six at a time; each is checked before it counts as there.

Run by the environment's Python, which has jgo: `python -m dev.fetch`.
"""

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import requests
from jgo.maven import MavenContext

from dev.jars import Jar, cache, missing

_TRIES: Final = 3


def fetch(jar: Jar, maven: MavenContext) -> None:
    """Bring one jar to its place. Exits naming it if it cannot be had, or is not what the lock says."""
    component = maven.project(jar.group, jar.artifact).at_version(jar.version)
    for last in (False,) * (_TRIES - 1) + (True,):
        try:
            came = Path(component.artifact().resolve())
            break
        except (requests.RequestException, RuntimeError, OSError) as error:
            if last:
                sys.exit(
                    f"{jar.artifact} {jar.version} could not be fetched ({error}); is the network there?"
                )
    if hashlib.sha256(came.read_bytes()).hexdigest() != jar.sha256:
        came.unlink()
        sys.exit(f"{jar.artifact} {jar.version} is not the file that {jar.path.name} is locked to; not used")
    came.replace(jar.path)


if __name__ == "__main__":
    (cache() / "jars").mkdir(parents=True, exist_ok=True)
    context = MavenContext(repo_cache=cache() / "maven")
    with ThreadPoolExecutor(6) as pool:
        for _ in pool.map(lambda jar: fetch(jar, context), missing()):
            pass
