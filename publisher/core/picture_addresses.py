"""Pictures that a file names by their place beside it, where no reader's browser could find them."""

from collections.abc import Iterable
from urllib.parse import urljoin

from services.ingest.core.addresses import source_address
from services.ingest.core.faults import Fault

_LONGEST_SHOWN = 80


def unreachable(addresses: Iterable[str], base: str = "") -> tuple[Fault, ...]:
    """Give a fault for each picture of a body that has no web address, read against its base."""
    return tuple(
        Fault(
            "/body",
            f"the picture {address[:_LONGEST_SHOWN]!r} has no web address; put it on the web and give its "
            "address, beginning with http:// or https://",
        )
        for address in addresses
        if address and source_address(_joined(base, address)) is None
    )


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address
