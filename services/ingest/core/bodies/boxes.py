"""Boxes whose text is indented, as MkDocs and Python-Markdown write them: `!!! note "标题"`, `=== "表一"`.

The frame is a sign for a program: told and left out. The title and the text inside stay, each as it was
meant: by CommonMark the one would run into the other, and a text behind a blank line would be code.
"""

import re
from typing import Final

from services.ingest.core.bodies.commands import Said
from services.ingest.core.bodies.presence import has_any
from services.ingest.core.bodies.shortcodes import Write

_BEGINS: Final = re.compile(
    r"(?P<indent>[ \t]*)(?P<frame>(?:!!!|\?\?\?\+?)[ \t]+[A-Za-z][\w-]*(?:[ \t]+(?:inline|end|[a-z-]+))*"
    r"|===[+!]?(?=[ \t]+\"))[ \t]*(?:\"(?P<title>[^\"\n]*)\")?[ \t]*\r?"
)
_FENCE: Final = re.compile(r"[ \t>]*+(`{3,}+|~{3,}+)")
_INDENTS: Final = ("    ", "\t")
_DEEPEST: Final = 8
"""Boxes one inside the other."""


def opened(text: str, write: Write) -> str:
    """Give a text whose boxes are paragraphs."""
    if not has_any(text, ("!!!", "???", "===")):
        return text
    shown: list[str] = []
    boxes: list[str] = []
    fence = ""
    for line in text.split("\n"):
        while boxes and line.strip() and not line.startswith(boxes[-1]):
            boxes.pop()
            shown.append("")
        inside = line[len(boxes[-1]) :] if boxes and line.strip() else line
        if marks := _FENCE.match(inside):
            if not fence:
                fence = marks[1]
            elif marks[1].startswith(fence):
                fence = ""
        found = None if fence or len(boxes) == _DEEPEST else _BEGINS.fullmatch(inside)
        if found is None:
            shown.append(inside)
            continue
        title = found["title"] or ""
        told = write(Said("box", is_unknown=True), found["frame"])
        shown += ["", found["indent"] + told + title, ""]
        before = boxes[-1] if boxes else ""
        boxes.append(before + found["indent"] + _INDENTS[0])
    return "\n".join(shown)
