"""Each service lives on its own folder, `shared/`, and its own dependencies: nothing of another's."""

import shutil
import subprocess
import venv
from pathlib import Path

import pytest

from dev import environment
from dev.environment import ROOT


@pytest.mark.parametrize("service", ["ingest", "rank", "render"])
def test_a_service_installed_alone_is_put_together(service: str, tmp_path: Path) -> None:
    for folder in ("shared", f"services/{service}"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    environment.install(python, "-r", str(ROOT / "services" / service / "pyproject.toml"))
    check = [str(python), "-m", f"services.{service}", "--check"]
    done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
