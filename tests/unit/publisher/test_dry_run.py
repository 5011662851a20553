"""A dry run shows the finished article and what became of every part, and sends nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

from dev.environment import ROOT

HEAD = "---\ntitle: 旧邮局\nsection: 地方\nmood: calm\n{more}---\n"
FILE = HEAD + "第一段。\n\n## 小题\n\n1. 甲\n2. 乙\n\n> 引文\n"


def run(file: Path, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "publisher", "publish", "--dry-run", *options, str(file)]
    # nothing listens at port 9
    alone = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9"}
    done = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_a_dry_run_shows_the_article_block_by_block_and_its_notes(tmp_path: Path) -> None:
    (tmp_path / "post.md").write_text(FILE.format(more=""))
    code, shown = run(tmp_path / "post.md")
    assert code == 0
    lines = [line.strip() for line in shown.splitlines()]
    assert [
        line for line in lines if line in {"旧邮局", "第一段。", "## 小题", "1. 甲", "2. 乙", "> 引文"}
    ] == [
        "旧邮局",
        "第一段。",
        "## 小题",
        "1. 甲",
        "2. 乙",
        "> 引文",
    ]
    assert "set aside: /mood mood 'calm' is not a field of an article" in lines


def test_for_programs_a_dry_run_gives_the_event(tmp_path: Path) -> None:
    (tmp_path / "post.md").write_text(FILE.format(more=""))
    _, shown = run(tmp_path / "post.md", "--json")
    told = json.loads(shown)
    assert (told["id"], told["outcome"], told["article"]["title"]) == ("post", "not sent", "旧邮局")
    assert told["notes"][0]["pointer"] == "/mood"


def test_what_would_be_refused_is_refused(tmp_path: Path) -> None:
    (tmp_path / "post.md").write_text(FILE.format(more="private: perhaps\n"))
    code, shown = run(tmp_path / "post.md", "--json")
    assert (code, json.loads(shown)["outcome"]) == (1, "refused")
    (tmp_path / "post.md").write_text(FILE.format(more="published_at: 2999-01-01T00:00:00+08:00\n"))
    code, shown = run(tmp_path / "post.md", "--json")
    assert (code, json.loads(shown)["problem"]["status"]) == (1, 422)
