"""Lists of the past for whoever asks: what Redis does meanwhile is told, and what it costs has a bound."""

import asyncio
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Any, cast

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisConnectionError

from services.rank.adapters import archive
from services.rank.adapters.archive import Archive
from services.rank.adapters.hot_list_store import HotListStore, Standing
from services.rank.adapters.http import create_app
from services.rank.core import scores
from services.rank.core.buckets import Bucket
from services.rank.core.clock import BUCKET_MS
from services.rank.core.position import Position
from services.rank.core.restore import TornError
from services.rank.core.voids import Void
from shared.health import Health
from shared.topics import VIEWS
from tests.unit.rank.logs import ZONE

FOREVER_MS = 10**15
DAY = "2026-11-15"
BEFORE = Position(next={VIEWS.name: 5}, ids={DAY: 16})


class _HotListStore:
    """A Redis of twelve partitions that are counted, and in which there is nothing."""

    zone = ZONE

    def __init__(self) -> None:
        self.reading = self.most_at_once = self.read = 0
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.torn: Exception | None = None
        self.positions = [Position()]

    async def desk(self) -> None:
        return None

    async def voids(self) -> None:
        return None

    async def standing(self, partition: int) -> Standing:
        # what it says is read by turns; the last stays
        position = self.positions.pop(0) if len(self.positions) > 1 else self.positions[0]
        return Standing(position, FOREVER_MS, whole=True)

    async def window(self, partition: int, first: int, last: int) -> dict[int, Bucket]:
        if self.torn is not None:
            raise self.torn
        self.reading += 1
        self.read += 1
        self.most_at_once = max(self.most_at_once, self.reading)
        await self.may_go_on.wait()
        self.reading -= 1
        return {}

    def days(self, first: int, last: int) -> dict[str, list[int]]:
        return {}

    async def ids(self, partition: int, at: Position, days: Iterable[str]) -> dict[str, bytes]:
        return {}

    async def facts(self, partition: int, articles: list[str]) -> dict[str, Any]:
        return {}

    async def doubt(self, partition: int, reason: str) -> None:
        raise RedisConnectionError("away, too")


@pytest.fixture
def hot_lists() -> _HotListStore:
    return _HotListStore()


@pytest.fixture
def client(hot_lists: _HotListStore) -> httpx.AsyncClient:
    held, nobody = cast("HotListStore", hot_lists), cast("Any", None)
    app = create_app(held, Archive(held, 10**12), nobody, nobody, Health({}))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://rank")


def then() -> dict[str, str]:
    now_ms = time.time_ns() // 1_000_000
    return {"as_of": str((now_ms - now_ms % BUCKET_MS) // 1000)}


async def test_in_the_moment_of_a_wipe_it_is_a_503(
    client: httpx.AsyncClient, hot_lists: _HotListStore
) -> None:
    hot_lists.torn = TornError(3, "ids cannot be read")
    assert (await client.get("/hot", params=then())).status_code == 503


async def test_one_list_at_a_time_is_made_and_few_wait_for_it(
    client: httpx.AsyncClient, hot_lists: _HotListStore
) -> None:
    hot_lists.may_go_on.clear()
    asked = [asyncio.create_task(client.get("/hot", params=then())) for _ in range(100)]
    async with asyncio.timeout(30):
        refused = [await one for one in islice(asyncio.as_completed(asked), 100 - archive.AT_ONCE)]
        assert {answer.status_code for answer in refused} == {503}
        hot_lists.may_go_on.set()
        answers = await asyncio.gather(*asked)
    assert sum(answer.is_success for answer in answers) == archive.AT_ONCE
    assert hot_lists.most_at_once == 1
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


@pytest.mark.parametrize(
    "after",
    [
        replace(BEFORE, voids=(Void(3, 7, 0, 1),)),
        replace(BEFORE, next={VIEWS.name: 4}),
        replace(BEFORE, ids={DAY: 8}),
    ],
    ids=["voided", "put back", "fewer ids"],
)
@pytest.mark.parametrize("path", ["/hot", "/hot/story-1/why"])
async def test_numbers_that_may_have_changed_under_the_question_are_not_answered_with(
    client: httpx.AsyncClient, hot_lists: _HotListStore, path: str, after: Position
) -> None:
    query = then() if path == "/hot" else {}
    # a list begins with the position of partition 0, from which it has the desk
    first = [BEFORE] * (2 if path == "/hot" else 1)
    counted_on = replace(BEFORE, next={VIEWS.name: 9}, ids={DAY: 33, "2026-11-16": 7})
    hot_lists.positions = [*first, counted_on]
    assert (await client.get(path, params=query)).status_code != 503
    hot_lists.positions = [*first, after]
    assert (await client.get(path, params=query)).status_code == 503


@pytest.mark.parametrize("path", ["/hot", "/hot/story-1/why"])
async def test_of_a_partition_in_an_older_layout_nothing_is_told(
    client: httpx.AsyncClient, hot_lists: _HotListStore, path: str
) -> None:
    hot_lists.positions = [Position(numbered=3)]
    answer = await client.get(path, params=then() if path == "/hot" else {})
    assert answer.status_code == 503
    assert "older layout" in answer.text


@given(st.lists(st.from_regex(r"[ab.]{1,3}", fullmatch=True), unique=True, max_size=12))
def test_an_article_is_found_by_its_line(ids: list[str]) -> None:
    blob = "".join(f"{i}\n" for i in ids).encode()
    for article in {*ids, "a", "b", "ab", "aa"}:
        expected = {DAY: ids.index(article)} if article in ids else {}
        assert archive._numbers_in({DAY: blob, "2026-11-16": b""}, article) == expected
