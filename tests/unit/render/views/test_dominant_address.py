"""Over half of an hour's views from one address: found, said once an hour, and nothing of it kept."""

import asyncio
import gc
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.render.adapters.views.dominant_address import DominantAddress
from services.render.core.views import busiest_address
from services.render.core.views.busiest_address import BusiestAddress
from services.render.core.views.readers import Address

START = datetime(2026, 11, 15, 8, 30, tzinfo=UTC)
PROXY = ip_address("10.0.0.9")


def part() -> float | None:
    return REGISTRY.get_sample_value("remen_render_busiest_address_ratio")


def reader(number: int) -> Address:
    return ip_address(0xCB007100 + number)


def counted(*addresses: Address) -> BusiestAddress:
    found = BusiestAddress(b"key")
    for address in addresses:
        found.add(address)
    return found


@given(of_one=st.integers(0, 60), others=st.integers(0, 60), kept=st.integers(1, 8), seed=st.integers())
def test_what_has_over_half_is_found_however_few_are_kept(
    of_one: int, others: int, kept: int, seed: int
) -> None:
    addresses = [PROXY] * of_one + [reader(n) for n in range(others)]
    Random(seed).shuffle(addresses)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(busiest_address, "_KEPT", kept)
        found = counted(*addresses)
        assert len(found._counts) <= kept
    most = max([of_one, min(others, 1)]) / max(len(addresses), 1)
    assert most - 1 / (kept + 1) <= found.part <= most


@pytest.mark.parametrize(
    ("addresses", "over"),
    [
        ([PROXY] * 19, False),
        ([PROXY] * 20, True),
        ([PROXY] * 20 + [reader(n) for n in range(20)], False),
        ([PROXY] * 21 + [reader(n) for n in range(20)], True),
        ([reader(n) for n in range(3000)], False),
        ([ip_address(f"2001:db8:1:2::{n:x}") for n in range(30)], True),
        ([ip_address(f"2001:db8:1:{n:x}::1") for n in range(30)], False),
    ],
)
def test_over_half_of_twenty_or_more_is_too_much(addresses: list[Address], over: bool) -> None:
    assert counted(*addresses).is_over_half == over


async def test_it_is_said_once_an_hour_and_without_the_address() -> None:
    one = DominantAddress()
    with capture_logs() as said:
        for minute in range(60):
            for _ in range(10):
                one.note(PROXY, START + timedelta(minutes=minute))
    assert [line["event"] for line in said] == ["views_of_one_address"] * 2
    assert (said[0]["views"], said[0]["part"], said[0]["private"]) == (20, 1.0, True)
    assert str(PROXY) not in str(said)
    assert part() == 1.0


async def test_nothing_of_an_hour_outlives_it_though_nobody_reads_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.render.adapters.views.dominant_address.HOUR_S", 0.05)
    one = DominantAddress()
    one.note(PROXY, START)
    async with asyncio.timeout(5):
        while one._counted.views:  # noqa: ASYNC110 - the timer says nothing to anybody
            await asyncio.sleep(0.01)
    assert part() == 0.0
    gc.collect()
    assert not [found for found in gc.get_objects() if isinstance(found, BusiestAddress) and found.views]
