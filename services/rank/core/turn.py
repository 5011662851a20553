"""One turn of a partition: fold what was read, rank it if it is time, and ask the script to write both.

A `Cache` is what a worker remembers of Redis. Each function gives the cache as it will be once the script has
replied "ok"; on any other reply it is worth nothing, and the partition is read again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from services.rank.core import layout, layout_2, log_time, position, refold, restore, scores, seen
from services.rank.core.clock import RECOMPUTED_MS, bucket_of
from services.rank.core.desk import Desk
from services.rank.core.facts import FOREVER
from services.rank.core.fold import Batch, Effects, Rules, State, fold
from services.rank.core.layout import Flush, Write
from services.rank.core.position import PART, Position
from services.rank.core.refold import Refold
from services.rank.core.restore import Stored
from services.rank.core.scores import Ranking
from services.rank.core.views import Limits
from shared import articles
from shared.topics import ARTICLES, VIEWS
from shared.wire import partition_for


@dataclass(frozen=True, slots=True)
class Cache:
    """A partition as it lies in Redis: its state, and the strings by which the script knows it.

    `stored` is the position string, `as_of` that of the bests (None: not there), `top` the bests as they were
    written (None: not known, they are to be written whole). `owed` are the commands by which what an older
    layout has left becomes what the state says; `older` what it had beside that, to be there until then.
    """

    state: State
    ranking: Ranking
    stored: bytes | None
    as_of: bytes | None
    top: Mapping[bytes, bytes] | None = None
    owed: tuple[Write, ...] = ()
    older: tuple[str, ...] = ()

    @property
    def counted_ms(self) -> int:
        """The time (Unix ms) that the log of views has come to, 0 before the first."""
        return self.state.position.time.now_ms


def remember(partition: int, stored: Stored, zone: ZoneInfo, part: int = PART) -> Cache:
    """Give the cache of what was read of a partition; TornError if its keys do not belong together.

    In a partition that nothing is known of, a part of a day will have `part` hashes.
    """
    at = restore.position_of(partition, stored.position, part)
    owed: tuple[Write, ...] = ()
    read = stored
    if at.numbered is not None:
        with restore.reading(partition, "what an older layout has left", stored.position):
            found = layout_2.converted(partition, at, stored.numbered, stored.views)
        read = replace(stored, position=position.encode(found.position), ids=found.ids, views=found.views)
        owed = found.writes
    state = restore.restore(partition, read, part)
    ranking = scores.ranking_of(state, bucket_of(state.position.time.now_ms), zone)
    older = layout_2.keys(partition, at)
    return Cache(state, ranking, stored.position, stored.top_as_of, owed=owed, older=older)


def start_at(cache: Cache, offsets: Mapping[str, int], gap_ms: int | None) -> Cache:
    """Give the cache that reads on at these offsets; `gap_ms`: when records before were found missing."""
    before = cache.state.position
    after = replace(before, next={**before.next, **offsets}, gap=before.gap if gap_ms is None else gap_ms)
    return replace(cache, state=replace(cache.state, position=after))


def until_fall(position: Position, batch: Batch, limits: Limits) -> tuple[Batch, bool]:
    """Give as much of a batch as can be folded at once, and whether something is left.

    Where the log falls back in time, what lies before must be stored first: days may have been over there
    that are not behind it.
    """
    views = batch.records.get(VIEWS.name, ())
    offset = log_time.falls_at(position.time, views, limits)
    if offset is None:
        return batch, False
    before = [record for record in views if record.offset < offset]
    upto = {**batch.upto, VIEWS.name: offset}
    return Batch(upto, {**batch.records, VIEWS.name: before}), True


def count(cache: Cache, batch: Batch, rules: Rules) -> tuple[Cache, Effects, list[Write]]:
    """Fold a range of the log; DaysNotLoadedError as for `fold`."""
    state, effects = fold(cache.state, batch, rules)
    if effects.days_undone:
        ranking = scores.ranking_of(state, cache.ranking.end, rules.zone)
    else:
        ranking = scores.follow(cache.ranking, state, effects)
    commands = layout.writes(cache.state.position, state, effects, rules.zone)
    return replace(cache, state=state, ranking=ranking), effects, commands


def is_large(cache: Cache) -> bool:
    """Tell whether a fold may take so long that it must not hold up the event loop."""
    return any(len(of_day) > seen.LARGE for of_day in cache.state.seen.values())


def facts_to_ask(cache: Cache, batch: Batch, actions: Desk) -> list[str]:
    """Name the articles whose facts a fold of this batch must know, or that are pinned; not those known."""
    ids = {articles.id_of(record.key): None for record in batch.records.get(ARTICLES.name, ())}
    ids |= dict.fromkeys(pinned(cache, actions))
    return [i for i in ids if i is not None and i not in cache.state.facts]


def pinned(cache: Cache, actions: Desk) -> list[str]:
    """Name the pinned articles of this partition."""
    return [
        a.article for a in actions if a.kind == "pinned" and partition_for(a.article) == cache.state.partition
    ]


def facts_to_learn(cache: Cache, effects: Effects) -> list[str]:
    """Name the articles that were viewed and whose facts are not known yet."""
    state = cache.state
    return [i for i in effects.viewed if i in state.indexes and i not in state.facts]


def facts_to_forget(cache: Cache, effects: Effects, asked: Iterable[str]) -> Iterable[str]:
    """Name the articles whose facts may not be needed any more: those asked for, all once a day has gone."""
    return list(asked) if effects.left is None else list(cache.state.facts)


def with_facts(cache: Cache, blobs: Mapping[str, bytes | None]) -> Cache:
    """Give the cache with the facts of more articles; TornError if they cannot be read."""
    with restore.reading(cache.state.partition, "articles", cache.stored):
        found = restore.facts_of(blobs)
    # in place: a state means the same whether these are known or not, and a copy would cost what all take
    cache.state.facts.update(found)
    return replace(cache, ranking=scores.learn(cache.ranking, cache.state, found))


def without_facts(cache: Cache, ids: Iterable[str], actions: Desk) -> Cache:
    """Give the cache without the facts of those articles that are neither viewed nor pinned."""
    state = cache.state
    for i in {i for i in ids if i not in state.indexes}.difference(pinned(cache, actions)):
        state.facts.pop(i, None)
    return cache


def void(cache: Cache, done: Refold, rules: Rules) -> tuple[Cache, list[Write]]:
    """Let voids hold whose days have been folded once more up to the position of the cache."""
    state, commands = refold.swap(cache.state, done, rules)
    ranking = scores.ranking_of(state, cache.ranking.end, rules.zone)
    return replace(cache, state=state, ranking=ranking), commands


def parts_of(cache: Cache, days: Iterable[str]) -> dict[str, int]:
    """Give the number of parts of some reading days."""
    return {day: len(cache.state.position.parts(day)) for day in days}


def with_days(cache: Cache, read: Mapping[str, Sequence[bytes]]) -> Cache:
    """Give the cache with the hashes of more reading days; TornError if they are not what was counted."""
    counted = cache.state.position.days
    with restore.reading(cache.state.partition, "seen", cache.stored):
        days = {day: seen.from_bytes(parts, counted[day]) for day, parts in read.items()}
    return replace(cache, state=replace(cache.state, seen={**cache.state.seen, **days}))


def rank(
    cache: Cache,
    as_of_ms: int,
    now_ms: int,
    actions: Desk,
    *,
    max_age_ms: int = FOREVER,
    whole: bool = False,
) -> tuple[Cache, list[Write]]:
    """Make the partition's bests for `as_of_ms`; who is eligible is decided at `now_ms`.

    How old an article is is told by `as_of_ms`.

    `whole` tells that the partition has been read to its end since it was loaded.
    """
    ranking = scores.slide(cache.ranking, cache.state, bucket_of(as_of_ms))
    top = layout.top_fields(scores.tops(ranking, cache.state, actions, now_ms, as_of_ms - max_age_ms))
    if is_incomplete(cache.state.position, as_of_ms):
        top[layout.INCOMPLETE] = b"1"
    if whole:
        top[layout.WHOLE] = b"1"
    as_of = b"%d" % as_of_ms
    commands = layout.top_writes(cache.state.partition, as_of, cache.top, top)
    return replace(cache, ranking=ranking, as_of=as_of, top=top), commands


def is_incomplete(at: Position, as_of_ms: int) -> bool:
    """Tell whether views that were lost with the beginning of the log may be missing in the longest list."""
    return at.gap is not None and as_of_ms < at.gap + RECOMPUTED_MS


def request(before: Cache, after: Cache, commands: list[Write]) -> tuple[Cache, Flush]:
    """Ask the script to take a partition from `before` to `after`; give `after` as it will then be stored."""
    n, at = before.state.partition, before.state.position
    there = replace(at, ids={}) if before.owed else at
    flush = Flush(
        partition=n,
        position=before.stored,
        top_as_of=before.as_of,
        facts=at.facts,
        lengths=layout.lengths(n, there),
        next_position=position.encode(after.state.position),
        writes=[*before.owed, *commands],
        present=[*(layout.views_key(n, day) for day, views in at.days.items() if views), *before.older],
    )
    return replace(after, stored=flush.next_position, owed=(), older=()), flush
