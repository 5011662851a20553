"""Claim: while a void of millions of views is made to hold, the lists of its partition go on.

Partitions of one worker are filled with more and more views of one reading day; some come in all the time.
Then a void of an article is sent, and it is noted how old the partition's bests are at the most until it
holds. The peer is the other way to make it hold, of the same run: the partition is forgotten and folded anew
from the log as after a loss of Redis. There its lists stand still from the first flush of the new fold until
all that had been counted is counted again, and until then they lack views. (That the loss is noticed at all
takes up to a second more, which is not in the figure.) Before it, rank is asked what the void would do.
"""

import asyncio
import hashlib
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from redis import Redis as RedisClient

from bench.measuring import head, show
from bench.views import ALL_NAMES, Crowd, batches, publish, send
from services.rank.core import layout, position
from services.rank.core.position import Position
from shared.events import ViewsVoided
from shared.kafka import ensure_topics
from shared.topics import ALL, VIEWS
from shared.wire import partition_for
from tests.integration.rank.workers import Press, Rank
from tests.real import Kafka, Redis

SIZES: Final = {1: 100_000, 2: 1_000_000, 3: 5_000_000}
"""Views by partition."""

_DESK: Final = "bench"
_GRANTS: Final = [{"sha256": hashlib.sha256(_DESK.encode()).hexdigest(), "desk": True}]
_AT_ONCE: Final = 500_000
_LOOK_EVERY_S: Final = 0.005
_A_VIEW_EVERY_S: Final = 0.05
_DEADLINE_S: Final = 300
_REST_S: Final = 3.0
"""Until it is as at any other moment."""


class Watched:
    """A partition as it lies in Redis."""

    def __init__(self, redis: Any, partition: int) -> None:
        self._redis, self._partition = redis, partition

    def position(self) -> Position | None:
        """Read its position."""
        blob = self._redis.get(layout.key(self._partition, "position"))
        return position.decode(blob) if blob else None

    def next(self) -> int:
        """Give the offset of views.v1 up to which it is counted."""
        found = self.position()
        return found.next.get(VIEWS.name, 0) if found else 0

    def voids(self, article: str) -> bool:
        """Tell whether a void of an article holds."""
        found = self.position()
        return found is not None and any(void.article == article for void in found.voids)

    def oldest_s(self, over: Callable[[], object]) -> tuple[float, float]:
        """Watch it until `over`; give how old its bests were at the most, and how long that took."""
        began, oldest = time.time(), 0.0
        while not over():
            oldest = max(oldest, self.age_s())
            assert time.time() - began < _DEADLINE_S, "it takes too long"
            time.sleep(_LOOK_EVERY_S)
        return oldest, time.time() - began

    def age_s(self) -> float:
        """Tell how old its bests are."""
        as_of = self._redis.hget(layout.key(self._partition, "top"), layout.AS_OF)
        return time.time() - int(as_of or 0) / 1000

    def folded_anew_s(self) -> float:
        """Forget it; give the seconds from its first flush until it is counted as far as it was before."""
        before = self.next()
        self._redis.unlink(*self._redis.scan_iter(f"{{r{self._partition}}}:*"))
        _until(lambda: self.next())
        began = time.time()
        _until(lambda: self.next() >= before)
        _until(lambda: self._redis.hexists(layout.key(self._partition, "top"), layout.WHOLE))
        return time.time() - began


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        kafka, redis = Kafka(Path(folder)), Redis(Path(folder))
        kafka.start()
        redis.start()
        rank = Rank(kafka.bootstrap, redis.url, Path(folder), RedisClient.from_url(redis.url))
        try:
            asyncio.run(ensure_topics(kafka.bootstrap, ALL))
            publish(kafka.bootstrap)
            rank.start("bench", RANK_TOKENS=json.dumps(_GRANTS))
            head("the lists of a partition, while a void of one of its articles is made to hold")
            for partition, views in SIZES.items():
                measure(rank, partition, views)
        finally:
            rank.stop()
            redis.stop()
            kafka.stop()


def measure(rank: Rank, partition: int, views: int) -> None:
    """Print what a void costs in a partition of so many views."""
    watched, crowd = Watched(rank.redis, partition), Crowd(seed=partition)
    article = next(name for name in ALL_NAMES if partition_for(name) == partition)
    sent = 0
    for begin in range(0, views, _AT_ONCE):
        some = min(_AT_ONCE, views - begin)
        now_ms = time.time_ns() // 1_000_000
        values = ((partition, x) for x in batches(partition, *crowd.views(partition, some), now_ms))
        sent += send(rank.kafka, values)
    _until(lambda: watched.next() >= sent)
    with _coming_in(rank.kafka, article):
        caught_up_at = time.time()
        _until(lambda: watched.age_s() < 1 and time.time() > caught_up_at + _REST_S)
        quiet_until = time.time() + 5
        usual_s, _ = watched.oldest_s(lambda: time.time() >= quiet_until)
        now, hour = datetime.now(UTC), timedelta(hours=1)
        void = ViewsVoided(segment=7, article=article, since=now - hour, until=now + hour, who="b", why="b")
        asked_s, foreseen_s = watched.oldest_s(_foreseen(rank, void))
        rank.press.desk(void)
        rank.press.flush()
        oldest_s, took_s = watched.oldest_s(lambda: watched.voids(article))
        anew_s = watched.folded_anew_s()
    show(
        f"{views:,} views: bests are old at the most",
        f"{1000 * oldest_s:.0f} ms",
        f"folded anew, they stand still {1000 * anew_s:,.0f} ms",
        f"{oldest_s / anew_s:.2f} ×",
    )
    previewed = f"{1000 * asked_s:.0f} ms; {foreseen_s:.1f} s"
    show("  while it is previewed; answered after", previewed, "–", "–")
    show("  without a void; the void holds after", f"{1000 * usual_s:.0f} ms; {took_s:.1f} s", "–", "–")


def _foreseen(rank: Rank, void: ViewsVoided) -> Callable[[], bool]:
    """Ask what a void would do; give what tells whether that has been answered."""

    def ask() -> None:
        address, body = f"{rank.workers[0].url}/void/preview", void.model_dump_json(by_alias=True)
        answer = httpx.post(address, content=body, headers={"authorization": f"Bearer {_DESK}"}, timeout=99)
        assert answer.is_success, answer.text

    thread = threading.Thread(target=ask)
    thread.start()
    return lambda: not thread.is_alive()


@contextmanager
def _coming_in(bootstrap: str, article: str) -> Iterator[None]:
    """Send views of an article meanwhile."""
    done = threading.Event()

    def send_on() -> None:
        press, number = Press(bootstrap), 0
        while not done.wait(_A_VIEW_EVERY_S):
            press.view(article, f"late-{number}")
            press.flush()
            number += 1

    thread = threading.Thread(target=send_on)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _until(done: Callable[[], object]) -> None:
    give_up = time.monotonic() + _DEADLINE_S
    while not done():
        assert time.monotonic() < give_up, "it takes too long"
        time.sleep(_LOOK_EVERY_S)


if __name__ == "__main__":
    main()
