"""Prove once: `python -m tests.proof --seed N --faults F --views V`; exit 0 if no view is lost or doubled."""

import argparse
import shutil
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import NoReturn

from dev.console import say
from tests.proof.load import Load, publish
from tests.proof.reckoning import Reckoning, reckon
from tests.proof.run import Progress, Run
from tests.proof.schedule import schedule
from tests.proof.world import World


def main() -> None:
    """Run, reckon, and end in one line."""
    parser = argparse.ArgumentParser(prog="python3 dev prove")
    for name in ("seed", "faults", "views"):
        parser.add_argument(f"--{name}", type=int, required=True)
    asked = parser.parse_args()
    if asked.views < 1 or asked.faults < 0:
        parser.error("at least one view is needed, and no negative number of faults")
    signal.signal(signal.SIGTERM, _leave)
    folder = Path(tempfile.mkdtemp(prefix="remen-prove-"))
    try:
        run, reckoning = _prove(World(folder), asked.seed, asked.faults, asked.views)
    except KeyboardInterrupt:
        shutil.rmtree(folder)
        sys.exit(130)
    right = _tell(run, reckoning)
    if right:
        shutil.rmtree(folder)
    else:
        say("logs", f"are kept in {folder}")
    difference = reckoning.difference
    sys.stdout.write(
        f"{run.load.acknowledged} views, {len(run.happened)} faults, "
        f"lost {difference.lost}, double {difference.double}\n"
    )
    sys.exit(0 if right else 1)


def _prove(world: World, seed: int, faults: int, views: int) -> tuple[Run, Reckoning]:
    say("starting", f"Kafka, Redis, workers; logs in {world.folder}")
    try:
        world.start()
        publish(world.kafka.bootstrap)
        run = Run(world, Load(world.kafka.bootstrap, views, seed), schedule(seed, faults))
        progress = Progress(world, run)
        progress.start()
        try:
            run.carry_out()
            reckoning = reckon(world, run.load.acknowledged)
        finally:
            progress.stop()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # what was started is stopped, however hurried the caller
        world.stop()
    say(
        "workers",
        f"had all partitions in even shares when there were {sorted(progress.spread)} of them; "
        f"{world.died} died without being killed",
    )
    return run, reckoning


def _tell(run: Run, reckoning: Reckoning) -> bool:
    """Say what happened; tell whether all is right."""
    kinds = Counter(fault.kind for fault in run.happened)
    say("faults", ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items())))
    ledger, difference = reckoning.ledger, reckoning.difference
    say(
        "the log",
        f"{ledger.sent:,} views sent and {ledger.handed_on:,} handed on: {ledger.cells.total():,} count, "
        f"{ledger.repeated:,} repeated, {ledger.wrong_time:,} of a wrong time; "
        f"{len(ledger.cells):,} (article, bucket) compared",
    )
    for cell, must, is_ in difference.where[:20]:
        say("differs", f"{cell.day} {cell.article} bucket {cell.bucket}: {is_} instead of {must}")
    say("hot:all:24h", "as expected" if reckoning.list_is_right else "differs")
    return (
        difference.lost == difference.double == 0
        and reckoning.list_is_right
        and len(run.happened) == len(run.faults)
    )


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


main()
