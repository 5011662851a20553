"""Signs that some program would have carried out, and that readers will see: they stay and are told.

Nobody here knows what a template's `{{ page.title }}` says, which source `[@li2019]` is, or which of three
things `^^…^^` means; to leave them out would lose text. In code they are text.
"""

import re
from typing import Final

from services.ingest.core.bodies.body import Body
from services.ingest.core.bodies.presence import has_any

_MARKS: Final = ("{{", "${", "<%", "&lt;%", "{%", "[%", "[^", "[@", "^^", "<?")
_SIGNS: Final = re.compile(
    r"<(?P<raw>pre|code|x-code|script|style|textarea)\b.*?(?:</(?P=raw)\s*>|\Z)"
    r"|<\?(?:php|=)(?P<program>[^?]*+(?:\?(?!>)[^?]*+)*+)(?:\?>|\Z)"
    r"|<[A-Za-z/!][^<>]*+>"
    r"|(?P<sign>\{\{[^{}]{1,300}+\}\}|\$\{[A-Za-z_][^{}\n]{0,200}+\}|(?:<|&lt;)%[^%\n]{1,300}+%(?:>|&gt;)|\{%[^%]{1,300}+%\}|\[%[^%\]]{1,300}+%\]"
    r"|\[\^[^\[\]\n]{1,100}+\](?!:)|\[-?@[A-Za-z][^\[\]\n]{1,200}+\]|(?<!\^)\^\^(?![\s^])[^^\n]{1,300}+(?<!\s)\^\^(?!\^))",
    re.DOTALL | re.IGNORECASE,
)
_LONGEST: Final = 100


def tell(html: str, body: Body) -> None:
    """Tell of them."""
    if not has_any(html, _MARKS):
        return
    for found in _SIGNS.finditer(html):
        if sign := found["sign"]:
            body.note("used", "sign", f"{sign[:_LONGEST]} stays as it is written")
        elif program := found["program"]:
            body.note("set aside", "element", f"a program is not run: {program.strip()[:_LONGEST]}")
