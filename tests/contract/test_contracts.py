"""What `contracts/` promises is what the models say, and holds by the rules of JSON Schema and AsyncAPI."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker

from dev.contracts import schemas
from dev.contracts.documents import committed, documents
from dev.contracts.traffic import CHANNELS, EVENTS, PARTIES
from services.ingest.core.reading import DEFAULTS, read
from shared import topics
from tests.builders import as_json

ROOT = Path(__file__).parents[2]
GOLDEN = sorted((ROOT / "tests" / "contract" / "golden").glob("*.json"))
GENERATED = documents()
ASYNCAPI: dict[str, Any] = yaml.safe_load(GENERATED["asyncapi.yaml"])
MESSAGES: dict[str, Any] = ASYNCAPI["components"]["messages"]
SERVICES = ("ingest", "rank", "render")


def faults(pointer: str, value: Any) -> list[str]:
    """Hold a value to a schema of the document."""
    validator = Draft7Validator({**ASYNCAPI, "$ref": pointer}, format_checker=FormatChecker())
    return [fault.message for fault in validator.iter_errors(value)]


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for name, inner in part.items():
            if name != "examples":
                yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def resolved(pointer: str) -> Any:
    found: Any = ASYNCAPI
    for name in pointer.removeprefix("#/").split("/"):
        found = found[name]
    return found


@pytest.mark.parametrize("name", sorted(GENERATED.keys() | committed().keys()))
def test_what_is_committed_is_what_the_models_say(name: str) -> None:
    assert committed().get(name) == GENERATED.get(name), "run `python3 dev contracts` and commit contracts/"


@pytest.mark.parametrize("name", [name for name in GENERATED if name.startswith("schemas/")])
def test_a_schema_is_valid_and_stands_alone(name: str) -> None:
    schema = json.loads(GENERATED[name])
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    defined = {f"#/$defs/{part}" for part in schema.get("$defs", {})}
    assert set(references(schema)) == defined


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_event_fits_its_schema(path: Path) -> None:
    schema = json.loads(GENERATED[f"schemas/{path.name.split('.')[0]}.json"])
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    event = json.loads(path.read_text())
    validator.validate(event)
    for name in schema["required"]:
        assert not validator.is_valid({field: value for field, value in event.items() if field != name})


def test_every_event_is_in_a_channel() -> None:
    assert {path.name.split(".")[0] for path in GOLDEN} == {event.__name__ for event in EVENTS}


def test_parts_of_one_name_are_one_shape() -> None:
    parts: dict[str, Any] = {}
    for schema in schemas.standalone().values():
        for name, part in schema.get("$defs", {}).items():
            assert parts.setdefault(name, part) == part


def test_every_topic_is_a_channel_as_it_is_declared() -> None:
    described = {}
    for channel in ASYNCAPI["channels"].values():
        kafka = channel["bindings"]["kafka"]
        config = kafka["topicConfiguration"] | kafka.get("x-topic-configuration", {})
        config = {n: ",".join(v) if isinstance(v, list) else str(v) for n, v in config.items()}
        described[channel["address"]] = (kafka["partitions"], config)
    assert described == {topic.name: (topic.partitions, topic.config) for topic in topics.ALL}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_uses_the_topics_that_its_code_names(service: str) -> None:
    code = "".join(path.read_text() for path in (ROOT / "services" / service).rglob("*.py"))
    constants = {value: name for name, value in vars(topics).items() if isinstance(value, topics.Topic)}
    named = {topic for topic, name in constants.items() if re.search(rf"\b{name}\b", code)}
    assert named == {channel.topic for channel in CHANNELS for act in channel.acts if act.party == service}


def test_the_compose_file_gives_publishers_the_server() -> None:
    port = ASYNCAPI["servers"]["compose"]["host"].removeprefix("localhost:")
    assert f"EXTERNAL://localhost:${{REMEN_KAFKA_PORT:-{port}}}" in (ROOT / "docker-compose.yml").read_text()


def test_every_reference_leads_somewhere_and_no_component_is_left_over() -> None:
    used = set(references(ASYNCAPI))
    assert all(resolved(pointer) for pointer in used)
    components = ASYNCAPI["components"]
    assert {f"#/components/{kind}/{name}" for kind in components for name in components[kind]} <= used


def test_an_operation_names_messages_of_its_own_channel() -> None:
    for operation in ASYNCAPI["operations"].values():
        channel = operation["channel"]["$ref"]
        assert operation["action"] in ("send", "receive")
        assert operation["messages"]
        for message in operation["messages"]:
            assert message["$ref"].startswith(f"{channel}/messages/")


def test_every_channel_is_written_and_every_party_does_something() -> None:
    acts = [(channel.name, act.party, act.action) for channel in CHANNELS for act in channel.acts]
    assert len(acts) == len(set(acts)) == len(ASYNCAPI["operations"])
    assert {name for name, _, action in acts if action == "send"} == set(ASYNCAPI["channels"])
    assert {party for _, party, _ in acts} == set(PARTIES)


@pytest.mark.parametrize("name", MESSAGES)
def test_an_example_fits_the_message_that_it_is_of(name: str) -> None:
    assert MESSAGES[name]["examples"]
    for example in MESSAGES[name]["examples"]:
        assert not faults(f"#/components/messages/{name}/payload", example["payload"])
        if "headers" in example:
            assert not faults(f"#/components/messages/{name}/headers", example["headers"])


@pytest.mark.parametrize("name", ASYNCAPI["channels"]["inputs"]["messages"])
def test_ingest_reads_an_example_as_what_it_is_of(name: str) -> None:
    expected = "Publish" if name in ("Ninjs", "CloudEvent") else name
    for example in MESSAGES[name]["examples"]:
        assert type(read(as_json(example["payload"]), DEFAULTS)).__name__ == expected
