"""What is sent can be read by the oldest browsers that render's README names.

Whatever they do not know stands behind something earlier that they do, or only looks are lost: which, is told
here. The language of the script is tried by a parser that knows that of 2018 and nothing newer.
"""

from pathlib import Path
from typing import Any, Final

import pytest

from tests.unit.render.press import SERVICE
from tests.unit.render.text.compat import (
    OLDEST,
    SCRIPTS,
    SHEET,
    declarations,
    is_newer,
    parser,
    selectors,
    table,
    used,
)

KNOWN: Final = table()
OLD: Final = frozenset(what for what, since in KNOWN.items() if not is_newer(since))
WITHOUT: Final = {
    "@media forced-colors": "borders for grounds that are gone",
    "align-self:start": "known in a grid, where alone it is used",
    "aspect-ratio": "`@supports not` has a height of its own",
    "color-scheme": "forms and scroll bars stay light; so it is on paper",
    "font:ui-monospace": "another face",
    "forced-color-adjust": "a drawn mark in the reader's own colours",
    "gap:flex_context": "`@supports not (inset)` has margins",
    "orphans": "a line alone at the end of a printed page",
    "scrollbar-width": "a scroll bar under the sections",
    "selector focus-visible": "the browser's own ring",
    "size": "the paper is as the reader's printer has it",
    "text-autospace": "less room between letters and digits",
    "text-emphasis": "-webkit-text-emphasis stands before it",
    "text-emphasis-position": "dots above",
    "text-spacing-trim": "room before a bracket that begins a line",
    "text-underline-offset": "a line nearer to its letters",
    "text-wrap": "lines less even",
    "widows": "as orphans",
    "figure,article p round()": "a line may be no whole number of 字",
    "api connection": "nothing is spared",
    "api saveData": "nothing is spared",
    "api prerendering": "nothing is prerendered",
    "api token": "ours, of /hot.json",
    "api scrollLeft": "as old as any where the writing runs to the right",
}
"""What is lost in an old browser, or why nothing is."""


def faults(sheet: str) -> list[str]:
    """Tell what an old browser would pass over to a reader's loss."""
    before: set[tuple[str, str]] = set()
    found = []
    for one in declarations(sheet):
        newer = one.words - OLD - one.guards
        lost = {
            word
            for word in newer
            if not {word, word.partition(":")[0], f"{one.rule} {word}"} & WITHOUT.keys()
        }
        has_earlier = (one.rule, one.name) in before
        if newer and has_earlier and one.has_variable:
            found.append(f"{one.rule}: {one.name} has a variable, so what stands before it is lost")
        elif lost and not has_earlier:
            found.append(f"{one.rule}: {one.name} needs {sorted(lost)}")
        if not newer:
            before.add((one.rule, one.name))
    for rule, words in selectors(sheet):
        for word in words - OLD:
            if word not in WITHOUT or not all(word.split()[1] in part for part in rule.split(",")):
                found.append(f"{rule}: passed over for {word}")
    return found


def test_everything_used_is_known_since_when() -> None:
    assert used() <= KNOWN.keys(), "renew compat.tsv: compat.py says how"


def test_the_style_sheet_can_be_read() -> None:
    assert faults(SHEET) == []


def test_what_else_is_newer_is_told() -> None:
    asked = used() - frozenset().union(*(one.words for one in declarations(SHEET)))
    assert asked - OLD <= WITHOUT.keys()


@pytest.mark.parametrize(
    "wrong",
    [
        "body{width:calc(100% - 2rem);width:round(down,100% - 2rem,var(--zi))}",
        "body{width:round(down,100% - 2rem,1rem)}",
        ".page{grid-template:subgrid/subgrid}",
        "a{text-decoration:underline var(--edge)}",
        ".more{inset:0}",
        "article :is(p,li){color:inherit}",
        "html{overflow-wrap:anywhere}",
        "ul{list-style:''}",
        ".ranks{content:attr(data-tile)/''}",
        "a:hover,a:focus-visible{color:inherit}",
        "@supports (aspect-ratio:1){p{overflow-wrap:anywhere}}",
    ],
)
def test_what_would_be_passed_over_is_noticed(wrong: str) -> None:
    assert len(faults(wrong)) == 1


@pytest.mark.parametrize(
    "right",
    [
        "body{width:calc(100% - 2rem);width:round(down,100% - 2rem,1rem)}",
        "body{width:50%}@supports (width:round(down,1px,1px)){body{width:round(down,50%,var(--zi))}}",
        "a:focus-visible{color:inherit}",
    ],
)
def test_what_stands_behind_something_earlier_is_not(right: str) -> None:
    assert not faults(right)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_in_a_language_that_they_read(script: Path) -> None:
    assert parser().parseScript(script.read_text()).body


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_request_that_outlives_its_page_names_no_type(script: Path) -> None:
    def look(node: Any, _: Any) -> None:
        if node.type == "ObjectExpression":
            assert not {"keepalive", "headers"} <= {one.key.name for one in node.properties}

    parser().parseScript(script.read_text(), delegate=look)


@pytest.mark.parametrize(
    "newer", ["a?.b", "a ?? b", "a ||= b", "try {} catch {}", "1_000", "class A { #b = 1 }"]
)
def test_newer_words_of_the_language_are_noticed(newer: str) -> None:
    with pytest.raises(parser().Error):
        parser().parseScript(newer)


def test_the_readme_names_them(readme: str) -> None:
    for name, version in zip(("Chrome and Android's WebView", "Safari", "Firefox"), OLDEST, strict=True):
        assert f"{name} {version:g}" in readme


@pytest.fixture
def readme() -> str:
    """Give render's README."""
    return (SERVICE / "README.md").read_text()
