"""A worker without a world: it remembers, folds and flushes one partition as the real one does."""

from collections.abc import Sequence
from typing import Final

from services.rank.core import turn
from services.rank.core.desk import Desk
from services.rank.core.fold import Batch, DaysNotLoadedError, Effects
from services.rank.core.turn import Cache
from shared.topics import VIEWS
from tests.unit.rank.logs import HOME, RULES, ZONE
from tests.unit.rank.simulated import SimulatedStore

FEW: Final = 2
"""Hashes of a part, so that a day has several."""


class Machine:
    """One partition's worker on a simulated store."""

    def __init__(self, store: SimulatedStore, part: int = FEW) -> None:
        self.store, self.part = store, part
        self.cache: Cache = turn.remember(HOME, store.read(HOME), ZONE, part)

    def reload(self) -> None:
        """Forget and read again."""
        self.cache = turn.remember(HOME, self.store.read(HOME), ZONE, self.part)

    def _with_facts(self, cache: Cache, ids: Sequence[str]) -> Cache:
        return turn.with_facts(cache, self.store.facts_there(HOME, ids)) if ids else cache

    def next_of(self, topic: str) -> int:
        """Give the next offset of a topic."""
        return self.cache.state.position.next.get(topic, 0)

    def feed(self, batch: Batch, as_of_ms: int | None = None, actions: Desk = ()) -> tuple[str, Effects]:
        """Fold and flush; the cache moves on only if the script agreed.

        Where time falls back within the batch, the rest is fed in its turn; the effects are the last ones.
        """
        now, is_left = turn.until_fall(self.cache.state.position, batch, RULES.limits)
        if is_left:
            self.feed(now)
            rest = [r for r in batch.records[VIEWS.name] if r.offset >= now.upto[VIEWS.name]]
            return self.feed(Batch(batch.upto, {VIEWS.name: rest}), as_of_ms, actions)
        before = self._with_facts(self.cache, turn.facts_to_ask(self.cache, batch, actions))
        try:
            after, effects, commands = turn.count(before, batch, RULES)
        except DaysNotLoadedError as missing:
            read = self.store.hashes(HOME, turn.parts_of(before, missing.days))
            after, effects, commands = turn.count(turn.with_days(before, read), batch, RULES)
        after = self._with_facts(after, turn.facts_to_learn(after, effects))
        after = turn.without_facts(after, turn.facts_to_forget(after, effects, ()), actions)
        if as_of_ms is not None:
            after, more = turn.rank(after, as_of_ms, as_of_ms, actions, max_age_ms=RULES.max_age_ms)
            commands += more
        after, flush = turn.request(self.cache, after, commands)
        reply = self.store.run(flush)
        if reply == "ok":
            self.cache = after
        return reply, effects
