"""The containers keep what ops/README.md promises of them; read as text, since Docker may be absent."""

import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.setup import __main__ as setup
from ops.setup import keys, rights
from services.ingest.settings import Token
from services.render.core.pages.picture_service import PictureService
from services.render.settings import Settings as RenderSettings
from shared import topics
from shared.version import VERSION
from tests.contract.test_documentation import SETTINGS, variables

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
EDGE = (ROOT / "ops" / "edge" / "nginx.conf").read_text()
CONTAINERS: dict[str, str] = dict(
    re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", COMPOSE.partition("\nservices:\n")[2], re.MULTILINE)
)
READ: dict[str, Any] = yaml.safe_load(COMPOSE)
PARTS: dict[str, dict[str, Any]] = READ["services"]
ONCE = "setup"
"""What runs at every start, and ends."""
PROFILES = {
    "pictures": "pictures",
    "postgres": "archive",
    "archive": "archive",
    "prometheus": "observe",
    "grafana": "observe",
}
"""What runs only where it is asked for, and by which profile."""
BUILT = {ONCE, "archive", *SETTINGS}


def anchor(name: str) -> str:
    found = re.search(rf"&{name}\n((?:  .*\n)+)", COMPOSE)
    assert found, f"&{name} is not in the compose file"
    return found[1]


def image(service: str) -> str:
    return (ROOT / str(PARTS[service]["build"]["dockerfile"])).read_text()


def port(service: str) -> int:
    return int(SETTINGS[service].model_fields["port"].default)


def test_every_part_is_there() -> None:
    assert set(CONTAINERS) == {"kafka", "redis", "edge", *PROFILES, ONCE, *SETTINGS}
    profiles = {name: part["profiles"] for name, part in PARTS.items() if "profiles" in part}
    assert profiles == {name: [profile] for name, profile in PROFILES.items()}


def test_every_image_says_its_version_and_the_commit_that_it_is_of() -> None:
    built = {name: part["build"] for name, part in PARTS.items() if "build" in part}
    assert set(built) == BUILT
    for build in built.values():
        said = {name.rpartition(".")[2]: value for name, value in build["labels"].items()}
        assert (said["version"], said["revision"]) == (VERSION, "${REMEN_REVISION:-}")


def test_what_every_container_is_denied() -> None:
    hardened = anchor("hardened")
    for line in ("read_only: true", "cap_drop: [ALL]", '"no-new-privileges:true"', "restart: unless-stopped"):
        assert line in hardened
    assert not re.search(r"privileged: |cap_add|read_only: false|docker\.sock", COMPOSE)


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_is_hardened_probed_and_bounded(name: str) -> None:
    assert "<<: *hardened" in CONTAINERS[name]
    if name == ONCE:
        assert PARTS[name]["restart"] == "no"
    else:
        assert re.search(r"healthcheck:\n +<<: \*probed\n +test:", CONTAINERS[name])
    assert "mem_limit: " in CONTAINERS[name]


@pytest.mark.parametrize("name", CONTAINERS)
def test_nothing_runs_as_root(name: str) -> None:
    if name in BUILT:
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
    published = {name: set(part["ports"]) for name, part in PARTS.items() if "ports" in part}
    assert published == {
        "edge": {
            "${REMEN_BIND:-127.0.0.1}:${REMEN_PORT:-8080}:8080",
            "127.0.0.1:${REMEN_INGEST_PORT:-8081}:8081",
        },
        "kafka": {"127.0.0.1:${REMEN_KAFKA_PORT:-9094}:9094"},
        "prometheus": {"127.0.0.1:${REMEN_PROMETHEUS_PORT:-9090}:9090"},
        "grafana": {"127.0.0.1:${REMEN_GRAFANA_PORT:-3000}:3000"},
    }
    assert "EXTERNAL://localhost:${REMEN_KAFKA_PORT:-9094}" in COMPOSE


@pytest.mark.parametrize("name", SETTINGS)
def test_every_variable_given_to_a_service_is_one_of_its_settings(name: str) -> None:
    given = set(re.findall(r"^ +([A-Z][A-Z_]+): ", CONTAINERS[name] + anchor("site"), re.MULTILINE))
    assert len(given) >= 4
    given |= set(re.findall(rf"\b({name.upper()}_[A-Z_]+)=", image(name)))
    assert f"{name.upper()}_HOST" in given
    known = variables(SETTINGS[name])
    assert given <= known | {f"{secret}_FILE" for secret in secrets_of(name)}


def secrets_of(name: str) -> set[str]:
    settings = SETTINGS[name]
    fields = {own for own, field in settings.model_fields.items() if not field.repr}
    return {
        variable
        for variable in variables(settings)
        if variable.lower().removeprefix(f"{name}_") in fields or variable.lower() in fields
    }


@pytest.mark.parametrize("name", SETTINGS)
def test_no_secret_stands_in_an_environment(name: str) -> None:
    given = set(PARTS[name]["environment"])
    assert given & secrets_of(name) <= {"REDIS_URL", "RENDER_ARCHIVE_URL"}
    assert not re.search(r"(redis|postgres)\S*://[^@/]*:[^@/]*@", COMPOSE)
    files = {value for key, value in PARTS[name]["environment"].items() if key.endswith("_FILE")}
    assert len(files) == {"ingest": 2, "rank": 3, "render": 6}[name]
    assert all(file.startswith("/run/keys/") for file in files)


def test_nothing_must_or_can_be_set_that_is_secret() -> None:
    asked = set(re.findall(r"\$\{(\w+)(:-)?", COMPOSE))
    assert all(has_default for _, has_default in asked)
    assert not any(re.search("TOKEN|KEY|PASS|SECRET", name) for name, _ in asked)
    assert "remen-dev" not in COMPOSE


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    for one in PARTS[ONCE]["volumes"]:
        (tmp_path / one.partition(":/keys/")[2]).mkdir()
    keys.draw(tmp_path)
    return tmp_path


@pytest.mark.parametrize("asked", ["show", "put"])
@pytest.mark.parametrize("file", ["operator/desk_token", "operator", "../etc/passwd", ""])
def test_who_asks_for_a_secret_that_is_not_there_is_told_which_are(
    drawn: Path, monkeypatch: pytest.MonkeyPatch, asked: str, file: str
) -> None:
    monkeypatch.setattr(setup, "KEYS", drawn)
    with pytest.raises(SystemExit, match=r"there is no secret .*, but(\n  \S+)*\n  operator/publish_token\n"):
        setup.main([asked, file])
    assert not (drawn / "operator" / "desk_token").exists()


def test_every_volume_of_keys_is_given_to_the_user_who_writes_it() -> None:
    made = re.search("^RUN install -d -o 10001 -g 10001 (.*)$", image(ONCE), re.MULTILINE)
    assert made
    assert set(made[1].split()) == {f"/keys/{one.partition(':/keys/')[2]}" for one in PARTS[ONCE]["volumes"]}


def test_the_archive_is_asked_and_folded_with_the_password_that_its_postgresql_has(drawn: Path) -> None:
    folding, replica, database = (PARTS[name]["environment"] for name in ("archive", "render", "postgres"))
    assert folding["RENDER_ARCHIVE_URL"] == replica["RENDER_ARCHIVE_URL"]
    settings = RenderSettings(archive_url=folding["RENDER_ARCHIVE_URL"])
    assert settings.archive_url.endswith(
        f"{database['POSTGRES_USER']}@postgres:5432/{database['POSTGRES_DB']}"
    )
    file = "/run/keys/archive_password"
    assert folding["RENDER_ARCHIVE_PASSWORD_FILE"] == replica["RENDER_ARCHIVE_PASSWORD_FILE"] == file
    assert database["POSTGRES_PASSWORD_FILE"] == file
    words = {(drawn / part / "archive_password").read_text() for part in ("archive", "render", "postgres")}
    assert len({word.strip() for word in words}) == 1
    assert set(folding) <= {f"{name}_FILE" for name in secrets_of("render")} | variables(SETTINGS["render"])
    assert PARTS["archive"]["command"][1:] == ["-m", "services.render", "archive"]
    assert "--extra archive" in image("archive")
    assert f'HTTPConnection("127.0.0.1", {port("render")}' in CONTAINERS["archive"]


def test_a_part_has_its_own_keys_only_and_cannot_change_them(drawn: Path) -> None:
    mounted = {
        name: [volume for volume in part.get("volumes", ()) if volume.startswith("keys-")]
        for name, part in PARTS.items()
    }
    assert mounted.pop(ONCE) == PARTS[ONCE]["volumes"]
    assert mounted.pop("kafka") == mounted.pop("edge") == mounted.pop("prometheus") == []
    with_keys = ("redis", *SETTINGS, *(PROFILES.keys() - {"prometheus"}))
    assert mounted == {name: [f"keys-{name}:/run/keys:ro"] for name in with_keys}
    for name in SETTINGS:
        named = {v for key, v in PARTS[name]["environment"].items() if key.endswith("_FILE")}
        assert {Path(file).name for file in named} == {file.name for file in (drawn / name).iterdir()}


def test_what_was_drawn_stays_and_redis_does_not_keep_it(drawn: Path) -> None:
    first = {file: file.read_text() for file in drawn.rglob("*") if file.is_file()}
    keys.draw(drawn)
    assert first == {file: file.read_text() for file in drawn.rglob("*") if file.is_file()}
    words = [text.strip() for file, text in first.items() if file.name not in ("users.acl", "tokens")]
    # two are known to render and to who makes pictures, one to all who are of the archive
    assert (len(words), len(set(words))) == (17, 13)
    assert not any(word in first[drawn / "redis" / "users.acl"] for word in words)


def test_rank_knows_the_tokens_that_ingest_was_given_last(
    drawn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = json.dumps([{"name": "newsroom", "desk": True, "sha256": "0" * 64}])
    assert (drawn / "rank" / "tokens").read_text() == (drawn / "ingest" / "tokens").read_text()
    monkeypatch.setattr(setup, "KEYS", drawn)
    monkeypatch.setattr("sys.stdin", io.StringIO(last))
    setup.main(["put", "ingest/tokens"])
    assert {(drawn / part / "tokens").read_text() for part in ("ingest", "rank")} == {last}


NETWORKS: dict[str, set[str]] = {
    "readers": {"edge"},
    "publishers": {"kafka"},
    "alerts": {"prometheus"},
    "dashboards": {"grafana"},
    "edge-render": {"edge", "render"},
    "edge-ingest": {"edge", "ingest"},
    "edge-pictures": {"edge", "pictures"},
    "world": {"pictures"},
    "kafka-ingest": {"kafka", "ingest"},
    "kafka-rank": {"kafka", "rank"},
    "kafka-render": {"kafka", "render"},
    "kafka-archive": {"kafka", "archive"},
    "postgres-render": {"postgres", "render"},
    "postgres-archive": {"postgres", "archive"},
    "redis-rank": {"redis", "rank"},
    "redis-render": {"redis", "render"},
    "prometheus-ingest": {"prometheus", "ingest"},
    "prometheus-rank": {"prometheus", "rank"},
    "prometheus-render": {"prometheus", "render"},
    "prometheus-archive": {"prometheus", "archive"},
    "grafana-prometheus": {"grafana", "prometheus"},
}


def test_a_network_joins_two_that_must_speak_to_each_other() -> None:
    on = {
        network: {name for name, part in PARTS.items() if network in part.get("networks", ())}
        for network in READ["networks"]
    }
    assert on == NETWORKS
    joints = {name for name, network in READ["networks"].items() if network.get("internal")}
    assert joints == NETWORKS.keys() - {"readers", "publishers", "alerts", "dashboards", "world"}
    assert PARTS[ONCE]["network_mode"] == "service:kafka"
    assert all("networks" in part for name, part in PARTS.items() if name != ONCE)


def test_kafka_asks_who_is_there_at_every_door_but_its_own() -> None:
    given = PARTS["kafka"]["environment"]
    protocols = dict(one.split(":", 1) for one in given["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
    doors = dict(one.split("://", 1) for one in given["KAFKA_LISTENERS"].split(","))
    assert {name for name, where in doors.items() if where.startswith(":")} == {"INTERNAL", "EXTERNAL"}
    assert {name for name in doors if protocols[name] == "PLAINTEXT"} == {"LOCAL", "CONTROLLER"}
    assert all(doors[name].startswith("localhost:") for name in ("LOCAL", "CONTROLLER"))
    assert given["KAFKA_SUPER_USERS"] == "User:ANONYMOUS"
    assert given["KAFKA_AUTHORIZER_CLASS_NAME"].endswith(".StandardAuthorizer")
    assert "KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND" not in given


def test_the_rights_are_about_topics_that_there_are() -> None:
    named = {right.name for known in rights.RIGHTS.values() for right in known if right.kind == "TOPIC"}
    assert named == {topic.name for topic in topics.ALL} | {"ingest.v1."}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_service_is_asked_where_it_listens(name: str) -> None:
    assert f'HTTPConnection("127.0.0.1", {port(name)}' in CONTAINERS[name]


def test_prometheus_asks_every_replica_where_it_listens() -> None:
    (mounted,) = [one for one in PARTS["prometheus"]["volumes"] if one.startswith("./")]
    folder = mounted.partition(":")[0]
    config = yaml.safe_load((ROOT / folder / "prometheus.yml").read_text())
    asked = {
        job["job_name"]: (one["names"], one["type"], one["port"])
        for job in config["scrape_configs"]
        for one in job.get("dns_sd_configs", ())
    }
    listening = {name: port(name) for name in SETTINGS} | {"archive": port("render")}
    assert asked == {name: ([name], "A", at) for name, at in listening.items()}
    assert all((ROOT / folder / rules).exists() for rules in config["rule_files"])


def test_grafana_is_entered_with_a_password_that_was_drawn_and_tells_nobody(drawn: Path) -> None:
    given = PARTS["grafana"]["environment"]
    known = given["GF_SECURITY_ADMIN_PASSWORD__FILE"].removeprefix("/run/keys/")
    assert len((drawn / "grafana" / known).read_text().strip()) == 64
    assert not any("ANONYMOUS" in name or "PASSWORD" in name for name in given if not name.endswith("__FILE"))
    assert given["GF_ANALYTICS_REPORTING_ENABLED"] == given["GF_ANALYTICS_CHECK_FOR_UPDATES"] == "false"
    home = given["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"].removeprefix("/etc/grafana/")
    assert (ROOT / "ops" / "observe" / "grafana" / home).exists()


def test_the_edge_asks_render_and_ingest_where_they_listen() -> None:
    asked = set(re.findall(r"proxy_pass http://\$(\w+):(\d+);", EDGE))
    assert asked == {
        ("render", str(port("render"))),
        ("ingest", str(port("ingest"))),
        ("pictures", "8080"),
    }


def test_imgproxy_reads_the_keys_that_render_signs_with(drawn: Path) -> None:
    for file in ("picture_key", "picture_salt"):
        assert f"=$$(cat /run/keys/{file}) " in PARTS["pictures"]["command"][-1]
        assert PARTS["render"]["environment"][f"RENDER_{file.upper()}_FILE"] == f"/run/keys/{file}"
        assert (drawn / "pictures" / file).read_text() == (drawn / "render" / file).read_text()
    template = re.search(r"^RENDER_PICTURE_URL=(.*)$", (ROOT / "ops" / "README.md").read_text(), re.MULTILINE)
    assert template
    key, salt = ((drawn / "render" / file).read_text().strip() for file in ("picture_key", "picture_salt"))
    address = PictureService(template[1], key, salt).address("https://p.example/a.jpg", 640)
    assert address.startswith(PARTS["pictures"]["environment"]["IMGPROXY_PATH_PREFIX"] + "/")


@pytest.mark.parametrize("name", SETTINGS)
def test_an_image_holds_its_own_service_and_shared_only(name: str) -> None:
    copied = {line.split()[1] for line in image(name).splitlines() if re.match(r"COPY (?!--from)", line)}
    own = f"services/{name}"
    assert copied == {"requirements.lock", f"{own}/pyproject.toml", "shared", own}
    assert f'CMD ["python", "-m", "services.{name}"]' in image(name)


def test_a_build_sees_nothing_but_what_images_are_made_of() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    kept = {line for line in lines if line.startswith("!")}
    assert kept == {"!requirements.lock", "!shared", "!services", "!ops/setup"}


def test_the_first_publish_token_may_do_everything(drawn: Path) -> None:
    tokens = [Token.model_validate(one) for one in json.loads((drawn / "ingest" / "tokens").read_text())]
    assert [(token.sections, token.desk) for token in tokens] == [(("*",), True)]
    secret = (drawn / "operator" / "publish_token").read_text().strip()
    assert tokens[0].sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert len(secret) >= 43


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
