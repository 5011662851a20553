"""Run many seeds: `python -m tests.unit.ingest.simulation --seeds 100000 --jobs 2`; or replay one."""

import argparse
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from multiprocessing import Pool

from tests.unit.ingest.simulation.comparison import DivergedError
from tests.unit.ingest.simulation.planted import NO_PLANT, PLANTS, Plant
from tests.unit.ingest.simulation.run import simulate

_AT_ONCE = 50
_TOLD_EVERY_S = 10.0


def main() -> int:
    """Read the arguments and run; 1 if a seed failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.unit.ingest.simulation")
    parser.add_argument("--seeds", type=int, default=1000, help="how many seeds (1000)")
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first of them (1)")
    parser.add_argument("--jobs", type=int, default=1, help="in so many processes (1)")
    parser.add_argument("--plant", choices=PLANTS, help="with this bug in it")
    parser.add_argument("--replay", type=int, metavar="SEED", help="run one seed and print every step")
    given = parser.parse_args()
    plant = PLANTS.get(given.plant, NO_PLANT)
    if given.replay is not None:
        return _replay(given.replay, plant)
    return _run(range(given.first, given.first + given.seeds), given.jobs, plant)


def _run(seeds: range, jobs: int, plant: Plant) -> int:
    began = told = time.monotonic()
    failed = 0
    for done, error in enumerate(_outcomes(seeds, jobs, plant), 1):
        if error is not None:
            failed += 1
            _say(error)
        now = time.monotonic()
        if now - told >= _TOLD_EVERY_S or done == len(seeds):
            told = now
            pace = done / (now - began) * 60
            _say(f"{done} of {len(seeds)} seeds, {failed} failed, {pace:.0f} a minute")
    return int(failed > 0)


def _outcomes(seeds: range, jobs: int, plant: Plant) -> Iterator[str | None]:
    if jobs == 1:
        yield from _some(plant, seeds)
        return
    parts = [seeds[i : i + _AT_ONCE] for i in range(0, len(seeds), _AT_ONCE)]
    with Pool(jobs) as pool:
        yield from chain.from_iterable(pool.imap(partial(_listed, plant), parts))


def _listed(plant: Plant, seeds: Sequence[int]) -> list[str | None]:
    return list(_some(plant, seeds))


def _some(plant: Plant, seeds: Sequence[int]) -> Iterator[str | None]:
    for seed in seeds:
        try:
            simulate(seed, plant)
        except DivergedError as error:
            yield f"seed {seed}, {error}"
        else:
            yield None


def _replay(seed: int, plant: Plant) -> int:
    trace: list[str] = []
    try:
        simulate(seed, plant, trace)
    except DivergedError as error:
        _say("\n".join(trace))
        _say("".join(traceback.format_exception(error.__cause__ or error)))
        _say(f"seed {seed}, {error}")
        return 1
    _say("\n".join([*trace, f"seed {seed} is as it must be"]))
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
