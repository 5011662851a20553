"""What became of parts of an input is told with it: to who sent it, and in the header of its event."""

import json

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core import notes
from services.ingest.core.editions import UNKNOWN
from services.ingest.core.intake import Record, accept
from services.ingest.core.notes import Note, Notes
from services.ingest.core.reading import DEFAULTS, read
from services.ingest.core.submissions import Publish
from shared import wire
from shared.events import Arrival

SENT = {
    "id": "bridge",
    "title": "通车",
    "section": "地方",
    "body": "正文。",
    "mood": "calm",
    "status": "published",
}
ARRIVAL = Arrival(1_796_000_000_000, wire.partition_for("bridge"), 7)
NOTE = st.builds(Note, st.text(), st.sampled_from(["used", "changed", "set aside"]), st.text(), st.text())


def test_a_field_that_nobody_knows_is_set_aside_and_told() -> None:
    article = read(json.dumps(SENT).encode(), DEFAULTS)
    assert isinstance(article, Publish)
    assert article.notes == (Note("/mood", "set aside", "field", "mood 'calm' is not a field of an article"),)


def test_the_event_says_what_the_publishers_program_and_ingest_noted() -> None:
    before = Note("article:author", "changed", "byline", "two authors in one line")
    record = Record(ARRIVAL, None, json.dumps(SENT).encode(), ((wire.NOTES, notes.write([before])),))
    article = read(record.value, DEFAULTS)
    (event,) = accept(record, article, UNKNOWN).outputs
    assert [note.pointer for note in notes.read(dict(event.headers)[wire.NOTES] or b"")] == [
        "article:author",
        "/mood",
    ]


def test_equal_notes_are_told_once_with_their_number() -> None:
    found = Notes()
    for place in ("/body/1", "/body/2"):
        found.add(place, "changed", "element", "<blink> is not known; its text stands")
    assert found.told() == (
        Note("/body/1", "changed", "element", "<blink> is not known; its text stands (2 times)"),
    )


@given(st.lists(NOTE, max_size=200))
def test_notes_fit_their_header_and_say_how_many_are_not_told(some: list[Note]) -> None:
    header = notes.write(some)
    told = notes.read(header)
    assert len(header) <= notes.LARGEST_BYTES
    if len(told) < len(some):
        assert told[-1].detail.startswith(f"{len(some) - len(told) + 1:,} more note")


@given(st.binary() | st.just(b"[" * 5000))
def test_a_header_that_is_no_notes_says_nothing(header: bytes) -> None:
    assert notes.read(header) == ()
