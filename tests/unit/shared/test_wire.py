"""How events lie in records: partitions, headers, positions."""

import pytest
from aiokafka.partitioner import murmur2
from hypothesis import given
from hypothesis import strategies as st

from shared import wire
from shared.events import Arrival
from tests.builders import NOON, published

# Partitions of 12 as Kafka's own Java client computes them for these keys.
JAVA = {"ankara-talks": 3, "a": 4, "harbour-library": 0}


@pytest.mark.parametrize(("article_id", "partition"), JAVA.items())
def test_a_partition_is_the_one_that_kafkas_own_client_chooses(article_id: str, partition: int) -> None:
    assert wire.partition_for(article_id) == partition


@given(st.binary(max_size=70))
def test_a_key_is_hashed_as_kafkas_clients_do(key: bytes) -> None:
    assert wire.murmur2(key) == murmur2(key) & 0xFFFFFFFF


def test_every_id_has_one_of_twelve_partitions() -> None:
    found = {wire.partition_for(f"article-{n}") for n in range(1000)}
    assert found == set(range(12))


@given(st.builds(Arrival, st.integers(0, 2**47 - 1), st.integers(0, 11), st.integers(0, 2**63 - 1)))
def test_an_arrival_survives_its_header(arrival: Arrival) -> None:
    assert wire.read_arrival(wire.write_arrival(arrival)) == arrival


@pytest.mark.parametrize(
    "value",
    [
        *(b"", b"1/2", b"1/2/3/4", b"a/b/c", b"-1/0/0", b"1/12/0", b"1/0/-1", b"1/0/1" + b"0" * 19),
        # what Python's int would take for a number
        *("१/0/0".encode(), b"+1/0/0", b"1_0/0/0", b" 1/0/0", b"1/0/0\n", b"9" * 5000 + b"/0/0", b"\xff/0/0"),
    ],
)
def test_a_header_that_is_no_arrival_is_a_value_error(value: bytes) -> None:
    with pytest.raises(ValueError, match=r"three numbers|no record"):
        wire.read_arrival(value)


def test_an_event_is_a_cloud_event_in_readable_utf8() -> None:
    event = published(title="题目 ‘引’")
    headers = dict(wire.event_headers(event, source="/remen/ingest", event_id="ingest.v1/3/7", at=NOON))
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_type"] == b"remen.ArticlePublished"
    assert headers["ce_time"] == b"2026-11-15T12:00:00+00:00"
    assert headers["content-type"] == b"application/json"
    assert "题目 ‘引’".encode() in wire.encode(event)


def test_the_first_of_equal_headers_counts_and_names_have_no_case() -> None:
    assert wire.first_values([("A", b"1"), ("a", b"2"), ("b", None)]) == {"a": b"1"}


def test_a_request_id_that_is_too_long_for_one_of_ours_is_none() -> None:
    assert wire.request_id([(wire.REQUEST_ID, b"x" * 100_000)]) == ""
    assert wire.request_id([(wire.REQUEST_ID, None)]) == ""
    assert wire.request_id([(wire.REQUEST_ID, b"\xff")]) == "\ufffd"
