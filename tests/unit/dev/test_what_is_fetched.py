"""What comes from outside: Java, the jars of Kafka, the Python packages."""

import re
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dev import jars, java, kafka
from dev.environment import LOCK, PYPROJECTS


@pytest.mark.parametrize(
    ("banner", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "25-ea" 2025-09-16', 25),
        ('java version "1.8.0_392"', 8),
        ("The operation couldn't be completed. Unable to locate a Java Runtime.", 0),
    ],
)
def test_javas_banner_tells_its_major_version(banner: str, major: int) -> None:
    assert java.major_of(banner) == major


def test_the_jar_lock_names_each_jar_once() -> None:
    names = [(jar.group, jar.artifact) for jar in jars.locked()]
    assert ("org.apache.kafka", "kafka_2.13") in names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("line", ["a b 1 2", "a b 1 many " + "0" * 64, "a b 1 2 beef"])
def test_a_line_that_is_no_jar_is_refused_by_its_number(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 is not"):
        jars.parse(f"# a comment\n{line}\n")


def test_what_is_missing_is_fetched_once_however_many_want_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing, fetched = [jars.locked()[0]], []

    def fetch(command: list[str]) -> None:
        fetched.append(command)
        time.sleep(0.05)
        missing.clear()

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(jars, "missing", lambda: list(missing))
    monkeypatch.setattr(kafka, "run", fetch)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: kafka.fetch(), range(4)))
    assert len(fetched) == 1


def test_everything_declared_is_pinned_by_hash_and_nothing_says_from_where() -> None:
    text = LOCK.read_text()
    pinned = {
        name for name, _ in re.findall(r"^([a-z0-9-]+)==(\S+) .*\\\n +--hash=sha256:", text, re.MULTILINE)
    }
    assert {_name(requirement) for requirement in _declared()} <= pinned
    assert len(pinned) == len(set(re.findall(r"^([a-z0-9-]+)", text, re.MULTILINE)))
    assert "://" not in text


def _declared() -> list[str]:
    found: list[str] = []
    for path in PYPROJECTS:
        project = tomllib.loads(path.read_text())
        found += project["project"]["dependencies"]
        found += [one for group in project.get("dependency-groups", {}).values() for one in group]
    return found


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-").replace(".", "-")
