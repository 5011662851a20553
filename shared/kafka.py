"""Kafka as every service uses it: topics that are there, producers that lose nothing, clients that end.

Consumers read only what was committed: what a transaction of somebody's wrote and took back was never there.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, Final, Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.bounded_fetching import bound_fetching
from shared.identity import client
from shared.runtime import log, wait_for
from shared.topics import Topic

bound_fetching()


AWAY: Final = (KafkaError, OSError)
"""What is raised when Kafka is away."""


_STOP_S: Final = 2.0


class Client(Protocol):
    """A consumer or a producer."""

    async def stop(self) -> None:
        """Stop."""


class WrongPartitionsError(RuntimeError):
    """A topic has another number of partitions than Remen's producers count on."""


async def ensure_topics(bootstrap_servers: str, topics: Iterable[Topic]) -> None:
    """Wait for Kafka and create what is missing; WrongPartitionsError where a topic has other partitions."""
    wanted = tuple(topics)
    await wait_for(
        f"Kafka at {bootstrap_servers}",
        lambda: _ensure(bootstrap_servers, wanted),
        AWAY,
        deadline_s=30.0,
    )


async def _ensure(bootstrap_servers: str, topics: tuple[Topic, ...]) -> None:
    admin = AIOKafkaAdminClient(**client(bootstrap_servers), request_timeout_ms=10_000)
    try:
        await admin.start()
        present = set(await admin.list_topics())
        missing = [topic for topic in topics if topic.name not in present]
        if missing:
            # replication factor -1: the broker's default decides (aiokafka wants empty assignments with it)
            response = await admin.create_topics(
                [NewTopic(t.name, t.partitions, -1, {}, topic_configs=t.config) for t in missing]
            )
            for name, code, *_ in response.topic_errors:
                error = for_code(code)
                if code and error is not TopicAlreadyExistsError:
                    raise error(f"topic {name} could not be created")
            log.info("topics_created", topics=[t.name for t in missing])
        await _check_partitions(admin, topics)
    finally:
        await admin.close()


async def _check_partitions(admin: AIOKafkaAdminClient, topics: tuple[Topic, ...]) -> None:
    for found in await admin.describe_topics([t.name for t in topics]):
        wanted = next(t.partitions for t in topics if t.name == found["topic"])
        if found["error_code"]:
            raise for_code(found["error_code"])(f"topic {found['topic']} is not ready")
        if len(found["partitions"]) != wanted:
            raise WrongPartitionsError(
                f"topic {found['topic']} has {len(found['partitions'])} partitions, Remen needs {wanted}: "
                "ids would land elsewhere. Re-create it, or give Remen a cluster of its own"
            )


async def committed(
    member: AIOKafkaConsumer, partitions: list[TopicPartition]
) -> dict[TopicPartition, tuple[int, str]]:
    """Read which offset a member's group has committed for partitions, and the mark beside it; AWAY."""
    # a consumer tells no marks, and to connect as another client took a second on a busy machine
    found = await member._coordinator.fetch_committed_offsets(partitions)
    return {tp: (at.offset, at.metadata or "") for tp, at in found.items()}


def consumer(bootstrap_servers: str, **more: Any) -> AIOKafkaConsumer:
    """Make a consumer, to be stopped by `close`."""
    return AIOKafkaConsumer(
        **client(bootstrap_servers), enable_auto_commit=False, isolation_level="read_committed", **more
    )


async def close(*clients: Client) -> None:
    """Stop Kafka clients, started or not, within two seconds; how they end no longer matters."""
    # Tasks of their own, because a cancelled stop would cancel, and await, the very thing that hangs.
    stops = [asyncio.ensure_future(client.stop()) for client in clients]
    ended, late = await asyncio.wait(stops, timeout=_STOP_S)
    for stop in ended:
        if not stop.cancelled():
            stop.exception()
    for stop in late:
        stop.cancel()


def producer(bootstrap_servers: str, client_id: str, **more: Any) -> AIOKafkaProducer:
    """Make a producer that writes everything once and in order, or says that it could not."""
    return AIOKafkaProducer(
        **client(bootstrap_servers),
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        # A leader away for longer than this burns a sequence number and poisons the producer.
        request_timeout_ms=120_000,
        max_request_size=4 * 1024 * 1024,
        **more,
    )
