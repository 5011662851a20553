"""What a Kafka refuses to a user: a record written to each topic, or asked for of each."""

from collections.abc import Iterable
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition

from tests.foreign import DEADLINE_S, until


def written(settings: dict[str, Any], topics: Iterable[str], value: bytes, key: str) -> set[str]:
    """Send one record to each topic; name those that took it. The others must have been refused."""
    answers: dict[str, KafkaError | None] = {}
    producer = Producer(settings)
    for topic in topics:
        producer.produce(
            topic,
            value,
            key,
            on_delivery=lambda error, message: answers.update({str(message.topic()): error}),
        )
    assert producer.flush(DEADLINE_S) == 0
    refusals = {error.code() for error in answers.values() if error}
    assert refusals <= {KafkaError.TOPIC_AUTHORIZATION_FAILED}
    return {topic for topic, error in answers.items() if error is None}


def read(settings: dict[str, Any], topics: Iterable[str]) -> set[str]:
    """Ask for a partition of each topic; name those that were given, be they empty."""
    # a commit of the group, which is refused, would be waited for at the end
    own = {"group.id": "nobody", "enable.auto.commit": False, "enable.partition.eof": True}
    reader = Consumer(settings | own)
    answers: dict[str, bool] = {}

    named: set[str] = set()

    def answered() -> bool:
        for message in reader.consume(10, timeout=0.5):
            error, topic = message.error(), message.topic()
            if topic and (error is None or error.code() == KafkaError._PARTITION_EOF):
                answers[topic] = True
            elif topic and error and error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
                answers[topic] = False
            # that the group is refused too is said in between
        return set(answers) >= named

    try:
        # what it may not know of is not even named
        named |= set(topics) & set(reader.list_topics(timeout=DEADLINE_S).topics)
        reader.assign([TopicPartition(topic, 0, OFFSET_BEGINNING) for topic in named])
        until(answered, "every topic is given or refused")
    finally:
        reader.close()
    return {topic for topic, given in answers.items() if given}
