"""The AsyncAPI 3.0 document: topics as channels, records as messages, who sends and who receives."""

import tomllib
from typing import Any, Final

from dev.contracts import schemas
from dev.contracts.examples import EXAMPLES
from dev.contracts.headers import HEADERS
from dev.contracts.traffic import CHANNELS, GROUPS, PARTIES, Act, Channel, Message
from dev.environment import ROOT
from shared import wire
from shared.topics import Topic

Schema = dict[str, Any]

_BINDING: Final = {"bindingVersion": "0.5.0"}
_WORDS: Final = ("retention.ms", "retention.bytes", "max.message.bytes")
"""Settings of a topic that this version of the Kafka binding knows."""
_DESCRIPTION: Final = """\
An event-driven news site. Publishers send articles to `ingest.v1`; what is accepted stands in `articles.v1`;
views go to `views.v1`, and the hot lists that follow from them are announced in `hot.v1`.

Values are JSON in UTF-8. Events are CloudEvents 1.0 in binary mode: the header `ce_type` names the class.
An event never changes its meaning; ignore fields that you do not know.
"""
_SCRAM: Final = (
    "Where Kafka asks for a name and a password. The README of ingest shows how to let a publisher write to "
    "ingest.v1 and nothing else. The Kafka of docker-compose.yml, for one machine, asks for none."
)


def asyncapi() -> Schema:
    """Make the document."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Remen",
            "version": project["version"],
            "description": _DESCRIPTION,
            "contact": {
                "name": "The operators of this site",
                "url": "https://remen.example",
                "email": "newsroom@remen.example",
            },
            "license": {"name": project["license"], "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "tags": [_tag(party) for party in PARTIES],
        },
        "defaultContentType": "application/json",
        "servers": {
            "compose": {
                "host": "localhost:9094",
                "protocol": "kafka",
                "description": "Kafka of docker-compose.yml, for publishers on the same machine.",
            }
        },
        "channels": {channel.name: _channel(channel) for channel in CHANNELS},
        "operations": dict(_operation(channel, act) for channel in CHANNELS for act in channel.acts),
        "components": {
            "messages": {message.name: _message(message) for c in CHANNELS for message in c.messages},
            "schemas": {**schemas.components(), **HEADERS},
            "securitySchemes": {"scram": {"type": "scramSha512", "description": _SCRAM}},
            "tags": {party: {"name": party, "description": says} for party, says in PARTIES.items()},
        },
    }


def _tag(party: str) -> Schema:
    return {"$ref": f"#/components/tags/{party}"}


def _channel(channel: Channel) -> Schema:
    topic = channel.topic
    return {
        "address": topic.name,
        "title": topic.name,
        "description": channel.says,
        "messages": {m.name: {"$ref": f"#/components/messages/{m.name}"} for m in channel.messages},
        "bindings": {"kafka": {"partitions": topic.partitions, **_configuration(topic), **_BINDING}},
    }


def _configuration(topic: Topic) -> Schema:
    """Give a topic's settings in the binding's words and types; those that it has no word for stand aside."""
    known: Schema = {}
    others: Schema = {}
    for name, value in topic.config.items():
        if name == "cleanup.policy":
            known[name] = value.split(",")
        elif name in _WORDS:
            known[name] = int(value)
        else:
            others[name] = int(value) if value.isdecimal() else value
    return {"topicConfiguration": known} | ({"x-topic-configuration": others} if others else {})


def _operation(channel: Channel, act: Act) -> tuple[str, Schema]:
    operation: Schema = {
        "action": act.action,
        "channel": {"$ref": f"#/channels/{channel.name}"},
        "title": f"{act.party} {act.action}s",
        "description": act.says,
        "tags": [_tag(act.party)],
        "security": [{"$ref": "#/components/securitySchemes/scram"}],
    }
    names = act.messages or tuple(message.name for message in channel.messages)
    operation["messages"] = [{"$ref": f"#/channels/{channel.name}/messages/{name}"} for name in names]
    group = GROUPS.get((act.party, channel.name))
    if group is not None and act.action == "receive":
        operation["bindings"] = {"kafka": {"groupId": {"type": "string", "const": group}, **_BINDING}}
    return f"{act.party}{act.action.title()}s{channel.name[0].upper()}{channel.name[1:]}", operation


def _message(message: Message) -> Schema:
    headers: Schema = {
        "type": "object",
        "allOf": [{"$ref": f"#/components/schemas/{name}"} for name in message.headers],
    }
    if "EventHeaders" in message.headers:
        headers["properties"] = {"ce_type": {"type": "string", "const": wire.TYPE_PREFIX + message.name}}
    named = isinstance(message.payload, str)
    made: Schema = {
        "name": message.name,
        "title": message.name,
        "summary": message.summary,
        "headers": headers,
        "payload": {"$ref": f"#/components/schemas/{message.payload}"} if named else message.payload,
    }
    if message.content_type is not None:
        made["contentType"] = message.content_type
    if message.key is not None:
        made["bindings"] = {"kafka": {"key": message.key, **_BINDING}}
    made["examples"] = EXAMPLES[message.name]
    return made
