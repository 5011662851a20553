"""Each version stands beside the one before: it reads what that wrote, and writes what that can read.

What a release promised lies in `released/`, a file a version, written by `python3 dev release` and never
edited: so these tests need no tag, no history and no network. Its schemas stand for its code: they were made
from its models. Where the clone has the tag of the last release, its own code reads today's events, too.
"""

import json
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from packaging.version import Version

from dev.contracts.promises import FOLDER, layouts, promises
from dev.contracts.traffic import EVENTS
from dev.environment import PYPROJECTS, ROOT
from services.ingest.core.reading import DEFAULTS, read
from services.rank.core import desk_log, position
from services.rank.core.records import Columns, quickly
from shared import articles, blocks, events, wire
from shared.events import ArticlePublished, DeskAction, Event, FrontAction
from shared.version import VERSION
from tests.builders import NOON_MS, as_json

RELEASED: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text())
    for path in sorted(FOLDER.glob("*.json"), key=lambda path: Version(path.stem))
}
LAST = list(RELEASED)[-1]
TODAY = promises()
WROTE = [(version, name) for version, said in RELEASED.items() for name in said["events"]]
TOOK = [(version, name) for version, said in RELEASED.items() for name in said["inputs"]]
READ = [name for name in TODAY["events"] if name.split(".")[0] in RELEASED[LAST]["schemas"]]
"""Today's events of the classes that the last release knows; records of any other it passes over."""


def said_as_before(value: Any, before: Any) -> bool:
    """Tell whether a value says all that it said before; it may have more fields."""
    if isinstance(before, dict) and isinstance(value, dict):
        return all(name in value and said_as_before(value[name], old) for name, old in before.items())
    if isinstance(before, list) and isinstance(value, list):
        return len(value) == len(before) and all(map(said_as_before, value, before))
    return bool(value == before) and type(value) is type(before)


def as_left_out(payload: Any, schema: dict[str, Any]) -> Any:
    """Leave out blocks and marks of kinds that a schema does not have, as `shared.articles.article` does."""
    parts = [part["properties"] for part in schema.get("$defs", {}).values() if "properties" in part]
    kinds = {part["kind"]["const"] for part in parts if "const" in part.get("kind", {})}
    marks = {kind for part in parts for kind in part.get("kind", {}).get("enum", ())}

    def known(part: Any) -> bool:
        return not isinstance(part, dict) or "kind" not in part or part["kind"] in kinds | marks

    def left(part: Any) -> Any:
        if isinstance(part, list):
            return [left(one) for one in part if known(one)]
        return {name: left(one) for name, one in part.items()} if isinstance(part, dict) else part

    return left(payload)


@pytest.mark.parametrize(("version", "name"), WROTE)
def test_what_a_release_wrote_is_read_to_the_same(version: str, name: str) -> None:
    written = RELEASED[version]["events"][name]
    cls = getattr(events, name.split(".")[0])
    is_article = cls is ArticlePublished
    event = articles.article(as_json(written)) if is_article else cls.model_validate_json(as_json(written))
    assert said_as_before(json.loads(wire.encode(event)), written)


@pytest.mark.parametrize(("version", "name"), TOOK)
def test_what_a_release_took_in_is_still_taken_for_the_same(version: str, name: str) -> None:
    expected = "Publish" if name in ("Ninjs", "CloudEvent") else name
    for payload in RELEASED[version]["inputs"][name]:
        assert type(read(as_json(payload), DEFAULTS)).__name__ == expected


@pytest.mark.parametrize("name", READ)
def test_what_is_written_today_the_last_release_can_read(name: str) -> None:
    schema = RELEASED[LAST]["schemas"][name.split(".")[0]]
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    validator.validate(as_left_out(TODAY["events"][name], schema))


def test_a_block_or_a_mark_of_another_kind_is_left_out_and_nothing_else_is() -> None:
    schema = RELEASED[LAST]["schemas"]["ArticlePublished"]
    article = TODAY["events"]["ArticlePublished.v1.lists"]
    assert as_left_out(article, schema) == article
    (first, *others) = article["blocks"]
    marked = {**first, "marks": [*first["marks"], {"kind": "glow", "start": 1, "end": 2}]}
    newer = {**article, "blocks": [marked, {"kind": "quiz"}, *others]}
    assert as_left_out(newer, schema) == article
    assert articles.article(as_json(newer)) == articles.article(as_json(article))


def test_a_class_or_a_value_that_is_not_known_is_passed_over_with_its_reason() -> None:
    value = as_json(TODAY["events"]["ArticlePublished.v1"])
    article_id = TODAY["events"]["ArticlePublished.v1"]["id"]
    partition, named = wire.partition_for(article_id), [("ce_type", b"remen.ArticlePublished")]
    later = [("ce_type", b"remen.ArticleLiked")]
    assert isinstance(articles.read(article_id.encode(), value, named, partition), ArticlePublished)
    assert articles.read(article_id.encode(), value, later, partition) == "type"
    other = as_json({**TODAY["events"]["ArticlePublished.v1"], "urgency": "high"})
    assert articles.read(article_id.encode(), other, named, partition) == "value"
    pinned = TODAY["events"]["HotPinned.v1"]
    said = [
        ("remen.HotPinned", pinned),
        ("remen.HotHidden", pinned),
        ("remen.HotPinned", {"position": "top"}),
    ]
    records = [
        SimpleNamespace(
            offset=n, timestamp=NOON_MS, key=None, value=as_json(value), headers=[("ce_type", name.encode())]
        )
        for n, (name, value) in enumerate(said)
    ]
    found = desk_log.fold((), (), records)
    assert (found.changed, {one.reason for one in found.skipped}) == (1, {"type", "value"})


def test_views_have_fields_that_rank_does_not_know() -> None:
    seen = TODAY["events"]["ViewsSeen.v1"]
    known, newer = quickly(as_json(seen)), quickly(as_json({**seen, "country": ["MY"]}))
    assert isinstance(known, Columns)
    assert isinstance(newer, Columns)
    assert [list(column) for column in known] == [list(column) for column in newer]


def test_a_released_golden_event_is_never_edited_or_deleted() -> None:
    for said in RELEASED.values():
        assert {name: TODAY["events"].get(name) for name in said["events"]} == said["events"]


def test_every_field_of_every_event_stands_in_a_golden_event() -> None:
    there: dict[type, set[str]] = {base: set(base.model_fields) for base in (DeskAction, FrontAction)}

    def note(value: Any) -> None:
        if isinstance(value, blocks.Part):
            there.setdefault(type(value), set()).update(value.model_fields_set)
            value = tuple(getattr(value, name) for name in value.model_fields_set)
        if isinstance(value, list | tuple):
            for one in value:
                note(one)

    for name, written in TODAY["events"].items():
        note(getattr(events, name.split(".")[0]).model_validate(written))
    named = [*vars(events).values(), *vars(blocks).values()]
    parts = {cls for cls in named if isinstance(cls, type) and issubclass(cls, blocks.Part)}
    missing = {
        (cls.__name__, field) for cls in parts for field in cls.model_fields.keys() - there.get(cls, set())
    }
    assert not missing, "a new field needs a new golden file that has it"


@pytest.mark.parametrize("version", RELEASED)
def test_a_topic_keeps_its_partitions(version: str) -> None:
    assert RELEASED[version]["topics"].items() <= TODAY["topics"].items()


@pytest.mark.parametrize("version", RELEASED)
def test_where_a_release_left_a_partition_in_redis_is_read(version: str) -> None:
    left = RELEASED[version]["position"]
    found = position.decode(as_json(left))
    assert (found.next, found.days, found.facts) == (left["next"], left["days"], left["facts"])


def test_a_layout_never_goes_back() -> None:
    numbers = [said["layouts"] for said in (*RELEASED.values(), TODAY)]
    for before, after in pairwise(numbers):
        assert all(before[name] <= after[name] for name in before)


def test_the_chapter_on_upgrading_names_the_layouts_of_every_version() -> None:
    chapter = (ROOT / "docs" / "upgrading.md").read_text()
    for version, said in (*((v, promise["layouts"]) for v, promise in RELEASED.items()), ("next", layouts())):
        assert f"| {version} | {said['redis']} | {said['store']} | {said['search']} |" in chapter


def test_the_last_release_is_the_version_that_everything_names() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    headings = [line.split()[1] for line in changelog.splitlines() if line.startswith("## ")]
    assert headings == ["Unreleased", *reversed(RELEASED)]
    named = {tomllib.loads(path.read_text())["project"]["version"] for path in PYPROJECTS}
    assert named == {VERSION} == {LAST}


_ITS_CODE = """
import json, sys
from shared import articles, events, wire
for cls, value in json.load(sys.stdin):
    read = articles.article if cls == "ArticlePublished" else getattr(events, cls).model_validate_json
    print(wire.encode(read(json.dumps(value).encode())).decode())
"""


def test_what_is_written_today_the_last_releases_own_code_reads_to_the_same(tmp_path: Path) -> None:
    tagged = subprocess.run(
        ["git", "archive", f"v{LAST}", "shared"], cwd=ROOT, capture_output=True, check=False
    )
    if tagged.returncode:
        pytest.skip(f"this clone has no tag v{LAST}; its schemas stand for it in the test above")
    subprocess.run(["tar", "-x", "-C", str(tmp_path)], input=tagged.stdout, check=True)
    written = [(name.split(".")[0], TODAY["events"][name]) for name in READ]
    asked = [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{_ITS_CODE}"]
    done = subprocess.run(
        asked, input=json.dumps(written), capture_output=True, text=True, timeout=60, check=True, cwd=tmp_path
    )
    for line, (cls, value) in zip(done.stdout.splitlines(), written, strict=True):
        # what it does not know it leaves out; all else says what was written
        assert said_as_before(as_left_out(value, RELEASED[LAST]["schemas"][cls]), json.loads(line))


def test_the_events_that_are_frozen_are_those_of_the_channels() -> None:
    assert set(TODAY["schemas"]) == {event.__name__ for event in EVENTS if issubclass(event, Event)}
