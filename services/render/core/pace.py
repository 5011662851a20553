"""How often somebody may come: so many a second on average, so many at once.

The generic cell rate algorithm: of each name one moment is kept, when all that it has asked for would be done
at the pace. Who is further ahead of now than a whole crowd may be is refused, and is not counted for that.
"""

from typing import Final, NamedTuple

from services.render.core.lru import Lru

_NAMES: Final = 50_000


class Pace(NamedTuple):
    """A pace: on average, and as a crowd."""

    per_s: float
    at_once: int


class Turnstile:
    """Who may come again; of more names than are kept those are forgotten that came longest ago."""

    def __init__(self, pace: Pace, names: int = _NAMES) -> None:
        self._interval_s = 1 / pace.per_s
        self._ahead_s = (pace.at_once - 1) * self._interval_s
        self._done: Lru[str, float] = Lru(names)

    def admits(self, name: str, now_s: float) -> bool:
        """Tell whether this one may come now, and count it if so."""
        done_s = max(now_s, self._done.get(name) or 0.0)
        if done_s - now_s > self._ahead_s:
            return False
        self._done.put(name, done_s + self._interval_s)
        return True
