"""What a list was, asked again after Redis was wiped under two working ranks: the same bytes."""

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, product
from pathlib import Path

import httpx
import pytest

from shared import wire
from shared.blocks import Paragraph
from shared.events import LISTS, HotBanned, HotListChanged, HotPinned, HotReleased, ListName
from shared.kafka import ensure_topics
from shared.topics import ARTICLES, DESK, PARTITIONS, VIEWS
from tests.builders import withdrawn
from tests.foreign import until
from tests.integration.rank.workers import Rank, Readers
from tests.real import Kafka, Redis

SECTIONS = ["国际", "地方", "体育"]
SCOPES = ["all", *(f"section:{name}" for name in SECTIONS)]
PAST = [f"past-{number}" for number in range(60)]
PINNED, BANNED, RELEASED, WITHDRAWN, BARRED, AGED = PAST[:6]
DAYS = timedelta(days=3, hours=12)
STEP = timedelta(minutes=20)


@pytest.fixture
def rank(brokers: Callable[[], tuple[Kafka, Redis]], tmp_path: Path) -> Iterator[Rank]:
    """Give two ready workers, and topics that take the producer's word for when a record was appended."""
    kafka, redis = brokers()
    topics = [
        replace(topic, config=topic.config | {"message.timestamp.type": "CreateTime"})
        for topic in (VIEWS, ARTICLES, DESK)
    ]
    asyncio.run(ensure_topics(kafka.bootstrap, topics))
    found = Rank(kafka.bootstrap, redis.url, tmp_path)
    try:
        for n in (1, 2):
            found.start(f"rank-{n}")
        yield found
    finally:
        found.stop()


def test_lists_of_the_past_are_the_same_bytes_after_redis_was_wiped(rank: Rank) -> None:
    now = datetime.now(UTC)
    bucket_end = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)
    write_the_past(rank, bucket_end)
    moments = [bucket_end - timedelta(minutes=5 * back) for back in (0, 1, 500, 800)]
    workers = cycle(rank.workers)

    def told(question: tuple[datetime, ListName, str]) -> bytes:
        moment, list_name, scope = question
        query = {"as_of": moment.isoformat(), "list": list_name, "scope": scope}
        answer = httpx.get(f"{next(workers).url}/hot", params=query, timeout=10)
        return answer.content if answer.is_success else b""

    questions = list(product(moments, LISTS, SCOPES))
    before = {question: until(partial(told, question), f"an answer to {question}") for question in questions}
    the_desk_is_in_play(before, moments)

    coming = Readers(rank.kafka, 20_000, seconds=6, seed=11)
    coming.start()
    rank.redis.flushall()
    for question in questions:
        after = until(partial(told, question), f"an answer to {question} after the wipe", 60)
        assert after == before[question], question
    coming.join()


def write_the_past(rank: Rank, until_then: datetime) -> None:
    """Append three days and a half of articles, views and desk actions; return when all is counted."""
    chance = random.Random(5)
    moment = until_then - DAYS
    rank.press.now = lambda: moment
    aged = {"published_at": until_then - timedelta(days=30, hours=20)}
    for number, article in enumerate(PAST):
        more = aged if article == AGED else {}
        rank.press.article(article, section=SECTIONS[number % 3], sensitive=article == BARRED, **more)
    # so much that the withdrawal, which comes last, is read long after the views
    home = wire.partition_for(WITHDRAWN)
    for name in (f"unread-{number}" for number in range(2_400)):
        if wire.partition_for(name) == home:
            rank.press.article(name, blocks=(Paragraph(text="长" * 30_000),))
    plans = {
        until_then - timedelta(hours=60): HotPinned(article=PINNED, who="编辑", why="要闻", position=2),
        until_then - timedelta(hours=50): HotBanned(article=BANNED, who="编辑", why="更正"),
        until_then - timedelta(hours=45): HotPinned(article=RELEASED, who="编辑", why="要闻"),
        until_then - timedelta(hours=20): HotReleased(article=RELEASED, who="编辑", why="过去了"),
    }
    reader = 0
    while moment < until_then - STEP:
        for article in chance.sample(PAST, 12):
            many = chance.randint(1, 40)
            rank.press.views(article, list(range(reader, reader + many)))
            reader += many
        for due in [due for due in plans if due <= moment]:
            rank.press.desk(plans.pop(due))
        moment += STEP
    rank.press.now = lambda: datetime.now(UTC)
    text = withdrawn(WITHDRAWN, second=9)
    rank.press.event(ARTICLES.name, text, f"{WITHDRAWN}#withdrawn", home)
    # what comes last in each partition is counted when all is
    last = {wire.partition_for(name): name for name in (f"last-{number}" for number in range(200))}
    assert len(last) == PARTITIONS
    for article in last.values():
        rank.press.article(article)
        rank.press.view(article, "anna")
    rank.press.desk(HotPinned(article=last[0], who="编辑", why="最后", position=1))
    rank.press.flush()
    rank.until_scores(dict.fromkeys(last.values(), 1), 60)
    until(lambda: next(iter(rank.scores("now"))) == last[0], "the last desk action is applied")


def the_desk_is_in_play(
    before: Mapping[tuple[datetime, ListName, str], bytes], moments: list[datetime]
) -> None:
    """Check that the answers tell of pins, bans and ages of then, and of the withdrawal of today."""
    lists = {question: HotListChanged.model_validate_json(content) for question, content in before.items()}
    latest, earliest = (lists[moments[at], "3d", "all"] for at in (0, -1))
    assert latest.entries[1].id == PINNED
    assert latest.entries[1].pinned
    assert not any(entry.pinned for entry in earliest.entries)
    everywhere = {moment: {e.id for e in lists[moment, "3d", "all"].entries} for moment in moments}
    assert BANNED in everywhere[moments[-1]]
    assert BANNED not in everywhere[moments[0]]
    assert [AGED in everywhere[moment] for moment in moments] == [False, False, True, True]
    assert not any({WITHDRAWN, BARRED} & ids for ids in everywhere.values())
    assert all(len(ids) > 40 for ids in everywhere.values())
