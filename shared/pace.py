"""How often somebody may come: so many a second on average, so many at once.

The generic cell rate algorithm: of each name one moment is kept, when all that it has asked for would be done
at the pace. Who is further ahead of now than a whole crowd may be has to wait, and is not counted for that.
"""

from typing import Final, NamedTuple

_NAMES: Final = 50_000


class Pace(NamedTuple):
    """A pace: on average, and as a crowd."""

    per_s: float
    at_once: float


class Turnstile:
    """Who may come again; of more names than are kept those are forgotten that came longest ago."""

    def __init__(self, pace: Pace, names: int = _NAMES) -> None:
        self._interval_s = 1 / pace.per_s
        self._ahead_s = max(0.0, pace.at_once - 1) * self._interval_s
        self._names = names
        self._done: dict[str, float] = {}

    def wait_s(self, name: str, now_s: float) -> float:
        """Tell in how many seconds this one may come; 0 is now."""
        return max(0.0, self._done.get(name, 0.0) - now_s - self._ahead_s)

    def count(self, name: str, now_s: float, amount: float = 1.0) -> None:
        """Count so much, even if it is more than may be."""
        self._done[name] = max(now_s, self._done.pop(name, 0.0)) + amount * self._interval_s
        if len(self._done) > self._names:
            del self._done[next(iter(self._done))]

    def admits(self, name: str, now_s: float) -> bool:
        """Tell whether this one may come now, and count it if so."""
        if self.wait_s(name, now_s):
            return False
        self.count(name, now_s)
        return True
