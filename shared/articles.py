"""How to read articles.v1: which text of an article stands, whatever order the records come in.

Every reader of the topic (ingest, rank, render, anyone) applies this one rule. The rule is needed because a
paused ingest worker that wakes up may write a stale text behind a newer one or behind a withdrawal; the owner
of the partition writes it right again, and until then nobody is misled:

* a withdrawal outranks every text until a later reinstatement;
* a text that arrived before the last reinstatement never stands;
* among the others the one of the highest order stands.
"""

from dataclasses import dataclass, replace
from typing import Final

from pydantic import ValidationError

from shared import wire
from shared.events import Arrival, ArticlePublished, ArticleReinstated, ArticleWithdrawn, Order

MARK_SUFFIX: Final = "#withdrawn"
"""Key of an article's withdrawal or reinstatement: its id with this behind it."""


@dataclass(frozen=True, slots=True)
class TextErased:
    """A tombstone: the text of this id is to be gone."""

    id: str


ArticleEvent = ArticlePublished | ArticleWithdrawn | ArticleReinstated | TextErased

_CLASSES: Final[dict[str, type[ArticlePublished | ArticleWithdrawn | ArticleReinstated]]] = {
    wire.TYPE_PREFIX + cls.__name__: cls for cls in (ArticlePublished, ArticleWithdrawn, ArticleReinstated)
}


def parse(
    key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes], ...]
) -> ArticleEvent | None:
    """Read one record of articles.v1; None if its type is unknown, it has no key, or it does not parse."""
    if key is None:
        return None
    name = key.decode(errors="replace")
    if value is None:
        return None if name.endswith(MARK_SUFFIX) else TextErased(name)
    cls = _CLASSES.get(wire.first_values(headers).get("ce_type", b"").decode(errors="replace"))
    if cls is None:
        return None
    try:
        return cls.model_validate_json(value)
    except ValidationError:
        return None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the log has said of one id so far; the default is an id never heard of."""

    order: Order | None = None
    mark: Arrival | None = None
    withdrawn: bool = False

    def admits(self, order: Order) -> bool:
        """Tell whether a text of this order stands, now that it is read."""
        return (
            not self.withdrawn
            and (self.mark is None or order.arrival > self.mark)
            and (self.order is None or order >= self.order)
        )


NEVER_HEARD_OF: Final = Standing()


def fold(standing: Standing, event: ArticleEvent) -> Standing:
    """Give the standing after one more record; a record that changes nothing gives the same object."""
    match event:
        case ArticlePublished():
            if standing.admits(event.order) and event.order != standing.order:
                return replace(standing, order=event.order)
            return standing
        case ArticleWithdrawn() | ArticleReinstated():
            if standing.mark is not None and event.arrival <= standing.mark:
                return standing
            withdrawn = isinstance(event, ArticleWithdrawn)
            keeps = not withdrawn and standing.order is not None and standing.order.arrival > event.arrival
            return Standing(standing.order if keeps else None, event.arrival, withdrawn)
        case TextErased():
            # Erasing follows a withdrawal and says nothing new; behind a text that stands it is a zombie's.
            return standing
