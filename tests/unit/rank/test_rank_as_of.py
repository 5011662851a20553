"""Lists of the past for whoever asks: what Redis does meanwhile is told, and what it costs has a bound."""

import asyncio
import threading
import time
from itertools import islice
from typing import Any, cast

import httpx
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from services.rank.adapters import archive
from services.rank.adapters.archive import Archive
from services.rank.adapters.board import Board, Standing
from services.rank.adapters.http import create_app
from services.rank.core import scores
from services.rank.core.buckets import Bucket
from services.rank.core.clock import BUCKET_MS
from services.rank.core.numbering import Numbers
from services.rank.core.position import Position
from services.rank.core.restore import TornError
from shared.health import Health

FOREVER_MS = 10**15


class _Board:
    """A Redis of twelve partitions that are counted, and in which there is nothing."""

    def __init__(self) -> None:
        self.reading = self.most_at_once = self.read = 0
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.torn: Exception | None = None

    async def desk(self) -> None:
        return None

    async def voids(self) -> None:
        return None

    async def standing(self, partition: int) -> Standing:
        return Standing(Position(), FOREVER_MS, whole=True)

    async def window(self, partition: int, first: int, last: int) -> dict[int, Bucket]:
        if self.torn is not None:
            raise self.torn
        self.reading += 1
        self.read += 1
        self.most_at_once = max(self.most_at_once, self.reading)
        await self.may_go_on.wait()
        self.reading -= 1
        return {}

    async def numbers(self, partition: int) -> Numbers:
        return Numbers()

    async def facts(self, partition: int, articles: list[str]) -> dict[str, Any]:
        return {}

    async def doubt(self, partition: int, reason: str) -> None:
        raise RedisConnectionError("away, too")


@pytest.fixture
def board() -> _Board:
    return _Board()


@pytest.fixture
def client(board: _Board) -> httpx.AsyncClient:
    held = cast("Board", board)
    app = create_app(held, Archive(held, 10**12), Health({}))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://rank")


def then() -> dict[str, str]:
    now_ms = time.time_ns() // 1_000_000
    return {"as_of": str((now_ms - now_ms % BUCKET_MS) // 1000)}


async def test_in_the_moment_of_a_wipe_it_is_a_503(client: httpx.AsyncClient, board: _Board) -> None:
    board.torn = TornError(3, "ids cannot be read")
    assert (await client.get("/hot", params=then())).status_code == 503


async def test_one_list_at_a_time_is_made_and_few_wait_for_it(
    client: httpx.AsyncClient, board: _Board
) -> None:
    board.may_go_on.clear()
    asked = [asyncio.create_task(client.get("/hot", params=then())) for _ in range(100)]
    async with asyncio.timeout(30):
        refused = [await one for one in islice(asyncio.as_completed(asked), 100 - archive.AT_ONCE)]
        assert {answer.status_code for answer in refused} == {503}
        board.may_go_on.set()
        answers = await asyncio.gather(*asked)
    assert sum(answer.is_success for answer in answers) == archive.AT_ONCE
    assert board.most_at_once == 1
    assert (await client.get("/hot", params=then())).is_success


async def test_it_is_reckoned_beside_the_event_loop(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[int] = set()
    tops = scores.tops

    def noted(*arguments: Any) -> Any:
        threads.add(threading.get_ident())
        return tops(*arguments)

    monkeypatch.setattr(scores, "tops", noted)
    assert (await client.get("/hot", params=then())).is_success
    assert threads
    assert threading.get_ident() not in threads
