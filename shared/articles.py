"""How to read articles.v1: which text of an article stands, whatever order the records come in.

Every reader of the topic (ingest, rank, render, anyone) applies this one rule. The rule is needed because a
paused ingest worker that wakes up may write a stale text behind a newer one or behind a withdrawal; the owner
of the partition writes it right again, and until then nobody is misled:

* a withdrawal outranks every text until a later reinstatement;
* a text that arrived before the last reinstatement never stands;
* among the others the one of the highest order stands.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from pydantic import ValidationError
from pydantic_core import from_json

from shared import blocks, bounded_json, wire
from shared.events import Arrival, ArticlePublished, ArticleReinstated, ArticleWithdrawn, Order

MARK_SUFFIX: Final = "#withdrawn"
"""Key of an article's withdrawal or reinstatement: its id with this behind it."""

LARGEST_BYTES: Final = 4 * 1024 * 1024
"""Of a value; the topic takes no more uncompressed, and ingest compresses nothing."""

MOST_PARTS: Final = 200_000
"""Lists and objects of a value; an article of a million bytes that is one dense table has half of that."""


@dataclass(frozen=True, slots=True)
class TextErased:
    """A tombstone: the text of this id is to be gone."""

    id: str


ArticleEvent = ArticlePublished | ArticleWithdrawn | ArticleReinstated | TextErased
Unusable = Literal["key", "wrong_partition", "type", "too_large", "value"]
"""What is wrong with a record that says nothing of any article."""

_KEY: Final = re.compile(rb"([A-Za-z0-9._-]{1,64})(#withdrawn)?")
_MARKS: Final[dict[bytes, type[ArticleWithdrawn | ArticleReinstated]]] = {
    f"{wire.TYPE_PREFIX}{cls.__name__}".encode(): cls for cls in (ArticleWithdrawn, ArticleReinstated)
}
_PUBLISHED: Final = f"{wire.TYPE_PREFIX}{ArticlePublished.__name__}".encode()
_BLOCKS: Final = {cls.model_fields["kind"].default for cls in get_args(get_args(blocks.Block)[0])}
_MARK_KINDS: Final = set(get_args(blocks.MarkKind))


def id_of(key: bytes | None) -> str | None:
    """Give the article that a record under this key is about; None if it is about none."""
    found = None if key is None else _KEY.fullmatch(key)
    return None if found is None else found[1].decode()


def read(
    key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes | None]], partition: int
) -> ArticleEvent | Unusable:
    """Read one record of articles.v1, of which anything may be wrong.

    Only a record under its article's key, in its article's partition, says anything of the article: that is
    where ingest writes, a paused worker too, and where compaction and the partition's owner see it.
    """
    found = None if key is None else _KEY.fullmatch(key)
    if found is None:
        return "key"
    article_id, is_mark = found[1].decode(), found[2] is not None
    if wire.partition_for(article_id) != partition:
        return "wrong_partition"
    if value is None:
        return "key" if is_mark else TextErased(article_id)
    if bounded_json.is_too_large(value, LARGEST_BYTES, MOST_PARTS):
        return "too_large"
    event_type = wire.first_values(headers).get("ce_type", b"")
    event: ArticleEvent
    try:
        if event_type == _PUBLISHED:
            event = article(value)
        elif event_type in _MARKS:
            event = bounded_json.read(_MARKS[event_type], value)
        else:
            return "type"
    except ValueError:
        return "value"
    return event if event.id == article_id and is_mark == (event_type in _MARKS) else "key"


def article(value: bytes) -> ArticlePublished:
    """Read an article without its blocks and marks of kinds not known here; ValueError if that fails."""
    try:
        return bounded_json.read(ArticlePublished, value)
    except ValidationError:
        if b'"blocks"' not in value:
            raise
        written = from_json(value)
        if not isinstance(written, dict) or not isinstance(written.get("blocks"), list):
            raise
        known = [_with_known_marks(one) for one in written["blocks"] if _is(one, _BLOCKS)]
        return ArticlePublished.model_validate(written | {"blocks": known})


def _is(part: Any, kinds: set[str]) -> bool:
    """Tell whether a part is of one of these kinds, or too odd to have one."""
    kind = part.get("kind") if isinstance(part, dict) else None
    return not isinstance(kind, str) or kind in kinds


def _with_known_marks(part: Any) -> Any:
    if isinstance(part, list):
        return [_with_known_marks(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        name: [mark for mark in value if _is(mark, _MARK_KINDS)]
        if name == "marks" and isinstance(value, list)
        else _with_known_marks(value)
        for name, value in part.items()
    }


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


def with_text(standing: Standing, order: Order) -> Standing:
    """Give the standing after a text of this order; one that changes nothing gives the same object."""
    if standing.admits(order) and order != standing.order:
        return Standing(order, standing.mark)
    return standing


def fold(standing: Standing, event: ArticleEvent) -> Standing:
    """Give the standing after one more record; a record that changes nothing gives the same object."""
    match event:
        case ArticlePublished():
            return with_text(standing, event.order)
        case ArticleWithdrawn() | ArticleReinstated():
            if standing.mark is not None and event.arrival <= standing.mark:
                return standing
            withdrawn = isinstance(event, ArticleWithdrawn)
            keeps = not withdrawn and standing.order is not None and standing.order.arrival > event.arrival
            return Standing(standing.order if keeps else None, event.arrival, withdrawn)
        case TextErased():
            # Erasing follows a withdrawal and says nothing new; behind a text that stands it is a zombie's.
            return standing
