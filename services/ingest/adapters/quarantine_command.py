"""`quarantine list | show | replay | skip`: for operators, what ingest set aside undecided."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, NoReturn

import typer
from aiokafka import ConsumerRecord

from services.ingest.adapters.dead_letter_log import read_dead_letter
from services.ingest.core.dead_letter import DeadLetter, Place, read_settlement, sent_again, settlement
from services.ingest.core.outputs import Output
from services.ingest.settings import Settings
from shared import kafka, settings
from shared.tailing import Tail
from shared.terminal import harmless, harmless_line
from shared.topics import DEAD, INGEST

quarantine = typer.Typer(no_args_is_help=True, help="Look at what was set aside; send it again, or skip it.")

_TIMEOUT_S: Final = 60.0

Read = dict[Place, DeadLetter]
Write = Callable[[Output], Awaitable[None]]


def _place(text: str) -> Place:
    try:
        return Place.read(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


AsJson = Annotated[bool, typer.Option("--json", help="A JSON object a line.")]
Where = Annotated[Place, typer.Argument(parser=_place, metavar="PLACE", help="As listed, say 3-17.")]


@quarantine.command("list")
def list_records(as_json: AsJson = False) -> None:
    """List what is set aside and not settled yet, oldest first."""

    async def run(found: Read, write: Write) -> None:
        for letter in sorted(found.values(), key=lambda letter: letter.age):
            told = letter.told()
            lay_at = f"{told.topic}/{told.partition}/{told.offset}"
            line = f"{told.place}  {told.at:%Y-%m-%d %H:%M:%S}Z  {lay_at}  {told.problem['detail']}"
            typer.echo(harmless(told.model_dump_json()) if as_json else harmless_line(line))
        if not found and not as_json:
            typer.echo("Nothing is set aside.")

    _run(run)


@quarantine.command()
def show(place: Where) -> None:
    """Show a record as it was sent."""

    async def run(found: Read, write: Write) -> None:
        letter = _chosen(found, place)
        headers = [[name, _readable(content)] for name, content in letter.headers]
        whole = {"key": _readable(letter.key), "headers": headers, "value": _readable(letter.value)}
        shown = letter.told().model_dump(mode="json") | whole
        typer.echo(harmless(json.dumps(shown, ensure_ascii=False, indent=2)))

    _run(run)


@quarantine.command()
def replay(place: Where) -> None:
    """Send a record again, as a new arrival: after a release that can decide about it."""

    async def run(found: Read, write: Write) -> None:
        letter = _chosen(found, place)
        if not letter.is_whole:
            refused_at = "/".join(map(str, letter.refused_at))
            _fail(f"the record was too large to be kept whole; copy it from {refused_at} while it is there")
        again = tuple(sent_again(letter.headers))
        await write(Output(INGEST, place.partition, letter.key, letter.value, again))
        await write(settlement(place, "replayed"))
        typer.echo(f"{place} was sent again.")

    _run(run)


@quarantine.command()
def skip(place: Where) -> None:
    """Leave a record as it is: it stays among the dead letters and is no longer an alarm."""

    async def run(found: Read, write: Write) -> None:
        _chosen(found, place)
        await write(settlement(place, "skipped"))
        typer.echo(f"{place} is skipped.")

    _run(run)


def _chosen(found: Read, place: Place) -> DeadLetter:
    if place not in found:
        _fail(f"nothing is set aside at {place}; `quarantine list` names what is")
    return found[place]


def _run(command: Callable[[Read, Write], Awaitable[None]]) -> None:
    try:
        asyncio.run(_connected(command, settings.read(Settings)))
    except (*kafka.AWAY, TimeoutError) as error:
        _fail(f"Kafka did not answer: {error or type(error).__name__}; is KAFKA_BOOTSTRAP_SERVERS right?")


async def _connected(command: Callable[[Read, Write], Awaitable[None]], given: Settings) -> None:
    servers = given.kafka_bootstrap_servers
    found: Read = {}

    def take(record: ConsumerRecord) -> None:
        if settled := read_settlement(record.headers):
            found.pop(settled, None)
        elif (letter := read_dead_letter(record)) and letter.is_set_aside:
            found[letter.place] = letter

    async with asyncio.timeout(_TIMEOUT_S):
        tail = Tail(servers, (DEAD,), take)
        reading = asyncio.create_task(tail.run())
        await tail.caught_up()
        reading.cancel()
        await asyncio.wait([reading])
        producer = kafka.producer(servers, "ingest-quarantine")
        await producer.start()
        try:

            async def write(output: Output) -> None:
                topic, partition, key, value, headers = output
                await producer.send_and_wait(topic.name, value, key, partition, headers=list(headers))

            await command(found, write)
        finally:
            await kafka.close(producer)


def _readable(content: bytes | None) -> Any:
    if content is None:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"hex": content.hex()}


def _fail(says: str) -> NoReturn:
    sys.stderr.write(harmless(says) + "\n")
    raise typer.Exit(1)
