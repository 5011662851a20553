"""What was refused can be seen on the command line, repaired, and sent again."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from publisher.app import cli
from tests.builders import as_json, sent_article
from tests.foreign import headers_of, produce, records, until, written
from tests.integration.ingest.conftest import Ingest
from tests.integration.ingest.refusals import misspelt, refused, withdraw
from tests.real import Kafka


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """Give a Kafka where `replay --all` finds nothing but what these tests sent."""
    server = Kafka(tmp_path_factory.mktemp("kafka"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def article_id() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


def run(ingest: Ingest, *arguments: str, kafka: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "publisher", "rejected", *arguments],
        env=os.environ | {"KAFKA_BOOTSTRAP_SERVERS": kafka or ingest.kafka},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def printed(done: subprocess.CompletedProcess[str], code: int = 0) -> list[dict[str, Any]]:
    assert done.returncode == code, f"{done.stdout}{done.stderr}"
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_http_and_the_command_line_tell_the_same_of_a_refusal(ingest: Ingest, article_id: str) -> None:
    value = misspelt(article_id) + b" "
    found = refused(ingest, value, article_id, key="a key", headers={"x-bell": b"\x1b[7m", "x-raw": b"\xff"})
    assert "did you mean embargo_until?" in found["problem"]["detail"]
    assert found["size"] == len(value)
    assert printed(run(ingest, "list", "--id", article_id, "--json")) == [found]
    assert printed(run(ingest, "list", "--since", "1h", "--limit", "1", "--json")) == [found]
    (shown,) = printed(run(ingest, "show", found["place"], "--json"))
    sent = {"key": "a key", "value": value.decode()}
    assert shown == found | sent | {
        "headers": [["x-bell", "\x1b[7m"], ["x-raw", "data:application/octet-stream;base64,/w=="]]
    }
    for command in (["list"], ["show", found["place"]]):
        done = run(ingest, *command)
        assert done.returncode == 0, done.stderr
        assert found["place"] in done.stdout
        assert "embargo_until" in done.stdout
        assert "\x1b" not in done.stdout, "the terminal obeys no publisher"


def test_a_refused_message_is_repaired_and_sent_again(
    ingest: Ingest, article_id: str, tmp_path: Path
) -> None:
    place = refused(ingest, misspelt(article_id), article_id, key="a key", headers={"x-desk": b"7"})["place"]
    before = written(ingest.kafka, "ingest.v1")
    (outcome,) = printed(run(ingest, "replay", place, "--json"), 1)
    assert (outcome["outcome"], outcome["place"]) == ("refused", place)
    assert written(ingest.kafka, "ingest.v1") == before, "what cannot be accepted is not sent"
    repaired = tmp_path / "repaired.json"
    repaired.write_bytes(as_json(sent_article(article_id)))
    (outcome,) = printed(run(ingest, "replay", place, "--with", str(repaired), "--json"))
    assert (outcome["outcome"], outcome["id"], outcome["place"]) == ("accepted", article_id, place)
    assert ingest.outcome(article_id) == "published"
    again = [m for m in records(ingest.kafka, "ingest.v1") if m.value() == repaired.read_bytes()]
    assert [(m.key(), headers_of(m)["x-desk"]) for m in again] == [(b"a key", b"7")]
    assert not [name for name in headers_of(again[0]) if name.startswith("remen-")]


def test_a_message_too_large_to_be_kept_is_shown_by_its_beginning_and_sent_only_repaired(
    ingest: Ingest, article_id: str, tmp_path: Path
) -> None:
    produce(ingest.kafka, "ingest.v1", b"x" * 6_000_000, key=article_id, compression="zstd")

    def letters() -> list[dict[str, Any]]:
        return [one for one in printed(run(ingest, "list", "--json")) if one["size"] == 6_000_000]

    (place,) = (one["place"] for one in until(letters, "the refusal is told"))
    assert "its 6,000,000 bytes were too many to be kept" in run(ingest, "show", place).stdout
    (outcome,) = printed(run(ingest, "replay", place, "--json"), 1)
    assert (outcome["outcome"], outcome["problem"]["status"]) == ("refused", 413)
    assert "send it repaired" in outcome["problem"]["detail"]
    repaired = tmp_path / "repaired.json"
    repaired.write_bytes(as_json(sent_article(article_id)))
    (outcome,) = printed(run(ingest, "replay", place, "--with", str(repaired), "--json"))
    assert outcome["outcome"] == "accepted"


def test_what_was_refused_as_withdrawn_is_readable_after_reinstatement_and_replay(
    ingest: Ingest, article_id: str
) -> None:
    withdraw(ingest, article_id)
    place = refused(ingest, as_json(sent_article(article_id)), article_id)["place"]
    (outcome,) = printed(run(ingest, "replay", place, "--json"), 1)
    assert outcome["problem"]["status"] == 409, "it is still withdrawn"
    lifted = ingest.ask("POST", "/articles", json={"id": article_id, "action": "reinstate"})
    assert lifted.status_code == 200
    for _ in range(2):
        done = run(ingest, "replay", place)
        assert done.returncode == 0, done.stderr
        assert "accepted" in done.stdout
        assert "the same text standing" in done.stdout
        assert ingest.outcome(article_id) == "published"


def test_all_are_sent_again_in_their_order(ingest: Ingest, article_id: str) -> None:
    withdraw(ingest, article_id)
    for title in ("一", "二", "三"):
        refused(ingest, as_json(sent_article(article_id, title=title)), article_id)
    ingest.ask("POST", "/articles", json={"id": article_id, "action": "reinstate"})
    outcomes = printed(run(ingest, "replay", "--all", "--since", "1h", "--json"), 1)
    assert [one["outcome"] for one in outcomes if one["id"] == article_id] == ["accepted"] * 3
    texts = [m.value() for m in records(ingest.kafka, "articles.v1") if m.key() == article_id.encode()]
    assert json.loads(texts[-1] or b"")["title"] == "三"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["list", "--since", "yesterday"], "30m,"),
        (["show", "17"], "3-17"),
        (["replay"], "name the places"),
        (["replay", "3-17", "--all"], "name the places"),
        (["replay", "3-17", "3-18", "--with", __file__], "one message"),
        (["replay", "3-17", "--since", "1h"], "only with --all"),
    ],
)
def test_what_is_asked_wrongly_is_said(arguments: list[str], says: str) -> None:
    done = CliRunner().invoke(cli, ["rejected", *arguments])
    assert done.exit_code == 2
    assert says in done.output


@pytest.mark.parametrize(("command", "place"), [("show", "3-123456"), ("replay", "99-0")])
def test_a_letter_that_is_not_there_is_said_to_be_so(ingest: Ingest, command: str, place: str) -> None:
    done = run(ingest, command, place)
    assert done.returncode == 1
    assert f"no dead letter {place}" in done.stderr


@pytest.mark.parametrize("arguments", [["list"], ["show", "3-17"], ["replay", "--all"]])
def test_without_kafka_the_commands_give_up_in_time(ingest: Ingest, arguments: list[str]) -> None:
    done = run(ingest, *arguments, "--timeout", "0.5", kafka="127.0.0.1:1")
    assert done.returncode == 2
    assert "127.0.0.1:1" in done.stderr
    assert done.stdout == ""
