"""`rejected list | show | replay`: what was refused and why, and sending it again, repaired or not."""

import asyncio
import base64
import json
import logging
import re
import sys
import time
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Annotated, Any, Final

import structlog
import typer
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from publisher.adapters.commands import AsJson, Timeout
from publisher.adapters.dead_letters import Reader, reading
from publisher.adapters.files import Input
from publisher.adapters.reporting import Report
from publisher.adapters.sending import KafkaAwayError, sending
from publisher.settings import Settings
from services.ingest.core.dead_letter import DeadLetter, Place, sent_again
from shared import settings
from shared.topics import DEAD

rejected = typer.Typer(no_args_is_help=True, help="Look at what was refused, and send it again.")

_NOTE: Final = (
    "A replay is a new arrival: it replaces what was published before, unless that has a higher revision. "
    "Replaying it once more leaves the same text standing."
)
_AT_ONCE: Final = 100
_WIDTH_OF_A_PIPE: Final = 160
_UNITS_S: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def _ago(text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if not found:
        raise typer.BadParameter(f"{text!r} is no span of time; one looks like 30m, 2h or 3d")
    return round((time.time() - int(found[1]) * _UNITS_S[found[2]]) * 1000)


def _place(text: str) -> Place:
    try:
        return Place.read(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


SinceMs = Annotated[
    int | None, typer.Option("--since", parser=_ago, metavar="SPAN", help="Not older than that: 30m, 2h, 3d.")
]


@rejected.command("list")
def list_refusals(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="So many at most.")] = 50,
    since: SinceMs = None,
    article: Annotated[str | None, typer.Option("--id", help="Only of this article.")] = None,
    timeout: Timeout = 30.0,
    as_json: AsJson = False,
) -> None:
    """List what was refused, newest first."""

    async def run() -> int:
        async with reading(settings.read(Settings), timeout) as reader:
            letters = await reader.newest(limit, since, article)
        if as_json:
            for letter in letters:
                typer.echo(letter.told().model_dump_json())
        else:
            console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE)
            console.print(_table(letters) if letters else "Nothing was refused.")
        return 0

    _run(run())


@rejected.command()
def show(
    place: Annotated[Place, typer.Argument(parser=_place, metavar="PLACE", help="As listed, say 3-17.")],
    timeout: Timeout = 30.0,
    as_json: AsJson = False,
) -> None:
    """Show what was refused as it was sent, with every fault."""

    async def run() -> int:
        async with reading(settings.read(Settings), timeout) as reader:
            letter = await reader.letter(place)
        if letter is None:
            return _fail(_not_there(place), 1)
        whole = {
            **letter.told().model_dump(mode="json"),
            "key": _readable(letter.key),
            "headers": [[name, _readable(content)] for name, content in letter.headers],
            "value": _readable(letter.value),
        }
        if as_json:
            typer.echo(json.dumps(whole, ensure_ascii=False))
        else:
            for line in _lines(letter, whole):
                Console().print(line, soft_wrap=True)
        return 0

    _run(run())


@rejected.command()
def replay(
    places: Annotated[
        list[Place] | None, typer.Argument(parser=_place, metavar="PLACE…", help="As listed, say 3-17.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is kept, oldest first.")] = False,
    since: SinceMs = None,
    repaired: Annotated[
        Path | None,
        typer.Option("--with", exists=True, dir_okay=False, help="The repaired message, for one PLACE."),
    ] = None,
    timeout: Timeout = 30.0,
    as_json: AsJson = False,
) -> None:
    """Send what was refused again, with its key and headers, and tell the outcome.

    What the rules refuse as it stands is told at once and not sent.
    """
    if everything == bool(places):
        raise typer.BadParameter("name the places, or say --all")
    if repaired and len(places or ()) != 1:
        raise typer.BadParameter("--with repairs one message: name its place")
    if since and not everything:
        raise typer.BadParameter("--since goes with --all")
    value = repaired.read_bytes() if repaired else None
    report = Report(as_json=as_json)

    async def run() -> int:
        given = settings.read(Settings)
        with report:
            async with reading(given, timeout) as reader, sending(given, timeout) as sender:
                found = _all(reader, since) if places is None else _named(reader, places)
                async for letters in found:
                    inputs = [_as_input(letter, repaired, value) for letter in letters]
                    async for outcome in sender.send(inputs):
                        report.show(outcome)
        report.finish()
        if not as_json:
            Console(highlight=False).print(_NOTE, soft_wrap=True)
        return 0 if report.all_accepted else 1

    _run(run())


async def _named(reader: Reader, places: list[Place]) -> AsyncIterator[list[DeadLetter]]:
    """Give the letters of these places, oldest first; nothing of it if one is missing."""
    found = {place: await reader.letter(place) for place in places}
    for place, letter in found.items():
        if letter is None:
            raise LookupError(_not_there(place))
    yield sorted(filter(None, found.values()), key=lambda letter: letter.age)


async def _all(reader: Reader, since_ms: int | None) -> AsyncIterator[list[DeadLetter]]:
    """Give all letters, some at once, oldest first in each partition, and so of each article."""
    some: list[DeadLetter] = []
    async for letter in reader.letters(since_ms, None):
        some.append(letter)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    yield some


def _as_input(letter: DeadLetter, repaired: Path | None, value: bytes | None) -> Input:
    return Input(
        file=str(repaired) if repaired else DEAD.name,
        place=str(letter.place),
        value=(letter.value or b"") if value is None else value,
        key=letter.key,
        headers=sent_again(letter.headers),
    )


def _table(letters: list[DeadLetter]) -> Table:
    table = Table("place", "refused", "id", "what to change")
    for column in table.columns:
        column.overflow = "fold"
    table.columns[0].no_wrap = True
    for letter in letters:
        refused = letter.told().at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        detail = str(letter.problem.get("detail", ""))
        table.add_row(str(letter.place), refused, _text(letter.id or "–"), _text(detail))
    return table


def _lines(letter: DeadLetter, whole: dict[str, Any]) -> list[Text]:
    faults: list[dict[str, str]] = letter.problem.get("errors") or [letter.problem]
    named = [(fault.get("pointer") or "the message", fault.get("detail", "")) for fault in faults]
    return [
        Text(f"{letter.place}: {letter.problem.get('status')} {letter.problem.get('title')}", "red"),
        *(_text(f"  {pointer}: {detail}") for pointer, detail in named),
        Text("refused {at}; it lay in {topic}, partition {partition}, offset {offset}".format(**whole)),
        _text(f"key: {whole['key']}"),
        *(_text(f"{name}: {content}") for name, content in whole["headers"]),
        Text(""),
        _text(str(whole["value"])),
    ]


def _text(sent: str) -> Text:
    """Show what came from outside; a control character in it is not for the terminal to obey."""
    return Text(re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", lambda found: ascii(found[0])[1:-1], sent))


def _readable(content: bytes | None) -> str | None:
    """Give bytes as text; what is no UTF-8 as a `data:` address, which keeps every byte."""
    if content is None:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return f"data:application/octet-stream;base64,{base64.b64encode(content).decode()}"


def _not_there(place: Place) -> str:
    return f"there is no dead letter {place}; `rejected list` shows what is kept, for seven days"


def _fail(message: object, code: int) -> int:
    Console(stderr=True, highlight=False).print(Text(str(message), "red"), soft_wrap=True)
    return code


def _run(command: Coroutine[Any, Any, int]) -> None:
    """Run a command to its exit code: 1 if something is not as wanted, 2 if Kafka does not answer."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        code = asyncio.run(command)
    except LookupError as error:
        code = _fail(error.args[0], 1)
    except KafkaAwayError as error:
        code = _fail(error, 2)
    except (KafkaError, TimeoutError):
        servers = settings.read(Settings).kafka_bootstrap_servers
        code = _fail(f"Kafka at {servers} does not answer, or has no topics: has ingest run there?", 2)
    raise typer.Exit(code)
