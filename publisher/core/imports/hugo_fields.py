"""The fields above a text of Hugo, in TOML (+++), YAML (---) or JSON ({ … }); and its configuration."""

import json
import re
import tomllib
from datetime import date, datetime
from typing import Any, Final

import yaml

LONGEST: Final = 100_000
"""Characters of the fields; so many take PyYAML about a second."""

_TOML: Final = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_YAML: Final = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TIME: Final = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.SafeLoader):
    """YAML whose times are left as text, and without aliases (a few can stand for gigabytes)."""

    yaml_implicit_resolvers: Any = {  # noqa: RUF012 - PyYAML reads it from the class
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIME]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            mark: Any = event.start_mark
            says = "an alias (*) is not possible; write the plain value"
            raise yaml.composer.ComposerError(None, None, says, mark)
        return super().compose_node(parent, index)


def split(text: str) -> tuple[dict[str, Any], str]:
    """Give a text's fields and what stands below them; ValueError says what to change."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").lstrip("\n")
    for kind, pattern in (("toml", _TOML), ("yaml", _YAML)):
        if found := pattern.match(text):
            return read(found[1], kind), text[found.end() :]
    if text.startswith(("+++", "---")):
        raise ValueError(f"the front matter does not end; write a line {text[:3]} below its last field")
    if text.startswith("{") and not text.startswith(("{{", "{%")):
        try:
            fields, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"the front matter is not valid JSON: {error}") from None
        return _checked(fields), text[end:]
    return {}, text


def read(text: str, kind: str) -> dict[str, Any]:
    """Read fields in TOML, YAML or JSON; ValueError says what to change."""
    if len(text) > LONGEST:
        raise ValueError(f"the fields have {len(text):,} characters, at most {LONGEST:,} are possible")
    try:
        if kind == "toml":
            return _checked(tomllib.loads(text))
        return _checked(json.loads(text) if kind == "json" else yaml.load(text, _Loader))  # noqa: S506 - safe
    except RecursionError:
        raise ValueError("the fields are nested too deeply") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" at line {mark.line + 2}, column {mark.column + 1}" if mark else ""
        raise ValueError(f"the fields are not valid YAML{where}: {error.problem}") from None
    except (ValueError, yaml.YAMLError) as error:
        raise ValueError(f"the fields are not valid {kind.upper()}: {error}") from None


def _checked(found: Any) -> dict[str, Any]:
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ValueError("the front matter must consist of fields")
    return {str(name).lower(): _plain(value) for name, value in found.items()}


def _plain(value: Any) -> Any:
    """Give TOML's times as text, like those of the other two."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case list():
            return [_plain(one) for one in value]
        case dict():
            return {str(name).lower(): _plain(one) for name, one in value.items()}
        case _:
            return value
