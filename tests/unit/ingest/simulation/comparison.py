"""The logs compared with the model, once it is quiet: outcomes, articles, desk, and the answers over HTTP."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from aiokafka import TopicPartition

from shared import wire
from shared.articles import ArticleEvent, Standing, fold
from shared.events import ArticlePublished
from shared.topics import ARTICLES, DEAD, DESK, INGEST
from tests.builders import parse
from tests.unit.ingest.simulation.logs import Logs, Record
from tests.unit.ingest.simulation.oracle import (
    LATEST,
    Model,
    Outcome,
    Place,
    first,
    key_of,
    stamp_of,
)
from tests.unit.ingest.simulation.process import Call
from tests.unit.ingest.simulation.story import IDS, SCOPES, Story

DeskReader = Callable[[Iterable[Record]], dict[tuple[str, str], str]]

_EVENTS: Final = {
    "publish": "ArticlePublished",
    "withdraw": "ArticleWithdrawn",
    "reinstate": "ArticleReinstated",
    "pin": "HotPinned",
    "ban": "HotBanned",
    "release": "HotReleased",
    "void": "ViewsVoided",
}


class DivergedError(AssertionError):
    """A run did not do what it must; the text says in which step and how."""


def by_input(log: Iterable[Record]) -> dict[tuple[str, str], str]:
    """Read desk.v1 as a reader must: of an article and scope the action of the latest input holds."""
    latest: dict[tuple[str, str], tuple[int, str]] = {}
    for record in log:
        at, kind = place_of(record), kind_of(record)
        if at is None or kind not in ("HotPinned", "HotBanned", "HotReleased"):
            continue
        said = json.loads(record.value or b"{}")
        key = said["article"], said.get("scope", "all")
        if key not in latest or at[1] > latest[key][0]:
            latest[key] = at[1], kind
    return {key: kind for key, (_, kind) in latest.items()}


class Comparison:
    """What lies in the logs against what must; every method raises DivergedError where they differ."""

    def __init__(self, logs: Logs, story: Story, model: Model, read_desk: DeskReader = by_input) -> None:
        self._logs, self._story, self._model = logs, story, model
        self._read_desk = read_desk
        self._doubted: set[str] = set()

    def all(self, calls: Sequence[Call], ended: Sequence[Sequence[int]]) -> None:
        """Compare everything; a record may be set aside once two processes have `ended` behind it."""
        self._letters, self._outputs = self._read()
        set_aside = {place for place, statuses in self._letters.items() if 500 in statuses}
        for n, offset in set_aside:
            over = sum(ends[n] > offset for ends in ended)
            _must(over > 1, f"{n, offset} is set aside, and {over} processes have ended since it came")
        self._model.catch_up(set_aside)
        self._outcomes()
        for article in IDS:
            if article not in self._doubted:
                self._article(article)
        self._desk()
        for call in calls:
            self.answer(call)

    def answer(self, call: Call) -> None:
        """Compare what a request was told with what became of it."""
        if call.status in (None, 202, 503) or call.article in self._doubted:
            return
        sent = [
            (log.tp.partition, n)
            for log in self._logs.of(INGEST.name)
            for n, by in enumerate(log.calls)
            if by is call
        ]
        became = [self._model.outcomes[place] for place in sent]
        said = f"{call.value.decode()} with the key {call.key} was answered {call.status} {call.detail}"
        _must(len(sent) <= 1, f"{said}, and was sent twice: {sent}")
        _must(call.status != 500 or became[0].what == "set aside", said)
        if call.status == 201 and not call.replayed:
            _must(bool(sent), f"{said}, but was never sent")
            _must(became[0].what in ("accepted", "repeat"), f"{said}, but it became {became}")
        elif call.status == 201:
            _must(self._is_known(call), f"{said} as a repeat, but nothing like it was accepted")
        elif sent:
            _must(
                (became[0].what == "refused" and call.status in became[0].statuses)
                or (became[0].what, call.status) == ("set aside", 500),
                f"{said}, but it became {became}",
            )
        else:
            _must(self._is_just(call), f"{said}, and would have been accepted at any time until then")

    def _is_known(self, call: Call) -> bool:
        names = (name for s in self._model.states(call.article) for name in s.requests.values())
        return any(name == call.name for name in names)

    def _is_just(self, call: Call) -> bool:
        said = self._story.said[call.value]
        if said.refused:
            return call.status == said.refused
        states = [state for states in self._model.history.values() for state in states]
        if call.status == 409 and any(
            s.requests.get(key_of(call.name), call.name) != call.name for s in states
        ):
            return True
        return any(
            s.verdict(said, LATEST, call.name) == call.status for s in self._model.states(call.article)
        )

    def _read(self) -> tuple[dict[Place, list[int]], dict[Place, list[Record]]]:
        letters: dict[Place, list[int]] = defaultdict(list)
        for log in self._logs.of(DEAD.name):
            for record in log.ever:
                if (place := _refused_at(record)) is not None:
                    letters[place].append(_status(record))
        outputs: dict[Place, list[Record]] = defaultdict(list)
        for log in [*self._logs.of(ARTICLES.name), *self._logs.of(DESK.name)]:
            for record in log.ever:
                if (place := place_of(record)) is not None:
                    outputs[place].append(record)
        return letters, outputs

    def _outcomes(self) -> None:
        letters, outputs = self._letters, self._outputs
        copies = {
            (self._story.said[record.value].article, stamp_of(record))
            for log in self._logs.of(INGEST.name)
            for record in log.ever
        }
        self._doubted |= {
            outcome.said.article
            for place, outcome in self._model.outcomes.items()
            if place in letters and place in outputs and self._is_doubtful(place, outcome)
        }
        for place, outcome in self._model.outcomes.items():
            told, written = letters.pop(place, []), outputs.pop(place, [])
            if outcome.said.article in self._doubted:
                continue
            self._outcome(place, outcome, told, written)
            if outcome.what == "away" and (outcome.said.article, outcome.arrived) not in copies:
                _must(False, f"{place} was not sent into its own partition: {outcome}")
        _must(not letters, f"dead letters of nothing: {dict(letters)}")
        _must(not outputs, f"events of nothing: {dict(outputs)}")

    def _is_doubtful(self, place: Place, outcome: Outcome) -> bool:
        """Tell whether a refusal may have been decided once more, behind what was accepted after it.

        It leaves no trace but its time. Where the broker's clock has stepped back behind it, and then a crash
        has it read again, nothing tells it from a message of a topic made anew.
        """
        n, offset = place
        log = self._logs[TopicPartition(INGEST.name, n)].ever
        return outcome.what == "refused" and any(
            log[at].timestamp < log[offset].timestamp
            for (m, at), other in self._model.outcomes.items()
            if m == n and at > offset and other.what == "accepted"
            if other.said.article == outcome.said.article
        )

    def _outcome(self, place: Place, outcome: Outcome, told: list[int], written: list[Record]) -> None:
        about = f"{place}, {outcome}"
        match outcome.what:
            case "accepted":
                _must(not told, f"{about}: accepted, and refused with {told}")
                kinds = {kind_of(record) for record in written if record.value is not None}
                _must(kinds == {_EVENTS[outcome.said.kind]}, f"{about}: accepted, but written was {kinds}")
            case "refused":
                _must(not written, f"{about}: refused, but written was {written}")
                _must(bool(told), f"{about}: refused, but there is no dead letter")
                _must(set(told) <= set(outcome.statuses), f"{about}: refused with {told}")
            case "set aside":
                _must(not written, f"{about}: set aside, but written was {written}")
            case "repeat":
                _must(not written, f"{about}: a repeat, but written was {written}")
                _must(not told, f"{about}: a repeat, but refused with {told}")
            case _:
                _must(not (told or written), f"{about}: not its partition, but {told} {written}")

    def _article(self, name: str) -> None:
        due = self._model.article(name)
        log = self._logs[TopicPartition(ARTICLES.name, wire.partition_for(name))]
        ever = list(_events(log.ever, name))
        left = list(_events(log.take(0, log.end), name))
        newest: dict[bytes | None, Record] = {r.key: r for r in log.take(0, log.end)}
        compacted = list(_events(sorted(newest.values(), key=lambda r: r.offset), name))
        expected = due.order and (due.order[0], due.order[1][1:]), due.mark and due.mark[1:], due.withdrawn
        for what, events in (
            ("all", ever),
            ("what is left", left),
            ("what compaction would leave", compacted),
        ):
            standing = Standing()
            for event in events:
                standing = fold(standing, event)
            # not the time: what is decided once more may be given a later one
            order = standing.order and (standing.order.revision, standing.order.arrival[1:])
            found = order, standing.mark and standing.mark[1:], standing.withdrawn
            _same(f"{what} of {name}", found, expected)
        texts = [e for e in compacted if isinstance(e, ArticlePublished)]
        _same(f"the text of {name} in the end", [e.title for e in texts], [due.title] if due.order else [])

    def orderly(self, since: dict[TopicPartition, int]) -> None:
        """See that nobody has written what does not stand, since when each partition had one owner."""
        for name in set(IDS) - self._doubted:
            log = self._logs[TopicPartition(ARTICLES.name, wire.partition_for(name))]
            standing = Standing()
            for record in log.ever:
                event = _parsed(record.key, record.value, tuple(record.headers))
                if event is None or event.id != name:
                    continue
                standing = fold(standing, event)
                stale = isinstance(event, ArticlePublished) and event.order != standing.order
                _must(record.offset < since[log.tp] or not stale, f"written behind what stands: {record}")

    def _desk(self) -> None:
        known = set(IDS) - self._doubted
        found = self._read_desk(self._logs.of(DESK.name)[0].ever)
        latest: dict[tuple[str, str], str] = {}
        for _, outcome in sorted(self._model.outcomes.items()):
            if outcome.what == "accepted" and outcome.said.kind in ("pin", "ban", "release"):
                latest[outcome.said.article, outcome.said.scope] = _EVENTS[outcome.said.kind]
        ours = {key: kind for key, kind in found.items() if key[0] in known and key[1] in SCOPES}
        _same("the desk", ours, {key: kind for key, kind in latest.items() if key[0] in known})


def place_of(record: Record) -> Place | None:
    """Give the input that an output names: partition and offset."""
    parts = (first(record, "ce_input") or b"").split(b"/")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    return int(parts[1]), int(parts[2])


def kind_of(record: Record) -> str:
    """Name the class of an event."""
    return (first(record, "ce_type") or b"").decode(errors="replace").removeprefix("remen.")


def _refused_at(record: Record) -> Place | None:
    # the last of a name is ingest's own; the publisher's come before
    said = {name: value for name, value in record.headers if name in ("remen-partition", "remen-offset")}
    try:
        return int(said["remen-partition"] or b""), int(said["remen-offset"] or b"")
    except (KeyError, ValueError):
        return None


def _status(record: Record) -> int:
    *_, problem = (value for name, value in record.headers if name == "remen-problem")
    return int(json.loads(problem or b"{}")["status"])


def _events(log: Iterable[Record], name: str) -> Iterable[ArticleEvent]:
    for record in log:
        event = _parsed(record.key, record.value, tuple(record.headers))
        if event is not None and event.id == name:
            yield event


_parsed = lru_cache(maxsize=4096)(parse)


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DivergedError(otherwise)


def _same(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise DivergedError(f"{what}: found {found!r}, expected {expected!r}")
