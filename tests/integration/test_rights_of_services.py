"""Each service works with the rights that `ops/setup` gives it in Kafka and Redis, and with no others.

The broker is set up as in the compose file: whoever comes by the listener of the services says who it is.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]  # it has no __all__
from redis import Redis as RedisClient
from redis.exceptions import NoPermissionError

from ops.setup import keys, rights
from ops.setup.kafka import let_in, shut_out
from tests.builders import as_json, sent_article
from tests.foreign import DEADLINE_S, until
from tests.integration.refusals_of_kafka import read, written
from tests.real import Kafka, Redis, Service, free_base

LISTENERS: Final = """\
listeners=CLIENT://127.0.0.1:{{port}},SERVICES://{services},CONTROLLER://127.0.0.1:{{controller}}
advertised.listeners=CLIENT://127.0.0.1:{{port}},SERVICES://{services}
listener.security.protocol.map=CLIENT:PLAINTEXT,SERVICES:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.services.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
"""
TOPICS: Final = ("ingest.v1", "ingest.v1.dead", "articles.v1", "views.v1", "desk.v1", "salts.v1", "hot.v1")
PUBLISHER: Final = "sport"
USERS: Final = (*rights.RIGHTS, PUBLISHER)


@dataclass(frozen=True)
class Plant:
    """A site whose brokers ask who is there."""

    keys: Path
    loopback: str
    services: str
    redis_port: int
    urls: dict[str, str]

    def client(self, user: str) -> dict[str, Any]:
        """Give the settings of a foreign Kafka client that says it is this user."""
        return {
            "bootstrap.servers": self.services,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanisms": "SCRAM-SHA-512",
            "sasl.username": user,
            "sasl.password": keys.kafka_passwords(self.keys)[user],
        }

    def redis(self, user: str | None) -> RedisClient:
        """Give a client of Redis that says it is this user."""
        password = (self.keys / user / "redis_password").read_text().strip() if user else None
        return RedisClient(port=self.redis_port, username=user, password=password, decode_responses=True)


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    folder = tmp_path_factory.mktemp("secured")
    services = f"127.0.0.1:{free_base(1)}"
    kafka, redis = Kafka(folder, LISTENERS.format(services=services)), Redis(folder)
    own = keys_of(folder)
    redis_port = int(redis.url.rpartition(":")[2].partition("/")[0])
    started = {
        name: Service(
            name,
            folder,
            KAFKA_BOOTSTRAP_SERVERS=services,
            KAFKA_SECURITY_PROTOCOL="SASL_PLAINTEXT",
            KAFKA_USERNAME=name,
            KAFKA_PASSWORD_FILE=str(own / name / "kafka_password"),
            **more,
        )
        for name, more in {
            "ingest": {"INGEST_TOKENS_FILE": str(own / "ingest" / "tokens")},
            "rank": redis_of("rank", redis_port, own),
            "render": redis_of("render", redis_port, own)
            | {"RENDER_TOKEN_KEY_FILE": str(own / "render" / "token_key"), "RENDER_DATA": str(folder)},
        }.items()
    }
    try:
        kafka.start()
        let_in(kafka.bootstrap, keys.kafka_passwords(own))
        redis.start()
        with RedisClient(port=redis_port) as trusted:
            for line in reversed((own / "redis" / "users.acl").read_text().splitlines()):
                trusted.execute_command("ACL", "SETUSER", *line.split()[1:])
        for service in started.values():
            service.start()
        yield Plant(own, kafka.bootstrap, services, redis_port, {n: s.url for n, s in started.items()})
    finally:
        for service in started.values():
            service.stop()
        redis.stop()
        kafka.stop()


def keys_of(folder: Path) -> Path:
    own = folder / "keys"
    for name in ("ingest", "rank", "render", "redis", "operator"):
        (own / name).mkdir(parents=True)
    keys.draw(own)
    keys.draw_publisher(own, PUBLISHER)
    tokens = own / "ingest" / "tokens"
    publisher = {"name": PUBLISHER, "sections": ["地方"], "topic": True, "sha256": "0" * 64}
    keys.put(tokens, json.dumps([*json.loads(tokens.read_text()), publisher]))
    return own


def redis_of(user: str, port: int, own: Path) -> dict[str, str]:
    file = own / user / "redis_password"
    return {"REDIS_URL": f"redis://{user}@127.0.0.1:{port}/0", "REDIS_PASSWORD_FILE": str(file)}


def test_an_article_is_published_read_and_ranked(plant: Plant) -> None:
    token = (plant.keys / "operator" / "publish_token").read_text().strip()
    answer = httpx.post(
        f"{plant.urls['ingest']}/articles",
        json=sent_article("secured"),
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert answer.status_code == 201, answer.text
    page = f"{plant.urls['render']}/article/secured"
    until(lambda: httpx.get(page, timeout=10).status_code == 200, "the article is read")
    hot = f"{plant.urls['rank']}/hot?scope=all&list=now"
    view = as_json({"article": "secured", "reader": "r1", "at": datetime.now(UTC).isoformat()})
    # librdkafka's own choice of a partition is rarely ours: rank must forward it
    assert written(plant.client("render"), ["views.v1"], view, "secured")
    until(lambda: "secured" in httpx.get(hot, timeout=10).text, "the view is counted")
    with plant.redis("render") as redis:
        until(lambda: "secured" in str(redis.getrange("hot:all:now:doc", 0, -1)), "the list is in Redis")


def test_a_publisher_writes_to_its_own_topic_and_ingest_brings_it_home(plant: Plant) -> None:
    topic = f"ingest.v1.{PUBLISHER}"
    admin = AdminClient({"bootstrap.servers": plant.loopback})
    until(lambda: topic in admin.list_topics(timeout=DEADLINE_S).topics, "ingest has made the topic")
    sent = as_json(sent_article("by-a-publisher"))
    assert written(plant.client(PUBLISHER), [topic], sent, "by-a-publisher")
    page = f"{plant.urls['render']}/article/by-a-publisher"
    until(lambda: httpx.get(page, timeout=10).status_code == 200, "the article is read")


@pytest.mark.parametrize("user", USERS)
def test_a_user_of_kafka_can_do_what_it_has_a_right_to_and_nothing_else(plant: Plant, user: str) -> None:
    """Every topic is written and read by everybody; what was not refused must be in the table."""
    known = rights.RIGHTS.get(user) or rights.of_publisher(user)
    topics = (*TOPICS, f"ingest.v1.{PUBLISHER}")
    expected = {
        (topic, operation)
        for topic in topics
        for operation in ("READ", "WRITE")
        if any(
            right.operation == operation
            and (right.name == topic or (right.prefixed and topic.startswith(right.name)))
            for right in known
        )
    }
    client = plant.client(user)
    done = {(topic, "WRITE") for topic in written(client, topics, b"{}", "x")}
    done |= {(topic, "READ") for topic in read(client, topics)}
    assert done == expected


@pytest.mark.parametrize("user", USERS)
def test_no_user_makes_or_deletes_what_is_not_its_own(plant: Plant, user: str) -> None:
    admin = AdminClient(plant.client(user))
    attempts = [
        admin.create_topics([NewTopic("anything", 1, 1)])["anything"],
        *admin.delete_topics(list(TOPICS), request_timeout=DEADLINE_S).values(),
    ]
    for attempt in attempts:
        with pytest.raises(KafkaException, match=r"AUTHORIZATION_FAILED|UNKNOWN_TOPIC"):
            attempt.result(DEADLINE_S)


def test_who_was_shut_out_does_not_come_in_again(plant: Plant) -> None:
    let_in(plant.loopback, {"leaving": "a password"})
    client = plant.client("render") | {"sasl.username": "leaving", "sasl.password": "a password"}
    assert AdminClient(client).list_topics(timeout=DEADLINE_S) is not None
    shut_out(plant.loopback, "leaving")
    with pytest.raises(KafkaException):
        AdminClient(client).list_topics(timeout=3)


def test_nobody_may_ask_redis_whether_it_lives_and_nothing_else(plant: Plant) -> None:
    with plant.redis(None) as nobody:
        assert nobody.ping()
        for command in (("GET", "hot:all:now:doc"), ("KEYS", "*"), ("FLUSHALL",), ("CONFIG", "GET", "*")):
            with pytest.raises(NoPermissionError):
                nobody.execute_command(*command)


@pytest.mark.parametrize(
    ("user", "command"),
    [
        ("render", ("SET", "hot:all:now:doc", "mine")),
        ("render", ("GETRANGE", "{r0}:position", "0", "-1")),
        ("render", ("EVAL", "return 1", "0")),
        ("rank", ("SET", "anything", "else")),
        *((user, word) for user in ("rank", "render") for word in (
            ("FLUSHALL",), ("KEYS", "*"), ("CONFIG", "SET", "dir", "/etc"), ("ACL", "LIST"), ("SHUTDOWN",),
            ("REPLICAOF", "192.0.2.1", "6379"), ("MODULE", "LIST"),
        )),
    ],
)  # fmt: skip
def test_a_user_of_redis_does_not_leave_its_keys(plant: Plant, user: str, command: tuple[str, ...]) -> None:
    with plant.redis(user) as redis, pytest.raises(NoPermissionError):
        redis.execute_command(*command)
