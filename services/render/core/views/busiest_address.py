"""What part of an hour's views came from the address that sent most, without keeping any address.

An address is a hash under a key that is drawn for the hour and goes with it. However many there are, so many
as `_KEPT` are counted, as Misra and Gries do it (1982): when another comes, all are counted down by one. So a
count may be too low by a thousandth of the views, and never too high; whatever has over half is among them.
"""

import hmac
from typing import Final

from services.render.core.views.readers import Address

HOUR_S: Final = 3600
FEWEST: Final = 20
"""Of fewer views in an hour half may well be one reader's."""
_KEPT: Final = 1024


class BusiestAddress:
    """The views of one hour; `key` is drawn for it."""

    def __init__(self, key: bytes) -> None:
        self.views = 0
        self._key = key
        self._counts: dict[bytes, int] = {}
        self._most = 0

    def add(self, address: Address) -> None:
        """Count a view; of IPv6 an address is its /64."""
        self.views += 1
        # no IPv4 is as long as the half of an IPv6
        name = hmac.digest(self._key, address.packed[:8], "sha256")[:8]
        if name in self._counts or len(self._counts) < _KEPT:
            count = self._counts[name] = self._counts.get(name, 0) + 1
            self._most = max(self._most, count)
        else:
            self._counts = {one: count - 1 for one, count in self._counts.items() if count > 1}

    @property
    def part(self) -> float:
        """The part of the views that the busiest address sent, 0 to 1."""
        return self._most / self.views if self.views else 0.0

    @property
    def is_over_half(self) -> bool:
        """Tell whether over half are of one address, and enough for that to mean something."""
        return self.views >= FEWEST and self.part > 0.5
