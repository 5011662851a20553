"""What is sent can be read by the oldest browsers that render's README names.

The language of the script is tried by a parser that knows that of 2018 and nothing newer.
"""

from pathlib import Path

import esprima
import pytest

from tests.unit.render.press import SERVICE

SCRIPTS = sorted((SERVICE / "static").glob("*.js"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_in_a_language_that_the_oldest_browsers_read(script: Path) -> None:
    assert esprima.parseScript(script.read_text()).body


@pytest.mark.parametrize(
    "newer", ["a?.b", "a ?? b", "a ||= b", "try {} catch {}", "1_000", "class A { #b = 1 }"]
)
def test_newer_words_of_the_language_are_noticed(newer: str) -> None:
    with pytest.raises(esprima.Error):
        esprima.parseScript(newer)
