"""What one address may take of a render that readers reach without an edge; of IPv6 it is a /64.

A trusted proxy speaks for many and is not limited: it limits its own readers, as ops/edge does by the same
numbers. Nothing of an address outlives its last request by more than the process.
"""

from collections import Counter
from ipaddress import IPv4Address, ip_network
from typing import Final

from services.render.core.text.scripts import script_at
from services.render.core.views.readers import Address, Proxies, client_address
from shared import health
from shared.pace import Pace, Turnstile

CONNECTIONS: Final = 1000
"""Open at a time. A school of a thousand readers has some at work and most between two pages."""
READS: Final = Pace(200, 1000)
SEARCHES: Final = Pace(10, 100)
VIEWS: Final = Pace(50, 500)


class AddressLimits:
    """Who is connected from where, and how often each address has asked."""

    def __init__(self, trusted: Proxies) -> None:
        self._trusted = trusted
        self._connected: Counter[str] = Counter()
        self._reads, self._searches, self._views = Turnstile(READS), Turnstile(SEARCHES), Turnstile(VIEWS)

    def connect(self, peer: str) -> str | None:
        """Count a connection; give what its address is called, None if that is not limited."""
        address = client_address(peer, "", ())
        if address is None or self._is_proxy(address):
            return None
        bits = 32 if isinstance(address, IPv4Address) else 64
        name = str(ip_network(f"{address}/{bits}", strict=False))
        self._connected[name] += 1
        return name

    def _is_proxy(self, address: Address) -> bool:
        if isinstance(self._trusted, int):
            return self._trusted > 0
        return any(address in network for network in self._trusted)

    def disconnect(self, name: str) -> None:
        """Take a connection off the count."""
        self._connected[name] -= 1
        if not self._connected[name]:
            del self._connected[name]

    def is_crowded(self, name: str) -> bool:
        """Tell whether more are connected from there than may be."""
        return self._connected[name] > CONNECTIONS

    def admits(self, name: str, target: bytes, now_s: float) -> bool:
        """Tell whether one more request from there is answered."""
        path = target.partition(b"?")[0].decode("latin-1")
        if path in health.PATHS:
            return True
        if path in ("/views", "/v.gif"):
            return self._views.admits(name, now_s)
        if script_at(path)[1] == "/search" and not self._searches.admits(name, now_s):
            return False
        return self._reads.admits(name, now_s)
