"""Scores: for each list the sum of an article's buckets, and the best of a partition.

Sums run: a fold adds its increments, a new bucket adds itself and takes the one that leaves the window. So
the cost is that of the articles read lately, never of the archive. Scores are integers and ties are exact: by
the last 24 hours, then the newer article, then the id.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from services.rank.core.buckets import Bucket
from services.rank.core.clock import WINDOWS, reading_day
from services.rank.core.desk import Desk
from services.rank.core.facts import FOREVER, UNKNOWN, Facts
from services.rank.core.fold import Effects, State
from services.rank.core.numbering import Indexes, Int64s, grown
from shared.events import LISTS, ListName, section_scope
from shared.sections import one_name, one_scope

BEST: Final = 100
"""How many articles a list holds."""

ALL: Final = "all"

_TIE_LIST: Final[ListName] = "24h"
_LONGEST: Final = max(WINDOWS, key=WINDOWS.__getitem__)


class Candidate(NamedTuple):
    """An article that may enter a list, with all that decides its place."""

    id: str
    score: int
    day_score: int
    published_ms: int


def in_order(candidate: Candidate) -> tuple[int, int, int, str]:
    """Give the sort key of a list: the best first."""
    return -candidate.score, -candidate.day_score, -candidate.published_ms, candidate.id


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """What ranks a partition, by index; sums are those of the windows that end with bucket `end`.

    The columns are changed in place: of two rankings that were made one of the other, the newer is right.
    """

    zone: ZoneInfo
    indexes: Indexes
    sections: tuple[str, ...]
    section: Int64s
    published: Int64s
    begins: Int64s
    ends: Int64s
    end: int
    sums: Mapping[ListName, Int64s]


def ranking_of(state: State, end: int, zone: ZoneInfo) -> Ranking:
    """Build the ranking of a state from scratch."""
    none = np.empty(0, np.int64)
    # the first section is that of articles of which nothing is known
    sections = (UNKNOWN.section,)
    empty = Ranking(zone, Indexes(), sections, none, none, none, none, end, dict.fromkeys(LISTS, none))
    known = {i: f for i, f in state.facts.items() if i in state.indexes}
    ranking = _with_facts(_grown(empty, state.indexes), known, state)
    return replace(ranking, sums={name: _summed(ranking, state, end, name) for name in LISTS})


def follow(ranking: Ranking, state: State, effects: Effects) -> Ranking:
    """Give the ranking after a fold; `state` is the state after it."""
    if effects.left is not None:
        ranking = _only(ranking, effects.left)
    changed = {i: f for i, f in effects.facts.items() if i in state.indexes}
    known = len(ranking.section)
    if len(state.indexes) > known or effects.left is not None:
        ranking = _grown(ranking, state.indexes)
        changed |= {i: state.facts.get(i, UNKNOWN) for i in state.indexes.since(known)}
    if changed:
        ranking = _with_facts(ranking, changed, state)
    for b, bucket in effects.counted.items():
        indexes = _indexes(ranking, state, b, bucket)
        for name in LISTS:
            if ranking.end - WINDOWS[name] < b <= ranking.end:
                ranking.sums[name][indexes] += bucket.readers.astype(np.int64)
    return ranking


def learn(ranking: Ranking, state: State, ids: Iterable[str]) -> Ranking:
    """Give the ranking with facts that the state has and that were not known before."""
    known = {i: state.facts[i] for i in ids if i in state.indexes}
    return _with_facts(ranking, known, state) if known else ranking


def slide(ranking: Ranking, state: State, end: int) -> Ranking:
    """Move the windows so that they end with bucket `end`."""
    moved = end - ranking.end
    if moved == 0:
        return ranking
    sums: dict[ListName, Int64s] = {}
    for name in LISTS:
        window = WINDOWS[name]
        if not 0 < moved < window:
            sums[name] = _summed(ranking, state, end, name)
            continue
        total = ranking.sums[name].copy()
        for b in range(ranking.end + 1, end + 1):
            for other, sign in ((b, 1), (b - window, -1)):
                if (bucket := state.buckets.get(other)) is not None:
                    total[_indexes(ranking, state, other, bucket)] += sign * bucket.readers.astype(np.int64)
        sums[name] = total
    return replace(ranking, end=end, sums=sums)


def tops(
    ranking: Ranking, state: State, actions: Desk, now_ms: int, oldest_ms: int = -FOREVER
) -> dict[str, list[Candidate]]:
    """Give the best of the partition by `scope:list`, lists without any left out.

    Banned articles are not among them; pinned ones are, behind the best, whatever their score. Eligible is
    who is eligible at `now_ms` and was not published before `oldest_ms`, which a pin overrides. What stands
    in a section is listed under the name that all spellings have in common; under any other spelling of an
    article there stands an empty list, which says that there is such.
    """
    ones = sorted({one_name(section) for section in ranking.sections})
    places = {section: place for place, section in enumerate(ones)}
    of_one = np.array([places[one_name(section)] for section in ranking.sections], np.int64)
    # whoever has a score in any list has one in the longest: the others need not be looked through
    scored = np.flatnonzero(ranking.sums[_LONGEST] > 0)
    eligible = (ranking.begins[scored] <= now_ms) & (now_ms < ranking.ends[scored])
    scored = scored[eligible & (ranking.published[scored] >= oldest_ms)]
    banned = {(a.scope, a.article) for a in actions if a.kind == "banned"}
    pinned = {(a.scope, a.article) for a in actions if a.kind == "pinned"} - banned
    lists: dict[str, list[Candidate]] = {}
    for name in LISTS:
        sums = ranking.sums[name]
        chosen = scored[sums[scored] > 0]
        # ascending, so read backwards; equal triples are put in the order of their ids at the end
        order = np.lexsort((ranking.published[chosen], ranking.sums[_TIE_LIST][chosen], sums[chosen]))
        best_first = chosen[order[::-1]]
        _put(lists, ranking, name, ALL, best_first, banned)
        sections = of_one[ranking.section[best_first]]
        for code in np.unique(sections):
            _put(lists, ranking, name, section_scope(ones[code]), best_first[sections == code], banned)
        for code in np.unique(ranking.section[best_first]):
            if (section := ranking.sections[code]) != one_name(section):
                lists[f"{section_scope(section)}:{name}"] = []
    for scope, article in sorted(pinned):
        facts = state.facts.get(article, UNKNOWN)
        of_section = section_scope(facts.section)
        if facts.may_be_hot(now_ms) and scope in (ALL, one_scope(of_section)):
            for name in LISTS:
                if scope not in (ALL, of_section):
                    lists[f"{of_section}:{name}"] = []
                candidate = _candidate(ranking, state.indexes.get(article), article, facts.published_ms, name)
                entries = lists.setdefault(f"{scope}:{name}", [])
                if candidate not in entries:
                    entries.append(candidate)
    return lists


def _put(
    lists: dict[str, list[Candidate]],
    ranking: Ranking,
    name: ListName,
    scope: str,
    best_first: npt.NDArray[np.int64],
    banned: Iterable[tuple[str, str]],
) -> None:
    barred = {article for banned_scope, article in banned if banned_scope == scope}
    cut = best_first
    if len(cut) > BEST + len(barred):
        last, rest = cut[BEST + len(barred) - 1], cut[BEST + len(barred) :]
        ties = np.ones(len(rest), np.bool_)
        for column in (ranking.sums[name], ranking.sums[_TIE_LIST], ranking.published):
            ties &= column[rest] == column[last]
        # sorted, so the ties stand together; only their ids can still decide
        cut = cut[: BEST + len(barred) + int(ties.sum())]
    entries = [
        Candidate(
            ranking.indexes.name(i),
            int(ranking.sums[name][i]),
            int(ranking.sums[_TIE_LIST][i]),
            int(ranking.published[i]),
        )
        for i in cut
        if ranking.indexes.name(i) not in barred
    ]
    if entries:
        lists[f"{scope}:{name}"] = sorted(entries, key=in_order)[:BEST]


def _candidate(
    ranking: Ranking, index: int | None, article: str, published_ms: int, name: ListName
) -> Candidate:
    if index is None:
        return Candidate(article, 0, 0, published_ms)
    return Candidate(
        article, int(ranking.sums[name][index]), int(ranking.sums[_TIE_LIST][index]), published_ms
    )


def _only(ranking: Ranking, left: Int64s) -> Ranking:
    """Give the ranking of the articles at these indexes alone; what lies behind its last is not in it yet."""
    there = left[left < len(ranking.section)]
    return replace(
        ranking,
        section=ranking.section[there],
        published=ranking.published[there],
        begins=ranking.begins[there],
        ends=ranking.ends[there],
        sums={name: total[there] for name, total in ranking.sums.items()},
    )


def _grown(ranking: Ranking, indexes: Indexes) -> Ranking:
    count = len(indexes)
    return replace(
        ranking,
        indexes=indexes,
        section=grown(ranking.section, count),
        published=grown(ranking.published, count),
        begins=grown(ranking.begins, count),
        ends=grown(ranking.ends, count),
        sums={name: grown(total, count) for name, total in ranking.sums.items()},
    )


def _with_facts(ranking: Ranking, changed: Mapping[str, Facts], state: State) -> Ranking:
    codes = {section: code for code, section in enumerate(ranking.sections)}
    section, published, begins, ends = ranking.section, ranking.published, ranking.begins, ranking.ends
    for article, facts in changed.items():
        i = state.indexes[article]
        section[i] = codes.setdefault(facts.section, len(codes))
        published[i] = facts.published_ms
        begins[i], ends[i] = facts.hot_between()
    return replace(ranking, sections=tuple(codes))


def _summed(ranking: Ranking, state: State, end: int, name: ListName) -> Int64s:
    total = np.zeros(len(ranking.indexes), np.int64)
    for b, bucket in state.buckets.items():
        if end - WINDOWS[name] < b <= end:
            total[_indexes(ranking, state, b, bucket)] += bucket.readers.astype(np.int64)
    return total


def _indexes(ranking: Ranking, state: State, b: int, bucket: Bucket) -> Int64s:
    """Give the indexes of a bucket's articles."""
    indexes: Int64s = state.numbers[reading_day(b, ranking.zone)].indexes[bucket.numbers]
    return indexes
