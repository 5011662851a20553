"""The bill of materials holds what the locks hold, and a known hole of it is found without asking anybody."""

from pathlib import Path
from typing import Any

import pytest

from dev import environment, jars
from dev.sbom import advisories, document, holes, packages

LOCK = environment.LOCK.read_text()
RANGE = [{"introduced": "1.0"}, {"fixed": "1.5"}, {"introduced": "2.0"}, {"last_affected": "2.3"}]


def advisory(**changes: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": RANGE}, {"type": "GIT", "events": [{"introduced": "0"}]}]
    affected = {"package": {"ecosystem": "PyPI", "name": "Some_Thing"}, "ranges": ranges, "versions": ["0.9"]}
    return {"id": "PYSEC-1", "aliases": ["CVE-1"], "affected": [affected]} | changes


def test_every_pinned_package_and_jar_is_named_with_its_hashes() -> None:
    made = document(LOCK, jars.locked())
    pinned = [line for line in LOCK.splitlines() if "==" in line and not line.startswith(("#", " "))]
    assert len(made["components"]) == len(pinned) + len(jars.locked())
    assert all(one.get("hashes") or one["properties"] for one in made["components"])
    names = {one["purl"].partition("@")[0] for one in made["components"]}
    assert {"pkg:pypi/aiokafka", "pkg:maven/org.apache.kafka/kafka_2.13"} <= names
    assert sum(len(hashes) for _, _, hashes in packages(LOCK)) == LOCK.count("--hash=sha256:")


@pytest.mark.parametrize(
    ("version", "has_hole"),
    [
        ("0.9", True),
        ("0.9.1", False),
        ("1.0", True),
        ("1.4.9", True),
        ("1.5", False),
        ("2.0", True),
        ("2.3", True),
        ("2.3.1", False),
    ],
)
def test_a_version_is_held_against_what_is_known(version: str, has_hole: bool) -> None:
    said = [f"some-thing {version}: PYSEC-1 (CVE-1)"] if has_hole else []
    assert list(holes({"some-thing": version}, [advisory()])) == said


def test_what_was_taken_back_or_is_of_another_is_no_hole() -> None:
    known = [advisory(withdrawn="2026-01-01T00:00:00Z"), advisory()]
    assert not list(holes({"some-thing": "1.0"}, known[:1]))
    assert not list(holes({"another": "1.0"}, known))


def test_a_folder_without_advisories_is_not_taken_for_good_news(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no copy"):
        list(advisories(tmp_path))
