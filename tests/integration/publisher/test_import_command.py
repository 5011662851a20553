"""Whole sites, imported into a running ingest: once, again, and after a kill in the middle.

REMEN_IMPORT_POSTS says how many posts there are in each export; 30 if it is not set.
"""

import json
import os
import signal
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import pytest
from typer.testing import CliRunner

from publisher.app import cli
from tests import exports
from tests.foreign import records, written
from tests.integration.ingest.conftest import Ingest
from tests.integration.publisher.test_publish_command import command, environment

POSTS: Final = int(os.environ.get("REMEN_IMPORT_POSTS", "30"))
_KILLED_AFTER: Final = POSTS // 3


def wordpress(path: Path, name: str, *more: str, text: str = "第一版。") -> list[str | Path]:
    items = (
        exports.wordpress_item(
            number,
            wp__post_name=f"{name}-{number}",
            link=f"https://old.example/2019/03/{name}-{number}/",
            content__encoded=f"{text}第{number}篇。\n\n第二段。",
            more=exports.wordpress_meta("_wp_old_slug", f"{name}-old-{number}"),
        )
        for number in range(POSTS)
    )
    path.write_bytes(b"".join(exports.wordpress([*items, *more])))
    return ["import", "wordpress", path]


def ghost(path: Path, name: str, *more: str, text: str = "第一版。") -> list[str | Path]:
    posts = [
        exports.ghost_post(number, slug=f"{name}-{number}", html=f"<p>{text}第{number}篇。</p>")
        for number in range(POSTS)
    ]
    path.write_bytes(exports.ghost_file(posts))
    return ["import", "ghost", path]


SYSTEMS: Final = pytest.mark.parametrize("export", [wordpress, ghost])
Export = Callable[..., list[str | Path]]


@pytest.fixture
def name() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it told."""

    code: int
    told: list[dict[str, Any]]

    @property
    def summary(self) -> dict[str, dict[str, int]]:
        """Give its last line."""
        return cast("dict[str, dict[str, int]]", self.told[-1]["summary"])

    @property
    def outcomes(self) -> dict[str, int]:
        """Give how many posts there were of each outcome."""
        return self.summary["outcomes"]


def imported(kafka: str, *asked: str | Path) -> Done:
    """Run an import in this process, for to start one takes longer than to import."""
    done = CliRunner().invoke(cli, [*map(str, asked), "--json"], env={"KAFKA_BOOTSTRAP_SERVERS": kafka})
    assert isinstance(done.exception, SystemExit | None), done.exception
    return Done(done.exit_code, [json.loads(line) for line in done.stdout.splitlines()])


def texts(kafka: str, name: str) -> dict[str, list[dict[str, Any]]]:
    """Give all texts of a test's articles, without what tells one arrival from another."""
    found: dict[str, list[dict[str, Any]]] = {}
    for record in records(kafka, "articles.v1"):
        key = (record.key() or b"").decode()
        if key.startswith(name):
            event = json.loads(record.value() or b"{}")
            text = {k: v for k, v in event.items() if k not in ("order", "modified_at")}
            found.setdefault(key, []).append(text)
    return found


@SYSTEMS
def test_killed_in_the_middle_and_started_again_it_is_the_same_site_and_then_nothing_changes(
    ingest: Ingest, tmp_path: Path, name: str, export: Export
) -> None:
    other = name.replace("test-", "none-")
    asked, whole = export(tmp_path / "export", name), export(tmp_path / "whole", other)
    killed = subprocess.Popen(
        command(*asked, "--json"), env=environment(ingest.kafka), stdout=subprocess.PIPE
    )
    assert killed.stdout is not None
    for _ in range(_KILLED_AFTER):
        killed.stdout.readline()
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    again = imported(ingest.kafka, *asked)
    assert again.code == 0
    assert again.outcomes["unchanged"] >= _KILLED_AFTER
    assert again.outcomes["unchanged"] + again.outcomes.get("accepted", 0) == POSTS
    assert imported(ingest.kafka, *whole).outcomes == {"accepted": POSTS}
    of_this, of_other = texts(ingest.kafka, name), texts(ingest.kafka, other)
    assert {len(versions) for versions in of_this.values()} == {1}
    as_if = json.dumps(of_other, sort_keys=True).replace(other, name)
    assert json.dumps(of_this, sort_keys=True) == as_if
    for number in (0, POSTS - 1):
        path = f"/2019/03/{name}-{number}/" if export is wordpress else f"/{name}-{number}/"
        assert path in of_this[f"{name}-{number}"][0]["aliases"]
    ends = [written(ingest.kafka, topic) for topic in ("articles.v1", "ingest.v1", "ingest.v1.dead")]
    for once_more in (asked, whole):
        done = imported(ingest.kafka, *once_more)
        assert (done.code, done.outcomes) == (0, {"unchanged": POSTS})
    assert ends == [written(ingest.kafka, topic) for topic in ("articles.v1", "ingest.v1", "ingest.v1.dead")]


def test_a_text_that_comes_back_stands_again(ingest: Ingest, tmp_path: Path, name: str) -> None:
    path = tmp_path / "export"
    for text, outcome in [("甲", "accepted"), ("乙", "accepted"), ("甲", "accepted"), ("甲", "unchanged")]:
        assert imported(ingest.kafka, *wordpress(path, name, text=text)).outcomes == {outcome: POSTS}
        assert texts(ingest.kafka, name)[f"{name}-1"][-1]["blocks"][0]["text"].startswith(text)


def test_with_only_changes_a_file_and_a_feed_are_not_sent_twice(
    ingest: Ingest, tmp_path: Path, name: str
) -> None:
    page, feed = tmp_path / f"{name}.md", tmp_path / f"{name}.xml"
    page.write_text("---\ntitle: 旧桥\nsection: 地方\n---\n正文。\n")
    entry = "<item><title>{}</title><guid>https://r.example/{}</guid><description>正文。</description></item>"
    for title, outcomes in [
        ("甲", ["accepted"] * 2),
        ("甲", ["unchanged"] * 2),
        ("乙", ["accepted", "unchanged"]),
    ]:
        items = entry.format(title, 1) + entry.format("丙", 2)
        feed.write_text(f"<rss><channel><title>河城报</title>{items}</channel></rss>")
        told = imported(ingest.kafka, "import-feed", feed, "--only-changes").told
        assert [one["outcome"] for one in told] == outcomes
    assert [
        imported(ingest.kafka, "publish", page, "--only-changes").told[0]["outcome"] for _ in range(2)
    ] == ["accepted", "unchanged"]


def test_what_another_hand_changed_or_took_down_is_not_taken_for_unchanged(
    ingest: Ingest, tmp_path: Path, name: str
) -> None:
    asked = wordpress(tmp_path / "export", name)
    imported(ingest.kafka, *asked)
    changed = {"id": f"{name}-1", "title": "改", "section": "地方", "body": "改。", "revision": 2**40}
    ingest.ask("POST", "/articles", json=changed).raise_for_status()
    withdrawal = {"id": f"{name}-2", "action": "withdraw", "reason": "error"}
    ingest.ask("POST", "/articles", json=withdrawal).raise_for_status()
    ingest.ask("POST", "/articles", json={"id": f"{name}-2", "action": "reinstate"}).raise_for_status()
    ingest.ask("DELETE", f"/articles/{name}-3?reason=legal").raise_for_status()
    again = imported(ingest.kafka, *asked)
    assert again.code == 1
    assert again.outcomes == {"accepted": 1, "refused": 2, "unchanged": POSTS - 3}
    refused = {one["id"] for one in again.told[:-1] if one["outcome"] == "refused"}
    assert refused == {f"{name}-1", f"{name}-3"}
    assert ingest.outcome(f"{name}-2") == "published"


def test_two_imports_at_once_send_each_post_once(ingest: Ingest, tmp_path: Path, name: str) -> None:
    asked = command(*wordpress(tmp_path / "export", name), "--json")
    # both see the same log: what one sends, the other must wait for, or find
    running = [
        subprocess.Popen(asked, env=environment(ingest.kafka), stdout=subprocess.PIPE) for _ in range(2)
    ]
    for one in running:
        lines = one.communicate(timeout=90)[0].splitlines()
        assert one.returncode == 0
        assert json.loads(lines[-1])["summary"]["outcomes"].keys() <= {"accepted", "unchanged"}
    assert {len(versions) for versions in texts(ingest.kafka, name).values()} == {1}


def test_drafts_and_the_like_are_counted_and_are_no_failure(
    ingest: Ingest, tmp_path: Path, name: str
) -> None:
    more = [
        exports.wordpress_item(9001, wp__status="draft"),
        exports.wordpress_item(9002, wp__post_type="page"),
        exports.wordpress_attachment(9003),
    ]
    done = imported(ingest.kafka, *wordpress(tmp_path / "export", name, *more))
    assert done.code == 0
    assert done.summary["not for readers"] == {"draft": 1, "page": 1, "attachment": 1}


def test_a_dry_run_needs_no_kafka_and_sends_nothing(tmp_path: Path, name: str) -> None:
    done = imported("127.0.0.1:1", *wordpress(tmp_path / "export", name), "--dry-run")
    assert (done.code, done.outcomes) == (0, {"not sent": POSTS})
    assert done.told[0]["article"]["aliases"]


def test_a_folder_of_hugo_is_imported_and_again_unchanged(ingest: Ingest, tmp_path: Path, name: str) -> None:
    (tmp_path / "hugo.toml").write_text('baseURL = "https://old.example/"\n')
    for number in range(3):
        folder = tmp_path / "content" / "news" / f"{name}-{number}"
        folder.mkdir(parents=True)
        (folder / "index.md").write_text(f'+++\ntitle = "第{number}篇"\n+++\n文。![船](boat.jpg)\n')
    asked = ("import", "hugo", tmp_path, "--section", "地方")
    assert imported(ingest.kafka, *asked).outcomes == {"accepted": 3}
    assert imported(ingest.kafka, *asked).outcomes == {"unchanged": 3}
    assert texts(ingest.kafka, name)[f"{name}-0"][0]["aliases"] == [f"/news/{name}-0/"]


@pytest.mark.parametrize("system", ["wordpress", "ghost", "hugo"])
def test_what_is_no_export_ends_before_anything_is_sent(tmp_path: Path, system: str) -> None:
    (tmp_path / "x").write_text("not an export")
    path = tmp_path if system == "hugo" else tmp_path / "x"
    done = imported("127.0.0.1:1", "import", system, path)
    assert (done.code, done.told) == (2, [])
