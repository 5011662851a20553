"""What is told of a wrong setting: one line that names the variable and never shows a secret."""

from ipaddress import ip_network

import pytest

from services.ingest.settings import Settings as Ingest
from services.rank.settings import Settings as Rank
from services.render.settings import Settings as Render
from shared.settings import ServiceSettings, read

HIDDEN = "hunter2"

WRONG = [
    (Ingest, "INGEST_TOKENS", "not json", "is not valid JSON: expected ident at line 1 column 2"),
    (Ingest, "INGEST_TOKENS", "", "is not valid JSON: EOF while parsing a value at line 1 column 0"),
    (Ingest, "INGEST_TOKENS", "[" * 999, "is not valid JSON: recursion limit exceeded at line 1 column 202"),
    (Ingest, "INGEST_TOKENS", f'{{"sha256": "{HIDDEN}"}}', "must be a JSON array of tokens"),
    (
        Ingest,
        "INGEST_TOKENS",
        f'[{{"name": "a", "sha256": "{HIDDEN}"}}]',
        "0.sha256: must match pattern '^[0-9a-f]{64}$'",
    ),
    (Ingest, "INGEST_PORT", "0", "must be greater than or equal to 1 (got '0')"),
    (Ingest, "INGEST_STUCK_S", "inf", "must be a finite number (got 'inf')"),
    (Rank, "RANK_LATE_S", "[1]", "must be a valid integer, unable to parse string as an integer (got '[1]')"),
    (Rank, "RANK_INSTANCE", "x" * 300, f"must have at most 249 characters (got '{'x' * 79}…)"),
    (Rank, "REDIS_URL", f"http://:{HIDDEN}@r:1", "must be an address such as redis://127.0.0.1:6379/0"),
    (Rank, "REDIS_URL", f"redis://r:1:{HIDDEN}", "must be an address such as redis://127.0.0.1:6379/0"),
    (Render, "REDIS_URL", f"redis+cluster://:{HIDDEN}@a:1,b:x", "must be an address such as redis://127.0.0.1:6379/0"),
    (Render, "REDIS_URL", "redis+cluster://", "must be an address such as redis://127.0.0.1:6379/0"),
    (Render, "RENDER_TOKEN_KEY", f"{HIDDEN}\udcff", "is not UTF-8 text"),
    (
        Render,
        "RENDER_SECTIONS",
        "时政,\udcff",
        r"1: must be a valid string, unable to parse raw data as a unicode string (got '\udcff')",
    ),
    (Render, "RENDER_TRUSTED_PROXIES", "10.0.0.1/8", "10.0.0.1/8 has host bits set (got '10.0.0.1/8')"),
    (Render, "SITE_TZ", "Asia", "is not the name of a time zone, such as Asia/Kuala_Lumpur (got 'Asia')"),
    (Render, "SITE_URL", f"ftp://u:{HIDDEN}@s.example", "must begin with http:// or https://"),
    (Render, "KAFKA_BOOTSTRAP_SERVERS", "k:x", "must be host:port, several separated by commas (got 'k:x')"),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "variable", "value", "message"), WRONG)
def test_a_wrong_setting_is_told_in_one_line(
    settings: type[ServiceSettings],
    variable: str,
    value: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as ended:
        read(settings)
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"{variable}: {message}\n"
    assert HIDDEN not in message


def test_settings_are_read_from_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INGEST_TOKENS", f'[{{"name": "a", "sha256": "{"0" * 64}", "sections": ["时政"]}}]')
    monkeypatch.setenv("RENDER_SECTIONS", "时政, 国际")
    monkeypatch.setenv("RENDER_TRUSTED_PROXIES", "192.0.2.0/24,::1")
    assert [token.sections for token in read(Ingest).tokens] == [("时政",)]
    assert read(Render).sections == ("时政", "国际")
    assert read(Render).trusted_proxies == (ip_network("192.0.2.0/24"), ip_network("::1/128"))
    monkeypatch.setenv("RENDER_TRUSTED_PROXIES", "2")
    assert read(Render).trusted_proxies == 2
