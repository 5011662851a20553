"""The two doors of ingest, the topic and HTTP, on a real Kafka with a client that is not ours."""

import json
import uuid

import pytest

from shared import wire
from shared.articles import MARK_SUFFIX
from tests.builders import as_json, sent_article
from tests.foreign import headers_of, produce, records, until
from tests.integration.ingest.conftest import Ingest


@pytest.fixture
def article_id() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


def read_back(ingest: Ingest, key: str) -> list[dict[str, object] | None]:
    found = [m for m in records(ingest.kafka, "articles.v1") if m.key() == key.encode()]
    return [None if m.value() is None else json.loads(m.value() or b"") for m in found]


@pytest.mark.parametrize("keyed", [True, False])
def test_an_article_sent_by_another_client_is_published_in_its_own_partition(
    ingest: Ingest, article_id: str, keyed: bool
) -> None:
    value = as_json(sent_article(article_id))
    partition, offset = produce(ingest.kafka, "ingest.v1", value, key=article_id if keyed else None)
    until(lambda: ingest.outcome(article_id) == "published", "the article is published")
    (message,) = [m for m in records(ingest.kafka, "articles.v1") if m.key() == article_id.encode()]
    assert message.partition() == wire.partition_for(article_id)
    order = json.loads(message.value() or b"")["order"]
    assert order[1][1:] == [partition, offset], "the order names where the input first arrived"


@pytest.mark.parametrize("compression", ["gzip", "snappy", "lz4", "zstd"])
def test_a_publisher_may_compress_as_it_likes(ingest: Ingest, article_id: str, compression: str) -> None:
    value = as_json(sent_article(article_id, body="一行。\n" * 2000))
    produce(ingest.kafka, "ingest.v1", value, compression=compression)
    until(lambda: ingest.outcome(article_id) == "published", "the article is published")


def test_an_input_in_another_partition_than_its_ids_is_sent_home_with_its_arrival(
    ingest: Ingest, article_id: str
) -> None:
    elsewhere = (wire.partition_for(article_id) + 1) % 12
    _, offset = produce(ingest.kafka, "ingest.v1", as_json(sent_article(article_id)), partition=elsewhere)
    until(lambda: ingest.outcome(article_id) == "published", "the article is published")
    (home,) = [m for m in records(ingest.kafka, "ingest.v1") if m.key() == article_id.encode()]
    arrived = wire.read_arrival(headers_of(home)["ce_arrived"])
    assert home.partition() == wire.partition_for(article_id)
    assert arrived[1:] == (elsewhere, offset)


def test_a_bad_input_is_kept_with_its_reason_and_the_next_one_goes_on(
    ingest: Ingest, article_id: str
) -> None:
    home = wire.partition_for(article_id)
    bad = as_json(sent_article(article_id, title="", section="a/b")) + b" "
    partition, offset = produce(
        ingest.kafka, "ingest.v1", bad, key=article_id, partition=home, headers={"x-desk": b"7"}
    )
    produce(ingest.kafka, "ingest.v1", as_json(sent_article(article_id)), partition=home)
    until(lambda: ingest.outcome(article_id) == "published", "the good input behind the bad one is published")
    (letter,) = [m for m in records(ingest.kafka, "ingest.v1.dead") if m.value() == bad]
    headers = headers_of(letter)
    problem = json.loads(headers["remen-problem"])
    assert letter.key() == article_id.encode()
    assert {error["pointer"] for error in problem["errors"]} == {"/title", "/section"}
    assert (headers["remen-partition"], headers["remen-offset"]) == (b"%d" % partition, b"%d" % offset)
    assert headers["x-desk"] == b"7"


@pytest.mark.parametrize("key", [None, "some-key"])
def test_a_message_without_a_value_is_refused_like_any_other(
    ingest: Ingest, article_id: str, key: str | None
) -> None:
    home = wire.partition_for(article_id)
    _, offset = produce(ingest.kafka, "ingest.v1", None, key=key, partition=home)
    produce(ingest.kafka, "ingest.v1", as_json(sent_article(article_id)), partition=home)
    until(lambda: ingest.outcome(article_id) == "published", "the message behind it is published")
    letters = [headers_of(m) for m in records(ingest.kafka, "ingest.v1.dead") if m.partition() == home]
    (problem,) = [json.loads(h["remen-problem"]) for h in letters if h["remen-offset"] == b"%d" % offset]
    assert "the message is empty" in problem["detail"]


def test_posting_an_article_is_answered_with_the_outcome_and_its_address(
    ingest: Ingest, article_id: str
) -> None:
    answer = ingest.ask("POST", "/articles", json=sent_article(article_id, revision=2))
    assert answer.status_code == 201
    assert answer.json()["url"] == f"http://127.0.0.1:8080/article/{article_id}"
    assert answer.headers["location"] == answer.json()["url"]
    known = ingest.ask("GET", f"/articles/{article_id}")
    assert (known.status_code, known.json()["state"], known.json()["revision"]) == (200, "published", 2)


def test_a_dry_run_tells_what_would_stand_and_writes_nothing(ingest: Ingest, article_id: str) -> None:
    sent = sent_article(article_id, format="html", body="<p>早安。</p>", mood="calm")
    answer = ingest.ask("POST", "/articles?dry_run=true", json=sent)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "not sent")
    assert answer.json()["article"]["blocks"] == [{"kind": "paragraph", "text": "早安。"}]
    assert [note["pointer"] for note in answer.json()["notes"]] == ["/mood"]
    refused = ingest.ask("POST", "/articles?dry_run=true", json=sent | {"draft": "yes"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/draft")
    published = ingest.ask("POST", "/articles", json=sent)
    assert (published.status_code, published.json()["notes"]) == (201, answer.json()["notes"])
    assert len(read_back(ingest, article_id)) == 1


def test_who_holds_a_token_can_ask_what_it_is_for(ingest: Ingest) -> None:
    answer = ingest.ask("GET", "/whoami")
    assert answer.status_code == 200
    assert answer.json().keys() == {"name", "sections", "desk"}
    assert ingest.ask("GET", "/whoami", who=None).status_code == 401


def test_a_stale_revision_and_a_publish_after_a_withdrawal_are_conflicts(
    ingest: Ingest, article_id: str
) -> None:
    assert ingest.ask("POST", "/articles", json=sent_article(article_id, revision=2)).status_code == 201
    assert ingest.ask("POST", "/articles", json=sent_article(article_id, revision=1)).status_code == 409
    assert ingest.ask("DELETE", f"/articles/{article_id}", params={"reason": "legal"}).status_code == 200
    assert ingest.ask("POST", "/articles", json=sent_article(article_id, revision=3)).status_code == 409
    known = ingest.ask("GET", f"/articles/{article_id}")
    assert (known.status_code, known.json()["state"], known.json()["revision"]) == (410, "withdrawn", 2)
    assert read_back(ingest, article_id)[-1] is None, "the text is erased"
    mark = read_back(ingest, article_id + MARK_SUFFIX)[-1]
    assert mark is not None
    assert mark["reason"] == "legal"
    lifted = ingest.ask("POST", "/articles", json={"id": article_id, "action": "reinstate"})
    assert lifted.status_code == 200
    assert ingest.ask("POST", "/articles", json=sent_article(article_id)).status_code == 201


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("POST", "/articles", {"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ("POST", "/articles", {"json": sent_article(), "who": None}, 401),
        ("POST", "/articles", {"json": sent_article(), "headers": {"Authorization": "Bearer x"}}, 401),
        ("POST", "/articles", {"json": sent_article(), "who": "sports"}, 403),
        ("POST", "/articles", {"content": b"x", "headers": {"content-type": "text/plain"}}, 415),
        ("POST", "/articles", {"json": sent_article(body="x" * 1_000_001)}, 413),
        ("POST", "/articles", {"json": {"id": "a/b"}}, 422),
        ("DELETE", "/articles/x?reason=whim", {}, 422),
        ("DELETE", "/articles/x", {}, 422),
        ("GET", "/articles/never-heard-of", {}, 404),
        ("GET", "/nowhere", {}, 404),
        ("PUT", "/articles", {}, 405),
        ("POST", "/desk", {"json": {"action": "pin", "article": "x", "who": "a", "why": "b"}}, 403),
    ],
)
def test_every_error_is_a_problem_document(
    ingest: Ingest, method: str, path: str, more: dict[str, object], status: int
) -> None:
    answer = ingest.ask(method, path, **more)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_a_desk_action_is_written_with_who_and_why(ingest: Ingest, article_id: str) -> None:
    pin = {"action": "pin", "article": article_id, "position": 1, "who": "林编辑", "why": "开放日"}
    assert ingest.ask("POST", "/desk", "desk", json=pin).status_code == 409, "the article is not known yet"
    ingest.ask("POST", "/articles", json=sent_article(article_id))
    assert ingest.ask("POST", "/desk", "desk", json=pin).status_code == 200
    written = [json.loads(m.value() or b"") for m in records(ingest.kafka, "desk.v1")]
    said = [(w["who"], w.get("remark"), w["why"]) for w in written if w.get("article") == article_id]
    assert said == [("desk", "林编辑", "开放日")]


def test_a_void_of_all_articles_is_written_for_rank(ingest: Ingest) -> None:
    who = f"值班{uuid.uuid4().hex[:8]}"
    void = {
        "action": "void",
        "segment": 123,
        "from": "2026-11-15T09:00:00+08:00",
        "until": "2026-11-15T12:00:00+08:00",
        "who": who,
        "why": "刷量",
    }
    assert ingest.ask("POST", "/desk", json=void).status_code == 403, "a desk's token is needed"
    answer = ingest.ask("POST", "/desk", "desk", json=void)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"outcome": "accepted", "url": "http://127.0.0.1:8080/hot"}
    written = [json.loads(m.value() or b"") for m in records(ingest.kafka, "desk.v1")]
    (told,) = [w for w in written if w.get("remark") == who]
    assert (told["segment"], told.get("article")) == (123, None)


def test_a_trace_is_passed_through(ingest: Ingest, article_id: str) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    ingest.ask("POST", "/articles", json=sent_article(article_id), headers={"traceparent": trace})
    (message,) = [m for m in records(ingest.kafka, "articles.v1") if m.key() == article_id.encode()]
    assert headers_of(message)["traceparent"] == trace.encode()
