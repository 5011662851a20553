"""`python -m ops.observe` writes the dashboards anew, after a change of newsroom.py or operations.py."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ops.observe import newsroom, operations

FOLDER: Final = Path(__file__).parent / "grafana" / "dashboards"
DASHBOARDS: Final[Mapping[str, Callable[[], str]]] = {
    "newsroom.json": newsroom.made,
    "operations.json": operations.made,
}


def main() -> None:
    """Write the files."""
    for name, made in DASHBOARDS.items():
        (FOLDER / name).write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    main()
