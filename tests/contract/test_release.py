"""A release is made of a clean clone, whole or not at all; here of a small one in a folder of its own."""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from dev import release
from dev.console import DevError
from dev.environment import ROOT
from shared.version import VERSION

DAY = date(2026, 12, 24)
NEXT = "987.6.5"
PARTS = ("shared", "services", "dev", "contracts", "docs", "publisher", "tests/contract")
FILES = ("CHANGELOG.md", "pyproject.toml", "requirements.lock", "docker-compose.yml", ".gitignore")


def git(clone: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=clone, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(clone: Path) -> None:
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "As it stands")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Give a repository with a changelog, and nothing else that a release would change."""
    tmp_path.joinpath("CHANGELOG.md").write_text(
        "# Changelog\n\n## Unreleased\n\n### Added\n\n- Much.\n\n## 0.9.0 - 2026-01-01\n\n- All.\n"
    )
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "user.name", "Nobody")
    git(tmp_path, "config", "user.email", "nobody@remen.example")
    commit(tmp_path)
    return tmp_path


@pytest.fixture
def whole(clone: Path) -> Path:
    """Give a repository with all that a release changes, and the code and tests that it runs."""
    left_out = shutil.ignore_patterns("__pycache__")
    for part in PARTS:
        shutil.copytree(ROOT / part, clone / part, ignore=left_out)
    for path in (*(ROOT / name for name in FILES), *ROOT.glob("tests/*.py")):
        shutil.copyfile(path, clone / path.relative_to(ROOT))
    changelog = clone / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("## Unreleased\n", "## Unreleased\n\n- More.\n", 1))
    commit(clone)
    return clone


def test_nothing_stands_against_a_higher_version_of_a_clean_clone(clone: Path) -> None:
    assert list(release.refusals(clone, "0.10.0")) == []


@pytest.mark.parametrize("version", ["0.2", "v0.2.0", "1.0.0rc1", "01.0.0", "1.0.0\n"])
def test_what_is_no_version_is_refused(clone: Path, version: str) -> None:
    (said,) = release.refusals(clone, version)
    assert "is no version" in said


@pytest.mark.parametrize("version", ["0.9.0", "0.8.9"])
def test_a_version_that_is_not_above_the_last_is_refused(clone: Path, version: str) -> None:
    (said,) = release.refusals(clone, version)
    assert said.startswith(f"{version} is not above 0.9.0")


def test_each_fault_of_the_clone_is_told(clone: Path) -> None:
    git(clone, "tag", "v1.0.0")
    changelog = clone / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("### Added\n\n- Much.\n", ""))
    said = list(release.refusals(clone, "1.0.0"))
    assert [line.split(";")[0] for line in said] == [
        "CHANGELOG.md says nothing under `## Unreleased`",
        "there are changes that are not committed",
        "there is a tag v1.0.0 already",
    ]


def test_a_file_in_which_the_version_has_no_place_ends_it(whole: Path) -> None:
    (whole / "shared/version.py").write_text("VERSION = 1\n")
    with pytest.raises(DevError, match=r"shared/version.py has 0 places"):
        release.edits(whole, NEXT, DAY)


def test_a_dry_run_says_what_would_be_done_and_does_nothing(whole: Path) -> None:
    said = "\n".join(release.preview(whole, NEXT, DAY))
    assert git(whole, "status", "--porcelain") == ""
    assert f'-version = "{VERSION}"\n+version = "{NEXT}"' in said
    assert f"+## {NEXT} - 2026-12-24" in said
    assert f"\ntag     v{NEXT}: " in said


def test_a_release_is_a_commit_and_a_tag_that_pass_the_tests_of_it(whole: Path) -> None:
    made = (
        "from datetime import date\nfrom pathlib import Path\nfrom dev import release\n"
        f"release.make(Path.cwd(), {NEXT!r}, date(2026, 12, 24), before=[], after=release.AFTER)"
    )
    subprocess.run([sys.executable, "-c", made], cwd=whole, check=True, timeout=120)
    assert git(whole, "status", "--porcelain") == ""
    assert git(whole, "log", "-1", "--format=%s") == f"Release {NEXT}"
    assert git(whole, "rev-parse", f"v{NEXT}^{{commit}}") == git(whole, "rev-parse", "HEAD")
    tag = git(whole, "cat-file", "tag", f"v{NEXT}")
    assert f"Remen {NEXT}" in tag
    assert "- More." in tag
    assert "## 0.9.0" not in tag
    changed = set(git(whole, "diff", "--name-only", "HEAD^").splitlines())
    assert changed == {
        *(str(path) for path in (*release.NAMING, release.CHANGELOG, release.CHAPTER)),
        f"tests/contract/released/{NEXT}.json",
        *(f"contracts/{name}" for name in ("asyncapi.yaml", "openapi-ingest.json", "openapi-rank.json")),
    }
    promised = json.loads((whole / f"tests/contract/released/{NEXT}.json").read_text())
    assert set(promised) == {"events", "inputs", "schemas", "topics", "layouts", "position"}
    bill = json.loads((whole / f"dist/remen-{NEXT}.cdx.json").read_text())
    assert bill["bomFormat"] == "CycloneDX"
    assert "pytest\t" in (whole / f"dist/remen-{NEXT}.licences.tsv").read_text()


def test_tests_that_fail_leave_no_commit_and_no_tag(whole: Path) -> None:
    head = git(whole, "rev-parse", "HEAD")
    with pytest.raises(DevError, match="Nothing is released"):
        release.make(whole, NEXT, DAY, before=["tests/no_such_test.py"], after=[])
    assert git(whole, "rev-parse", "HEAD") == head
    assert git(whole, "tag") == ""
    assert git(whole, "status", "--porcelain") == ""
