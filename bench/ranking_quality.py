"""Claim: the list `now` foretells what will be read next at least as well as any decay, gravity or total.

A year of hourly view counts of a public hot-search list is replayed through rank's own scorer, a bucket an
hour. At hour h the topics listed at h and h+1 (20 or more, h-1 known too) are ranked by what was known at h;
the gain of a topic is its views in hour h+1. Printed are NDCG@6 and the share of the views that the best six
would have had, over all hours, and NDCG@6 over the second half of them: a rule with a number in it is chosen
on the first. Where a rule rates two topics the same, the order of the public list tells which was hotter, and
that is more than views can know: last-hour views are printed without it, too. The data are not part of this
repository: without the file, the claim is skipped.
"""

import gzip
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from bench.measuring import head, show
from dev.environment import ROOT
from services.rank.core import buckets, scores
from services.rank.core.buckets import Bucket
from services.rank.core.clock import BUCKET_MS, WINDOWS, reading_day
from services.rank.core.facts import Facts
from services.rank.core.fold import State
from services.rank.core.numbering import DayNumbers, Indexes
from shared.articles import Standing
from shared.events import Arrival, Order

FILE: Final = ROOT.parent / "shared" / "data" / "weibo-hot" / "hourly.tsv.gz"
SHOWN: Final = 6
FEWEST: Final = 20
HALF_LIVES_H: Final = (0.5, 1, 2, 6, 24)
CAPS: Final = (2, 3, 4, 6, 8, 16)
DISCOUNTS: Final = [1 / math.log2(place + 2) for place in range(SHOWN)]

# An hour's views go into the last bucket of the hour, so `now` is the last hour and nothing else.
_EACH_HOUR: Final = WINDOWS["now"]
_UTC: Final = ZoneInfo("UTC")
_HOT: Final = Facts(Standing(Order(0, Arrival(0, 0, 0))), "热")

Hour = dict[int, int]
"""Cumulative reads of the topics listed in an hour."""


@dataclass(slots=True)
class Moment:
    """What is known at an hour of the topics to be ranked, in the order of the list then, and their gains."""

    gains: dict[int, int]
    last: dict[int, int]
    before: dict[int, int]
    total: dict[int, int]
    age_h: dict[int, int]
    decayed: dict[float, dict[int, float]]
    lists: dict[str, list[int]] = field(default_factory=dict)


Rule = Callable[[Moment], Sequence[int]]


def main() -> None:
    """Print the table."""
    if not FILE.exists():
        print("ranking_quality: skipped, the view counts (weibo-hot/hourly.tsv.gz) are not there")
        return
    moments = list(replay(hours_of(FILE)))
    middle = len(moments) // 2
    first, second = moments[:middle], moments[middle:]
    cap = max(CAPS, key=lambda c: judge(first, by(_capped(c)))[0])
    rules: dict[str, Rule] = {
        "last-hour views": lambda m: sorted(m.gains, key=lambda t: (-m.last.get(t, 0), t)),
        "last-hour views, ties as listed": by(lambda m, t: m.last.get(t, 0)),
        "the order in which they were listed": lambda m: list(m.gains),
        **{f"half-life {h:g} h": by(_decayed(h)) for h in HALF_LIVES_H},
        "Hacker News gravity": by(lambda m, t: m.total[t] / (m.age_h[t] + 2) ** 1.8),
        "running total": by(lambda m, t: m.total[t]),
        f"last hour, at most {cap} × the hour before": by(_capped(cap)),
    }
    head(f"NDCG@6 and share of the ideal six, {len(moments):,} hours (second half)")
    ours = judge(moments, by_list("now")), judge(second, by_list("now"))
    for name, rule in rules.items():
        peer = judge(moments, rule), judge(second, rule)
        show(
            "rank's list now",
            _figures(*ours),
            f"{name} {_figures(*peer)}",
            f"{ours[0][0] / peer[0][0]:.2f} ×",
        )


def hours_of(path: Path) -> dict[int, Hour]:
    """Read the hours, by their number since 1970 in the file's own zone; topics in the order of the list."""
    hours: dict[int, Hour] = defaultdict(dict)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            hour, topic, _, _, reads = line.rstrip("\n").split("\t")
            number = int(datetime.fromisoformat(f"{hour}:00+00:00").timestamp()) // 3600
            hours[number][int(topic)] = int(reads)
    return hours


def replay(hours: dict[int, Hour]) -> Iterator[Moment]:
    """Give each hour that can be judged, ranked by the real scorer."""
    topics = list(dict.fromkeys(topic for _, hour in sorted(hours.items()) for topic in hour))
    numbers = {str(topic): number for number, topic in enumerate(topics)}
    of_every_day = DayNumbers(np.arange(len(numbers)))
    state = State(0, indexes=Indexes(numbers), facts=dict.fromkeys(numbers, _HOT))
    ranking = scores.ranking_of(state, min(hours) * _EACH_HOUR, _UTC)
    listed_since: dict[int, int] = {}
    decayed: dict[float, dict[int, float]] = {half_life: {} for half_life in HALF_LIVES_H}
    counted: dict[int, Bucket] = {}
    before: dict[int, int] = {}
    for number in range(min(hours), max(hours) + 1):
        now = hours.get(number, {})
        last = _views(hours.get(number - 1, {}), now)
        end = number * _EACH_HOUR + _EACH_HOUR - 1
        counted = {b: bucket for b, bucket in counted.items() if b > end - 2 * WINDOWS["3d"]}
        counted[end] = _bucket(last, numbers)
        days = {reading_day(b, _UTC): of_every_day for b in counted}
        ranking = scores.slide(ranking, replace(state, buckets=counted, numbers=days), end)
        for topic in now:
            listed_since.setdefault(topic, number)
        for half_life, known in decayed.items():
            decayed[half_life] = _decay(known, last, 0.5 ** (1 / half_life))
        gains = _views(now, hours.get(number + 1, {}))
        if number - 1 in hours and len(gains) >= FEWEST and any(gains.values()):
            tops = scores.tops(ranking, replace(state, buckets=counted), (), end * BUCKET_MS)
            yield Moment(
                gains={t: gains[t] for t in now if t in gains},
                last=last,
                before=before,
                total=now,
                age_h={topic: number - listed_since[topic] for topic in now},
                decayed={h: {t: known.get(t, 0.0) for t in gains} for h, known in decayed.items()},
                lists={name: [int(c.id) for c in tops.get(f"all:{name}", [])] for name in WINDOWS},
            )
        before = last


def by_list(name: str) -> Rule:
    """Rank by a list of rank's own; what it has not is left to the end."""
    return lambda m: list(dict.fromkeys([t for t in m.lists[name] if t in m.gains] + list(m.gains)))


def by(score: Callable[[Moment, int], float]) -> Rule:
    """Rank by a score; equal ones stay in the order of the list."""
    return lambda m: sorted(m.gains, key=lambda topic: -score(m, topic))


def judge(moments: Iterable[Moment], rule: Rule) -> tuple[float, float]:
    """Give the mean NDCG@6 and the mean share of the ideal six."""
    ndcg, shares = [], []
    for moment in moments:
        got = [moment.gains[topic] for topic in rule(moment)[:SHOWN]]
        ideal = sorted(moment.gains.values(), reverse=True)[:SHOWN]
        ndcg.append(_discounted(got) / _discounted(ideal))
        shares.append(sum(got) / sum(ideal))
    return mean(ndcg), mean(shares)


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain * discount for gain, discount in zip(gains, DISCOUNTS, strict=True))


def _decayed(half_life: float) -> Callable[[Moment, int], float]:
    return lambda m, topic: m.decayed[half_life][topic]


def _capped(times: int) -> Callable[[Moment, int], float]:
    """Score by the last hour, held to so many times the hour before where that is known."""
    return lambda m, topic: min(m.last.get(topic, 0), times * m.before.get(topic, m.last.get(topic, 0)))


def _views(before: Hour, after: Hour) -> dict[int, int]:
    return {topic: max(0, reads - before[topic]) for topic, reads in after.items() if topic in before}


def _decay(known: dict[int, float], last: dict[int, int], share: float) -> dict[int, float]:
    faded = {topic: score * share for topic, score in known.items() if score * share >= 1}
    return faded | {topic: faded.get(topic, 0.0) + views for topic, views in last.items()}


def _bucket(views: dict[int, int], numbers: dict[str, int]) -> Bucket:
    counted = sorted((numbers[str(topic)], n) for topic, n in views.items() if n)
    if not counted:
        return buckets.EMPTY
    return Bucket(*(np.array(column, np.uint32) for column in zip(*counted, strict=True)))


def _figures(whole: tuple[float, float], second: tuple[float, float]) -> str:
    return f"{whole[0]:.3f} {whole[1]:.3f} ({second[0]:.3f})"


if __name__ == "__main__":
    main()
