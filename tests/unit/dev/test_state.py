"""What is written down about what runs."""

import os
from pathlib import Path

import pytest

from dev import state
from dev.console import DevError
from dev.plan import Plan
from dev.state import Entry, State


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    written = State(
        Plan(tmp_path, 9000, demo=False, scale={"rank": 2}), {"rank-2": Entry(12, "345", starts=3)}
    )
    written.write()
    assert State.read(tmp_path) == written


def test_a_program_lives_only_under_the_start_time_that_was_written_down() -> None:
    assert Entry(os.getpid(), state.born(os.getpid())).lives()
    assert not Entry(os.getpid(), "another time").lives()
    assert not Entry().lives()


def test_a_number_that_another_program_got_meanwhile_is_not_killed() -> None:
    state.end(Entry(os.getpid(), "another time"), patience_s=0)


def test_a_folder_has_one_supervisor_and_its_lock_goes_with_it(tmp_path: Path) -> None:
    with state.held(tmp_path):
        assert state.supervisor(tmp_path) == os.getpid()
        with pytest.raises(DevError, match="in use"), state.held(tmp_path):
            pass
    assert state.supervisor(tmp_path) is None
