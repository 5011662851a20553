"""Renders on a real Kafka and a real Redis, each with a store of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.render.reading import Render


@pytest.fixture
def render(tmp_path: Path) -> Iterator[Callable[..., Render]]:
    """Give `render(kafka, redis_url, name)`, a service not started yet; one name is one store."""
    with ExitStack() as running:

        def make(bootstrap: str, redis_url: str, name: str = "one") -> Render:
            made = Render(tmp_path, bootstrap, redis_url, name)
            running.callback(made.stop)
            return made

        yield make
