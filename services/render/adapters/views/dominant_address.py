"""Says when over half of an hour's views come from one address.

Then render does not see its readers' addresses but a proxy's, all of them are one reader, and hardly a view
counts; or one machine reads for many. What is counted lies in memory, as hashes that mean nothing without
the hour's key, and is forgotten with the hour, key and all.
"""

import asyncio
import secrets
from datetime import datetime

from prometheus_client import Gauge

from services.render.core.views.busiest_address import HOUR_S, BusiestAddress
from services.render.core.views.readers import Address
from shared.runtime import log

_part = Gauge(
    "remen_render_busiest_address_ratio", "Part of this hour's views that came from the busiest address"
)


class DominantAddress:
    """Counts this hour's views; each replica its own."""

    def __init__(self) -> None:
        self._hour = -1
        self._counted = BusiestAddress(b"")
        self._told = False
        self._end: asyncio.TimerHandle | None = None

    def note(self, address: Address, now: datetime) -> None:
        """Count a view, and say so once an hour if too many are of one address."""
        hour, gone_s = divmod(now.timestamp(), HOUR_S)
        if hour != self._hour:
            self._forget()
            self._hour = int(hour)
            self._end = asyncio.get_running_loop().call_later(HOUR_S - gone_s, self._forget)
        self._counted.add(address)
        _part.set(self._counted.part)
        if self._counted.is_over_half and not self._told:
            self._told = True
            log.warning(
                "views_of_one_address",
                views=self._counted.views,
                part=round(self._counted.part, 2),
                private=address.is_private,
                advice="if readers come through a proxy, see RENDER_TRUSTED_PROXIES and what the proxy sends",
            )

    def _forget(self) -> None:
        if self._end is not None:
            self._end.cancel()
        self._hour, self._counted, self._told = -1, BusiestAddress(secrets.token_bytes(16)), False
        _part.set(0)
