"""Claim: what ingest knows of an article takes a seventh of what it takes in a dict, however many there are.

Each size runs in a process of its own, so that its memory can be told: what every instance keeps of each id,
then the CPU time of one decision about a new revision of a random one of them, until it is read from the log.
The peer does the same with its editions in a dict, up to a million.
"""

import gc
import random
import subprocess
import sys
from itertools import count, cycle
from statistics import median
from typing import Final

from bench.articles import article
from bench.measuring import cpu_us, head, show
from services.ingest.core.decide import Accepted, decide
from services.ingest.core.editions import UNKNOWN, Edition, Origin, advance
from services.ingest.core.known import Known
from services.ingest.core.submissions import Publish
from shared.articles import Standing
from shared.events import Arrival, ArticlePublished, Order

SIZES: Final = (1_000, 100_000, 1_000_000, 10_000_000)
LARGEST_PEER: Final = 1_000_000
NOON_MS: Final = 1_796_000_000_000
ROUNDS: Final = 25
_SENT: Final = Publish.model_validate(article())


def main() -> None:
    """Print the table."""
    head("known articles: memory of each, and the time of one decision")
    times = []
    for size in SIZES:
        done = subprocess.run(
            [sys.executable, "-m", "bench.known_ids", str(size)], capture_output=True, text=True, check=True
        )
        ours_b, ours_us, *peer = map(float, done.stdout.split())
        peer_b, peer_us = peer or (0.0, 0.0)
        show(
            f"{size:,} ids, memory of one",
            f"{ours_b:.0f} bytes",
            f"a dict {peer_b:.0f} bytes" if peer else "–",
            f"{ours_b / peer_b:.2f} ×" if peer else "–",
        )
        show(
            f"{size:,} ids, one decision",
            f"{ours_us:.1f} µs",
            f"a dict {peer_us:.1f} µs" if peer else "–",
            f"{ours_us / peer_us:.2f} ×" if peer else "–",
        )
        times.append(ours_us)
    show(
        "one decision, the last against the first",
        f"{times[-1]:.1f} µs",
        f"{times[0]:.1f} µs",
        f"{times[-1] / times[0]:.2f} ×",
    )


def measure(size: int) -> list[float]:
    """Give bytes an id and µs a decision, then the same of the peer."""
    first = advance(UNKNOWN, _decided(Arrival(NOON_MS, 3, 0), UNKNOWN))
    known, memory = [Known()], []
    if size <= LARGEST_PEER:
        known.append(Known())
        known[1]._logged = _Dict()  # type: ignore[assignment]
    for one in known:
        before = _resident()
        for number in range(size):
            arrival = Arrival(NOON_MS + number, 3, number)
            one._logged[f"bench-{number}"] = first._replace(
                standing=Standing(Order(0, arrival)), decided=arrival, offset=number
            )
        memory.append((_resident() - before) / size)
    # as ingest does when it has read the log
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    asked = cycle([f"bench-{random.randrange(size)}" for _ in range(100_000)])
    later = (Arrival(NOON_MS + number, 3, number) for number in count(size))
    times: list[list[float]] = [[] for _ in known]
    for _ in range(ROUNDS):
        for one, found in zip(known, times, strict=True):
            found.append(cpu_us(lambda one=one: _decide(one, next(asked), next(later)), 500, rounds=1))  # type: ignore[misc]
    return [figure for pair in zip(memory, map(median, times), strict=True) for figure in pair]


class _Dict(dict[str, Edition]):
    def get(self, article_id: str) -> Edition:  # type: ignore[override]
        return super().get(article_id, UNKNOWN)


def _decide(known: Known, article_id: str, arrival: Arrival) -> None:
    """Decide about a new revision, and read it from the log."""
    event, origin = _decided(arrival, known.edition(article_id)), Origin(arrival)
    event = event.model_copy(update={"id": article_id})
    known.decided(article_id, Accepted((event,)), origin)
    known.article_read(event, origin, arrival.offset)


def _decided(arrival: Arrival, edition: Edition) -> ArticlePublished:
    outcome = decide(_SENT, edition, arrival)
    assert isinstance(outcome, Accepted)
    (event,) = outcome.articles
    assert isinstance(event, ArticlePublished)
    return event


def _resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(*measure(int(sys.argv[1])))
    else:
        main()
