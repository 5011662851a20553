"""What a void would do: who may ask, what is refused, and which figures are told."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from aiokafka.errors import KafkaConnectionError
from pydantic import ValidationError

from services.rank.adapters.archive import Archive, BusyError, NotCountedYetError
from services.rank.adapters.hot_list_store import HotListStore
from services.rank.adapters.http import create_app
from services.rank.adapters.preview import Previews, TooLongError
from services.rank.adapters.tokens import Tokens
from services.rank.core import preview, refold, turn
from services.rank.core.clock import reading_day, utc
from services.rank.core.fold import State
from services.rank.core.preview import Counted, Preview, Share
from services.rank.core.scores import Candidate
from services.rank.core.voids import Void
from services.rank.settings import Settings
from shared.health import Health
from shared.settings import DEVELOPMENT
from shared.topics import VIEWS
from tests.builders import NOON_MS
from tests.unit.rank.logs import ARTICLE_IDS, HOME, RULES, ZONE, Appended, batch, columns
from tests.unit.rank.machine import Machine
from tests.unit.rank.simulated import SimulatedStore

A, B, *_ = ARTICLE_IDS
HOUR_MS = 3_600_000
NOBODY = cast("Any", None)
ASKED = {
    "segment": 7,
    "article": A,
    "from": "2026-11-15T18:00:00+08:00",
    "until": "2026-11-15T22:00:00+08:00",
}
ANSWER = Preview(
    as_of=utc(NOON_MS),
    lists=(),
    views=Share(of_segment=2, in_time=3),
    counted=Counted(before=3, after=1),
    not_voided=(),
)


class _Previews:
    """Notes what it is asked, and answers or raises what it was told to."""

    def __init__(self) -> None:
        self.asked: list[Void] = []
        self.error: Exception | None = None

    async def of(self, void: Void) -> Preview:
        self.asked.append(void)
        if self.error is not None:
            raise self.error
        return ANSWER


def grant(secret: str, **more: Any) -> dict[str, Any]:
    return {"name": "desk", "sha256": hashlib.sha256(secret.encode()).hexdigest()} | more


GRANTS = [
    grant("desk-secret", desk=True, sections=["*"]),
    grant("reporter-secret"),
    grant("old-secret", desk=True, expires=(datetime.now(UTC) - timedelta(days=1)).isoformat()),
]


def client(previews: _Previews, **given: Any) -> httpx.AsyncClient:
    tokens = Tokens(Settings(**given))
    app = create_app(NOBODY, NOBODY, cast("Previews", previews), tokens, Health({}))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://rank")


async def ask(
    previews: _Previews, body: Any = ASKED, who: str = "desk-secret", **given: Any
) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with client(previews, **({"tokens": json.dumps(GRANTS)} | given)) as rank:
        return await rank.post("/void/preview", content=content, headers={"authorization": f"Bearer {who}"})


async def test_the_body_is_that_of_the_void_and_who_and_why_may_be_left_out() -> None:
    previews = _Previews()
    said = {"action": "void", "who": "值班", "why": "刷量"}
    answers = [await ask(previews), await ask(previews, ASKED | said)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert {answer.json()["views"]["of_segment"] for answer in answers} == {2}
    assert previews.asked == 2 * [Void(0, 7, NOON_MS - 2 * HOUR_MS, NOON_MS + 2 * HOUR_MS, A)]


@pytest.mark.parametrize(
    ("secret", "status", "said"),
    [
        ("reporter-secret", 403, "not a desk's"),
        ("old-secret", 401, "expired"),
        ("no-secret", 401, "Authorization: Bearer"),
        ("", 401, "Authorization: Bearer"),
    ],
)
async def test_only_a_token_of_a_desk_may_ask(secret: str, status: int, said: str) -> None:
    previews = _Previews()
    answer = await ask(previews, b"never read", secret)
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert not previews.asked


async def test_without_a_token_of_a_desk_it_says_what_to_set() -> None:
    for tokens in ("[]", json.dumps([grant("desk-secret")])):
        answer = await ask(_Previews(), tokens=tokens)
        assert answer.status_code == 503
        assert "RANK_TOKENS_FILE" in answer.json()["detail"]


async def test_a_token_taken_out_of_the_file_may_ask_no_more(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(json.dumps(GRANTS))
    tokens = Tokens(Settings(tokens_file=file))
    app = create_app(NOBODY, NOBODY, cast("Previews", _Previews()), tokens, Health({}))
    secret = {"authorization": "Bearer desk-secret"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://rank") as rank:
        assert (await rank.post("/void/preview", json=ASKED, headers=secret)).status_code == 200
        file.write_text(json.dumps([grant("new-secret", desk=True)]))
        assert (await rank.post("/void/preview", json=ASKED, headers=secret)).status_code == 401
        file.write_text("[{")
        answer = await rank.post("/void/preview", json=ASKED, headers=secret)
        assert answer.status_code == 503
        assert answer.json()["detail"].startswith("RANK_TOKENS_FILE")
        file.unlink()
        assert (await rank.post("/void/preview", json=ASKED, headers=secret)).status_code == 503


@pytest.mark.parametrize("text", ["{", "{}", '[{"sha256": "secret"}]'])
def test_tokens_that_cannot_be_read_are_refused_at_the_start(text: str, tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(text)
    for given in ({"tokens": text}, {"tokens_file": file}):
        with pytest.raises(ValidationError):
            Settings(**cast("Any", given))


def test_the_token_that_everybody_knows_is_refused_where_others_can_reach_the_site() -> None:
    known = json.dumps([grant(DEVELOPMENT, desk=True)])
    assert Settings(tokens=cast("Any", known)).tokens[0].desk
    with pytest.raises(ValidationError, match=DEVELOPMENT):
        Settings(tokens=cast("Any", known), SITE_URL="https://news.example")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"segment": 65_536}, "segment"),
        ({"segment": "7"}, "segment"),
        ({"article": "not an id"}, "article"),
        ({"from": "2026-11-15T10:00:00"}, "from"),
        ({"until": ASKED["from"]}, "until"),
        ({"action": "ban"}, "action"),
    ],
)
async def test_a_fault_is_told_with_its_place(change: dict[str, Any], pointer: str) -> None:
    answer = await ask(_Previews(), ASKED | change)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"[]", 422), (b"\xff", 400), (b"[" * 5000, 400), (b" " * 20_000, 413)]
)
async def test_what_is_no_question_is_refused(body: bytes, status: int) -> None:
    previews = _Previews()
    assert (await ask(previews, body)).status_code == status
    assert not previews.asked


@pytest.mark.parametrize(
    "error",
    [
        BusyError("another"),
        NotCountedYetError("not yet"),
        TooLongError("too long"),
        KafkaConnectionError(),
    ],
)
async def test_what_cannot_be_told_now_is_a_503(error: Exception) -> None:
    previews = _Previews()
    previews.error = error
    answer = await ask(previews)
    assert answer.status_code == 503
    assert answer.json()["detail"]


async def test_one_question_at_a_time_is_answered() -> None:
    may_go_on = asyncio.Event()

    class Slow:
        async def standing(self, partition: int) -> Any:
            await may_go_on.wait()
            raise RuntimeError("done")

    held = cast("HotListStore", Slow())
    previews = Previews("nowhere:1", NOBODY, held, Archive(held, 1), RULES)
    first = asyncio.create_task(previews.of(Void(0, 7, 0, 1, A)))
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await previews.of(Void(0, 7, 0, 1, A))
    may_go_on.set()
    for question in (first, previews.of(Void(0, 7, 0, 1, A))):
        with pytest.raises(RuntimeError, match="done"):
            await question


def counted(*records: Appended) -> State:
    """Give the state of a partition that has counted these records."""
    machine = Machine(SimulatedStore(ZONE))
    reply, _ = machine.feed(batch(records))
    assert reply == "ok"
    return machine.cache.state


def seen_by(segment: int, article: str, readers: Sequence[int], at_ms: int = NOON_MS) -> bytes:
    value = json.loads(columns([(article, reader, at_ms) for reader in readers]))
    return json.dumps(value | {"segment": [segment] * len(readers)}).encode()


def test_the_figures_tell_of_the_views_and_of_what_counts_then() -> None:
    records = [
        Appended(0, NOON_MS, seen_by(7, A, [1, 2, 3, 1])),
        Appended(1, NOON_MS, seen_by(8, A, [3, 4])),
        Appended(2, NOON_MS, seen_by(7, B, [5])),
        Appended(3, NOON_MS, seen_by(7, A, [6], NOON_MS - 300_000)),
    ]
    live = counted(*records)
    void = Void(0, 7, NOON_MS, NOON_MS + HOUR_MS, A)
    spans = refold.spans_of(live, (void,), RULES)
    job, views = preview.follow(refold.begin(HOME, (void,), spans, 0), records, 4, live, RULES, void)
    after, _ = refold.swap(live, job, RULES)
    assert views == Share(of_segment=4, in_time=6)
    # reader 3 had been of segment 7 before, and counts as one of segment 8 now; 6 came before the void
    assert [preview.counted(state, spans, A, RULES) for state in (live, after)] == [5, 3]
    assert [preview.counted(state, spans, None, RULES) for state in (live, after)] == [6, 4]
    assert preview.counted(live, spans, "unknown", RULES) == 0
    other = replace(void, article=None)
    assert preview.follow(refold.begin(HOME, (other,), spans, 0), records, 4, live, RULES, other)[1] == Share(
        of_segment=5, in_time=7
    )


def test_views_that_another_void_took_out_are_no_part_of_the_figures() -> None:
    records = [Appended(0, NOON_MS, seen_by(7, A, [1, 2])), Appended(1, NOON_MS, seen_by(8, A, [3]))]
    machine = Machine(SimulatedStore(ZONE))
    machine.feed(batch(records))
    before = Void(0, 8, 0, 2**47, A)
    day = reading_day(NOON_MS // 300_000, ZONE)
    begun = refold.begin(HOME, (before,), ((day, day),), 0)
    cache, _ = turn.void(machine.cache, refold.follow(begun, records, 2, machine.cache.state, RULES), RULES)
    live, void = cache.state, Void(1, 7, 0, 2**47, A)
    assert live.position.next[VIEWS.name] == 2
    job = refold.begin(HOME, (before, void), refold.spans_of(live, (before, void), RULES), 0)
    assert preview.follow(job, records, 2, live, RULES, void)[1] == Share(of_segment=2, in_time=2)


def test_lists_of_the_site_are_always_told_and_those_of_sections_if_they_change() -> None:
    one, other = Candidate("one", 5, 5, 0), Candidate("other", 3, 3, 0)
    same = {"section:国际:now": [other], "all:now": [other]}
    was: list[preview.Tops] = [same, {"section:地方:now": [one], "all:now": [one]}]
    would_be: list[preview.Tops] = [same, {"section:地方:now": [], "all:now": []}]
    found = {f"{c.scope}:{c.list}": c for c in preview.changes(was, would_be, ())}
    assert found.keys() == {"all:now", "all:24h", "all:3d", "section:地方:now"}
    now = found["all:now"]
    assert [[e.id for e in entries] for entries in (now.before, now.after)] == [["one", "other"], ["other"]]
