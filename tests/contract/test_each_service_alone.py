"""Each service lives on its own folder, `shared/`, and its own dependencies: nothing of another's.

The publisher lives on its own folder, the rules of ingest and `shared/`.
"""

import asyncio
import os
import shutil
import subprocess
import venv
from pathlib import Path

import pytest

from dev import environment
from dev.environment import ROOT
from shared import topics
from shared.kafka import ensure_topics
from tests.real import Kafka


def alone(here: Path, project: str, *folders: str) -> Path:
    """Copy these folders and install what a pyproject asks; give the Python that has it."""
    for folder in ("shared", *folders):
        shutil.copytree(ROOT / folder, here / folder, ignore=shutil.ignore_patterns("__pycache__"))
    venv.create(here / "venv", with_pip=False)
    python = here / "venv" / "bin" / "python"
    environment.install(python, "-r", str(ROOT / project / "pyproject.toml"))
    return python


def run(python: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(python), "-m", *arguments],
        cwd=python.parents[2],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("service", ["ingest", "rank", "render"])
def test_a_service_installed_alone_is_put_together(service: str, tmp_path: Path) -> None:
    python = alone(tmp_path, f"services/{service}", f"services/{service}")
    done = run(python, f"services.{service}", "--check")
    assert done.returncode == 0, done.stdout + done.stderr

    if service == "render":
        window = {"RENDER_KEEP": "30", "RENDER_ARCHIVE_URL": "postgresql://render@127.0.0.1/remen"}
        for command in (["--check"], ["archive", "--check"]):
            done = run(python, "services.render", *command, **window)
            assert (done.returncode, "install asyncpg" in done.stderr) == (2, True), done.stderr


def test_the_publisher_installed_alone_answers_and_refuses_a_bad_file(kafka: Kafka, tmp_path: Path) -> None:
    python = alone(tmp_path, "publisher", "publisher", "services/ingest/core")
    done = run(python, "publisher", "--help")
    assert (done.returncode, "import-feed" in done.stdout) == (0, True), done.stderr
    (tmp_path / "bad.md").write_text("---\ntitle: 题\n---\n正文。")
    asyncio.run(ensure_topics(kafka.bootstrap, topics.ALL))
    done = run(python, "publisher", "publish", "bad.md", KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap)
    assert (done.returncode, "/section: is required" in done.stdout) == (1, True), done.stderr
