"""Every version of every event that was ever written still parses, and is still written the same way.

A golden file is never edited: what must change gets a new version and a new file beside the old one.
"""

import json
from pathlib import Path

import pytest

from shared import events, wire
from shared.events import DeskAction, Event, FrontAction

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.json"))
PARTS = {
    *("Mark", "Text", "Paragraph", "Heading", "Quote", "Items", "PictureBlock", "Embed", "Table"),
    *(
        "Picture",
        "Rendition",
        "Dateline",
        "HotEntry",
        DeskAction.__name__,
        FrontAction.__name__,
        Event.__name__,
    ),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_event_as_it_was_written_is_read_and_written_again_the_same(path: Path) -> None:
    cls = getattr(events, path.name.split(".")[0])
    written = json.loads(path.read_text())
    assert json.loads(wire.encode(cls.model_validate(written))) == written


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_field_from_the_future_is_ignored(path: Path) -> None:
    cls = getattr(events, path.name.split(".")[0])
    written = json.loads(path.read_text())
    assert cls.model_validate({**written, "from_the_future": 1}) == cls.model_validate(written)


def test_every_event_has_a_golden_file() -> None:
    classes = {
        name
        for name, found in vars(events).items()
        if isinstance(found, type)
        and issubclass(found, Event)
        and name == found.__name__
        and name not in PARTS
    }
    assert classes == {path.name.split(".")[0] for path in FILES}
