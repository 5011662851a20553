"""How what the log has said of an id is written in a store, SQLite's or the archive's."""

from typing import Final

from pydantic import TypeAdapter

from shared.articles import Standing
from shared.events import Arrival, Order

_WRITTEN: Final = TypeAdapter(tuple[Order | None, Arrival | None, bool])


def as_text(standing: Standing) -> str:
    """Write a standing."""
    return _WRITTEN.dump_json((standing.order, standing.mark, standing.withdrawn)).decode()


def standing_in(text: str) -> Standing:
    """Read a standing; ValueError if none was written so."""
    return Standing(*_WRITTEN.validate_json(text))
