"""`remen import`: a whole site of another system, which may be imported again and again.

What stands is read first and not sent again, so an import that was broken off goes on where it was, and one
that is repeated changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from publisher.adapters.commands import AsJson, DryRun, Timeout, rehearse, run
from publisher.adapters.files import Input
from publisher.adapters.import_report import ImportReport
from publisher.adapters.sending import sending
from publisher.adapters.sites import of_ghost, of_hugo, of_wordpress
from publisher.core.imports.posts import Importing
from publisher.settings import Settings
from services.ingest.core.addresses import web_address
from shared import settings

imports = typer.Typer(
    no_args_is_help=True,
    help="Publish a whole site of another system; what stands already is not sent again.",
)

Section = Annotated[str | None, typer.Option(help="The section of posts that name none that fits.")]
Site = Annotated[str, typer.Option(help="The site's address, https://…, if not what it says of itself.")]
Reads = Callable[[Importing, ImportReport], Iterator[Input]]


@imports.command()
def wordpress(
    exports: Annotated[
        list[Path], typer.Argument(metavar="EXPORT.xml…", help="Of Tools, Export: all its files at once.")
    ],
    section: Section = None,
    site: Site = "",
    dry_run: DryRun = False,
    timeout: Timeout = 30.0,
    as_json: AsJson = False,
) -> None:
    """Publish the posts of WordPress."""
    _import(lambda *more: of_wordpress(exports, *more), section, site, None if dry_run else timeout, as_json)


@imports.command()
def hugo(
    folder: Annotated[Path, typer.Argument(help="Of the site: its configuration, and content/ in it.")],
    section: Section = None,
    site: Site = "",
    dry_run: DryRun = False,
    timeout: Timeout = 30.0,
    as_json: AsJson = False,
) -> None:
    """Publish the texts of Hugo."""
    _import(lambda *more: of_hugo(folder, *more), section, site, None if dry_run else timeout, as_json)


@imports.command()
def ghost(
    export: Annotated[Path, typer.Argument(metavar="EXPORT.json", help="Of Settings, Import/Export.")],
    section: Section = None,
    site: Site = "",
    dry_run: DryRun = False,
    timeout: Timeout = 30.0,
    as_json: AsJson = False,
) -> None:
    """Publish the posts of Ghost."""
    _import(lambda *more: of_ghost(export, *more), section, site, None if dry_run else timeout, as_json)


def _import(reads: Reads, section: str | None, site: str, timeout_s: float | None, as_json: bool) -> None:
    if site and web_address(site) is None:
        raise typer.BadParameter(f"{site} is no web address; it begins with https://")
    ours = settings.read(Settings)
    importing = Importing(ours.zone, section or ours.ninjs_section, site)
    report = ImportReport(as_json=as_json, at_once=timeout_s is None)

    async def imported() -> int:
        inputs = reads(importing, report)
        return await (
            rehearse(inputs, report) if timeout_s is None else _send(inputs, ours, timeout_s, report)
        )

    run(imported())


async def _send(inputs: Iterable[Input], ours: Settings, timeout_s: float, report: ImportReport) -> int:
    with report:
        async with sending(ours, timeout_s, only_changes=True) as sender:
            async for outcome in sender.send(inputs):
                report.show(outcome)
    return 0 if report.all_accepted else 1
