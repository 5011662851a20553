"""Formulae in TeX inside of Markdown: they stay as they are written, whatever of them would be markup."""

import re
from typing import Final

_FORMULA: Final = re.compile(
    r"\$\$[^$`]{1,2000}+\$\$|(?<![\\$\w])\$(?=[^$`\n\s])[^$`\n]{1,500}+(?<!\s)\$(?!\d)"
    r"|\\\((?:[^`\\\n]|\\[^()\n])*+\\\)|\\\[(?:[^`\\]|\\[^\[\]])*+\\\]"
)
_IS_TEX: Final = re.compile(r"\\[A-Za-z]|[\^_{}]")
_SIGNS: Final = "\\*_{}^~[]`!()#+-.|&<>=:"
_FIRST: Final = 0xFDD1
"""Of characters that Unicode has made none."""
_HIDDEN: Final = {ord(sign): chr(_FIRST + number) for number, sign in enumerate(_SIGNS)}
_SHOWN: Final = {
    _FIRST + number: {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(sign, sign)
    for number, sign in enumerate(_SIGNS)
}
TILDE: Final = _HIDDEN[ord("~")]
"""One that is no markup."""


def hidden(text: str) -> str:
    """Write formulae in characters that mean nothing."""
    if "$" not in text and "\\" not in text:
        return text
    return _FORMULA.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    formula = found.group()
    # two prices in a line, or brackets that are escaped, are none
    return formula.translate(_HIDDEN) if _IS_TEX.search(formula[2:-2]) else formula


def shown(html: str) -> str:
    """Write them again as they were."""
    return html.translate(_SHOWN)
