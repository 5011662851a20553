"""Waiting for what is not there: how long the pauses are, and what the log says of them."""

import asyncio

import pytest
from structlog.testing import capture_logs

from shared.runtime import BackOff, wait_for


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give how long it was slept for, in no time."""
    pauses: list[float] = []

    async def sleep(pause_s: float) -> None:
        pauses.append(pause_s)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return pauses


async def test_pauses_double_up_to_the_longest_and_begin_short_after_a_success(slept: list[float]) -> None:
    back_off = BackOff("Kafka", longest_s=1.0)
    with capture_logs() as said:
        for _ in range(4):
            await back_off.pause("it is away")
        back_off.over()
        await back_off.pause("it is away again")
    planned = [line["next_try_s"] for line in said]
    assert planned == [0.25, 0.5, 1.0, 1.0, 0.25]
    assert {(line["event"], line["what"]) for line in said} == {("waiting", "Kafka")}
    assert [line["reason"] for line in said][-1] == "it is away again"
    assert all(0.8 <= pause / plan <= 1.2 for pause, plan in zip(slept, planned, strict=True))


async def test_only_the_failures_that_were_named_are_waited_out(slept: list[float]) -> None:
    tries = iter([OSError("refused"), OSError("refused"), None, ValueError("wrong")])

    async def attempt() -> str:
        if failure := next(tries):
            raise failure
        return "there"

    assert await asyncio.wait_for(wait_for("Redis", attempt, (OSError,)), 5) == "there"
    assert len(slept) == 2
    with pytest.raises(ValueError, match="wrong"):
        await wait_for("Redis", attempt, (OSError,))
