"""Where the log is read once more for voids: from the first view that was counted on the days they touch."""

from typing import NamedTuple

from services.rank.adapters.history import History
from services.rank.core import refold
from services.rank.core.fold import Rules, State
from services.rank.core.refold import Refold, Spans
from services.rank.core.voids import Voids
from shared.topics import VIEWS


class Left(NamedTuple):
    """Why days are left as they are, and what is to be said of them."""

    reason: str
    said: dict[str, object]


class Begun(NamedTuple):
    """A refold at its beginning; without a history there is nothing to read, and it is done."""

    history: History | None
    refold: Refold
    left: tuple[Left, ...]


async def begin(bootstrap_servers: str, state: State, known: Voids, rules: Rules) -> Begun:
    """Begin to let all known voids hold in a partition; who gets a history is to stop it."""
    left: list[Left] = []
    spans = refold.spans_of(state, known, rules)
    if large := refold.too_large(state, spans):
        reason = (
            f"more than {refold.MOST_VIEWS:,} views of a partition are not folded anew: "
            "those of these days stay as they were counted"
        )
        left.append(Left(reason, {"days": large}))
        spans = refold.without_days(spans, large)
    if refold.first_counted_ms(state, spans, rules) is None:
        return Begun(None, _done(state, known, spans), tuple(left))
    history = History(bootstrap_servers, state.partition)
    await history.start()
    try:
        spans, offset, lost = await _sought(history, state, spans, rules)
    except BaseException:
        await history.stop()
        raise
    if offset is None:
        await history.stop()
        return Begun(None, _done(state, known, spans), (*left, *lost))
    return Begun(history, refold.begin(state.partition, known, spans, offset), (*left, *lost))


async def _sought(
    history: History, state: State, spans: Spans, rules: Rules
) -> tuple[Spans, int | None, list[Left]]:
    """Seek the first view of the days that the log still has whole."""
    lost: list[Left] = []
    first_ms = refold.first_counted_ms(state, spans, rules)
    place = None if first_ms is None else await history.seek(first_ms)
    if place is None or place.offset == place.begins > 0:
        begins_ms = state.position.time.now_ms if place is None else place.at_ms
        lost.append(Left("views are gone", {"log_begins_ms": begins_ms}))
        spans = refold.without_days_before(spans, begins_ms, rules)
        first_ms = refold.first_counted_ms(state, spans, rules)
        place = None if first_ms is None else await history.seek(first_ms)
    return spans, None if place is None else place.offset, lost


def _done(state: State, known: Voids, spans: Spans) -> Refold:
    return refold.begin(state.partition, known, spans, state.position.next[VIEWS.name])
