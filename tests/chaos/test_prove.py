"""`dev prove` in short, and that its oracle would notice."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from dev.environment import ROOT
from tests.proof.load import Load, publish
from tests.proof.reckoning import Reckoning, reckon
from tests.proof.run import Run
from tests.proof.world import World

VIEWS = 30_000


def test_eight_faults_lose_no_view_and_double_none() -> None:
    command = [
        sys.executable,
        str(ROOT / "dev"),
        "prove",
        "--seed",
        "3",
        "--faults",
        "8",
        "--views",
        "300000",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.stdout.splitlines()[-1:] == ["300000 views, 8 faults, lost 0, double 0"], (
        done.stdout[-3000:] + done.stderr
    )
    assert done.returncode == 0
    sent = [int(number.replace(",", "")) for number in re.findall(r"sent +([\d,]+)", done.stdout)]
    assert sent == sorted(sent)
    assert len(set(sent)) > 10


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    try:
        found.start()
        yield found
    finally:
        found.stop()


def test_a_planted_loss_and_a_planted_double_are_found(world: World) -> None:
    publish(world.kafka.bootstrap)
    run = Run(world, Load(world.kafka.bootstrap, VIEWS, seed=1), faults=())
    run.carry_out()
    honest = reckon(world, run.load.acknowledged)
    assert lost_and_double(honest) == (0, 0)
    assert honest.list_is_right
    assert honest.ledger.cells.total() > VIEWS / 2

    alter(world, readers=-3)
    assert lost_and_double(reckon(world, VIEWS, patience_s=0)) == (3, 0)
    alter(world, readers=+5)
    assert lost_and_double(reckon(world, VIEWS, patience_s=0)) == (0, 2)
    # a record that Kafka had acknowledged and does not hold
    assert lost_and_double(reckon(world, VIEWS + 7, patience_s=0)) == (7, 2)


def lost_and_double(found: Reckoning) -> tuple[int, int]:
    return found.difference.lost, found.difference.double


def alter(world: World, readers: int) -> None:
    """Change by hand how many readers the most read article of a bucket had."""
    key = sorted(world.client.keys("{r*}:views:*"))[0]
    bucket, blob = sorted(world.client.hgetall(key).items())[-1]
    pairs = np.frombuffer(cast("bytes", blob), "<u4").reshape(-1, 2).astype(np.int64)
    pairs[np.argmax(pairs[:, 1]), 1] += readers
    world.client.hset(key, bucket, pairs.astype("<u4").tobytes())
