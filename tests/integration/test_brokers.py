"""The Kafka and Redis that `dev` runs: what they have acknowledged is there again after they were killed."""

from collections.abc import Callable

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from redis import Redis as RedisClient

from tests.real import Kafka, Redis

Brokers = Callable[[], tuple[Kafka, Redis]]


def test_an_acknowledged_message_survives_the_brokers_kill(brokers: Brokers) -> None:
    kafka, _ = brokers()
    address: dict[str, str | int | float | bool] = {"bootstrap.servers": kafka.bootstrap}
    admin = AdminClient(address)
    admin.create_topics([NewTopic("kept", 1)])["kept"].result(10)
    producer = Producer(address | {"acks": "all"})
    producer.produce("kept", b"a word")
    assert producer.flush(10) == 0

    kafka.kill()
    kafka.start()

    consumer = Consumer(address | {"group.id": "test", "auto.offset.reset": "earliest"})
    consumer.subscribe(["kept"])
    read = consumer.poll(20)
    consumer.close()
    assert read is not None
    assert read.value() == b"a word"


def test_redis_holds_what_it_held_before_it_was_stopped(brokers: Brokers) -> None:
    _, redis = brokers()
    with RedisClient.from_url(redis.url, decode_responses=True) as client:
        client.set("kept", "a word")
        redis.stop()
        redis.start()
        assert client.get("kept") == "a word"


def test_redis_refuses_rather_than_evicts(redis: Redis) -> None:
    with RedisClient.from_url(redis.url, decode_responses=True) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
