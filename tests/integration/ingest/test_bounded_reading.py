"""Reading beside the loop: a process of its own, its limits, and its end."""

import asyncio
import gc
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from services.ingest.adapters.bounded_reading import SMALL_BYTES, BoundedReader, Limits
from services.ingest.core.faults import Rejection
from services.ingest.core.reading import DEFAULTS, LARGEST_BYTES, read
from services.ingest.core.submissions import Publish
from tests.builders import as_json, sent_article

PARAGRAPH: Final = "<p>河城旧邮局改建的图书馆<b>周日</b>开放，首日有三百人到访。</p>"


def large(paragraphs: int) -> bytes:
    return as_json(sent_article(format="html", body=PARAGRAPH * paragraphs))


LARGE: Final = large(100)
LARGEST: Final = large(4_900)
USUAL: Final = Limits()


@asynccontextmanager
async def reader(limits: Limits = USUAL) -> AsyncIterator[BoundedReader]:
    one = BoundedReader(limits)
    await one.start()
    try:
        yield one
    finally:
        await one.close()


async def until(holds: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < ends, what
        await asyncio.sleep(0.01)


def is_there(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        b"x" * SMALL_BYTES,
        b"x" * (LARGEST_BYTES + 1),
        as_json(sent_article(body="一\n" * 900)),
        as_json(sent_article(body="字" * 90_000)),
        as_json(sent_article(format="markdown", body="[" * 500)),
        as_json(sent_article(format="html", body="<table><tr><td colspan=40>一")),
        LARGE,
        LARGEST,
        large(5_001),
        as_json({"section": "地方", "id": 7, "pictures": [{}] * 99, "format": "html", "body": "x" * 9_000}),
        as_json({"uri": "urn:a", "headline": "旧邮局", "body_html": PARAGRAPH * 90, "subject": ["地方"]}),
    ],
)
async def test_wherever_an_input_is_read_it_is_read_alike(value: bytes | None) -> None:
    async with reader() as one:
        assert await one.read(value, DEFAULTS) == read(value, DEFAULTS)


def data_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmData:")[2].split()[0]) * 1024


async def mebibytes_at_rest() -> int:
    async with reader() as one:
        return data_bytes(one.pid) // 1024**2


@pytest.mark.parametrize(
    ("scarce", "says"),
    [
        ("time", r"/body: takes too long to read \(over 0.02 s"),
        # native code that is refused memory may end in ways of its own
        ("memory", r"/body: (takes too much memory to read \(over \d+ MiB|cannot be read)"),
    ],
)
async def test_what_takes_too_much_is_refused_by_its_place_and_the_next_is_read(
    scarce: str, says: str
) -> None:
    limits = Limits(time_s=0.02) if scarce == "time" else Limits(mebibytes=await mebibytes_at_rest() + 7)
    async with reader(limits) as one:
        refused = await one.read(LARGEST, DEFAULTS)
        assert isinstance(refused, Rejection)
        assert (refused.status, refused.id, refused.section) == (413, "harbour-library", "地方")
        assert re.match(says, refused.detail)
        assert isinstance(await one.read(large(5), DEFAULTS), Publish)


async def test_an_agency_learns_which_of_its_texts_took_too_long() -> None:
    item = {"uri": "urn:a", "headline": "旧邮局", "subject": [{"name": "国际"}]}
    item["bodies"] = [{"value": "一"}, {"value": PARAGRAPH * 4_900}]
    async with reader(Limits(time_s=0.02)) as one:
        refused = await one.read(as_json(item), DEFAULTS)
    assert isinstance(refused, Rejection)
    assert refused.faults[0].pointer == "/bodies/1/value"
    assert (refused.section, len(refused.id or "")) == ("国际", len("urn:a") and 32)


async def test_a_process_that_somebody_ends_is_replaced_and_the_input_is_not_to_blame() -> None:
    async with reader() as one:
        before = one.pid
        reading = asyncio.create_task(one.read(LARGEST, DEFAULTS))
        await asyncio.sleep(0)
        os.kill(before, signal.SIGKILL)
        assert isinstance(await reading, Publish)
        assert one.pid != before


async def test_an_input_with_which_every_process_ends_is_refused() -> None:
    async with reader() as one:
        first = one.pid
        reading = asyncio.create_task(one.read(LARGEST, DEFAULTS))
        await asyncio.sleep(0)
        os.kill(first, signal.SIGKILL)
        await until(
            lambda: bool(one.process and one.process.ready and one.pid != first), "the process is replaced"
        )
        os.kill(one.pid, signal.SIGKILL)
        refused = await reading
        assert isinstance(refused, Rejection)
        assert refused.status == 413
        assert "cannot be read" in refused.detail


async def test_the_loop_goes_on_while_the_largest_is_read() -> None:
    began = time.process_time()
    read(LARGEST, DEFAULTS)
    in_process_s = time.process_time() - began
    holds = []

    async def watch() -> None:
        while True:
            began = time.process_time()
            await asyncio.sleep(0.001)
            holds.append(time.process_time() - began)

    gc.freeze()  # what else the tests have in memory would have to be looked through
    async with reader() as one:
        watching = asyncio.create_task(watch())
        await one.read(LARGEST, DEFAULTS)
        watching.cancel()
    gc.unfreeze()
    assert max(holds) < in_process_s / 3


async def test_a_small_text_is_read_beside_the_loop_only_if_it_is_dense_with_signs() -> None:
    async with reader() as one:
        os.kill(one.pid, signal.SIGSTOP)
        for sent in (large(1), large(18), as_json(sent_article(body="[" * 3_000))):
            assert isinstance(await one.read(sent, DEFAULTS), Publish)
        dense = asyncio.create_task(
            one.read(as_json(sent_article(format="markdown", body="[" * 3_000)), DEFAULTS)
        )
        await asyncio.sleep(0)
        assert not dense.done()
        os.kill(one.pid, signal.SIGCONT)
        assert isinstance(await dense, Publish)


async def test_an_order_to_stop_is_for_the_parent() -> None:
    async with reader() as one:
        before = one.pid
        for order in (signal.SIGTERM, signal.SIGINT):
            os.kill(before, order)
        assert isinstance(await one.read(LARGE, DEFAULTS), Publish)
        assert one.pid == before
    await until(lambda: not is_there(before), "it ends with its reader")


_PARENT: Final = """
import asyncio, time
from services.ingest.adapters.bounded_reading import BoundedReader
from services.ingest.core.reading import DEFAULTS
reader = BoundedReader()
asyncio.run(reader.read(b'{"format": "html"}' + b" " * 5000, DEFAULTS))
print(reader.pid, flush=True)
input()
"""


@pytest.mark.parametrize("ends", ["killed", "over"])
async def test_nothing_stays_behind_a_parent_that_is_gone(ends: str) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _PARENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout
    child = int(await parent.stdout.readline())
    assert is_there(child)
    if ends == "killed":
        parent.kill()
    await parent.communicate(b"\n" if ends == "over" else None)
    await until(lambda: not is_there(child), "the process ends")
