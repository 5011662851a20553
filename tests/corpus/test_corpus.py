"""Folders of feeds, Markdown and pages that a user points at: `REMEN_CORPUS=feeds:posts pytest tests/corpus`.

It prints of each kind how many texts there are, how many were refused and why, and how many lost letters that
no note tells of. It fails if one did; nothing may crash.
"""

import os
from pathlib import Path

import pytest

from tests.corpus.reading import tally

FOLDERS = [Path(name) for name in os.environ.get("REMEN_CORPUS", "").split(os.pathsep) if name]


@pytest.mark.skipif(not FOLDERS, reason="REMEN_CORPUS names no folder")
def test_no_text_of_the_corpus_loses_letters_without_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    lost: dict[str, str] = {}
    with capsys.disabled():
        for folder in FOLDERS:
            assert folder.is_dir(), f"{folder} is no folder"
            for kind, found in tally(folder).items():
                refused = found.refused.total()
                read = f"{found.files:,} files, {found.texts:,} texts"
                print(f"\n{folder} {kind}: {read}, {refused:,} refused, {len(found.lost):,} lost")  # noqa: T201 - what the run is for
                for what, counts in (("refused", found.refused), ("noted", found.notes)):
                    for said, times in counts.most_common(12):
                        print(f"  {times:6,} {what}: {said}")  # noqa: T201
                for place, letters in list(found.lost.items())[:12]:
                    print(f"  lost: {place}: {letters}")  # noqa: T201
                lost |= found.lost
    assert not lost
