"""`python -m services.ingest`: run the service."""

from services.ingest.app import cli

cli()
