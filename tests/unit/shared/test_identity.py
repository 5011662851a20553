"""As whom a process speaks to Kafka and Redis, and that its secrets come out of files and are never shown."""

from pathlib import Path
from typing import Any

import pytest
from redis.asyncio.connection import parse_url

from publisher.settings import Settings as Publisher
from services.ingest.settings import Settings as Ingest
from services.rank.settings import Settings as Rank
from services.render.settings import Settings as Render
from shared import identity
from shared.settings import ServiceSettings, read

SECRET = "hunter2 §"  # noqa: S105 - no secret
ALL: tuple[type[ServiceSettings], ...] = (Ingest, Rank, Render, Publisher)


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_mine", identity.NOBODY)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n", encoding="utf-8")
    return secret


def given(monkeypatch: pytest.MonkeyPatch, **environment: object) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, str(value))


def refusal(settings: type[ServiceSettings], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        read(settings)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert SECRET not in said
    return said


def test_without_a_word_nobody_speaks_in_plain() -> None:
    assert identity.client("k:1") == {"bootstrap_servers": "k:1", "security_protocol": "PLAINTEXT"}


@pytest.mark.parametrize("settings", ALL)
def test_every_client_is_of_the_name_in_the_settings(
    settings: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    given(
        monkeypatch, KAFKA_USERNAME="me", KAFKA_PASSWORD_FILE=file, KAFKA_SECURITY_PROTOCOL="SASL_PLAINTEXT"
    )
    known = read(settings)
    assert identity.client("k:1") == {
        "bootstrap_servers": "k:1",
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "me",
        "sasl_plain_password": SECRET,
    }
    assert SECRET not in f"{known!r} {known} {known.identity!r} {known.identity}"


def test_an_encrypted_connection_checks_whom_it_speaks_to(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, KAFKA_SECURITY_PROTOCOL="SSL")
    read(Rank)
    context: Any = identity.client("k:1")["ssl_context"]
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"KAFKA_USERNAME": "me"}, "is SASL_SSL or SASL_PLAINTEXT with KAFKA_USERNAME, and only with it"),
        (
            {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL"},
            "is SASL_SSL or SASL_PLAINTEXT with KAFKA_USERNAME, and only with it",
        ),
        (
            {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_USERNAME": "me"},
            "asks for KAFKA_PASSWORD or KAFKA_PASSWORD_FILE",
        ),
        (
            {
                "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
                "KAFKA_USERNAME": "me",
                "KAFKA_PASSWORD": SECRET,
                "KAFKA_SASL_MECHANISM": "PLAIN",
            },
            "must be SASL_SSL with PLAIN, which sends the password as it is",
        ),
    ],
)
def test_half_an_identity_is_refused(
    wrong: dict[str, str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given(monkeypatch, **wrong)
    assert refusal(Ingest, capsys).startswith(f"KAFKA_SECURITY_PROTOCOL: {message}")


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (Ingest, "KAFKA_PASSWORD"),
        (Rank, "REDIS_PASSWORD"),
        (Rank, "REDIS_URL"),
        (Render, "RENDER_TOKEN_KEY"),
    ],
)
def test_a_secret_that_cannot_be_read_is_told(
    settings: type[ServiceSettings],
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    file: Path,
) -> None:
    given(monkeypatch, **{f"{name}_FILE": "/nowhere"})
    assert (
        refusal(settings, capsys) == f"{name}: cannot be read from {name}_FILE: No such file or directory\n"
    )
    given(monkeypatch, **{f"{name}_FILE": file, name: SECRET})
    assert refusal(settings, capsys) == f"{name}: is given, and {name}_FILE too\n"


def test_a_key_of_render_comes_out_of_its_file(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    given(monkeypatch, RENDER_TOKEN_KEY_FILE=file)
    assert read(Render).token_key == SECRET


def test_a_setting_that_is_no_secret_has_no_file(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    given(monkeypatch, SITE_NAME_FILE=file)
    assert read(Render).site_name != SECRET


@pytest.mark.parametrize("scheme", ["redis", "rediss", "redis+cluster"])
def test_the_password_of_redis_stands_beside_its_address(
    scheme: str, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    given(monkeypatch, REDIS_URL=f"{scheme}://rank@one:1/0", REDIS_PASSWORD_FILE=file)
    known = read(Rank)
    asked = parse_url(known.redis_address.replace("+cluster", ""))
    assert (asked["username"], asked["password"], asked["host"]) == ("rank", SECRET, "one")
    assert SECRET not in repr(known)


def test_two_passwords_of_redis_are_one_too_many(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    given(monkeypatch, REDIS_URL="redis://rank:other@one:1/0", REDIS_PASSWORD_FILE=file)
    assert refusal(Rank, capsys) == "REDIS_PASSWORD: is given, and REDIS_URL has a password too\n"
