"""Tokens: who has an old one, a stolen one, the well-known one, or asks without end."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from prometheus_client import REGISTRY

from services.ingest.adapters.door import Door, RefusedError
from services.ingest.adapters.tokens import AT_ONCE_S, Tokens
from services.ingest.settings import Settings
from services.render.settings import Settings as Render
from shared.settings import read

HERE: Final = "http://127.0.0.1:8080"
FAR: Final = "https://news.example"


def entry(name: str, secret: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "sha256": hashlib.sha256(secret.encode()).hexdigest(), **more}


def tokens_of(monkeypatch: pytest.MonkeyPatch, *entries: dict[str, Any], **environment: str) -> Tokens:
    monkeypatch.setenv("INGEST_TOKENS", json.dumps(entries))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Tokens(read(Settings))


def status(tokens: Tokens, secret: str) -> int:
    """Give what a request with a token is answered, as far as the token goes."""
    given = Settings.model_construct(site_url=HERE)
    door = Door(given, tokens, None, None, None)  # type: ignore[arg-type]
    try:
        door.publisher(f"Bearer {secret}")
    except RefusedError as error:
        return int(error.document["status"])
    return 200


def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **environment: str) -> str:
    """Give what a start with these settings complains of; "" if it starts."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    try:
        read(Settings)
    except SystemExit:
        return capsys.readouterr().err
    return ""


def test_a_token_is_over_when_it_expires_and_two_are_valid_while_it_is_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = datetime.now(UTC)
    old = entry("paper", "old", expires=(now - timedelta(seconds=1)).isoformat())
    running_out = entry("paper", "running out", expires=(now + timedelta(hours=1)).isoformat())
    tokens = tokens_of(monkeypatch, old, running_out, entry("paper", "new"))
    assert [status(tokens, secret) for secret in ("old", "running out", "new", "", "\udcff")] == [
        401, 200, 200, 401, 401,
    ]  # fmt: skip
    digest = hashlib.sha256(b"new").hexdigest()[:8]
    used = {"name": "paper", "token": digest}
    last = REGISTRY.get_sample_value("remen_ingest_token_last_used_seconds", used)
    assert last is not None
    assert last >= now.timestamp()


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([entry("a", "1"), entry("a", "2", sections=["体育"])], "the same rights"),
        ([entry("a", "1", desk=True), entry("a", "2")], "the same rights"),
        ([entry("dead", "1", topic=True)], "cannot be part of a topic's name"),
        ([entry("a.b", "1", topic=True)], "cannot be part of a topic's name"),
        ([entry("newsroom", "1", sections=["体育"])], "may do everything"),
        ([entry("a", "1", sections=[""])], "sections"),
        ([entry("a\u202e", "1")], "name"),
        ([entry("a", "1", expires="2026-11-15T12:00:00")], "expires"),
    ],
)
def test_tokens_that_do_not_fit_together_are_refused_at_the_start(
    entries: list[dict[str, Any]],
    why: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert why in told(monkeypatch, capsys, INGEST_TOKENS=json.dumps(entries))


def test_tokens_of_one_name_may_spell_its_section_in_two_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [entry("a", one, sections=[one]) for one in ("国际", "國際")]
    assert len(tokens_of(monkeypatch, *both).tokens) == 2


@pytest.mark.parametrize(("site", "starts"), [(HERE, True), ("http://localhost", True), (FAR, False)])
def test_the_keys_that_everybody_knows_open_nothing_that_others_can_reach(
    site: str, starts: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = json.dumps([entry("dev", "remen-dev", desk=True)])
    complaint = told(monkeypatch, capsys, SITE_URL=site, INGEST_TOKENS=known)
    assert (complaint == "") is starts
    assert starts or ("INGEST_TOKENS" in complaint and "SITE_URL" in complaint and "sha256sum" in complaint)
    monkeypatch.setenv("RENDER_TOKEN_KEY", "remen-dev")
    if starts:
        read(Render)
    else:
        with pytest.raises(SystemExit):
            read(Render)
        complaint = capsys.readouterr().err
        assert "RENDER_TOKEN_KEY" in complaint
        assert "openssl rand" in complaint


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tokens.json"
    path.write_text(json.dumps([entry("paper", "first")]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "broken", ["{", "[{}]", "{}", json.dumps([entry("dev", "remen-dev")]), "\x00", None, "a folder"]
)
def test_a_stolen_token_is_taken_back_without_a_restart_and_a_broken_file_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, file: Path, broken: str | None
) -> None:
    tokens = tokens_of(
        monkeypatch, entry("env", "env"), INGEST_TOKENS_FILE=str(file), SITE_URL=FAR
    )  # fmt: skip

    def after(content: str | None) -> tuple[int, int, bool]:
        if file.is_dir():
            file.rmdir()
        elif file.exists():
            file.unlink()
        if content == "a folder":
            file.mkdir()
        elif content is not None:
            file.write_text(content, encoding="utf-8")
        asyncio.run(tokens.look())
        return status(tokens, "first"), status(tokens, "second"), tokens.complaint() is None

    assert status(tokens, "env") == 401, "the file stands in place of the setting"
    assert after(json.dumps([entry("paper", "first")])) == (200, 401, True)
    assert after(broken) == (200, 401, False)
    both = json.dumps([entry("paper", "first"), entry("paper", "second", topic=False)])
    assert after(both) == (200, 200, True)
    assert after(broken) == (200, 200, False)
    assert after(both) == (200, 200, True), "what was good before is good again"
    assert after(json.dumps([entry("paper", "second")])) == (401, 200, True)
    assert after("[]") == (401, 401, True)


def test_a_start_without_a_readable_file_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    absent = str(tmp_path / "absent")
    assert "INGEST_TOKENS_FILE: cannot be read" in told(monkeypatch, capsys, INGEST_TOKENS_FILE=absent)


def test_who_asks_without_end_is_told_to_wait_and_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = tokens_of(monkeypatch, entry("loud", "1"), entry("quiet", "2"), INGEST_REQUESTS_PER_S="1")
    answers = [status(tokens, "1") for _ in range(int(AT_ONCE_S) + 5)]
    assert answers[: int(AT_ONCE_S)] == [200] * int(AT_ONCE_S)
    assert answers[-1] == 429
    assert status(tokens, "2") == 200


def test_who_sends_more_than_it_may_waits_for_what_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = tokens_of(monkeypatch, INGEST_BYTES_PER_S="1000")
    tokens.sent("loud", int(AT_ONCE_S) * 1_000 + 4_000, 5.0)
    assert 0 < tokens.wait_s("loud", 8.9) <= 2
    assert tokens.wait_s("loud", 9.1) == tokens.wait_s("quiet", 5.0) == 0
