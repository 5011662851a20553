"""The publisher's command line against a running ingest: what goes in, what is told, with which exit code."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from publisher.app import cli
from shared import topics
from shared.kafka import ensure_topics
from tests.builders import as_json, sent_article
from tests.foreign import records, until, written
from tests.integration.ingest.conftest import Ingest
from tests.real import Kafka, Redis, free_base

MARKDOWN = "---\ntitle: 旧邮局改成图书馆\nsection: 地方\n---\n(河城15日讯)河城旧邮局**周日**开放。\n"
PAGE = "<title>x</title><meta property='article:section' content='地方'><h1>港口</h1><p>第一段。</p>"


@pytest.fixture
def name() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "publisher", *map(str, arguments)]


def environment(kafka: str) -> dict[str, str]:
    return os.environ | {"KAFKA_BOOTSTRAP_SERVERS": kafka, "SITE_URL": "https://river.example"}


def run(kafka: str, *arguments: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        command(*arguments), env=environment(kafka), input=given, capture_output=True, check=False, timeout=90
    )
    assert b"Traceback" not in done.stderr
    return done


def told(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    """Give what a command printed with `--json`."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_format_is_published_and_its_outcome_told(ingest: Ingest, tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}-1.json").write_bytes(as_json(sent_article() | {"id": None}))
    (tmp_path / f"{name}-2.md").write_text(MARKDOWN)
    (tmp_path / f"{name}-3.html").write_text(PAGE)
    (tmp_path / f"{name}-4.jsonl").write_bytes(as_json(sent_article(f"{name}-4")) + b"\n")
    event = {"specversion": "1.0", "id": "1", "source": "/x", "type": "x", "data": sent_article(f"{name}-5")}
    (tmp_path / f"{name}-5.json").write_bytes(as_json(event))
    done = run(ingest.kafka, "publish", "--json", tmp_path)
    ids = [f"{name}-{number}" for number in range(1, 6)]
    assert [one["id"] for one in told(done)] == ids
    assert {one["outcome"] for one in told(done)} == {"accepted"}
    assert told(done)[1] == {
        "file": str(tmp_path / f"{name}-2.md"),
        "id": f"{name}-2",
        "outcome": "accepted",
        "url": f"https://river.example/article/{name}-2",
        "problem": None,
        "notes": [],
    }
    assert (done.returncode, done.stderr) == (0, b"")
    assert {ingest.outcome(article_id) for article_id in ids} == {"published"}


def test_a_refused_file_is_told_with_every_fault_and_the_others_go_on(
    ingest: Ingest, tmp_path: Path, name: str
) -> None:
    bad = tmp_path / "bad.md"
    bad.write_text("---\ntitle: 题\nrevision: three\n---\n正文。![图](1.jpg)")
    good = tmp_path / f"{name}.md"
    good.write_text(MARKDOWN)
    before = written(ingest.kafka, "ingest.v1")
    done = run(ingest.kafka, "publish", "--json", bad, good)
    assert done.returncode == 1
    refused, accepted = told(done)
    assert (refused["outcome"], accepted["outcome"]) == ("refused", "accepted")
    assert [fault["pointer"] for fault in refused["problem"]["errors"]] == ["/body", "/section", "/revision"]
    assert written(ingest.kafka, "ingest.v1") == before + 1, "what is refused beforehand is not sent"
    shown = run(ingest.kafka, "publish", bad)
    assert "/section: is required" in shown.stdout.decode()


def test_the_worker_has_the_last_word(ingest: Ingest, name: str) -> None:
    article = as_json(sent_article(name, revision=2))
    assert run(ingest.kafka, "publish", "-", given=article).returncode == 0
    withdrawn = run(ingest.kafka, "withdraw", name, "--reason", "legal", "--note", "和解", "--json")
    assert (withdrawn.returncode, told(withdrawn)[0]["outcome"]) == (0, "accepted")
    assert ingest.outcome(name) == "withdrawn"
    (refused,) = told(run(ingest.kafka, "publish", "--json", "-", given=article))
    assert (refused["outcome"], refused["problem"]["status"]) == ("refused", 409)
    assert "reinstate it first" in refused["problem"]["detail"]
    assert run(ingest.kafka, "reinstate", name).returncode == 0
    assert run(ingest.kafka, "reinstate", name).returncode == 1, "there is nothing to lift any more"
    assert run(ingest.kafka, "publish", "-", given=article).returncode == 0


def test_more_than_are_under_way_at_a_time_are_told_in_their_order(ingest: Ingest, name: str) -> None:
    ids = [f"{name}-{number}" for number in range(250)]
    lines = b"\n".join(as_json(sent_article(article_id)) for article_id in ids)
    done = run(ingest.kafka, "publish", "--json", "-", given=lines)
    assert [(one["id"], one["outcome"]) for one in told(done)] == [(one, "accepted") for one in ids]


@pytest.fixture
def feed_server() -> Iterator[str]:
    """Give the address of a feed behind a redirection; its one guid and time are new each time."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            moved = self.path == "/old"
            self.send_response(301 if moved else 200)
            if moved:
                self.send_header("Location", "/feed.xml")
            self.end_headers()
            if not moved:
                self.wfile.write(feed.encode())

        def log_message(self, *arguments: object) -> None:
            pass

    guid = uuid.uuid4().hex
    feed = (
        "<rss version='2.0'><channel><title>河城日报</title><item><title>题</title>"
        f"<guid isPermaLink='false'>{guid}</guid><pubDate>Sun, 15 Nov 2026 18:30:00 +0800</pubDate>"
        "<description>&lt;img src='/1.jpg'&gt;&lt;p&gt;第一段。&lt;/p&gt;</description></item>"
        "<item><title>无文</title><guid>x</guid></item></channel></rss>"
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/old"
    server.shutdown()
    server.server_close()


def test_a_feed_is_imported_and_again_without_harm(ingest: Ingest, feed_server: str) -> None:
    for _ in range(2):
        done = run(ingest.kafka, "import-feed", "--json", "--section", "外电", feed_server)
        assert done.returncode == 1, "one entry has no text"
        accepted, refused = told(done)
        assert (accepted["place"], accepted["outcome"]) == ("entry 1", "accepted")
        assert refused["problem"]["detail"].startswith("has no text")
    texts = [m.value() for m in records(ingest.kafka, "articles.v1") if m.key() == accepted["id"].encode()]
    article = json.loads(texts[-1] or b"")
    assert (article["section"], article["source"], article["order"][0]) == ("外电", "河城日报", 1794738600)


def test_where_no_ingest_runs_it_says_so_or_leaves_the_article_pending(
    brokers: Callable[[], tuple[Kafka, Redis]], name: str
) -> None:
    kafka = brokers()[0].bootstrap
    publish = ("publish", "--json", "--timeout", "1.5", "-")
    done = run(kafka, *publish, given=as_json(sent_article(name)))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"has ingest run there, which makes the topics?" in done.stderr
    asyncio.run(ensure_topics(kafka, topics.ALL))
    lines = b"\n".join(as_json(sent_article(f"{name}-{number}")) for number in range(150))
    done = run(kafka, *publish, given=lines)
    assert done.returncode == 1
    assert [one["outcome"] for one in told(done)] == ["pending"] * 150
    assert written(kafka, "ingest.v1") == 150, "what is pending is sent"


def test_an_address_of_kafka_that_is_not_one_is_said(name: str) -> None:
    done = run("127.0.0.1:port", "reinstate", name)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("KAFKA_BOOTSTRAP_SERVERS: must be host:port")


def test_without_kafka_it_says_so_in_time_and_ends_with_2(name: str) -> None:
    away = f"127.0.0.1:{free_base(1)}"
    done = run(away, "publish", "--json", "--timeout", "0.5", "-", given=as_json(sent_article(name)))
    assert (done.returncode, done.stdout) == (2, b"")
    assert f"Kafka at {away} did not answer within 0.5 s" in done.stderr.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ("publish",),
        ("publish", "--watch", "nowhere"),
        ("withdraw", "x"),
        ("withdraw", "x", "--reason", "whim"),
        ("import-feed", "nowhere.xml"),
        ("import-feed", "ftp://river.example/feed.xml"),
    ],
)
def test_wrong_use_ends_with_2_and_says_why(arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(cli, arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr


def test_an_empty_folder_is_wrong_use(tmp_path: Path) -> None:
    assert CliRunner().invoke(cli, ("publish", str(tmp_path))).exit_code == 2


def test_watching_publishes_what_is_new_or_changed_until_it_is_interrupted(
    ingest: Ingest, tmp_path: Path, name: str
) -> None:
    output = tmp_path / "told"
    folder = tmp_path / "articles"
    (folder / "deep").mkdir(parents=True)
    first, second = folder / f"{name}-1.md", folder / "deep" / f"{name}-2.md"
    first.write_text(MARKDOWN)

    def ids() -> list[str]:
        return [json.loads(line)["id"] for line in output.read_text().splitlines()]

    with output.open("wb") as stdout:
        watching = subprocess.Popen(
            command("publish", "--watch", "--json", folder),
            env=environment(ingest.kafka),
            stdout=stdout,
            # whoever runs the tests in the background has Ctrl-C ignored by all that they start
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    try:
        until(lambda: ids() == [f"{name}-1"], "what is there is published")
        first.touch()
        second.write_text(MARKDOWN)
        until(lambda: ids() == [f"{name}-1", f"{name}-2"], "what is new is published, what is touched not")
        first.write_text(MARKDOWN + "\n又一段。\n")
        second.unlink()
        until(lambda: ids() == [f"{name}-1", f"{name}-2", f"{name}-1"], "what has changed is published")
        watching.send_signal(signal.SIGINT)
        assert watching.wait(60) == 0
    finally:
        watching.kill()
        watching.wait()
    assert ingest.outcome(f"{name}-2") == "published", "a deleted file withdraws nothing"
