"""One producer, whoever asks first."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from services.rank.adapters.outbox import Outbox
from services.rank.core.views import Forward
from shared.events import HotListChanged
from tests.builders import NOON


class _Producer:
    """A producer that takes a moment to start."""

    made: Sequence["_Producer"] = ()

    def __init__(self, *_: object, **__: object) -> None:
        _Producer.made = [*_Producer.made, self]

    async def start(self) -> None:
        await asyncio.sleep(0)

    async def stop(self) -> None:
        pass

    async def send(self, *_: object, **__: object) -> "asyncio.Future[None]":
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sent.set_result(None)
        return sent


async def test_what_is_handed_on_and_what_is_told_at_once_go_through_one_producer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.rank.adapters.outbox.kafka.producer", _Producer)
    ours = Outbox("", "rank-1")
    forward: Any = Forward(1, b"a", b"{}", [])
    await asyncio.gather(
        ours.forward([forward]), ours.tell([HotListChanged(scope="all", list="now", as_of=NOON, entries=())])
    )
    assert len(_Producer.made) == 1
    await ours.stop()
