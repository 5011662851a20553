"""The publisher's command line and the commands that it has."""

import typer

from publisher.adapters.commands import import_feed, publish, reinstate, withdraw
from publisher.adapters.imports_command import imports
from publisher.adapters.rejected_command import rejected

cli = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Publish articles and tell what became of them."
)

cli.command()(publish)
cli.command()(withdraw)
cli.command()(reinstate)
cli.command()(import_feed)
cli.add_typer(imports, name="import")
cli.add_typer(rejected, name="rejected")
