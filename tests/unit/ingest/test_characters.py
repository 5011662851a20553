"""Controls, and marks that stand on one another."""

import unicodedata

import pytest

from services.ingest.core.characters import MOST_MARKS, no_control, no_control_in_body, no_open_direction

MARKS = [chr(code) for code in range(0x110000) if unicodedata.combining(chr(code))]
CONTROLS = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Zl", "Zp")]


def test_every_combining_character_of_unicode_counts() -> None:
    for mark in MARKS:
        no_control("a" + mark * MOST_MARKS)
        with pytest.raises(ValueError, match="more than 30 combining marks"):
            no_control("a" + mark * (MOST_MARKS + 1))


def test_every_control_of_unicode_is_refused_wherever_it_stands() -> None:
    for control in CONTROLS:
        with pytest.raises(ValueError, match=f"U\\+{ord(control):04X} at character 3;"):
            no_control(f"河城{control}报")
        if control not in "\t\n\r\u2028\u2029":
            with pytest.raises(ValueError, match=f"U\\+{ord(control):04X} at character 3;"):
                no_control_in_body(f"河城{control}报")


def test_everything_else_of_unicode_may_stand() -> None:
    no_control("a".join(chr(code) for code in range(0x110000) if chr(code) not in CONTROLS))


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


@pytest.mark.parametrize(
    "text",
    [
        "没有",
        "\u202b שלום \u202c",
        "\u2067a\u2066b\u2069c\u2069",
        "\u2068\u202eab\u202c\u2069",
        "\u200fא\u200e",
    ],
)
def test_a_direction_that_is_turned_and_turned_back_stays(text: str) -> None:
    no_open_direction(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("河城\u202e报", r"U\+202E at character 3"),
        ("\u2067a\u202bb\u2069", r"U\+2069 at character 5"),
        ("\u2067a\u202bb\u202c", r"U\+2067 at character 1"),
        ("a\u202c", r"U\+202C at character 2"),
        ("a\u2069\u2066", r"U\+2069 at character 2"),
        ("\u202ea\u2069", r"U\+2069 at character 3"),
    ],
)
def test_a_direction_that_is_only_turned_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        no_open_direction(text)
