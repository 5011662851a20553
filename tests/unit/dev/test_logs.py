"""`dev logs`: what a program wrote."""

import subprocess
import sys
from pathlib import Path

import pytest

from dev.environment import ROOT


@pytest.mark.parametrize("more", [[], ["--follow"]])
def test_it_ends_in_peace_when_its_reader_has_seen_enough(tmp_path: Path, more: list[str]) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "kafka.log").write_text("a line\n" * 100_000)
    command = [sys.executable, str(ROOT / "dev"), "logs", "kafka", "--data", str(tmp_path), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as shown:
        assert shown.stdout
        assert shown.stderr
        assert shown.stdout.readline() == b"a line\n"
        shown.stdout.close()
        assert shown.stderr.read() == b""
    assert shown.returncode == 141
