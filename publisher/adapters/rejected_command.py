"""`rejected list | show | replay`: what was refused and why, and sending it again, repaired or not."""

import base64
import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from publisher.adapters.commands import AsJson, Timeout, run, send
from publisher.adapters.dead_letters import Reader, reading
from publisher.adapters.files import Input
from publisher.adapters.reporting import Report, folding_table, output, print_json, shown
from publisher.settings import Settings
from services.ingest.core.dead_letter import DeadLetter, Place, sent_again
from services.ingest.core.faults import unreadable
from shared import settings
from shared.terminal import harmless_line
from shared.topics import DEAD

rejected = typer.Typer(no_args_is_help=True, help="Look at what was refused, and send it again.")

_NOTE: Final = (
    "A replay is a new arrival: it replaces what was published before, unless that has a higher revision. "
    "Replaying it once more leaves the same text standing."
)
_NOT_KEPT: Final = (
    "was too large to be kept, so it cannot be sent again as it was; send it repaired, --with FILE"
)
_UNITS_S: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def _ago(text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if not found:
        raise typer.BadParameter(f"{text!r} is not a span of time; write it like 30m, 2h or 3d")
    return round((time.time() - int(found[1]) * _UNITS_S[found[2]]) * 1000)


def _place(text: str) -> Place:
    try:
        return Place.read(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


SinceMs = Annotated[
    int | None,
    typer.Option("--since", parser=_ago, metavar="SPAN", help="Only what is not older: 30m, 2h, 3d."),
]


@rejected.command("list")
def list_refusals(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 50,
    since: SinceMs = None,
    article: Annotated[str | None, typer.Option("--id", help="Only of this article.")] = None,
    timeout: Timeout = 30.0,
    as_json: AsJson = False,
) -> None:
    """List what was refused, newest first."""

    async def listed() -> int:
        async with _reading(timeout) as reader:
            letters = await reader.newest(limit, since, article)
        if as_json:
            for letter in letters:
                print_json(letter.told().model_dump_json())
            return 0
        table = folding_table("place", "refused", "id", "what to change")
        table.columns[0].no_wrap = True
        for letter in letters:
            refused = letter.told().at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            detail = str(letter.problem.get("detail", ""))
            table.add_row(str(letter.place), refused, _line(letter.id or "–"), _line(detail))
        output().print(table if letters else "Nothing was refused.")
        return 0

    run(listed())


@rejected.command()
def show(
    place: Annotated[Place, typer.Argument(parser=_place, metavar="PLACE", help="As listed, say 3-17.")],
    timeout: Timeout = 30.0,
    as_json: AsJson = False,
) -> None:
    """Show what was refused as it was sent, with every fault."""

    async def told() -> int:
        async with _reading(timeout) as reader:
            letter = await reader.letter(place)
        whole = {
            **letter.told().model_dump(mode="json"),
            "key": _readable(letter.key),
            "headers": [[name, _readable(content)] for name, content in letter.headers],
            "value": _readable(letter.value),
        }
        if as_json:
            print_json(json.dumps(whole, ensure_ascii=False))
        else:
            for line in _lines(letter, whole):
                output().print(line, soft_wrap=True)
        return 0

    run(told())


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
        raise typer.BadParameter("name the places, or give --all")
    if repaired and len(places or ()) != 1:
        raise typer.BadParameter("--with repairs one message; name its place and no other")
    if since and not everything:
        raise typer.BadParameter("--since can be given only with --all")
    value = repaired.read_bytes() if repaired else None
    report = Report(as_json=as_json)

    async def replayed() -> int:
        async with _reading(timeout) as reader:
            letters = reader.letters(since) if places is None else _named(reader, places)
            inputs = ([_as_input(letter, repaired, value) for letter in some] async for some in letters)
            code = await send(inputs, timeout, report)
        if not as_json:
            output().print(_NOTE, soft_wrap=True)
        return code

    run(replayed())


def _reading(timeout_s: float) -> AbstractAsyncContextManager[Reader]:
    return reading(settings.read(Settings).kafka_bootstrap_servers, timeout_s)


async def _named(reader: Reader, places: list[Place]) -> AsyncIterator[list[DeadLetter]]:
    """Give the letters of these places, oldest first; nothing of it if one is missing."""
    yield sorted([await reader.letter(place) for place in set(places)], key=lambda letter: letter.age)


def _as_input(letter: DeadLetter, repaired: Path | None, value: bytes | None) -> Input:
    sent = (letter.value or b"") if letter.is_whole else unreadable(413, _NOT_KEPT)
    return Input(
        file=str(repaired) if repaired else DEAD.name,
        place=str(letter.place),
        value=sent if value is None else value,
        key=letter.key if letter.is_whole else None,
        headers=sent_again(letter.headers),
    )


def _lines(letter: DeadLetter, whole: dict[str, Any]) -> Iterator[Text]:
    yield _line(f"{letter.place}: {letter.problem.get('status')} {letter.problem.get('title')}", "red")
    faults: list[dict[str, str]] = letter.problem.get("errors") or [letter.problem]
    for fault in faults:
        yield _line(f"  {fault.get('pointer') or 'the message'}: {fault.get('detail', '')}")
    yield _line("refused {at}; it lay in {topic}, partition {partition}, offset {offset}".format(**whole))
    if not letter.is_whole:
        yield _line(f"its {letter.size:,} bytes were too many to be kept; this is how it begins")
    yield _line(f"key: {whole['key']}")
    for name, content in whole["headers"]:
        yield _line(f"{name}: {content}")
    yield Text("")
    yield shown(str(whole["value"]))


def _readable(content: bytes | None) -> str | None:
    """Give bytes as text; what is not UTF-8 as a `data:` address, which keeps every byte."""
    if content is None:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return f"data:application/octet-stream;base64,{base64.b64encode(content).decode()}"


def _line(sent: str, style: str = "") -> Text:
    return shown(harmless_line(sent), style)
