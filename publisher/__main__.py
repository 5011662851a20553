"""`python -m publisher`: run a command; installed, it is `remen`."""

from publisher.app import cli

cli()
