"""The archive on a real PostgreSQL: what is folded into it, and what replicas with a window ask of it."""

import asyncio
import random
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from dev import ask
from dev.child import Program
from services.render.adapters.archive import archive_fold
from services.render.adapters.archive import postgres as driver
from services.render.adapters.archive.archive import Archive, ArchiveError
from services.render.adapters.archive.archive_fold import PositionMovedError
from services.render.adapters.log.records import Record
from services.render.core.articles.articles import TextArchivedError
from shared import wire
from shared.articles import ArticleEvent, TextErased
from shared.blocks import Paragraph
from shared.events import ArticlePublished
from tests.builders import published, reinstated, withdrawn
from tests.foreign import until
from tests.integration.render.reading import Render, publish
from tests.postgres import Postgres
from tests.real import Kafka, Server, free_base
from tests.unit.render.folded import Folded
from tests.unit.render.store.test_store import texts_by_the_rule

MakeRender = Callable[..., Render]
YEARS_AGO = datetime(2016, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def new_id() -> str:
    return f"a-{uuid4().hex[:12]}"


def old(article_id: str, **changes: Any) -> ArticlePublished:
    return published(article_id, **{"published_at": YEARS_AGO, "modified_at": YEARS_AGO} | changes)


@pytest.fixture
def folded(tmp_path: Path) -> Iterator[Folded]:
    """Give a log, and a store beside it."""
    made = Folded(tmp_path / "store")
    yield made
    made.store.close()


@asynccontextmanager
async def connected(postgres: Postgres) -> AsyncIterator[Any]:
    connection = await driver.connect(postgres.address)
    try:
        await archive_fold.make_tables(connection)
        yield connection
    finally:
        await connection.close()


async def texts(connection: Any) -> dict[str, bytes]:
    rows = await connection.fetch("SELECT id, text FROM remen_texts_v1 WHERE text IS NOT NULL")
    return {article_id: zlib.decompress(text) for article_id, text in rows}


async def test_the_archive_holds_what_the_reading_rule_says_however_the_log_is_cut(
    postgres: Postgres, folded: Folded
) -> None:
    drawn = random.Random(1)
    kinds: list[Callable[..., ArticleEvent]] = [
        lambda one, second: published(one, second=second, revision=drawn.randrange(3)),
        lambda one, second: withdrawn(one, second=second),
        lambda one, second: reinstated(one, second=second),
        lambda one, _: TextErased(one),
    ]
    for _ in range(12):
        events = [drawn.choice(kinds)(drawn.choice("abc"), drawn.randrange(9)) for _ in range(25)]
        log = [folded.record(event) for event in events]
        async with connected(postgres) as connection:
            await archive_fold.start_over(connection)
            believed: dict[int, tuple[int, int]] = {}
            left = list(log)
            while left:
                size = drawn.randrange(1, 12)
                believed = await archive_fold.apply(connection, left[:size], believed)
                left = left[size:]
                assert await archive_fold.positions(connection) == believed
            stand = texts_by_the_rule(events)
            assert await texts(connection) == {one: wire.encode(text) for one, text in stand.items()}


async def test_a_log_that_is_read_once_more_changes_nothing(postgres: Postgres, folded: Folded) -> None:
    events: list[ArticleEvent] = [
        old("a", second=1), old("a", second=2, revision=1), old("b", second=3), withdrawn("a", second=4),
        TextErased("a"), reinstated("a", second=5), old("a", second=6, revision=1), withdrawn("b", second=7),
    ]  # fmt: skip
    log = [folded.record(event) for event in events]
    async with connected(postgres) as connection:
        stood = await archive_fold.apply(connection, log, {})
        for records in (log, log[:3], log[3:]):
            await archive_fold.apply(connection, records, await archive_fold.positions(connection))
            assert await texts(connection) == {"a": log[6].value}
        assert await archive_fold.positions(connection) == stood


async def test_a_record_that_says_nothing_is_passed_over_and_the_position_is_behind_it(
    postgres: Postgres,
) -> None:
    async with connected(postgres) as connection:
        foreign = [
            Record(5, 41, 1000, b"a", b"not JSON", (("ce_type", b"?"),)),
            Record(5, 42, 900, None, None, ()),
        ]
        assert await archive_fold.apply(connection, foreign, {}) == {5: (43, 1000)}
        assert await archive_fold.positions(connection) == {5: (43, 1000)}
        assert await texts(connection) == {}


async def test_who_finds_that_another_has_folded_writes_nothing(postgres: Postgres, folded: Folded) -> None:
    first, second = folded.record(old("a")), folded.record(old("a", revision=1))
    async with connected(postgres) as one, connected(postgres) as other:
        stood = await archive_fold.apply(one, [first], {})
        with pytest.raises(PositionMovedError):
            await archive_fold.apply(other, [first, second], {})
        assert await texts(one) == {"a": first.value}
        await archive_fold.apply(other, [second], stood)
        assert await texts(one) == {"a": second.value}


@pytest.mark.alone
async def test_a_postgresql_that_hangs_holds_up_no_fold_for_ever(
    postgres: Postgres, folded: Folded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_fold, "_DEADLINE_S", 1.0)
    connection = await driver.connect(postgres.address)
    await archive_fold.make_tables(connection)
    postgres.signal(signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await archive_fold.apply(connection, [folded.record(old("a"))], {})
    connection.terminate()
    assert time.monotonic() - began < 2.5
    postgres.signal(signal.SIGCONT)
    async with connected(postgres) as another:
        assert await archive_fold.positions(another) == {}


def wanted_text(record: Record) -> TextArchivedError:
    return TextArchivedError((record.key or b"").decode(), zlib.crc32(record.value or b""))


@pytest.fixture
async def archive(postgres: Postgres) -> AsyncIterator[Archive]:
    made = Archive(postgres.address)
    yield made
    made.close()


async def test_a_text_is_brought_as_it_stands_and_no_other(
    postgres: Postgres, folded: Folded, archive: Archive
) -> None:
    record = folded.record(old("a"))
    async with connected(postgres) as connection:
        await archive_fold.apply(connection, [record], {})
    found = await archive.fetch(wanted_text(record))
    assert wire.encode(found.article) == record.value
    with pytest.raises(ArchiveError, match="does not hold"):
        await archive.fetch(TextArchivedError("a", 1))
    pair = ("a", wanted_text(record).checksum)
    assert await archive.held([pair, ("a", 1), ("b", 2)]) == {pair}
    assert await archive.held([]) == frozenset()
    assert archive.complaint() is None


async def test_all_who_want_one_text_ask_once_and_what_was_brought_is_remembered_until_it_changes(
    postgres: Postgres, folded: Folded, archive: Archive
) -> None:
    record = folded.record(old("a"))
    async with connected(postgres) as connection:
        await archive_fold.apply(connection, [record], {})
    wanted = wanted_text(record)
    await asyncio.gather(*(archive.fetch(wanted) for _ in range(500)))
    postgres.stop()
    await archive.fetch(wanted)
    archive.forget(["a"])
    with pytest.raises(ArchiveError):
        await archive.fetch(wanted)


@pytest.mark.alone
async def test_an_archive_that_hangs_is_given_up_in_time_and_left_alone_until_it_is_back(
    postgres: Postgres, folded: Folded, archive: Archive
) -> None:
    records = [folded.record(old(f"a{n}")) for n in range(100)]
    async with connected(postgres) as connection:
        await archive_fold.apply(connection, records, {})
    await archive.fetch(wanted_text(records[0]))
    postgres.signal(signal.SIGSTOP)
    began = time.monotonic()
    outcomes = await asyncio.gather(
        *(archive.fetch(wanted_text(one)) for one in records[1:]), return_exceptions=True
    )
    assert all(isinstance(one, ArchiveError) for one in outcomes)
    assert time.monotonic() - began < 2.5
    assert "cannot be asked" in (archive.complaint() or "")
    began = time.monotonic()
    with pytest.raises(ArchiveError):
        await archive.fetch(wanted_text(records[1]))
    assert time.monotonic() - began < 0.2, "it is not asked again at once"
    postgres.signal(signal.SIGCONT)
    await asyncio.sleep(1.1)
    assert (await archive.fetch(wanted_text(records[1]))).article.id == "a1"
    assert archive.complaint() is None


class ArchiveProcess(Server):
    """`python -m services.render archive`, not started yet."""

    def __init__(self, folder: Path, bootstrap: str, postgres: Postgres) -> None:
        port = free_base(1)
        command = [sys.executable, "-m", "services.render", "archive"]
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
            "RENDER_ARCHIVE_URL": postgres.address.url,
            "RENDER_PORT": str(port),
            "PYTHONUNBUFFERED": "1",
        }
        super().__init__(
            Program("archive", lambda: command, lambda: ask.ready(port), environment=environment),
            folder / f"archive-{port}.log",
        )


@pytest.fixture
def folding(tmp_path: Path, kafka: Kafka, postgres: Postgres) -> Iterator[ArchiveProcess]:
    """Give the process that folds the shared log into the test's archive."""
    made = ArchiveProcess(tmp_path, kafka.bootstrap, postgres)
    made.start()
    yield made
    made.stop()


def has_let_go(replica: Render, article_id: str) -> bool:
    sql = f"SELECT archived IS NOT NULL FROM articles WHERE id = '{article_id}'"  # noqa: S608 - of a test
    shown = [
        sys.executable,
        "-c",
        f"import sqlite3; print(sqlite3.connect({str(replica.store / 'articles.sqlite3')!r})",
    ]
    shown[-1] += f".execute({sql!r}).fetchone())"
    return "(1,)" in subprocess.run(shown, capture_output=True, text=True, check=True).stdout


def test_old_articles_are_read_out_of_the_archive_and_all_else_needs_none(
    kafka: Kafka, redis_url: str, render: MakeRender, postgres: Postgres, folding: ArchiveProcess
) -> None:
    before, other, recent, former, section = (
        new_id(),
        new_id(),
        new_id(),
        f"/2016/05/{new_id()}",
        f"旧{new_id()}",
    )
    text = (Paragraph(text="新桥通车。" * 200),)
    publish(kafka.bootstrap, old(before, aliases=(former,), section=section, blocks=text))
    publish(kafka.bootstrap, old(other), published(recent, published_at=datetime.now(UTC)))
    window = {"RENDER_KEEP": "3", "RENDER_ARCHIVE_URL": postgres.address.url}
    one = render(kafka.bootstrap, redis_url, **window)
    one.start()
    until(lambda: has_let_go(one, before) and has_let_go(one, other), "old texts are let go", 30)
    assert not has_let_go(one, recent)
    page = one.get(f"/article/{before}")
    assert page is not None
    assert (page.status_code, page.text.count("新桥通车。") >= 200) == (200, True)
    assert one.view(before).status_code != 404
    # a new replica lets go from the beginning
    two = render(kafka.bootstrap, redis_url, "two", **window)
    two.start()
    assert has_let_go(two, before)
    postgres.stop()
    lists = [
        "/",
        f"/section/{section}",
        f"/article/{recent}",
        "/hot",
        "/feed.xml",
        "/sitemap.xml",
        "/search?q=a",
    ]
    assert {path: two.status(path) for path in lists} == dict.fromkeys(lists, 200)
    refused = two.get(f"/article/{other}")
    assert refused is not None
    assert (refused.status_code, bool(refused.headers["retry-after"])) == (503, True)
    ready = two.get("/readyz")
    assert ready is not None
    assert (ready.status_code, "cannot be asked" in ready.json()["archive"]) == (200, True)
    assert two.status(f"/article/{new_id()}") == 404
    moved = two.get(former)
    assert moved is not None
    assert (moved.status_code, moved.headers["location"]) == (301, f"/article/{before}")
    began = time.monotonic()
    publish(kafka.bootstrap, withdrawn(before, second=9))
    for replica in (one, two):
        until(lambda replica=replica: replica.status(f"/article/{before}") == 410, "it is gone", 5)  # type: ignore[misc]
    assert time.monotonic() - began < 2
    postgres.start()
    until(lambda: two.status(f"/article/{other}") == 200, "the archive is asked again", 15)
    until(lambda: "archive" not in two.get("/readyz").json(), "readiness says no more", 15)  # type: ignore[union-attr]
    is_erased = f"SELECT text IS NULL FROM remen_texts_v1 WHERE id = '{before}'"  # noqa: S608 - of a test
    until(lambda: postgres.ask(is_erased) == "t", "the text is gone from the archive", 15)


def test_a_killed_fold_goes_on_where_it_was_and_waits_for_postgresql(
    kafka: Kafka, postgres: Postgres, folding: ArchiveProcess
) -> None:
    def is_held(article_id: str) -> bool:
        return postgres.ask(f"SELECT count(*) FROM remen_texts_v1 WHERE id = '{article_id}'") == "1"  # noqa: S608

    first, second, third = new_id(), new_id(), new_id()
    publish(kafka.bootstrap, old(first))
    until(lambda: is_held(first), "it is folded", 15)
    folding.kill()
    publish(kafka.bootstrap, old(second))
    folding.start()
    assert is_held(second), "ready means that what the log held is folded"
    postgres.stop()
    publish(kafka.bootstrap, old(third))
    time.sleep(1)
    postgres.start()
    until(lambda: is_held(third), "it goes on", 30)
    assert "waiting" in folding.log.read_text()


def test_an_archive_of_another_log_is_folded_anew(
    kafka: Kafka, postgres: Postgres, folding: ArchiveProcess
) -> None:
    def stands(article_id: str) -> bool:
        return postgres.ask(f"SELECT text IS NOT NULL FROM remen_texts_v1 WHERE id = '{article_id}'") == "t"  # noqa: S608

    article = new_id()
    publish(kafka.bootstrap, old(article))
    until(lambda: stands(article), "it is folded", 15)
    folding.stop()
    postgres.ask("UPDATE remen_positions_v1 SET next_offset = next_offset + 1000000")
    postgres.ask(
        "UPDATE remen_texts_v1 SET id = 'of-another-log' WHERE id = (SELECT min(id) FROM remen_texts_v1)"
    )
    folding.start()
    assert stands(article)
    assert not stands("of-another-log")
    assert "archive_started_over" in folding.log.read_text()


def test_a_replica_without_the_window_any_more_folds_anew_what_it_had_let_go(
    kafka: Kafka, redis_url: str, render: MakeRender, postgres: Postgres, folding: ArchiveProcess
) -> None:
    before = new_id()
    publish(kafka.bootstrap, old(before))
    one = render(kafka.bootstrap, redis_url, RENDER_KEEP="3", RENDER_ARCHIVE_URL=postgres.address.url)
    one.start()
    until(lambda: has_let_go(one, before), "it is let go", 30)
    one.stop()
    postgres.stop()
    again = render(kafka.bootstrap, redis_url)
    again.start()
    assert again.status(f"/article/{before}") == 200
