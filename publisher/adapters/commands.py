"""The publisher's command line: `publish`, `withdraw`, `reinstate`, `import-feed`.

All of them end in ingest.v1 and tell what the worker decided. They end with 0 if all was accepted, 1 if
something was not, 2 if nothing could be sent.
"""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import structlog
import typer

from publisher.adapters import feeds
from publisher.adapters.changed_files import changed_files
from publisher.adapters.dry_run import foreseen
from publisher.adapters.failures import CommandError
from publisher.adapters.files import STDIN, SUFFIXES, Files, Input, found, value_of
from publisher.adapters.reporting import Report, complain
from publisher.adapters.sending import sending
from publisher.core.feed_entries import Importing
from publisher.settings import Settings
from shared import settings
from shared.events import WithdrawReason

Section = Annotated[str | None, typer.Option(help="The section of articles that name none.")]
Timeout = Annotated[
    float, typer.Option(min=0.1, help="Seconds to wait for Kafka, and for the outcome of an article.")
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Show the finished articles and what became of every part; send nothing."),
]
OnlyChanges = Annotated[
    bool,
    typer.Option(
        "--only-changes",
        help="Read all that stands first, and send nothing that stands as it was sent so before.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line and nothing else.")]


def publish(
    files: Annotated[
        list[Path],
        typer.Argument(help=f"Files ({' '.join(SUFFIXES)}), folders of them, or - for JSON from a pipe."),
    ],
    section: Section = None,
    watch: Annotated[
        bool,
        typer.Option(
            help="Go on with every file that is new or changed, until Ctrl-C. "
            "A deleted file withdraws nothing: use withdraw."
        ),
    ] = False,
    only_changes: OnlyChanges = False,
    dry_run: DryRun = False,
    timeout: Timeout = 30.0,
    as_json: AsJson = False,
) -> None:
    """Publish files."""
    if watch and dry_run:
        raise typer.BadParameter("--watch and --dry-run exclude each other")
    if watch:
        missing = [name for name in files if not name.exists()]
        if missing:
            raise typer.BadParameter(f"{missing[0]} does not exist, so it cannot be watched")
        report = Report(as_json=as_json, at_once=True)
        try:
            run(send(_watched(files, _files(section, files)), timeout, report, only_changes=only_changes))
        except KeyboardInterrupt:
            raise typer.Exit from None
    stdin = sys.stdin.buffer.read() if STDIN in files else b""
    paths = found(files)
    if not paths:
        raise typer.BadParameter(f"there is no file that ends in {', '.join(SUFFIXES)}")
    report = Report(as_json=as_json, at_once=dry_run)
    inputs = _inputs(paths, _files(section, files, stdin), report)
    run(
        rehearse(inputs, report)
        if dry_run
        else send(_once(inputs), timeout, report, only_changes=only_changes)
    )


def withdraw(
    article_id: Annotated[str, typer.Argument(metavar="ID")],
    reason: Annotated[WithdrawReason, typer.Option(help="The class of the reason; readers are told it.")],
    note: Annotated[str, typer.Option(help="More about it, for the desk; readers are not told.")] = "",
    public_note: Annotated[str, typer.Option(help="More about it, which readers are told.")] = "",
    timeout: Timeout = 30.0,
    as_json: AsJson = False,
) -> None:
    """Take an article down."""
    notes = {"note": note, "public_note": public_note}
    _act({"id": article_id, "action": "withdraw", "reason": reason, **notes}, timeout, as_json)


def reinstate(
    article_id: Annotated[str, typer.Argument(metavar="ID")], timeout: Timeout = 30.0, as_json: AsJson = False
) -> None:
    """Lift a withdrawal, for the next publish."""
    _act({"id": article_id, "action": "reinstate"}, timeout, as_json)


def import_feed(
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="A feed: RSS or Atom of any version.")],
    section: Annotated[
        str | None, typer.Option(help="The section of all entries; else each one's first fitting category.")
    ] = None,
    feed: Annotated[
        str | None,
        typer.Option(
            help="The feed's name, part of all its ids; else its address without scheme, or its file's name."
        ),
    ] = None,
    private: Annotated[
        bool, typer.Option(help="The feed may lie in a network of our own, or lead there.")
    ] = False,
    only_changes: OnlyChanges = False,
    dry_run: DryRun = False,
    timeout: Timeout = 30.0,
    as_json: AsJson = False,
) -> None:
    """Publish the entries of a feed; importing it again does no harm."""
    report = Report(as_json=as_json, at_once=dry_run)

    async def imported() -> int:
        inputs = await _entries(source, section, feed, private, report)
        if dry_run:
            return await rehearse(inputs, report)
        return await send(_once(inputs), timeout, report, only_changes=only_changes)

    run(imported())


def run(command: Coroutine[Any, Any, int]) -> NoReturn:
    """Run a command to its exit code; libraries' logs are not for a publisher's eyes."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        code = asyncio.run(command)
    except CommandError as error:
        complain(error)
        code = error.code
    raise typer.Exit(code)


async def send(
    batches: AsyncIterator[Iterable[Input]], timeout_s: float, report: Report, *, only_changes: bool = False
) -> int:
    """Send all, or what does not stand yet, and show what becomes of it; give the exit code."""
    with report:
        async with sending(settings.read(Settings), timeout_s, only_changes=only_changes) as sender:
            async for inputs in batches:
                async for outcome in sender.send(inputs):
                    report.show(outcome)
    return 0 if report.all_accepted else 1


async def rehearse(inputs: Iterable[Input], report: Report) -> int:
    """Show what would stand if all were sent; give the exit code."""
    with report:
        for outcome in foreseen(inputs, settings.read(Settings)):
            report.show(outcome)
    return 0 if report.all_accepted else 1


async def _entries(
    source: str, section: str | None, name: str | None, private: bool, report: Report
) -> Iterable[Input]:
    feed = await asyncio.to_thread(feeds.load, source, private=private)
    report.expect(feed.entries)
    site = settings.read(Settings)
    now, zone = datetime.now(UTC), site.zone
    importing = Importing(name or feeds.name_of(source), now, section, site.ninjs_section, zone)
    return feeds.inputs(source, feed, importing)


def _act(action: dict[str, Any], timeout: float, as_json: bool) -> None:
    run(send(_once([Input("", value_of(action))]), timeout, Report(as_json=as_json, at_once=True)))


def _files(section: str | None, named: list[Path], stdin: bytes = b"") -> Files:
    return Files(section, stdin, named, settings.read(Settings).zone)


async def _once(inputs: Iterable[Input]) -> AsyncIterator[Iterable[Input]]:
    yield inputs


async def _watched(names: list[Path], files: Files) -> AsyncIterator[Iterable[Input]]:
    async for paths in changed_files(names):
        files.look_ahead(paths)
        yield (one for path in paths for one in files.read(path))


def _inputs(paths: list[Path], files: Files, report: Report) -> Iterator[Input]:
    files.look_ahead(paths)
    articles = 0
    for number, path in enumerate(paths, 1):
        for one in files.read(path):
            articles += 1
            report.expect(articles + len(paths) - number)
            yield one
