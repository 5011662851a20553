"""Render's SQL stands where a reader looks for it, and what may be shown is said once.

Whoever asks or writes elsewhere would have to be found again whenever a table, or the rule, changes.
"""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

from services.render import app

ADAPTERS: Final = Path(app.__file__).parent / "adapters"
OWNERS: Final = {
    ADAPTERS / name
    for name in (
        *("store/schema.py", "store/queries.py", "store/sitemap_queries.py", "store/writes.py"),
        *("store/front.py", "store/sqlite_file.py", "store/snapshot.py"),
        *("search/search_index.py", "search/index_queries.py", "archive/tables.py"),
    )
}
OTHERS: Final = sorted({*ADAPTERS.parent.rglob("*.py")} - OWNERS)
STATEMENT: Final = re.compile(
    r"\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|TRUNCATE|VACUUM)\b .*\b[a-z]"
)
RULE: Final = re.compile(r"(?:embargo|expires)_us (?:<=|>) :now|(?:embargo|expires)_us IS NULL")
SAYS_THE_RULE: Final = {ADAPTERS / "store/visibility.py"}
ASKS_WHEN: Final = {
    ADAPTERS / "store/queries.py": 4,
}
"""What asks at which moment time changes something compares the same columns, each side alone."""


def strings(source: str) -> list[str]:
    """Give the strings of a module but its docstrings."""
    tree = ast.parse(source)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]


def test_the_owners_are_there() -> None:
    for path in OWNERS:
        assert any(
            map(re.compile(r"\b(?:SELECT|PRAGMA|VACUUM|CREATE|INSERT)\b").search, strings(path.read_text()))
        )


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: str(path.relative_to(ADAPTERS.parent)))
def test_no_other_module_has_sql(path: Path) -> None:
    assert [text for text in strings(path.read_text(encoding="utf-8")) if STATEMENT.search(text)] == []


def test_what_may_be_shown_is_said_once() -> None:
    said = {
        path: len(RULE.findall("".join(strings(path.read_text())))) for path in sorted(ADAPTERS.rglob("*.py"))
    }
    assert {path for path, times in said.items() if times} == {*SAYS_THE_RULE, *ASKS_WHEN}
    assert {path: said[path] for path in ASKS_WHEN} == ASKS_WHEN
