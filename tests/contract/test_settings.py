"""Every service tells all its wrong settings at once, a line each, before it does anything."""

import os
import subprocess
import sys

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
