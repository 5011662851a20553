"""What operators see and are woken by is made of what the services really measure."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from ops.observe.__main__ import DASHBOARDS, FOLDER
from tests.contract.test_documentation import SETTINGS

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "ops" / "observe" / "prometheus"
RUNBOOK = (ROOT / "ops" / "RUNBOOK.md").read_text()

_SAYS = "import services.{}.app; from prometheus_client import generate_latest as g; print(g().decode())"
_NAME = re.compile(r"(?<![\w:.])((?:remen|process|python)[a-z0-9_:]+|up|ALERTS)(?![\w:(.])")
_OF_PROMETHEUS = {"up", "ALERTS"}


def rules(file: str, kind: str) -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load((PROMETHEUS / file).read_text())["groups"]
    found = [rule for group in groups for rule in group["rules"] if kind in rule]
    named = {rule[kind]: rule for rule in found}
    assert len(named) == len(found)
    return named


RECORDED = rules("recording.yml", "record")
ALERTS = rules("alerts.yml", "alert")


def panels() -> Iterator[tuple[str, str]]:
    """Give every query of every dashboard, and where it stands."""
    for name in DASHBOARDS:
        for panel in json.loads((FOLDER / name).read_text())["panels"]:
            for target in panel.get("targets", ()):
                yield f"{name}: {panel['title']}", target["expr"]


def asked(expr: str) -> set[str]:
    """Name the metrics in an expression, those of a pattern too; what stands in a label's value is none."""
    patterns = re.findall(r'__name__=~"([^"]*)"', expr)
    text = re.sub(r'"[^"]*"', '""', expr)
    text = re.sub(r"\b(?:by|without|on|ignoring) ?\([^)]*\)", "", text)
    return {*_NAME.findall(text), *(name for pattern in patterns for name in pattern.split("|"))}


@pytest.fixture(scope="module")
def measured() -> dict[str, str]:
    """Give what each service tells Prometheus when nothing has happened yet."""
    return {
        name: subprocess.run(
            [sys.executable, "-c", _SAYS.format(name)],
            cwd=ROOT, check=True, capture_output=True, text=True, timeout=60,
        ).stdout
        for name in SETTINGS
    }  # fmt: skip


@pytest.fixture(scope="module")
def exported(measured: dict[str, str]) -> set[str]:
    """Name every series that can come of it."""
    names: set[str] = set()
    for text in measured.values():
        for name, kind in re.findall(r"^# TYPE (\S+) (\w+)$", text, re.MULTILINE):
            suffixes = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
            names |= {name + suffix for suffix in suffixes}
    return names


@pytest.mark.parametrize(
    ("service", "series"),
    [
        ("ingest", 'remen_ingest_inputs_total{outcome="accepted"}'),
        ("ingest", 'remen_ingest_inputs_total{outcome="refused"}'),
        ("ingest", 'remen_ingest_refused_total{reason="invalid"}'),
        ("ingest", 'remen_ingest_requests_total{route="/articles",status="503"}'),
        ("render", 'remen_render_requests_total{route="article",status="503"}'),
        ("render", 'remen_render_views_total{outcome="unacknowledged"}'),
    ],
)
def test_what_alerts_count_is_told_before_it_first_happens(
    measured: dict[str, str], service: str, series: str
) -> None:
    # else Prometheus finds no increase to the first ones
    assert f"\n{series} 0.0\n" in measured[service]


def test_every_rule_and_dashboard_asks_for_what_is_measured(exported: set[str]) -> None:
    assert "remen_render_readable_seconds_bucket" in exported
    asking = {name: rule["expr"] for name, rule in (RECORDED | ALERTS).items()}
    unknown = {
        (where, name)
        for where, expr in [*asking.items(), *panels()]
        for name in asked(expr) - exported - RECORDED.keys() - _OF_PROMETHEUS
    }
    assert not unknown
    assert all(asked(expr) for _, expr in [*asking.items(), *panels()])


def test_what_is_recorded_is_asked_for() -> None:
    everywhere = " ".join(
        [*(rule["expr"] for rule in (RECORDED | ALERTS).values()), *dict(panels()).values()]
    )
    exprs = [expr for _, expr in panels()] + [everywhere]
    assert {name for name in RECORDED if not any(name in expr for expr in exprs)} == set()


def test_an_alert_says_who_has_to_look_and_the_runbook_what_to_do() -> None:
    headings = re.findall(r"^## (Remen\w+)$", RUNBOOK, re.MULTILINE)
    assert sorted(headings) == sorted(ALERTS)
    for name, alert in ALERTS.items():
        assert alert["labels"]["severity"] in ("page", "ticket"), name
        assert alert["annotations"]["summary"], name
        about = RUNBOOK.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        parts = re.findall(r"^\*\*(.+?)\.\*\*", about, re.MULTILINE)
        assert parts == ["Readers", "Look", "Do"], name


def test_every_alert_is_seen_firing_and_clearing_in_a_test() -> None:
    tests = yaml.safe_load((PROMETHEUS / "tests.yml").read_text())["tests"]
    seen: set[str] = set()
    for test in tests:
        (name,) = {re.search(r'alertname="(\w+)"', one["expr"])[1] for one in test["promql_expr_test"]}  # type: ignore[index]
        fires = [bool(one["exp_samples"]) for one in test["promql_expr_test"]]
        assert fires == [False, True, False], test["name"]
        assert test["name"].partition(",")[0] == name
        seen.add(name)
    assert seen == ALERTS.keys()


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_is_what_its_code_makes(name: str) -> None:
    made = DASHBOARDS[name]()
    assert (FOLDER / name).read_text() == made, "run python -m ops.observe"
    register_default_plugins()
    # what Grafana's own types read of it is all that it says
    assert json.loads(JSONEncoder().encode(Dashboard.from_json(json.loads(made)))) == json.loads(made)
    panels = json.loads(made)["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["description"] for panel in panels if panel["type"] != "row")
    sources = {target["datasource"]["uid"] for panel in panels for target in panel.get("targets", ())}
    provisioned = ROOT / "ops/observe/grafana/provisioning/datasources/prometheus.yml"
    assert sources == {one["uid"] for one in yaml.safe_load(provisioned.read_text())["datasources"]}


def test_the_files_of_dashboards_are_those_that_are_made() -> None:
    assert {path.name for path in FOLDER.iterdir()} == DASHBOARDS.keys()


def promtool(*arguments: str, said: str = "") -> None:
    if shutil.which("promtool") is None:
        pytest.skip("there is no promtool")
    done = subprocess.run(
        ["promtool", *arguments],
        cwd=PROMETHEUS,
        input=said,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SETTINGS)
def test_promtool_finds_nothing_in_the_names_of_metrics(measured: dict[str, str], name: str) -> None:
    promtool("check", "metrics", said=measured[name])


def test_promtool_finds_nothing_in_the_configuration() -> None:
    promtool("check", "config", "prometheus.yml")


def test_each_alert_fires_and_clears() -> None:
    promtool("test", "rules", "tests.yml")
