"""What a publisher of its own may do at the broker: write to its own topic, and nothing else.

The broker is set up as services/ingest/README.md says, but for TLS: publishers come in through a listener
that asks for a name and a password, the services through one that publishers cannot reach.
"""

import json
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # it has no __all__
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from dev import jars, java
from tests.builders import as_json, sent_article
from tests.foreign import DEADLINE_S, produce, until
from tests.integration.ingest.conftest import TOKENS, Ingest
from tests.real import Kafka, Service, free_base

SPORTS: Final = {"sasl.username": "sports", "sasl.password": "known to sports"}
TOPIC: Final = "ingest.v1.sports"
LISTENERS: Final = """\
listeners=CLIENT://127.0.0.1:{{port}},PUBLISHERS://{publishers},CONTROLLER://127.0.0.1:{{controller}}
advertised.listeners=CLIENT://127.0.0.1:{{port}},PUBLISHERS://{publishers}
listener.security.protocol.map=CLIENT:PLAINTEXT,PUBLISHERS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
listener.name.publishers.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.publishers.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
"""


@dataclass(frozen=True)
class Guarded:
    """An ingest, and the listener of its Kafka that asks who is there."""

    ingest: Ingest
    publishers: str

    def client(self, **changes: Any) -> dict[str, Any]:
        """Give the settings of a client that says it is sports."""
        return {
            "bootstrap.servers": self.publishers,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanisms": "SCRAM-SHA-512",
            **SPORTS,
        } | {name.replace("_", "."): value for name, value in changes.items()}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    publishers = f"127.0.0.1:{free_base(1)}"
    kafka = Kafka(folder, LISTENERS.format(publishers=publishers))
    own = [entry | {"topic": entry["name"] == "sports"} for entry in json.loads(TOKENS)]
    tokens = json.dumps(own)
    ingest = Service("ingest", folder, KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap, INGEST_TOKENS=tokens)
    try:
        kafka.start()
        let_in(kafka.bootstrap)
        ingest.start()
        yield Guarded(Ingest(kafka.bootstrap, ingest.url), publishers)
    finally:
        ingest.stop()
        kafka.stop()


def let_in(bootstrap: str) -> None:
    """Make the user sports, who may write to its own topic."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    strength = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
    user = UserScramCredentialUpsertion("sports", strength, SPORTS["sasl.password"].encode())
    admin.alter_user_scram_credentials([user])["sports"].result(DEADLINE_S)
    right = AclBinding(
        ResourceType.TOPIC,
        TOPIC,
        ResourcePatternType.LITERAL,
        "User:sports",
        "*",
        AclOperation.WRITE,
        AclPermissionType.ALLOW,
    )
    admin.create_acls([right])[right].result(DEADLINE_S)


def refused_to_write(
    settings: dict[str, Any], topic: str, value: bytes, headers: Sequence[tuple[str, bytes]] = ()
) -> KafkaError | None:
    """Send one record; give the reason for which it was not taken, None if it was."""
    reasons: list[KafkaError | None] = []
    producer = Producer(settings)
    producer.produce(topic, value, headers=list(headers), on_delivery=lambda error, _: reasons.append(error))
    assert producer.flush(DEADLINE_S) == 0
    return reasons[0]


@pytest.mark.parametrize(("idempotent", "section"), [(False, "体育"), (True, "体育"), (True, "體育")])
def test_a_publisher_publishes_in_its_section(guarded: Guarded, idempotent: bool, section: str) -> None:
    article_id = f"by-sports-{uuid.uuid4().hex[:12]}"
    settings = guarded.client(enable_idempotence=idempotent)
    assert refused_to_write(settings, TOPIC, as_json(sent_article(article_id, section=section))) is None
    until(lambda: guarded.ingest.outcome(article_id) == "published", "the article is published")


@pytest.mark.parametrize("claims", ["newsroom", "desk", "publisher"])
def test_a_publisher_does_nothing_else_whoever_it_says_it_is(guarded: Guarded, claims: str) -> None:
    article_id = f"not-by-sports-{claims}"
    assert guarded.ingest.ask("POST", "/articles", json=sent_article(article_id)).status_code == 201
    pin = {"action": "pin", "article": article_id, "who": claims, "why": "x"}
    withdraw = {"id": article_id, "action": "withdraw", "reason": "legal"}
    for sent in (pin, withdraw, sent_article(article_id, revision=9), sent_article(f"{article_id}-2")):
        for name in ("ce_publisher", "CE_PUBLISHER"):
            headers = [(name, claims.encode()), ("ce_publisher", claims.encode())]
            assert refused_to_write(guarded.client(), TOPIC, as_json(sent), headers) is None
    last = f"{article_id}-last"
    refused_to_write(guarded.client(), TOPIC, as_json(sent_article(last, section="体育")))
    until(lambda: guarded.ingest.outcome(last) == "published", "what came last is published")

    def refusals() -> bool:
        asked = {"id": article_id, "limit": "200"}
        told = guarded.ingest.ask("GET", "/rejections", "sports", params=asked).json()["rejections"]
        return len(told) == 6 and {one["problem"]["status"] for one in told} == {403}

    until(refusals, "all is refused, and sports is told")
    known = guarded.ingest.ask("GET", f"/articles/{article_id}").json()
    assert (known["state"], known["revision"]) == ("published", 0)
    assert guarded.ingest.outcome(f"{article_id}-2") == "unknown"


@pytest.mark.parametrize("topic", ["ingest.v1", "articles.v1", "ingest.v1.dead", "desk.v1", "views.v1"])
def test_a_publisher_writes_nowhere_else(guarded: Guarded, topic: str) -> None:
    refusal = refused_to_write(guarded.client(), topic, as_json(sent_article()))
    assert refusal is not None
    assert refusal.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED


def test_a_publisher_reads_nothing_not_even_what_it_wrote(guarded: Guarded) -> None:
    reader = Consumer(guarded.client(group_id="sports"))
    reader.assign([TopicPartition(TOPIC, number, OFFSET_BEGINNING) for number in range(12)])
    answers: list[KafkaError | None] = []

    def refused() -> bool:
        answers.extend(message.error() for message in reader.consume(timeout=0.2))
        return any(error and error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED for error in answers)

    try:
        until(refused, "the broker refuses to be read")
        assert all(answers), "not one record was given"
        assert set(reader.list_topics(timeout=DEADLINE_S).topics) == {TOPIC}, "no other is even named"
    finally:
        reader.close()


@pytest.mark.parametrize("stranger", [{"sasl_password": "a guess"}, {"sasl_username": "somebody"}])
def test_who_cannot_prove_who_it_is_gets_no_further(guarded: Guarded, stranger: dict[str, str]) -> None:
    said: list[KafkaError] = []
    reasons: list[KafkaError | None] = []
    producer = Producer(guarded.client(**stranger) | {"error_cb": said.append})
    producer.produce(TOPIC, b"{}", on_delivery=lambda error, _: reasons.append(error))

    def refused() -> bool:
        producer.poll(0.1)
        return any(error.code() == KafkaError._AUTHENTICATION for error in said)

    until(refused, "the broker refuses the stranger")
    producer.purge()
    producer.flush(DEADLINE_S)
    assert [error.code() for error in reasons if error] == [KafkaError._PURGE_QUEUE], "nothing was taken"


def test_the_services_go_on_as_before(guarded: Guarded) -> None:
    answer = guarded.ingest.ask("POST", "/articles", json=sent_article("by-http"))
    assert answer.status_code == 201


def test_a_publisher_beyond_its_quota_is_delayed_and_others_are_not(guarded: Guarded) -> None:
    machine, jar = java.find(), ":".join(str(jar.path) for jar in jars.locked())
    where = ["--bootstrap-server", guarded.ingest.kafka, "--entity-type", "users", "--entity-name", "sports"]
    quota = ["--alter", "--add-config", "producer_byte_rate=65536,request_percentage=25"]
    subprocess.run(
        [str(machine.path), "-cp", jar, "kafka.admin.ConfigCommand", *where, *quota],
        check=True,
        timeout=60,
        capture_output=True,
    )
    delays: list[float] = []
    producer = Producer(guarded.client() | {"throttle_cb": lambda event: delays.append(event.throttle_time)})

    def delayed() -> bool:
        if len(producer) < 5:
            producer.produce(TOPIC, b"x" * 100_000)
        producer.poll(0.1)
        return any(delays)

    until(delayed, "the broker holds sports back")
    producer.purge()
    producer.flush(DEADLINE_S)
    answer = guarded.ingest.ask("POST", "/articles", json=sent_article("by-others"))
    assert answer.is_success
    until(lambda: guarded.ingest.outcome("by-others") == "published", "others are served")


def readers(bootstrap: str, topic: str) -> int:
    """Count the members of the group that read a topic; -1 if nobody knows yet."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    try:
        group = admin.describe_consumer_groups(["ingest"])["ingest"].result(DEADLINE_S)
    except KafkaException:
        return -1
    return sum(any(tp.topic == topic for tp in m.assignment.topic_partitions) for m in group.members)


@pytest.mark.parametrize(
    ("first", "then", "behind"), [("s", "s", ""), ("", "s", ""), ("s", "", "s"), ("", "s", "s")]
)
def test_an_ingest_comes_back_and_reads_what_it_is_to_read_now(
    kafka: Kafka, tmp_path: Path, first: str, then: str, behind: str
) -> None:
    topic, file = f"ingest.v1.{(publisher := f'p-{uuid.uuid4().hex[:12]}')}", tmp_path / "tokens.json"

    def give(a_topic: str) -> None:
        entry = {"name": publisher, "sha256": "0" * 64, "topic": bool(a_topic)}
        file.write_text(json.dumps([*json.loads(TOKENS), entry]))

    def is_read(where: str) -> None:
        name = f"test-{uuid.uuid4().hex[:12]}"
        produce(kafka.bootstrap, where, as_json(sent_article(name)))
        until(lambda: Ingest(kafka.bootstrap, ingest.url).outcome(name) == "published", f"{where} is read")

    give(first)
    ingest = Service(
        "ingest",
        tmp_path,
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap,
        INGEST_TOKENS_FILE=str(file),
        INGEST_INSTANCE=publisher,
    )
    try:
        ingest.start()
        until(lambda: readers(kafka.bootstrap, topic) == bool(first), "it reads what it is to read first")
        give(then)
        until(lambda: readers(kafka.bootstrap, topic) == bool(then), "it reads what it is to read then")
        is_read("ingest.v1")
        ingest.kill()
        give(behind)
        ingest.start()
        is_read("ingest.v1")
        if behind:
            is_read(topic)
    finally:
        ingest.stop()
