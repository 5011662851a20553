"""Every service tells all its wrong settings at once, a line each, before it does anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dev.environment import ROOT

COMMON = {
    "SITE_TZ": "Asia",
    "SITE_NAME": "",
    "SITE_URL": "site.example",
    "KAFKA_BOOTSTRAP_SERVERS": "kafka:port",
}
OWN = {
    "ingest": {"INGEST_TOKENS": "not json", "INGEST_PORT": "http", "INGEST_NINJS_SECTION": ""},
    "rank": {"REDIS_URL": "redis", "RANK_PORT": "[8082]", "RANK_INSTANCE": "", "RANK_LATE_S": "1e999"},
    "render": {
        "REDIS_URL": "redis",
        "RENDER_TRUSTED_PROXIES": "[]",
        "RENDER_GLOSSARY": "/nowhere",
        "RENDER_TOKEN_KEY": "\udcff",
        "RENDER_SECTIONS": "\udcff",
        "RENDER_PICTURE_URL": "https://img.example/{size}/{url}",
        "RENDER_KEEP": "1",
        "RENDER_ARCHIVE_URL": "mysql://render@127.0.0.1/remen",
    },
}


@pytest.mark.parametrize("service", OWN)
def test_all_wrong_settings_are_told_at_once(service: str) -> None:
    wrong = COMMON | OWN[service]
    done = subprocess.run(
        [sys.executable, "-m", f"services.{service}", "--check"],
        cwd=ROOT, env=os.environ | wrong, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert sorted(line.split(":")[0] for line in done.stderr.splitlines()) == sorted(wrong)


def said(*arguments: str, **given: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "services.render", *arguments],
        cwd=ROOT, env=os.environ | given, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stderr


def test_a_window_asks_for_the_archive_and_no_password_is_shown() -> None:
    code, told = said("--check", RENDER_KEEP="30")
    assert (code, told.startswith("RENDER_ARCHIVE_URL: must say where the archive is")) == (2, True)
    code, told = said("archive", "--check")
    assert (code, told.startswith("RENDER_ARCHIVE_URL: must say where the archive is")) == (2, True)
    two = {"RENDER_ARCHIVE_URL": "postgresql://a:hidden@db/remen", "RENDER_ARCHIVE_PASSWORD": "hidden"}
    code, told = said("--check", **two)
    assert (code, told.startswith("RENDER_ARCHIVE_PASSWORD: "), "hidden" in told) == (2, True, False)
    code, told = said("--check", RENDER_ARCHIVE_URL="db:hidden")
    assert (code, "hidden" in told) == (2, False)


def test_the_archive_is_wired_and_an_empty_window_is_everything(tmp_path: Path) -> None:
    given = {"RENDER_ARCHIVE_URL": "postgresql://render@db/remen", "RENDER_DATA": str(tmp_path)}
    assert said("archive", "--check", **given) == (0, "")
    assert said("--check", RENDER_KEEP="30", **given) == (0, "")
    assert said("--check", RENDER_KEEP="", RENDER_DATA=str(tmp_path)) == (0, "")
