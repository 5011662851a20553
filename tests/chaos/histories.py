"""Random lives of a few articles, and the ten lines that say how each must end.

The model knows nothing of Kafka, workers and crashes: it takes what is in `ingest.v1`, in each article's own
partition, in the order of the log.
"""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from confluent_kafka import Message

from shared import wire
from shared.events import Arrival
from tests.builders import sent_article
from tests.foreign import headers_of

IDS: Final = [f"life-{n}" for n in range(8)]
Sent = dict[str, Any]
Door = Literal["http", "home", "keyless", "elsewhere"]

_SOON_S: Final = 4
"""Embargoes and expiries end so soon, or not within the test."""


class Input(NamedTuple):
    """What was sent, where it first arrived, and where in its article's own partition it lies."""

    arrived: Arrival
    sent: Sent
    place: tuple[int, int]


@dataclass
class Ending:
    """How the life of one article ends; `refused` are the places of what did not count."""

    text: Sent | None = None
    arrived: Arrival | None = None
    mark: Arrival | None = None
    withdrawn: bool = False
    refused: set[tuple[int, int]] = field(default_factory=set)

    @property
    def order(self) -> tuple[int, Arrival] | None:
        """The place of the text that stands among all texts."""
        return None if self.text is None or self.arrived is None else (self.text["revision"], self.arrived)

    def state(self, now: datetime) -> str:
        """Say in one word how readers find the article."""
        if self.text is None:
            return "withdrawn" if self.withdrawn else "unknown" if self.mark is None else "reinstated"
        if self._is_before("embargo_until", now):
            return "embargoed"
        return (
            "expired" if "expires_at" in self.text and not self._is_before("expires_at", now) else "published"
        )

    def _is_before(self, name: str, now: datetime) -> bool:
        until = (self.text or {}).get(name)
        return until is not None and now < datetime.fromisoformat(until)


def ending_of(inputs: Iterable[Input]) -> Ending:
    """Predict how an article ends: the model."""
    end = Ending()
    brought: list[Arrival] = []
    for arrived, sent, place in inputs:
        if arrived in brought[-8:]:
            continue  # sent home twice, by an owner that was killed: it was accepted before
        late = end.mark is not None and arrived <= end.mark
        match sent.get("action", "publish"):
            case "withdraw" if not late:
                end.text, end.mark, end.withdrawn = None, arrived, True
            case "reinstate" if not late and end.withdrawn:
                end.mark, end.withdrawn = arrived, False
            case "publish" if (
                not late
                and not end.withdrawn
                and sent["title"]
                and (end.order is None or (sent["revision"], arrived) >= end.order)
            ):
                end.text, end.arrived = sent, arrived
            case _:
                end.refused.add(place)
                continue
        if arrived[1:] != place:
            brought.append(arrived)
    return end


def inputs_in(messages: list[Message]) -> dict[str, list[Input]]:
    """Read `ingest.v1` back: each article's inputs in the order of its own partition.

    What lies elsewhere must have been sent home, unless it was so bad that its article is not looked at.
    """
    found: dict[str, list[Input]] = {}
    elsewhere: set[Arrival] = set()
    for message in messages:
        sent = json.loads(message.value() or b"")
        position = Arrival(message.timestamp()[1], message.partition() or 0, message.offset() or 0)
        stamp = headers_of(message).get(wire.ARRIVED)
        if position.partition == wire.partition_for(sent["id"]) or sent.get("title") == "":
            arrived = wire.read_arrival(stamp) if stamp else position
            found.setdefault(sent["id"], []).append(Input(arrived, sent, position[1:]))
        else:
            elsewhere.add(position)
    missing = elsewhere - {one.arrived for inputs in found.values() for one in inputs}
    assert not missing, f"not sent home: {missing}"
    return {i: sorted(inputs, key=lambda one: one.place) for i, inputs in found.items()}


def lives(chance: random.Random) -> Iterator[tuple[Sent, Door]]:
    """Draw what publishers do, one thing after the other, without end; each text has a title of its own."""
    newest = dict.fromkeys(IDS, 0)
    done: list[Sent] = []
    doors: list[Door] = ["http", "home", "keyless", "elsewhere"]
    while True:
        article_id, title = chance.choice(IDS), f"第{len(done)}稿"
        text = sent_article(article_id, title=title, revision=newest[article_id])
        now = datetime.now(UTC)
        soon = (now + timedelta(seconds=chance.randint(1, _SOON_S))).isoformat()
        sent: Sent = text
        match chance.randrange(14):
            case 0 | 1:
                sent = {"id": article_id, "action": "withdraw", "reason": "error"}
            case 2 | 3:
                sent = {"id": article_id, "action": "reinstate"}
            case 4 if done:
                sent = chance.choice(done)
            case 5:
                sent = text | {"revision": max(0, newest[article_id] - chance.randint(1, 3))}
            case 6 | 7:
                newest[article_id] += chance.randint(1, 2)
                sent = text | {"revision": newest[article_id], "correction": "日子写错了"}
            case 8:
                sent = text | {"embargo_until": soon}
            case 9:
                sent = text | {"embargo_until": (now + timedelta(hours=1)).isoformat()}
            case 10:
                sent = text | {"expires_at": soon}
            case 11:
                sent = text | {"section": chance.choice(["国际", "体育"])}
            case 12 if chance.random() < 0.5:
                sent = text | {"title": ""}
        done.append(sent)
        yield sent, chance.choice(doors)
