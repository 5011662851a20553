"""Renders on a real Kafka and a real Redis, each with a store of its own, and one in this process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared.blocks import Paragraph
from shared.limits import Limits
from tests.builders import published, withdrawn
from tests.integration.render.reading import Render
from tests.integration.render.serving import Serving


@pytest.fixture
def render(tmp_path: Path) -> Iterator[Callable[..., Render]]:
    """Give `render(kafka, redis_url, name, SETTING=…)`, a service not started yet; one name is one store."""
    with ExitStack() as running:

        def make(bootstrap: str, redis_url: str, name: str = "one", **settings: str) -> Render:
            made = Render(tmp_path, bootstrap, redis_url, name, **settings)
            running.callback(made.stop)
            return made

        yield make


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Serving]]:
    """Give `serve(limit=…)`, which starts a server of the articles a to e, a long and a withdrawn one."""
    with ExitStack() as serving:

        def start(**limits: float) -> Serving:
            articles = [published(name, second=n) for n, name in enumerate("abcde")]
            long = published("long", blocks=(Paragraph(text="河城" * 50_000),))
            gone = [published("gone"), withdrawn("gone", second=9)]
            return serving.enter_context(
                Serving(tmp_path, Limits(**limits), *articles, long, *gone)  # type: ignore[arg-type]
            )

        yield start
