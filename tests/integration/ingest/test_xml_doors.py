"""NITF and NewsML-G2 at every door: over HTTP, through the topic, from files."""

import uuid
from pathlib import Path

import pytest

from tests.foreign import produce, until
from tests.integration.ingest.conftest import Ingest
from tests.integration.publisher.test_publish_command import run, told


@pytest.fixture
def name() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


def nitf(article_id: str, *, status: str = "usable", paragraphs: int = 1) -> bytes:
    more = f'<doc-id id-string="{article_id}"/><fixture fix-id="tides"/>'
    docdata = f'<docdata management-status="{status}">{more}</docdata>'
    head = "<body.head><hedline><hl1>港口关闭</hl1></hedline></body.head>"
    body = f"<body>{head}<body.content>{'<p>河城港口周日关闭。</p>' * paragraphs}</body.content></body>"
    return f'<?xml version="1.0"?><nitf><head>{docdata}</head>{body}</nitf>'.encode()


@pytest.mark.parametrize(
    "media_type",
    [
        "application/xml",
        "text/xml; charset=utf-8",
        "application/nitf+xml",
        "application/vnd.iptc.g2.newsitem+xml",
    ],
)
def test_xml_is_taken_over_http_and_a_kill_takes_it_down(ingest: Ingest, name: str, media_type: str) -> None:
    headers = {"content-type": media_type}
    answer = ingest.ask("POST", "/articles", content=nitf(name), headers=headers)
    assert (answer.status_code in (201, 202), answer.json()["id"]) == (True, name)
    killed = ingest.ask("POST", "/articles", content=nitf(name, status="canceled"), headers=headers)
    assert killed.status_code in (200, 202)
    until(lambda: ingest.outcome(name) == "withdrawn", "it is taken down")


def test_over_http_a_charset_outranks_the_declaration(ingest: Ingest, name: str) -> None:
    declared = nitf(name).decode().replace('version="1.0"', 'version="1.0" encoding="iso-8859-1"')
    headers = {"content-type": 'application/xml; charset="GBK"'}
    answer = ingest.ask("POST", "/articles?dry_run=true", content=declared.encode("gbk"), headers=headers)
    assert answer.json()["article"]["title"] == "港口关闭"
    headers = {"content-type": "application/xml; charset=no-such"}
    answer = ingest.ask("POST", "/articles", content=nitf(name), headers=headers)
    assert (answer.status_code, "no-such" in answer.json()["detail"]) == (400, True)


def test_a_long_document_is_read_and_what_became_of_it_told(ingest: Ingest, name: str) -> None:
    headers = {"content-type": "application/nitf+xml"}
    answer = ingest.ask("POST", "/articles", content=nitf(name, paragraphs=3_000), headers=headers)
    assert answer.status_code in (201, 202)
    assert [note["pointer"] for note in answer.json()["notes"]] == ["fixture"]
    until(lambda: ingest.outcome(name) == "published", "the article is published")


def test_other_xml_is_refused_over_http_with_what_to_do(ingest: Ingest) -> None:
    headers = {"content-type": "application/rss+xml"}
    answer = ingest.ask("POST", "/articles", content=b"<rss/>", headers=headers)
    assert (answer.status_code, "import-feed" in answer.json()["detail"]) == (422, True)
    assert (
        ingest.ask("POST", "/articles", content=b"x", headers={"content-type": "text/plain"}).status_code
        == 415
    )


def test_xml_is_taken_through_the_topic(ingest: Ingest, name: str) -> None:
    produce(ingest.kafka, "ingest.v1", nitf(name))
    until(lambda: ingest.outcome(name) == "published", "the article is published")


def test_xml_is_taken_from_files(ingest: Ingest, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.xml").write_bytes(nitf(name))
    (tmp_path / "b.xml").write_bytes(b"<rss/>")
    done = run(ingest.kafka, "publish", "--json", tmp_path)
    assert [(one["id"], one["outcome"]) for one in told(done)] == [(name, "accepted"), (None, "refused")]
    assert "import-feed" in told(done)[1]["problem"]["detail"]
