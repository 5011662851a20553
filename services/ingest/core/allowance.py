"""How much a publisher may ask over HTTP: a bucket that fills evenly and may be emptied in bursts."""

from dataclasses import dataclass
from typing import Final

BURST_S: Final = 10.0
"""An unused allowance is kept for so long."""


@dataclass(slots=True)
class Bucket:
    """So much a second; what was taken beyond what was there is waited for."""

    per_s: float
    left: float = 0.0
    at_s: float = float("-inf")

    def wait_s(self, now_s: float) -> float:
        """Tell in how many seconds there is something to take again; 0 is now."""
        self.left = min(self.left + max(now_s - self.at_s, 0) * self.per_s, self.per_s * BURST_S)
        self.at_s = now_s
        return max(0.0, -self.left / self.per_s)

    def take(self, amount: float) -> None:
        """Take so much, even if it is not there."""
        self.left -= amount
