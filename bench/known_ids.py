"""Claim: what ingest knows of an article costs the same time whether it knows 10³ or 10⁶ of them.

Each size runs in a process of its own, so that its memory can be told: what every instance keeps of each id
(the edition), then the CPU time of one decision about a new revision of a random one of them. The peer is a
dict of the same ids with nothing but their newest revision.
"""

import random
import subprocess
import sys
from typing import Final

from bench.articles import article
from bench.measuring import cpu_us, head, show
from services.ingest.core.decide import Accepted, decide
from services.ingest.core.editions import UNKNOWN, Edition, Origin, advance
from services.ingest.core.submissions import Publish
from shared.events import Arrival, ArticlePublished

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
NOON_MS: Final = 1_796_000_000_000


def main() -> None:
    """Print the table."""
    head("known articles: memory of each, and the time of one decision")
    times = []
    for size in SIZES:
        done = subprocess.run(
            [sys.executable, "-m", "bench.known_ids", str(size)], capture_output=True, text=True, check=True
        )
        ours_b, ours_us, peer_b, peer_us = map(float, done.stdout.split())
        show(
            f"{size:,} ids, memory of one",
            f"{ours_b:.0f} bytes",
            f"a dict {peer_b:.0f} bytes",
            f"{ours_b / peer_b:.1f} ×",
        )
        show(
            f"{size:,} ids, one decision",
            f"{ours_us:.1f} µs",
            f"a dict {peer_us:.2f} µs",
            f"{ours_us / peer_us:.0f} ×",
        )
        times.append(ours_us)
    show(
        "one decision, the last against the first",
        f"{times[-1]:.1f} µs",
        f"{times[0]:.1f} µs",
        f"{times[-1] / times[0]:.2f} ×",
    )


def measure(size: int) -> tuple[float, float, float, float]:
    """Give bytes an id and µs a decision, then the same of the peer."""
    sent = Publish.model_validate(article())
    (published,) = _events(sent)
    before = _resident()
    editions = {f"bench-{n}": _edition(published, n) for n in range(size)}
    ours_b = (_resident() - before) / size
    asked = [f"bench-{random.randrange(size)}" for _ in range(10_000)]
    again, arrival = iter(asked * 1000), Arrival(NOON_MS + 1, 3, size)

    def decision() -> object:
        article_id = next(again)
        edition = editions[article_id]
        outcome = decide(sent, edition, arrival)
        assert isinstance(outcome, Accepted)
        return advance(edition, outcome.articles[0], Origin(arrival))

    ours_us = cpu_us(decision)
    before = _resident()
    revisions = {f"peer-{n}": n for n in range(size)}
    peer_b = (_resident() - before) / size
    peers = iter([f"peer-{i.removeprefix('bench-')}" for i in asked] * 1000)
    return ours_b, ours_us, peer_b, cpu_us(lambda: revisions[next(peers)])


def _events(sent: Publish) -> tuple[ArticlePublished, ...]:
    outcome = decide(sent, UNKNOWN, Arrival(NOON_MS, 3, 0))
    assert isinstance(outcome, Accepted)
    return tuple(event for event in outcome.articles if isinstance(event, ArticlePublished))


def _edition(published: ArticlePublished, number: int) -> Edition:
    arrival = Arrival(NOON_MS, 3, number)
    event = published.model_copy(
        update={"id": f"bench-{number}", "order": published.order._replace(arrival=arrival)}
    )
    return advance(UNKNOWN, event, Origin(arrival), number)


def _resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(*measure(int(sys.argv[1])))
    else:
        main()
