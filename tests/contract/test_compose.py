"""The containers keep what ops/README.md promises of them; read as text, since Docker may be absent."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from services.ingest.settings import Token
from tests.contract.test_documentation import SETTINGS, variables

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
EDGE = (ROOT / "ops" / "edge" / "nginx.conf").read_text()
CONTAINERS: dict[str, str] = dict(
    re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", COMPOSE.partition("\nservices:\n")[2], re.MULTILINE)
)


def anchor(name: str) -> str:
    found = re.search(rf"&{name}\n((?:  .*\n)+)", COMPOSE)
    assert found, f"&{name} is not in the compose file"
    return found[1]


def image(service: str) -> str:
    return (ROOT / "services" / service / "Dockerfile").read_text()


def port(service: str) -> int:
    return int(SETTINGS[service].model_fields["port"].default)


def test_every_part_is_there() -> None:
    assert set(CONTAINERS) == {"kafka", "redis", "edge", *SETTINGS}


def test_what_every_container_is_denied() -> None:
    hardened = anchor("hardened")
    for line in ("read_only: true", "cap_drop: [ALL]", '"no-new-privileges:true"', "restart: unless-stopped"):
        assert line in hardened
    assert not re.search(r"privileged: |cap_add|read_only: false|network_mode|docker\.sock", COMPOSE)


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_is_hardened_probed_and_bounded(name: str) -> None:
    assert "<<: *hardened" in CONTAINERS[name]
    assert re.search(r"healthcheck:\n +<<: \*probed\n +test:", CONTAINERS[name])
    assert "mem_limit: " in CONTAINERS[name]


@pytest.mark.parametrize("name", CONTAINERS)
def test_nothing_runs_as_root(name: str) -> None:
    if name in SETTINGS:
        of_image = re.findall(r"^USER (\d+):(\d+)$", image(name).rpartition("\nFROM ")[2], re.MULTILINE)
        assert len(of_image) == 1
        assert "0" not in of_image[0]
    else:
        user = re.search(r"^    user: (\w+)$", CONTAINERS[name], re.MULTILINE)
        assert user
        assert user[1] not in ("root", "0")


@pytest.mark.parametrize("name", SETTINGS)
def test_a_service_can_be_scaled(name: str) -> None:
    assert "container_name" not in COMPOSE
    assert not re.search(r"ports:|hostname:|_INSTANCE", CONTAINERS[name])


def test_readers_come_in_at_8080_and_publishers_on_the_host_at_9094() -> None:
    published = re.findall(r'"((?:127\.0\.0\.1:)?\$\{\w+:-\d+\}:\d+)"', COMPOSE)
    assert set(published) == {
        "${REMEN_PORT:-8080}:8080",
        "127.0.0.1:${REMEN_KAFKA_PORT:-9094}:9094",
        "127.0.0.1:${REMEN_INGEST_PORT:-8081}:8081",
    }
    assert "EXTERNAL://localhost:${REMEN_KAFKA_PORT:-9094}" in COMPOSE


@pytest.mark.parametrize("name", SETTINGS)
def test_every_variable_given_to_a_service_is_one_of_its_settings(name: str) -> None:
    given = set(re.findall(r"^ +([A-Z][A-Z_]+): ", CONTAINERS[name] + anchor("site"), re.MULTILINE))
    assert len(given) >= 4
    given |= set(re.findall(rf"\b({name.upper()}_[A-Z_]+)=", image(name)))
    assert f"{name.upper()}_HOST" in given
    assert given <= variables(SETTINGS[name])


@pytest.mark.parametrize("name", SETTINGS)
def test_a_service_is_asked_where_it_listens(name: str) -> None:
    assert f'HTTPConnection("127.0.0.1", {port(name)}' in CONTAINERS[name]


def test_the_edge_asks_render_and_ingest_where_they_listen() -> None:
    asked = set(re.findall(r"proxy_pass http://\$(\w+):(\d+);", EDGE))
    assert asked == {("render", str(port("render"))), ("ingest", str(port("ingest")))}


@pytest.mark.parametrize("name", SETTINGS)
def test_an_image_holds_its_own_service_and_shared_only(name: str) -> None:
    copied = {line.split()[1] for line in image(name).splitlines() if re.match(r"COPY (?!--from)", line)}
    own = f"services/{name}"
    assert copied == {"requirements.lock", f"{own}/pyproject.toml", "shared", own}
    assert f'CMD ["python", "-m", "services.{name}"]' in image(name)


def test_a_build_sees_nothing_but_what_images_are_made_of() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    assert {line for line in lines if line.startswith("!")} == {"!requirements.lock", "!shared", "!services"}


def test_the_token_for_development_is_the_one_that_is_written_down() -> None:
    default = re.search(r"INGEST_TOKENS: \$\{INGEST_TOKENS:-(.+)\}$", COMPOSE, re.MULTILINE)
    assert default
    (token,) = [Token.model_validate(one) for one in json.loads(default[1])]
    assert token.sha256 == hashlib.sha256(b"remen-dev").hexdigest()


def test_the_edge_keeps_no_readers_address() -> None:
    logged = re.findall(r"log_format (.*?);", EDGE, re.DOTALL)
    assert logged
    assert not re.search(r"remote|agent|forwarded|referer|cookie", "".join(logged))
    assert "error_log /dev/stderr crit;" in EDGE


def test_the_edge_believes_nobody_about_a_readers_address() -> None:
    assert set(re.findall(r"X-Forwarded-For (\S+);", EDGE)) == {"$remote_addr"}


def test_only_render_says_how_old_a_page_may_be() -> None:
    assert "proxy_cache_use_stale off;" in EDGE
    assert "proxy_cache_valid" not in EDGE
    assert re.findall(r"proxy_ignore_headers (.+);", EDGE) == ["Vary"]
