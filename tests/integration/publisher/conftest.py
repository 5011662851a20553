"""A running ingest, as its own tests have it."""

from tests.integration.ingest.conftest import ingest

__all__ = ["ingest"]
