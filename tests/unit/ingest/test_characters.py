"""Controls, and marks that stand on one another."""

import unicodedata

import pytest

from services.ingest.core.characters import MOST_MARKS, no_control, no_control_in_body

MARKS = [chr(code) for code in range(0x110000) if unicodedata.combining(chr(code))]


def test_every_combining_character_of_unicode_counts() -> None:
    for mark in MARKS:
        no_control("a" + mark * MOST_MARKS)
        with pytest.raises(ValueError, match="more than 30 combining marks"):
            no_control("a" + mark * (MOST_MARKS + 1))


@pytest.mark.parametrize(
    "text",
    [
        "ไม่ได้รับอนุญาตให้เผยแพร่ต่อโดยไม่ได้รับความยินยอม",
        "ᄀ" * 40,
        "𝐀" * 40,
        "हिन्दी" * 10,
        "👩‍👩‍👧" * 40,
        "e\u0301" * 99,
    ],
)
def test_letters_of_scripts_with_marks_are_none(text: str) -> None:
    no_control(text)
    with pytest.raises(ValueError, match=rf"U\+0001 at character {len(text) + 1};"):
        no_control_in_body(text + "\x01")
