"""`dev up` keeps a site running, and nothing it started is ever lost sight of."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from dev import state
from tests.real import Site

pytestmark = pytest.mark.alone


@pytest.fixture
def here(tmp_path_factory: pytest.TempPathFactory, running: list[Site]) -> Site:
    """Give a site that is up; one that a test has left up is the next one's."""
    if not running or state.supervisor(running[-1].folder) is None:
        running.append(Site(tmp_path_factory.mktemp("site"), "--scale", "rank=2"))
    return running[-1]


@pytest.fixture(scope="module")
def running() -> Iterator[list[Site]]:
    """Give the sites of this file, which are taken down in the end."""
    sites: list[Site] = []
    yield sites
    for site in sites:
        site.down()


def test_whatever_dies_is_started_again_within_a_second_however_often(here: Site) -> None:
    for name in ["kafka", "redis", "ingest-1", "rank-2", "render-1"] + ["rank-1"] * 5:
        killed = here.pid(name)
        here.kill(name)
        _until(partial(_runs_anew, here, name, killed), deadline_s=1.0)
    _until(lambda: all(service["ready"] for service in here.status()["services"]), deadline_s=30.0)


def test_what_is_stopped_stays_stopped_until_it_is_started(here: Site) -> None:
    here.stop("render-1")
    here.kill("rank-1")
    _until(lambda: here.pid("rank-1") is not None, deadline_s=1.0)
    assert here.pid("render-1") is None
    here.start("render-1")
    assert here.pid("render-1") is not None


@pytest.mark.parametrize("command", ["up", "down"])
def test_what_a_killed_supervisor_left_behind_is_ended(here: Site, command: str) -> None:
    left = [service["pid"] for service in here.status()["services"]]
    assert None not in left
    supervisor = state.supervisor(here.folder)
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
    _until(lambda: state.supervisor(here.folder) is None, deadline_s=5.0)

    here.down() if command == "down" else here.up()

    assert all(state.born(pid) is None for pid in left)


def _runs_anew(here: Site, name: str, killed: int | None) -> bool:
    return here.pid(name) not in (None, killed)


def _until(holds: Callable[[], bool], deadline_s: float) -> None:
    give_up = time.monotonic() + deadline_s
    while not holds():
        assert time.monotonic() < give_up, f"not within {deadline_s} s"
        time.sleep(0.02)
