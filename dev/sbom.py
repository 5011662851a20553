"""What Remen is made of, out of its locks, as CycloneDX 1.5; and which of it has a hole that is known.

The holes are read from a copy of github.com/pypa/advisory-database: nothing is asked of anybody. It knows
Python's packages only; of Kafka's jars and of images it says nothing.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from dev import environment, jars

_PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)((?:.*\\\n)*.*)", re.MULTILINE)
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def packages(lock: str) -> Iterator[tuple[str, str, list[str]]]:
    """Give the name, the version and the SHA-256 of the files of every package of a lock."""
    for name, version, rest in _PINNED.findall(lock):
        yield canonicalize_name(name), version, _HASH.findall(rest)


def document(lock: str, broker: Iterable[jars.Jar]) -> dict[str, Any]:
    """Give the bill of materials; the same for the same locks."""
    python = [
        {
            "type": "library",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "bom-ref": f"pkg:pypi/{name}@{version}",
            # one of these files is installed, by the platform
            "properties": [{"name": "remen:sha256", "value": value} for value in hashes],
        }
        for name, version, hashes in packages(lock)
    ]
    java = [
        {
            "type": "library",
            "group": jar.group,
            "name": jar.artifact,
            "version": jar.version,
            "purl": f"pkg:maven/{jar.group}/{jar.artifact}@{jar.version}",
            "bom-ref": f"pkg:maven/{jar.group}/{jar.artifact}@{jar.version}",
            "hashes": [{"alg": "SHA-256", "content": jar.sha256}],
        }
        for jar in broker
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "remen", "bom-ref": "remen"}},
        "components": [*python, *java],
    }


def advisories(folder: Path) -> Iterator[dict[str, Any]]:
    """Read every advisory of a copy of the database; ValueError if there is none."""
    files = sorted((folder / "vulns").rglob("*.yaml"))
    if not files:
        raise ValueError(f"{folder} is no copy of the advisory database: it has no vulns/**/*.yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for file in files:
        yield yaml.load(file.read_bytes(), loader)  # noqa: S506 - a safe loader


def holes(pinned: Mapping[str, str], known: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Name each known hole of what is pinned, a line each; what was taken back is none."""
    for advisory in known:
        for affected in advisory.get("affected", ()) if not advisory.get("withdrawn") else ():
            name = canonicalize_name(affected["package"]["name"])
            if name in pinned and _is_affected(pinned[name], affected):
                also = ", ".join(advisory.get("aliases", ()))
                yield f"{name} {pinned[name]}: {advisory['id']}{f' ({also})' if also else ''}"


def _is_affected(version: str, affected: Mapping[str, Any]) -> bool:
    if version in affected.get("versions", ()):
        return True
    ranges = [one["events"] for one in affected.get("ranges", ()) if one["type"] == "ECOSYSTEM"]
    return any(_is_within(Version(version), events) for events in ranges)


def _is_within(version: Version, events: Iterable[Mapping[str, Any]]) -> bool:
    """Walk a range: from `introduced` on it is affected, from `fixed` on and after `last_affected` not."""
    inside = False
    for event in events:
        (kind, at), *_ = event.items()
        try:
            bound = Version(str(at))
        except InvalidVersion:
            # nothing is known of such a bound: rather told once too often
            return True
        if kind == "introduced" and version >= bound:
            inside = True
        elif (kind == "fixed" and version >= bound) or (kind == "last_affected" and version > bound):
            inside = False
    return inside


def main(arguments: list[str]) -> int:
    """Print the document or, with a folder, the holes; return the exit code: 1 if there are any."""
    lock = environment.LOCK.read_text()
    if not arguments:
        print(json.dumps(document(lock, jars.locked()), indent=1))
        return 0
    pinned = {name: version for name, version, _ in packages(lock)}
    found = list(holes(pinned, known := list(advisories(Path(arguments[0])))))
    newest = max(str(one.get("modified")) for one in known)
    found.append(f"{len(found)} known holes in {len(pinned)} packages; newest advisory: {newest:.10}")
    print(*found, sep="\n")
    return len(found) > 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
