"""Every generated file of `contracts/`: AsyncAPI, a JSON Schema per shape, OpenAPI of ingest and rank."""

import json
from typing import Any, Final, cast

import yaml

from dev.contracts import schemas
from dev.contracts.asyncapi import asyncapi
from dev.environment import ROOT
from services.ingest.adapters import http as ingest_http
from services.rank.adapters import http as rank_http
from shared.health import Health

FOLDER: Final = ROOT / "contracts"


def documents() -> dict[str, str]:
    """Give the content of each file by its path inside `contracts/`."""
    health, nobody = Health({}), cast("Any", None)
    return {
        "asyncapi.yaml": _yaml(asyncapi()),
        "openapi-ingest.json": _json(ingest_http.create_app(nobody, nobody, health).openapi()),
        "openapi-rank.json": _json(rank_http.create_app(nobody, nobody, nobody, nobody, health).openapi()),
        **{f"schemas/{name}.json": _json(schema) for name, schema in schemas.standalone().items()},
    }


def committed() -> dict[str, str]:
    """Give what lies in `contracts/`, but for its README, in the same form."""
    paths = [path for path in FOLDER.rglob("*") if path.is_file() and path.name != "README.md"]
    return {path.relative_to(FOLDER).as_posix(): path.read_text() for path in paths}


def write() -> None:
    """Write what has changed and delete what is no longer generated, naming both."""
    new, old = documents(), committed()
    changed = sorted(name for name in new.keys() | old.keys() if new.get(name) != old.get(name))
    for name in changed:
        path = FOLDER / name
        if name in new:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(new[name])
        else:
            path.unlink()
        print(f"{'wrote' if name in new else 'deleted'} {path.relative_to(ROOT)}")
    if not changed:
        print("nothing has changed")


class _Readable(yaml.SafeDumper):
    """Texts of several lines stand as such; what is the same in two places is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Readable.add_representer(str, _text)


def _yaml(document: Any) -> str:
    return yaml.dump(document, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=110)


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
