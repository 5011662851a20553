"""The commands of `python3 dev`."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from dev import bench, check, environment, prove, site
from dev.console import DevError
from dev.environment import ROOT
from dev.plan import SERVICES, Plan


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; exit 0 when it did what it is for."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        own, rest = _split(list(sys.argv[1:] if arguments is None else arguments))
        sys.exit(run(_parser().parse_args(own), rest))
    except DevError as failure:
        sys.exit(f"\n{failure}")
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # `| head` has seen enough; nothing more is written to it as Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def run(asked: argparse.Namespace, rest: list[str]) -> int:
    """Do what was asked for, `rest` being what stood behind `--`; return the exit code."""
    match asked.command:
        case "up":
            site.up(Plan(asked.data.resolve(), asked.ports, asked.demo, dict(asked.scale)), asked.detach)
        case "status":
            return 0 if site.show_status(asked.data.resolve(), asked.json) else 1
        case "down":
            site.down(asked.data.resolve())
        case "reset":
            site.reset(asked.data.resolve())
        case "logs":
            site.logs(asked.data.resolve(), asked.name, asked.follow)
        case "stop":
            site.stop(asked.data.resolve(), asked.name)
        case "start":
            site.start(asked.data.resolve(), asked.name)
        case "test":
            return check.test(asked.folders, rest)
        case "bench":
            return bench.run(asked.names)
        case "prove":
            prove.run(asked.seed, asked.faults, asked.views)
        case "contracts":
            return check.write_contracts()
        case "sbom":
            return check.supply(asked.advisories)
        case "licences":
            return check.list_licences()
        case "release":
            return check.release(asked.version, asked.dry_run)
        case "lock":
            environment.lock(asked.upgrade)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 dev", description="Remen on this machine, without Docker")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, help_text: str, data: bool = True) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help_text, description=help_text)
        if data:
            added.add_argument(
                "--data", type=Path, default=ROOT / ".remen", help="where everything is kept (.remen)"
            )
        return added

    up = command("up", "start everything: Kafka, Redis, the services, a demo newsroom; Ctrl-C stops it")
    up.add_argument("--detach", action="store_true", help="return when all is ready")
    up.add_argument("--no-demo", dest="demo", action="store_false", help="start with an empty site")
    up.add_argument(
        "--scale", type=_scale, action="append", default=[], metavar="rank=2", help="more of a service"
    )
    up.add_argument("--ports", type=int, default=8080, metavar="BASE", help="the first of the ports (8080)")
    status = command("status", "tell what runs and where; exit 0 when all is ready")
    status.add_argument("--json", action="store_true", help="for programs, with the tokens")
    command("down", "stop everything")
    command("reset", "stop everything and delete the data")
    logs = command("logs", "show a log")
    logs.add_argument("name", help="kafka, redis, ingest, rank-2, …")
    logs.add_argument("-f", "--follow", action="store_true", help="go on with what is added")
    command("stop", "stop one program and keep it stopped").add_argument("name")
    command("start", "start a program that was stopped").add_argument("name")
    test = command(
        "test", "run the tests; with no name also format, lint, types and import rules", data=False
    )
    test.add_argument("folders", nargs="*", type=_folder, metavar="FOLDER", help=", ".join(check.FOLDERS))
    test.epilog = "What stands behind -- is passed on to pytest."
    measure = command("bench", "print the performance table: all claims, or those named", data=False)
    measure.add_argument("names", nargs="*", type=_claim, metavar="NAME", help=", ".join(bench.CLAIMS))
    chaos = command(
        "prove", "let faults of every kind happen to rank, and count the views it loses", data=False
    )
    for name in ("seed", "faults", "views"):
        chaos.add_argument(f"--{name}", type=int, required=True, metavar="N")
    command("contracts", "write contracts/ anew from the models", data=False)
    sbom = command("sbom", "print what everything is made of (CycloneDX), or its known holes", data=False)
    sbom.add_argument(
        "--advisories",
        type=Path,
        metavar="DIR",
        help="a copy of github.com/pypa/advisory-database",
    )
    command("licences", "print under which licence each pinned package stands", data=False)
    release = command("release", "name a version, keep what it promises, commit and tag it", data=False)
    release.add_argument("version", help="such as 0.2.0")
    release.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    lock = command("lock", "resolve requirements.lock anew after a change in a pyproject.toml", data=False)
    lock.add_argument("--upgrade", action="store_true", help="to the newest of everything")
    return parser


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    cut = words.index("--") if "--" in words else len(words)
    return words[:cut], words[cut + 1 :]


def _folder(text: str) -> str:
    if text not in check.FOLDERS:
        raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(check.FOLDERS)}")
    return text


def _claim(text: str) -> str:
    if text not in bench.CLAIMS:
        raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(bench.CLAIMS)}")
    return text


def _scale(text: str) -> tuple[str, int]:
    name, _, count = text.partition("=")
    if name not in SERVICES or not count.isdecimal() or not 1 <= int(count) <= 9:
        raise argparse.ArgumentTypeError(f"{text!r} is not like rank=2; services are {', '.join(SERVICES)}")
    return name, int(count)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """End as Ctrl-C does, so that everything started is stopped."""
    raise KeyboardInterrupt
