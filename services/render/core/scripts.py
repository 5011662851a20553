"""The two Chinese scripts: their names, where their pages are, and which of them a language is written in."""

from typing import Final, Literal

Script = Literal["zh-Hans", "zh-Hant"]

SCRIPTS: Final[tuple[Script, ...]] = ("zh-Hans", "zh-Hant")
PREFIX: Final[dict[Script, str]] = {"zh-Hans": "", "zh-Hant": "/zh-hant"}
"""What stands before the path of every page in this script."""
OTHER: Final[dict[Script, Script]] = {"zh-Hans": "zh-Hant", "zh-Hant": "zh-Hans"}

_CHINESE: Final = {"zh", "cmn", "yue", "hak", "nan", "wuu"}
_OF_HANT: Final = {"hant", "tw", "hk", "mo"}


def script_of(language: str) -> Script | None:
    """Tell the script of a language tag; None if the language is not Chinese."""
    name, *parts = language.lower().split("-")
    if name not in _CHINESE:
        return None
    return "zh-Hant" if "hans" not in parts and _OF_HANT.intersection(parts) else "zh-Hans"


def script_at(path: str) -> tuple[Script, str]:
    """Tell in which script the page of a path is, and its path without the prefix."""
    before = PREFIX["zh-Hant"]
    if path == before or path.startswith(before + "/"):
        return "zh-Hant", path[len(before) :]
    return "zh-Hans", path
