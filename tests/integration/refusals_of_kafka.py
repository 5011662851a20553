"""Whether a Kafka asks too much of a client: one record written, or asked for, as somebody."""

from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Producer, TopicPartition

from tests.foreign import DEADLINE_S


def refused_to_write(settings: dict[str, Any], topic: str, value: bytes, key: str) -> KafkaError | None:
    """Send one record; give the reason for which it was not taken, None if it was."""
    reasons: list[KafkaError | None] = []
    producer = Producer(settings)
    producer.produce(topic, value, key, on_delivery=lambda error, _: reasons.append(error))
    assert producer.flush(DEADLINE_S) == 0
    return reasons[0]


def refused_to_read(settings: dict[str, Any], topic: str) -> KafkaError | None:
    """Ask for one partition; give the reason for which nothing was given, None if it was."""
    own = {"group.id": "nobody", "enable.partition.eof": True, "auto.offset.reset": "earliest"}
    reader = Consumer(settings | own)
    try:
        reader.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
        (message,) = reader.consume(1, timeout=DEADLINE_S)
    except KafkaException as failure:
        error = failure.args[0]
        assert isinstance(error, KafkaError)
        return error
    finally:
        reader.close()
    found = message.error()
    return None if found is None or found.code() == KafkaError._PARTITION_EOF else found
