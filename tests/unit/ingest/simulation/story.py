"""What is sent in a run: few articles, keys and partitions, so that nearly everything meets everything."""

from functools import cache
from random import Random
from typing import Any, Final, NamedTuple

from aiokafka import TopicPartition

from shared import wire
from shared.events import Arrival
from shared.topics import ARTICLES, DEAD, DESK, INGEST, PARTITIONS
from tests.builders import as_json, published
from tests.unit.ingest.simulation.logs import Headers, Logs

_DEEP: Final = b"[" * 3000
_STRANGER: Final = "somebody-elses"

FOREIGN_HEADERS: Final[tuple[Headers, ...]] = (
    (("ce_arrived", b"x"),),
    (("ce_arrived", None), ("ce_requestid", None), ("traceparent", None)),
    (("ce_arrived", b"1/2"), ("ce_input", b"x"), ("ce_requests", b"x")),
    (("ce_arrived", b"99999999999999/99/1"), ("ce_requestid", b"\xff")),
    (("remen-problem", _DEEP), ("remen-offset", b"x"), ("remen-topic", None)),
    (("�", b"\xff"), ("CE_RequestId", b"anything"), ("", b"")),
    (("traceparent", b"00-1-2-3"), ("ce_specversion", b"1.0"), ("ce_type", b"remen.ArticlePublished")),
)


def ids_of(partition: int, count: int) -> list[str]:
    """Give so many article ids that belong to a partition."""
    names = (f"story-{number}" for number in range(10_000))
    return [name for name in names if wire.partition_for(name) == partition][:count]


IDS: Final = [*ids_of(2, 2), *ids_of(9, 1)]
_KINDS: Final = {"publish": 10, "withdraw": 3, "reinstate": 3, "pin": 3, "ban": 1, "release": 2, "void": 1}
"""How often each is sent, beside the others."""
SCOPES: Final = ("all", "section:地方")


class Said(NamedTuple):
    """What a message means: `refused` is the status if it cannot be read, whatever stands."""

    kind: str
    article: str = ""
    refused: int = 0
    revision: int = 0
    title: str = ""
    scope: str = ""
    large: bool = False
    """Its event is larger than Kafka takes."""


@cache
def _bad(what: str, article: str) -> tuple[bytes | None, int]:
    match what:
        case "nothing":
            return None, 400
        case "empty":
            return b"", 400
        case "no JSON":
            return b"{", 400
        case "deep":
            return _DEEP, 400
        case "no UTF-8":
            return b"\xff\xfe", 400
        case "a list":
            return b"[]", 422
        case "no body":
            return as_json({"id": article, "title": "t"}), 422
        case "no action":
            return as_json({"id": article, "action": "burn"}), 422
        case _:
            return as_json({"id": article, "title": "t" * 25_000, "section": "s"}), 422


class Story:
    """The publishers, the desk and strangers."""

    def __init__(self, chance: Random, logs: Logs) -> None:
        self._chance, self._logs = chance, logs
        self._number = 0
        self._values: list[bytes] = []
        self.said: dict[bytes | None, Said] = {}
        self._ids = chance.sample(IDS, chance.randint(1, len(IDS)))
        self._kinds = {kind: n * chance.choice((0.2, 1, 1, 3)) for kind, n in _KINDS.items()}
        self.oversized = False
        """Whether messages may be sent that are too large to be written on."""

    def send(self) -> None:
        """Send a message to ingest.v1 directly, as a publisher's own producer does."""
        chance = self._chance
        if chance.random() < 0.12:
            value = self._garbage()
        elif self._values and chance.random() < 0.15:
            value = chance.choice(self._values)
        else:
            value = self.message()
        said = self.said[value]
        home = wire.partition_for(said.article) if said.article else chance.randrange(PARTITIONS)
        n = home if chance.random() < 0.75 else chance.choice((2, 9, 5))
        key = said.article.encode() if chance.random() < 0.7 else chance.choice((None, b"x", b"\xff"))
        if key is None and value is None:
            key = b""
        headers = list(chance.choice(FOREIGN_HEADERS)) if chance.random() < 0.2 else []
        if chance.random() < 0.02:
            old = Arrival(self._logs.stamp(TopicPartition(INGEST.name, n)) - 500, n, chance.randrange(2**40))
            headers = [("ce_arrived", wire.write_arrival(old))]
        for _ in range(1 if chance.random() < 0.9 else 2):
            self._logs.append(TopicPartition(INGEST.name, n), key, value, headers)

    def message(self) -> bytes:
        """Make a message that can be read."""
        chance = self._chance
        self._number += 1
        article = chance.choice(self._ids)
        (kind,) = chance.choices(list(self._kinds), list(self._kinds.values()))
        note = f"n{self._number}"
        sent: dict[str, Any] = {"id": article, "action": kind}
        said = Said(kind, article)
        match kind:
            case "publish":
                large = self.oversized and chance.random() < 0.1
                body = "x" * chance.choice((6_000, 30_000)) if large else "b"
                revision = chance.choice((0, 0, 0, 1, 2))
                sent = {"id": article, "title": note, "section": "地方", "body": body, "revision": revision}
                said = Said(kind, article, revision=revision, title=note, large=large)
            case "withdraw":
                sent |= {"reason": "legal", "note": note}
            case "reinstate":
                # nothing that makes it unlike another one but a field nobody knows
                sent["x"] = note
            case "void":
                of_all = chance.random() < 0.5
                span = {"from": "2026-11-15T10:00:00Z", "until": "2026-11-15T11:00:00Z"}
                sent = {"action": kind, "segment": 1, **span, "who": "w", "why": note}
                sent |= {} if of_all else {"article": article}
                said = Said(kind, "*" if of_all else article)
            case _:
                scope = chance.choice(SCOPES)
                sent = {"action": kind, "article": article, "scope": scope, "who": "w", "why": note}
                said = Said(kind, article, scope=scope)
        value = as_json(sent)
        self.said[value] = said._replace(title=note)
        self._values.append(value)
        return value

    def unreadable(self) -> bytes:
        """Make a message whose faults can be told."""
        value, status = _bad(
            self._chance.choice(("no body", "no action", "a list")), self._chance.choice(IDS)
        )
        assert value is not None
        self.said[value] = Said("bad", "", status)
        return value

    def intrude(self) -> str:
        """Append what no producer of ours writes to a topic that ingest reads."""
        chance = self._chance
        headers = list(chance.choice(FOREIGN_HEADERS))
        value = chance.choice(
            (None, b"", b"{", _DEEP, b"null", b"[]", b'{"id":1}', b'{"article":[]}', b"\xff")
        )
        topic = chance.choice((ARTICLES, DESK, DEAD))
        n = chance.choice((2, 9)) if topic is not DESK else 0
        key = chance.choice((None, b"\xff", b"", _STRANGER.encode()))
        if topic is ARTICLES and chance.random() < 0.3:
            # an event like ours, but for where it says that it came from
            event = published(_STRANGER)
            key, value = _STRANGER.encode(), wire.encode(event)
            headers = [
                ("ce_type", wire.type_of(event).encode()),
                ("ce_input", chance.choice((b"x", b"", None))),
            ]
        elif topic is ARTICLES and chance.random() < 0.5:
            article = chance.choice(self._ids)
            n, key, value, headers = wire.partition_for(article), article.encode(), None, []
        elif topic is DESK and chance.random() < 0.5:
            headers.insert(0, ("ce_requestid", b"idem-0123456789abcdef-0123456789abcdef"))
        elif key is None and value is None:
            key = b""
        self._logs.append(TopicPartition(topic.name, n), key, value, headers)
        return f"a stranger writes to {topic.name}"

    def _garbage(self) -> bytes | None:
        kinds = ["nothing", "empty", "no JSON", "deep", "no UTF-8", "a list", "no body", "no action"]
        if self.oversized:
            kinds += ["huge"] * 3
        value, status = _bad(self._chance.choice(kinds), self._chance.choice(IDS))
        self.said[value] = Said("bad", "", status)
        return value
