"""What can be set, asked or read is written down where its user looks."""

import re
from pathlib import Path
from typing import Any, cast

import pytest

from publisher.settings import Settings as PublisherSettings
from services.ingest.adapters import http as ingest_http
from services.ingest.core.submissions import Publish
from services.ingest.settings import Settings as IngestSettings
from services.rank.adapters import http as rank_http
from services.rank.settings import Settings as RankSettings
from services.render.adapters.http import web as render_web
from services.render.settings import Settings as RenderSettings
from shared import topics
from shared.health import PATHS, Health
from shared.settings import ServiceSettings

ROOT = Path(__file__).parents[2]
SETTINGS: dict[str, type[ServiceSettings]] = {
    "ingest": IngestSettings,
    "rank": RankSettings,
    "render": RenderSettings,
}


PARTS: dict[str, type[ServiceSettings]] = SETTINGS | {"publisher": PublisherSettings}


def folder(part: str) -> Path:
    return ROOT / part if part == "publisher" else ROOT / "services" / part


def readme(part: str) -> str:
    return (folder(part) / "README.md").read_text()


def variables(settings: type[ServiceSettings]) -> set[str]:
    prefix = str(settings.model_config.get("env_prefix"))
    return {
        field.validation_alias if isinstance(field.validation_alias, str) else (prefix + name).upper()
        for name, field in settings.model_fields.items()
    }


@pytest.mark.parametrize("part", PARTS)
def test_every_setting_is_in_the_readme_of_its_part(part: str) -> None:
    missing = {name for name in variables(PARTS[part]) if f"`{name}`" not in readme(part)}
    assert not missing


@pytest.mark.parametrize("service", SETTINGS)
def test_every_setting_in_a_readme_exists(service: str) -> None:
    named = set(re.findall(rf"`({service.upper()}_[A-Z_]+)`", readme(service)))
    assert named <= variables(SETTINGS[service])


def test_every_route_is_in_its_services_readme() -> None:
    health, nobody = Health({}), cast("Any", None)
    routes = {
        "ingest": {*ingest_http.create_app(nobody, nobody, health).openapi()["paths"], *PATHS},
        "rank": {*rank_http.create_app(nobody, nobody, nobody, nobody, health).openapi()["paths"], *PATHS},
        "render": {*(f"/{first}" for first in render_web.ROUTES), *PATHS},
    }
    missing = {
        (service, route)
        for service, paths in routes.items()
        for route in paths
        if re.sub(r"{.*?}", "{id}", route) not in readme(service)
    }
    assert not missing


@pytest.mark.parametrize("topic", topics.ALL, ids=lambda topic: topic.name)
def test_every_topic_is_in_the_readme(topic: topics.Topic) -> None:
    assert f"`{topic.name}`" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("field", Publish.model_fields)
def test_every_field_of_an_article_is_among_ingests_formats(field: str) -> None:
    assert f"`{field}`" in (ROOT / "services" / "ingest" / "FORMATS.md").read_text()


@pytest.mark.parametrize("service", SETTINGS)
def test_every_metric_is_in_its_services_readme(service: str) -> None:
    folders = (ROOT / "services" / service, ROOT / "shared")
    code = "".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))
    named = set(re.findall(r'"(remen_[a-z0-9_]+)"', code))
    missing = {name for name in named if name not in readme(service)}
    assert not missing


def test_the_keyed_topics_are_co_partitioned() -> None:
    keyed = {topics.INGEST, topics.ARTICLES, topics.VIEWS}
    assert {topic.partitions for topic in keyed} == {topics.PARTITIONS}
    assert all(topic.config["message.timestamp.type"] == "LogAppendTime" for topic in {*keyed, topics.DESK})


def test_every_link_leads_somewhere() -> None:
    pages = [
        page
        for page in ROOT.rglob("*.md")
        if not any(part.startswith(".") for part in page.relative_to(ROOT).parts)
    ]
    lost = {
        (str(page.relative_to(ROOT)), link)
        for page in pages
        for link in re.findall(r"\]\(([^)#]+)", page.read_text())
        if not re.match(r"[a-z]+:", link) and not (page.parent / link).exists()
    }
    assert len(pages) > 10
    assert not lost


def test_the_files_and_benches_of_the_decisions_are_there() -> None:
    folder = ROOT / "docs" / "decisions"
    for line in (folder / "README.md").read_text().splitlines():
        for service, files in re.findall(r"(ingest|rank|render): ((?:`[\w./]+`(?:, )?)+)", line):
            assert all((ROOT / "services" / service / one).exists() for one in re.findall("`(.+?)`", files))
    benches = {name for page in folder.glob("*.md") for name in re.findall(r"\(`(\w+)`\)", page.read_text())}
    assert len(benches) > 3
    assert all((ROOT / "bench" / f"{name}.py").exists() for name in benches)
