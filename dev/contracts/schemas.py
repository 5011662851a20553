"""The models as JSON Schema: what may be relied on, not what Python happens to know.

A file in `contracts/schemas` stands alone and speaks JSON Schema 2020-12. Inside AsyncAPI, whose own schema
language goes back to draft 7, the same shapes stand side by side in `components`.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from dev.contracts.traffic import EVENTS
from services.ingest.core.submissions import ACTIONS, Publish

Schema = dict[str, Any]

_NINJS: Final[Schema] = {
    "title": "Ninjs",
    "description": "An item in IPTC ninjs 1.x, 2.x or 3.x as it stands. What is read of it, and which items "
    "are refused, is said in the README of ingest.",
    "type": "object",
    "properties": {"uri": {"type": "string", "description": "The item's own name; it is kept."}},
    "required": ["uri"],
}
_CLOUD_EVENT: Final[Schema] = {
    "title": "CloudEvent",
    "description": "A CloudEvent 1.0 in structured mode around any other shape of this topic.",
    "type": "object",
    "properties": {
        "specversion": {"type": "string", "const": "1.0"},
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "minLength": 1},
        "type": {"type": "string", "minLength": 1},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"type": "string"},
        "data": {"type": "object", "description": "What is sent."},
        "data_base64": {"type": "string", "description": "Instead of data: the same as JSON in Base64."},
    },
    "required": ["specversion", "id", "source", "type"],
    "oneOf": [{"required": ["data"]}, {"required": ["data_base64"]}],
}
"""Shapes that are recognised but have no model of their own."""


def standalone() -> dict[str, Schema]:
    """Give a whole JSON Schema for each event and each shape that may be sent, by name."""
    models = {model.__name__: _described(model) for model in (*EVENTS, Publish, *ACTIONS.values())}
    return {
        name: {"$schema": GenerateJsonSchema.schema_dialect, **schema}
        for name, schema in (models | {"Ninjs": _NINJS, "CloudEvent": _CLOUD_EVENT}).items()
    }


def components() -> dict[str, Schema]:
    """Give the same shapes and their parts as AsyncAPI keeps them in `components/schemas`."""
    found: dict[str, Schema] = {}
    for name, schema in standalone().items():
        found |= schema.get("$defs", {})
        found[name] = {word: value for word, value in schema.items() if word not in ("$defs", "$schema")}
    return {name: _in_draft_7(found[name]) for name in sorted(found)}


class _WithoutNoise(GenerateJsonSchema):
    """Leave out titles that repeat a field's name, and OpenAPI's `discriminator`; name a tuple's places."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> Schema:
        made = super().tagged_union_schema(schema)
        made.pop("discriminator", None)
        return made

    def named_tuple_schema(self, schema: core_schema.NamedTupleSchema) -> Schema:
        made = super().named_tuple_schema(schema)
        names = (field["name"] for field in schema["fields"])
        places = [{"title": name, **place} for name, place in zip(names, made["prefixItems"], strict=True)]
        return {"description": schema["cls"].__doc__, **made, "prefixItems": places}


def _described(model: type[BaseModel]) -> Schema:
    schema = model.model_json_schema(schema_generator=_WithoutNoise)
    for one in (schema, *schema.get("$defs", {}).values()):
        _require_constants(one)
    return schema


def _require_constants(schema: Schema) -> None:
    """Require a field of one value: it is what tells this shape from others."""
    fields: Mapping[str, Schema] = schema.get("properties", {})
    constants = [name for name, field in fields.items() if "const" in field]
    if constants:
        required = schema.get("required", [])
        schema["required"] = [*(name for name in constants if name not in required), *required]


def _in_draft_7(schema: Any) -> Any:
    """Say it in draft 7, where a tuple is called items and nothing beside a reference counts."""
    if isinstance(schema, list):
        return [_in_draft_7(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    said = {("items" if word == "prefixItems" else word): _in_draft_7(one) for word, one in schema.items()}
    if "$ref" not in said:
        return said
    reference = {"$ref": said.pop("$ref").replace("#/$defs/", "#/components/schemas/")}
    return {**said, "allOf": [reference]} if said else reference
