"""`python -m services.rank`: run the service."""

from services.rank.app import cli

cli()
