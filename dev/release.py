"""`dev release`: the version, its heading in the changelog, what it promises; a commit and its tag.

What is promised stays in `tests/contract/released` (dev/contracts/promises.py), so that the versions to come
can be held to it. Beside the repository, in `dist/`, lie the bill of materials and the list of licences.
Nothing is pushed. Whatever fails before the commit leaves the changes to be looked at, and undone.
"""

import argparse
import difflib
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from packaging.version import Version

from dev import environment, jars, licences, sbom
from dev.console import DevError, say
from dev.environment import PYPROJECTS, ROOT

_VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_SECTION: Final = re.compile(r"^## Unreleased\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_RELEASED: Final = re.compile(r"^## (\d+\.\d+\.\d+) ", re.MULTILINE)
_NAMED: Final = re.compile(
    r'^(version = |VERSION: Final = |  org\.opencontainers\.image\.version: )".*"$', re.MULTILINE
)
_NEXT: Final = re.compile(r"^\| next (\|.*)$", re.MULTILINE)

CHANGELOG: Final = Path("CHANGELOG.md")
CHAPTER: Final = Path("docs/upgrading.md")
NAMING: Final = [
    *(path.relative_to(ROOT) for path in PYPROJECTS),
    Path("shared/version.py"),
    Path("docker-compose.yml"),
]
"""What names the version, once each."""
BEFORE: Final = ["tests/contract"]
AFTER: Final = ["tests/contract/test_released.py", "tests/contract/test_contracts.py"]


def refusals(root: Path, version: str) -> Iterator[str]:
    """Say what stands against making this release of a clone, and what to do about it."""
    if not _VERSION.fullmatch(version):
        yield f"{version!r} is no version; say three numbers, such as 0.2.0"
        return
    changelog = (root / CHANGELOG).read_text()
    released = [Version(found) for found in _RELEASED.findall(changelog)]
    if released and Version(version) <= max(released):
        yield f"{version} is not above {max(released)}, which is released; choose a higher one"
    section = _SECTION.search(changelog)
    if section is None or not section[1].strip():
        yield f"{CHANGELOG} says nothing under `## Unreleased`; write there what has changed"
    if _git(root, "status", "--porcelain"):
        yield "there are changes that are not committed; commit or stash them"
    if _git(root, "tag", "--list", f"v{version}"):
        yield f"there is a tag v{version} already; choose another version"


def notes(root: Path) -> str:
    """Give what has changed since the release before, as the changelog says it."""
    found = _SECTION.search((root / CHANGELOG).read_text())
    return found[1].strip() if found else ""


def edits(root: Path, version: str, day: date) -> dict[Path, str]:
    """Give the files in which the version is to stand, with their new texts; DevError if one has no place."""
    wanted = dict.fromkeys(NAMING, (_NAMED, rf'\g<1>"{version}"')) | {
        CHANGELOG: (re.compile(r"^## Unreleased$", re.MULTILINE), f"## Unreleased\n\n## {version} - {day}"),
        CHAPTER: (_NEXT, rf"| {version} \g<1>\n| next \g<1>"),
    }
    made = {}
    for path, (place, text) in wanted.items():
        made[path], found = place.subn(text, (root / path).read_text())
        if found != 1:
            raise DevError(
                f"{path} has {found} places where the version could stand; it needs one: {place.pattern}"
            )
    return made


def make(root: Path, version: str, day: date, *, before: Sequence[str], after: Sequence[str]) -> None:
    """Make the release: hold it to the tests `before`, write, hold it to those `after`, commit and tag."""
    _tested(root, before)
    message = f"Remen {version}\n\n{notes(root)}\n"
    for path, text in edits(root, version, day).items():
        (root / path).write_text(text)
    _run(root, sys.executable, "-c", f"from dev.contracts import promises; promises.write({version!r})")
    _run(root, sys.executable, "-m", "dev.contracts")
    _tested(root, after)
    for path in attach(root, version):
        say("wrote", str(path.relative_to(root)))
    _git(root, "add", "--all")
    _git(root, "commit", "--quiet", "--message", f"Release {version}")
    # a heading of the notes is no comment
    _git(root, "tag", "--annotate", "--cleanup=verbatim", "--file=-", f"v{version}", stdin=message)
    say(
        "released", f"{version}; `git push --follow-tags` tells others, `git tag -d v{version}` takes it back"
    )


def attach(root: Path, version: str) -> list[Path]:
    """Write what is published beside the code; give the files."""
    lock = environment.LOCK.read_text()
    folder = root / "dist"
    folder.mkdir(exist_ok=True)
    texts = {
        folder / f"remen-{version}.cdx.json": json.dumps(sbom.document(lock, jars.locked()), indent=1),
        folder / f"remen-{version}.licences.tsv": "\n".join(licences.listed(lock)),
    }
    for path, text in texts.items():
        path.write_text(f"{text}\n")
    return list(texts)


def preview(root: Path, version: str, day: date) -> Iterator[str]:
    """Say, a line each, what would be done."""
    for path, text in edits(root, version, day).items():
        old = (root / path).read_text().splitlines()
        yield from difflib.unified_diff(old, text.splitlines(), str(path), str(path), n=0, lineterm="")
    yield f"write   tests/contract/released/{version}.json, contracts/"
    yield f"write   dist/remen-{version}.cdx.json, dist/remen-{version}.licences.tsv"
    yield f"run     pytest {' '.join(BEFORE)}, before; pytest {' '.join(AFTER)}, after"
    yield f"commit  Release {version}"
    yield f"tag     v{version}: {len(notes(root).splitlines())} lines of {CHANGELOG}"


def main(arguments: list[str]) -> int:
    """Make a release of this clone, or say what would be done; return the exit code."""
    parser = argparse.ArgumentParser(prog="python3 dev release")
    parser.add_argument("version")
    parser.add_argument("--dry-run", action="store_true")
    asked = parser.parse_args(arguments)
    today = datetime.now(UTC).date()
    if against := list(refusals(ROOT, asked.version)):
        print(*against, sep="\n", file=sys.stderr)
        return 1
    try:
        if asked.dry_run:
            print(*preview(ROOT, asked.version, today), sep="\n")
        else:
            make(ROOT, asked.version, today, before=BEFORE, after=AFTER)
    except DevError as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def _tested(root: Path, tests: Sequence[str]) -> None:
    if tests:
        _run(root, sys.executable, "-m", "pytest", "-q", *tests)


def _git(root: Path, *words: str, stdin: str = "") -> str:
    return _run(root, "git", *words, stdin=stdin)


def _run(root: Path, *command: str, stdin: str = "") -> str:
    done = subprocess.run(command, cwd=root, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        undo = "`git restore . && git clean -f tests/contract/released` undoes what was written"
        raise DevError(
            f"`{' '.join(command[:4])} …` failed ({done.returncode}):\n{said}\nNothing is released; {undo}."
        )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
