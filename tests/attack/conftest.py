"""A render in a thread, and the edge before it."""

from collections.abc import Iterator

import pytest

from bench import nginx as edges
from shared.limits import Limits
from tests.builders import published
from tests.integration.render.serving import Serving


@pytest.fixture(scope="module")
def render(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Give a render of two articles."""
    folder = tmp_path_factory.mktemp("render")
    with Serving(folder, Limits(), published("a"), published("b", second=1)) as started:
        yield started


@pytest.fixture(scope="module")
def edge_url(nginx: str, render: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of an edge before it."""
    folder = tmp_path_factory.mktemp("edge")
    folder.chmod(0o755)
    with edges.edge(folder, render.port) as (url, _):
        yield url
