"""Whether a Kafka asks too much of a client: one record written, or asked for, as somebody."""

from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition

from tests.foreign import DEADLINE_S, until


def refused_to_write(settings: dict[str, Any], topic: str, value: bytes, key: str) -> KafkaError | None:
    """Send one record; give the reason for which it was not taken, None if it was."""
    reasons: list[KafkaError | None] = []
    producer = Producer(settings)
    producer.produce(topic, value, key, on_delivery=lambda error, _: reasons.append(error))
    assert producer.flush(DEADLINE_S) == 0
    return reasons[0]


def refused_to_read(settings: dict[str, Any], topic: str) -> KafkaError | None:
    """Ask for one partition; give the reason for which nothing was given, None if it was."""
    reader = Consumer(settings | {"group.id": "nobody", "enable.partition.eof": True})
    try:
        # what it may not know of is not even named
        if topic not in reader.list_topics(timeout=DEADLINE_S).topics:
            return KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED)
        reader.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        # that the group is refused too is said in between
        return until(lambda: _answered(reader), f"{topic} is read or refused")[0]
    finally:
        reader.close()


def _answered(reader: Consumer) -> list[KafkaError | None]:
    """Give a list of one answer about the topic, an empty one while there is none."""
    for message in reader.consume(timeout=0.5):
        error = message.error()
        if error is None or error.code() == KafkaError._PARTITION_EOF:
            return [None]
        if error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            return [error]
    return []
