"""The official examples of ninjs, where they lie beside the project; they are not part of it."""

from pathlib import Path
from typing import Final

import pytest

from dev.environment import ROOT

_FOLDER: Final = ROOT.parent / "shared" / "data" / "ninjs" / "examples"
NO_ARTICLES: Final[dict[str, set[str]]] = {
    "002_renditions_example": {"/headline", "/headlines"},
    "006_photo_only": {"/type"},
    "008_event": {"/type"},
}
"""Which of them carry no article, and at which place that is told (by the version of ninjs one of these)."""


def example_files(*, articles: bool) -> list[object]:
    """Give the examples that become pages, or those that are refused; where none are, one to skip."""
    found = sorted(path for path in _FOLDER.glob("*/*.json") if (path.stem not in NO_ARTICLES) == articles)
    if not found:
        return [pytest.param(Path(), marks=pytest.mark.skip("no ninjs examples beside the project"))]
    return [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in found]
