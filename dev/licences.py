"""Under which licence each pinned package stands, as its own metadata say.

A package for another platform is not installed here, and so its licence is not known here. Kafka's jars say
theirs inside.
"""

import sys
from collections.abc import Iterator
from email.message import Message
from importlib import metadata
from typing import Final, cast

from dev import environment
from dev.sbom import packages

UNKNOWN: Final = "not installed here"

_LONGEST: Final = 60
"""Characters; in place of a licence's name some packages have all of its text."""


def licence(of: Message) -> str:
    """Name the licence that a package's metadata tell, the most exact way first."""
    if expression := of.get("License-Expression"):
        return expression
    name = (of.get("License") or "").strip()
    if name and len(name) <= _LONGEST and "\n" not in name:
        return name
    classifiers: list[str] = of.get_all("Classifier") or []
    found = [one.split(" :: ")[-1] for one in classifiers if one.startswith("License :: ")]
    return " and ".join(found) or f"see {' and '.join(of.get_all('License-File') or ['its files'])}"


def listed(lock: str) -> Iterator[str]:
    """Give a line for each package of a lock: name, version and licence, with tabs between."""
    for name, version, _ in packages(lock):
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            yield f"{name}\t{version}\t{UNKNOWN}"
            continue
        # the lock may have two versions, for two Pythons
        known = licence(cast("Message", found.metadata)) if found.version == version else UNKNOWN
        yield f"{name}\t{version}\t{known}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in listed(environment.LOCK.read_text()))
