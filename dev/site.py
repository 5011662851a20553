"""The commands that run a site on this machine: up, status, down, reset, logs, stop and start."""

import json
import os
import shutil
import signal
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from dev import environment, kafka, state
from dev.child import Program, tail
from dev.console import DevError, say, timed
from dev.plan import Plan, addresses, programs
from dev.state import State
from dev.supervisor import launch
from shared.terminal import harmless

_READY_WITHIN_S: Final = 120.0
_TRIES_TO_COME_UP: Final = 5
_STOPPED_WITHIN_S: Final = 60.0


def up(plan: Plan, detach: bool) -> None:
    """Start everything; return when it is ready or, unless detached, when it has been stopped again."""
    if state.supervisor(plan.folder):
        raise DevError(f"{plan.folder} is already up; `python3 dev status` shows it, `down` ends it")
    prepare()
    _end_orphans(plan.folder)
    _require_free(plan)
    supervisor = launch(plan, outlives_us=detach)
    try:
        _follow(plan, supervisor)
        print(f"\n  {plan.url('render')}/\n", flush=True)
        if not detach:
            say("running", "Ctrl-C stops everything")
            os.waitpid(supervisor, 0)
            _end_orphans(plan.folder)
    except BaseException:
        say("stopping", str(plan.folder))
        with suppress(ChildProcessError, ProcessLookupError):
            os.kill(supervisor, signal.SIGTERM)
            os.waitpid(supervisor, 0)
        _end_orphans(plan.folder)
        raise


def prepare() -> None:
    """Have everything installed and fetched that a site needs."""
    environment.ensure("broker")
    with ThreadPoolExecutor(1) as aside:
        jars = aside.submit(kafka.fetch)
        environment.ensure("demo", "publisher", "services")
        jars.result()


def status(folder: Path) -> dict[str, Any]:
    """Return what `dev status --json` prints."""
    known = State.read(folder)
    if known is None:
        names = ("page", "ingest", "rank", "kafka", "redis", "publish_token", "desk_token")
        return dict.fromkeys(names) | {"services": []}
    running = [program for tier in programs(known.plan)[:2] for program in tier]

    def look(program: Program) -> dict[str, Any]:
        entry = known.entries.get(program.name)
        pid = entry.pid if entry and entry.lives() else None
        ready = pid is not None and program.answers()
        return {"name": program.name, "pid": pid, "ready": ready, "url": program.url}

    with ThreadPoolExecutor(len(running)) as crowd:
        return addresses(known.plan) | {"services": list(crowd.map(look, running))}


def show_status(folder: Path, as_json: bool) -> bool:
    """Print the status; tell whether all is ready."""
    seen = status(folder)
    if as_json:
        print(json.dumps(seen, indent=1))
    else:
        for service in seen["services"]:
            how = "ready" if service["ready"] else "not ready" if service["pid"] else "down"
            say(service["name"], f"{how:<10} {service['pid'] or '':<8} {service['url']}")
        print(f"\n  {seen['page'] or f'Nothing was ever started in {folder}: python3 dev up'}")
    supervised = state.supervisor(folder) is not None
    if not supervised and any(service["pid"] for service in seen["services"]):
        print("Their supervisor was killed: `python3 dev down` ends what it left behind", file=sys.stderr)
    return supervised and all(service["ready"] for service in seen["services"])


def down(folder: Path) -> None:
    """Stop everything, also what a supervisor that was killed has left behind."""
    supervisor = state.supervisor(folder)
    if supervisor:
        with timed("stopping", str(folder)):
            os.kill(supervisor, signal.SIGTERM)
            give_up = time.monotonic() + _STOPPED_WITHIN_S
            while state.supervisor(folder) and time.monotonic() < give_up:
                time.sleep(0.05)
            if state.supervisor(folder):
                os.kill(supervisor, signal.SIGKILL)
    left = _end_orphans(folder)
    if not supervisor and not left:
        say("stopped", "nothing was running")


def reset(folder: Path) -> None:
    """Stop everything and delete the data."""
    if folder.exists() and not (folder / "secrets.json").exists():
        raise DevError(f"{folder} does not look like data of Remen; nothing was deleted")
    down(folder)
    shutil.rmtree(folder, ignore_errors=True)
    say("reset", f"{folder} is deleted")


def logs(folder: Path, name: str, follow: bool) -> None:
    """Print a program's log and, if asked to, go on with what is added."""
    there = sorted(path.stem for path in folder.glob("logs/*.log"))
    path = folder / "logs" / f"{name if name in there else f'{name}-1'}.log"
    if not path.exists():
        raise DevError(f"there is no log of {name!r}; there are {', '.join(there) or 'none yet'}")
    with path.open(errors="replace") as log:
        while True:
            for line in log:
                sys.stdout.write(harmless(line))
            sys.stdout.flush()
            if not follow:
                return
            time.sleep(0.2)


def stop(folder: Path, name: str) -> None:
    """Stop one program and keep it stopped until it is started, or everything is."""
    known, program = _find(folder, name)
    known.plan.stopped(name).touch()
    state.end(known.entries[name], program.patience_s)


def start(folder: Path, name: str) -> None:
    """Start again what was stopped; return when it answers."""
    known, program = _find(folder, name)
    known.plan.stopped(name).unlink(missing_ok=True)
    give_up = time.monotonic() + _READY_WITHIN_S
    while not program.answers():
        if time.monotonic() > give_up:
            raise DevError(f"{name} does not answer:\n{tail(known.plan.log(name))}")
        time.sleep(0.1)


def _find(folder: Path, name: str) -> tuple[State, Program]:
    known = State.read(folder)
    if known is None or state.supervisor(folder) is None:
        raise DevError(f"nothing runs in {folder}: python3 dev up")
    for program in (program for tier in programs(known.plan) for program in tier):
        if program.name == name:
            return known, program
    raise DevError(f"there is no {name!r}; there are {', '.join(known.entries)}")


def _follow(plan: Plan, supervisor: int) -> None:
    """Say what has become ready until all has. Raises DevError with the log of what has not."""
    waiting = [program for tier in programs(plan) for program in tier if program.url or program.once]
    begun = time.monotonic()
    while waiting:
        for program in [program for program in waiting if program.answers()]:
            say(
                program.name,
                f"{program.url or 'the home page shows articles':<32} {time.monotonic() - begun:.1f} s",
            )
            waiting.remove(program)
        known = State.read(plan.folder)
        gone = state.born(supervisor) is None
        for program in waiting:
            entry = known.entries.get(program.name) if known else None
            in_vain = entry is not None and entry.starts > _TRIES_TO_COME_UP
            if gone or in_vain or time.monotonic() - begun > _READY_WITHIN_S:
                name = "supervisor" if gone else program.name
                raise DevError(f"{name} did not come up:\n{tail(plan.log(name))}")
        time.sleep(0.1)


def _end_orphans(folder: Path) -> bool:
    """End what a dead supervisor has left running; tell whether there was any."""
    known = State.read(folder)
    left = {name: entry for name, entry in known.entries.items() if entry.lives()} if known else {}
    for name, entry in reversed(left.items()):
        say("stopping", f"{name}, left behind by a supervisor that was killed")
        state.end(entry, patience_s=10.0)
    return bool(left)


def _require_free(plan: Plan) -> None:
    for name, port in plan.ports().items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise DevError(
                    f"port {port}, wanted for {name}, cannot be had ({error.strerror}); "
                    "choose others with --ports BASE"
                ) from None
